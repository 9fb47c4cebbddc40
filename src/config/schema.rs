//! The JSON Schema of leaklint.jsonc, made from the structs that serde reads.

use super::options::OPTIONS;
use super::written::{Extends, KindName, Level, Written};
use crate::rules::{self, Meta};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The keys of rows and the words of lists are described there, for people and for editors.
const ROWS: &str = include_str!("../../rules/README.md");

/// The schema, in the dialect that most editors know (draft 7).
pub fn schema() -> Value {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = false);
    let mut schema = settings.into_generator().into_root_schema_for::<Written>().to_value();
    // Visual Studio Code takes them for errors otherwise.
    schema["allowComments"] = Value::Bool(true);
    schema["allowTrailingCommas"] = Value::Bool(true);
    tidy(&mut schema);
    let described = described_rows();
    if let Some(definitions) = schema.get_mut("definitions").and_then(Value::as_object_mut) {
        for (name, definition) in definitions {
            describe(name, definition, &described);
        }
    }
    schema
}

/// The schema as it is written to docs/schema.json.
pub fn text() -> String {
    format!("{:#}\n", schema())
}

/// Rules and notices by id, each with its options.
pub(super) struct RuleEntries;

impl JsonSchema for RuleEntries {
    fn schema_name() -> Cow<'static, str> {
        "Rules".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let level = generator.subschema_for::<Level>().to_value();
        let properties: Map<String, Value> =
            rules::metas().map(|meta| (meta.id.to_owned(), entry(meta, &level))).collect();
        json_schema!({ "type": "object", "properties": properties, "additionalProperties": false })
    }
}

/// A level, or an array of a level and options.
fn entry(meta: &Meta, level: &Value) -> Value {
    let mut properties = Map::new();
    for option in OPTIONS.iter().filter(|option| option.rule == meta.id) {
        let number = json!({ "type": "integer", "minimum": 0, "description": option.description });
        properties.insert(option.name.to_owned(), number);
    }
    let options = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    let tuple = |items: &[&Value]| {
        let length = items.len();
        json!({ "type": "array", "items": items, "minItems": length, "maxItems": length })
    };
    json!({ "description": meta.summary, "anyOf": [level, tuple(&[level]), tuple(&[level, &options])] })
}

/// The text that rules/README.md has for the keys: by definition and key, for all rows under an empty name.
fn described_rows() -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    let mut owner = String::new();
    for line in ROWS.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            owner = heading
                .split_once("]]")
                .map(|(name, _)| capital(name.trim_start_matches("[[")))
                .unwrap_or_default();
            continue;
        }
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let (keys, text) = match cells.as_slice() {
            [keys, text] if keys.starts_with('`') => (*keys, *text),
            [list, keys, text] if keys.starts_with('`') => {
                if let Some(list) = list.strip_prefix("`[").and_then(|list| list.strip_suffix("]`")) {
                    owner = capital(list);
                }
                (*keys, *text)
            }
            _ => continue,
        };
        for key in keys.split(", ") {
            out.push((owner.clone(), key.trim_matches('`').to_owned(), text.to_owned()));
        }
    }
    out
}

/// Takes out what serde allows and a configuration does not (`null`), defaults, which editors would fill in, and formats
/// that no standard has (`uint32`).
fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(map) => {
            map.remove("default");
            map.remove("format");
            if let Some(Value::Array(types)) = map.get_mut("type") {
                types.retain(|name| name != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    map.insert("type".to_owned(), one);
                }
            }
            for (keyword, value) in map {
                match value {
                    // Their names are no keywords.
                    Value::Object(keys) if keyword == "properties" => keys.values_mut().for_each(tidy),
                    value => tidy(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// `handle` as the name of its struct.
fn capital(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Describes the keys of a definition that say nothing of themselves.
fn describe(name: &str, definition: &mut Value, described: &[(String, String, String)]) {
    let Some(properties) = definition.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (key, property) in properties {
        let texts =
            described.iter().filter(|(owner, of, _)| of == key && (owner == name || owner.is_empty()));
        let text = texts.max_by_key(|(owner, ..)| owner.len()).map(|(.., text)| text);
        if let (Some(property), Some(text)) = (property.as_object_mut(), text) {
            property.entry("description").or_insert_with(|| Value::String(text.clone()));
        }
    }
}

impl JsonSchema for Extends {
    fn schema_name() -> Cow<'static, str> {
        "Extends".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
    }
}

impl JsonSchema for KindName {
    fn schema_name() -> Cow<'static, str> {
        "Kind".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "A kind of file, or all of them.", "enum": KindName::names() })
    }
}
