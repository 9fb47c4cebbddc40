//! For programs: one JSON document with a version.

use super::located::{self, Located, Region};
use super::text::{one_line, replace_commands, safe};
use super::{Counts, Run};
use crate::diagnostic::Diagnostic;
use serde::Serialize;

/// Raised when a field changes its meaning or goes away; new fields do not raise it.
pub(super) const FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: Tool,
    summary: Summary,
    findings: Vec<Finding<'a>>,
    errors: Vec<PathError<'a>>,
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

/// This version of leaklint.
pub(super) const TOOL: Tool = Tool { name: "leaklint", version: env!("CARGO_PKG_VERSION") };

#[derive(Serialize)]
pub(super) struct Summary {
    files: u64,
    errors: usize,
    warnings: usize,
    infos: usize,
    known: u64,
}

#[derive(Serialize)]
pub(super) struct PathError<'a> {
    path: &'a str,
    message: String,
}

#[derive(Serialize)]
pub(super) struct Finding<'a> {
    rule: &'static str,
    severity: &'static str,
    confidence: Option<&'static str>,
    message: String,
    path: &'a str,
    #[serde(flatten)]
    region: Region,
    label: String,
    related: Vec<Related>,
    help: Option<String>,
    note: Option<String>,
    fingerprint: String,
}

#[derive(Serialize)]
struct Related {
    #[serde(flatten)]
    region: Region,
    message: String,
}

/// Renders the whole report, without findings too; columns are UTF-16 units.
pub fn json(run: &Run<'_>) -> String {
    let mut findings = Vec::new();
    for located in located::files(run) {
        findings.extend(located.file.diagnostics.iter().map(|one| finding(&located, one)));
    }
    let errors = errors(run).collect();
    to_json(&Document { version: FORMAT_VERSION, tool: TOOL, summary: summary(run), findings, errors })
}

/// How much was linted and found.
pub(super) fn summary(run: &Run<'_>) -> Summary {
    let Counts { errors, warnings, infos } = Counts::of(run.report);
    Summary { files: run.report.stats.files, errors, warnings, infos, known: run.report.known }
}

/// What could not be read.
pub(super) fn errors<'a>(run: &Run<'a>) -> impl Iterator<Item = PathError<'a>> {
    run.report.errors.iter().map(|error| PathError { path: &error.path, message: one_line(&error.message) })
}

/// Serialises with a final line end. Nothing in it is a command to a build server that shows it in a log: what would be
/// one can stand in strings only, where a character may be escaped.
pub(super) fn to_json(document: &impl Serialize) -> String {
    harmless(serde_json::to_string_pretty(document))
}

/// The same on one line.
pub(super) fn to_json_line(record: &impl Serialize) -> String {
    harmless(serde_json::to_string(record))
}

fn harmless(text: serde_json::Result<String>) -> String {
    // Only maps with keys that are no strings can fail, and there are none.
    let mut text = text.unwrap_or_else(|error| format!("{{\"error\": \"{error}\"}}"));
    text.push('\n');
    replace_commands(text, "\\u0023")
}

/// One finding; its words are safe to show, its path is as it is.
pub(super) fn finding<'a>(located: &Located<'a>, one: &Diagnostic) -> Finding<'a> {
    let related = |label: &crate::diagnostic::Label| Related {
        region: located.utf16(label.span),
        message: one_line(&label.text),
    };
    Finding {
        rule: one.rule,
        severity: one.severity.name(),
        confidence: one.tier.map(crate::obligations::Tier::name),
        message: located::message(one),
        path: &located.file.path,
        region: located.utf16(one.primary.span),
        label: one_line(&one.primary.text),
        related: one.labels.iter().map(related).collect(),
        help: one.help.as_deref().map(safe),
        note: one.note.as_deref().map(safe),
        fingerprint: located.fingerprint(one),
    }
}
