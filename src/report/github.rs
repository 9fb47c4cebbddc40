//! Workflow commands of GitHub Actions, which become annotations: one a finding, and one a path that could not be read.
//!
//! The runner shows only the message in the log, so place and rule stand in it too.

use super::Run;
use super::located::{self, Located, advice};
use super::text::{log, one_line, safe, safe_path};
use crate::diagnostic::{Diagnostic, Severity};
use std::fmt::Write as _;

/// Renders the whole report; nothing when there is nothing to say.
pub fn github(run: &Run<'_>) -> String {
    let mut out = String::new();
    for located in located::files(run) {
        for one in &located.file.diagnostics {
            finding(&located, one, &mut out);
        }
    }
    for error in &run.report.errors {
        let place = run.places.of(&error.path);
        let message = format!("{}: {}", safe_path(place.path()), one_line(&error.message));
        let file = property(place.path());
        let _ = writeln!(out, "::error file={file},title=leaklint::{}", data(&message));
    }
    out
}

fn finding(located: &Located<'_>, one: &Diagnostic, out: &mut String) {
    let command = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let region = located.utf16(one.primary.span);
    let path = located.place.path();
    let (line, column) = (region.line, region.column);
    let _ = write!(out, "::{command} file={},line={line}", property(path));
    let _ = match line == region.end_line {
        true => write!(out, ",col={column},endLine={line},endColumn={}", region.end_column),
        // The runner throws columns away that are not of one line.
        false => write!(out, ",endLine={}", region.end_line),
    };
    let mut message = format!(
        "{}:{}:{}: {} [{}]",
        safe_path(path),
        region.line,
        region.column,
        located::message(one),
        one.rule
    );
    for advice in advice(one) {
        message.push('\n');
        message.push_str(&advice);
    }
    let _ = writeln!(out, ",title={}::{}", property(one.rule), data(&message));
}

/// A command's data: to its end, with escaped line ends.
fn data(text: &str) -> String {
    log(safe(text)).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A command's property, which further characters end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
