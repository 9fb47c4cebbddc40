//! Findings that are known and not reported: what a code base had when leaklint was switched on in it.
//!
//! A finding is known by its fingerprint, which holds no line numbers, and by how often that occurs in its file: a second
//! copy of the same leak is new.

mod file;

pub use file::{NAME, read, write};

use crate::diagnostic::Diagnostic;
use crate::fingerprint::fingerprint;
use crate::walk;
use rustc_hash::FxHashMap;
use std::path::{Component, Path, PathBuf};

/// Equal findings of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Of the file, relative to the folder of the baseline, with `/`.
    pub path: String,
    pub rule: String,
    /// The names around it, for readers and for files that were moved; empty at the top of a file.
    pub scopes: String,
    /// See [`fingerprint`].
    pub id: String,
    /// How many there are.
    pub count: u32,
}

impl Entry {
    /// One finding of a file.
    pub fn of(diagnostic: &Diagnostic, path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            rule: diagnostic.rule.to_owned(),
            scopes: diagnostic.anchor.scopes.clone(),
            id: fingerprint(diagnostic, path, text),
            count: 1,
        }
    }
}

/// The entries of one baseline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// Sorted, no two with the same fingerprint.
    entries: Vec<Entry>,
}

impl Baseline {
    /// From entries in any order. Of two with one fingerprint, which a merge may leave, the larger count holds.
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| (&a.id, b.count).cmp(&(&b.id, a.count)));
        entries.dedup_by(|later, first| later.id == first.id);
        entries.sort();
        Self { entries }
    }

    /// In order of path, rule and scopes.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// How the baseline in a folder calls a file; both are absolute and without links.
pub fn relative(folder: &Path, file: &Path) -> String {
    let common = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return walk::shown(file);
    }
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    walk::shown(&up.chain(file.components().skip(common)).collect::<PathBuf>())
}

/// The findings of a file, and its place.
#[derive(Clone, Copy)]
pub struct Findings<'a> {
    /// Relative to the folder of the baseline, with `/`.
    pub path: &'a str,
    pub text: &'a str,
    pub diagnostics: &'a [Diagnostic],
    /// For each of them whether a change brought it, where that is known.
    pub brought: Option<&'a [bool]>,
}

/// What a run found of one baseline.
pub struct Tally<'b> {
    entries: &'b [Entry],
    by_id: FxHashMap<&'b str, usize>,
    /// Entries by rule and scopes: where to look for those of files that were moved.
    alike: FxHashMap<(&'b str, &'b str), Vec<usize>>,
    is_gone: Box<dyn Fn(&str) -> bool + 'b>,
    /// What that said.
    gone: FxHashMap<&'b str, bool>,
    /// By entry: how many were found.
    found: Vec<u32>,
}

impl<'b> Tally<'b> {
    /// Nothing is found yet; `is_gone` says of a path whether no file is there any more, and is asked only where that matters.
    pub fn new(baseline: &'b Baseline, is_gone: impl Fn(&str) -> bool + 'b) -> Self {
        let entries = baseline.entries.as_slice();
        let mut alike: FxHashMap<_, Vec<usize>> = FxHashMap::default();
        for (at, entry) in entries.iter().enumerate() {
            alike.entry((entry.rule.as_str(), entry.scopes.as_str())).or_default().push(at);
        }
        let by_id = entries.iter().enumerate().map(|(at, entry)| (entry.id.as_str(), at)).collect();
        let (is_gone, found) = (Box::new(is_gone), vec![0; entries.len()]);
        Self { entries, by_id, alike, is_gone, gone: FxHashMap::default(), found }
    }

    /// Which findings of a file are known: by entry, or `None`.
    ///
    /// If there are more than are known, those that a change brought are the new ones, then those that stand last.
    pub fn known(&mut self, findings: Findings<'_>) -> Vec<Option<usize>> {
        let mut known = vec![None; findings.diagnostics.len()];
        let mut order: Vec<usize> = (0..known.len()).collect();
        if let Some(brought) = findings.brought {
            order.sort_by_key(|at| brought[*at]);
        }
        for at in order {
            let diagnostic = &findings.diagnostics[at];
            let id = fingerprint(diagnostic, findings.path, findings.text);
            let entry = match self.by_id.get(id.as_str()) {
                Some(entry) => Some(*entry),
                None => self.moved(diagnostic, findings.text),
            };
            known[at] = entry.filter(|entry| self.take(*entry));
        }
        known
    }

    /// Whether more findings of a file have one fingerprint than are known, so that it matters which of them are new.
    pub fn is_ambiguous(&self, findings: Findings<'_>) -> bool {
        let mut counts: FxHashMap<usize, u32> = FxHashMap::default();
        for diagnostic in findings.diagnostics {
            let id = fingerprint(diagnostic, findings.path, findings.text);
            if let Some(entry) = self.by_id.get(id.as_str()) {
                *counts.entry(*entry).or_default() += 1;
            }
        }
        counts.into_iter().any(|(entry, count)| count > self.entries[entry].count)
    }

    /// The entry of a file that was moved: under its path the finding would be known, and no file is there any more.
    fn moved(&mut self, diagnostic: &Diagnostic, text: &str) -> Option<usize> {
        let key = (diagnostic.rule, diagnostic.anchor.scopes.as_str());
        let Self { entries, alike, is_gone, gone, found, .. } = self;
        let fits = |at: &&usize| {
            let entry = &entries[**at];
            found[**at] < entry.count
                && *gone.entry(&entry.path).or_insert_with(|| is_gone(&entry.path))
                && fingerprint(diagnostic, &entry.path, text) == entry.id
        };
        alike.get(&key)?.iter().find(fits).copied()
    }

    fn take(&mut self, entry: usize) -> bool {
        let left = self.found[entry] < self.entries[entry].count;
        self.found[entry] += u32::from(left);
        left
    }

    /// Each entry with how many of its findings were found.
    pub fn counts(&self) -> impl Iterator<Item = (&'b Entry, u32)> {
        self.entries.iter().zip(self.found.iter().copied())
    }
}

#[cfg(test)]
mod tests;
