//! Runs the code in docs/rules/*.md: what a page calls a leak is found, and what it calls clean is not.

mod support {
    pub mod lint;
}

use leaklint::rules::{NOTICES, RULES};
use leaklint::source::Language;
use std::collections::BTreeSet;
use std::path::PathBuf;
use support::lint::{found, settings};

/// The page of all notices; a block there is tagged with the notice that it gives.
const NOTICE_PAGE: &str = "notices";

/// Pages are read in terminals.
const WIDTH: usize = 100;

/// A fenced block of code.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    /// Of its opening fence, counted from 1.
    line: usize,
    /// What stands behind the backticks: `ts leak`.
    info: String,
    text: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/rules")
}

/// The names of all pages.
fn pages() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).expect("docs/rules");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned())
        .map(|name| name.strip_suffix(".md").expect("docs/rules holds pages only").to_owned())
        .collect();
    names.sort();
    names
}

fn page(name: &str) -> String {
    let text = std::fs::read_to_string(folder().join(format!("{name}.md"))).expect("a page");
    text.replace("\r\n", "\n")
}

fn blocks(text: &str) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                open = true;
                out.push(Block { line: at + 1, info: info.to_owned(), text: String::new() });
            }
            None if open => {
                let block = out.last_mut().expect("an open block");
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    out
}

/// What is wrong with a block of a page; `None` also for blocks that hold no code of ours, such as commands.
fn wrong(page: &str, block: &Block) -> Option<String> {
    let mut words = block.info.split(' ');
    let language = Language::of_path(&format!("x.{}", words.next()?))?;
    let tag = words.next().unwrap_or_default();
    let wanted = match tag {
        "clean" => None,
        "leak" if page != NOTICE_PAGE => Some(page),
        tag if page == NOTICE_PAGE && NOTICES.iter().any(|notice| notice.id == tag) => Some(tag),
        _ => return Some(format!("`{}` says not what leaklint finds there", block.info)),
    };
    let found = found(&block.text, language, &settings());
    let rules: BTreeSet<&str> = found.keys().map(|(_, rule)| rule.as_str()).collect();
    let fits = rules.iter().copied().eq(wanted);
    (!fits).then(|| format!("`{}` finds {rules:?} by line {found:?}", block.info))
}

#[test]
fn blocks_hold_what_their_tags_say() {
    let mut all = Vec::new();
    for name in pages() {
        for block in blocks(&page(&name)) {
            let wrong = wrong(&name, &block);
            all.extend(wrong.map(|wrong| format!("  docs/rules/{name}.md:{}: {wrong}", block.line)));
        }
    }
    assert!(all.is_empty(), "{} wrong:\n{}", all.len(), all.join("\n"));
}

#[test]
fn pages_of_rules_show_both_sides() {
    for rule in RULES {
        let id = rule.meta().id;
        let blocks = blocks(&page(id));
        for tag in ["leak", "clean"] {
            let shown = blocks.iter().any(|block| block.info.split(' ').nth(1) == Some(tag));
            assert!(shown, "docs/rules/{id}.md has no block that is tagged `{tag}`");
        }
    }
}

#[test]
fn every_page_is_that_of_a_rule_or_of_the_notices() {
    let known: BTreeSet<&str> = RULES.iter().map(|rule| rule.meta().id).chain([NOTICE_PAGE]).collect();
    let pages = pages();
    assert_eq!(pages.iter().map(String::as_str).collect::<BTreeSet<_>>(), known);
    for name in pages {
        let text = page(&name);
        assert_eq!(text.lines().next(), Some(format!("# {name}").as_str()), "docs/rules/{name}.md");
        for (at, line) in text.lines().enumerate() {
            let width = line.chars().count();
            assert!(width <= WIDTH, "docs/rules/{name}.md:{}: {width} columns", at + 1);
        }
    }
}

#[test]
fn every_notice_is_described() {
    let text = page(NOTICE_PAGE);
    for notice in NOTICES {
        let heading = format!("## {}", notice.id);
        assert!(text.lines().any(|line| line == heading), "docs/rules/{NOTICE_PAGE}.md has no `{heading}`");
    }
}

/// The tables and keys of a TOML file, each in the form in which rules/README.md names it.
fn named_in(value: &toml::Table, names: &mut BTreeSet<String>) {
    for (table, value) in value {
        let rows: Vec<&toml::Value> = match value {
            toml::Value::Array(rows) => rows.iter().collect(),
            row => vec![row],
        };
        let heading = if value.is_array() { format!("## [[{table}]]") } else { format!("`[{table}]`") };
        names.insert(heading);
        for row in rows.into_iter().filter_map(toml::Value::as_table) {
            names.extend(row.keys().map(|key| format!("`{key}`")));
        }
    }
}

#[test]
fn every_key_of_the_protocols_is_described() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("rules/README.md")).expect("rules/README.md");
    let mut names = BTreeSet::new();
    for (file, text) in leaklint::protocol::EMBEDDED {
        named_in(&text.parse().unwrap_or_else(|error| panic!("{file}: {error}")), &mut names);
    }
    assert!(names.contains("`acquire`") && names.contains("## [[handle]]"), "{names:?}");
    let missing: Vec<&String> = names.iter().filter(|name| !readme.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "rules/README.md says nothing of {missing:?}");
}

#[test]
fn a_wrong_tag_is_seen() {
    let block = |info: &str, text: &str| Block { line: 1, info: info.to_owned(), text: text.to_owned() };
    let leaking = "class Clock {\n  constructor() {\n    setInterval(() => this.tick(), 9);\n  }\n}\n";
    assert_eq!(wrong("uncleared-interval", &block("ts leak", leaking)), None);
    assert!(wrong("uncleared-interval", &block("ts clean", leaking)).is_some());
    assert!(wrong("unremoved-listener", &block("ts leak", leaking)).is_some(), "another rule's finding");
    assert!(wrong("uncleared-interval", &block("ts leak", "let a = 1;\n")).is_some());
    assert!(wrong("uncleared-interval", &block("ts", leaking)).is_some(), "no tag");
    assert_eq!(wrong("uncleared-interval", &block("sh", "leaklint check\n")), None);
    let text = "a\n```js leak\nx\n```\n```sh\ny\n```\n";
    let found: Vec<_> = blocks(text).into_iter().map(|block| (block.line, block.info, block.text)).collect();
    let wanted = [(2, "js leak", "x\n"), (5, "sh", "y\n")];
    assert_eq!(found, wanted.map(|(line, info, text)| (line, info.to_owned(), text.to_owned())));
}
