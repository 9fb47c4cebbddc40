//! `--print-config`: what applies to a file, and who says so.

use crate::support_robust::{LEAK, Project};
use serde_json::{Value, json};

fn project() -> Project {
    Project::new()
        .with(
            "leaklint.jsonc",
            "{\n  \"extends\": [\"./base.json\", \"acme\"],\n  \"rules\": { \"uncleared-interval\": \"warn\" },\n  \"overrides\": [\n    \
             { \"files\": [\"src/**\", \"!src/old\"], \"kinds\": [\"tests\"], \"rules\": { \"uncleared-interval\": \"off\" } },\n    \
             { \"files\": [\"lib/\"] },\n  ],\n}\n",
        )
        .with("base.json", r#"{ "minConfidence": "possible", "ignore": ["gone.js"] }"#)
        .with(
            "node_modules/acme/leaklint.json",
            r#"{ "requireReason": true, "rules": { "uncleared-timeout": ["error", { "minDelay": 1000 }] } }"#,
        )
        .with(".leaklintignore", "never/\n")
        .with("src/a.js", LEAK)
}

fn printed(project: &Project, args: &[&str]) -> Value {
    let run = project.run(&[&["check", "--format=json"], args].concat()).expect(0);
    serde_json::from_str(&run.out).expect("JSON")
}

#[test]
fn for_machines() {
    let project = project();
    let told = printed(&project, &["--print-config", "src/a.js"]);
    assert_eq!(told["path"], "src/a.js");
    assert_eq!(told["config"], "leaklint.jsonc");
    let extends = json!([
        { "file": "base.json", "from": "leaklint.jsonc:2:15" },
        { "file": "node_modules/acme/leaklint.json", "from": "leaklint.jsonc:2:30" },
    ]);
    assert_eq!(told["extends"], extends);
    assert_eq!(told["overrides"], json!([{ "from": "leaklint.jsonc:5:5", "files": "src/**" }]));
    assert_eq!(told["minConfidence"], json!({ "value": "possible", "from": "base.json:1:20" }));
    let reason = json!({ "value": true, "from": "node_modules/acme/leaklint.json:1:20" });
    assert_eq!(told["requireReason"], reason);
    assert_eq!(told["kinds"], json!({ "value": ["tests"], "from": "leaklint.jsonc:5:49" }));
    assert_eq!(told["linted"], json!({ "value": true, "from": "default" }));
    let rules = &told["rules"];
    assert_eq!(rules["uncleared-interval"], json!({ "level": "off", "from": "leaklint.jsonc:5:71" }));
    assert_eq!(rules["unclosed-resource"], json!({ "level": "on", "from": "default" }));
    let place = |column: u32| format!("node_modules/acme/leaklint.json:1:{column}");
    let timeout = json!({ "level": "error", "from": place(37), "options": { "minDelay": { "value": 1000, "from": place(82) } } });
    assert_eq!(rules["uncleared-timeout"], timeout);
    assert_eq!(rules.as_object().unwrap().len(), leaklint::rules::metas().count());
}

#[test]
fn the_command_line_is_told() {
    let project = project();
    let options = [
        "--min-confidence=proven",
        "--rule=uncleared-interval=error",
        "--include=docs",
        "--print-config=src/a.js",
    ];
    let told = printed(&project, &options);
    assert_eq!(told["minConfidence"], json!({ "value": "proven", "from": "command line" }));
    assert_eq!(told["rules"]["uncleared-interval"], json!({ "level": "error", "from": "command line" }));
    assert_eq!(
        told["kinds"],
        json!({ "value": ["tests", "docs"], "from": "leaklint.jsonc:5:49 and command line" })
    );
    let only = printed(&project, &["--only=unclosed-resource", "--print-config=src/a.js"]);
    assert_eq!(
        only["rules"]["uncleared-interval"],
        json!({ "level": "off", "from": "command line: --only" })
    );
    assert_eq!(only["rules"]["unclosed-resource"]["level"], "on");
    let none = printed(&project, &["--no-config", "--print-config=src/a.js"]);
    assert_eq!(none["config"], Value::Null);
    assert_eq!(none["rules"]["uncleared-interval"], json!({ "level": "on", "from": "default" }));
    let other = printed(&project, &["--config=base.json", "--print-config=src/a.js"]);
    assert_eq!(other["config"], "base.json");
}

#[test]
fn whether_and_why_it_is_linted() {
    let project = project();
    for (path, more, linted, from) in [
        ("lib/a.js", "", true, "default"),
        ("gone.js", "", false, "base.json:1:43 ignores `gone.js`"),
        ("gone.js", "--no-ignore", true, "command line: --no-ignore"),
        ("src/a.test.js", "", true, "leaklint.jsonc:5:49 lets `tests` in"),
        ("lib/a.test.js", "", false, "its path says that it is one of `tests`, a kind left out by default"),
        ("lib/a.test.js", "--include=tests", true, "command line: --include lets `tests` in"),
        ("readme.md", "", false, "leaklint does not read such files"),
        ("types.d.ts", "", false, "leaklint does not read such files"),
    ] {
        let args: Vec<&str> =
            [more, "--print-config", path].into_iter().filter(|arg| !arg.is_empty()).collect();
        let told = printed(&project, &args);
        assert_eq!(told["linted"], json!({ "value": linted, "from": from }), "{path} {more}");
        // What is told is what happens.
        let project = if path.ends_with("js") { self::project().with(path, LEAK) } else { self::project() };
        let args: Vec<&str> = [more, "--stats", path].into_iter().filter(|arg| !arg.is_empty()).collect();
        if path.ends_with("js") {
            let run = project.run(&[&["check"], args.as_slice()].concat());
            let count = format!("files linted     {}\n", u8::from(linted));
            assert!(run.err.contains(&count), "{path} {more}: {}", run.err);
        }
    }
    let never = printed(&project, &["--print-config", "never/a.js"]);
    assert_eq!(never["linted"]["value"], false);
    let from = never["linted"]["from"].as_str().unwrap();
    assert!(from.ends_with("/.leaklintignore ignores `never/`"), "{from}");
}

#[test]
fn the_baseline() {
    let project = project().with("leaklint-baseline.json", "{}").with("src/other.json", "{}");
    let nearest = json!({ "value": "leaklint-baseline.json", "from": "the nearest one" });
    assert_eq!(printed(&project, &["--print-config=src/a.js"])["baseline"], nearest);
    let named = json!({ "value": "src/other.json", "from": "command line" });
    assert_eq!(
        printed(&project, &["--baseline=src/other.json", "--print-config=src/a.js"])["baseline"],
        named
    );
    assert_eq!(printed(&project, &["--no-baseline", "--print-config=src/a.js"])["baseline"], Value::Null);
    let run = project.run(&["check", "--print-config=src/a.js"]).expect(0);
    assert!(run.out.contains("\nbaseline        leaklint-baseline.json (the nearest one)\n"), "{}", run.out);
}

#[test]
fn for_people() {
    let run = project().run(&["check", "--print-config", "src/a.js"]).expect(0);
    let head = "src/a.js\n\n\
                config          leaklint.jsonc\n\
                extends         base.json (leaklint.jsonc:2:15)\n\
                extends         node_modules/acme/leaklint.json (leaklint.jsonc:2:30)\n\
                override        src/** (leaklint.jsonc:5:5)\n\
                linted          yes       default\n\
                minConfidence   possible  base.json:1:20\n\
                requireReason   true      node_modules/acme/leaklint.json:1:20\n\
                kinds           tests     leaklint.jsonc:5:49\n\n";
    assert!(run.out.starts_with(head), "{}", run.out);
    assert!(run.out.contains("\nuncleared-interval        off     leaklint.jsonc:5:71\n"), "{}", run.out);
    assert!(
        run.out.contains("\n  minDelay                1000    node_modules/acme/leaklint.json:1:82\n"),
        "{}",
        run.out
    );
    let none = Project::new().run(&["check", "--print-config", "a.js"]).expect(0);
    assert!(
        none.out.starts_with(
            "a.js\n\nconfig          none: the defaults hold\nlinted          yes       default\n"
        ),
        "{}",
        none.out
    );
}

#[test]
fn what_cannot_be_told() {
    let run = project().run(&["check", "--print-config", "src"]).expect(2);
    assert_eq!(run.err, "leaklint: --print-config src: name a file, not a folder\n");
    let run = Project::new().with("leaklint.json", "[]").run(&["check", "--print-config", "a.js"]).expect(2);
    assert_eq!(
        (run.out.as_str(), run.err.as_str()),
        ("", "leaklint: leaklint.json:1:1: this should be an object\n")
    );
    for more in ["src", "--format=sarif", "--stdin", "--staged"] {
        project().run(&["check", "--print-config", "a.js", more]).expect(2);
    }
}
