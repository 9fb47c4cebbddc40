//! Levels, options and confidence, and what a suppression needs.

use crate::support_robust::{LEAK, Project};
use crate::{found, lint};

#[test]
fn severities_and_confidence() {
    let off = r#"{ "rules": { "uncleared-interval": "off" } }"#;
    let project = Project::new().with("leaklint.jsonc", off).with("a.js", LEAK);
    assert_eq!(lint(&project, &[]).expect(0).out, "");
    lint(&project, &["--rule=uncleared-interval=error"]).expect(1);
    lint(&project, &["--no-config"]).expect(1);
    let info = Project::new()
        .with("leaklint.jsonc", r#"{ "rules": { "uncleared-interval": "info" } }"#)
        .with("a.js", LEAK);
    assert!(lint(&info, &[]).expect(0).out.contains(": info: "));
    let possible = "export function startMetrics() { setInterval(flush, 1000); }\n";
    assert_eq!(found("{}", "a.js", possible), [""; 0]);
    let config = r#"{ "minConfidence": "possible" }"#;
    assert_eq!(found(config, "a.js", possible), ["1:34 uncleared-interval"]);
    let project = Project::new().with("leaklint.jsonc", config).with("a.js", possible);
    assert_eq!(lint(&project, &["--min-confidence=likely"]).out, "");
}

/// An interval of a request handler, proven, and one that its owner forgets, likely.
const LIKELY: &str =
    "export class Clock {\n  constructor() {\n    this.t = setInterval(() => this.tick(), 9);\n  }\n}\n";

/// What one run says of a level: its exit code and the severity of its first finding.
fn spoken(config: &str, source: &str, more: &[&str]) -> (i32, String) {
    let project = Project::new().with("leaklint.jsonc", config).with("a.js", source);
    let run = lint(&project, more);
    let severity = run.out.split(": ").nth(1).unwrap_or_default().to_owned();
    (run.code, severity)
}

#[test]
fn levels() {
    for (level, code, severity) in [
        ("off", 0, ""),
        ("on", 1, "error"),
        ("info", 0, "info"),
        ("warn", 0, "warning"),
        ("error", 1, "error"),
    ] {
        for written in [format!("\"{level}\""), format!("[\"{level}\"]"), format!("[\"{level}\", {{}}]")] {
            let config = format!("{{ \"rules\": {{ \"uncleared-interval\": {written} }} }}");
            assert_eq!(spoken(&config, LEAK, &[]), (code, severity.to_owned()), "{written}");
        }
    }
    assert_eq!(spoken("{}", LIKELY, &[]), (0, "warning".to_owned()));
    let on = r#"{ "rules": { "uncleared-interval": "on" } }"#;
    assert_eq!(spoken(on, LIKELY, &[]), (0, "warning".to_owned()), "by confidence");
}

#[test]
fn the_command_line_wins() {
    let off = r#"{ "rules": { "uncleared-interval": "off" } }"#;
    assert_eq!(spoken(off, LEAK, &["--rule=uncleared-interval=on"]), (1, "error".to_owned()));
    assert_eq!(spoken(off, LEAK, &["--rule=uncleared-interval=info"]), (0, "info".to_owned()));
    assert_eq!(spoken(off, LEAK, &["--only=uncleared-interval"]), (0, String::new()), "off stays off");
    let error = r#"{ "rules": { "uncleared-interval": "error" } }"#;
    assert_eq!(spoken(error, LEAK, &["--rule=uncleared-interval=off"]), (0, String::new()));
}

#[test]
fn notices_have_levels() {
    let broken = "setInterval(f, 1); let = = 1";
    assert_eq!(spoken("{}", broken, &[]), (0, "warning".to_owned()));
    let level = |level: &str| format!("{{ \"rules\": {{ \"syntax-error\": \"{level}\" }} }}");
    assert_eq!(spoken(&level("error"), broken, &[]), (1, "error".to_owned()));
    assert_eq!(spoken(&level("off"), broken, &[]), (0, String::new()));
    assert_eq!(spoken(&level("on"), broken, &[]), (0, "warning".to_owned()));
}

/// A timer that its owner forgets when it ends, though it clears the other one.
fn forgotten(delay: &str) -> String {
    format!(
        "export class Draft {{\n  changed() {{\n    clearTimeout(this.saving);\n    this.saving = setTimeout(() => this.save(), 5000);\n  \
         }}\n  signedIn() {{\n    this.warning = setTimeout(() => this.warn(), {delay});\n  }}\n  \
         dispose() {{\n    clearTimeout(this.saving);\n  }}\n}}\n"
    )
}

#[test]
fn how_soon_a_timer_may_fire() {
    let with = |delay| {
        format!("{{ \"rules\": {{ \"uncleared-timeout\": [\"on\", {{ \"minDelay\": {delay} }}] }} }}")
    };
    let one = ["7:20 uncleared-timeout"];
    assert_eq!(found("{}", "a.js", &forgotten("401")), one);
    assert_eq!(found("{}", "a.js", &forgotten("400")), [""; 0]);
    assert_eq!(found(&with(1000), "a.js", &forgotten("1000")), [""; 0]);
    assert_eq!(found(&with(1000), "a.js", &forgotten("1001")), one);
    assert_eq!(found(&with(0), "a.js", &forgotten("1")), one);
}

#[test]
fn how_large_is_large() {
    let closure = |value: &str| {
        format!(
            "export function report(source) {{\n  const rows = {value};\n  source.write(rows);\n  return () => `${{rows.length}} rows`;\n}}\n"
        )
    };
    let with = |name: &str, size: u64| {
        format!("{{ \"rules\": {{ \"large-closure-capture\": [\"on\", {{ \"{name}\": {size} }}] }} }}")
    };
    let (bytes, elements) = (closure("new Uint8Array(5000)"), closure("new Array(5000).fill(source)"));
    for (name, mine, other) in [("minBytes", &bytes, &elements), ("minElements", &elements, &bytes)] {
        assert_eq!(found("{}", "a.js", mine), [""; 0]);
        assert_eq!(found(&with(name, 5001), "a.js", mine), [""; 0], "{name}");
        assert_eq!(found(&with(name, 5000), "a.js", mine).len(), 1, "{name}");
        assert_eq!(found(&with(name, 5000), "a.js", other), [""; 0], "{name} is about something else");
    }
    let large = closure("new Uint8Array(2_000_000)");
    assert_eq!(found("{}", "a.js", &large).len(), 1);
    assert_eq!(found(&with("minBytes", 3_000_000), "a.js", &large), [""; 0], "larger limits as well");
}

#[test]
fn suppressions_say_why() {
    let comment = |text: &str| {
        LEAK.replace("  setI", &format!("  // leaklint-disable-next-line uncleared-interval{text}\n  setI"))
    };
    let on = r#"{ "requireReason": true }"#;
    let one = ["2:3 unexplained-suppression"];
    assert_eq!(found(on, "a.js", &comment("")), one, "and still suppresses");
    assert_eq!(found(on, "a.js", &comment(" -- ")), one);
    assert_eq!(found(on, "a.js", &comment(" -- one per request, and those are short")), [""; 0]);
    assert_eq!(found("{}", "a.js", &comment("")), [""; 0]);
    let off = r#"{ "requireReason": true, "rules": { "unexplained-suppression": "off" } }"#;
    assert_eq!(found(off, "a.js", &comment("")), [""; 0]);
}
