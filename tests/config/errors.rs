//! What is said of a wrong configuration, and where.

use crate::support_robust::{LEAK, Project};
use crate::{BUS, lint};

/// A wrong configuration.
pub struct Wrong {
    pub text: &'static str,
    /// The place and the message.
    said: &'static str,
    /// A schema can tell as well.
    pub in_schema: bool,
}

const fn wrong(text: &'static str, said: &'static str) -> Wrong {
    Wrong { text, said, in_schema: true }
}

const fn subtle(text: &'static str, said: &'static str) -> Wrong {
    Wrong { text, said, in_schema: false }
}

/// One of each kind.
pub const WRONG: &[Wrong] = &[
    // unknown keys
    wrong("{\n  \"rulez\": {}\n}", "2:3: there is no key `rulez` here; did you mean `rules`?"),
    wrong(
        "{ \"minconfidence\": \"likely\" }",
        "1:3: there is no key `minconfidence` here; did you mean `minConfidence`?",
    ),
    wrong("{ \"ignorePatterns\": [] }", "1:3: there is no key `ignorePatterns` here; did you mean `ignore`?"),
    wrong("{ \"plugins\": [] }", "1:3: there is no key `plugins` here"),
    wrong("{ \"protocols\": { \"large\": {} } }", "1:18: there is no key `large` here"),
    wrong(
        "{ \"overrides\": [{ \"files\": [\"a\"], \"ignore\": [\"b\"] }] }",
        "1:35: there is no key `ignore` here",
    ),
    subtle("{ \"rules\": {}, \"rules\": {} }", "1:16: a second key `rules`"),
    // wrong types
    wrong("{ \"rules\": [] }", "1:12: this is an array; it should be an object"),
    wrong(
        "{ \"rules\": { \"uncleared-interval\": 2 } }",
        "1:36: this is a number; it should be a level, or an array of a level and options",
    ),
    wrong("{ \"rules\": { \"uncleared-interval\": [] } }", "1:36: a level is missing"),
    wrong("{ \"rules\": { \"uncleared-interval\": [{}] } }", "1:37: this should be a string"),
    wrong(
        "{ \"rules\": { \"uncleared-interval\": [\"on\", {}, {}] } }",
        "1:36: more than a level and options",
    ),
    wrong("{ \"rules\": { \"uncleared-interval\": [\"on\", \"off\"] } }", "1:43: this should be an object"),
    wrong("{ \"minConfidence\": [\"likely\"] }", "1:20: this should be a string"),
    wrong("{ \"requireReason\": \"yes\" }", "1:20: this is a string; it should be true or false"),
    wrong("{ \"teardowns\": { \"strong\": \"bye\" } }", "1:28: this is a string; it should be an array"),
    wrong("{ \"teardowns\": { \"strong\": [\"bye\", 1] } }", "1:36: this is a number; it should be a string"),
    wrong("{ \"teardowns\": { \"strong\": null } }", "1:28: this is null; it should be an array"),
    wrong("{ \"lifetimes\": [\"bus\"] }", "1:16: this should be an object"),
    wrong("{ \"extends\": 7 }", "1:14: this is a number; it should be a string, or an array of strings"),
    wrong("{ \"extends\": [7] }", "1:15: this is a number; it should be a string"),
    wrong("{ \"ignore\": \"dist\" }", "1:13: this is a string; it should be an array"),
    wrong("{ \"kinds\": \"tests\" }", "1:12: this is a string; it should be an array"),
    wrong("{ \"kinds\": [1] }", "1:13: this is a number; it should be a string"),
    wrong("{ \"overrides\": {} }", "1:16: this is an object; it should be an array"),
    wrong("{ \"overrides\": [{ \"files\": \"*.js\" }] }", "1:28: this is a string; it should be an array"),
    wrong("[]", "1:1: this should be an object"),
    // unknown values
    wrong(
        "{ \"rules\": { \"uncleared-interval\": \"loud\" } }",
        "1:36: `loud` is none of off, on, info, warn, error",
    ),
    wrong(
        "{ \"rules\": { \"uncleared-interval\": \"warning\" } }",
        "1:36: `warning` is none of off, on, info, warn, error; did you mean `warn`?",
    ),
    wrong("{ \"minConfidence\": \"sure\" }", "1:20: `sure` is none of proven, likely, possible"),
    wrong(
        "{ \"kinds\": [\"test\"] }",
        "1:13: `test` is none of all, tests, stories, examples, benchmarks, docs, fixtures, scripts, generated, vendored, minified, dist; did you mean `tests`?",
    ),
    // rules and options
    wrong(
        "{ \"rules\": {\n  \"uncleared-intervall\": \"off\" } }",
        "2:3: there is no rule `uncleared-intervall`; did you mean `uncleared-interval`?",
    ),
    wrong(
        "{ \"overrides\": [{ \"files\": [\"a\"], \"rules\": { \"no-console\": \"off\" } }] }",
        "1:46: there is no rule `no-console`",
    ),
    wrong(
        "{ \"rules\": { \"uncleared-timeout\": [\"on\", { \"mindelay\": 1 }] } }",
        "1:44: there is no key `mindelay` here; did you mean `minDelay`?",
    ),
    wrong(
        "{ \"rules\": { \"uncleared-timeout\": [\"on\", { \"minBytes\": 1 }] } }",
        "1:56: `minBytes` is no option of `uncleared-timeout`, which has `minDelay`",
    ),
    wrong(
        "{ \"rules\": { \"uncleared-interval\": [\"on\", { \"minDelay\": 1 }] } }",
        "1:57: `uncleared-interval` has no options",
    ),
    wrong(
        "{ \"rules\": { \"uncleared-timeout\": [\"on\", { \"minDelay\": -1 }] } }",
        "1:56: this is no whole number that is 0 or more",
    ),
    // patterns
    subtle("{ \"ignore\": [\"a[\"] }", "1:14: this is no pattern: unclosed character class; missing ']'"),
    subtle(
        "{ \"ignore\": [\"{a\"] }",
        "1:14: this is no pattern: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)",
    ),
    subtle("{ \"ignore\": [\"a\", \"\"] }", "1:19: an empty pattern matches nothing"),
    subtle("{ \"ignore\": [\"a\", \"/\"] }", "1:19: an empty pattern matches nothing"),
    wrong("{ \"overrides\": [{ \"rules\": {} }] }", "1:17: the key `files` is missing"),
    wrong("{ \"overrides\": [{ \"files\": [] }] }", "1:28: `files` is empty: this holds for no file"),
    subtle(
        "{ \"overrides\": [{ \"files\": [\"!a\"] }] }",
        "1:28: the first pattern takes files out before one takes files in",
    ),
    // what is extended
    subtle("{ \"extends\": \"./base.json\" }", "1:14: cannot read `./base.json`: no such file or folder"),
    subtle("{ \"extends\": [\"acme\"] }", "1:15: there is no package `acme` in node_modules, here or above"),
    subtle(
        "{ \"extends\": [\"@acme\"] }",
        "1:15: `@acme` is neither a path, which begins with `./`, nor a package",
    ),
    subtle("{ \"extends\": [\"\"] }", "1:15: `` is neither a path, which begins with `./`, nor a package"),
    subtle(
        "{ \"extends\": [\"leaklint.jsonc\"] }",
        "1:15: there is no package `leaklint.jsonc` in node_modules, here or above; did you mean `./leaklint.jsonc`?",
    ),
    subtle(
        "{ \"extends\": [\"./leaklint.jsonc\"] }",
        "1:15: this extends in a circle: leaklint.jsonc → leaklint.jsonc",
    ),
    // broken JSON
    subtle("", "1:1: this is no JSON: the file is empty"),
    subtle("{ \"rules\": { }", "1:1: this is no JSON: unterminated object"),
    subtle("{\n  rules: {} }", "2:3: this is no JSON: expected string for object property"),
    subtle("{} {}", "1:4: this is no JSON: text cannot contain more than one JSON value"),
    subtle("{ \"rules\": 'off' }", "1:12: this is no JSON: single-quoted strings are not allowed"),
    // Columns are counted as editors do.
    subtle("{ /* 😀é */ \"x\": 1 }", "1:13: there is no key `x` here"),
];

/// What is said of a wrong configuration.
#[track_caller]
fn said(config: &str) -> String {
    let project = Project::new().with("leaklint.jsonc", config).with("a.js", LEAK);
    let run = lint(&project, &[]).expect(2);
    assert_eq!(run.out, "", "nothing is linted");
    run.err
}

#[test]
fn each_mistake_has_its_place() {
    let mut all = Vec::new();
    for wrong in WRONG {
        let said = said(wrong.text);
        let expected = format!("leaklint: leaklint.jsonc:{}\n", wrong.said);
        if said != expected {
            all.push(format!("{}\n  said     {said}  expected {expected}", wrong.text));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn mistakes_in_rows() {
    let cases = [
        (
            BUS.replace("\"callback\": 0", "\"callback\": \"0\""),
            "3:61: this is a string; it should be a whole number",
        ),
        (
            BUS.replace("callback", "calback"),
            "3:49: there is no key `calback` here; did you mean `callback`?",
        ),
        (
            BUS.replace("unreleased-sub", "unknown-sub"),
            "2:45: `unknown-subscription` is none of uncleared-interval, uncleared-timeout, undisconnected-observer, unreleased-subscription, unclosed-resource",
        ),
        (BUS.replace("\"release\": [{ \"method\": \"hush\" }],", ""), "1:29: the key `release` is missing"),
        (BUS.replace("{ \"method\": \"hush\" }", ""), "5:14: `release` is empty"),
        (
            BUS.replace("\"method\": \"hush\"", ""),
            "5:14: a release is one of `call`, `method`, `receiver` and `itself`",
        ),
        (
            BUS.replace("\"types\": [\"my-bus.bus\"], ", ""),
            "1:29: `methods` needs `types`, `imported` or `injected`: a name alone says too little",
        ),
        (BUS.replace("\"id\": \"bus\", ", ""), "1:29: the key `id` is missing"),
    ];
    for (config, expected) in cases {
        assert_eq!(said(&config), format!("leaklint: leaklint.jsonc:{expected}\n"));
    }
    let row = r#""id": "one", "add": ["a"], "remove": ["b"], "types": ["T"]"#;
    let twice = format!("{{ \"protocols\": {{ \"listener\": [\n  {{ {row} }},\n  {{ {row} }}\n] }} }}");
    assert_eq!(said(&twice), "leaklint: leaklint.jsonc:3:11: a second row has the id `one`\n");
}

/// One mistake hides no other, and none is told twice.
#[test]
fn all_mistakes_of_a_file_are_shown() {
    let config = "{\n  \"rulez\": {},\n  \"rules\": { \"uncleared-intervall\": \"off\", \"uncleared-interval\": \"loud\" },\n  \
                  \"overrides\": [{ \"files\": [\"[\"], \"kinds\": [\"poems\", 3] }, { \"files\": 1 }],\n  \
                  \"protocols\": { \"handle\": [{ \"id\": 1, \"rule\": \"uncleared-interval\" }] },\n}";
    let places: Vec<String> = said(config)
        .lines()
        .map(|line| {
            line.trim_start_matches("leaklint: leaklint.jsonc:").split(": ").next().unwrap().to_owned()
        })
        .collect();
    assert_eq!(places, ["2:3", "3:14", "3:66", "4:29", "4:45", "4:54", "4:71", "5:37"]);
}

#[test]
fn many_mistakes_are_cut() {
    let keys: Vec<String> = (0..5000).map(|at| format!("\"key{at}\": 1")).collect();
    let said = said(&format!("{{ {} }}", keys.join(",")));
    assert_eq!(said.lines().count(), 21);
    assert!(said.ends_with(":1:1: there may be more from here on: 20 mistakes are shown\n"), "{said}");
}

#[test]
fn mistakes_of_several_files_are_shown_once_each() {
    let project = Project::new()
        .with("a/leaklint.jsonc", "{ \"extends\": \"../base.json\" }")
        .with("b/leaklint.jsonc", "{ \"extends\": \"../base.json\", \"x\": 1 }")
        .with("base.json", "{ \"rulez\": {} }")
        .with("a/a.js", LEAK)
        .with("b/b.js", LEAK);
    let run = lint(&project, &[]).expect(2);
    let expected = "leaklint: base.json:1:3: there is no key `rulez` here; did you mean `rules`?\n\
                    leaklint: b/leaklint.jsonc:1:30: there is no key `x` here\n";
    assert_eq!(run.err, expected);
}

#[test]
fn errors_point_into_package_json() {
    let text = "{\n  \"name\": \"app\",\n  \"leaklint\": {\n    \"rules\": { \"uncleared-intervall\": \"off\" }\n  }\n}";
    let project = Project::new().with("package.json", text).with("a.js", LEAK);
    let run = lint(&project, &[]).expect(2);
    let expected = "leaklint: package.json:4:16: there is no rule `uncleared-intervall`; did you mean `uncleared-interval`?\n";
    assert_eq!(run.err, expected);
    let broken = Project::new().with("package.json", "{\n  \"leaklint\": {,\n").with("a.js", LEAK);
    let run = lint(&broken, &[]).expect(2);
    assert_eq!(run.err, "leaklint: package.json:2:16: this is no JSON: unexpected token in object\n");
    let run = lint(&project, &["--config=none.jsonc"]).expect(2);
    assert_eq!(run.err, "leaklint: none.jsonc: no such file or folder\n");
    let without = Project::new().with("package.json", "{}").with("a.js", LEAK);
    let run = lint(&without, &["--config=package.json"]).expect(2);
    assert_eq!(run.err, "leaklint: package.json:1:1: there is no key `leaklint` here\n");
}

#[test]
fn a_byte_order_mark_is_no_column() {
    let project = Project::new().with("leaklint.jsonc", "\u{feff}{ \"x\": 1 }").with("a.js", LEAK);
    let run = lint(&project, &[]).expect(2);
    assert_eq!(run.err, "leaklint: leaklint.jsonc:1:3: there is no key `x` here\n");
}
