//! What the ignore files say of one path, without walking to it.

use super::OWN_IGNORE_FILE;
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder, Glob};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// Reads each folder's ignore files once.
#[derive(Default)]
pub(super) struct Ignores {
    folders: FxHashMap<PathBuf, Folder>,
}

/// A folder on the way up.
struct Folder {
    ignore: Option<Gitignore>,
    /// The root of a repository, with the ignore files outside of its tree. None above it counts.
    root: Option<[Gitignore; 2]>,
}

impl Ignores {
    /// Asks from the folder of an absolute path up to its repository's root, the nearest first.
    pub(super) fn hold_for(&mut self, path: &Path) -> bool {
        self.pattern_for(path).is_some()
    }

    /// The pattern by which such a path is ignored.
    pub(super) fn pattern_for(&mut self, path: &Path) -> Option<Glob> {
        for at in path.ancestors().skip(1) {
            let folder = self.folders.entry(at.to_owned()).or_insert_with(|| Folder::read(at));
            for ignore in folder.ignore.iter().chain(folder.root.iter().flatten()) {
                match ignore.matched_path_or_any_parents(path, false) {
                    Match::None => {}
                    Match::Ignore(by) => return Some(by.clone()),
                    Match::Whitelist(_) => return None,
                }
            }
            if folder.root.is_some() {
                break;
            }
        }
        None
    }
}

impl Folder {
    fn read(folder: &Path) -> Self {
        let names = [".gitignore", OWN_IGNORE_FILE, ".ignore"];
        let files: Vec<PathBuf> =
            names.iter().map(|name| folder.join(name)).filter(|file| file.is_file()).collect();
        let mut builder = GitignoreBuilder::new(folder);
        for file in &files {
            builder.add(file);
        }
        let ignore = if files.is_empty() { None } else { builder.build().ok() };
        let root = folder.join(".git").exists().then(|| personal(folder));
        Self { ignore, root }
    }
}

/// What the user has git ignore without a file in the tree: `.git/info/exclude`, then `core.excludesFile`.
fn personal(root: &Path) -> [Gitignore; 2] {
    let mut exclude = GitignoreBuilder::new(root);
    exclude.add(root.join(".git/info/exclude"));
    let exclude = exclude.build().unwrap_or_else(|_| Gitignore::empty());
    [exclude, GitignoreBuilder::new(root).build_global().0]
}
