//! Where the cache lies, and what is said when it cannot be written.

use super::args::CacheArgs;
use super::output;
use crate::cache::{self, Cache};
use crate::{report, walk};
use std::path::{Path, PathBuf};

/// The folder in which tools of npm keep what they can do without.
const IN_NODE_MODULES: &str = ".cache/leaklint";

/// The cache of a run, if one is asked for and there is a place for it.
pub(super) fn open(args: &CacheArgs) -> Option<Cache> {
    if !args.cache && args.cache_dir.is_none() {
        return None;
    }
    let folder = args.cache_dir.clone().or_else(default_folder);
    if folder.is_none() {
        warn("there is no folder for it: name one with --cache-dir");
    }
    folder.map(|folder| Cache::open(&folder))
}

/// Writes what is new. A run is as good without: what goes wrong is only said.
pub(super) fn close(cache: Cache) {
    if let Err(problem) = cache.store() {
        warn(&problem);
    }
}

fn warn(problem: &str) {
    output::stderr(&format!("leaklint: nothing is kept in the cache: {}\n", report::safe(problem)));
}

/// In the nearest `node_modules`, from the current folder to the root of its repository; else among the caches of the user, a
/// folder for each project.
fn default_folder() -> Option<PathBuf> {
    let here = walk::real(Path::new("."));
    let root = walk::repository(&here).unwrap_or(&here);
    let inside = here.ancestors().take_while(|folder| folder.starts_with(root));
    if let Some(modules) = inside.map(|folder| folder.join("node_modules")).find(|folder| folder.is_dir()) {
        return Some(modules.join(IN_NODE_MODULES));
    }
    let caches = of_user()?.join("leaklint");
    cache::forget_unused(&caches);
    Some(caches.join(cache::folder_name(root)))
}

/// The folder of all caches of the user.
fn of_user() -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(absolute);
    let home = || std::env::home_dir().filter(absolute);
    if cfg!(windows) {
        variable("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        Some(home()?.join("Library/Caches"))
    } else {
        variable("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")))
    }
}
