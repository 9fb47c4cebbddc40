//! Files that something else lists, git for one, under the rules of a walk that would have come to them.

use super::ignores::Ignores;
use super::{Content, File, Found, Request, excluded, is_never_entered, language_of, real, shown};
use std::path::{Component, Path, PathBuf};

/// Takes in files one by one.
pub struct Listing<'r> {
    request: &'r Request,
    roots: Vec<Root>,
    ignores: Ignores,
    found: Found,
}

/// A path of the request.
struct Root {
    given: PathBuf,
    /// Without symbolic links; what is gone from the disk is taken as it is written.
    real: PathBuf,
    /// Some listed file is it, or lies below it.
    reached: bool,
}

impl<'r> Listing<'r> {
    /// Reads the paths of a request, which need not exist.
    pub fn new(request: &'r Request) -> Self {
        let roots =
            request.paths.iter().map(|path| Root { given: path.clone(), real: real(path), reached: false });
        Self { request, roots: roots.collect(), ignores: Ignores::default(), found: Found::default() }
    }

    /// The paths of the request without symbolic links, in its order.
    pub fn roots(&self) -> impl Iterator<Item = &Path> {
        self.roots.iter().map(|root| root.real.as_path())
    }

    /// Whether a file, named by its absolute path without symbolic links, is one to lint; it need not exist. What is
    /// returned still lacks its size and content.
    pub fn admit(&mut self, path: &Path) -> Option<File> {
        let mut admitted: Option<File> = None;
        let mut left_out = Found::default();
        for at in 0..self.roots.len() {
            let Ok(relative) = path.strip_prefix(&self.roots[at].real) else {
                continue;
            };
            self.roots[at].reached = true;
            let named = relative.as_os_str().is_empty();
            let here = match named {
                true => self.roots[at].given.clone(),
                false => self.roots[at].given.join(relative),
            };
            let file = match named {
                true => left_out.admitted(super::admitted(&here, self.request, &mut self.ignores)),
                false => self.below(at, path, relative, here),
            };
            let Some(file) = file else {
                continue;
            };
            let rank = |file: &File| (file.kind.is_some(), file.shown.clone());
            if admitted.as_ref().is_none_or(|known| rank(&file) < rank(known)) {
                admitted = Some(file);
            }
        }
        if admitted.is_none() {
            for (kind, count) in left_out.left_out {
                *self.found.left_out.entry(kind).or_default() += count.min(1);
            }
        }
        admitted
    }

    /// What a walk from one of the roots would find of a file below it.
    fn below(&mut self, at: usize, path: &Path, relative: &Path, here: PathBuf) -> Option<File> {
        let language = language_of(path)?;
        let folders = relative.parent()?;
        let hidden = |part: Component| part.as_os_str().as_encoded_bytes().starts_with(b".");
        if folders.components().any(|part| is_never_entered(part.as_os_str()))
            || !self.request.no_ignore && relative.components().any(hidden)
            || !self.request.no_ignore && self.ignores.hold_for(path)
        {
            return None;
        }
        let kind = excluded(&self.roots[at].real, path, self.request);
        Some(File { shown: shown(&here), kind, path: here, size: 0, language, content: Content::Disk })
    }

    /// Adds a file that was admitted, now with its size and content.
    pub fn push(&mut self, file: File) {
        self.found.files.push(file);
    }

    /// What came of it. A path that neither exists nor holds a listed file is an error, as in a walk.
    pub fn finish(mut self) -> Found {
        for root in &self.roots {
            if let (false, Err(error)) = (root.reached, std::fs::symlink_metadata(&root.given)) {
                self.found.fail(&root.given, super::describe(&error));
            }
        }
        self.found.files.sort();
        self.found.files.dedup_by(|a, b| a.shown == b.shown);
        self.found
    }
}
