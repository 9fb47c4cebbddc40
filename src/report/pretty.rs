//! For people: the code with labels, what to do, and where to read on.

use super::excerpt::Excerpt;
use super::{plural, safe, safe_path};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::rules;
use crate::runner::{FileReport, Report};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use std::fmt::Write as _;

/// How the report may look.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub color: bool,
    /// Rules link to their pages.
    pub links: bool,
    /// Characters per line.
    pub width: usize,
}

/// Renders all findings; empty when there are none.
pub fn pretty(report: &Report, style: Style) -> String {
    let theme = match style.color {
        true => GraphicalTheme::unicode(),
        false => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_context_lines(0)
        .with_links(false);
    let mut out = String::new();
    for file in &report.files {
        let excerpt = Excerpt::new(&file.path, &file.text);
        for diagnostic in &file.diagnostics {
            let from = out.len();
            one(&handler, file, &excerpt, diagnostic, &mut out);
            if style.links {
                link(&mut out, from, diagnostic.rule);
            }
        }
    }
    out
}

/// Makes the rule's name, with which a finding begins, a link to the rule's page (OSC 8).
fn link(out: &mut String, from: usize, rule: &'static str) {
    if let (Some(at), Some(meta)) = (out[from..].find(rule), rules::find(rule)) {
        let linked = format!("\u{1b}]8;;{}\u{1b}\\{rule}\u{1b}]8;;\u{1b}\\", meta.url());
        out.replace_range(from + at..from + at + rule.len(), &linked);
    }
}

fn one(
    handler: &GraphicalReportHandler,
    file: &FileReport,
    excerpt: &Excerpt,
    diagnostic: &Diagnostic,
    out: &mut String,
) {
    let shown = Shown { diagnostic, excerpt, has_text: !file.text.is_empty() };
    // Rendering fails only where a span lies outside the text; the words must come out all the same.
    if shown.labels_fit() && handler.render_report(out, &shown).is_ok() {
        return;
    }
    let _ =
        writeln!(out, "  {}: {}\n  {}", diagnostic.rule, safe(&diagnostic.message), safe_path(&file.path));
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  help: {}", safe(help));
    }
}

struct Shown<'a> {
    diagnostic: &'a Diagnostic,
    excerpt: &'a Excerpt,
    has_text: bool,
}

impl Shown<'_> {
    fn labels_fit(&self) -> bool {
        self.has_text
            && std::iter::once(&self.diagnostic.primary)
                .chain(&self.diagnostic.labels)
                .all(|label| !self.excerpt.is_unreadable(label.span.start))
    }
}

impl std::fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.diagnostic.fmt(f)
    }
}

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.diagnostic.rule, safe(&self.diagnostic.message))
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Info => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        let mut text = self.diagnostic.help.as_deref().map(safe)?;
        if let Some(note) = &self.diagnostic.note {
            text.push('\n');
            text.push_str(&safe(note));
        }
        text.push_str("\nwhy: leaklint explain ");
        text.push_str(self.diagnostic.rule);
        Some(Box::new(text))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let primary = labelled(&self.diagnostic.primary, true);
        let others = self.diagnostic.labels.iter().map(|label| labelled(label, false));
        Some(Box::new(std::iter::once(primary).chain(others)))
    }
}

fn labelled(label: &Label, primary: bool) -> LabeledSpan {
    let span = (label.span.start as usize, (label.span.end - label.span.start) as usize);
    let text = Some(safe(&label.text)).filter(|text| !text.is_empty());
    match primary {
        true => LabeledSpan::new_primary_with_span(text, span),
        false => LabeledSpan::new_with_span(text, span),
    }
}

/// The line that ends a run, for standard error.
pub fn summary(report: &Report, counts: super::Counts) -> String {
    let files = plural(report.stats.files, "file");
    let known = match report.known {
        0 => String::new(),
        known => format!(", {known} known"),
    };
    if counts == super::Counts::default() {
        let new = if known.is_empty() { "" } else { " new" };
        return format!("leaklint: nothing{new} found in {files}{known}");
    }
    let mut parts = Vec::new();
    for (count, word) in [(counts.errors, "error"), (counts.warnings, "warning")] {
        if count > 0 {
            parts.push(plural(count as u64, word));
        }
    }
    if counts.infos > 0 {
        parts.push(format!("{} possible", counts.infos));
    }
    format!("leaklint: {} in {files}{known}", parts.join(", "))
}
