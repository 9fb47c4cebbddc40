//! Suppression comments: where they hold, and what is said of those that are wrong.

use super::{CLEAN, LIKELY, compact};
use crate::support_robust::{LEAK, Project};

/// The leak with a comment above its line and one at the line's end.
fn leak_with(above: &str, behind: &str) -> String {
    let above = if above.is_empty() { String::new() } else { format!("  {above}\n") };
    format!(
        "require('http').createServer((req, res) => {{\n{above}  setInterval(() => res.end(), 10); {behind}\n}});\n"
    )
}

#[track_caller]
fn silences(source: &str) {
    let run = compact(source, &[]).expect(0);
    assert_eq!(run.out, "", "{source}");
}

/// The rules of what is left, in order.
#[track_caller]
fn left(source: &str) -> Vec<String> {
    let run = compact(source, &[]);
    assert!(run.code < 2, "{}", run.err);
    let rule = |line: &str| line.rsplit('[').next().unwrap().trim_end_matches(']').to_owned();
    run.out.lines().map(rule).collect()
}

#[test]
fn next_line() {
    silences(&leak_with("// leaklint-disable-next-line uncleared-interval", ""));
    silences(&leak_with("// leaklint-disable-next-line uncleared-interval -- the process ends first", ""));
    silences(&leak_with("/* leaklint-disable-next-line uncleared-interval */", ""));
    silences(&leak_with("/**\n * leaklint-disable-next-line uncleared-interval -- why\n */", ""));
    silences(&leak_with("//leaklint-disable-next-line   uncleared-interval", ""));
}

#[test]
fn same_line() {
    silences(&leak_with("", "// leaklint-disable-line uncleared-interval"));
    silences(&leak_with("", "/* leaklint-disable-line uncleared-interval -- why */"));
}

#[test]
fn block_and_file() {
    silences(&format!(
        "/* leaklint-disable uncleared-interval */\n{LEAK}/* leaklint-enable uncleared-interval */\n"
    ));
    silences(&format!("// leaklint-disable uncleared-interval -- all of it\n{LEAK}{LEAK}"));
    silences(&format!("{LEAK}// leaklint-disable-file uncleared-interval\n"));
    let after = format!(
        "// leaklint-disable uncleared-interval\n{LEAK}// leaklint-enable uncleared-interval\n{LEAK}"
    );
    assert_eq!(left(&after), ["uncleared-interval"]);
    let run = compact(&after, &[]).expect(1);
    assert!(run.out.starts_with("a.js:7:3: error"), "only the second: {}", run.out);
}

#[test]
fn several_rules_at_once() {
    let both = LEAK.replace("});", "  process.on('warning', () => res.end());\n});");
    assert_eq!(left(&both).len(), 2);
    for list in ["uncleared-interval, unremoved-listener", "unremoved-listener uncleared-interval -- known"] {
        silences(&format!("// leaklint-disable {list}\n{both}"));
    }
    assert_eq!(left(&format!("// leaklint-disable uncleared-interval\n{both}")), ["unremoved-listener"]);
}

#[test]
fn above_the_statement_and_above_labelled_lines() {
    silences(&format!("// leaklint-disable-next-line uncleared-interval\n{LEAK}"));
    let split = "export class Poll { constructor(target) {\n  // leaklint-disable-next-line uncleared-interval\n  const state =\n    { id: setInterval(\n      () => target.refresh(), 1000) }.unused;\n} }\n";
    let plain = split.replace("  // leaklint-disable-next-line uncleared-interval\n", "");
    if left(&plain) == ["uncleared-interval"] {
        silences(split);
    } else {
        assert_eq!(left(split), ["unused-suppression"]);
    }
    let spread = "export class Poll { constructor(target) {\n  // leaklint-disable-next-line uncleared-interval\n  start(\n  );\n  void\n    setInterval(() => target.refresh(), 1000);\n} }\n";
    assert_eq!(left(spread), ["unused-suppression", "uncleared-interval"]);
    let above_void = spread
        .replace("  // leaklint-disable-next-line uncleared-interval\n", "")
        .replace("  void\n", "  // leaklint-disable-next-line uncleared-interval\n  void\n");
    silences(&above_void);
}

#[test]
fn in_jsx() {
    let source = "export function Panel({ poll }) {\n  return (\n    <div>\n      {/* leaklint-disable-next-line unremoved-listener -- ours */}\n      <i ref={(el) => window.addEventListener('resize', () => el.focus())} />\n    </div>\n  );\n}\n";
    let lint = |source: &str| {
        let project = Project::new().with("a.jsx", source);
        project.run(&["check", "--format=compact", "--min-confidence=possible"]).expect(0).out
    };
    assert_eq!(lint(source), "");
    let plain = source.replace("      {/* leaklint-disable-next-line unremoved-listener -- ours */}\n", "");
    assert!(lint(&plain).contains("[unremoved-listener]"), "{}", lint(&plain));
}

#[test]
fn a_comment_that_suppresses_nothing_is_reported() {
    for source in [
        format!("// leaklint-disable-next-line uncleared-interval\n{CLEAN}"),
        format!("{CLEAN}// leaklint-disable-file uncleared-interval\n"),
        leak_with(
            "// leaklint-disable-next-line unremoved-listener",
            "// leaklint-disable-line uncleared-interval",
        ),
        leak_with(
            "// leaklint-disable-line uncleared-interval",
            "// leaklint-disable-line uncleared-interval",
        ),
        "// leaklint-disable-next-line uncleared-interval -- nothing else in the file\n".to_owned(),
    ] {
        assert_eq!(left(&source), ["unused-suppression"], "{source}");
    }
    let run = compact(&format!("{CLEAN}\n  // leaklint-disable-file uncleared-interval\n"), &[]).expect(0);
    assert!(run.out.starts_with("a.js:6:3: warning: "), "at the comment: {}", run.out);
    let args = ["--rule=unused-suppression=error"];
    compact(&format!("// leaklint-disable-file uncleared-interval\n{CLEAN}"), &args).expect(1);
    let args = ["--rule=unused-suppression=off"];
    assert_eq!(
        compact(&format!("// leaklint-disable-file uncleared-interval\n{CLEAN}"), &args).expect(0).out,
        ""
    );
}

/// A comment for a rule that does not run in this call may still be of use in another.
#[test]
fn a_rule_that_is_off_leaves_its_comments_alone() {
    let source = leak_with("// leaklint-disable-next-line uncleared-interval", "");
    for args in [["--rule=uncleared-interval=off"], ["--only=unremoved-listener"]] {
        assert_eq!(compact(&source, &args).expect(0).out, "", "{args:?}");
    }
    let hidden = LIKELY.replace("  setI", "  // leaklint-disable-next-line uncleared-interval\n  setI");
    assert_eq!(compact(&hidden, &[]).expect(0).out, "");
    assert_eq!(
        compact(&hidden, &["--min-confidence=proven"]).expect(0).out,
        "",
        "used by a finding that is not shown"
    );
}

#[test]
fn unknown_and_missing_rules() {
    let run = compact(&leak_with("// leaklint-disable-next-line uncleared-intervall", ""), &[]).expect(1);
    assert!(run.out.contains("did you mean `uncleared-interval`?"), "{}", run.out);
    for comment in [
        "// leaklint-disable-next-line",
        "// leaklint-disable-next-line -- no idea",
        "/* leaklint-disable */",
    ] {
        let found = left(&leak_with(comment, ""));
        assert_eq!(found, ["invalid-suppression", "uncleared-interval"], "{comment}");
    }
    assert_eq!(
        left(&leak_with("// leaklint-disable-next-line no-console", "")),
        ["invalid-suppression", "uncleared-interval"]
    );
}

#[test]
fn what_only_looks_like_a_comment() {
    for source in [
        leak_with("// leaklint-disabled-next-line uncleared-interval", ""),
        leak_with("// see leaklint-disable-next-line uncleared-interval", ""),
        leak_with("'leaklint-disable-next-line uncleared-interval';", ""),
        leak_with("`// leaklint-disable-next-line uncleared-interval`;", ""),
        leak_with("// eslint-disable-next-line uncleared-interval", ""),
    ] {
        assert_eq!(left(&source), ["uncleared-interval"], "{source}");
    }
}

#[test]
fn line_ends_and_a_mark_do_not_move_comments() {
    let source = leak_with("// leaklint-disable-next-line uncleared-interval", "");
    for variant in [source.replace('\n', "\r\n"), source.replace('\n', "\r"), format!("\u{feff}{source}")] {
        silences(&variant);
    }
}
