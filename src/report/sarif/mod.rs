//! SARIF 2.1.0 as code scanning services read it: one run, rules with their pages, regions with all four numbers in UTF-16
//! columns, paths relative to the repository's root.
//!
//! Suppressed findings are left out: GitHub takes no notice of `suppressions` and would show them as alerts.

mod answers;
mod limits;
mod line_hash;
pub(super) mod merge;
mod model;
mod rules;
mod uri;

pub use limits::Fitted;

use super::Run as Finished;
use super::located::{self, Located, advice};
use super::text::{one_line, safe};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::fingerprint;
use crate::repository::Place;
use crate::source::Span;
use line_hash::line_hashes;
use model::*;
use serde::{Deserialize, Serialize};

/// Renders the whole report, without findings too. `category` tells analyses of one commit apart.
pub fn sarif(finished: &Finished<'_>, category: Option<&str>) -> Fitted {
    let mut run = empty(category);
    let Part { results, notifications } = part(finished);
    run.results = results;
    run.results.sort_by(|a, b| a.key().cmp(&b.key()));
    run.invocations =
        vec![invocation(finished.report.errors.is_empty() && !finished.report.failed, notifications)];
    limits::fit(log(run), limits::GITHUB)
}

/// What a run has of its own in a report.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Part {
    results: Vec<SarifResult>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notifications: Vec<Notification>,
}

/// What a run has of its own.
pub(super) fn part(finished: &Finished<'_>) -> Part {
    let mut results = Vec::new();
    for located in located::files(finished) {
        let hashes = line_hashes(&located.file.text);
        results.extend(located.file.diagnostics.iter().map(|one| result(&located, &hashes, one)));
    }
    Part { results, notifications: notifications(finished) }
}

fn log(run: Run) -> Log {
    Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json".to_owned(),
        version: "2.1.0".to_owned(),
        runs: vec![run],
    }
}

/// A run of this version without results.
fn empty(category: Option<&str>) -> Run {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let root = UriBase { description: text("the root of the repository") };
    Run {
        tool: Tool {
            driver: Driver {
                name: "leaklint".to_owned(),
                full_name: format!("leaklint {version}"),
                semantic_version: version.clone(),
                version,
                information_uri: env!("CARGO_PKG_REPOSITORY").to_owned(),
                rules: rules::all(),
            },
        },
        // What stands before the last `/` is the category.
        automation_details: category
            .map(|category| AutomationDetails { id: format!("{}/", category.trim_end_matches('/')) }),
        original_uri_base_ids: [(uri::ROOT.to_owned(), root)].into(),
        column_kind: "utf16CodeUnits".to_owned(),
        invocations: Vec::new(),
        results: Vec::new(),
    }
}

/// What could not be read, and where leaklint itself failed.
fn notifications(finished: &Finished<'_>) -> Vec<Notification> {
    let report = finished.report;
    let note = |id: &str, path: &str, words: &str| notification(id, Some(&finished.places.of(path)), words);
    let unreadable = report.errors.iter().map(|error| note("unreadable", &error.path, &error.message));
    let failed = report.files.iter().flat_map(|file| {
        let failed = file.diagnostics.iter().filter(|one| one.rule == "internal-error");
        failed.map(move |one| note(one.rule, &file.path, &one.message))
    });
    unreadable.chain(failed).collect()
}

/// What is said of a record of a stream that was none.
pub(super) fn bad_record(place: Option<&Place>, words: &str) -> Part {
    Part { results: Vec::new(), notifications: vec![notification("bad-record", place, words)] }
}

fn notification(id: &str, place: Option<&Place>, words: &str) -> Notification {
    let location = |place: &Place| Location {
        id: None,
        physical_location: PhysicalLocation { artifact_location: uri::artifact(place), region: None },
        message: None,
    };
    Notification {
        descriptor: Descriptor { id: id.to_owned() },
        level: Level::Error,
        message: text(escaped(words)),
        locations: place.map(location).into_iter().collect(),
    }
}

/// How a run went, or several.
fn invocation(successful: bool, mut notes: Vec<Notification>) -> Invocation {
    notes.sort_by(|a, b| a.key().cmp(&b.key()));
    notes.dedup();
    Invocation { execution_successful: successful, tool_execution_notifications: notes }
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Info => Level::Note,
    }
}

fn result(located: &Located<'_>, hashes: &[String], one: &Diagnostic) -> SarifResult {
    let primary = location(located, one.primary.span, None);
    let related = one
        .labels
        .iter()
        .enumerate()
        .map(|(at, label)| Location { id: Some(at + 1), ..location(located, label.span, Some(&label.text)) });
    let line = located.lines.line(one.primary.span.start) as usize;
    let hash = hashes.get(line - 1).map(|hash| ("primaryLocationLineHash".to_owned(), hash.clone()));
    let own = (format!("leaklint/v{}", fingerprint::VERSION), located.fingerprint(one));
    SarifResult {
        rule_id: one.rule.to_owned(),
        rule_index: crate::rules::metas().position(|meta| meta.id == one.rule).unwrap_or_default(),
        level: level(one.severity),
        message: text(message(one)),
        locations: vec![primary],
        partial_fingerprints: hash.into_iter().chain([own]).collect(),
        related_locations: related.collect(),
        code_flows: code_flow(located, one).into_iter().collect(),
        properties: one.tier.map(|tier| ResultProperties { confidence: tier.name().to_owned() }),
    }
}

/// What is wrong; where and why, with links to the related locations; what to do.
fn message(one: &Diagnostic) -> String {
    let mut message = escaped(&located::message(one));
    if !one.labels.is_empty() {
        message.push('\n');
    }
    for (at, label) in one.labels.iter().enumerate() {
        message.push_str(&format!("\n[{}]({})", escaped(&one_line(&label.text)), at + 1));
    }
    for (at, advice) in advice(one).enumerate() {
        message.push_str(if at == 0 { "\n\n" } else { "\n" });
        message.push_str(&escaped(&advice));
    }
    message
}

/// Without links of others: in messages, `[…](…)` is one.
fn escaped(text: &str) -> String {
    safe(text).replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]")
}

/// The way from the acquire over what holds it and why it happens again to the release that is missing.
fn code_flow(located: &Located<'_>, one: &Diagnostic) -> Option<CodeFlow> {
    one.tier?;
    let step = |span, words: &str, kinds: &[&str]| Step {
        location: location(located, span, Some(words)),
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    let acquire = match one.primary.text.as_str() {
        "" => "acquired here".to_owned(),
        holder => format!("acquired here: {holder}"),
    };
    let mut steps = vec![step(one.primary.span, &acquire, &["acquire", "resource"])];
    let told = one.story.iter().filter_map(|at| one.labels.get(*at));
    steps.extend(told.map(|Label { span, text }| step(*span, text, &[])));
    let missing = format!("not released: {}", one.help.as_deref().unwrap_or(&one.message));
    steps.push(step(one.primary.span, &missing, &["release", "danger"]));
    Some(CodeFlow { thread_flows: vec![ThreadFlow { locations: steps }] })
}

fn location(located: &Located<'_>, span: Span, words: Option<&str>) -> Location {
    let region = located.utf16(span);
    Location {
        id: None,
        physical_location: PhysicalLocation {
            artifact_location: uri::artifact(&located.place),
            region: Some(Region {
                start_line: region.line,
                start_column: region.column,
                end_line: region.end_line,
                end_column: region.end_column,
            }),
        },
        message: words.filter(|words| !words.is_empty()).map(|words| text(escaped(words))),
    }
}
