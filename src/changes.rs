//! Which findings of a file its last change brought.
//!
//! A reviewer wants to hear of a leak that the change wrote, and of one that it made by taking the cleanup away somewhere
//! else; not of one that was there before, though the change touched a line that explains it. So a finding is new if its
//! own place stands on a changed line, or if the text before the change, linted in the same way, does not have it.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{LineIndex, line_text};
use imara_diff::{Algorithm, Diff, InternedInput};
use rustc_hash::FxHashMap;

/// A text with what was found in it.
#[derive(Clone, Copy)]
pub struct Version<'a> {
    pub text: &'a str,
    pub diagnostics: &'a [Diagnostic],
}

/// For each diagnostic of the text now, whether the change brought it.
pub fn brought(before: Version<'_>, now: Version<'_>) -> Vec<bool> {
    let (old, new) = (LineIndex::new(before.text), LineIndex::new(now.text));
    let lines = unchanged(before.text, &old, now.text, &new);
    let mut known: FxHashMap<(&str, u32, u32), Severity> = FxHashMap::default();
    for diagnostic in before.diagnostics {
        let severity = known.entry(place(diagnostic, &old)).or_insert(diagnostic.severity);
        *severity = diagnostic.severity.max(*severity);
    }
    let is_new = |diagnostic: &Diagnostic| {
        let (rule, line, column) = place(diagnostic, &new);
        let last = new.line(diagnostic.primary.span.end.saturating_sub(1)).max(line);
        let stood = |line: u32| lines[line as usize - 1];
        match (line..=last).all(|line| stood(line).is_some()).then(|| stood(line)).flatten() {
            Some(line) => {
                known.get(&(rule, line, column)).is_none_or(|severity| *severity < diagnostic.severity)
            }
            None => true,
        }
    };
    now.diagnostics.iter().map(is_new).collect()
}

/// Rule, 1-based line, and bytes from the line's start.
fn place(diagnostic: &Diagnostic, lines: &LineIndex) -> (&'static str, u32, u32) {
    let start = diagnostic.primary.span.start;
    let line = lines.line(start);
    (diagnostic.rule, line, start - lines.start_of(line))
}

/// For each line of the new text the 1-based line that it was, or `None` if it was added or changed. Line ends do not count:
/// git may store others than it checks out.
fn unchanged(before: &str, old: &LineIndex, now: &str, new: &LineIndex) -> Vec<Option<u32>> {
    let mut input = InternedInput::default();
    input.update_before((1..=old.count()).map(|line| line_text(before, old, line)));
    input.update_after((1..=new.count()).map(|line| line_text(now, new, line)));
    // As git compares, so that the lines are those that a pull request shows.
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let mut stood = Vec::with_capacity(new.count() as usize);
    let mut line = 1;
    for hunk in diff.hunks() {
        while (stood.len() as u32) < hunk.after.start {
            stood.push(Some(line));
            line += 1;
        }
        stood.resize(hunk.after.end as usize, None);
        line = hunk.before.end + 1;
    }
    while (stood.len() as u32) < new.count() {
        stood.push(Some(line));
        line += 1;
    }
    stood
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    /// Where each line of the second text stood in the first.
    fn stood(before: &str, now: &str) -> Vec<Option<u32>> {
        unchanged(before, &LineIndex::new(before), now, &LineIndex::new(now))
    }

    #[test]
    fn lines_keep_their_place() {
        assert_eq!(stood("a\nb\nc", "a\nb\nc"), [Some(1), Some(2), Some(3)]);
        assert_eq!(stood("a\nb\nc", "a\nx\ny\nb\nc"), [Some(1), None, None, Some(2), Some(3)]);
        assert_eq!(stood("a\nb\nc", "c"), [Some(3)]);
        assert_eq!(stood("a\nb\nc", "a\nB\nc\nd"), [Some(1), None, Some(3), None]);
        assert_eq!(stood("", "a\nb"), [None, None]);
        assert_eq!(stood("a\r\nb\r\n", "a\nb\n"), [Some(1), Some(2), Some(3)], "line ends do not count");
    }

    /// A finding of each word of a text that ends in `!`.
    fn findings(text: &str) -> Vec<Diagnostic> {
        let ends = text.match_indices('!').map(|(end, _)| end);
        let word = |end: usize| {
            let start = text[..end].rfind([' ', '\n']).map_or(0, |at| at + 1);
            let span = Span::new(start as u32, end as u32 + 1);
            Diagnostic::notice("syntax-error", span, "", "")
        };
        ends.map(word).collect()
    }

    #[track_caller]
    fn check(before: &str, now: &str, expected: &[bool]) {
        let (old, new) = (findings(before), findings(now));
        let before = Version { text: before, diagnostics: &old };
        assert_eq!(brought(before, Version { text: now, diagnostics: &new }), expected, "{now}");
    }

    #[test]
    fn what_a_change_brings() {
        check("a\nx!\nb", "new\na\nx!\nb", &[false]);
        check("a\nx!\nb", "a\n  x!\nb", &[true]);
        check("a\nx!\nb", "a\nx!\nb\nx!", &[false, true]);
        check("", "x!", &[true]);
    }

    #[test]
    fn what_a_change_elsewhere_brings() {
        let now = "x!\n";
        let new = findings(now);
        let before = Version { text: "x!\nclear", diagnostics: &[] };
        assert_eq!(brought(before, Version { text: now, diagnostics: &new }), [true]);
        let milder = findings("x!\nclear");
        let before = Version { text: "x!\nclear", diagnostics: &milder };
        assert_eq!(brought(before, Version { text: now, diagnostics: &new }), [false]);
        let mut worse = findings(now);
        worse[0].severity = Severity::Error;
        assert_eq!(brought(before, Version { text: now, diagnostics: &worse }), [true], "surer than it was");
    }
}
