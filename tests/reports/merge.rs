//! `leaklint merge`: the reports of shards as one.

use super::read::read;
use super::support_robust::{LEAK, Project};
use serde_json::Value;

fn project() -> Project {
    Project::new()
        .with(".git", "")
        .with("src/a b.js", format!("{LEAK}{LEAK}"))
        .with("src/b.js", LEAK)
        .with("broken.js", "setInterval(() => {, 1);")
}

fn lint(project: &Project, name: &str, paths: &[&str], code: i32) {
    let report = format!("--report=sarif={name}");
    project.run(&[&["check", &report], paths].concat()).expect(code);
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn shards_become_the_report_of_the_whole() {
    let project = project();
    lint(&project, "whole.sarif", &["."], 1);
    lint(&project, "1.sarif", &["src/a b.js"], 1);
    lint(&project, "2.sarif", &["src/b.js", "broken.js"], 1);
    let whole = std::fs::read_to_string(project.root().join("whole.sarif")).unwrap();
    for shards in [
        &["1.sarif", "2.sarif"][..],
        &["2.sarif", "1.sarif"],
        &["2.sarif", "1.sarif", "1.sarif", "whole.sarif"],
    ] {
        let merged = project.run(&[&["merge"], shards].concat()).expect(0);
        assert_eq!(merged.out, whole, "{shards:?}");
        assert_eq!(merged.err, "");
    }
    let run = project.run(&["merge", "1.sarif", "-o", "out.sarif"]).expect(0);
    assert_eq!(run.out, "");
    assert_eq!(read("sarif", &std::fs::read_to_string(project.root().join("out.sarif")).unwrap()).len(), 2);
}

#[test]
fn what_went_wrong_is_kept() {
    let project = project();
    lint(&project, "1.sarif", &["src/b.js", "gone.js"], 2);
    lint(&project, "2.sarif", &["src/a b.js", "lost.js"], 2);
    lint(&project, "3.sarif", &["src/a b.js"], 1);
    let merged = parsed(&project.run(&["merge", "1.sarif", "2.sarif", "3.sarif"]).expect(0).out);
    let invocations = merged["runs"][0]["invocations"].as_array().unwrap();
    assert_eq!(invocations.len(), 1);
    assert_eq!(invocations[0]["executionSuccessful"], false);
    let notes = invocations[0]["toolExecutionNotifications"].as_array().unwrap();
    let paths: Vec<String> = notes.iter().map(|note| super::read::path_of(&note["locations"][0])).collect();
    assert_eq!(paths, ["gone.js", "lost.js"]);
    assert_eq!(merged["runs"][0]["results"].as_array().unwrap().len(), 3);
}

#[test]
fn the_category_is_that_of_all_or_of_the_option() {
    let project = project();
    lint(&project, "none.sarif", &["src/b.js"], 1);
    lint(&project, "web.sarif", &["src/b.js", "--category=web"], 1);
    lint(&project, "web2.sarif", &["src/a b.js", "--category=web/"], 1);
    let id = |args: &[&str]| {
        let log = parsed(&project.run(&[&["merge"], args].concat()).expect(0).out);
        log["runs"][0]["automationDetails"]["id"].as_str().map(str::to_owned)
    };
    assert_eq!(id(&["none.sarif"]), None, "the upload's own category counts");
    assert_eq!(id(&["web.sarif", "web2.sarif"]).as_deref(), Some("web/"));
    assert_eq!(id(&["web.sarif", "none.sarif"]), None);
    assert_eq!(id(&["web.sarif", "none.sarif", "--category", "all"]).as_deref(), Some("all/"));
}

#[test]
fn what_is_no_report_of_ours_is_refused_with_its_place() {
    let project = project();
    lint(&project, "good.sarif", &["src/b.js"], 1);
    let good = std::fs::read_to_string(project.root().join("good.sarif")).unwrap();
    let edit = |pointer: &str, value: Value| {
        let mut log = parsed(&good);
        *log.pointer_mut(pointer).unwrap() = value;
        log.to_string()
    };
    for (text, problem) in [
        (String::new(), "bad.sarif: the file is empty"),
        ("{\n  \"version\": ,".to_owned(), "bad.sarif: this is no JSON: expected value at line 2 column 14"),
        (good.chars().take(good.len() / 2).collect(), "bad.sarif: this is no JSON: EOF while parsing"),
        ("[]".to_owned(), "bad.sarif: this is no SARIF: it has no `version`"),
        (edit("/version", "2.0.0".into()), "bad.sarif: SARIF 2.0.0 is not read, only 2.1.0"),
        (edit("/runs", Value::Array(Vec::new())), "bad.sarif: there is no run in it"),
        (
            edit("/runs/0/tool/driver/name", "ESLint".into()),
            "bad.sarif: runs[0] is of ESLint; only reports of leaklint",
        ),
        (
            edit("/runs/0/tool/driver/version", "0.0.1".into()),
            "bad.sarif: runs[0] is of leaklint 0.0.1, and this is",
        ),
        (
            edit("/runs/0/results", 3.into()),
            "bad.sarif: invalid type: integer `3`, expected a sequence at line 1 column",
        ),
        (
            edit("/runs/0/results/0/ruleId", "no-such".into()),
            "runs[0].results[0]: `no-such` is no rule of leaklint",
        ),
        (edit("/runs/0/results/0/ruleIndex", 999.into()), "is no rule of leaklint, or not number 999"),
    ] {
        std::fs::write(project.root().join("bad.sarif"), text).unwrap();
        let run = project.run(&["merge", "good.sarif", "bad.sarif"]).expect(2);
        assert!(run.err.starts_with("leaklint: ") && run.err.contains(problem), "{problem}\n{}", run.err);
        assert_eq!(run.out, "");
    }
    let run = project.run(&["merge", "gone.sarif"]).expect(2);
    assert!(run.err.contains("gone.sarif: "), "{}", run.err);
    project.run(&["merge", "src"]).expect(2);
    project.run(&["merge"]).expect(2);
    let run = project.run(&["merge", "good.sarif", "-o", "no/out.sarif"]).expect(2);
    assert!(run.err.contains("there is no folder no"), "{}", run.err);
}

/// PowerShell writes what a program prints as UTF-16.
#[test]
fn reports_in_other_encodings_are_read() {
    let project = project();
    lint(&project, "1.sarif", &["src/b.js"], 1);
    let text = std::fs::read_to_string(project.root().join("1.sarif")).unwrap();
    let utf16: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    std::fs::write(project.root().join("2.sarif"), utf16).unwrap();
    assert_eq!(project.run(&["merge", "2.sarif"]).expect(0).out, text);
}
