//! Many files side by side: threads with large stacks, one guard per file, one sort at the end.

mod budget;
mod ordered;

pub use ordered::{Out, ordered};

use crate::cache::{Cache, Found, Key, Keys, Remembered};
use crate::diagnostic::Diagnostic;
use crate::kinds;
use crate::linter::{self, Linted};
use crate::obligations::trace::Decision;
use crate::read;
use crate::settings::Settings;
use crate::source::Span;
use crate::walk::{Content, File, WalkError};
use budget::Budget;
use rayon::prelude::*;
use std::num::NonZero;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Bytes of stack per worker. Pages are committed as they are touched, so only deep files pay; the bound on nesting is
/// set so that the deepest file that is parsed fits.
const STACK: usize = 1024 * 1024 * 1024;

/// By how much stacks, and the bound on nesting with them, are made smaller where the address space is too small.
const SHARES: [u32; 3] = [1, 4, 16];

/// More threads than this are of no use on any machine, and their stacks fill the address space.
const MAX_THREADS: usize = 256;

/// What the names of worker threads begin with. A panic there is caught and reported with its file.
pub const WORKER: &str = "leaklint-worker-";

/// A file in which there is something to report.
#[derive(Debug)]
pub struct FileReport {
    pub path: String,
    pub text: Arc<str>,
    pub diagnostics: Vec<Diagnostic>,
    pub decisions: Vec<Decision>,
}

/// What a run did, in numbers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Stats {
    pub files: u64,
    pub bytes: u64,
    /// Files that were parsed; the others can hold no finding.
    pub parsed: u64,
    /// Files left out since their content is minified.
    pub minified: u64,
}

/// The result of a run.
#[derive(Debug, Default)]
pub struct Report {
    /// Files with findings, sorted by path.
    pub files: Vec<FileReport>,
    /// Files that could not be read.
    pub errors: Vec<WalkError>,
    /// leaklint itself failed on some file.
    pub failed: bool,
    /// Findings that a baseline knows; they are not among those of the files.
    pub known: u64,
    pub stats: Stats,
}

enum Outcome {
    Clean { bytes: u64, parsed: bool },
    Minified,
    Found { report: FileReport, bytes: u64, failed: bool },
    Failed(WalkError),
}

/// What a run needs beside the rules' settings.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'c> {
    /// 0: as many as the machine has cores.
    pub threads: usize,
    /// What earlier runs have found out.
    pub cache: Option<&'c Cache>,
}

/// Lints files, each under the settings that hold for it.
///
/// # Errors
/// The system refuses to start threads.
pub fn run<'s>(
    mut files: Vec<File>,
    settings: impl Fn(&File) -> &'s Settings + Sync,
    options: Options<'_>,
) -> Result<Report, rayon::ThreadPoolBuildError> {
    // The largest first, so that no thread is left with one at the end.
    files.sort_by(|a, b| b.size.cmp(&a.size).then_with(|| a.shown.cmp(&b.shown)));
    let (pool, share) = pool(threads(options.threads, files.len()))?;
    let common = Common::new(options.cache, share);
    let lint = |file: &File| common.one(file, settings(file));
    let outcomes: Vec<Outcome> =
        pool.install(|| files.into_par_iter().with_max_len(1).map(|file| lint(&file)).collect());
    let mut report = Report::default();
    for outcome in outcomes {
        report.add(outcome);
    }
    report.files.sort_by(|a, b| a.path.cmp(&b.path));
    report.errors.sort();
    Ok(report)
}

/// Lints files one by one, with no more source in work at once than a run has, on however many threads.
#[derive(Debug, Default)]
pub struct Singles {
    budget: Budget,
}

impl Singles {
    /// Lints these bytes as one file, on a thread whose stack is as large as its settings bound the nesting for.
    pub fn lint(&self, file: &File, bytes: Vec<u8>, settings: &Settings) -> Report {
        let lint = || {
            let _room = self.budget.take(bytes.len() as u64);
            judged(bytes, file, settings)
        };
        let mut report = Report::default();
        report.add(too_large(file, settings).unwrap_or_else(lint));
        report
    }
}

/// How many threads are started: no more than there are files.
fn threads(asked: usize, files: usize) -> usize {
    let asked = match asked {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        asked => asked,
    };
    asked.min(files).clamp(1, MAX_THREADS)
}

/// Threads with the largest stacks that the address space has room for, and by how much these are smaller than usual.
fn pool(threads: usize) -> Result<(rayon::ThreadPool, u32), rayon::ThreadPoolBuildError> {
    let space = address_space().unwrap_or(usize::MAX);
    let mut tried = None;
    for share in SHARES {
        let stack = STACK / share as usize;
        // The other half is for everything else; the smallest stacks are tried in any case.
        if stack.saturating_mul(threads) > space / 2 && Some(&share) != SHARES.last() {
            continue;
        }
        let builder = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(stack);
        match builder.thread_name(|at| format!("{WORKER}{at}")).build() {
            Ok(pool) => return Ok((pool, share)),
            Err(error) => tried = Some(error),
        }
    }
    match tried {
        // One thread may be granted where many are refused.
        Some(error) if threads == 1 => Err(error),
        _ => pool(1),
    }
}

/// The limit on this process's address space, where the system tells one.
fn address_space() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

impl Report {
    fn add(&mut self, outcome: Outcome) {
        self.stats.files += 1;
        match outcome {
            Outcome::Clean { bytes, parsed } => {
                self.stats.bytes += bytes;
                self.stats.parsed += u64::from(parsed);
            }
            Outcome::Minified => self.stats.minified += 1,
            Outcome::Found { report, bytes, failed } => {
                self.stats.bytes += bytes;
                self.stats.parsed += 1;
                self.failed |= failed;
                self.files.push(report);
            }
            Outcome::Failed(error) => self.errors.push(error),
        }
    }
}

/// What the threads of a run share.
struct Common<'c> {
    cache: Option<&'c Cache>,
    keys: Keys,
    budget: Budget,
    /// By how much stacks are smaller than usual: less depth is safe there.
    share: u32,
}

impl<'c> Common<'c> {
    fn new(cache: Option<&'c Cache>, share: u32) -> Self {
        Self { cache, keys: Keys::default(), budget: Budget::default(), share }
    }

    fn one(&self, file: &File, settings: &Settings) -> Outcome {
        if let Some(outcome) = too_large(file, settings) {
            return outcome;
        }
        let bytes = match &file.content {
            Content::Disk => read::file(&file.path, file.size),
            Content::Given(bytes) => Ok(bytes.to_vec()),
        };
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => {
                let path = file.shown.clone();
                return Outcome::Failed(WalkError { path, message: error.to_string() });
            }
        };
        let Some((cache, key)) = self.key(&bytes, file, settings) else {
            return self.judged(bytes, file, settings);
        };
        if let Some(outcome) = cache.find(key).and_then(|known| remembered(known, file, &bytes)) {
            return outcome;
        }
        let outcome = self.judged(bytes, file, settings);
        if let Some(known) = memorable(&outcome) {
            cache.keep(key, known);
        }
        outcome
    }

    fn max_nesting(&self, settings: &Settings) -> u32 {
        settings.max_nesting / self.share
    }

    /// By what a file is known, where anything is remembered.
    fn key(&self, bytes: &[u8], file: &File, settings: &Settings) -> Option<(&Cache, Key)> {
        let cache = self.cache?;
        let key = self.keys.key(bytes, file.language, settings, self.max_nesting(settings))?;
        Some((cache, key))
    }

    /// Lints the bytes of a file, when there is room for it.
    fn judged(&self, bytes: Vec<u8>, file: &File, settings: &Settings) -> Outcome {
        let _room = self.budget.take(bytes.len() as u64);
        if self.share == 1 {
            return judged(bytes, file, settings);
        }
        let bounded = Settings { max_nesting: self.max_nesting(settings), ..settings.clone() };
        judged(bytes, file, &bounded)
    }
}

/// What comes of a file that is larger than is linted.
fn too_large(file: &File, settings: &Settings) -> Option<Outcome> {
    if file.size <= settings.max_file_size {
        return None;
    }
    let mut linted = Linted::default();
    let message =
        format!("not linted: {} bytes are more than the limit of {}", file.size, settings.max_file_size);
    linted.notice("file-too-large", Span::default(), message, "", settings);
    Some(found(file, String::new(), linted, false))
}

/// What is known of a file as what came of it, if it can be that.
fn remembered(known: Remembered<Found<'_>>, file: &File, bytes: &[u8]) -> Option<Outcome> {
    Some(match known {
        Remembered::Clean { bytes, parsed } => Outcome::Clean { bytes: u64::from(bytes), parsed },
        Remembered::Minified => Outcome::Minified,
        Remembered::Found(found) => {
            let text = read::decode(bytes.to_vec()).ok()?;
            let diagnostics = found.diagnostics(&text)?;
            self::found(file, text, Linted { diagnostics, ..Linted::default() }, false)
        }
    })
}

/// What the next run may know of a file. An error may be gone by then, decisions are not asked for twice, and what is no text
/// has no places to check.
fn memorable(outcome: &Outcome) -> Option<Remembered<&[Diagnostic]>> {
    match outcome {
        Outcome::Clean { bytes, parsed } => {
            Some(Remembered::Clean { bytes: u32::try_from(*bytes).ok()?, parsed: *parsed })
        }
        Outcome::Minified => Some(Remembered::Minified),
        Outcome::Found { report, failed: false, .. } if !report.text.is_empty() => {
            report.decisions.is_empty().then_some(Remembered::Found(&report.diagnostics))
        }
        Outcome::Found { .. } | Outcome::Failed(_) => None,
    }
}

/// Lints the bytes of a file.
fn judged(bytes: Vec<u8>, file: &File, settings: &Settings) -> Outcome {
    let mut linted = Linted::default();
    let text = match read::decode(bytes) {
        Ok(text) => text,
        Err(problem) => {
            linted.notice("not-text", Span::default(), problem.words(), "", settings);
            return found(file, String::new(), linted, false);
        }
    };
    if !settings.minified && kinds::looks_minified(&text) {
        return Outcome::Minified;
    }
    let (linted, failed) = guarded(&text, file, settings);
    if linted.diagnostics.is_empty() && linted.decisions.is_empty() {
        return Outcome::Clean { bytes: text.len() as u64, parsed: linted.parsed };
    }
    found(file, text, linted, failed)
}

fn found(file: &File, text: String, linted: Linted, failed: bool) -> Outcome {
    if linted.diagnostics.is_empty() && linted.decisions.is_empty() {
        return Outcome::Clean { bytes: text.len() as u64, parsed: linted.parsed };
    }
    let report = FileReport {
        path: file.shown.clone(),
        text: text.into(),
        diagnostics: linted.diagnostics,
        decisions: linted.decisions,
    };
    let bytes = report.text.len() as u64;
    Outcome::Found { report, bytes, failed }
}

/// Lints one text behind a guard: a panic becomes a diagnostic, and the run goes on.
pub fn guarded(text: &str, file: &File, settings: &Settings) -> (Linted, bool) {
    let attempt = std::panic::catch_unwind(AssertUnwindSafe(|| linter::lint(text, file.language, settings)));
    match attempt {
        Ok(linted) => (linted, false),
        Err(panic) => {
            let mut linted = Linted { parsed: true, ..Linted::default() };
            let reason = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "no reason given".to_owned());
            let message = format!("not linted: leaklint failed on this file ({reason})");
            linted.notice("internal-error", Span::default(), message, "", settings);
            (linted, true)
        }
    }
}
