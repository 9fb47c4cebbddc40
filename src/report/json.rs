//! For programs: one JSON document with a version.

use super::Counts;
use crate::diagnostic::{Diagnostic, Label};
use crate::runner::{FileReport, Report};
use crate::source::{LineIndex, Position};
use serde::Serialize;

/// Raised when a field changes its meaning or goes away; new fields do not raise it.
const FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    summary: Summary,
    findings: Vec<Finding<'a>>,
    errors: Vec<PathError<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: u64,
    errors: usize,
    warnings: usize,
    infos: usize,
}

#[derive(Serialize)]
struct PathError<'a> {
    path: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct Finding<'a> {
    rule: &'static str,
    severity: &'static str,
    confidence: Option<&'static str>,
    message: &'a str,
    path: &'a str,
    #[serde(flatten)]
    region: Region,
    label: &'a str,
    related: Vec<Related<'a>>,
    help: Option<&'a str>,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct Related<'a> {
    #[serde(flatten)]
    region: Region,
    message: &'a str,
}

/// 1-based lines, 1-based UTF-16 columns, the end exclusive.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

/// Renders the whole report, without findings too.
pub fn json(report: &Report) -> String {
    let counts = Counts::of(report);
    let mut findings = Vec::new();
    for file in &report.files {
        let lines = LineIndex::new(&file.text);
        findings.extend(file.diagnostics.iter().map(|one| finding(file, &lines, one)));
    }
    let document = Document {
        version: FORMAT_VERSION,
        tool: Tool { name: "leaklint", version: env!("CARGO_PKG_VERSION") },
        summary: Summary {
            files: report.stats.files,
            errors: counts.errors,
            warnings: counts.warnings,
            infos: counts.infos,
        },
        findings,
        errors: report
            .errors
            .iter()
            .map(|error| PathError { path: &error.path, message: &error.message })
            .collect(),
    };
    to_json(&document)
}

/// Serialises with a final line end.
pub(super) fn to_json(document: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_else(|error| {
        // Only maps with keys that are no strings can fail, and there are none.
        format!("{{\"error\": \"{error}\"}}")
    });
    text.push('\n');
    text
}

fn finding<'a>(file: &'a FileReport, lines: &LineIndex, one: &'a Diagnostic) -> Finding<'a> {
    Finding {
        rule: one.rule,
        severity: one.severity.name(),
        confidence: one.tier.map(crate::obligations::Tier::name),
        message: &one.message,
        path: &file.path,
        region: region(file, lines, &one.primary),
        label: &one.primary.text,
        related: one
            .labels
            .iter()
            .map(|label| Related { region: region(file, lines, label), message: &label.text })
            .collect(),
        help: one.help.as_deref(),
        note: one.note.as_deref(),
    }
}

fn region(file: &FileReport, lines: &LineIndex, label: &Label) -> Region {
    let Position { line, column } = lines.position(&file.text, label.span.start);
    let end = lines.position(&file.text, label.span.end);
    Region { line, column, end_line: end.line, end_column: end.column }
}
