//! What nobody needs any more: a cache that only grows is a leak.

use super::{DAY, KEPT, NAME, UNFINISHED};
use std::fs::{self, DirEntry};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Takes away what runs have left that were ended while they wrote. A run that is still writing takes no hour for it.
pub(super) fn unfinished(folder: &Path) {
    for entry in entries(folder) {
        let begun = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        if begun && is_older(&entry.path(), DAY / 24) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Takes away the caches in the folders of a folder that no run has written to for long: those of projects that are gone. A
/// cache in use is written to at least every few days.
pub fn forget_unused(folder: &Path) {
    for entry in entries(folder) {
        let own = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && is_older(&own.join(NAME), DAY * u32::from(KEPT)) {
            let _ = fs::remove_file(own.join(NAME));
            let _ = fs::remove_file(own.join(".gitignore"));
            unfinished(&own);
            // Not if anything else is in it.
            let _ = fs::remove_dir(own);
        }
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = DirEntry> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

/// Whether a plain file was last written so long ago.
fn is_older(path: &Path, age: Duration) -> bool {
    let Ok(meta) = fs::symlink_metadata(path) else { return false };
    let written = meta.modified().ok().and_then(|time| SystemTime::now().duration_since(time).ok());
    meta.is_file() && written.is_some_and(|since| since > age)
}
