//! What is known: the baselines of a run's files, and what they say of its report.

use super::brought::Brought;
use crate::baseline::{self, Baseline, Entry, Findings, Tally};
use crate::config::{Finder, Resolver};
use crate::diagnostic::Diagnostic;
use crate::read;
use crate::rules;
use crate::runner::{FileReport, Report};
use crate::settings::Settings;
use crate::source::Span;
use crate::walk::{self, File};
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};

/// The baselines of a run.
#[derive(Default)]
pub(super) struct Known {
    pub ledgers: Vec<Ledger>,
    /// By shown path of a file: its baseline, and how that calls it.
    places: FxHashMap<String, (usize, String)>,
}

/// One baseline with its file.
pub(super) struct Ledger {
    pub path: PathBuf,
    /// As shown.
    pub name: String,
    /// Without links.
    folder: PathBuf,
    text: String,
    pub baseline: Baseline,
    pub exists: bool,
}

impl Ledger {
    fn open(path: &Path) -> Result<Self, String> {
        let ledger = Self::empty(path);
        let name = &ledger.name;
        let bytes = std::fs::read(path).map_err(|error| format!("{name}: {}", walk::describe(&error)))?;
        let text = read::decode(bytes).map_err(|_| format!("{name}: this is no text"))?;
        let baseline = baseline::read(name, &text).map_err(|error| error.to_string())?;
        Ok(Self { text, baseline, exists: true, ..ledger })
    }

    /// One that is still to be written.
    fn empty(path: &Path) -> Self {
        let real = walk::real(path);
        let here = walk::real(Path::new("."));
        let name = walk::shown(real.strip_prefix(here).unwrap_or(path));
        let folder = real.parent().unwrap_or(&real).to_owned();
        let (path, text, baseline) = (path.to_owned(), String::new(), Baseline::default());
        Self { path, name, folder, text, baseline, exists: false }
    }

    /// Whether no file is there any more by a name of the baseline.
    pub(super) fn is_gone(&self, path: &str) -> bool {
        std::fs::symlink_metadata(self.folder.join(path)).is_err()
    }

    /// Starts to count.
    pub(super) fn tally(&self) -> Tally<'_> {
        Tally::new(&self.baseline, |path| self.is_gone(path))
    }
}

/// Where baselines are looked for.
#[derive(Clone, Copy)]
pub(super) enum Where<'a> {
    /// For each file the nearest one upwards, as far as the root of its repository.
    Nearest,
    /// The same; a file without one gets one to be written at that root, or in the current folder.
    NearestOrNew,
    /// One for all files.
    At(&'a Path),
    /// One for all files, which need not exist.
    AtOrNew(&'a Path),
}

impl Known {
    /// Finds and reads the baselines of files.
    ///
    /// # Errors
    /// A baseline cannot be read, or is wrong, with the place.
    pub(super) fn of(files: &[File], at: Where<'_>) -> Result<Self, String> {
        let mut known = Self::default();
        let everywhere = match at {
            Where::At(path) => Some(known.add(Ledger::open(path)?)),
            Where::AtOrNew(path) if path.exists() => Some(known.add(Ledger::open(path)?)),
            Where::AtOrNew(path) => Some(known.add(Ledger::empty(path))),
            Where::Nearest | Where::NearestOrNew => None,
        };
        let (mut finder, mut resolver) = (Finder::new(inside), Resolver::default());
        let mut opened: FxHashMap<PathBuf, usize> = FxHashMap::default();
        let mut folders: FxHashMap<&Path, (PathBuf, Option<usize>)> = FxHashMap::default();
        for file in files {
            let folder = file.path.parent().unwrap_or(Path::new(""));
            if !folders.contains_key(folder) {
                let real = resolver.resolve(folder);
                let path = match (everywhere, finder.of_folder(&real)?) {
                    (Some(_), _) => None,
                    (None, None) if matches!(at, Where::NearestOrNew) => Some(new_path(&real)),
                    (None, path) => path,
                };
                let ledger = match path {
                    None => everywhere,
                    Some(path) => Some(match opened.get(&path) {
                        Some(ledger) => *ledger,
                        None => {
                            let ledger =
                                if path.exists() { Ledger::open(&path)? } else { Ledger::empty(&path) };
                            let ledger = known.add(ledger);
                            opened.insert(path, ledger);
                            ledger
                        }
                    }),
                };
                folders.insert(folder, (real, ledger));
            }
            let (real, ledger) = &folders[folder];
            if let (Some(ledger), Some(name)) = (*ledger, file.path.file_name()) {
                let path = baseline::relative(&known.ledgers[ledger].folder, &real.join(name));
                known.places.insert(file.shown.clone(), (ledger, path));
            }
        }
        Ok(known)
    }

    fn add(&mut self, ledger: Ledger) -> usize {
        self.ledgers.push(ledger);
        self.ledgers.len() - 1
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
        let tallies: Vec<Tally<'_>> = self.ledgers.iter().map(Ledger::tally).collect();
        let findings = report.files.iter().filter_map(|file| self.findings(file, None));
        findings.into_iter().any(|(ledger, findings)| tallies[ledger].is_ambiguous(findings))
    }

    /// Compares a report with the baselines.
    pub(super) fn compare(&self, report: &Report, brought: Option<&Brought>) -> Compared<'_> {
        let mut tallies: Vec<Tally<'_>> = self.ledgers.iter().map(Ledger::tally).collect();
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

/// The baseline of a folder.
pub(super) fn inside(folder: &Path) -> Result<Option<PathBuf>, String> {
    let path = folder.join(baseline::NAME);
    Ok(path.is_file().then_some(path))
}

/// Where the baseline of a folder is written first: at the root of its repository; without one in the current folder, if the
/// folder lies in that.
fn new_path(folder: &Path) -> PathBuf {
    let here = walk::real(Path::new("."));
    let root = walk::repository(folder).or_else(|| folder.starts_with(&here).then_some(here.as_path()));
    root.unwrap_or(folder).join(baseline::NAME)
}
