//! Linting a text as the tests want to see it.

use leaklint::linter;
use leaklint::settings::Settings;
use leaklint::source::{Language, LineIndex};
use std::collections::BTreeMap;

/// How often each rule speaks on each line.
pub type Counts = BTreeMap<(u32, String), usize>;

/// The default settings.
pub fn settings() -> Settings {
    Settings::new().expect("the built-in protocols are valid")
}

/// What leaklint finds in a text, by line and rule.
pub fn found(text: &str, language: Language, settings: &Settings) -> Counts {
    let lines = LineIndex::new(text);
    let mut counts = Counts::new();
    for diagnostic in linter::lint(text, language, settings).diagnostics {
        let line = lines.line(diagnostic.primary.span.start);
        *counts.entry((line, diagnostic.rule.to_owned())).or_default() += 1;
    }
    counts
}
