//! Paths on the command line → files to lint, with what was left out counted.

mod folders;
mod ignores;
mod listed;

pub use listed::Listing;

use crate::kinds::{self, Kind};
use crate::source::Language;
use folders::Folders;
use ignore::{DirEntry, WalkBuilder};
use ignores::Ignores;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// leaklint's own ignore files, beside `.gitignore` and `.ignore`.
const OWN_IGNORE_FILE: &str = ".leaklintignore";

/// What the user asked for.
#[derive(Debug, Default)]
pub struct Request {
    pub paths: Vec<PathBuf>,
    /// Neither ignore files nor the exclusions by kind apply.
    pub no_ignore: bool,
    pub include: Vec<Kind>,
}

/// One file to lint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct File {
    /// As shown to the user, `/` between its parts.
    pub shown: String,
    /// A kind that is left out unless a configuration lets it in; the size of such a file is not asked for yet.
    pub kind: Option<Kind>,
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    pub language: Language,
    pub content: Content,
}

/// Where the bytes of a file come from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// From its path, when its turn comes.
    Disk,
    /// From elsewhere: an editor's buffer. The path need not exist.
    Given(Arc<[u8]>),
}

/// A path that could not be read, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WalkError {
    pub path: String,
    pub message: String,
}

/// The result of a walk.
#[derive(Debug, Default)]
pub struct Found {
    /// Sorted by shown path, without doubles.
    pub files: Vec<File>,
    pub errors: Vec<WalkError>,
    /// How many files each kind left out, and ignore files and configurations.
    pub left_out: BTreeMap<&'static str, u64>,
}

/// Finds the files of a request.
pub fn walk(request: &Request) -> Found {
    let mut found = Found::default();
    let mut ignores = Ignores::default();
    for path in &request.paths {
        match std::fs::metadata(path) {
            Err(error) => found.fail(path, describe(&error)),
            Ok(meta) if meta.is_dir() => folder(path, request, &mut found),
            Ok(meta) => named_file(path, &meta, request, &mut ignores, &mut found),
        }
    }
    found.files.sort();
    found.files.dedup_by(|a, b| a.shown == b.shown);
    if request.paths.len() > 1 {
        // `src` and `src/../src`: one file under two spellings is linted once.
        let mut seen = FxHashSet::default();
        found.files.sort_by_key(|file| file.kind.is_some());
        found.files.retain(|file| match std::fs::canonicalize(&file.path) {
            Ok(path) => seen.insert(path),
            Err(_) => true,
        });
        found.files.sort();
    }
    found.errors.sort();
    found
}

impl Found {
    fn fail(&mut self, path: &Path, message: impl Into<String>) {
        self.errors.push(WalkError { path: shown(path), message: message.into() });
    }

    /// Counts a file if it is ignored.
    fn admitted(&mut self, file: Result<File, LeftOut>) -> Option<File> {
        if file == Err(LeftOut::Ignored) {
            self.ignore();
        }
        file.ok()
    }

    /// Counts a file that is ignored.
    pub fn ignore(&mut self) {
        *self.left_out.entry("ignored").or_default() += 1;
    }

    /// Adds a file whose kind is let in.
    pub fn let_in(&mut self, mut file: File) {
        if let (Some(_), Content::Disk) = (file.kind.take(), &file.content) {
            match std::fs::metadata(&file.path) {
                Ok(meta) => file.size = meta.len(),
                Err(error) => return self.fail(&file.path, describe(&error)),
            }
        }
        self.files.push(file);
    }

    /// Counts a file that is left out for its kind.
    pub fn leave_out(&mut self, kind: Kind) {
        *self.left_out.entry(kinds::name(kind)).or_default() += 1;
    }
}

/// Why a path cannot be read, in words.
pub fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

fn folder(root: &Path, request: &Request, found: &mut Found) {
    let mut builder = WalkBuilder::new(root);
    // Inside a repository its root ends the search for `.gitignore` files; outside one they hold all the same.
    let in_repository = repository(&absolute(root)).is_some();
    builder.require_git(in_repository).sort_by_file_name(OsStr::cmp);
    if request.no_ignore {
        builder.standard_filters(false);
    } else {
        builder.add_custom_ignore_filename(OWN_IGNORE_FILE);
    }
    builder.filter_entry(|entry| !is_never_walked(entry));
    let mut folders = Folders::new(root, request);
    for entry in builder.build() {
        match entry {
            Ok(entry) => walked(entry, &mut folders, found),
            Err(error) => {
                let path = error_path(&error).unwrap_or_else(|| root.to_owned());
                let message = match error.io_error() {
                    Some(error) => describe(error),
                    None => error.to_string(),
                };
                found.fail(&path, message);
            }
        }
    }
}

/// `node_modules` and `.git` stay out unless they are named themselves.
fn is_never_walked(entry: &DirEntry) -> bool {
    entry.depth() > 0
        && entry.file_type().is_some_and(|kind| kind.is_dir())
        && is_never_entered(entry.file_name())
}

fn is_never_entered(folder: &OsStr) -> bool {
    folder == "node_modules" || folder == ".git"
}

fn error_path(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Loop { child, .. } => Some(child.clone()),
        _ => None,
    }
}

fn walked(entry: DirEntry, folders: &mut Folders<'_>, found: &mut Found) {
    let Some(what) = entry.file_type() else {
        return;
    };
    if what.is_dir() && entry.depth() > 0 {
        folders.enter(entry.path(), entry.depth());
    }
    // Symbolic links are not followed, devices and pipes not read: a walk takes plain files only.
    if !what.is_file() {
        return;
    }
    let Some(language) = Language::of_path(&entry.file_name().to_string_lossy()) else {
        return;
    };
    let Some((shown, kind)) = folders.file(entry.file_name(), entry.depth()) else {
        return;
    };
    let size = match kind {
        Some(_) => Ok(0),
        None => entry.metadata().map(|meta| meta.len()),
    };
    match size {
        Ok(size) => {
            let path = entry.into_path();
            found.files.push(File { shown, kind, path, size, language, content: Content::Disk });
        }
        Err(error) => found.fail(entry.path(), error.to_string()),
    }
}

/// A file that was named itself: ignore files and kinds hold all the same, since hooks name files.
fn named_file(
    path: &Path,
    meta: &std::fs::Metadata,
    request: &Request,
    ignores: &mut Ignores,
    found: &mut Found,
) {
    if !meta.is_file() {
        found.fail(path, "not a plain file");
        return;
    }
    if let Some(file) = found.admitted(admitted(path, request, ignores)) {
        found.files.push(File { size: meta.len(), ..file });
    }
}

/// A file whose content is given, under the rules for a file that is named; it need not exist.
pub fn given(path: &Path, bytes: Vec<u8>, request: &Request) -> Found {
    let mut found = Found::default();
    if let Some(file) = found.admitted(Buffers::new(request).admit(path)) {
        let size = bytes.len() as u64;
        found.files.push(File { size, content: Content::Given(bytes.into()), ..file });
    }
    found
}

/// Files whose content comes from elsewhere, one after another.
pub struct Buffers<'r> {
    request: &'r Request,
    ignores: Ignores,
}

/// Why a file is left out before its configuration is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// By its name it is no source that leaklint reads.
    NoSource,
    Ignored,
}

impl<'r> Buffers<'r> {
    /// Under what a request says, whose paths do not matter.
    pub fn new(request: &'r Request) -> Self {
        Self { request, ignores: Ignores::default() }
    }

    /// Reads the ignore files anew.
    pub fn forget_folders(&mut self) {
        self.ignores = Ignores::default();
    }

    /// A file that need not exist, and still lacks its size and content.
    ///
    /// # Errors
    /// It is none of ours.
    pub fn admit(&mut self, path: &Path) -> Result<File, LeftOut> {
        admitted(path, self.request, &mut self.ignores)
    }
}

/// A file that was named itself, unless it is none of ours or ignored; it still lacks its size and content.
fn admitted(path: &Path, request: &Request, ignores: &mut Ignores) -> Result<File, LeftOut> {
    let language = language_of(path).ok_or(LeftOut::NoSource)?;
    let whole = absolute(path);
    if !request.no_ignore && ignores.hold_for(&whole) {
        return Err(LeftOut::Ignored);
    }
    let kind = excluded(&base_of(&whole), &whole, request);
    Ok(File { shown: shown(path), kind, path: path.to_owned(), size: 0, language, content: Content::Disk })
}

/// Whether leaklint reads files of this name.
pub fn is_source(path: &Path) -> bool {
    language_of(path).is_some()
}

/// The ignore file by which a file that is named itself is ignored, with its pattern, in words.
pub fn ignored_by(path: &Path) -> Option<String> {
    let by = Ignores::default().pattern_for(&absolute(path))?;
    let file = by.from().map(shown).unwrap_or_default();
    Some(format!("{file} ignores `{}`", by.original()))
}

/// The kind of a file that is named itself.
pub fn kind(path: &Path) -> Option<Kind> {
    let path = absolute(path);
    excluded(&base_of(&path), &path, &Request::default())
}

/// The folder below which the kind of a named file is judged, since where a project lies on the disk says nothing about its
/// files: the current folder, unless only the file is in a repository; then the root of that.
fn base_of(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let below = path.starts_with(&here);
    let root = match below && repository(&here).is_some() {
        true => None,
        false => repository(path),
    };
    match root {
        Some(root) => root.to_owned(),
        None if below => here,
        None => path.parent().unwrap_or(path).to_owned(),
    }
}

/// The root of the repository that holds a path.
pub fn repository(path: &Path) -> Option<&Path> {
    path.ancestors().find(|folder| folder.join(".git").exists())
}

fn language_of(path: &Path) -> Option<Language> {
    Language::of_path(&path.file_name()?.to_string_lossy())
}

fn excluded(root: &Path, path: &Path, request: &Request) -> Option<Kind> {
    if request.no_ignore {
        return None;
    }
    let relative = path.strip_prefix(root).unwrap_or(path);
    let relative = shown(relative);
    let kind = kinds::kind_of(&relative, |folder| has_source(&root.join(folder)))?;
    (!request.include.contains(&kind)).then_some(kind)
}

/// Whether a folder holds sources, so that what lies beside them may be made of them.
fn has_source(folder: &Path) -> bool {
    ["src", "source", "lib"].iter().any(|name| folder.join(name).is_dir())
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The absolute path without symbolic links and `..`, as far as it exists.
pub fn real(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let path = absolute(path);
    for at in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (std::fs::canonicalize(at), path.strip_prefix(at)) {
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    path
}

/// The path as the user wrote it, with `/` and without a leading `./`.
pub fn shown(path: &Path) -> String {
    let mut out = String::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::RootDir => out.push('/'),
            Component::Prefix(prefix) => {
                out.push_str(&shown_prefix(&prefix.as_os_str().to_string_lossy()));
            }
            other => {
                if !out.is_empty() && !out.ends_with('/') {
                    out.push('/');
                }
                out.push_str(&other.as_os_str().to_string_lossy());
            }
        }
    }
    out
}

/// What a path on Windows begins with, as people write it: `C:`, `//server/share`, without the mark `\\?\` of canonical paths.
fn shown_prefix(prefix: &str) -> String {
    let plain = match prefix.strip_prefix(r"\\?\UNC\") {
        Some(share) => format!("//{share}"),
        None => prefix.strip_prefix(r"\\?\").unwrap_or(prefix).to_owned(),
    };
    plain.replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::{shown, shown_prefix};
    use std::path::Path;

    #[test]
    fn paths_are_shown_with_slashes() {
        for (path, text) in
            [("./src/a.js", "src/a.js"), ("/app//a.js", "/app/a.js"), ("../a/./b.js", "../a/b.js")]
        {
            assert_eq!(shown(Path::new(path)), text);
        }
        for (prefix, text) in [
            ("C:", "C:"),
            (r"\\?\C:", "C:"),
            (r"\\server\share", "//server/share"),
            (r"\\?\UNC\server\share", "//server/share"),
        ] {
            assert_eq!(shown_prefix(prefix), text);
        }
    }

    #[cfg(windows)]
    #[test]
    fn whole_paths_of_windows() {
        for (path, text) in
            [(r"src\a.js", "src/a.js"), (r"C:\app\a.js", "C:/app/a.js"), (r"\\?\C:\a.js", "C:/a.js")]
        {
            assert_eq!(shown(Path::new(path)), text);
        }
    }
}
