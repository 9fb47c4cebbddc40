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
}

/// A comment for the next line, put above each of some lines in turn: where it holds.
#[track_caller]
fn holds_above(path: &str, rule: &str, source: &str) -> Vec<usize> {
    let lint = |source: &str| {
        let project = Project::new().with(path, source);
        let args = ["check", "--format=compact", "--min-confidence=possible"];
        project.run(&args).out
    };
    let is_left = |out: &str| out.lines().any(|line| line.ends_with(&format!("[{rule}]")));
    assert!(is_left(&lint(source)), "it is reported without a comment: {}", lint(source));
    let lines: Vec<&str> = source.lines().collect();
    let comment = format!("// leaklint-disable-next-line {rule} -- why");
    let with = |at: usize| [&lines[..at], &[comment.as_str()], &lines[at..]].concat().join("\n");
    (0..lines.len()).filter(|at| !is_left(&lint(&with(*at)))).map(|at| at + 1).collect()
}

#[test]
fn above_the_lines_of_a_statement_that_users_see() {
    let spread = "export class Poll { constructor(target) {
  start(
  );
  void
    setInterval(() => {
      target.refresh();
    }, 1000);
} }
";
    assert_eq!(holds_above("a.js", "uncleared-interval", spread), [1, 4, 5], "the class is labelled");
    let assigned = "export class Poll { constructor(target) {
  const
    timer =
      setInterval(
        () => target.refresh(), 1000);
} }
";
    assert_eq!(
        holds_above("a.js", "uncleared-interval", assigned),
        [1, 2, 4, 5],
        "and what the callback keeps"
    );
    let declared = "const http = require('http');
const seen =
  new Map();
export const server =
  http.createServer((req, res) => {
    seen
      .set(req.url, req);
  });
";
    assert_eq!(holds_above("a.js", "unbounded-collection", declared), [5, 6, 7]);
}

#[test]
fn above_chained_calls() {
    let chained = "import { interval } from 'rxjs';
import { Component } from '@angular/core';
@Component({ selector: 'x' })
export class Clock {
  data = [];
  constructor() {
    interval(1000)
      .pipe()
      .subscribe(() => {
        this.data.push(1);
      });
  }
}
";
    assert_eq!(holds_above("a.ts", "unreleased-subscription", chained), [4, 7, 9]);
    let listener = "export class Panel {
  constructor() {
    this.data = new Map();
    window
      .addEventListener(
        'resize', () => this.data.clear());
  }
  destroy() {}
}
";
    let above = holds_above("a.js", "unremoved-listener", listener);
    assert!(above.contains(&4) && above.contains(&5) && !above.contains(&3), "{above:?}");
}

#[test]
fn above_decorators() {
    let decorated = "import { Component, Input } from '@angular/core';
@Component({ selector: 'x' })
export class Clock {
  data = [];
  @Input()
  @Other({ a: 1 })
  timer = setInterval(() => this.data.push(2), 100);
  ngOnDestroy() {}
}
";
    assert_eq!(holds_above("a.ts", "uncleared-interval", decorated), [3, 5, 7, 8], "or what a label shows");
}

#[test]
fn above_jsx_elements() {
    let lines = [
        "export function Panel() {",
        "  return (",
        "    <div>",
        "      <i",
        "        className=\"x\"",
        "        ref={(el) => window.addEventListener('resize', () => el.focus())}",
        "      />",
        "    </div>",
        "  );",
        "}",
    ];
    let lint = |at: usize, comment: &str| {
        let source = [&lines[..at], &[comment], &lines[at..]].concat().join("\n");
        let project = Project::new().with("a.jsx", source);
        project.run(&["check", "--format=compact", "--min-confidence=possible"]).expect(0).out
    };
    assert!(lint(0, "").contains("[unremoved-listener]"));
    let braces = "{/* leaklint-disable-next-line unremoved-listener -- ours */}";
    let plain = "// leaklint-disable-next-line unremoved-listener -- ours";
    for (at, comment) in [(3, braces), (1, plain), (5, plain)] {
        assert_eq!(lint(at, comment), "", "{comment} above line {}", at + 1);
    }
    assert!(lint(2, plain).contains("[unremoved-listener]"), "not above any element around it");
}

#[test]
fn at_the_end_of_a_statement() {
    let source = "require('http').createServer((req, res) => {
  setInterval(() => {
    res.end();
  }, 10); // leaklint-disable-line uncleared-interval
});
";
    silences(source);
    let inside = source.replace("10); // leaklint-disable-line uncleared-interval", "10);");
    let inside = inside.replace("res.end();", "res.end(); // leaklint-disable-line uncleared-interval");
    assert_eq!(left(&inside), ["uncleared-interval", "unused-suppression"]);
}

/// Comments for other tools, other rules and longer reasons stand between.
#[test]
fn blank_lines_and_comments_between() {
    for between in [
        "\n",
        "// eslint-disable-next-line no-restricted-globals\n",
        "// one per process,\n// which ends with it\n",
        "/* @ts-expect-error */\n",
    ] {
        silences(&leak_with(
            &format!("// leaklint-disable-next-line uncleared-interval -- why\n{between}"),
            "",
        ));
    }
    let both = LEAK.replace("  setI", "  process.on('warning', () => res.end()); setI");
    let stacked = "  // leaklint-disable-next-line uncleared-interval -- one\n  // leaklint-disable-next-line unremoved-listener -- two\n";
    silences(&both.replace("  process", &format!("{stacked}  process")));
    let code = leak_with("// leaklint-disable-next-line uncleared-interval\n  let code;", "");
    assert_eq!(left(&code), ["unused-suppression", "uncleared-interval"]);
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

#[test]
fn what_is_enabled_must_be_disabled() {
    let source = format!("// leaklint-enable uncleared-interval\n{LEAK}");
    assert_eq!(left(&source), ["unused-suppression", "uncleared-interval"]);
    let twice = "// leaklint-disable uncleared-interval\n";
    let source = format!("{twice}{LEAK}{twice}{LEAK}// leaklint-enable uncleared-interval\n{LEAK}");
    assert_eq!(left(&source), ["uncleared-interval"], "it ends both");
}

#[test]
fn several_directives_in_one_comment() {
    let both = LEAK.replace("});", "  process.on('warning', () => res.end());\n});");
    silences(&format!(
        "/*\n * leaklint-disable-file uncleared-interval -- a\n * leaklint-disable-file unremoved-listener -- b\n */\n{both}"
    ));
}

#[test]
fn words_that_are_nearly_ours() {
    for (comment, near) in [
        ("// leaklint-disabled-next-line uncleared-interval", "leaklint-disable-next-line"),
        ("// leaklint-ignore-next-line uncleared-interval", "leaklint-disable-next-line"),
        ("// leaklint-disable-next-line: uncleared-interval", "leaklint-disable-next-line"),
        ("/* leaklint-disable-lines uncleared-interval */", "leaklint-disable-line"),
    ] {
        let run = compact(&leak_with(comment, ""), &[]).expect(1);
        assert!(run.out.contains(&format!("did you mean `{near}`?")), "{}", run.out);
        assert!(run.out.ends_with("[uncleared-interval]\n"), "{}", run.out);
    }
    assert_eq!(
        left(&leak_with("// leaklint-baseline.json is written by a command", "")),
        ["uncleared-interval"]
    );
}

#[test]
fn a_reason_without_its_mark() {
    let run =
        compact(&leak_with("// leaklint-disable-next-line uncleared-interval because we end first", ""), &[]);
    let run = run.expect(0);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
    assert!(run.out.contains("there is no rule `because`; a reason stands behind ` -- `"), "{}", run.out);
}

/// Notices are about files and comments; which of them speak is set for the project.
#[test]
fn notices_cannot_be_suppressed_by_comments() {
    let run = compact("// leaklint-disable-file unused-suppression -- why\n", &[]).expect(0);
    assert!(run.out.contains("no comment suppresses `unused-suppression`"), "{}", run.out);
    assert!(run.out.ends_with("[invalid-suppression]\n"), "{}", run.out);
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
