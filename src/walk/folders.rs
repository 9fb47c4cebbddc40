//! What is known of the folders that a walk is in, so that it is found out once for each folder and not for each file.

use super::{Request, has_source, shown};
use crate::kinds::{self, Around, Kind};
use std::ffi::OsStr;
use std::path::Path;

/// The folders from the root of a walk to where it is.
pub(super) struct Folders<'r> {
    request: &'r Request,
    open: Vec<Folder>,
}

struct Folder {
    /// As shown to the user.
    shown: String,
    /// What it makes of all files below it, by its name or that of one above it.
    kind: Option<Kind>,
    /// What it says of the folders in it.
    around: Around,
}

impl<'r> Folders<'r> {
    /// Those of a walk that begins.
    pub(super) fn new(root: &Path, request: &'r Request) -> Self {
        Self { request, open: vec![Folder { shown: shown(root), kind: None, around: Around::default() }] }
    }

    /// The walk comes to a folder, so many folders below its root.
    pub(super) fn enter(&mut self, path: &Path, depth: usize) {
        self.open.truncate(depth);
        let (Some(above), Some(name)) = (self.open.last(), path.file_name()) else {
            return;
        };
        let beside = || path.parent().is_some_and(has_source);
        let text = name.to_string_lossy();
        let kind = above.kind.or_else(|| kinds::kind_of_folder(&text, above.around, beside));
        let around = above.around.with(&text);
        self.open.push(Folder { shown: above.shown_of(name), kind, around });
    }

    /// How a file right in a folder of this depth is shown, and the kind for which it is left out.
    pub(super) fn file(&self, name: &OsStr, depth: usize) -> Option<(String, Option<Kind>)> {
        let folder = self.open.get(depth.checked_sub(1)?)?;
        let of_file = || kinds::kind_of_name(&name.to_string_lossy());
        let kind = if self.request.no_ignore { None } else { folder.kind.or_else(of_file) };
        let left_out = kind.filter(|kind| !self.request.include.contains(kind));
        Some((folder.shown_of(name), left_out))
    }
}

impl Folder {
    /// As [`shown`] shows what lies in the folder.
    fn shown_of(&self, name: &OsStr) -> String {
        let name = name.to_string_lossy();
        let between = if self.shown.is_empty() || self.shown.ends_with('/') { "" } else { "/" };
        [&self.shown, between, &name].concat()
    }
}
