//! Findings as bytes: one file per format. Reports see diagnostics and texts only.

mod answer;
mod checkstyle;
mod compact;
mod excerpt;
mod github;
mod gitlab;
mod json;
mod jsonl;
mod junit;
mod located;
mod pretty;
mod rdjson;
mod sarif;
mod text;
mod trace;
mod xml;

pub use answer::{Outcome, answer};
pub use checkstyle::checkstyle;
pub use compact::compact;
pub use github::github;
pub use gitlab::gitlab;
pub use json::json;
pub use jsonl::jsonl;
pub use junit::junit;
pub use pretty::{Style, pretty, summary};
pub use rdjson::rdjson;
pub use sarif::{Fitted, merge::Merged, merge::Shard, merge::merge, sarif};
pub use text::{log, plural, safe, safe_path};
pub use trace::trace;

use crate::diagnostic::Severity;
use crate::repository::Places;
use crate::runner::Report;

/// A finished run, as the machine formats see it.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    pub report: &'a Report,
    pub places: &'a Places,
}

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
