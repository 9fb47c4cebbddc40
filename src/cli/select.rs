//! Which files a run is about.

use super::args::SelectArgs;
use crate::git::{Change, Id, Repository, Scope};
use crate::walk::{self, Content, File, Found, Listing, Request};
use rustc_hash::FxHashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The files of a run.
pub(super) struct Selected {
    pub found: Found,
    /// If git chose the files: what they were before.
    pub before: Option<Before>,
}

/// What the files of a run were.
pub(super) struct Before {
    pub repository: Repository,
    /// By shown path; `None` for a new file.
    pub ids: FxHashMap<String, Option<Id>>,
}

/// The files to lint.
///
/// # Errors
/// Standard input cannot be read, or git cannot answer.
pub(super) fn files(args: &SelectArgs, request: &Request, max_size: u64) -> Result<Selected, String> {
    if let Some(scope) = scope(args) {
        return differing(&scope, request, max_size);
    }
    let found = match &args.stdin_filename {
        Some(path) => {
            let mut bytes = Vec::new();
            let read = std::io::stdin().lock().read_to_end(&mut bytes);
            read.map_err(|error| format!("cannot read standard input: {error}"))?;
            walk::given(path, bytes, request)
        }
        None => walk::walk(request),
    };
    Ok(Selected { found, before: None })
}

fn scope(args: &SelectArgs) -> Option<Scope> {
    match &args.since {
        Some(name) => Some(Scope::Since(name.clone())),
        None if args.staged => Some(Scope::Staged),
        None if args.changed => Some(Scope::Changed),
        None => None,
    }
}

/// The files that git says differ, of those that a walk of the same paths would come to.
fn differing(scope: &Scope, request: &Request, max_size: u64) -> Result<Selected, String> {
    let mut listing = Listing::new(request);
    let roots: Vec<PathBuf> = listing.roots().map(Path::to_owned).collect();
    let folder = roots.iter().flat_map(|root| root.ancestors()).find(|folder| folder.is_dir());
    let repository =
        Repository::of_folder(folder.unwrap_or(Path::new("."))).map_err(|error| error.to_string())?;
    for (root, given) in roots.iter().zip(&request.paths) {
        one_repository(&repository, root, given)?;
    }
    let below: Vec<&Path> = roots.iter().map(PathBuf::as_path).collect();
    let changes = repository.changes(scope, &below).map_err(|error| error.to_string())?;
    let mut ids = FxHashMap::default();
    let mut files = Vec::new();
    for change in changes {
        if let Some(file) = listing.admit(&change.path) {
            ids.insert(file.shown.clone(), change.before.clone());
            files.push((file, change));
        }
    }
    let files = match scope {
        Scope::Staged => staged(&repository, files, max_size)?,
        _ => files.into_iter().filter_map(|(file, change)| on_disk(file, &change)).collect(),
    };
    files.into_iter().for_each(|file| listing.push(file));
    Ok(Selected { found: listing.finish(), before: Some(Before { repository, ids }) })
}

/// A submodule, and any repository in the work tree, is one of its own.
fn one_repository(repository: &Repository, path: &Path, given: &Path) -> Result<(), String> {
    let tree = repository.root();
    let own = walk::repository(path).is_none_or(|own| own == tree || !own.starts_with(tree));
    if path.starts_with(tree) && own {
        return Ok(());
    }
    let (given, tree) = (walk::shown(given), walk::shown(tree));
    Err(format!("{given} does not belong to the repository {tree}: lint one repository at a time"))
}

/// With the content that the next commit gets, whatever stands in the work tree.
fn staged(repository: &Repository, files: Vec<(File, Change)>, max_size: u64) -> Result<Vec<File>, String> {
    let ids: Vec<&Id> = files.iter().filter_map(|(_, change)| change.staged.as_ref()).collect();
    let blobs = repository.blobs(&ids, max_size).map_err(|error| error.to_string())?;
    let mut staged = Vec::new();
    let with_id = files.into_iter().filter(|(_, change)| change.staged.is_some());
    for ((file, _), blob) in with_id.zip(blobs) {
        let blob =
            blob.ok_or_else(|| format!("the staged content of {} is not in the repository", file.shown))?;
        staged.push(File { size: blob.size, content: Content::Given(blob.content.into()), ..file });
    }
    Ok(staged)
}

/// As it is in the work tree; what has gone since git was asked is no file to lint.
fn on_disk(file: File, change: &Change) -> Option<File> {
    let meta = std::fs::symlink_metadata(&change.path).ok().filter(std::fs::Metadata::is_file)?;
    Some(File { size: meta.len(), ..file })
}
