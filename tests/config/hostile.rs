//! Configurations that somebody else wrote: nothing in them ends the process, reaches the terminal raw, or does more than
//! being read.

use crate::lint;
use crate::support_robust::{LEAK, Project};
use std::sync::Arc;

#[track_caller]
fn said(config: &str) -> String {
    let project = Project::new().with("leaklint.jsonc", config).with("a.js", LEAK);
    lint(&project, &[]).expect(2).err
}

#[test]
fn nothing_reaches_the_terminal_raw() {
    let escape = "\\u001b[31m\\u009b\\u202e::error::x\\r\\n::warning::y";
    for config in [
        format!("{{ \"{escape}\": 1 }}"),
        format!("{{ \"rules\": {{ \"{escape}\": \"off\" }} }}"),
        format!("{{ \"rules\": {{ \"uncleared-interval\": \"{escape}\" }} }}"),
        format!("{{ \"extends\": \"./{escape}\" }}"),
        format!("{{ \"extends\": \"{escape}\" }}"),
        format!("{{ \"kinds\": [\"{escape}\"] }}"),
        format!("{{ \"ignore\": [\"{escape}[\"] }}"),
        format!("{{ \"overrides\": [{{ \"files\": [\"{escape}{{\"] }}] }}"),
        format!("{{ \"protocols\": {{ \"handle\": [{{ \"id\": \"{escape}\" }}] }} }}"),
        "{ \u{1b}[31m".to_owned(),
    ] {
        let said = said(&config);
        assert!(said.ends_with('\n') && said.lines().count() == 1, "one line: {said:?}");
        let line = said.trim_end();
        assert!(line.starts_with("leaklint: leaklint.jsonc:1:"), "{line:?}");
        assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line:?}");
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_are_no_commands() {
    let project = Project::new()
        .with("a\u{1b}[31m\n::error::x/leaklint.jsonc", "{ \"x\": 1 }")
        .with("a\u{1b}[31m\n::error::x/a.js", LEAK);
    let run = lint(&project, &[]).expect(2);
    assert!(run.err.starts_with("leaklint: a?[31m?::error::x/leaklint.jsonc:1:3: "), "{:?}", run.err);
    assert_eq!(run.err.lines().count(), 1);
}

#[test]
fn long_names_are_cut() {
    let long = "x".repeat(1_000_000);
    for config in [
        format!("{{ \"{long}\": 1 }}"),
        format!("{{ \"rules\": {{ \"{long}\": 1 }} }}"),
        format!("{{ \"rules\": {{ \"{long}\": \"off\" }} }}"),
        format!("{{ \"rules\": {{ \"uncleared-interval\": \"{long}\" }} }}"),
        format!("{{ \"extends\": \"{long}\" }}"),
        format!("{{ \"extends\": \"./{long}\" }}"),
        format!("{{ \"kinds\": [\"{long}\"] }}"),
    ] {
        let said = said(&config);
        assert!(said.len() < 400, "{}: {}", said.len(), &said[..200]);
    }
}

#[test]
fn depth_and_size() {
    for open in ["[", "{\"a\":", "{\"overrides\":[", "[{\"rules\":"] {
        let said = said(&open.repeat(100_000));
        assert!(said.starts_with("leaklint: leaklint.jsonc:1:"), "{said}");
    }
    let deep = format!("{}{}", "[".repeat(400), "]".repeat(400));
    for key in ["rules", "extends", "ignore", "teardowns", "$schema"] {
        said(&format!("{{ \"{key}\": {deep} }}"));
    }
    let many: Vec<String> = (0..50_000).map(|at| format!("\"n{at}\"")).collect();
    let project = Project::new()
        .with("leaklint.jsonc", format!("{{ \"teardowns\": {{ \"strong\": [{}] }} }}", many.join(",")))
        .with("a.js", LEAK);
    lint(&project, &[]).expect(1);
    // On one line, where columns are counted from far away.
    let rows = "{\"id\":\"\"},".repeat(100_000);
    let rules: Vec<String> = (0..100_000).map(|at| format!("\"r{at}\":\"off\"")).collect();
    let patterns = "\"[\",".repeat(100_000);
    for config in [
        format!("{{ \"protocols\": {{ \"handle\": [{rows}] }} }}"),
        format!("{{ \"protocols\": {{ \"listener\": [{rows}] }} }}"),
        format!("{{ \"rules\": {{ {} }} }}", rules.join(",")),
        format!("{{ \"ignore\": [{patterns}] }}"),
    ] {
        let lines = said(&config).lines().count();
        assert!((1..=21).contains(&lines), "{lines}");
    }
    let huge = format!("{}{{}}", " ".repeat(5 * 1024 * 1024));
    assert!(said(&huge).contains("larger than the"), "{}", said(&huge));
}

#[test]
fn many_patterns() {
    let patterns: Vec<String> = (0..3_000).map(|at| format!("\"{{a,b}}{at}*{{c,d}}?x\"")).collect();
    let project = Project::new()
        .with("leaklint.jsonc", format!("{{ \"ignore\": [{}] }}", patterns.join(",")))
        .with("a.js", LEAK);
    lint(&project, &[]).expect(1);
    let braces = "{a,b}".repeat(2_000);
    let code = lint(
        &Project::new()
            .with("leaklint.jsonc", format!("{{ \"ignore\": [\"{braces}\"] }}"))
            .with("a.js", LEAK),
        &[],
    )
    .code;
    assert!(code == 1 || code == 2, "{code}");
}

/// `extends` reads plain files, and waits for nothing.
#[cfg(unix)]
#[test]
fn only_plain_files_are_read() {
    for name in ["/dev/zero", "/dev/stdin", "./pipe"] {
        let project = Project::new()
            .with("leaklint.jsonc", format!("{{ \"extends\": \"{name}\" }}"))
            .with("a.js", LEAK);
        let pipe = project.root().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(pipe).status().unwrap().success());
        let run = lint(&project, &[]).expect(2);
        assert!(run.err.starts_with("leaklint: leaklint.jsonc:1:14: cannot read "), "{}", run.err);
    }
    let project = Project::new().with("a.js", LEAK);
    std::os::unix::fs::symlink("/nowhere/at/all", project.root().join("leaklint.jsonc")).unwrap();
    let run = lint(&project, &[]).expect(2);
    assert_eq!(run.err, "leaklint: leaklint.jsonc: no such file or folder\n", "not passed over");
}

/// Paths may lead anywhere, and are shown as what they are.
#[test]
fn paths_out_of_the_project() {
    let project = Project::new()
        .with("app/leaklint.jsonc", r#"{ "extends": "../shared/x.json" }"#)
        .with("app/a.js", LEAK)
        .with("shared/x.json", "{ \"y\": 1 }");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_leaklint"));
    let output = command.args(["check", "."]).current_dir(project.root().join("app")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let shared = project.root().canonicalize().unwrap().join("shared/x.json");
    assert_eq!(said, format!("leaklint: {}:1:3: there is no key `y` here\n", shared.display()));
}

/// The reader takes each of these for what it is, at whatever byte it ends.
#[test]
fn cut_at_every_byte() {
    use leaklint::config::{Document, layer};
    let whole = crate::BUS.replacen('{', r#"{ "extends": ["./a"], "rules": { "uncleared-timeout": ["on", { "minDelay": 5 }] }, "overrides": [{ "files": ["a/*.é"] }], // c"#, 1).replace("// c", "\n");
    let read = |text: String| layer::read(&Arc::new(Document::new("x", text)));
    read(whole.clone()).expect("a valid configuration");
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let (before, after) = whole.split_at(end);
        assert!(read(before.to_owned()).is_err(), "{before}");
        for more in ["\"", "{", "]", ":", "\\", "/*", "7", "\u{0}", "😀"] {
            let _ = read(format!("{before}{more}{after}"));
        }
    }
}
