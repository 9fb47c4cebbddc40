//! Findings as bytes: one file per format. Reports see diagnostics and texts only.

mod compact;
mod excerpt;
mod json;
mod pretty;
mod sarif;
mod trace;

pub use compact::compact;
pub use json::json;
pub use pretty::{Style, pretty, summary};
pub use sarif::sarif;
pub use trace::trace;

use crate::diagnostic::Severity;
use crate::runner::Report;

/// How many findings of each severity there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub infos: usize,
}

impl Counts {
    /// Counts a report's findings and notices.
    pub fn of(report: &Report) -> Self {
        let mut counts = Self::default();
        for diagnostic in report.files.iter().flat_map(|file| &file.diagnostics) {
            match diagnostic.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Info => counts.infos += 1,
            }
        }
        counts
    }
}

/// Makes text safe for a terminal or a log: control characters and those that reorder text are replaced by
/// characters of the same length in bytes, so that spans into the text stay true.
pub fn safe(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\u{0}'..='\u{1f}' | '\u{7f}' => '?',
            '\u{80}'..='\u{9f}' | '\u{61c}' => '¿',
            '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{2028}'
            | '\u{2029}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// A path on one line, safe to show.
pub fn safe_path(path: &str) -> String {
    safe(path).replace(['\n', '\t'], "?")
}

/// `1 file`, `2 files`.
pub fn plural(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn escapes_keep_their_length() {
        let hostile = "a\u{1b}[31m\u{9b}\u{202e}b\r";
        let shown = safe(hostile);
        assert_eq!(shown.len(), hostile.len());
        assert!(!shown.chars().any(|c| c.is_control()));
    }
}
