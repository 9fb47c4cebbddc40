//! Where baselines lie, and what stands in them.

use crate::baseline::{self, Baseline, Tally};
use crate::config::Finder;
use crate::{read, walk};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One baseline with its file.
pub(super) struct Ledger {
    pub path: PathBuf,
    /// As shown.
    pub name: String,
    /// Without links.
    pub folder: PathBuf,
    pub text: String,
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

/// Looks into each folder once.
pub(super) struct Search {
    pub ledgers: Vec<Arc<Ledger>>,
    /// Files that have no baseline get one to be written.
    creates: bool,
    /// One that was named for all files.
    everywhere: Option<usize>,
    finder: Finder,
    /// By folder without links.
    folders: FxHashMap<PathBuf, Option<usize>>,
}

impl Search {
    /// Reads the baseline that is named, if one is.
    ///
    /// # Errors
    /// It cannot be read, or is wrong, with the place.
    pub(super) fn new(at: Where<'_>) -> Result<Self, String> {
        let creates = matches!(at, Where::NearestOrNew | Where::AtOrNew(_));
        let (ledgers, finder, folders) = (Vec::new(), Finder::new(inside), FxHashMap::default());
        let mut search = Self { ledgers, creates, everywhere: None, finder, folders };
        search.everywhere = match at {
            Where::Nearest | Where::NearestOrNew => None,
            Where::AtOrNew(path) if !path.exists() => Some(search.add(Ledger::empty(path))),
            Where::At(path) | Where::AtOrNew(path) => Some(search.add(Ledger::open(path)?)),
        };
        Ok(search)
    }

    /// The baseline of the files in a folder, which is absolute and without links.
    ///
    /// # Errors
    /// It cannot be read, or is wrong, with the place.
    pub(super) fn of_folder(&mut self, folder: &Path) -> Result<Option<usize>, String> {
        if let Some(known) = self.everywhere.map(Some).or_else(|| self.folders.get(folder).copied()) {
            return Ok(known);
        }
        let found = match self.finder.of_folder(folder)? {
            Some(path) => Some(match self.ledgers.iter().position(|ledger| ledger.path == path) {
                Some(known) => known,
                None => self.add(Ledger::open(&path)?),
            }),
            None if self.creates => Some(self.create(folder)),
            None => None,
        };
        self.folders.insert(folder.to_owned(), found);
        Ok(found)
    }

    /// Looks into all folders anew; what was read stays.
    pub(super) fn forget_folders(&mut self) {
        self.finder = Finder::new(inside);
        self.folders.clear();
    }

    /// One to be written at the root of a folder's repository; without one in the current folder, if the folder lies in that.
    fn create(&mut self, folder: &Path) -> usize {
        let here = walk::real(Path::new("."));
        let root = walk::repository(folder).or_else(|| folder.starts_with(&here).then_some(here.as_path()));
        let path = root.unwrap_or(folder).join(baseline::NAME);
        let known = self.ledgers.iter().position(|ledger| ledger.path == path);
        known.unwrap_or_else(|| self.add(Ledger::empty(&path)))
    }

    fn add(&mut self, ledger: Ledger) -> usize {
        self.ledgers.push(Arc::new(ledger));
        self.ledgers.len() - 1
    }
}

/// The baseline that lies in a folder.
pub(super) fn inside(folder: &Path) -> Result<Option<PathBuf>, String> {
    let path = folder.join(baseline::NAME);
    Ok(path.is_file().then_some(path))
}
