//! What of a report is new: neither known by a baseline nor, with `--new-lines`, there before the change.

use super::brought::{self, Brought};
use super::known::{Compared, Known};
use super::policy::Policies;
use super::select::Before;
use crate::runner::{FileReport, Report};
use crate::settings::Settings;
use crate::walk::{self, File, Request};
use rustc_hash::FxHashMap;
use std::path::PathBuf;

/// What a report is compared with.
pub(super) struct Past<'a> {
    pub known: &'a Known,
    /// If git chose the files: what they were.
    pub before: Option<&'a Before>,
    /// Only what the change brought is of interest.
    pub new_lines: bool,
    pub files: &'a [File],
    pub policies: &'a Policies,
    pub max_size: u64,
    /// The folders that were linted as wholes.
    pub folders: Vec<PathBuf>,
}

/// The folders of a request, of which a run without further choice comes to every file.
pub(super) fn folders(request: &Request) -> Vec<PathBuf> {
    request.paths.iter().filter(|path| path.is_dir()).map(|path| walk::real(path)).collect()
}

/// Takes away what is not new, and what is not sure enough to be shown; tells of entries that are stale.
///
/// # Errors
/// git or a further run cannot answer.
pub(super) fn keep_new(
    report: &mut Report,
    past: &Past<'_>,
    run: impl Fn(Vec<File>) -> Result<Report, String>,
) -> Result<(), String> {
    let Past { known, policies, .. } = *past;
    if known.ledgers.is_empty() && !past.new_lines {
        return Ok(());
    }
    let brought = match past.before {
        Some(before) if past.new_lines || known.is_ambiguous(report) => {
            Some(brought::by_change(report, past.files, before, past.max_size, run)?)
        }
        _ => None,
    };
    let files: FxHashMap<&str, &File> = past.files.iter().map(|file| (file.shown.as_str(), file)).collect();
    let settings = |shown: &str| files.get(shown).map(|file| policies.settings(file));
    let compared = known.compare(report, brought.as_ref());
    let stale = known.stale(report, &compared, settings, &past.folders);
    let notices = known.notices(&stale, policies.first());
    keep(report, &compared, settings, brought.as_ref().filter(|_| past.new_lines));
    add(report, notices);
    Ok(())
}

/// The same for a report of one file, under its settings.
pub(super) fn keep_unknown(report: &mut Report, known: &Known, settings: &Settings) {
    if known.ledgers.is_empty() || known.is_silent(report) {
        return;
    }
    let compared = known.compare(report, None);
    let stale = known.stale(report, &compared, |_| Some(settings), &[]);
    let notices = known.notices(&stale, settings);
    keep(report, &compared, |_| Some(settings), None);
    add(report, notices);
}

/// Keeps what is shown and not known, and with `brought` only what the change brought.
fn keep<'s>(
    report: &mut Report,
    compared: &Compared<'_>,
    settings: impl Fn(&str) -> Option<&'s Settings>,
    brought: Option<&Brought>,
) {
    for (at, file) in report.files.iter_mut().enumerate() {
        let settings = settings(&file.path);
        let mut index = 0..;
        file.diagnostics.retain(|diagnostic| {
            let one = index.next().unwrap_or_default();
            if settings.is_some_and(|settings| !settings.shows(diagnostic)) {
                return false;
            }
            let is_known = compared.entries[at][one].is_some();
            report.known += u64::from(is_known);
            !is_known && brought.is_none_or(|brought| brought[at][one])
        });
    }
    report.files.retain(|file| !file.diagnostics.is_empty() || !file.decisions.is_empty());
}

fn add(report: &mut Report, notices: Vec<FileReport>) {
    report.files.extend(notices);
    report.files.sort_by(|a, b| a.path.cmp(&b.path));
}
