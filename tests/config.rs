//! leaklint.jsonc: what it sets, what it adds, where it holds, and what is said of a wrong one.

mod support_robust;

use support_robust::{LEAK, Project, Run};

/// A row for a bus of the user's own.
const BUS: &str = r#"{ "protocols": { "handle": [{
  "id": "bus", "package": "my-bus", "rule": "unreleased-subscription",
  "methods": ["hear"], "types": ["my-bus.bus"], "callback": 0,
  "noun": "hearing", "held_by": "the bus keeps the callback",
  "release": [{ "method": "hush" }],
}] } }"#;

/// An effect that hears the bus of a module, and what it does at its end.
fn hearing(module: &str, end: &str) -> String {
    format!(
        "import {{ useEffect }} from 'react';\nimport {{ bus }} from '{module}';\nexport function Panel(props) {{\n  \
         useEffect(() => {{\n    const heard = bus.hear(() => props.refresh());\n    {end}\n  }}, []);\n}}\n"
    )
}

/// Lints everything in a project.
fn lint(project: &Project, more: &[&str]) -> Run {
    project.run(&[&["check", "--format=compact"], more].concat())
}

/// The findings of a text under a configuration, as `line:column rule`.
fn found(config: &str, name: &str, source: &str) -> Vec<String> {
    let project = Project::new().with("leaklint.jsonc", config).with(name, source);
    let run = lint(&project, &[]);
    assert_ne!(run.code, 2, "{}", run.err);
    let place = |line: &str| {
        let rest = line.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')).expect("a finding");
        let mut parts = rest.splitn(3, ':');
        let (line, column) = (parts.next().expect("a line"), parts.next().expect("a column"));
        let rule = rest.rsplit('[').next().expect("a rule").trim_end_matches(']');
        format!("{line}:{column} {rule}")
    };
    run.out.lines().map(place).collect()
}

/// What is said of a wrong configuration.
#[track_caller]
fn wrong(config: &str, said: &str) {
    let project = Project::new().with("leaklint.jsonc", config).with("a.js", LEAK);
    let run = lint(&project, &[]).expect(2);
    assert_eq!(
        (run.out.as_str(), run.err.as_str()),
        ("", format!("leaklint: leaklint.jsonc:{said}\n").as_str())
    );
}

#[test]
fn a_row_of_the_user_makes_a_finding_and_its_release_takes_it_away() {
    let leak = hearing("my-bus", "");
    assert_eq!(found(BUS, "a.jsx", &leak), ["5:19 unreleased-subscription"]);
    assert_eq!(found("{}", "a.jsx", &leak), [""; 0]);
    assert_eq!(found(BUS, "a.jsx", &hearing("my-bus", "return () => heard.hush();")), [""; 0]);
}

#[test]
fn a_guarded_row_counts_where_its_package_is_imported() {
    // The row knows the type by its bare name: only the guard tells two libraries apart.
    let config = BUS.replace("my-bus.bus", "Bus");
    let typed = |import: &str| {
        format!(
            "{import}\nimport {{ useEffect }} from 'react';\n\
             export function useNews(bus: Bus, refresh: () => void) {{\n  \
             useEffect(() => {{\n    bus.hear(() => refresh());\n  }}, []);\n}}\n"
        )
    };
    let one = ["5:5 unreleased-subscription"];
    for import in [
        "import type { Bus } from 'my-bus';",
        "import { Bus } from 'my-bus/client';",
        "import 'my-bus';",
        "export * from 'my-bus';",
        "const { make } = require('my-bus');",
        "import('my-bus/lazy');",
    ] {
        assert_eq!(found(&config, "a.tsx", &typed(import)), one, "{import}");
    }
    for import in ["", "import { Bus } from 'my-bus-extra';", "import { Bus } from '@my/my-bus';"] {
        assert_eq!(found(&config, "a.tsx", &typed(import)), [""; 0], "{import}");
    }
}

#[test]
fn a_row_with_a_known_id_replaces_the_built_in_one() {
    let config = r#"{ "protocols": { "handle": [{
      "id": "interval", "rule": "uncleared-interval", "acquire": ["global.every"], "callback": 0,
      "noun": "interval", "held_by": "the runtime keeps it", "release": [{ "call": "global.never" }] }] } }"#;
    let source = |call: &str| {
        format!("require('http').createServer((req, res) => {{\n  {call}(() => res.end(), 10);\n}});\n")
    };
    let one = ["2:3 uncleared-interval"];
    assert_eq!(found("{}", "a.js", &source("setInterval")), one);
    assert_eq!(found("{}", "a.js", &source("every")), [""; 0]);
    assert_eq!(found(config, "a.js", &source("setInterval")), [""; 0]);
    assert_eq!(found(config, "a.js", &source("every")), one);
    let guarded = config.replace("\"rule\"", "\"package\": \"clocks\", \"rule\"");
    assert_eq!(found(&guarded, "a.js", &source("setInterval")), one, "elsewhere the built-in row counts");
}

#[test]
fn listeners_of_the_user() {
    let config = r#"{ "protocols": { "listener": [
      { "id": "radio", "add": ["tuneIn"], "remove": ["tuneOut"], "types": ["radio.station"] }] } }"#;
    let source = |end: &str| {
        format!(
            "import {{ station }} from 'radio';\nimport {{ useEffect }} from 'react';\nexport function Dial(props) {{\n  \
             useEffect(() => {{\n    const play = () => props.play();\n    station.tuneIn('news', play);\n    {end}\n  }}, []);\n}}\n"
        )
    };
    assert_eq!(found(config, "a.jsx", &source("")), ["6:5 unremoved-listener"]);
    assert_eq!(found(config, "a.jsx", &source("return () => station.tuneOut('news', play);")), [""; 0]);
}

/// `sayonara` ends the clock: what only `nap` takes off, stays.
#[test]
fn teardowns_of_the_user() {
    let source = "export class Clock {\n  constructor() {\n    window.addEventListener('blur', this.pause);\n    \
                  window.addEventListener('focus', this.resume);\n  }\n  \
                  nap() {\n    window.removeEventListener('focus', this.resume);\n  }\n  \
                  sayonara() {\n    window.removeEventListener('blur', this.pause);\n  }\n}\n";
    assert_eq!(found("{}", "a.js", source), [""; 0]);
    let config = r#"{ "teardowns": { "strong": ["sayonara"] } }"#;
    assert_eq!(found(config, "a.js", source), ["4:5 unremoved-listener"]);
}

#[test]
fn lifetimes_of_the_user() {
    let source = "import { useEffect } from 'react';\nexport function Panel(props) {\n  useEffect(() => {\n    \
                  theHub.addEventListener('change', () => props.refresh());\n  }, []);\n}\n";
    assert_eq!(found("{}", "a.jsx", source), [""; 0]);
    let config = r#"{ "lifetimes": { "globals": ["theHub"] } }"#;
    assert_eq!(found(config, "a.jsx", source), ["4:5 unremoved-listener"]);
}

/// A word that no built-in row has is no reason to pass over the file.
#[test]
fn lists_of_the_user() {
    let source = "const seen = new Map();\nrequire('http').createServer((req, res) => {\n  \
                  seen.remember(req.url, res);\n});\n";
    assert_eq!(found("{}", "a.js", source), [""; 0]);
    let config = r#"{ "protocols": { "containers": { "grow": ["remember"] } } }"#;
    assert_eq!(found(config, "a.js", source), ["3:3 unbounded-collection"]);
}

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

#[test]
fn the_nearest_configuration_of_each_file_holds() {
    let off = r#"{ "rules": { "uncleared-interval": "off" } }"#;
    let project = Project::new()
        .with("repo/.git/HEAD", "")
        .with("leaklint.jsonc", "{ broken")
        .with("repo/leaklint.json", off)
        .with("repo/a.js", LEAK)
        .with("repo/src/deep/b.js", LEAK)
        .with("repo/pkg/leaklint.jsonc", "{}")
        .with("repo/pkg/src/c.js", LEAK);
    let run = lint(&project, &["repo"]).expect(1);
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
    assert!(run.out.starts_with("repo/pkg/src/c.js:2:3"), "{}", run.out);
    let run = lint(&project, &["repo/pkg/../src/deep/b.js"]).expect(0);
    assert_eq!(run.out, "");
    let run = lint(&project, &["--config=repo/pkg/leaklint.jsonc", "repo/a.js"]).expect(1);
    assert!(run.out.starts_with("repo/a.js:2:3"), "{}", run.out);
    let run = lint(&project, &["--config=none.jsonc", "repo/a.js"]).expect(2);
    assert!(run.err.starts_with("leaklint: none.jsonc: "), "{}", run.err);
    lint(&project, &["--config=repo/leaklint.json", "--no-config", "repo"]).expect(2);
}

#[test]
fn two_configurations_in_one_folder() {
    let project = Project::new().with("leaklint.jsonc", "{}").with("leaklint.json", "{}").with("a.js", LEAK);
    let run = lint(&project, &[]).expect(2);
    assert!(run.err.ends_with(": both leaklint.jsonc and leaklint.json; keep one\n"), "{}", run.err);
}

#[test]
fn errors_point_at_the_key() {
    wrong("{\n  \"rulez\": {}\n}", "2:3: there is no key `rulez` here; did you mean `rules`?");
    wrong("{\n  \"ignore\": []\n}", "2:3: there is no key `ignore` here");
    wrong("{ \"rules\": {}, \"rules\": {} }", "1:16: a second key `rules`");
    wrong("{ \"rules\": [] }", "1:12: this is an array; it should be an object");
    wrong(
        "{ \"rules\": {\n  \"uncleared-intervall\": \"off\" } }",
        "2:3: there is no rule `uncleared-intervall`; did you mean `uncleared-interval`?",
    );
    wrong(
        "{ \"rules\": { \"uncleared-interval\": \"loud\" } }",
        "1:36: `loud` is none of off, info, warn, error",
    );
    wrong("{ \"rules\": { \"uncleared-interval\": 2 } }", "1:36: this should be a string");
    wrong("{ \"minConfidence\": \"sure\" }", "1:20: `sure` is none of proven, likely, possible");
    wrong("{ \"teardowns\": { \"strong\": \"bye\" } }", "1:28: this is a string; it should be an array");
    wrong("{ \"teardowns\": { \"strong\": [\"bye\", 1] } }", "1:36: this is a number; it should be a string");
    wrong("{ \"lifetimes\": [\"bus\"] }", "1:16: this should be an object");
    wrong("{ \"protocols\": { \"large\": {} } }", "1:18: there is no key `large` here");
    // Columns are counted as editors do.
    wrong("{ /* 😀é */ \"x\": 1 }", "1:13: there is no key `x` here");
}

#[test]
fn errors_point_into_rows() {
    wrong(
        &BUS.replace("\"callback\": 0", "\"callback\": \"0\""),
        "3:61: this is a string; it should be a whole number",
    );
    wrong(
        &BUS.replace("callback", "calback"),
        "3:49: there is no key `calback` here; did you mean `callback`?",
    );
    wrong(
        &BUS.replace("unreleased-sub", "unknown-sub"),
        "2:45: `unknown-subscription` is none of uncleared-interval, uncleared-timeout, undisconnected-observer, unreleased-subscription, unclosed-resource",
    );
    wrong(&BUS.replace("\"release\": [{ \"method\": \"hush\" }],", ""), "1:29: the key `release` is missing");
    wrong(&BUS.replace("{ \"method\": \"hush\" }", ""), "5:14: `release` is empty");
    wrong(
        &BUS.replace("\"method\": \"hush\"", ""),
        "5:14: a release is one of `call`, `method`, `receiver` and `itself`",
    );
    wrong(
        &BUS.replace("\"types\": [\"my-bus.bus\"], ", ""),
        "1:29: `methods` needs `types`, `imported` or `injected`: a name alone says too little",
    );
    wrong(&BUS.replace("\"id\": \"bus\", ", ""), "1:29: the key `id` is missing");
    let row = r#""id": "one", "add": ["a"], "remove": ["b"], "types": ["T"]"#;
    let twice = format!("{{ \"protocols\": {{ \"listener\": [\n  {{ {row} }},\n  {{ {row} }}\n] }} }}");
    wrong(&twice, "3:11: a second row has the id `one`");
}

#[test]
fn broken_json() {
    wrong("", "1:1: this is no JSON: the file is empty");
    wrong("{ \"rules\": { }", "1:1: this is no JSON: unterminated object");
    wrong("{\n  rules: {} }", "2:3: this is no JSON: expected string for object property");
    wrong("{} {}", "1:4: this is no JSON: text cannot contain more than one JSON value");
    wrong("[]", "1:1: this should be an object");
    let marked = Project::new().with("leaklint.jsonc", "\u{feff}{ \"x\": 1 }").with("a.js", LEAK);
    let run = lint(&marked, &[]).expect(2);
    assert_eq!(run.err, "leaklint: leaklint.jsonc:1:3: there is no key `x` here\n");
}

#[test]
fn rows_of_the_user_are_listed() {
    let project = Project::new().with("leaklint.jsonc", BUS);
    let run = project.run(&["rules", "--protocols"]).expect(0);
    let own = "bus (unreleased-subscription)\n    acquire: hear\n    release: hearing.hush()\n    source:  leaklint.jsonc:1\n";
    assert!(run.out.contains(own) && run.out.contains("interval (uncleared-interval)\n"), "{}", run.out);
    let run = project.run(&["rules", "--protocols", "--no-config"]).expect(0);
    assert!(!run.out.contains("hear\n"), "{}", run.out);
}
