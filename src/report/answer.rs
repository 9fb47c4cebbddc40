//! For streams: one JSON record for each record that came in.

use super::json::{self, Finding, TOOL, Tool};
use super::sarif;
use super::{Run, located, text};
use crate::repository::{Place, Places};
use crate::walk;
use serde::Serialize;
use std::path::Path;

/// What came of one record.
#[derive(Debug, Clone, Copy)]
pub enum Outcome<'a> {
    /// It was linted, as the only file of a run.
    Linted(Run<'a>),
    /// It was left out, and why, in a word.
    Skipped(&'a str),
    /// It was no record, or nobody can say what holds for it.
    Wrong(&'a str),
}

/// The fields that every record has.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// The number of the line that came in, from 1.
    record: u64,
    /// As it came in.
    path: Option<&'a str>,
    #[serde(flatten)]
    content: Content<'a>,
    tool: Tool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Findings {
        skipped: Option<&'a str>,
        known: u64,
        findings: Vec<Finding<'a>>,
    },
    Sarif {
        skipped: Option<&'a str>,
        known: u64,
        sarif: sarif::Part,
    },
    Wrong {
        message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        sarif: Option<sarif::Part>,
    },
}

/// Renders an answer on one line; findings are those of `json`, or what SARIF has in their place.
pub fn answer(record: u64, path: Option<&str>, outcome: Outcome<'_>, as_sarif: bool) -> String {
    let content = match outcome {
        Outcome::Wrong(message) => Content::Wrong {
            message: text::one_line(message),
            sarif: as_sarif.then(|| sarif::bad_record(path.map(place).as_ref(), message)),
        },
        Outcome::Skipped(why) if as_sarif => {
            Content::Sarif { skipped: Some(why), known: 0, sarif: sarif::Part::default() }
        }
        Outcome::Skipped(why) => Content::Findings { skipped: Some(why), known: 0, findings: Vec::new() },
        Outcome::Linted(run) if as_sarif => {
            Content::Sarif { skipped: None, known: run.report.known, sarif: sarif::part(&run) }
        }
        Outcome::Linted(run) => {
            let findings = located::files(&run).flat_map(|located| {
                let all = located.file.diagnostics.iter();
                all.map(|one| json::finding(&located, one)).collect::<Vec<_>>()
            });
            Content::Findings { skipped: None, known: run.report.known, findings: findings.collect() }
        }
    };
    let kind = if matches!(outcome, Outcome::Wrong(_)) { "error" } else { "report" };
    json::to_json_line(&Answer { kind, record, path, content, tool: TOOL })
}

fn place(path: &str) -> Place {
    let shown = walk::shown(Path::new(path));
    Places::each(std::iter::once(shown.as_str())).of(&shown)
}
