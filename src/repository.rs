//! Where files lie in their repository: the paths by which the hosts of repositories know them.

use crate::walk;
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// A file's path as others know it, `/` between its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Relative to the root.
    Inside(String),
    /// Absolute: the file lies elsewhere.
    Outside(String),
}

impl Place {
    /// The path, relative or absolute.
    pub fn path(&self) -> &str {
        match self {
            Self::Inside(path) | Self::Outside(path) => path,
        }
    }
}

/// The places of a run's files, all relative to one root.
///
/// The root is that of the repository (the nearest folder upwards with `.git`, a folder or a file) of the current folder,
/// if all that was named lies in it, else of what was named. Without a repository it is the current folder, or the one
/// that holds all that was named.
#[derive(Debug, Default)]
pub struct Places {
    of: FxHashMap<String, Place>,
}

impl Places {
    /// Finds the root of what was `named` on the command line, and the places of files by their shown paths.
    pub fn new<'s>(named: &[PathBuf], shown: impl Iterator<Item = &'s str>) -> Self {
        let root = root(named);
        let of = shown.map(|path| (path.to_owned(), place(&root, Path::new(path)))).collect();
        Self { of }
    }

    /// The places of the files of a stream, each relative to the root of its own repository, or to the current folder.
    pub fn each<'s>(shown: impl Iterator<Item = &'s str>) -> Self {
        let of_one = |path: &str| {
            let whole = walk::real(Path::new(path));
            let root = match walk::repository(&whole) {
                Some(root) => root.to_owned(),
                None => walk::real(Path::new(".")),
            };
            place(&root, Path::new(path))
        };
        Self { of: shown.map(|path| (path.to_owned(), of_one(path))).collect() }
    }

    /// The place of a shown path; one that nobody asked about is taken to be relative to the root.
    pub fn of(&self, shown: &str) -> Place {
        self.of.get(shown).cloned().unwrap_or_else(|| Place::Inside(shown.to_owned()))
    }
}

/// The folder that the paths of a run are relative to.
fn root(named: &[PathBuf]) -> PathBuf {
    let here = walk::real(Path::new("."));
    let Some(common) = common_folder(named) else {
        return here;
    };
    let of_here = walk::repository(&here).filter(|root| common.starts_with(root));
    match of_here.or_else(|| walk::repository(&common)) {
        Some(root) => root.to_owned(),
        None if common.starts_with(&here) => here,
        None => common,
    }
}

/// The nearest folder that holds all paths.
pub fn common_folder(named: &[PathBuf]) -> Option<PathBuf> {
    let mut folders = named.iter().map(|path| {
        let path = walk::real(path);
        if path.is_dir() { path } else { path.parent().map(Path::to_owned).unwrap_or(path) }
    });
    let mut common = folders.next()?;
    for folder in folders {
        while !folder.starts_with(&common) && common.pop() {}
    }
    Some(common)
}

fn place(root: &Path, path: &Path) -> Place {
    let target = walk::real(path);
    // A link into the repository is known by what it points to; one that points out of it, by its own name.
    let link = || Some(walk::real(path.parent()?).join(path.file_name()?));
    if let Ok(inside) = target.strip_prefix(root) {
        return Place::Inside(walk::shown(inside));
    }
    if let Some(Ok(inside)) = link().as_ref().map(|link| link.strip_prefix(root)) {
        return Place::Inside(walk::shown(inside));
    }
    Place::Outside(walk::shown(&target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        dir
    }

    fn place_of(dir: &tempfile::TempDir, named: &[&str], shown: &str) -> Place {
        let at = |path: &str| dir.path().join(path);
        let named: Vec<PathBuf> = named.iter().map(|path| at(path)).collect();
        let shown = at(shown).to_str().unwrap().to_owned();
        Places::new(&named, std::iter::once(shown.as_str())).of(&shown)
    }

    #[test]
    fn the_root_is_where_git_is() {
        let dir = tree(&["one/.git/HEAD", "one/packages/a/x.js", "two/.git", "two/y.js"]);
        let inside = |path: &str| Place::Inside(path.to_owned());
        assert_eq!(place_of(&dir, &["one/packages"], "one/packages/a/x.js"), inside("packages/a/x.js"));
        assert_eq!(
            place_of(&dir, &["one/packages/a/x.js"], "one/packages/a/x.js"),
            inside("packages/a/x.js")
        );
        assert_eq!(
            place_of(&dir, &["two"], "two/../two/y.js"),
            inside("y.js"),
            "a worktree's .git is a file"
        );
        assert_eq!(place_of(&dir, &["two"], "two/gone/z.js"), inside("gone/z.js"));
        assert_eq!(place_of(&dir, &["one", "two"], "two/y.js"), inside("two/y.js"), "no common repository");
        let outside = place_of(&dir, &["one"], "two/y.js");
        assert!(matches!(&outside, Place::Outside(path) if path.ends_with("/two/y.js")), "{outside:?}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_known_by_what_they_point_to() {
        let dir = tree(&["repo/.git/HEAD", "repo/src/x.js", "away/y.js"]);
        std::os::unix::fs::symlink(dir.path().join("repo/src"), dir.path().join("repo/linked")).unwrap();
        std::os::unix::fs::symlink(dir.path().join("away/y.js"), dir.path().join("repo/y.js")).unwrap();
        let inside = |path: &str| Place::Inside(path.to_owned());
        assert_eq!(place_of(&dir, &["repo"], "repo/linked/x.js"), inside("src/x.js"));
        assert_eq!(place_of(&dir, &["repo"], "repo/y.js"), inside("y.js"));
    }
}
