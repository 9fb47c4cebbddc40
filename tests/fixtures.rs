//! Holds leaklint against fixtures/: what it finds is what is marked, no more and no less.

mod support {
    pub mod corpus;
    pub mod lint;
    pub mod marks;
    pub mod snapshots;
}

use leaklint::linter;
use leaklint::obligations::Tier;
use leaklint::rules::{self, RULES};
use leaklint::settings::Settings;
use std::collections::BTreeSet;
use support::corpus::{Case, Source, corpus, root};
use support::lint::{Counts, found, settings};
use support::{marks, snapshots};

/// A rule's folder has at least so many cases.
const CASES: usize = 6;

/// Fails with all that is wrong, in one message.
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn found_is_what_is_marked() {
    let settings = settings();
    let mut wrong = Vec::new();
    for source in corpus().sources() {
        let found = found(&source.text, source.language, &settings);
        wrong.extend(difference(source, &marks::expected(&source.text), &found));
    }
    none(&wrong);
}

/// One line for each line and rule on which the marks and the findings do not agree.
fn difference(source: &Source, marked: &Counts, found: &Counts) -> Vec<String> {
    let keys: BTreeSet<_> = marked.keys().chain(found.keys()).collect();
    keys.into_iter()
        .filter_map(|key| {
            let count = |counts: &Counts| counts.get(key).copied().unwrap_or(0);
            let (marked, found) = (count(marked), count(found));
            let (line, rule) = key;
            (marked != found)
                .then(|| format!("  {}:{line} {rule}: marked {marked}, found {found}", source.path))
        })
        .collect()
}

#[test]
fn a_difference_is_seen_on_both_sides() {
    let source = Source {
        path: "a.js".to_owned(),
        text: "export function f() {\n  const seen = new Map();\n  return seen; //~ unremoved-listener\n}\n\
               export class Clock {\n  dispose() {}\n  start() {\n    setInterval(() => this.tick(), 9);\n  }\n}\n"
            .to_owned(),
        language: leaklint::source::Language::JavaScript,
    };
    let found = found(&source.text, source.language, &settings());
    let wrong = difference(&source, &marks::expected(&source.text), &found);
    assert_eq!(
        wrong,
        ["  a.js:3 unremoved-listener: marked 1, found 0", "  a.js:8 uncleared-interval: marked 0, found 1"]
    );
}

#[test]
fn snapshots_are_up_to_date() {
    let settings = settings();
    let corpus = corpus();
    let mut wrong = Vec::new();
    for case in &corpus.cases {
        let now = snapshots::render(&case.leak, &settings);
        wrong.extend(snapshots::compare(&snapshots::path_of(&case.leak), &now));
    }
    let known: BTreeSet<String> = corpus.cases.iter().map(|case| snapshots::path_of(&case.leak)).collect();
    let stray = corpus.snapshots.iter().filter(|path| !known.contains(*path));
    wrong.extend(stray.map(|path| format!("  {path}: the snapshot of no source")));
    none(&wrong);
}

#[test]
fn cases_are_complete() {
    let corpus = corpus();
    let mut wrong: Vec<String> = corpus.misplaced.iter().map(|at| format!("  {at}: misplaced")).collect();
    for case in &corpus.cases {
        wrong.extend(flaws(case).into_iter().map(|flaw| format!("  {}/{}: {flaw}", case.rule, case.name)));
    }
    for source in &corpus.quiet {
        if !marks::expected(&source.text).is_empty() || !marks::releases(&source.text).is_empty() {
            wrong.push(format!("  {}: has marks, so it is no quiet file", source.path));
        }
    }
    for source in corpus.sources() {
        let said = marks::expected(&source.text).into_keys().map(|(_, rule)| rule);
        let said = said.chain(marks::releases(&source.text).into_iter().map(|mark| mark.rule));
        for rule in said.filter(|rule| rules::find(rule).is_none()) {
            wrong.push(format!("  {}: marks `{rule}`, which is no rule", source.path));
        }
    }
    none(&wrong);
}

/// What a case lacks.
fn flaws(case: &Case) -> Vec<&'static str> {
    let mut flaws = Vec::new();
    if !marks::expected(&case.leak.text).keys().any(|(_, rule)| *rule == case.rule) {
        flaws.push("the leak marks no finding of the folder's rule");
    }
    if !marks::releases(&case.leak.text).is_empty() {
        flaws.push("the leak marks a release");
    }
    if !marks::expected(&case.clean.text).is_empty() {
        flaws.push("the clean twin marks a finding");
    }
    if marks::releases(&case.clean.text).is_empty() {
        flaws.push("the clean twin marks no line as the release");
    }
    if case.leak.path.rsplit('.').next() != case.clean.path.rsplit('.').next() {
        flaws.push("the twins are in different languages");
    }
    if case.leak.text == case.clean.text {
        flaws.push("the twins are the same");
    }
    flaws
}

/// A clean twin must be silent because of its release, and not because leaklint sees nothing there.
#[test]
fn without_its_release_a_clean_twin_leaks() {
    let settings = settings();
    let mut wrong = Vec::new();
    for case in corpus().cases {
        for mark in marks::releases(&case.clean.text) {
            let broken = marks::without_line(&case.clean.text, mark.line);
            let found = found(&broken, case.clean.language, &settings);
            if !found.keys().any(|(_, rule)| *rule == mark.rule) {
                let found: Vec<&str> = found.keys().map(|(_, rule)| rule.as_str()).collect();
                wrong.push(format!(
                    "  {}:{}: without this line there is no {}, but {found:?}",
                    case.clean.path, mark.line, mark.rule
                ));
            }
        }
    }
    none(&wrong);
}

/// Also for what is hidden by default.
#[test]
fn the_prefilter_changes_nothing() {
    let with = Settings { min_confidence: Tier::Possible, ..settings() };
    let without = Settings { no_prefilter: true, min_confidence: Tier::Possible, ..settings() };
    let mut wrong = Vec::new();
    for source in corpus().sources() {
        let lint = |settings| linter::lint(&source.text, source.language, settings).diagnostics;
        if lint(&with) != lint(&without) {
            wrong.push(format!("  {}: finds something else with `--no-prefilter`", source.path));
        }
    }
    none(&wrong);
}

#[test]
fn every_rule_has_its_page_and_its_cases() {
    let corpus = corpus();
    let mut wrong = Vec::new();
    for rule in RULES {
        let meta = rule.meta();
        let page = format!("docs/rules/{}.md", meta.id);
        let text = std::fs::read_to_string(root().join(&page)).unwrap_or_default();
        if text.lines().next() != Some(&format!("# {}", meta.id)) {
            wrong.push(format!("  {page}: the first line is not `# {}`", meta.id));
        }
        if text.replace("\r\n", "\n") != meta.page.replace("\r\n", "\n") {
            wrong.push(format!("  {}: has another page than {page} built in", meta.id));
        }
        let cases = corpus.cases.iter().filter(|case| case.rule == meta.id).count();
        if cases < CASES {
            wrong.push(format!("  fixtures/{}: {cases} cases, and {CASES} are needed", meta.id));
        }
    }
    let folders: BTreeSet<&str> = corpus.cases.iter().map(|case| case.rule.as_str()).collect();
    for folder in folders {
        if !RULES.iter().any(|rule| rule.meta().id == folder) {
            wrong.push(format!("  fixtures/{folder}: there is no such rule"));
        }
    }
    none(&wrong);
}
