//! `leaklint init`: what is written is valid, changes nothing, and does what its comments say.

use crate::support_robust::{LEAK, Project};
use crate::{lint, schema};

const LIKELY: &str =
    "export class Clock {\n  constructor() {\n    this.t = setInterval(() => this.tick(), 9);\n  }\n}\n";

fn read(project: &Project) -> String {
    std::fs::read_to_string(project.root().join("leaklint.jsonc")).expect("leaklint.jsonc")
}

#[test]
fn it_says_what_holds_anyway() {
    let project = Project::new().with("a.js", LEAK).with("b.js", LIKELY).with("src/legacy/c.test.js", LEAK);
    let before = lint(&project, &[]).out;
    let printed = |project: &Project| {
        let run = project.run(&["check", "--print-config=a.js", "--format=json"]).expect(0);
        let mut value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        value["config"].take();
        for key in ["minConfidence", "requireReason", "kinds"] {
            value[key]["from"].take();
        }
        value
    };
    let defaults = printed(&project);
    let run = project.run(&["init"]).expect(0);
    assert!(run.out.starts_with("wrote leaklint.jsonc") && run.err.is_empty(), "{}", run.out);
    assert_eq!(lint(&project, &[]).out, before);
    assert_eq!(printed(&project), defaults);
    schema::accepts(&read(&project));
}

/// Lines that are commented out, but for prose: what looks like a key, a string or an entry.
fn taken_in(text: &str) -> String {
    let line = |line: &str| {
        let rest = line.trim_start().strip_prefix("// ");
        match rest.filter(|rest| rest.starts_with(['"', '{'])) {
            Some(rest) => format!("{rest}\n"),
            None => format!("{line}\n"),
        }
    };
    text.lines().map(line).collect()
}

#[test]
fn what_is_commented_out_is_valid_and_works() {
    let project = Project::new().with("a.js", LEAK).with("src/legacy/c.js", LEAK);
    project.run(&["init"]).expect(0);
    let text = taken_in(&read(&project));
    for key in ["\"src/legacy/\",", "\"uncleared-timeout\": \"off\"", "{ \"files\":", "\"$schema\":"] {
        assert!(text.lines().any(|line| line.starts_with(key)), "{key} in {text}");
    }
    schema::accepts(&text);
    let project = project.with("leaklint.jsonc", &text);
    let run = lint(&project, &[]).expect(1);
    assert!(run.out.starts_with("a.js:2:3") && run.out.lines().count() == 1, "{}", run.out);
}

#[test]
fn nothing_is_overwritten() {
    for (name, text, said) in [
        ("leaklint.jsonc", "mine", "leaklint.jsonc"),
        ("leaklint.json", "{}", "leaklint.json"),
        ("package.json", "{ \"leaklint\": {} }", "package.json"),
    ] {
        let project = Project::new().with(name, text);
        let run = project.run(&["init"]).expect(2);
        assert_eq!(run.err, format!("leaklint: {said} is there already; nothing was written\n"));
        assert_eq!(std::fs::read_to_string(project.root().join(name)).unwrap(), text);
    }
    Project::new().with("package.json", "{}").run(&["init"]).expect(0);
}

#[test]
fn the_schema_of_the_package_is_named() {
    let project = Project::new().with("node_modules/leaklint/schema.json", "{}");
    project.run(&["init"]).expect(0);
    let text = read(&project);
    assert!(text.contains("\n  \"$schema\": \"./node_modules/leaklint/schema.json\",\n"), "{text}");
    schema::accepts(&text);
    let project = Project::new().with("node_modules/leaklint/schema.json", "{}").with("pkg/app/x", "");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_leaklint"));
    let status = command.arg("init").current_dir(project.root().join("pkg/app")).output().unwrap().status;
    assert!(status.success());
    let text = std::fs::read_to_string(project.root().join("pkg/app/leaklint.jsonc")).unwrap();
    assert!(text.contains("\"$schema\": \"../../node_modules/leaklint/schema.json\","), "{text}");
}

/// The nearest configuration holds alone: that the one above no longer does is said.
#[test]
fn a_configuration_above_is_told() {
    for (name, text) in [("leaklint.json", "{}"), ("package.json", "{ \"leaklint\": {} }")] {
        let project = Project::new().with(name, text).with("pkg/app/x", "");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_leaklint"));
        let output = command.arg("init").current_dir(project.root().join("pkg/app")).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let told =
            format!("../../{name} no longer holds here; to build on it: \"extends\": [\"../../{name}\"]\n");
        assert!(out.ends_with(&told), "{out}");
    }
}
