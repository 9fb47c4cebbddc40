//! What is known: the baselines of a run's files, and what they say of its report.

use super::brought::Brought;
use super::ledger::{Ledger, Search, Where};
use crate::baseline::{self, Entry, Findings, Tally};
use crate::config::{Resolver, folder_of};
use crate::diagnostic::Diagnostic;
use crate::rules;
use crate::runner::{FileReport, Report};
use crate::settings::Settings;
use crate::source::Span;
use crate::walk::File;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The baselines of a run.
#[derive(Default)]
pub(super) struct Known {
    pub ledgers: Vec<Arc<Ledger>>,
    /// By shown path of a file: its baseline, and how that calls it.
    places: FxHashMap<String, (usize, String)>,
}

impl Known {
    /// Finds and reads the baselines of files.
    ///
    /// # Errors
    /// A baseline cannot be read, or is wrong, with the place.
    pub(super) fn of(files: &[File], at: Where<'_>) -> Result<Self, String> {
        let mut search = Search::new(at)?;
        let mut resolver = Resolver::default();
        let mut places = FxHashMap::default();
        let mut folders: FxHashMap<&OsStr, Option<(usize, PathBuf)>> = FxHashMap::default();
        for file in files {
            let folder = folder_of(&file.path);
            let known = match folders.get(folder.as_os_str()) {
                Some(known) => known,
                None => {
                    let real = resolver.resolve(folder);
                    let known = search.of_folder(&real)?.map(|ledger| (ledger, real));
                    folders.entry(folder.as_os_str()).or_insert(known)
                }
            };
            if let (Some((ledger, folder)), Some(name)) = (known, file.path.file_name()) {
                let path = baseline::relative(&search.ledgers[*ledger].folder, &folder.join(name));
                places.insert(file.shown.clone(), (*ledger, path));
            }
        }
        Ok(Self { ledgers: search.ledgers, places })
    }

    /// What its baseline knows of one file, if it has one.
    ///
    /// # Errors
    /// See [`Known::of`].
    pub(super) fn of_one(file: &File, folder: &Path, search: &mut Search) -> Result<Self, String> {
        let (Some(ledger), Some(name)) = (search.of_folder(folder)?, file.path.file_name()) else {
            return Ok(Self::default());
        };
        let ledger = Arc::clone(&search.ledgers[ledger]);
        let path = baseline::relative(&ledger.folder, &folder.join(name));
        Ok(Self { ledgers: vec![ledger], places: FxHashMap::from_iter([(file.shown.clone(), (0, path))]) })
    }

    /// Whether there is nothing to compare: no findings, and none known of these files.
    pub(super) fn is_silent(&self, report: &Report) -> bool {
        let mentions = |(ledger, path): &(usize, String)| {
            self.ledgers[*ledger].baseline.entries().iter().any(|entry| entry.path == *path)
        };
        report.files.is_empty() && !self.places.values().any(mentions)
    }

    /// Which baseline a file of the report has, and its findings as that counts them.
    pub(super) fn findings<'a>(
        &'a self,
        file: &'a FileReport,
        brought: Option<&'a [bool]>,
    ) -> Option<(usize, Findings<'a>)> {
        let (ledger, path) = self.places.get(&file.path)?;
        Some((*ledger, Findings { path, text: &file.text, diagnostics: &file.diagnostics, brought }))
    }

    /// Whether it matters which findings a change brought: some file has more of one kind than are known.
    pub(super) fn is_ambiguous(&self, report: &Report) -> bool {
        let tallies: Vec<Tally<'_>> = self.ledgers.iter().map(|ledger| ledger.tally()).collect();
        let findings = report.files.iter().filter_map(|file| self.findings(file, None));
        findings.into_iter().any(|(ledger, findings)| tallies[ledger].is_ambiguous(findings))
    }

    /// Compares a report with the baselines.
    pub(super) fn compare(&self, report: &Report, brought: Option<&Brought>) -> Compared<'_> {
        let mut tallies: Vec<Tally<'_>> = self.ledgers.iter().map(|ledger| ledger.tally()).collect();
        let of_file = |(at, file): (usize, &FileReport)| {
            let brought = brought.map(|brought| brought[at].as_slice());
            match self.findings(file, brought) {
                Some((ledger, findings)) => tallies[ledger].known(findings),
                None => vec![None; file.diagnostics.len()],
            }
        };
        let entries = report.files.iter().enumerate().map(of_file).collect();
        Compared { entries, tallies }
    }

    /// The files of each baseline of which a run can say that an entry is gone: they were linted, whole.
    fn judged<'a>(&'a self, report: &'a Report) -> FxHashMap<(usize, &'a str), &'a str> {
        let is_partial = |file: &&FileReport| file.diagnostics.iter().any(|one| rules::is_unlinted(one.rule));
        let partial = report.files.iter().filter(is_partial).map(|file| file.path.as_str());
        let unread: FxHashSet<&str> =
            report.errors.iter().map(|error| error.path.as_str()).chain(partial).collect();
        let whole = self.places.iter().filter(|(shown, _)| !unread.contains(shown.as_str()));
        whole.map(|(shown, (ledger, path))| ((*ledger, path.as_str()), shown.as_str())).collect()
    }

    /// The first file of a baseline: what holds for it holds for one that is gone.
    fn first_of(&self, ledger: usize) -> Option<&str> {
        let of_ledger = self.places.iter().filter(|(_, (of, _))| *of == ledger);
        of_ledger.map(|(shown, _)| shown.as_str()).min()
    }

    /// The entries of which fewer were found than are known, with how many were: those of files that were linted, by rules
    /// that ran, and those of files that are gone from below one of some folders.
    pub(super) fn stale<'a>(
        &'a self,
        report: &Report,
        compared: &Compared<'a>,
        settings: impl Fn(&str) -> Option<&'a Settings>,
        folders: &[PathBuf],
    ) -> Vec<Stale<'a>> {
        let judged = self.judged(report);
        let mut stale = Vec::new();
        for (at, (ledger, tally)) in self.ledgers.iter().zip(&compared.tallies).enumerate() {
            let mut first = None;
            for (entry, found) in tally.counts().filter(|(entry, found)| *found < entry.count) {
                let linted = judged.get(&(at, entry.path.as_str())).and_then(|shown| settings(shown));
                let runs = linted.is_some_and(|settings| settings.is_enabled(&entry.rule));
                let below =
                    || folders.iter().any(|folder| ledger.folder.join(&entry.path).starts_with(folder));
                if runs || below() && ledger.is_gone(&entry.path) {
                    let settings =
                        linted.or_else(|| settings((*first.get_or_insert_with(|| self.first_of(at)))?));
                    stale.push(Stale { ledger: at, entry, found, settings });
                }
            }
        }
        stale
    }

    /// Notices about entries that are stale, a file for each baseline.
    pub(super) fn notices(&self, stale: &[Stale<'_>], otherwise: &Settings) -> Vec<FileReport> {
        let mut files: Vec<FileReport> = Vec::new();
        for Stale { ledger, entry, found, settings } in stale {
            let ledger = &self.ledgers[*ledger];
            let Some(severity) = rules::notice_severity(settings.unwrap_or(otherwise), STALE) else {
                continue;
            };
            let mut notice =
                Diagnostic::notice(STALE, line_of(&ledger.text, &entry.id), words(entry, *found), "known");
            notice.severity = severity;
            match files.iter_mut().find(|file| file.path == ledger.name) {
                Some(file) => file.diagnostics.push(notice),
                None => files.push(FileReport {
                    path: ledger.name.clone(),
                    text: ledger.text.as_str().into(),
                    diagnostics: vec![notice],
                    decisions: Vec::new(),
                }),
            }
        }
        files
    }
}

const STALE: &str = "stale-baseline";

/// An entry of which fewer were found than are known.
pub(super) struct Stale<'a> {
    pub ledger: usize,
    pub entry: &'a Entry,
    pub found: u32,
    /// Those of its file, or of another one of the baseline if it is gone.
    settings: Option<&'a Settings>,
}

/// What came of a comparison.
pub(super) struct Compared<'k> {
    /// For each file and finding of the report, the entry by which it is known.
    pub entries: Vec<Vec<Option<usize>>>,
    pub tallies: Vec<Tally<'k>>,
}

fn words(entry: &Entry, found: u32) -> String {
    let Entry { rule, path, count, .. } = entry;
    let what = match found {
        0 => "nothing".to_owned(),
        found => format!("only {found} of {count}"),
    };
    format!("{what} of this is left: `{rule}` in {path}; `leaklint baseline --prune` takes it out")
}

/// The line of an entry, without its indentation.
fn line_of(text: &str, id: &str) -> Span {
    let Some(at) = text.find(id) else {
        return Span::default();
    };
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    let line = &text[start..end];
    let start = start + line.len() - line.trim_start().len();
    Span::new(start as u32, (start + line.trim().trim_end_matches(',').len()) as u32)
}
