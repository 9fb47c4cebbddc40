//! The pipeline of one file, as a pure function: text and settings in, diagnostics out. No IO, nothing printed.

use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::obligations::{self, trace::Decision};
use crate::rules::{self, Cx, Findings};
use crate::settings::Settings;
use crate::source::{Language, LineIndex, Span};
use crate::{nesting, parse, prefilter, semantic, suppress};

/// What came of one file.
#[derive(Debug, Default)]
pub struct Linted {
    /// In order of place.
    pub diagnostics: Vec<Diagnostic>,
    pub decisions: Vec<Decision>,
    /// The file was parsed; otherwise no rule could have fired in it.
    pub parsed: bool,
}

/// Lints one file.
pub fn lint(text: &str, language: Language, settings: &Settings) -> Linted {
    if !settings.no_prefilter && !prefilter::is_candidate(text, settings) {
        return Linted::default();
    }
    let mut linted = Linted { parsed: true, ..Linted::default() };
    let speculation = parse::speculation_limit(text, language);
    let deep =
        nesting::too_deep(text, settings.max_nesting).or_else(|| nesting::too_speculative(text, speculation));
    if let Some(at) = deep {
        let span = Span::new(at as u32, at as u32 + 1);
        let message = "nested deeper than leaklint follows: not linted".to_owned();
        linted.notice("nesting-too-deep", span, message, "too deep here", settings);
        return linted;
    }
    let parsed = match parse::parse(text, language) {
        Ok(parsed) => parsed,
        Err(error) => {
            let message = format!("not linted, since it cannot be parsed: {}", error.message);
            linted.notice("syntax-error", error.span, message, "here", settings);
            return linted;
        }
    };
    if settings.parse_only {
        return linted;
    }
    let tree = semantic::lower(&parsed.program);
    drop(parsed.program);
    let facts = Facts::new(&tree, &settings.protocols);
    let (verdicts, decisions) = obligations::judge(&facts, settings.trace);
    linted.decisions = decisions;
    // A suppression is of use if it hits a finding that is only hidden.
    let mut findings = Findings::new(settings, !parsed.comments.is_empty());
    let cx = Cx { facts: &facts, verdicts: &verdicts };
    for rule in rules::RULES {
        if settings.is_enabled(rule.meta().id) {
            rule.check(&cx, &mut findings);
        }
    }
    linted.diagnostics = findings.into_inner();
    if !parsed.comments.is_empty() {
        let lines = LineIndex::new(text);
        suppress::apply(&mut linted.diagnostics, &parsed.comments, &lines, settings);
        linted.diagnostics.retain(|found| found.tier.is_none_or(|tier| tier >= settings.min_confidence));
    }
    linted.diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    linted
}

impl Linted {
    /// Adds a notice about the file, unless it is switched off.
    pub fn notice(
        &mut self,
        id: &'static str,
        span: Span,
        message: String,
        label: &str,
        settings: &Settings,
    ) {
        if let Some(severity) = rules::notice_severity(settings, id) {
            let mut notice = Diagnostic::notice(id, span, message, label);
            notice.severity = severity;
            self.diagnostics.push(notice);
        }
    }
}
