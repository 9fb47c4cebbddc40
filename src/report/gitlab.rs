//! GitLab's code quality report: an array of issues, of which GitLab shows those with fingerprints of their own.
//!
//! Places are lines, which is all that GitLab reads.

use super::Run;
use super::json::to_json;
use super::located::{self, Located};
use super::text::one_line;
use crate::diagnostic::{Diagnostic, Severity};
use rustc_hash::FxHashMap;
use serde::Serialize;

#[derive(Serialize)]
struct Issue {
    r#type: &'static str,
    check_name: &'static str,
    description: String,
    categories: [&'static str; 1],
    severity: &'static str,
    fingerprint: String,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

/// 1-based, both included.
#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

/// Renders the whole report, without findings too.
pub fn gitlab(run: &Run<'_>) -> String {
    let mut issues = Vec::new();
    for located in located::files(run) {
        issues.extend(located.file.diagnostics.iter().map(|one| issue(&located, one)));
    }
    issues.extend(run.report.errors.iter().map(|error| {
        let path = run.places.of(&error.path).path().to_owned();
        Issue {
            r#type: "issue",
            check_name: "unreadable",
            description: one_line(&error.message),
            categories: ["Bug Risk"],
            severity: "critical",
            fingerprint: format!("unreadable:{path}"),
            location: Location { path, lines: Lines { begin: 1, end: 1 } },
        }
    }));
    number(&mut issues);
    to_json(&issues)
}

fn issue(located: &Located<'_>, one: &Diagnostic) -> Issue {
    let region = located.utf16(one.primary.span);
    // An end at the start of a line does not reach into that line.
    let end = if region.end_column == 1 { region.end_line - 1 } else { region.end_line };
    let advice = one.help.as_deref().map(|help| format!(" — {}", one_line(help)));
    Issue {
        r#type: "issue",
        check_name: one.rule,
        description: located::message(one) + &advice.unwrap_or_default(),
        categories: ["Bug Risk"],
        severity: match one.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        fingerprint: located.fingerprint(one),
        location: Location {
            path: located.place.path().to_owned(),
            lines: Lines { begin: region.line, end: end.max(region.line) },
        },
    }
}

/// Of issues with the same fingerprint GitLab keeps one: the second and further ones get a number.
fn number(issues: &mut [Issue]) {
    let mut seen: FxHashMap<String, u32> = FxHashMap::default();
    for issue in issues {
        let count = seen.entry(issue.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            issue.fingerprint = format!("{}-{count}", issue.fingerprint);
        }
    }
}
