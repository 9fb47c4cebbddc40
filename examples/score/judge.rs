//! What leaklint says near one line, and why it says no more.

use crate::checkouts::Checkouts;
use crate::truth::{Family, Place};
use leaklint::diagnostic::Severity;
use leaklint::linter::{self, Linted};
use leaklint::obligations::Tier;
use leaklint::protocol::ProtocolError;
use leaklint::settings::Settings;
use leaklint::source::{Language, LineIndex};

/// How loud leaklint is at a site, least loud first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Silent,
    /// Hidden at default settings.
    Possible,
    Warning,
    Error,
}

impl Level {
    fn of(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Possible,
            Severity::Warning => Self::Warning,
            Severity::Error => Self::Error,
        }
    }

    /// Whether users see it at default settings.
    pub fn is_shown(self) -> bool {
        self >= Self::Warning
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Possible => "possible",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What is said near a line.
#[derive(Debug, Clone)]
pub struct Answer {
    pub level: Level,
    /// The rule that says it; empty in silence.
    pub rule: &'static str,
    /// The last step of the nearest decision of the family: what decided.
    pub why: String,
}

/// Lints files at commits under default settings.
pub struct Judge {
    settings: Settings,
    checkouts: Checkouts,
}

impl Judge {
    /// # Errors
    /// An invalid protocol file.
    pub fn new(checkouts: Checkouts) -> Result<Self, ProtocolError> {
        let settings = Settings { min_confidence: Tier::Possible, trace: true, ..Settings::new()? };
        Ok(Self { settings, checkouts })
    }

    /// What is said of a family within `reach` lines of a place.
    ///
    /// # Errors
    /// The file cannot be read, or is of a language that leaklint does not know.
    pub fn answer(&self, place: &Place, family: &Family, reach: u32) -> Result<Answer, String> {
        let text = self.checkouts.text(place)?;
        let told = |why: &str| format!("{}: {}:{}: {why}", place.repository, place.commit, place.path);
        let language =
            Language::of_path(&place.path).ok_or_else(|| told("leaklint does not read such files"))?;
        let linted = linter::lint(&text, language, &self.settings);
        let refused = ["syntax-error", "nesting-too-deep"];
        if let Some(notice) = linted.diagnostics.iter().find(|found| refused.contains(&found.rule)) {
            return Ok(Answer { level: Level::Silent, rule: "", why: notice.message.clone() });
        }
        Ok(near(&linted, &LineIndex::new(&text), place.line, family, reach))
    }
}

/// The loudest report of the family within `reach` lines, and the decision nearest to the line.
fn near(linted: &Linted, lines: &LineIndex, line: u32, family: &Family, reach: u32) -> Answer {
    let distance = |offset: u32| lines.line(offset).abs_diff(line);
    let reports = linted.diagnostics.iter().filter(|found| found.tier.is_some() && family.counts(found.rule));
    let loudest = reports
        .filter(|found| distance(found.primary.span.start) <= reach)
        .max_by_key(|found| (found.severity, std::cmp::Reverse(distance(found.primary.span.start))));
    let decisions =
        linted.decisions.iter().filter(|decision| family.decisions.contains(&decision.family.name()));
    let nearest = decisions
        .filter(|decision| distance(decision.span.start) <= reach)
        .min_by_key(|decision| distance(decision.span.start));
    let why = match nearest.and_then(|decision| decision.steps.last()) {
        Some(step) => step.text.clone(),
        None => "nothing here is known to acquire".to_owned(),
    };
    match loudest {
        Some(found) => Answer { level: Level::of(found.severity), rule: found.rule, why },
        None => Answer { level: Level::Silent, rule: "", why },
    }
}
