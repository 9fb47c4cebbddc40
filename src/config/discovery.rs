//! Which configuration holds for a file, and which baseline: the nearest one, from the file's folder up to the root of its
//! repository.

use crate::walk;
use rustc_hash::FxHashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What is looked for in a folder, or why that cannot be said.
type Inside = Result<Option<PathBuf>, String>;

/// Looks into each folder once, and into none that no file asks for.
#[derive(Debug)]
pub struct Finder {
    inside: fn(&Path) -> Inside,
    /// By folder without links. Their bytes are faster to compare than their parts.
    known: FxHashMap<OsString, Inside>,
}

impl Finder {
    /// Looks for what `inside` finds in a folder.
    pub fn new(inside: fn(&Path) -> Inside) -> Self {
        Self { inside, known: FxHashMap::default() }
    }

    /// What holds for the files in a folder, which must be absolute and without links: `src/..` has other parents than it
    /// seems.
    ///
    /// # Errors
    /// Of the nearest folder for which it cannot be said.
    pub fn of_folder(&mut self, folder: &Path) -> Inside {
        let mut passed = Vec::new();
        let mut found = Ok(None);
        for at in folder.ancestors() {
            if let Some(known) = self.known.get(at.as_os_str()) {
                found = known.clone();
                break;
            }
            passed.push(at.into());
            found = (self.inside)(at);
            // Where there is nothing above, it makes no difference whether a repository begins here.
            let above = at.parent().and_then(|above| self.known.get(above.as_os_str()));
            if found != Ok(None) || above == Some(&Ok(None)) || at.join(".git").exists() {
                break;
            }
        }
        self.known.extend(passed.into_iter().map(|folder| (folder, found.clone())));
        found
    }
}

/// Makes the paths of folders absolute and free of links, asking the system once for each folder.
#[derive(Debug, Default)]
pub struct Resolver {
    known: FxHashMap<OsString, PathBuf>,
}

impl Resolver {
    /// A folder, absolute and without links. That of an editor's buffer need not exist yet.
    pub fn resolve(&mut self, folder: &Path) -> PathBuf {
        if let Some(known) = self.known.get(folder.as_os_str()) {
            return known.clone();
        }
        let path = self.below_its_parent(folder).unwrap_or_else(|| walk::real(folder));
        self.known.insert(folder.into(), path.clone());
        path
    }

    /// `a/b` from what is known of `a`, if `b` is a plain folder.
    fn below_its_parent(&mut self, folder: &Path) -> Option<PathBuf> {
        let (parent, name) = (folder.parent()?, folder.file_name()?);
        if parent.as_os_str().is_empty() || !std::fs::symlink_metadata(folder).ok()?.is_dir() {
            return None;
        }
        Some(self.resolve(parent).join(name))
    }
}

/// The folder of a file, as the file's path has it.
pub fn folder_of(file: &Path) -> &Path {
    // Asked for every file again and again: plain paths are not taken apart for it.
    if let Some((folder, name)) = file.to_str().and_then(|path| path.rsplit_once('/'))
        && is_plain(name)
        && is_plain(folder.rsplit('/').next().unwrap_or_default())
    {
        return Path::new(folder);
    }
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Whether a part of a path is one name, whatever the system.
fn is_plain(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && !part.contains(['\\', ':'])
}

#[cfg(test)]
mod tests {
    use super::folder_of;
    use std::path::Path;

    #[test]
    fn the_folder_is_that_of_the_path() {
        for path in [
            "a/b.js",
            "a/b/c.js",
            "/a/b.js",
            "a//b.js",
            "a/./b.js",
            "a/../b.js",
            "/a.js",
            "./a.js",
            "../a.js",
        ] {
            assert_eq!(Some(folder_of(Path::new(path))), Path::new(path).parent(), "{path}");
        }
        assert_eq!(folder_of(Path::new("a.js")), Path::new("."));
    }
}
