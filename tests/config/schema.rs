//! docs/schema.json: made from the code, true to what is read, and of use to editors.

use crate::errors::WRONG;
use jsonschema::Validator;
use leaklint::config::{Document, layer, schema};
use leaklint::rules;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

fn validator() -> Validator {
    jsonschema::validator_for(&schema::schema()).expect("a JSON Schema")
}

/// A text without comments and trailing commas.
fn strict(text: &str) -> Value {
    let mut out = String::new();
    let mut chars = text.chars().peekable();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' if quoted => {
                out.push(c);
                out.extend(chars.next());
                continue;
            }
            '/' if !quoted && chars.peek() == Some(&'/') => {
                chars.find(|c| *c == '\n');
                continue;
            }
            '}' | ']' if !quoted && out.trim_end().ends_with(',') => {
                out.truncate(out.trim_end().len() - 1);
            }
            _ => {}
        }
        out.push(c);
    }
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
}

/// Demands that the schema and the reader both take a configuration.
#[track_caller]
pub fn accepts(text: &str) {
    let errors: Vec<String> = validator().iter_errors(&strict(text)).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    layer::read(&Arc::new(Document::new("leaklint.jsonc", text.to_owned()))).expect("a valid configuration");
}

#[test]
fn the_file_is_what_the_code_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema.json");
    if std::env::var_os("LEAKLINT_BLESS").is_some() {
        std::fs::write(&path, schema::text()).expect("docs/schema.json is written");
    }
    let file = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(file == schema::text(), "docs/schema.json is stale: run the tests with LEAKLINT_BLESS=1");
    let run = crate::support_robust::Project::new().run(&["schema"]).expect(0);
    assert!(run.out == file, "`leaklint schema` prints something else");
}

/// What is wrong and can be told without knowing rules, files or packages is wrong to editors, too.
#[test]
fn what_is_wrong_to_the_reader_is_wrong_to_the_schema() {
    let validator = validator();
    let mut seen = 0;
    for wrong in WRONG.iter().filter(|wrong| wrong.in_schema) {
        assert!(!validator.is_valid(&strict(wrong.text)), "{}", wrong.text);
        seen += 1;
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn what_the_tests_use_is_right() {
    accepts(crate::BUS);
    for text in [
        r#"{}"#,
        r#"{ "extends": "./a.json" }"#,
        r#"{ "extends": ["./a.json", "b"], "kinds": ["all"] }"#,
        r#"{ "rules": { "uncleared-timeout": ["on", {}], "syntax-error": ["off"] } }"#,
        r#"{ "overrides": [{ "files": ["a"] }] }"#,
        r#"{ "protocols": { "options": [{ "lifecycle": "vue" }], "calls": { "harmless": ["x"] } } }"#,
    ] {
        accepts(text);
    }
}

/// Each schema that has properties, with a name for messages.
fn objects<'s>(path: &str, schema: &'s Value, out: &mut Vec<(String, &'s Value)>) {
    match schema {
        Value::Object(map) => {
            if map.get("properties").is_some_and(Value::is_object) {
                out.push((path.to_owned(), schema));
            }
            map.iter().for_each(|(key, value)| objects(&format!("{path}/{key}"), value, out));
        }
        Value::Array(items) => items.iter().for_each(|item| objects(path, item, out)),
        _ => {}
    }
}

#[test]
fn every_key_is_described_and_no_other_allowed() {
    let schema = schema::schema();
    let mut all = Vec::new();
    objects("", &schema, &mut all);
    assert!(all.len() > 15, "{}", all.len());
    for (path, object) in all {
        assert_eq!(object["additionalProperties"], Value::Bool(false), "{path}");
        for (key, property) in object["properties"].as_object().expect("an object") {
            let text = property["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{path}: nothing describes `{key}`");
        }
    }
}

#[test]
fn editors_complete_rules_and_levels() {
    let schema = schema::schema();
    let known = schema["definitions"]["Rules"]["properties"].as_object().expect("rules");
    for meta in rules::metas() {
        assert!(known.contains_key(meta.id), "{}", meta.id);
    }
    assert_eq!(known.len(), rules::metas().count());
    let levels = schema["definitions"]["Level"]["oneOf"].as_array().expect("levels");
    let names: Vec<&str> = levels.iter().filter_map(|level| level["const"].as_str()).collect();
    assert_eq!(names, ["off", "on", "info", "warn", "error"]);
}

#[test]
fn defaults_of_options_are_those_of_the_engine() {
    use leaklint::config::options::OPTIONS;
    let defaults: Vec<u64> = OPTIONS.iter().map(|option| option.default).collect();
    let limits = leaklint::obligations::Limits::default();
    let catalogue = leaklint::protocol::load(leaklint::protocol::EMBEDDED).expect("rules/*.toml");
    let large = &catalogue.all().large;
    assert_eq!(defaults, [limits.moment, large.bytes, large.elements]);
    for option in &OPTIONS {
        let digits: String = option.description.chars().filter(char::is_ascii_digit).collect();
        assert_eq!(digits, option.default.to_string(), "{}", option.description);
    }
}
