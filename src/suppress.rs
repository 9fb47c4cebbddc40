//! Suppression comments: which findings they take away, and which of them are of no use.

use crate::diagnostic::Diagnostic;
use crate::rules;
use crate::settings::Settings;
use crate::source::{LineIndex, Span};
use crate::spelling;
use rustc_hash::{FxHashMap, FxHashSet};

/// Where a suppression holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// 1-based line.
    Line(u32),
    /// From a line to a line, both included.
    Lines(u32, u32),
}

#[derive(Debug)]
struct Suppression {
    reach: Reach,
    rule: String,
    span: Span,
}

/// The lines of the diagnostics, by rule.
#[derive(Default)]
struct Found {
    /// Any line of a diagnostic: its own, its statement's, its labels'.
    lines: FxHashSet<(&'static str, u32)>,
    /// The lines of the diagnostics themselves, sorted.
    primary: FxHashMap<&'static str, Vec<u32>>,
}

impl Found {
    fn new(diagnostics: &[Diagnostic], lines: &LineIndex) -> Self {
        let mut found = Self::default();
        for diagnostic in diagnostics {
            found.lines.extend(lines_of(diagnostic, lines).map(|line| (diagnostic.rule, line)));
            let primary = lines.line(diagnostic.primary.span.start);
            found.primary.entry(diagnostic.rule).or_default().push(primary);
        }
        found.primary.values_mut().for_each(|lines| lines.sort_unstable());
        found
    }

    fn is_used(&self, suppression: &Suppression) -> bool {
        match suppression.reach {
            Reach::Line(line) => self.lines.contains(&(suppression.rule.as_str(), line)),
            Reach::Lines(from, to) => self.primary.get(suppression.rule.as_str()).is_some_and(|lines| {
                lines.get(lines.partition_point(|line| *line < from)).is_some_and(|line| *line <= to)
            }),
        }
    }
}

/// The lines on which suppressions hold, by rule.
#[derive(Default)]
struct Suppressed<'s> {
    lines: FxHashSet<(&'s str, u32)>,
    /// Ranges sorted by their start, each with the furthest end so far.
    ranges: FxHashMap<&'s str, Vec<(u32, u32)>>,
}

impl<'s> Suppressed<'s> {
    fn new(suppressions: &'s [Suppression]) -> Self {
        let mut suppressed = Self::default();
        for Suppression { rule, reach, .. } in suppressions {
            match *reach {
                Reach::Line(line) => {
                    suppressed.lines.insert((rule, line));
                }
                Reach::Lines(from, to) => suppressed.ranges.entry(rule).or_default().push((from, to)),
            }
        }
        for ranges in suppressed.ranges.values_mut() {
            ranges.sort_unstable();
            let mut furthest = 0;
            for (_, to) in ranges {
                furthest = furthest.max(*to);
                *to = furthest;
            }
        }
        suppressed
    }

    fn hit(&self, diagnostic: &Diagnostic, lines: &LineIndex) -> bool {
        if lines_of(diagnostic, lines).any(|line| self.lines.contains(&(diagnostic.rule, line))) {
            return true;
        }
        let primary = lines.line(diagnostic.primary.span.start);
        self.ranges.get(diagnostic.rule).is_some_and(|ranges| {
            let begun = ranges.partition_point(|(from, _)| *from <= primary);
            begun > 0 && ranges[begun - 1].1 >= primary
        })
    }
}

/// Every line on which a comment may suppress a diagnostic.
fn lines_of<'d>(diagnostic: &'d Diagnostic, lines: &'d LineIndex) -> impl Iterator<Item = u32> + 'd {
    let labels = diagnostic.labels.iter().map(|label| label.span.start);
    let own = [diagnostic.primary.span.start, diagnostic.statement.start];
    own.into_iter().chain(labels).map(|at| lines.line(at))
}

/// Takes away what comments suppress and reports comments that are wrong or of no use.
pub fn apply(
    diagnostics: &mut Vec<Diagnostic>,
    comments: &[(Span, String)],
    lines: &LineIndex,
    settings: &Settings,
) {
    let mut notices = Vec::new();
    let suppressions = read(comments, lines, &mut notices);
    let found = Found::new(diagnostics, lines);
    let suppressed = Suppressed::new(&suppressions);
    diagnostics.retain(|diagnostic| !suppressed.hit(diagnostic, lines));
    for suppression in &suppressions {
        if found.is_used(suppression) || !settings.is_enabled(&suppression.rule) {
            continue;
        }
        notices.push(Diagnostic::notice(
            "unused-suppression",
            suppression.span,
            format!("nothing here is reported by `{}`: this comment can go", suppression.rule),
            "suppresses nothing",
        ));
    }
    for mut notice in notices {
        if let Some(severity) = rules::notice_severity(settings, notice.rule) {
            notice.severity = severity;
            diagnostics.push(notice);
        }
    }
}

fn read(comments: &[(Span, String)], lines: &LineIndex, notices: &mut Vec<Diagnostic>) -> Vec<Suppression> {
    let mut out: Vec<Suppression> = Vec::new();
    // Per rule: the `disable` comments that no `enable` has closed yet.
    let mut open: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for (span, text) in comments {
        let Some((directive, rest)) = directive(text) else {
            continue;
        };
        let (first, last) = (lines.line(span.start), lines.line(span.end.saturating_sub(1)));
        let names = names(rest);
        if names.is_empty() {
            notices.push(invalid(*span, "name the rules that this comment suppresses"));
        }
        for name in names {
            if rules::find(&name).is_none() {
                notices.push(invalid(*span, &unknown_rule(&name)));
                continue;
            }
            let reach = match directive {
                "disable-next-line" => Reach::Line(last + 1),
                "disable-line" => Reach::Line(first),
                "disable-file" => Reach::Lines(0, u32::MAX),
                "disable" => {
                    open.entry(name.clone()).or_default().push(out.len());
                    Reach::Lines(last, u32::MAX)
                }
                _ => {
                    close(&mut out, open.get_mut(&name), first);
                    continue;
                }
            };
            out.push(Suppression { reach, rule: name, span: *span });
        }
    }
    out
}

fn close(out: &mut [Suppression], open: Option<&mut Vec<usize>>, line: u32) {
    if let Some(index) = open.and_then(Vec::pop)
        && let Reach::Lines(from, _) = out[index].reach
    {
        out[index].reach = Reach::Lines(from, line);
    }
}

/// The directive and what follows it: ` leaklint-disable-line some-rule -- why`.
fn directive(text: &str) -> Option<(&'static str, &str)> {
    const DIRECTIVES: [&str; 5] = ["disable-next-line", "disable-line", "disable-file", "disable", "enable"];
    let rest =
        text.lines().find_map(|line| line.trim_start_matches([' ', '\t', '*']).strip_prefix("leaklint-"))?;
    DIRECTIVES.iter().find_map(|directive| {
        let rest = rest.strip_prefix(directive)?;
        let ends = rest.chars().next().is_none_or(|c| c.is_whitespace() || c == '-');
        ends.then_some((*directive, rest))
    })
}

/// The rule ids before ` -- reason`, separated by blanks or commas.
fn names(rest: &str) -> Vec<String> {
    let ids = rest.split(" --").next().unwrap_or_default();
    ids.split([',', ' ', '\t', '\n', '\r'])
        .filter(|name| !name.is_empty() && *name != "*")
        .map(str::to_owned)
        .collect()
}

fn invalid(span: Span, message: &str) -> Diagnostic {
    Diagnostic::notice("invalid-suppression", span, message, "has no effect")
}

/// That there is no such rule, with the nearest one.
pub fn unknown_rule(name: &str) -> String {
    match nearest(name) {
        Some(near) => format!("there is no rule `{name}`; did you mean `{near}`?"),
        None => format!("there is no rule `{name}`"),
    }
}

/// The rule id nearest to a misspelt one, if any is near.
pub fn nearest(name: &str) -> Option<&'static str> {
    spelling::nearest(name, rules::metas().map(|meta| meta.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_read_whole() {
        let read = |text| directive(text).map(|(name, rest)| (name, names(rest)));
        assert_eq!(
            read(" leaklint-disable-next-line a, b -- because"),
            Some(("disable-next-line", vec!["a".to_owned(), "b".to_owned()]))
        );
        assert_eq!(read(" leaklint-disabled a"), None);
        assert_eq!(nearest("uncleared-intervall"), Some("uncleared-interval"));
        assert_eq!(nearest("no-console"), None);
    }
}
