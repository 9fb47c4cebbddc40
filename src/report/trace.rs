//! How each obligation was decided, for `--trace`.

use super::{safe, safe_path};
use crate::runner::Report;
use crate::source::LineIndex;
use std::fmt::Write as _;

/// Renders the decisions of the traced file; with a line, only those that start there.
pub fn trace(report: &Report, only_line: Option<u32>) -> String {
    let mut out = String::new();
    for file in &report.files {
        let lines = LineIndex::new(&file.text);
        let mut decisions: Vec<_> = file.decisions.iter().collect();
        decisions.sort_by_key(|decision| (decision.span, decision.family));
        for decision in decisions {
            let at = lines.position(&file.text, decision.span.start);
            let end = lines.line(decision.span.end);
            if only_line.is_some_and(|line| !(at.line..=end).contains(&line)) {
                continue;
            }
            let path = safe_path(&file.path);
            let _ = writeln!(out, "{path}:{}:{} {}", at.line, at.column, decision.family.name());
            for step in &decision.steps {
                let at = step.at.map(|span| format!(" (line {})", lines.line(span.start)));
                let _ = writeln!(out, "    {}{}", safe(&step.text), at.unwrap_or_default());
            }
        }
    }
    out
}
