//! `--report`: further reports in files, whole or not at all.

use super::read::{MACHINE, read};
use super::support_robust::{LEAK, Project};

fn content(project: &Project, path: &str) -> String {
    std::fs::read_to_string(project.root().join(path)).unwrap()
}

#[test]
fn reports_are_what_standard_output_would_have_got() {
    let project = Project::new().with("a.js", LEAK).with("out/json", "of the last run");
    let reports: Vec<String> =
        MACHINE.iter().map(|format| format!("--report={format}=out/{format}")).collect();
    let args: Vec<&str> = ["check", "a.js"].into_iter().chain(reports.iter().map(String::as_str)).collect();
    let run = project.run(&args).expect(1);
    assert!(
        run.out.contains("uncleared-interval") && run.err.contains("1 error"),
        "a human reads: {}",
        run.out
    );
    for format in MACHINE {
        let report = content(&project, &format!("out/{format}"));
        assert_eq!(read(format, &report).len(), 1, "{format}");
        assert_eq!(report, project.run(&["check", "a.js", "--format", format]).out, "{format}");
    }
    assert_eq!(std::fs::read_dir(project.root().join("out")).unwrap().count(), MACHINE.len(), "nothing else");
}

#[test]
fn a_report_for_people_is_plain() {
    let project = Project::new().with("a.js", LEAK);
    let args =
        ["check", "--color=always", "--report=pretty=p.txt", "--report=compact=c.txt", "--format=json"];
    project.run(&args).expect(1);
    assert_eq!(content(&project, "p.txt"), project.run(&["check"]).out);
    assert_eq!(content(&project, "c.txt"), project.run(&["check", "--format=compact"]).out);
}

#[test]
fn what_cannot_be_written_is_said_before_anything_is_linted() {
    let project = Project::new().with("a.js", LEAK).with("b/x", "").with("file", "");
    for (report, problem) in [
        ("sarif=gone/x.sarif", "cannot write gone/x.sarif: there is no folder gone"),
        ("sarif=b", "cannot write b: it is a folder"),
        ("sarif=file/x", "cannot write file/x: file is no folder"),
        ("sarif=-", "standard output is what --format is for"),
        ("sarif=", "name the file"),
        ("sarif", "write it as FORMAT=FILE"),
        ("yaml=x", "there is no format `yaml`; there are pretty, compact, json, jsonl, sarif"),
        ("json=a.js", "a.js is a file that is linted"),
        ("json=b/../a.js", "b/../a.js is a file that is linted"),
    ] {
        let run = project.run(&["check", "--report", report]).expect(2);
        assert!(run.err.contains(problem) && run.out.is_empty(), "{report}: {}{}", run.out, run.err);
    }
    let run = project.run(&["check", "--report=json=x", "--report=sarif=./b/../x"]).expect(2);
    assert!(
        run.err.contains("./b/../x is named twice") || run.err.contains("b/../x is named twice"),
        "{}",
        run.err
    );
    assert_eq!(content(&project, "a.js"), LEAK);
}

#[cfg(unix)]
#[test]
fn a_link_is_replaced_and_what_it_points_to_stays() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::new().with("repo/a.js", LEAK).with("precious", "mine");
    let link = project.root().join("repo/leaks.json");
    std::os::unix::fs::symlink(project.root().join("precious"), &link).unwrap();
    project.run(&["check", "repo", "--report=json=repo/leaks.json"]).expect(1);
    assert_eq!(content(&project, "precious"), "mine");
    assert_eq!(read("json", &content(&project, "repo/leaks.json")).len(), 1);
    let mode = link.symlink_metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o600, 0o600);
    assert_eq!(mode & 0o044, 0o044 & !umask(), "others may read it where the user's files are readable");
}

#[cfg(unix)]
fn umask() -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    !file.metadata().unwrap().permissions().mode() & 0o777
}

#[cfg(target_os = "linux")]
#[test]
fn devices_are_written_to() {
    let project = Project::new().with("a.js", LEAK);
    let run = project.run(&["check", "--report=json=/dev/stdout", "--format=compact"]).expect(1);
    let (json, compact) = run.out.split_at(run.out.find("a.js:2:3: error").unwrap());
    assert_eq!((read("json", json).len(), compact.lines().count()), (1, 1));
    let full = project.run(&["check", "--report=json=/dev/full", "--format=compact"]).expect(2);
    assert!(full.err.contains("cannot write /dev/full"), "{}", full.err);
    assert!(full.out.contains("a.js:2:3") && full.err.contains("1 error"), "the rest is told all the same");
}

/// Who reads the first line only is no reason to fail.
#[cfg(unix)]
#[test]
fn a_reader_may_go_away() {
    use std::process::{Command, Stdio};
    let project = Project::new().with("a.js", LEAK.repeat(300));
    for format in MACHINE {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(["check", "--format", format, "--report=json=whole.json"]).current_dir(project.root());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(read("json", &content(&project, "whole.json")).len(), 300);
    }
}
