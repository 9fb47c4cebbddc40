//! The command as scripts and people use it: exit codes, options, which files are linted, and suppressions.

mod support_robust;

#[path = "cli/baseline.rs"]
mod baseline;
#[path = "cli/changed.rs"]
mod changed;
#[path = "cli/components.rs"]
mod components;
#[path = "cli/files.rs"]
mod files;
#[path = "cli/pages.rs"]
mod pages;
#[path = "cli/shards.rs"]
mod shards;
#[path = "cli/shell.rs"]
mod shell;
#[path = "cli/stdin.rs"]
mod stdin;
#[path = "cli/stream.rs"]
mod stream;
#[path = "cli/suppressions.rs"]
mod suppressions;

use std::io::{Seek, Write};
use std::process::Command;
use support_robust::{LEAK, Project, Run};

/// One likely `uncleared-interval` (2:3): a warning.
const LIKELY: &str =
    "export class Poll { constructor(target) {\n  setInterval(() => target.refresh(), 1000);\n} }\n";

/// One possible `uncleared-interval` (1:34).
const POSSIBLE: &str = "export function startMetrics() { setInterval(flush, 1000); }\n";

const CLEAN: &str = "export function poll(target) {\n  const id = setInterval(() => target.refresh(), 1000);\n  return () => clearInterval(id);\n}\n";

/// Lints one file in the compact format.
fn compact(source: &str, more: &[&str]) -> Run {
    let args = [&["check", "a.js", "--format=compact"], more].concat();
    Project::new().with("a.js", source).run(&args)
}

/// Runs leaklint in a project with something on its standard input.
#[track_caller]
fn pipe(project: &Project, args: &[&str], input: impl AsRef<[u8]>) -> Run {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(input.as_ref()).unwrap();
    file.rewind().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
    command.args(args);
    project.wait_with(command, file.into()).unwrap_or_else(|problem| panic!("{problem}"))
}

#[test]
fn exit_codes() {
    let run = compact(CLEAN, &[]).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", "leaklint: nothing found in 1 file\n"));
    let run = compact(LIKELY, &[]).expect(0);
    assert_eq!(run.err, "leaklint: 1 warning in 1 file\n");
    assert!(run.out.starts_with("a.js:2:3: warning: "), "{}", run.out);
    let run = compact(LEAK, &[]).expect(1);
    assert_eq!(run.err, "leaklint: 1 error in 1 file\n");
    for bad in [
        &["check", "gone.js"][..],
        &["check", "--format=tea"],
        &["check", "--no-such-option"],
        &["brew"],
        &[],
    ] {
        let run = Project::new().run(bad).expect(2);
        assert!(run.out.is_empty() && !run.err.is_empty(), "{bad:?}: {}", run.out);
    }
    for good in [["--help"], ["--version"], ["help"]] {
        let run = Project::new().run(&good).expect(0);
        assert!(run.err.is_empty() && run.out.contains("leaklint"), "{good:?}");
    }
}

#[test]
fn the_current_folder_is_the_default() {
    let run = Project::new().with("src/a.js", LEAK).run(&["check"]).expect(1);
    assert!(run.out.contains("src/a.js:2:3"), "{}", run.out);
}

#[test]
fn max_warnings() {
    let project = Project::new().with("a.js", LIKELY).with("b.js", LIKELY).with("c.js", CLEAN);
    project.run(&["check"]).expect(0);
    project.run(&["check", "--max-warnings=2"]).expect(0);
    project.run(&["check", "--max-warnings=1"]).expect(1);
    project.run(&["check", "--max-warnings=0"]).expect(1);
    project.run(&["check", "c.js", "--max-warnings=0"]).expect(0);
    project.run(&["check", "--max-warnings=many"]).expect(2);
    project.run(&["check", "gone.js", "a.js", "--max-warnings=0"]).expect(2);
}

#[test]
fn exit_zero_is_about_findings() {
    compact(LEAK, &["--exit-zero"]).expect(0);
    compact(LEAK, &["--exit-zero", "gone.js"]).expect(2);
    compact(LEAK, &["--exit-zero", "--max-warnings=0"]).expect(2);
    assert_eq!(compact(LEAK, &["--exit-zero"]).out, compact(LEAK, &[]).out);
}

#[test]
fn quiet_shows_errors_only() {
    let project = Project::new().with("a.js", LIKELY).with("b.js", LEAK).with("c.js", POSSIBLE);
    let args = ["check", "--quiet", "--format=compact", "--min-confidence=possible"];
    let run = project.run(&args).expect(1);
    assert!(run.out.starts_with("b.js:2:3: error") && run.out.lines().count() == 1, "{}", run.out);
    let run = project.run(&["check", "--quiet", "a.js"]).expect(0);
    assert_eq!(run.out, "");
}

/// What is not shown still counts: `--quiet` is about the output, `--max-warnings` about the gate.
#[test]
fn quiet_hides_no_warning_from_the_gate() {
    compact(LIKELY, &["--quiet", "--max-warnings=0"]).expect(1);
}

#[test]
fn severity_of_a_rule() {
    for (value, code, starts) in [
        ("off", 0, ""),
        ("info", 0, "a.js:2:3: info: "),
        ("warn", 0, "a.js:2:3: warning: "),
        ("error", 1, "a.js:2:3: error: "),
    ] {
        for source in [LEAK, LIKELY] {
            let run = compact(source, &["--rule", &format!("uncleared-interval={value}")]).expect(code);
            assert!(
                run.out.starts_with(starts) && run.out.is_empty() == starts.is_empty(),
                "{value}: {}",
                run.out
            );
        }
    }
    compact(LIKELY, &["--rule=uncleared-interval=error", "--rule=unremoved-listener=off"]).expect(1);
    compact(LIKELY, &["--rule=unremoved-listener=error"]).expect(0);
    let run = compact("setInterval(f, 1); let = = 1", &["--rule=syntax-error=error"]).expect(1);
    assert!(run.out.contains(": error: ") && run.out.ends_with("[syntax-error]\n"), "{}", run.out);
    let run = compact("setInterval(f, 1); let = = 1", &["--rule=syntax-error=off"]).expect(0);
    assert_eq!(run.out, "");
}

#[test]
fn misspelt_rules_suggest_the_nearest() {
    for (args, hint) in [
        (["--rule", "uncleared-intervals=off"], "did you mean `uncleared-interval`?"),
        (["--only", "unremoved-listner"], "did you mean `unremoved-listener`?"),
        (["--only", "something-else-entirely"], "there is no rule `something-else-entirely`"),
        (["--rule", "uncleared-interval=loud"], "`loud` is none of off, on, info, warn, error"),
        (["--rule", "uncleared-interval"], "ID=off"),
    ] {
        let run = compact(LEAK, &args).expect(2);
        assert!(run.err.contains(hint) && run.out.is_empty(), "{args:?}: {}", run.err);
    }
    let run = compact(LEAK, &["--only", "something-else-entirely"]).expect(2);
    assert!(!run.err.contains("did you mean"), "{}", run.err);
}

#[test]
fn only_some_rules() {
    let both = LEAK.replace("});", "  process.on('warning', () => res.end());\n});");
    let run = compact(&both, &[]).expect(1);
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    for rule in ["uncleared-interval", "unremoved-listener"] {
        let run = compact(&both, &["--only", rule]).expect(1);
        assert!(run.out.lines().count() == 1 && run.out.ends_with(&format!("[{rule}]\n")), "{}", run.out);
    }
    let run = compact(&both, &["--only=uncleared-interval", "--only=unremoved-listener"]).expect(1);
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    let run = compact(&both, &["--only=uncleared-interval", "--rule=uncleared-interval=off"]).expect(0);
    assert_eq!(run.out, "");
}

#[test]
fn min_confidence() {
    let project = Project::new().with("1.js", LEAK).with("2.js", LIKELY).with("3.js", POSSIBLE);
    for (least, shown) in [("proven", 1), ("likely", 2), ("possible", 3)] {
        let run = project.run(&["check", "--format=compact", "--min-confidence", least]).expect(1);
        assert_eq!(run.out.lines().count(), shown, "{least}: {}", run.out);
        assert!(run.out.lines().last().unwrap().starts_with(&format!("{shown}.js:")), "{}", run.out);
    }
    let run = project.run(&["check", "--format=compact"]).expect(1);
    assert_eq!(run.out.lines().count(), 2, "likely by default: {}", run.out);
    let run = compact(POSSIBLE, &["--min-confidence=possible"]).expect(0);
    assert!(run.out.starts_with("a.js:1:34: info: "), "{}", run.out);
    compact(POSSIBLE, &["--min-confidence=certain"]).expect(2);
}

#[test]
fn statistics() {
    let project = Project::new()
        .with("a.js", LEAK)
        .with("b.js", "let nothing = 1;\n")
        .with("a.test.js", LEAK)
        .with("tests/b.js", LEAK)
        .with("docs/c.js", LEAK)
        .with("min.js", format!("{};{}", LEAK.replace('\n', ""), "a();".repeat(5_000)));
    let run = project.run(&["check", "--stats", "--format=compact"]).expect(1);
    let number = |what: &str| -> Vec<String> {
        let lines = run.err.lines().filter_map(|line| line.strip_prefix(what));
        lines.map(|line| line.trim().to_owned()).collect()
    };
    assert_eq!(number("files linted"), ["3"], "{}", run.err);
    assert!(number("files parsed")[0].starts_with("1 "), "{}", run.err);
    assert_eq!(number("left out"), ["1 minified by their content", "1 docs", "2 tests"], "{}", run.err);
    assert!(number("bytes read")[0].parse::<usize>().unwrap() >= LEAK.len() + 16, "{}", run.err);
}

#[test]
fn machine_formats_print_a_whole_document_on_a_clean_run() {
    for (format, holds) in [("json", "\"findings\": []"), ("sarif", "\"results\": []")] {
        let run = Project::new().with("a.js", CLEAN).run(&["check", "--format", format]).expect(0);
        assert!(
            run.out.starts_with('{') && run.out.ends_with("}\n") && run.out.contains(holds),
            "{}",
            run.out
        );
        assert_eq!(run.err, "", "nothing else to say");
    }
}
