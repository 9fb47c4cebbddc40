//! The Reviewdog Diagnostic Format. Its columns are 1-based bytes of UTF-8, its ends exclusive, and its paths relative to
//! the current folder: reviewdog itself finds the repository's root. Its messages become comments in Markdown.

use super::Run;
use super::json::to_json;
use super::located::{self, Located, Region, advice};
use super::text::{markdown, one_line};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rules;
use serde::Serialize;

#[derive(Serialize)]
struct DiagnosticResult<'a> {
    source: Source,
    diagnostics: Vec<Diagnosed<'a>>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
    url: &'static str,
}

#[derive(Serialize)]
struct Diagnosed<'a> {
    message: String,
    location: Location<'a>,
    severity: &'static str,
    code: Code,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related<'a>>,
}

#[derive(Serialize)]
struct Code {
    value: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Serialize)]
struct Related<'a> {
    message: String,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

/// Renders the whole report, without findings too.
pub fn rdjson(run: &Run<'_>) -> String {
    let mut diagnostics = Vec::new();
    for located in located::files(run) {
        diagnostics.extend(located.file.diagnostics.iter().map(|one| diagnosed(&located, one)));
    }
    diagnostics.extend(run.report.errors.iter().map(|error| Diagnosed {
        message: markdown(&one_line(&error.message)),
        location: Location { path: &error.path, range: None },
        severity: "ERROR",
        code: Code { value: "unreadable", url: None },
        related_locations: Vec::new(),
    }));
    to_json(&DiagnosticResult {
        source: Source { name: "leaklint", url: env!("CARGO_PKG_REPOSITORY") },
        diagnostics,
    })
}

fn diagnosed<'a>(located: &Located<'a>, one: &Diagnostic) -> Diagnosed<'a> {
    let path = located.file.path.as_str();
    let location = |span| Location { path, range: Some(range(located.bytes(span))) };
    let mut message = located::message(one);
    for advice in advice(one) {
        message = format!("{message}\n\n{advice}");
    }
    let related = one
        .labels
        .iter()
        .map(|label| Related { message: markdown(&one_line(&label.text)), location: location(label.span) });
    Diagnosed {
        message: markdown(&message),
        location: location(one.primary.span),
        severity: match one.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Info => "INFO",
        },
        code: Code { value: one.rule, url: rules::find(one.rule).map(rules::Meta::url) },
        related_locations: related.collect(),
    }
}

fn range(region: Region) -> Range {
    Range {
        start: Position { line: region.line, column: region.column },
        end: Position { line: region.end_line, column: region.end_column },
    }
}
