//! One finding a line: `path:line:column: severity: message [rule]`.

use super::{safe, safe_path};
use crate::runner::Report;
use crate::source::LineIndex;
use std::fmt::Write as _;

/// Renders all findings; columns are 1-based UTF-16 units.
pub fn compact(report: &Report) -> String {
    let mut out = String::new();
    for file in &report.files {
        let lines = LineIndex::new(&file.text);
        for diagnostic in &file.diagnostics {
            let at = lines.position(&file.text, diagnostic.primary.span.start);
            let path = safe_path(&file.path);
            let message = safe(&diagnostic.message).replace('\n', " ");
            let _ = writeln!(
                out,
                "{path}:{}:{}: {}: {message} [{}]",
                at.line,
                at.column,
                diagnostic.severity.name(),
                diagnostic.rule
            );
        }
    }
    out
}
