//! Suppression comments: which findings they take away, and which of them are of no use.

use crate::diagnostic::Diagnostic;
use crate::rules;
use crate::settings::Settings;
use crate::source::{LineIndex, Span};
use crate::spelling;

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
    used: bool,
}

/// Takes away what comments suppress and reports comments that are wrong or of no use.
pub fn apply(
    diagnostics: &mut Vec<Diagnostic>,
    comments: &[(Span, String)],
    lines: &LineIndex,
    settings: &Settings,
) {
    let mut notices = Vec::new();
    let mut suppressions = read(comments, lines, &mut notices);
    diagnostics.retain(|diagnostic| {
        let mut kept = true;
        for suppression in &mut suppressions {
            if suppression.rule == diagnostic.rule && hits(suppression.reach, diagnostic, lines) {
                suppression.used = true;
                kept = false;
            }
        }
        kept
    });
    for suppression in suppressions.iter().filter(|suppression| !suppression.used) {
        if !settings.is_enabled(&suppression.rule) {
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
    let mut open: Vec<(usize, String)> = Vec::new();
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
                    open.push((out.len(), name.clone()));
                    Reach::Lines(last, u32::MAX)
                }
                _ => {
                    close(&mut out, &mut open, &name, first);
                    continue;
                }
            };
            out.push(Suppression { reach, rule: name, span: *span, used: false });
        }
    }
    out
}

fn close(out: &mut [Suppression], open: &mut Vec<(usize, String)>, name: &str, line: u32) {
    if let Some(at) = open.iter().rposition(|(_, rule)| rule == name) {
        let (index, _) = open.remove(at);
        if let Reach::Lines(from, _) = out[index].reach {
            out[index].reach = Reach::Lines(from, line);
        }
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

fn hits(reach: Reach, diagnostic: &Diagnostic, lines: &LineIndex) -> bool {
    let primary = lines.line(diagnostic.primary.span.start);
    let line = match reach {
        Reach::Lines(from, to) => return (from..=to).contains(&primary),
        Reach::Line(line) => line,
    };
    line == primary
        || line == lines.line(diagnostic.statement.start)
        || diagnostic.labels.iter().any(|label| lines.line(label.span.start) == line)
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
