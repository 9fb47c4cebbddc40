//! SARIF 2.1.0: one run, rules with their pages, regions with all four numbers in UTF-16 columns.

use super::json::to_json;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::rules;
use crate::runner::{FileReport, Report};
use crate::source::LineIndex;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<SarifResult>,
    invocations: [Invocation; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Message,
    full_description: Message,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
}

#[derive(Serialize)]
struct Properties {
    confidence: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

/// Renders the whole report, without findings too.
pub fn sarif(report: &Report) -> String {
    let mut results = Vec::new();
    for file in &report.files {
        let lines = LineIndex::new(&file.text);
        results.extend(file.diagnostics.iter().map(|one| result(file, &lines, one)));
    }
    let notifications = report.errors.iter().map(|error| Notification {
        level: "error",
        message: text(&error.message),
        locations: vec![Location {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation { uri: uri(&error.path) },
                region: None,
            },
            message: None,
        }],
    });
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "leaklint",
                version: env!("CARGO_PKG_VERSION"),
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules::metas().map(rule).collect(),
            },
        },
        column_kind: "utf16CodeUnits",
        results,
        invocations: [Invocation {
            execution_successful: report.errors.is_empty() && !report.failed,
            tool_execution_notifications: notifications.collect(),
        }],
    };
    to_json(&Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] })
}

fn text(text: &str) -> Message {
    Message { text: text.to_owned() }
}

fn rule(meta: &'static rules::Meta) -> Rule {
    let level = match meta.tiers.last() {
        Some(tier) => level(Severity::of_tier(*tier)),
        None => "warning",
    };
    Rule {
        id: meta.id,
        name: meta.id,
        short_description: text(meta.summary),
        full_description: text(meta.summary),
        help: Help { text: meta.page.to_owned(), markdown: meta.page },
        default_configuration: Configuration { level },
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(file: &FileReport, lines: &LineIndex, one: &Diagnostic) -> SarifResult {
    let mut message = one.message.clone();
    for part in [&one.help, &one.note].into_iter().flatten() {
        message.push_str("\n\n");
        message.push_str(part);
    }
    let related = one.labels.iter().enumerate().map(|(at, label)| Location {
        id: Some(at),
        physical_location: physical(file, lines, label),
        message: Some(text(&label.text)),
    });
    SarifResult {
        rule_id: one.rule,
        rule_index: rules::metas().position(|meta| meta.id == one.rule).unwrap_or_default(),
        level: level(one.severity),
        message: Message { text: message },
        locations: [Location {
            id: None,
            physical_location: physical(file, lines, &one.primary),
            message: None,
        }],
        related_locations: related.collect(),
        properties: one.tier.map(|tier| Properties { confidence: tier.name() }),
    }
}

fn physical(file: &FileReport, lines: &LineIndex, label: &Label) -> PhysicalLocation {
    let start = lines.position(&file.text, label.span.start);
    let end = lines.position(&file.text, label.span.end);
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri: uri(&file.path) },
        region: Some(Region {
            start_line: start.line,
            start_column: start.column,
            end_line: end.line,
            end_column: end.column,
        }),
    }
}

/// Percent-encodes what may not stand in a URI's path.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b'@' | b'+' => {
                out.push(byte as char);
            }
            _ => {
                use std::fmt::Write as _;
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}
