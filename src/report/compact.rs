//! One finding a line: `path:line:column: severity: message [rule]`. Editors read this format; docs/editors.md describes it,
//! and it does not change.

use super::{safe, safe_path};
use crate::runner::Report;
use crate::source::LineIndex;
use std::fmt::Write as _;

/// Renders all findings; columns are 1-based UTF-16 units.
pub fn compact(report: &Report) -> String {
    let mut out = String::new();
    for file in &report.files {
        let lines = LineIndex::new(&file.text);
        let mut path = safe_path(&file.path);
        if reads_as_place(&path) {
            path = path.replace(':', "?");
        }
        for diagnostic in &file.diagnostics {
            let at = lines.position(&file.text, diagnostic.primary.span.start);
            let message = safe(&diagnostic.message).replace(['\n', '\t'], " ");
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

/// Whether a reader would take a part of the path for the place: `a.js:1:1: error: b.js`.
fn reads_as_place(path: &str) -> bool {
    let number = |part: Option<&str>| {
        part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    path.match_indices(": ").any(|(at, _)| {
        let mut parts = path[..at].rsplit(':');
        number(parts.next()) && number(parts.next()) && parts.next().is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::reads_as_place;

    #[test]
    fn only_what_forges_a_place_is_renamed() {
        for forged in ["a.js:1:1: error: b.js", ":1:1: .js", "x/a:12:3: warning: y [z].ts"] {
            assert!(reads_as_place(forged), "{forged}");
        }
        for honest in
            ["C:/app/a.js", "webpack:12.js", "a:1:2.js", "a: b.js", "a:1: b.js", "1:1: b.js", "a:x:1: b.js"]
        {
            assert!(!reads_as_place(honest), "{honest}");
        }
    }
}
