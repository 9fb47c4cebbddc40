//! Runs the examples of docs/configuration.md: a block of code is linted under the configuration of its name.

use leaklint::config;
use leaklint::linter;
use leaklint::protocol::{EMBEDDED, load};
use leaklint::settings::Settings;
use leaklint::source::Language;
use std::collections::BTreeMap;

const PAGE: &str = include_str!("../docs/configuration.md");

/// Fenced blocks: what stands behind the backticks, and the text.
fn blocks() -> Vec<(Vec<&'static str>, String)> {
    let mut out: Vec<(Vec<&'static str>, String)> = Vec::new();
    let mut open = false;
    for line in PAGE.lines() {
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

/// The settings that a configuration makes of the defaults.
fn settings(text: &str) -> Settings {
    let config = config::read("leaklint.jsonc", text).expect("a valid example");
    let built_in = load(EMBEDDED).expect("rules/*.toml");
    let mut settings = Settings::with(built_in.extended(config.own).expect("few words"));
    settings.rules = config.rules.into_iter().collect();
    settings
}

fn rules(text: &str, extension: &str, settings: &Settings) -> Vec<&'static str> {
    let language = Language::of_path(&format!("x.{extension}")).expect("a language");
    linter::lint(text, language, settings).diagnostics.iter().map(|found| found.rule).collect()
}

#[test]
fn examples_are_as_they_say() {
    let (mut configs, mut leaks) = (BTreeMap::new(), 0);
    for (info, text) in blocks() {
        match info.as_slice() {
            ["jsonc", name @ ..] => {
                configs.insert(name.first().copied().unwrap_or_default(), settings(&text));
            }
            [extension, name, "leak", rule] => {
                assert_eq!(rules(&text, extension, &configs[name]), [*rule], "{info:?}");
                let default = settings("{}");
                assert_eq!(rules(&text, extension, &default), [""; 0], "{info:?} needs no configuration");
                leaks += 1;
            }
            [extension, name, "clean"] => {
                assert_eq!(rules(&text, extension, &configs[name]), [""; 0], "{info:?}");
            }
            other => assert_eq!(other, ["text"], "a block that says not what it shows"),
        }
    }
    assert!(leaks >= 4 && configs.len() >= 5, "{leaks} leaks under {} configurations", configs.len());
}
