//! Which configuration holds for a file: the nearest one, from the file's folder up to the root of its repository.

use super::locate;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// Looks into each folder once, and into none that no file asks for.
#[derive(Debug, Default)]
pub struct Finder {
    /// By folder without links.
    known: FxHashMap<PathBuf, Option<PathBuf>>,
}

impl Finder {
    /// The configuration of the files in a folder, which must be absolute and without links: `src/..` has other parents
    /// than it seems.
    ///
    /// # Errors
    /// A folder on the way holds two of them.
    pub fn of_folder(&mut self, folder: &Path) -> Result<Option<PathBuf>, String> {
        let mut passed = Vec::new();
        let mut found = None;
        for at in folder.ancestors() {
            if let Some(known) = self.known.get(at) {
                found = known.clone();
                break;
            }
            passed.push(at.to_owned());
            found = locate::inside(at)?;
            if found.is_some() || at.join(".git").exists() {
                break;
            }
        }
        self.known.extend(passed.into_iter().map(|folder| (folder, found.clone())));
        Ok(found)
    }
}

/// A folder, absolute and without links. That of an editor's buffer need not exist yet.
pub fn resolved(folder: &Path) -> PathBuf {
    std::fs::canonicalize(folder)
        .or_else(|_| std::path::absolute(folder))
        .unwrap_or_else(|_| folder.to_owned())
}
