//! What every format tells, and that it is the same.

use super::read::{MACHINE, Told, read};
use super::support_robust::{LEAK, Project};

const LISTENER: &str =
    "require('http').createServer((req, res) => {\n  process.on('warning', () => res.end());\n});\n";

fn project() -> Project {
    let broken = "setInterval(() => {, 1000);\n";
    let unused = "// leaklint-disable-next-line uncleared-interval -- why\nf();\n";
    Project::new()
        .with(".git", "")
        .with("src/a.js", format!("{LEAK}{LEAK}"))
        .with("src/b.js", LISTENER)
        .with("broken.js", broken)
        .with("unused.js", unused)
        .with("binary.js", b"setInterval\0")
}

#[test]
fn findings_notices_and_what_cannot_be_read_are_in_every_format() {
    let project = project();
    let args = ["check", ".", "gone.js", "--rule", "unremoved-listener=info"];
    let mut first: Option<Vec<Told>> = None;
    for format in MACHINE {
        let run = project.run(&[&args[..], &["--format", format]].concat()).expect(2);
        let mut told = read(format, &run.out);
        told.sort();
        let rules: Vec<(&str, &str, &str)> =
            told.iter().map(|one| (one.path.as_str(), one.rule.as_str(), one.severity.as_str())).collect();
        let expected = [
            ("binary.js", "not-text", "warning"),
            ("broken.js", "syntax-error", "warning"),
            ("gone.js", "unreadable", "error"),
            ("src/a.js", "uncleared-interval", "error"),
            ("src/a.js", "uncleared-interval", "error"),
            ("src/b.js", "unremoved-listener", "info"),
            ("unused.js", "unused-suppression", "warning"),
        ];
        assert_eq!(rules, expected, "{format}");
        // Some have no columns, and each its own way to point to a whole file.
        for one in &mut told {
            one.column = 0;
            one.line = if one.rule == "unreadable" { 0 } else { one.line };
        }
        let first = first.get_or_insert_with(|| told.clone());
        assert_eq!(&told, first, "{format}");
    }
}

#[test]
fn a_clean_run_is_a_whole_document() {
    let project = Project::new().with("a.js", "f();");
    for format in MACHINE {
        let run = project.run(&["check", "--format", format]).expect(0);
        assert_eq!(read(format, &run.out), [], "{format}");
        assert_eq!(run.out.is_empty(), format == "github", "{format}");
        let summary = if format == "github" { "leaklint: nothing found in 1 file\n" } else { "" };
        assert_eq!(run.err, summary, "{format}");
    }
}

#[test]
fn quiet_and_limits_hold_for_every_format() {
    let project = project();
    for format in MACHINE {
        let run = project.run(&["check", "src", "--format", format, "--quiet"]).expect(1);
        assert!(read(format, &run.out).iter().all(|one| one.severity == "error"), "{format}");
        let args = ["check", "src/b.js", "--format", format, "--rule=unremoved-listener=warn"];
        project.run(&args).expect(0);
        project.run(&[&args[..], &["--max-warnings=0"]].concat()).expect(1);
        let stats = project.run(&[&args[..], &["--stats"]].concat()).expect(0);
        assert!(stats.err.contains("files linted     1"), "{format}: {}", stats.err);
        read(format, &stats.out);
    }
}

#[test]
fn equal_findings_have_equal_fingerprints_except_for_gitlab() {
    let line = "  setInterval(() => res.end(), 10);\n";
    let project = Project::new().with("a.js", LEAK.replace(line, &line.repeat(3)));
    let json = project.run(&["check", "--format=json"]).expect(1).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let prints: Vec<&str> =
        json["findings"].as_array().unwrap().iter().map(|one| one["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(prints, [prints[0]; 3]);
    let gitlab = project.run(&["check", "--format=gitlab"]).expect(1).out;
    let gitlab: serde_json::Value = serde_json::from_str(&gitlab).unwrap();
    let numbered: Vec<&str> =
        gitlab.as_array().unwrap().iter().map(|one| one["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(numbered, [prints[0].to_owned(), format!("{}-2", prints[0]), format!("{}-3", prints[0])]);
}

/// leaklint itself failed on a file: an error at its start, in each format.
#[test]
fn failures_of_leaklint_are_in_every_format() {
    use leaklint::report::{self, Run};
    use leaklint::runner::{FileReport, Report};
    let mut failure = leaklint::diagnostic::Diagnostic::notice(
        "internal-error",
        leaklint::source::Span::default(),
        "not linted: leaklint failed on this file (index out of bounds: [3])",
        "",
    );
    failure.severity = leaklint::diagnostic::Severity::Error;
    let file = FileReport {
        path: "src/a b.js".to_owned(),
        text: "f();\n".into(),
        diagnostics: vec![failure],
        decisions: Vec::new(),
    };
    let report = Report { files: vec![file], failed: true, ..Report::default() };
    let run = Run { report: &report, places: &Default::default() };
    for (format, text) in [
        ("json", report::json(&run)),
        ("jsonl", report::jsonl(&run)),
        ("sarif", report::sarif(&run, None).text),
        ("github", report::github(&run)),
        ("gitlab", report::gitlab(&run)),
        ("junit", report::junit(&run)),
        ("checkstyle", report::checkstyle(&run)),
        ("rdjson", report::rdjson(&run)),
    ] {
        let told = read(format, &text);
        assert_eq!(told.len(), 1, "{format}");
        assert_eq!(
            (told[0].path.as_str(), told[0].line, told[0].severity.as_str()),
            ("src/a b.js", 1, "error")
        );
        assert!(told[0].message.ends_with("(index out of bounds: [3])"), "{format}: {}", told[0].message);
    }
    let sarif: serde_json::Value = serde_json::from_str(&report::sarif(&run, None).text).unwrap();
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0]["descriptor"]["id"], "internal-error");
}
