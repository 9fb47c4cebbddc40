//! What a fixture's comments say: `//~ rule` expects a finding, `//- rule` names a line as the release.

use crate::support::lint::Counts;

/// A rule id and the line, counted from 1, that it is said of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub line: u32,
    pub rule: String,
}

/// The findings that a text expects.
pub fn expected(text: &str) -> Counts {
    let mut counts = Counts::new();
    for mark in marks(text, '~') {
        *counts.entry((mark.line, mark.rule)).or_default() += 1;
    }
    counts
}

/// The lines that a text names as releases.
pub fn releases(text: &str) -> Vec<Mark> {
    marks(text, '-')
}

/// A text without one of its lines, counted from 1.
pub fn without_line(text: &str, line: u32) -> String {
    let kept = text.split_inclusive('\n').enumerate().filter(|(at, _)| at + 1 != line as usize);
    kept.map(|(_, line)| line).collect()
}

fn marks(text: &str, sign: char) -> Vec<Mark> {
    let mut out = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for opening in ["//", "/*"] {
            for said in line.split(&format!("{opening}{sign}")).skip(1) {
                let above = said.starts_with('^');
                let rule = said.trim_start_matches('^').trim_start();
                let end = rule.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(rule.len());
                let line = at as u32 + 1 - u32::from(above);
                out.push(Mark { line, rule: rule[..end].to_owned() });
            }
        }
    }
    out
}

#[test]
fn marks_are_read() {
    let text = "a //~ one\nb\n//~^ two\n<p>{/*~ three */}</p> //- four\nc //~ one //~ one\n//~ Not-a-rule\n";
    let mark = |line, rule: &str| ((line, rule.to_owned()), 1);
    let mut wanted = Counts::from([mark(1, "one"), mark(2, "two"), mark(4, "three"), mark(6, "")]);
    wanted.insert((5, "one".to_owned()), 2);
    assert_eq!(expected(text), wanted, "a mark that names nothing is a mark all the same");
    assert_eq!(releases(text), [Mark { line: 4, rule: "four".to_owned() }]);
    assert_eq!(without_line("a\nb\nc", 2), "a\nc");
}
