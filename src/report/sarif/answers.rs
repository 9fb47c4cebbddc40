//! The answers of a stream as a run: what `leaklint check --stdin-jsonl --format sarif` wrote.

use super::Part;
use super::merge::{Shard, other_version};
use super::model::*;
use serde::Deserialize;

/// What tells an answer from other JSON.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "type")]
    kind: String,
    tool: Option<Tool>,
    sarif: Option<Part>,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
    version: String,
}

/// Whether a file holds answers, by its first line.
pub(super) fn are_in(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    serde_json::from_str(first).is_ok_and(|Head { kind }| is_answer(&kind))
}

fn is_answer(kind: &str) -> bool {
    matches!(kind, "report" | "error")
}

/// Reads them as one run.
///
/// # Errors
/// Which line is no answer of this version in SARIF.
pub(super) fn read(shard: &Shard<'_>) -> Result<Run, String> {
    let mut run = super::empty(None);
    let (mut successful, mut notes) = (true, Vec::new());
    for (at, line) in shard.text.lines().enumerate() {
        let place = format!("{}: line {}", shard.name, at + 1);
        let Answer { kind, tool, sarif } = serde_json::from_str(line)
            .map_err(|error| format!("{place} is no answer of a stream: {error}"))?;
        let (Some(tool), true) = (tool.filter(|tool| tool.name == "leaklint"), is_answer(&kind)) else {
            return Err(format!("{place} is no answer of leaklint's"));
        };
        if tool.version != env!("CARGO_PKG_VERSION") {
            return Err(other_version(&place, &tool.version));
        }
        let Some(part) = sarif else {
            return Err(format!("{place} holds no SARIF: lint with `--stdin-jsonl --format sarif`"));
        };
        // Notifications of a stream are all about what went wrong.
        successful &= kind == "report" && part.notifications.is_empty();
        run.results.extend(part.results);
        notes.extend(part.notifications);
    }
    run.invocations = vec![super::invocation(successful, notes)];
    Ok(run)
}
