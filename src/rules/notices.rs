//! Notices about files and suppressions: no verdicts, but ids that can be configured like rules.

use super::Meta;

/// Declares notices.
macro_rules! notices {
    ($($id:literal: $summary:literal),+ $(,)?) => {
        /// All notices.
        pub const NOTICES: &[Meta] = &[$(Meta {
            id: $id,
            summary: $summary,
            tiers: &[],
            page: include_str!("../../docs/rules/notices.md"),
        }),+];
    };
}

notices! {
    "syntax-error": "a file that had to be parsed cannot be",
    "nesting-too-deep": "a file is nested deeper than leaklint follows",
    "file-too-large": "a file is larger than `--max-file-size`",
    "not-text": "a file with a source extension holds no text, or text in an unknown encoding",
    "internal-error": "leaklint itself failed on a file",
    "unused-suppression": "a suppression comment that suppresses nothing",
    "unexplained-suppression": "a suppression comment that does not say why, where `requireReason` asks for it",
    "invalid-suppression": "a suppression comment without a rule, or with one that does not exist",
    "stale-baseline": "an entry of leaklint-baseline.json of which nothing is left",
}

/// Whether a notice says that a file, or a script in it, was not linted.
pub fn is_unlinted(id: &str) -> bool {
    matches!(id, "syntax-error" | "nesting-too-deep" | "file-too-large" | "not-text" | "internal-error")
}
