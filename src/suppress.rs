//! Suppression comments: which findings they take away, and which of them are of no use.

mod anchors;
mod comment;

pub use anchors::Anchors;

use crate::diagnostic::Diagnostic;
use crate::parse::{Comment, Parsed};
use crate::rules;
use crate::settings::Settings;
use crate::source::{LineIndex, Span};
use crate::spelling;
use anchors::Index;
use comment::{Directive, Said, Verb, next_code_line};
use rustc_hash::{FxHashMap, FxHashSet};

/// The comments of a file that name leaklint, and the code around which users write them.
#[derive(Debug, Default)]
pub struct Comments {
    pub all: Vec<Comment>,
    pub anchors: Anchors,
    /// A script of the file was not linted: nobody knows whether a comment is of use.
    pub incomplete: bool,
}

impl Comments {
    /// Adds what a script says; `None` if it was not linted.
    pub fn add(&mut self, parsed: Option<&Parsed>) {
        match parsed {
            Some(parsed) => {
                self.all.extend(parsed.comments.iter().cloned());
                self.anchors.add(&parsed.program);
            }
            None => self.incomplete = true,
        }
    }
}

/// Where a suppression holds. Lines are 1-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// What begins on the line: the comment stands above it.
    Above(u32),
    /// What begins or ends on the line: the comment stands on it.
    On(u32),
    /// From a line to a line, both included.
    Lines(u32, u32),
}

#[derive(Debug)]
struct Suppression {
    reach: Reach,
    rule: &'static str,
    span: Span,
}

/// The lines of one diagnostic by which comments refer to it.
struct Place {
    rule: &'static str,
    /// Where it is shown.
    primary: u32,
    /// Where something of it begins: itself, its statement, its element, what a label shows.
    begins: Vec<u32>,
    /// Where its statement ends.
    ends: u32,
}

impl Place {
    fn of(diagnostic: &Diagnostic, lines: &LineIndex, index: &Index) -> Self {
        let line = |at: u32| lines.line(at);
        let last = |span: Span| line(span.end.saturating_sub(1).max(span.start));
        let span = diagnostic.primary.span;
        let statement = index.statement(span.start);
        let around = [Some(diagnostic.statement), statement, index.element(span.start)];
        let labels = diagnostic.labels.iter().map(|label| label.span);
        let starts = around.into_iter().flatten().chain(labels).map(|span| line(span.start));
        let primary = line(span.start);
        // `window⏎.addEventListener` is one name on two lines.
        let begins = (primary..=last(span)).chain(starts).collect();
        Self { rule: diagnostic.rule, primary, begins, ends: last(statement.unwrap_or(span)) }
    }
}

/// The places of all diagnostics, to ask whether a suppression is of use.
#[derive(Default)]
struct Found {
    begins: FxHashSet<(&'static str, u32)>,
    ends: FxHashSet<(&'static str, u32)>,
    /// Sorted.
    primary: FxHashMap<&'static str, Vec<u32>>,
}

impl Found {
    fn new(places: &[Place]) -> Self {
        let mut found = Self::default();
        for place in places {
            found.begins.extend(place.begins.iter().map(|line| (place.rule, *line)));
            found.ends.insert((place.rule, place.ends));
            found.primary.entry(place.rule).or_default().push(place.primary);
        }
        found.primary.values_mut().for_each(|lines| lines.sort_unstable());
        found
    }

    fn is_used(&self, suppression: &Suppression) -> bool {
        let rule = suppression.rule;
        match suppression.reach {
            Reach::Above(line) => self.begins.contains(&(rule, line)),
            Reach::On(line) => self.begins.contains(&(rule, line)) || self.ends.contains(&(rule, line)),
            Reach::Lines(from, to) => self.primary.get(rule).is_some_and(|lines| {
                lines.get(lines.partition_point(|line| *line < from)).is_some_and(|line| *line <= to)
            }),
        }
    }
}

/// All suppressions, to ask whether they hit a diagnostic.
#[derive(Default)]
struct Suppressed {
    above: FxHashSet<(&'static str, u32)>,
    on: FxHashSet<(&'static str, u32)>,
    /// Ranges sorted by their start, each with the furthest end so far.
    ranges: FxHashMap<&'static str, Vec<(u32, u32)>>,
}

impl Suppressed {
    fn new(suppressions: &[Suppression]) -> Self {
        let mut suppressed = Self::default();
        for Suppression { rule, reach, .. } in suppressions {
            match *reach {
                Reach::Above(line) => _ = suppressed.above.insert((rule, line)),
                Reach::On(line) => _ = suppressed.on.insert((rule, line)),
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

    fn hit(&self, place: &Place) -> bool {
        let on = |line: u32| self.on.contains(&(place.rule, line));
        let begins = place.begins.iter().any(|line| self.above.contains(&(place.rule, *line)) || on(*line));
        begins
            || on(place.ends)
            || self.ranges.get(place.rule).is_some_and(|ranges| {
                let begun = ranges.partition_point(|(from, _)| *from <= place.primary);
                begun > 0 && ranges[begun - 1].1 >= place.primary
            })
    }
}

/// Takes away what comments suppress and reports comments that are wrong or of no use.
pub fn apply(diagnostics: &mut Vec<Diagnostic>, comments: Comments, text: &str, settings: &Settings) {
    let lines = LineIndex::new(text);
    let Comments { mut all, anchors, incomplete } = comments;
    all.sort_by_key(|comment| comment.span);
    let (suppressions, open, notices) = (Vec::new(), FxHashMap::default(), Vec::new());
    let mut reading = Reading { text, lines: &lines, suppressions, open, notices };
    all.iter().for_each(|comment| reading.comment(comment, settings));
    let Reading { suppressions, mut notices, .. } = reading;
    let index = anchors.index();
    let places: Vec<Place> = diagnostics.iter().map(|one| Place::of(one, &lines, &index)).collect();
    let (found, suppressed) = (Found::new(&places), Suppressed::new(&suppressions));
    let mut places = places.iter();
    diagnostics.retain(|_| !places.next().is_some_and(|place| suppressed.hit(place)));
    for suppression in suppressions.iter().filter(|_| !incomplete) {
        if !found.is_used(suppression) && settings.is_enabled(suppression.rule) {
            let message = format!("nothing here is reported by `{}`: this comment can go", suppression.rule);
            notices.push(unused(suppression.span, message));
        }
    }
    for mut notice in notices {
        if let Some(severity) = rules::notice_severity(settings, notice.rule) {
            notice.severity = severity;
            diagnostics.push(notice);
        }
    }
}

/// Comments turned into suppressions.
struct Reading<'t> {
    text: &'t str,
    lines: &'t LineIndex,
    suppressions: Vec<Suppression>,
    /// By rule: the `disable` comments that no `enable` has closed yet.
    open: FxHashMap<&'static str, Vec<usize>>,
    notices: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn comment(&mut self, comment: &Comment, settings: &Settings) {
        for said in comment::read(&comment.text) {
            match said {
                Said::Misspelt(word, near) => {
                    self.invalid(comment.span, format!("there is no `{word}`; did you mean `{near}`?"));
                }
                Said::Directive(directive) => {
                    let rules = self.rules(&directive, comment.span);
                    let silent =
                        settings.require_reason && !directive.explained && directive.verb != Verb::Enable;
                    if silent && !rules.is_empty() {
                        self.notices.push(unexplained(comment.span));
                    }
                    rules.into_iter().for_each(|rule| self.suppress(directive.verb, rule, comment.span));
                }
            }
        }
    }

    /// The rules that a comment names, each once.
    fn rules(&mut self, directive: &Directive<'_>, span: Span) -> Vec<&'static str> {
        if directive.rules.is_empty() {
            self.invalid(span, "name the rules that this comment suppresses");
        }
        let mut rules = Vec::new();
        for name in &directive.rules {
            match rules::find(name) {
                Some(meta) if meta.tiers.is_empty() => {
                    self.invalid(
                        span,
                        format!("no comment suppresses `{name}`: `--rule` and the configuration set it"),
                    );
                }
                Some(meta) if rules.contains(&meta.id) => {}
                Some(meta) => rules.push(meta.id),
                None if nearest(name).is_none() && !rules.is_empty() => {
                    self.invalid(span, format!("there is no rule `{name}`; a reason stands behind ` -- `"));
                    break;
                }
                None => self.invalid(span, unknown_rule(name)),
            }
        }
        rules
    }

    fn suppress(&mut self, verb: Verb, rule: &'static str, span: Span) {
        let (first, last) = (self.lines.line(span.start), self.lines.line(span.end.saturating_sub(1)));
        let reach = match verb {
            Verb::NextLine => Reach::Above(next_code_line(self.text, self.lines, last)),
            Verb::Line => Reach::On(first),
            Verb::File => Reach::Lines(0, u32::MAX),
            Verb::Disable => {
                self.open.entry(rule).or_default().push(self.suppressions.len());
                Reach::Lines(last, u32::MAX)
            }
            Verb::Enable => return self.enable(rule, span, first),
        };
        self.suppressions.push(Suppression { reach, rule, span });
    }

    fn enable(&mut self, rule: &'static str, span: Span, line: u32) {
        let open = self.open.remove(rule).unwrap_or_default();
        if open.is_empty() {
            self.notices.push(unused(span, format!("nothing above disables `{rule}`: this comment can go")));
        }
        for at in open {
            if let Reach::Lines(from, _) = self.suppressions[at].reach {
                self.suppressions[at].reach = Reach::Lines(from, line);
            }
        }
    }

    fn invalid(&mut self, span: Span, message: impl Into<String>) {
        self.notices.push(Diagnostic::notice("invalid-suppression", span, message, "has no effect"));
    }
}

fn unused(span: Span, message: String) -> Diagnostic {
    Diagnostic::notice("unused-suppression", span, message, "suppresses nothing")
}

fn unexplained(span: Span) -> Diagnostic {
    let message = "this comment does not say why: write the reason behind ` -- `";
    Diagnostic::notice("unexplained-suppression", span, message, "no reason given")
}

/// That there is no such rule, with the nearest one.
pub fn unknown_rule(name: &str) -> String {
    match nearest(name) {
        Some(near) => format!("there is no rule {}; did you mean `{near}`?", spelling::quoted(name)),
        None => format!("there is no rule {}", spelling::quoted(name)),
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
    fn the_nearest_rule() {
        assert_eq!(nearest("uncleared-intervall"), Some("uncleared-interval"));
        assert_eq!(nearest("no-console"), None);
    }

    /// The ids of what is left of a text whose one leak a comment suppresses.
    fn left(comment: &str, require_reason: bool) -> Vec<&'static str> {
        let text = format!(
            "require('http').createServer((req, res) => {{\n  {comment}\n  setInterval(() => res.end(), 9);\n}});\n"
        );
        let settings = Settings { require_reason, ..Settings::new().unwrap() };
        let linted = crate::linter::lint(&text, crate::source::Language::JavaScript, &settings);
        linted.diagnostics.iter().map(|diagnostic| diagnostic.rule).collect()
    }

    #[test]
    fn reasons_where_they_are_required() {
        let plain = "// leaklint-disable-next-line uncleared-interval";
        let explained = format!("{plain} -- ends with the process");
        assert_eq!(left(plain, false), [""; 0]);
        assert_eq!(left(&explained, true), [""; 0]);
        for comment in [plain, &format!("{plain} --"), "/* leaklint-disable uncleared-interval -- */"] {
            assert_eq!(left(comment, true), ["unexplained-suppression"], "{comment}");
        }
        let closed = format!(
            "{explained}\n // leaklint-disable uncleared-interval -- x\n // leaklint-enable uncleared-interval"
        );
        assert!(!left(&closed, true).contains(&"unexplained-suppression"), "an end needs no reason");
    }
}
