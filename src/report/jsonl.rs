//! For programs that read line by line: one JSON record a line, findings first, a summary last.

use super::json::{self, FORMAT_VERSION, Finding, PathError, Summary, TOOL, Tool};
use super::{Run, located};
use serde::Serialize;

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Record<'a> {
    Finding(Box<Finding<'a>>),
    /// A path that could not be read.
    Error(PathError<'a>),
    /// Whoever has read it has read everything.
    Summary {
        version: u32,
        tool: Tool,
        #[serde(flatten)]
        summary: Summary,
    },
}

/// Renders the whole report; the fields are those of `json`.
pub fn jsonl(run: &Run<'_>) -> String {
    let mut out = String::new();
    for located in located::files(run) {
        for one in &located.file.diagnostics {
            out.push_str(&json::to_json_line(&Record::Finding(Box::new(json::finding(&located, one)))));
        }
    }
    for error in json::errors(run) {
        out.push_str(&json::to_json_line(&Record::Error(error)));
    }
    let summary = Record::Summary { version: FORMAT_VERSION, tool: TOOL, summary: json::summary(run) };
    out.push_str(&json::to_json_line(&summary));
    out
}
