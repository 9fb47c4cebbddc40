//! Runs the examples of docs/configuration.md: a block of code is linted under the configuration of its name.

use crate::schema;
use crate::support_robust::Project;
use std::collections::BTreeMap;
use std::path::Path;

const PAGE: &str = include_str!("../../docs/configuration.md");

/// A configuration for every example of `extends`.
const SHARED: [(&str, &str); 3] = [
    ("leaklint.base.jsonc", "{}"),
    ("node_modules/@acme/leaklint-config/leaklint.json", "{}"),
    ("node_modules/acme-leaks/strict.jsonc", "{}"),
];

/// Fenced blocks of a page: what stands behind the backticks, and the text.
fn blocks(page: &str) -> Vec<(Vec<&str>, String)> {
    let mut out: Vec<(Vec<&str>, String)> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(info) => {
                open = !open;
                if open {
                    out.push((info.split(' ').collect(), String::new()));
                }
            }
            None if open => {
                let (_, text) = out.last_mut().expect("an open block");
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    out
}

/// The rules that speak of a file under a configuration.
fn rules(config: &str, path: &str, text: &str) -> Vec<String> {
    let project = Project::new().with("leaklint.jsonc", config).with(path, text);
    let project = SHARED.iter().fold(project, |project, (path, text)| project.with(path, text));
    let run = project.run(&["check", "--format=compact", path]);
    assert_ne!(run.code, 2, "{}", run.err);
    let rule = |line: &str| line.rsplit('[').next().expect("a rule").trim_end_matches(']').to_owned();
    run.out.lines().map(rule).collect()
}

#[test]
fn examples_are_as_they_say() {
    let (mut configs, mut leaks) = (BTreeMap::new(), 0);
    for (info, text) in blocks(PAGE) {
        let [extension, rest @ ..] = info.as_slice() else {
            panic!("a block that says not what it shows");
        };
        let path = |given: &[&str]| given.first().map_or(format!("x.{extension}"), |path| (*path).to_owned());
        match rest {
            _ if *extension == "text" => {}
            // A package.json with the key.
            [] if *extension == "json" => {
                let project = Project::new().with("package.json", &text);
                let told = project.run(&["check", "--print-config=a.js"]).expect(0).out;
                assert!(told.contains("config          package.json\n"), "{told}");
            }
            [name] if *extension == "jsonc" => {
                assert_eq!(rules(&text, "x.js", ""), [""; 0], "{name}");
                schema::accepts(&text);
                configs.insert(*name, text);
            }
            [name, "leak", rule, given @ ..] => {
                let path = path(given);
                assert_eq!(rules(&configs[name], &path, &text), [*rule], "{info:?}");
                assert_eq!(rules("{}", &path, &text), [""; 0], "{info:?} needs no configuration");
                leaks += 1;
            }
            [name, "clean", given @ ..] => {
                let path = path(given);
                assert_eq!(rules(&configs[name], &path, &text), [""; 0], "{info:?}");
                let leaking = blocks(PAGE).iter().any(|(other, _)| other.get(1..3) == Some(&[*name, "leak"]));
                assert!(leaking, "{info:?} shows nothing without a leak of the same name");
            }
            other => panic!("{other:?}: a block that says not what it shows"),
        }
    }
    assert!(leaks >= 8 && configs.len() >= 9, "{leaks} leaks under {} configurations", configs.len());
}

/// The configurations that other pages show, by page.
#[test]
fn examples_elsewhere_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.to_owned(), root.join("docs"), root.join("docs/rules")];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).expect("a folder"));
    let mut shown = 0;
    for path in files.map(|entry| entry.expect("an entry").path()) {
        if path.extension().is_none_or(|extension| extension != "md") || path.ends_with("configuration.md") {
            continue;
        }
        let page = std::fs::read_to_string(&path).expect("a page");
        for (_, text) in blocks(&page).iter().filter(|(info, _)| *info == ["jsonc"]) {
            schema::accepts(text);
            rules(text, "x.js", "");
            shown += 1;
        }
    }
    assert!(shown >= 3, "{shown}");
}
