//! `explain`, `rules`, `--trace` and colours.

use super::{CLEAN, compact};
use crate::support_robust::{LEAK, Project};
use std::process::Command;

const RULES: [&str; 4] =
    ["large-closure-capture", "uncleared-interval", "unremoved-listener", "unbounded-collection"];

#[test]
fn every_rule_and_notice_has_a_page() {
    let project = Project::new();
    let list = project.run(&["rules"]).expect(0).out;
    let ids: Vec<&str> = list.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    for rule in RULES {
        assert!(ids.contains(&rule), "{list}");
    }
    for id in ids {
        let page = project.run(&["explain", id]).expect(0).out;
        assert!(page.starts_with("# ") && page.contains(id) && page.len() > 300, "{id}: {page}");
    }
}

#[test]
fn explaining_what_does_not_exist() {
    let run = Project::new().run(&["explain", "uncleared-intervall"]).expect(2);
    assert!(run.err.contains("did you mean `uncleared-interval`?"), "{}", run.err);
    let run = Project::new().run(&["explain", "tea"]).expect(2);
    assert!(
        run.err.contains("`leaklint rules` lists them") && !run.err.contains("did you mean"),
        "{}",
        run.err
    );
    Project::new().run(&["explain"]).expect(2);
}

#[test]
fn the_rules_as_json() {
    let run = Project::new().run(&["rules", "--format=json"]).expect(0);
    let list: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let list = list.as_array().unwrap();
    for rule in RULES {
        let entry = list.iter().find(|entry| entry["id"] == rule).unwrap();
        assert!(entry["summary"].as_str().unwrap().len() > 10, "{entry}");
        let tiers = entry["confidence"].as_array().unwrap();
        assert!(tiers.iter().any(|tier| tier == "likely"), "{entry}");
    }
    assert!(
        list.iter()
            .any(|entry| entry["id"] == "syntax-error" && entry["confidence"] == serde_json::json!([]))
    );
}

#[test]
fn the_protocols() {
    let text = Project::new().run(&["rules", "--protocols"]).expect(0).out;
    let json = Project::new().run(&["rules", "--protocols", "--format=json"]).expect(0).out;
    let list: serde_json::Value = serde_json::from_str(&json).unwrap();
    let list = list.as_array().unwrap();
    assert!(list.iter().any(|entry| entry["acquire"].to_string().contains("setInterval")), "{json}");
    assert!(list.iter().any(|entry| entry["acquire"].to_string().contains("addEventListener")), "{json}");
    for entry in list {
        assert!(text.contains(entry["id"].as_str().unwrap()), "{entry}");
        assert!(
            !entry["source"].as_str().unwrap().is_empty() && !entry["checked"].as_str().unwrap().is_empty()
        );
    }
}

/// A leak on line 2 and a healthy interval on line 6.
fn traced() -> Project {
    Project::new().with("src/a.js", format!("{LEAK}\n{CLEAN}"))
}

#[test]
fn trace_of_a_file() {
    let run = traced().run(&["check", "--trace", "src/a.js"]).expect(1);
    assert!(
        run.out.contains("src/a.js:2:3 interval\n") && run.out.contains("src/a.js:6:14 interval\n"),
        "{}",
        run.out
    );
    assert!(run.out.contains("proven") && run.out.contains("silent"), "{}", run.out);
    for word in ["ExprId", "BindingId", "FnId", "Some(", "{"] {
        assert!(!run.out.contains(word), "no words from inside: {}", run.out);
    }
}

#[test]
fn trace_of_a_line() {
    let project = traced();
    let run = project.run(&["check", "--trace", "src/a.js:6"]).expect(1);
    assert!(run.out.starts_with("src/a.js:6:14 interval\n") && !run.out.contains("a.js:2:"), "{}", run.out);
    let run = project.run(&["check", "--trace", "src/a.js:4"]).expect(1);
    assert_eq!(run.out, "", "nothing is decided there");
    for gone in ["src/gone.js", "src/gone.js:3"] {
        let run = project.run(&["check", "--trace", gone]).expect(2);
        assert!(run.err.contains("src/gone.js: no such file"), "{}", run.err);
    }
}

#[cfg(unix)]
#[test]
fn trace_of_a_file_whose_name_ends_like_a_line() {
    let project = Project::new().with("a.js", CLEAN).with("b:2.js", LEAK);
    let run = project.run(&["check", "--trace", "b:2.js"]).expect(1);
    assert!(run.out.contains("b:2.js:2:3 interval\n"), "{}", run.out);
}

#[test]
fn colours() {
    let project = Project::new().with("a.js", LEAK);
    let with = |args: &[&str], env: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(["check", "a.js"]).args(args).envs(env.iter().copied());
        project.wait(command).unwrap().expect(1).out.contains('\u{1b}')
    };
    assert!(!with(&[], &[]), "no terminal");
    assert!(with(&["--color=always"], &[]));
    assert!(with(&["--color=always"], &[("NO_COLOR", "1")]), "the option is stronger");
    assert!(!with(&["--color=never"], &[("FORCE_COLOR", "1")]));
    assert!(with(&[], &[("FORCE_COLOR", "1")]));
    assert!(!with(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(!with(&[], &[("FORCE_COLOR", "")]), "empty is unset");
    for format in ["compact", "json", "sarif"] {
        assert!(!with(&["--color=always", "--format", format], &[]), "{format} has no colours");
    }
}

#[test]
fn narrow_and_wide_terminals() {
    let project = Project::new().with("a.js", LEAK);
    for columns in ["", "0", "1", "60", "80", "100000", "x"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(["check", "a.js"]).env("COLUMNS", columns);
        let run = project.wait(command).unwrap().expect(1);
        assert!(run.out.contains("uncleared-interval"), "{columns}: {}", run.out);
    }
    assert!(compact(LEAK, &[]).out.lines().count() == 1);
}
