//! What one comment says: `leaklint-disable-line some-rule, other-rule -- why`.

use crate::source::LineIndex;
use crate::spelling;

/// What a comment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    /// For the next line that holds code.
    NextLine,
    /// For the line on which the comment stands.
    Line,
    File,
    /// From here on.
    Disable,
    /// Up to here.
    Enable,
}

const VERBS: [(&str, Verb); 5] = [
    ("leaklint-disable-next-line", Verb::NextLine),
    ("leaklint-disable-line", Verb::Line),
    ("leaklint-disable-file", Verb::File),
    ("leaklint-disable", Verb::Disable),
    ("leaklint-enable", Verb::Enable),
];

/// What begins a line of a comment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said<'t> {
    Directive(Directive<'t>),
    /// A word that only looks like one of ours, and which that seems to be.
    Misspelt(&'t str, &'static str),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Directive<'t> {
    pub verb: Verb,
    /// As written.
    pub rules: Vec<&'t str>,
    /// It says why, behind ` -- `.
    pub explained: bool,
}

/// What a comment says, line by line. Words elsewhere in a line are prose.
pub(super) fn read(text: &str) -> impl Iterator<Item = Said<'_>> {
    text.lines().filter_map(|line| line_of(line.trim_start_matches([' ', '\t', '*'])))
}

fn line_of(line: &str) -> Option<Said<'_>> {
    if !line.starts_with("leaklint-") {
        return None;
    }
    let (before, reason) = match line.split_once("--") {
        Some((before, reason)) => (before, Some(reason)),
        None => (line, None),
    };
    let end = before.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(before.len());
    let (word, rest) = before.split_at(end);
    let known = VERBS.iter().find(|(name, _)| *name == word).filter(|_| !rest.starts_with(':'));
    let Some((_, verb)) = known else {
        return nearest(word).map(|near| Said::Misspelt(word, near));
    };
    let rules = rest.split([',', ' ', '\t', '*']).filter(|name| !name.is_empty()).collect();
    let explained = reason.is_some_and(|reason| reason.contains(char::is_alphanumeric));
    Some(Said::Directive(Directive { verb: *verb, rules, explained }))
}

/// `leaklint-baseline.json` begins a sentence; `leaklint-disabled-line` and `leaklint-ignore-next-line` are meant.
fn nearest(word: &str) -> Option<&'static str> {
    let usual = word.replacen("-ignore", "-disable", 1);
    let near = spelling::nearest(&usual, VERBS.iter().map(|(name, _)| *name));
    near.or(usual.starts_with("leaklint-disable").then_some("leaklint-disable-next-line"))
}

/// The 1-based line for which a comment that ends on a line speaks: the next one that holds more than blanks and comments, so
/// that comments for several tools, or for several rules, can stand above one another.
pub(super) fn next_code_line(text: &str, lines: &LineIndex, line: u32) -> u32 {
    let fallback = line + 1;
    if line >= lines.count() {
        return fallback;
    }
    let start = lines.start_of(line + 1) as usize;
    let mut rest = &text[start..];
    loop {
        rest = rest.trim_start();
        let behind = match rest.as_bytes() {
            [b'/', b'/', ..] => rest.find(['\n', '\r']),
            [b'/', b'*', ..] => after(rest, "*/"),
            [b'<', b'!', b'-', b'-', ..] => after(rest, "-->"),
            // JSX has its comments in braces.
            [b'{', b'/', b'*', ..] => after(rest, "*/").and_then(|end| {
                let close = rest[end..].trim_start();
                close.starts_with('}').then(|| rest.len() - close.len() + 1)
            }),
            [] => return fallback,
            _ => break,
        };
        match behind {
            Some(at) => rest = &rest[at..],
            None => return fallback,
        }
    }
    lines.line((text.len() - rest.len()) as u32)
}

fn after(text: &str, end: &str) -> Option<usize> {
    text.find(end).map(|at| at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<Said<'_>> {
        let mut all = read(text);
        let first = all.next();
        assert_eq!(all.next(), None, "{text}");
        first
    }

    #[test]
    fn directives_are_read_whole() {
        let says = |verb, rules: &[&'static str], explained| {
            Some(Said::Directive(Directive { verb, rules: rules.to_vec(), explained }))
        };
        for (text, expected) in [
            (" leaklint-disable-next-line a, b -- why", says(Verb::NextLine, &["a", "b"], true)),
            ("leaklint-disable-line a --why", says(Verb::Line, &["a"], true)),
            (" leaklint-disable-line a", says(Verb::Line, &["a"], false)),
            (" leaklint-disable-file a -- ", says(Verb::File, &["a"], false)),
            ("*\n * leaklint-disable a ---\n ", says(Verb::Disable, &["a"], false)),
            (" leaklint-enable a b", says(Verb::Enable, &["a", "b"], false)),
            ("leaklint-disable-line -- why", says(Verb::Line, &[], true)),
            ("leaklint-disable *", says(Verb::Disable, &[], false)),
            (" see leaklint-disable-line a", None),
            (" leaklint-baseline.json is written by a command", None),
            (" leaklint is a linter", None),
        ] {
            assert_eq!(one(text), expected, "{text}");
        }
        assert_eq!(read("\n leaklint-disable a -- x\n leaklint-disable b\n").count(), 2, "one a line");
    }

    #[test]
    fn words_that_are_nearly_ours() {
        for (text, near) in [
            ("leaklint-disabled-next-line a", "leaklint-disable-next-line"),
            ("leaklint-disable-nextline a", "leaklint-disable-next-line"),
            ("leaklint-ignore-next-line a", "leaklint-disable-next-line"),
            ("leaklint-ignore a", "leaklint-disable"),
            ("leaklint-disable-line: a", "leaklint-disable-line"),
            ("leaklint-disable-everything-for-ever a", "leaklint-disable-next-line"),
        ] {
            let word = &text[..text.find([':', ' ']).unwrap()];
            assert_eq!(one(text), Some(Said::Misspelt(word, near)), "{text}");
        }
    }

    #[test]
    fn the_next_line_of_code() {
        let line = |text: &str| next_code_line(text, &LineIndex::new(text), 1);
        for (text, expected) in [
            ("// x\ncode", 2),
            ("// x\n\n  // y\n/* z\n z */ code", 5),
            ("// x\r\n// y\r\ncode", 3),
            ("{/* x */}\n{/* y */ }\n<i/>", 3),
            ("<!-- x -->\n<!-- y\n -->\n<script>", 4),
            ("// x\n// nothing follows", 2),
            ("// x\n/* open", 2),
            ("// x\n{/* open */ code }", 2),
            ("// x", 2),
            ("// x\n", 2),
        ] {
            assert_eq!(line(text), expected, "{text}");
        }
    }
}
