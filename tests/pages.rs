//! Holds docs/idioms.md and docs/frameworks.md against the fixtures that they name.

mod support {
    pub mod corpus;
    pub mod lint;
}

use leaklint::settings::Settings;
use std::collections::BTreeMap;
use support::corpus::{Corpus, Source, corpus, root};
use support::lint::{found, settings};

const REACH: &str = "out of reach: ";
const NOTHING: &str = "–";

/// What rows are held against.
struct Known {
    corpus: Corpus,
    settings: Settings,
    /// The page that gives the reasons for what is out of reach.
    reach: String,
}

/// One line of a table: its first cell, what is silent, and what speaks.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    line: usize,
    subject: String,
    silent: String,
    speaks: String,
}

fn page(name: &str) -> String {
    std::fs::read_to_string(root().join("docs").join(name)).expect("a page")
}

/// The rows of a page's tables, headings apart; the last two cells are what is silent and what speaks.
fn rows(text: &str) -> Vec<Row> {
    let lines = text.lines().enumerate().filter(|(_, line)| line.starts_with("| "));
    let cells = lines.filter_map(|(at, line)| {
        let cells: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").map(str::trim).collect();
        let [subject, .., silent, speaks] = cells[..] else {
            return None;
        };
        let [subject, silent, speaks] = [subject, silent, speaks].map(str::to_owned);
        (silent != "silent in").then_some(Row { line: at + 1, subject, silent, speaks })
    });
    cells.collect()
}

/// The names in backticks.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn is_leak(corpus: &Corpus, source: &Source) -> bool {
    corpus.cases.iter().any(|case| case.leak.path == source.path)
}

/// What is wrong with a name of something silent: of a case its clean twin, else a quiet file.
fn noise(known: &Known, name: &str) -> Option<String> {
    let corpus = &known.corpus;
    let mut clean = corpus.sources().filter(|source| !is_leak(corpus, source));
    let file = format!("fixtures/{name}");
    let twin = format!("fixtures/{name}/clean.");
    let Some(source) = clean.find(|source| source.path == file || source.path.starts_with(&twin)) else {
        return Some(format!("there is no `{name}`"));
    };
    let found = found(&source.text, source.language, &known.settings);
    (!found.is_empty()).then(|| format!("`{name}` is not silent: {found:?}"))
}

/// What is wrong with a name of a leak.
fn silence(known: &Known, name: &str) -> Option<String> {
    let mut cases = known.corpus.cases.iter();
    let Some(case) = cases.find(|case| name == format!("{}/{}", case.rule, case.name)) else {
        return Some(format!("there is no leak `{name}`"));
    };
    let found = found(&case.leak.text, case.leak.language, &known.settings);
    let speaks = found.keys().any(|(_, rule)| *rule == case.rule);
    (!speaks).then(|| format!("`{name}` has no finding of its rule: {found:?}"))
}

/// What is wrong with a row.
fn flaws(known: &Known, row: &Row) -> Vec<String> {
    let (silent, speaks) = (names(&row.silent), names(&row.speaks));
    let mut flaws: Vec<String> = silent.iter().filter_map(|name| noise(known, name)).collect();
    match row.speaks.strip_prefix(REACH) {
        Some(reason) if !known.reach.contains(&format!("- {reason}")) => {
            flaws.push(format!("docs/accuracy.md has no `- {reason}`"));
        }
        Some(_) => {}
        None if speaks.is_empty() => flaws.push("no leak is named".to_owned()),
        None => flaws.extend(speaks.iter().filter_map(|name| silence(known, name))),
    }
    let unseen = row.silent == NOTHING && row.speaks.starts_with(REACH);
    if silent.is_empty() && !unseen {
        flaws.push("nothing silent is named".to_owned());
    }
    flaws
}

fn check(name: &str) -> Vec<Row> {
    let known = Known { corpus: corpus(), settings: settings(), reach: page("accuracy.md") };
    let rows = rows(&page(name));
    let wrong: Vec<String> = rows
        .iter()
        .flat_map(|row| {
            let at = format!("  docs/{name}:{}: ", row.line);
            flaws(&known, row).into_iter().map(move |flaw| format!("{at}{flaw}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    rows
}

#[test]
fn idioms_are_what_their_fixtures_show() {
    assert!(check("idioms.md").len() > 50);
}

#[test]
fn every_framework_has_a_leak_and_a_clean_twin() {
    let mut known: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for row in check("frameworks.md") {
        let (silent, speaks) = known.entry(row.subject).or_default();
        *silent += names(&row.silent).len();
        *speaks += names(&row.speaks).len();
    }
    let lacking: Vec<_> = known.iter().filter(|(_, (silent, speaks))| *silent == 0 || *speaks == 0).collect();
    assert!(known.len() > 20 && lacking.is_empty(), "{lacking:?}");
}

#[test]
fn a_wrong_row_is_seen() {
    let text = "| idiom | silent in | speaks in |\n|---|---|---|\n| a | `quiet/lru.ts` | `unbounded-collection/json-memo-key` |\n";
    let [row] = &rows(text)[..] else {
        panic!("one row");
    };
    let known = Known { corpus: corpus(), settings: settings(), reach: "- **Known**: why".to_owned() };
    assert_eq!((row.line, flaws(&known, row)), (3, Vec::new()));
    let with = |silent: &str, speaks: &str| Row {
        line: 1,
        subject: "a".to_owned(),
        silent: silent.to_owned(),
        speaks: speaks.to_owned(),
    };
    let wrong = |silent: &str, speaks: &str| flaws(&known, &with(silent, speaks)).len();
    assert_eq!(wrong("`quiet/none.ts`", "`unbounded-collection/none`"), 2);
    assert_eq!(wrong(NOTHING, "out of reach: **Known**"), 0);
    assert_eq!(wrong(NOTHING, "out of reach: **Unknown**"), 1);
    assert_eq!(wrong("`quiet/lru.ts`", "`quiet/lru.ts`"), 1);
    assert_eq!(wrong("", ""), 2);
}
