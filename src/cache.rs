//! What runs have found out of files, kept for the next one.
//!
//! What comes of a file is a function of its text, its language, the settings and the program (see [`crate::linter`]), so a
//! hash of these is the key. Neither paths nor times take part: a file that was moved, checked out anew or put back is still
//! known, and one that was changed within the same second is not.
//!
//! A cache is worth nothing but time. One that is damaged, or another program's, is as good as none, and whatever stands in
//! it is checked against the file's text before it is believed.

mod entry;
mod format;
mod key;
mod prune;
#[cfg(test)]
mod tests;

pub use entry::Found;
pub use key::{Key, Keys};
pub use prune::forget_unused;

use crate::diagnostic::Diagnostic;
use format::{Kind, Record, Stored};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use twox_hash::XxHash3_128;

/// The file in the folder of a cache.
const NAME: &str = "leaklint.cache";

/// What files begin with that are still being written.
const UNFINISHED: &str = ".leaklint-";

/// Bytes of the file at most; what was used longest ago goes first.
const MOST: usize = 32 * 1024 * 1024;

/// Days after which what no run has asked for is forgotten.
const KEPT: u16 = 30;

/// Days after which it is written down that something is still asked for: less often than on every run, and long before it
/// would be forgotten.
const NOTED: u16 = 7;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What came of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembered<F> {
    /// `bytes` is the length of its text.
    Clean {
        bytes: u32,
        parsed: bool,
    },
    /// Left out, as it looks minified.
    Minified,
    Found(F),
}

/// The cache of a run, shared by its threads.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    program: u128,
    today: u16,
    stored: Stored,
    /// For each record of `stored`, whether this run asked for it.
    used: Vec<AtomicBool>,
    fresh: Mutex<Vec<(Key, Fresh)>>,
}

#[derive(Debug)]
struct Fresh {
    kind: Kind,
    bytes: u32,
    found: Vec<u8>,
}

impl Cache {
    /// What is known by the cache in a folder, which need not exist.
    pub fn open(folder: &Path) -> Self {
        let days = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
            / DAY.as_secs();
        Self::open_as(folder, key::program(), u16::try_from(days).unwrap_or(u16::MAX))
    }

    fn open_as(folder: &Path, program: u128, today: u16) -> Self {
        let stored = read(&folder.join(NAME)).and_then(|bytes| Stored::new(bytes, program));
        let stored = stored.unwrap_or_default();
        let used = stored.records().iter().map(|_| AtomicBool::new(false)).collect();
        Self { folder: folder.to_owned(), program, today, stored, used, fresh: Mutex::default() }
    }

    /// What came of a file when it was last linted.
    pub fn find(&self, key: Key) -> Option<Remembered<Found<'_>>> {
        let at = self.stored.find(key)?;
        let record = self.stored.record(at)?;
        self.used.get(at)?.store(true, Ordering::Relaxed);
        Some(match record.kind {
            Kind::Unparsed => Remembered::Clean { bytes: record.bytes, parsed: false },
            Kind::Clean => Remembered::Clean { bytes: record.bytes, parsed: true },
            Kind::Minified => Remembered::Minified,
            Kind::Found => Remembered::Found(Found(record.found)),
        })
    }

    /// Remembers what came of a file. What cannot be written down is not remembered.
    pub fn keep(&self, key: Key, outcome: Remembered<&[Diagnostic]>) {
        let (kind, bytes, found) = match outcome {
            Remembered::Clean { bytes, parsed: false } => (Kind::Unparsed, bytes, Vec::new()),
            Remembered::Clean { bytes, parsed: true } => (Kind::Clean, bytes, Vec::new()),
            Remembered::Minified => (Kind::Minified, 0, Vec::new()),
            Remembered::Found(diagnostics) => match entry::write(diagnostics) {
                Some(found) => (Kind::Found, 0, found),
                None => return,
            },
        };
        let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        fresh.push((key, Fresh { kind, bytes, found }));
    }

    /// Writes the cache, if there is anything new to write: beside its place first, so that runs at the same time do not
    /// harm one another. The last one wins.
    ///
    /// # Errors
    /// What stands in the way, with the path.
    pub fn store(mut self) -> Result<(), String> {
        let fresh = std::mem::take(self.fresh.get_mut().unwrap_or_else(PoisonError::into_inner));
        let old = self.stored.records().len();
        let still_asked_for = |at: usize| {
            let is_used = self.used[at].load(Ordering::Relaxed);
            is_used && self.stored.record(at).is_some_and(|record| self.age(record.day) >= NOTED)
        };
        if fresh.is_empty() && !(0..old).any(still_asked_for) {
            return Ok(());
        }
        let new = fresh.iter().map(|(key, fresh)| {
            let Fresh { kind, bytes, found } = fresh;
            Record { key: *key, day: self.today, kind: *kind, bytes: *bytes, found }
        });
        let known = (0..old).filter_map(|at| {
            let record = self.stored.record(at)?;
            match self.used[at].load(Ordering::Relaxed) {
                true => Some(Record { day: self.today, ..record }),
                false if self.age(record.day) > KEPT => None,
                // A clock that went wrong makes nothing stay for ever.
                false => Some(Record { day: record.day.min(self.today), ..record }),
            }
        });
        let file = format::write(new.chain(known).collect(), self.program, MOST);
        write(&self.folder, &file)
            .map_err(|error| format!("{}: {error}", crate::walk::shown(&self.folder.join(NAME))))
    }

    fn age(&self, day: u16) -> u16 {
        self.today.saturating_sub(day)
    }
}

/// What the folder of a project's cache is called among those of others.
pub fn folder_name(root: &Path) -> String {
    format!("{:016x}", XxHash3_128::oneshot(root.as_os_str().as_encoded_bytes()) as u64)
}

/// The bytes of a plain file that is no larger than we write it. A link is not followed, and a pipe not waited for.
fn read(path: &Path) -> Option<Vec<u8>> {
    let size = std::fs::symlink_metadata(path).ok().filter(|meta| meta.is_file())?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(size).ok().filter(|size| *size <= MOST)? + 1);
    std::fs::File::open(path).ok()?.take(MOST as u64 + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() <= MOST).then_some(bytes)
}

fn write(folder: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if !folder.is_dir() {
        std::fs::create_dir_all(folder)?;
        // Nobody commits it by mistake.
        std::fs::write(folder.join(".gitignore"), "*\n")?;
    }
    prune::unfinished(folder);
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = builder.prefix(UNFINISHED).tempfile_in(folder)?;
    beside.write_all(bytes)?;
    beside.persist(folder.join(NAME)).map_err(|error| error.error)?;
    Ok(())
}
