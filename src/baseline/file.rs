//! leaklint-baseline.json: one entry a line, sorted, so that changes to it are small and merge.

use super::{Baseline, Entry};
use crate::fingerprint;
use crate::protocol::ProtocolError;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// What the file is called where it is found by itself.
pub const NAME: &str = "leaklint-baseline.json";

#[derive(Deserialize)]
struct Head {
    version: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "version")]
    _version: u64,
    known: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    path: String,
    rule: String,
    #[serde(rename = "in", default, skip_serializing_if = "String::is_empty")]
    scopes: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: u32,
    id: String,
}

fn one() -> u32 {
    1
}

fn is_one(count: &u32) -> bool {
    *count == 1
}

/// Reads a file's text; `name` is how errors call the file.
///
/// # Errors
/// Broken JSON, keys and values of other kinds, or a version that this leaklint does not write, with the place.
pub fn read(name: &str, text: &str) -> Result<Baseline, ProtocolError> {
    let broken = |error: serde_json::Error| {
        let message = error.to_string();
        // The place is said in the form of all errors.
        let message = message.split(" at line ").next().unwrap_or_default();
        ProtocolError::at(name, text, offset_of(text, &error), message)
    };
    let head: Head = serde_json::from_str(text).map_err(broken)?;
    let current = u64::from(fingerprint::VERSION);
    if head.version != current {
        let at = text.find("\"version\"").unwrap_or_default();
        return Err(ProtocolError::at(name, text, at, other_version(head.version, current)));
    }
    let written: Written = serde_json::from_str(text).map_err(broken)?;
    let mut entries = Vec::new();
    for Line { path, rule, scopes, count, id } in written.known {
        let is_id = id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_id {
            let quoted = serde_json::to_string(&id).unwrap_or_default();
            let message = format!("{quoted} is no fingerprint: `leaklint baseline` writes this file");
            return Err(ProtocolError::at(name, text, text.find(&quoted).unwrap_or_default(), message));
        }
        entries.push(Entry { path, rule, scopes, id, count });
    }
    Ok(Baseline::new(entries))
}

fn other_version(found: u64, current: u64) -> String {
    if found > current {
        format!("version {found} of this file needs a newer leaklint; this one reads version {current}")
    } else {
        format!("version {found} of this file is no longer read: write it anew (`leaklint baseline`)")
    }
}

/// Where serde_json says that something is wrong, as a byte offset.
fn offset_of(text: &str, error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    lines.map(str::len).sum::<usize>() + error.column().saturating_sub(1)
}

/// The whole text of the file.
pub fn write(baseline: &Baseline) -> Result<String, serde_json::Error> {
    let mut out = format!("{{\n  \"version\": {},\n  \"known\": [", fingerprint::VERSION);
    for (at, Entry { path, rule, scopes, id, count }) in baseline.entries().iter().enumerate() {
        let (path, rule, scopes, id) = (path.clone(), rule.clone(), scopes.clone(), id.clone());
        let line = serde_json::to_string(&Line { path, rule, scopes, count: *count, id })?;
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(out, "{comma}\n    {line}");
    }
    out.push_str(if baseline.entries().is_empty() { "]\n}\n" } else { "\n  ]\n}\n" });
    Ok(out)
}
