//! What git says of a work tree: which files are staged or changed, and what they were before.
//!
//! The `git` command is asked, since it alone knows the user's settings, filters, sparse checkouts and file monitors.
//! Its plumbing-like output (`-z`, object ids) is read; names come back as bytes and are never part of an option.

mod blobs;
mod raw;

pub use blobs::Blob;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why git could not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("there is no `git` on the PATH, which --staged, --changed and --since need")]
    Missing,
    #[error("cannot start git: {0}")]
    Start(std::io::Error),
    #[error("git finds no work tree in {folder}: {says}{hint}")]
    NoWorkTree { folder: String, says: String, hint: &'static str },
    #[error("`{0}` is no name of a commit: write a branch, a tag or an id")]
    BadRevision(String),
    #[error("there is no commit `{name}` in this repository{hint}")]
    UnknownRevision { name: String, hint: &'static str },
    #[error("this repository has no commit yet")]
    NoCommit,
    #[error("`{name}` and HEAD have no commit in common{hint}")]
    NoMergeBase { name: String, hint: &'static str },
    #[error("`git {command}` failed: {says}")]
    Failed { command: &'static str, says: String },
    #[error("`git {0}` printed what leaklint cannot read")]
    Unreadable(&'static str),
    #[error("a file name in this repository is no text on this system")]
    Name,
}

const SHALLOW: &str =
    "; this is a shallow clone: fetch more of its history (`git fetch --unshallow`, `fetch-depth: 0` in CI)";

/// A container that runs as another user than who checked out.
const FOREIGN: &str = "; `git config --global --add safe.directory` with that path allows it";

impl GitError {
    fn of_start(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Start(error),
        }
    }
}

/// The id of an object, in hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Id(String);

impl Id {
    fn parse(text: &str) -> Option<Self> {
        let whole = matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        whole.then(|| Self(text.to_owned()))
    }

    fn text(&self) -> &str {
        &self.0
    }
}

/// What is compared with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The index with HEAD.
    Staged,
    /// The work tree with HEAD, with files that git does not know yet.
    Changed,
    /// The work tree with the commit at which this one and HEAD parted, with files that git does not know yet.
    Since(String),
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Absolute, without symbolic links.
    pub path: PathBuf,
    /// What it was; `None` for a new file.
    pub before: Option<Id>,
    /// What is staged; `None` if the scope is the work tree.
    pub staged: Option<Id>,
}

/// A repository with its work tree.
#[derive(Debug)]
pub struct Repository {
    /// The root of the work tree, as git writes it.
    tree: PathBuf,
    folder: PathBuf,
    /// The root without symbolic links, to compare with.
    real: PathBuf,
}

impl Repository {
    /// The repository of a folder.
    ///
    /// # Errors
    /// There is no git, or no work tree.
    pub fn of_folder(folder: &Path) -> Result<Self, GitError> {
        let (tree, git) = discover(folder)?;
        let real = std::fs::canonicalize(&tree).unwrap_or_else(|_| tree.clone());
        Ok(Self { tree, folder: git, real })
    }

    /// The root of the work tree, without symbolic links.
    pub fn root(&self) -> &Path {
        &self.real
    }

    /// What differs, in git's order. Files that git does not know are sought below `below` only.
    ///
    /// # Errors
    /// A revision that does not exist, or anything that git says.
    pub fn changes(&self, scope: &Scope, below: &[&Path]) -> Result<Vec<Change>, GitError> {
        let base = match scope {
            Scope::Staged => return self.diff(&["--cached"], true),
            Scope::Changed => self.head().map_or_else(|| self.empty_tree(), Ok)?,
            Scope::Since(name) => self.merge_base(name)?,
        };
        let mut changes = self.diff(&[base.text()], false)?;
        changes.extend(self.untracked(below)?);
        Ok(changes)
    }

    /// The blobs of a list, in its order, each with its content if it is no larger than `limit` bytes; `None` where the
    /// repository lacks one.
    ///
    /// # Errors
    /// Anything that git says.
    pub fn blobs(&self, ids: &[&Id], limit: u64) -> Result<Vec<Option<Blob>>, GitError> {
        blobs::read(self, ids, limit)
    }

    fn diff(&self, what: &[&str], staged: bool) -> Result<Vec<Change>, GitError> {
        // To recognise a renamed file git reads what it was, which a partial clone may lack: then it is a new one.
        let output = self.raw("--find-renames", what).or_else(|_| self.raw("--no-renames", what))?;
        let entries = raw::entries(&output).ok_or(GitError::Unreadable("diff"))?;
        let change = |entry: raw::Entry<'_>| {
            let staged = entry.now.filter(|_| staged);
            Ok(Change { path: self.path(entry.path)?, before: entry.before, staged })
        };
        entries.into_iter().map(change).collect()
    }

    fn raw(&self, renames: &str, what: &[&str]) -> Result<Vec<u8>, GitError> {
        let mut command = self.command("diff");
        command.args(["--raw", "-z", "--no-abbrev", renames, "--ignore-submodules=all"]);
        command.args(["--no-ext-diff", "--no-textconv", "--no-color"]).args(what).arg("--");
        run(command, "diff")
    }

    /// Files that git neither knows nor ignores.
    fn untracked(&self, below: &[&Path]) -> Result<Vec<Change>, GitError> {
        let inside: Option<Vec<&Path>> =
            below.iter().map(|path| path.strip_prefix(&self.real).ok()).collect();
        let mut command = self.command("ls-files");
        command.args(["--others", "--exclude-standard", "-z", "--"]);
        // The root itself has no name to give.
        if let Some(paths) = inside.filter(|paths| paths.iter().all(|path| !path.as_os_str().is_empty())) {
            command.args(paths);
        }
        let output = run(command, "ls-files")?;
        // A repository in the work tree is listed as a folder.
        let names = output.split(|byte| *byte == 0).filter(|name| !name.is_empty() && !name.ends_with(b"/"));
        names.map(|name| Ok(Change { path: self.path(name)?, before: None, staged: None })).collect()
    }

    fn head(&self) -> Option<Id> {
        self.commit("HEAD").ok()
    }

    /// What there was before the first commit.
    fn empty_tree(&self) -> Result<Id, GitError> {
        let mut command = self.command("hash-object");
        command.args(["-t", "tree", "--stdin"]);
        id_of(&run(command, "hash-object")?).ok_or(GitError::Unreadable("hash-object"))
    }

    /// The commit that a name stands for.
    fn commit(&self, name: &str) -> Result<Id, GitError> {
        // Such a name would be taken for an option, or is none at all.
        if name.is_empty() || name.starts_with('-') || name.contains(['\0', '\n']) || name.contains("..") {
            return Err(GitError::BadRevision(name.to_owned()));
        }
        let mut command = self.command("rev-parse");
        command.args(["--verify", "--quiet"]).arg(format!("{name}^{{commit}}"));
        match run(command, "rev-parse") {
            Ok(output) => id_of(&output).ok_or(GitError::Unreadable("rev-parse")),
            Err(GitError::Failed { .. }) => {
                Err(GitError::UnknownRevision { name: name.to_owned(), hint: self.hint() })
            }
            Err(error) => Err(error),
        }
    }

    fn merge_base(&self, name: &str) -> Result<Id, GitError> {
        let other = self.commit(name)?;
        let head = self.head().ok_or(GitError::NoCommit)?;
        let mut command = self.command("merge-base");
        command.args([other.text(), head.text()]);
        match run(command, "merge-base") {
            Ok(output) => id_of(&output).ok_or(GitError::Unreadable("merge-base")),
            // Without a word: there is none.
            Err(GitError::Failed { says, .. }) if says.is_empty() => {
                Err(GitError::NoMergeBase { name: name.to_owned(), hint: self.hint() })
            }
            Err(error) => Err(error),
        }
    }

    /// What to do about a commit that is not there.
    fn hint(&self) -> &'static str {
        let mut command = self.command("rev-parse");
        command.arg("--is-shallow-repository");
        let shallow = run(command, "rev-parse").is_ok_and(|output| output.trim_ascii() == b"true");
        if shallow { SHALLOW } else { "" }
    }

    fn path(&self, name: &[u8]) -> Result<PathBuf, GitError> {
        // Windows takes `/` in a path without links for a part of a name.
        Ok(self.real.join(Path::new(&os_string(name)?).components().collect::<PathBuf>()))
    }

    /// A command in this repository, whatever the current folder and the environment of a hook say.
    fn command(&self, name: &str) -> Command {
        let mut command = git(&self.tree);
        command.env("GIT_DIR", &self.folder).env("GIT_WORK_TREE", &self.tree);
        command.arg(name);
        command
    }
}

/// git in a folder, with what could change the form of its output taken away.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    for name in
        ["GIT_DIFF_OPTS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS", "LANGUAGE"]
    {
        command.env_remove(name);
    }
    // It is only read; nothing may wait for a lock of another git.
    command.env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command.arg("-C").arg(folder).args(["--no-pager", "--literal-pathspecs"]);
    command.stdin(Stdio::null());
    command
}

/// The root of the work tree, and git's own folder.
///
/// A hook runs with `GIT_DIR` set, by which git takes the current folder for the root, wherever the hook has gone to. Only
/// where the folder lies in another repository, or in none, is `GIT_DIR` meant.
fn discover(folder: &Path) -> Result<(PathBuf, PathBuf), GitError> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let (Some(asked), None) = (set("GIT_DIR"), set("GIT_WORK_TREE"))
        && let Ok((tree, git)) = locate(folder, false)
        && [Path::new(&asked), &tree.join(&asked)].iter().any(|asked| same(asked, &git))
    {
        return Ok((tree, git));
    }
    locate(folder, true)
}

fn locate(folder: &Path, by_environment: bool) -> Result<(PathBuf, PathBuf), GitError> {
    let ask = |option| {
        let mut command = git(folder);
        if !by_environment {
            command.env_remove("GIT_DIR");
        }
        command.args(["rev-parse", option]);
        let output = run(command, "rev-parse")?;
        let line = output.strip_suffix(b"\n").unwrap_or(&output);
        os_string(line.strip_suffix(b"\r").unwrap_or(line)).map(PathBuf::from)
    };
    let nowhere = |error| match error {
        GitError::Failed { says, .. } => {
            let foreign = says.contains("dubious ownership");
            let folder = crate::walk::shown(folder);
            GitError::NoWorkTree { folder, says, hint: if foreign { FOREIGN } else { "" } }
        }
        error => error,
    };
    Ok((ask("--show-toplevel").map_err(nowhere)?, ask("--absolute-git-dir")?))
}

fn same(a: &Path, b: &Path) -> bool {
    match (std::fs::canonicalize(a), std::fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}

/// What a command prints; the first line of its complaint if it fails.
fn run(mut command: Command, name: &'static str) -> Result<Vec<u8>, GitError> {
    let output = command.output().map_err(GitError::of_start)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let says = String::from_utf8_lossy(&output.stderr);
    let says = says.lines().next().unwrap_or_default();
    let says = says.strip_prefix("fatal: ").unwrap_or(says).to_owned();
    Err(GitError::Failed { command: name, says })
}

fn id_of(output: &[u8]) -> Option<Id> {
    Id::parse(std::str::from_utf8(output).ok()?.trim_end())
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> Result<OsString, GitError> {
    use std::os::unix::ffi::OsStrExt;
    Ok(OsStr::from_bytes(bytes).to_owned())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> Result<OsString, GitError> {
    std::str::from_utf8(bytes).map(|name| OsStr::new(name).to_owned()).map_err(|_| GitError::Name)
}
