//! The pipeline of one file, as a pure function: text and settings in, diagnostics out. No IO, nothing printed.

use crate::components::{self, Markup, Script, Unit};
use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, paths};
use crate::obligations::{self, trace::Decision};
use crate::parse::{Comment, Parsed};
use crate::prefilter::{self, Standing};
use crate::protocol::Protocols;
use crate::rules::{self, Cx, Findings};
use crate::semantic::Tree;
use crate::settings::Settings;
use crate::source::{Language, Span};
use crate::suppress::Comments;
use crate::{nesting, parse, semantic, suppress};

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
    let mut linted = Linted::default();
    let mut comments = memchr::memmem::find(text.as_bytes(), b"leaklint").map(|_| between(text, language));
    let mut found = Vec::new();
    for unit in components::units(text, language) {
        // A run that only parses is what the whole run is measured by: it asks for words alone.
        let least = if settings.parse_only { Standing::Words } else { Standing::MayOpen };
        let code = |script: &Script| prefilter::standing(inside(text, script), settings) >= least;
        if settings.no_prefilter || unit.scripts.iter().any(code) {
            linted.parsed = true;
            found.extend(linted.unit(text, language, &unit, comments.as_mut(), settings));
        }
    }
    if let Some(comments) = comments.filter(|_| !settings.parse_only) {
        suppress::apply(&mut found, comments, text, settings);
        found.retain(|found| settings.keep_hidden || settings.shows(found));
    }
    linted.diagnostics.append(&mut found);
    linted.diagnostics.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    linted
}

/// The comments of a component between its scripts.
fn between(text: &str, language: Language) -> Comments {
    let inside = |span: Span| text.get(span.start as usize + "<!--".len()..span.end as usize - "-->".len());
    let spans = components::comments(text, language);
    let all = spans.into_iter().filter_map(|span| Some(Comment { span, text: inside(span)?.to_owned() }));
    Comments { all: all.collect(), ..Comments::default() }
}

fn inside<'t>(text: &'t str, script: &Script) -> &'t str {
    &text[script.inside.start as usize..script.inside.end as usize]
}

impl Linted {
    /// Lints scripts that share their names; their comments come to those of the file, if that has any to read.
    fn unit(
        &mut self,
        text: &str,
        language: Language,
        unit: &Unit,
        mut comments: Option<&mut Comments>,
        settings: &Settings,
    ) -> Vec<Diagnostic> {
        let mut parts = Vec::new();
        for script in &unit.scripts {
            let parsed = self.parse(inside(text, script), script, settings);
            if let Some(comments) = &mut comments {
                comments.add(parsed.as_ref());
            }
            match parsed {
                Some(parsed) => parts.push((parsed.program, script)),
                None => return Vec::new(),
            }
        }
        if settings.parse_only {
            return Vec::new();
        }
        let markup = Markup::of(text, unit);
        let mut tree = semantic::lower_unit(&parts, language, &markup);
        drop(parts);
        let protocols = settings.catalogue.for_file(|| paths::modules(&tree));
        if !settings.no_prefilter && !settings.trace && !obligations::may_open(&tree, &protocols) {
            return Vec::new();
        }
        tree.read_markup(&markup);
        // A suppression is of use if it hits a finding that is only hidden.
        self.judge(&tree, &protocols, settings, settings.keep_hidden || comments.is_some())
    }

    /// What the rules find, with `hidden` also what is not shown.
    fn judge(
        &mut self,
        tree: &Tree,
        protocols: &Protocols,
        settings: &Settings,
        hidden: bool,
    ) -> Vec<Diagnostic> {
        let facts = Facts::new(tree, protocols);
        let (verdicts, decisions) = obligations::judge(&facts, settings.limits, settings.trace);
        self.decisions.extend(decisions);
        let mut findings = Findings::new(settings, hidden);
        let cx = Cx { facts: &facts, verdicts: &verdicts };
        for rule in rules::RULES {
            if settings.is_enabled(rule.meta().id) {
                rule.check(&cx, &mut findings);
            }
        }
        findings.into_inner()
    }

    /// The tree of one script, or a notice that says why there is none.
    fn parse(&mut self, code: &str, script: &Script, settings: &Settings) -> Option<Parsed> {
        let speculation = parse::speculation_limit(code, script.language);
        let deep = nesting::too_deep(code, settings.max_nesting)
            .or_else(|| nesting::too_speculative(code, speculation));
        if let Some(at) = deep {
            let at = script.inside.start + at as u32;
            let message = "nested deeper than leaklint follows: not linted".to_owned();
            self.notice("nesting-too-deep", Span::new(at, at + 1), message, "too deep here", settings);
            return None;
        }
        match parse::parse_part(code, script.inside.start, script.language) {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let message = format!("not linted, since it cannot be parsed: {}", error.message);
                self.notice("syntax-error", error.span, message, "here", settings);
                None
            }
        }
    }

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
