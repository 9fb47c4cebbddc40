//! Which configuration holds for a file: the nearest one, from the file's folder up to the root of its repository.

use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// Names under which a configuration is found.
const NAMES: [&str; 2] = ["leaklint.jsonc", "leaklint.json"];

/// Looks into each folder once.
#[derive(Debug, Default)]
pub struct Finder {
    known: FxHashMap<PathBuf, Option<PathBuf>>,
}

impl Finder {
    /// The configuration of the files in a folder.
    ///
    /// # Errors
    /// A folder on the way holds two of them.
    pub fn of_folder(&mut self, folder: &Path) -> Result<Option<PathBuf>, String> {
        // `src/..` has other parents than it seems. The folder of a buffer need not exist yet.
        let folder = std::fs::canonicalize(folder)
            .or_else(|_| std::path::absolute(folder))
            .unwrap_or_else(|_| folder.to_owned());
        let mut passed = Vec::new();
        let mut found = None;
        for at in folder.ancestors() {
            if let Some(known) = self.known.get(at) {
                found = known.clone();
                break;
            }
            passed.push(at.to_owned());
            found = inside(at)?;
            if found.is_some() || at.join(".git").exists() {
                break;
            }
        }
        self.known.extend(passed.into_iter().map(|folder| (folder, found.clone())));
        Ok(found)
    }
}

fn inside(folder: &Path) -> Result<Option<PathBuf>, String> {
    let mut present = NAMES.iter().map(|name| folder.join(name)).filter(|path| path.is_file());
    match (present.next(), present.next()) {
        (Some(_), Some(_)) => {
            Err(format!("{}: both {} and {}; keep one", folder.display(), NAMES[0], NAMES[1]))
        }
        (only, _) => Ok(only),
    }
}
