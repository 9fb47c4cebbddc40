//! leaklint.jsonc: what it sets, what it adds, where it holds, and what is said of a wrong one.

mod support_robust;

#[path = "config/docs.rs"]
mod docs;
#[path = "config/errors.rs"]
mod errors;
#[path = "config/extends.rs"]
mod extends;
#[path = "config/files.rs"]
mod files;
#[path = "config/hostile.rs"]
mod hostile;
#[path = "config/origins.rs"]
mod origins;
#[path = "config/places.rs"]
mod places;
#[path = "config/rules.rs"]
mod rules;
#[path = "config/schema.rs"]
mod schema;
#[path = "config/start.rs"]
mod start;

use support_robust::{Project, Run};

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
fn rows_of_the_user_are_listed() {
    let project = Project::new().with("leaklint.jsonc", BUS);
    let run = project.run(&["rules", "--protocols"]).expect(0);
    let own = "bus (unreleased-subscription)\n    acquire: hear\n    release: hearing.hush()\n    source:  leaklint.jsonc:1\n";
    assert!(run.out.contains(own) && run.out.contains("interval (uncleared-interval)\n"), "{}", run.out);
    let run = project.run(&["rules", "--protocols", "--no-config"]).expect(0);
    assert!(!run.out.contains("hear\n"), "{}", run.out);
}
