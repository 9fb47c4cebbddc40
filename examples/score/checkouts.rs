//! The texts of files at commits, from a folder of clones. Nothing is checked out; git is asked for the one file.

use crate::truth::Place;
use leaklint::read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a row of a package of npm has before its name.
const NPM: &str = "npm:";

/// A folder with a clone `OWNER+NAME` (bare or not) of each repository and each package of npm unpacked in
/// `npm/NAME@VERSION`, `/` written as `+`.
pub struct Checkouts {
    folder: PathBuf,
}

impl Checkouts {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The text of a file.
    ///
    /// # Errors
    /// No such clone, commit or path, or no text, in words that say which.
    pub fn text(&self, place: &Place) -> Result<String, String> {
        let Place { repository, commit, path, .. } = place;
        let told = |why: &str| format!("{repository}: {commit}:{path}: {why}");
        let bytes = if repository.starts_with(NPM) {
            let file = self.folder.join("npm").join(commit.replace('/', "+")).join(path);
            std::fs::read(file).map_err(|error| told(&error.to_string()))?
        } else {
            let clone = self.folder.join(repository.replace('/', "+"));
            if !clone.is_dir() {
                return Err(told(&format!("there is no clone at {}", clone.display())));
            }
            show(&clone, &format!("{commit}:{path}")).map_err(|why| told(&why))?
        };
        read::decode(bytes).map_err(|problem| told(&problem.words()))
    }
}

/// What `git show` prints of an object.
fn show(clone: &Path, object: &str) -> Result<Vec<u8>, String> {
    let answer = Command::new("git")
        .arg("-C")
        .arg(clone)
        .args(["show", object])
        .output()
        .map_err(|error| format!("git: {error}"))?;
    if answer.status.success() {
        return Ok(answer.stdout);
    }
    let problem = String::from_utf8_lossy(&answer.stderr);
    Err(problem.lines().next().unwrap_or("git failed").to_owned())
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn place(repository: &str, commit: &str, path: &str, line: u32) -> Place {
        Place { repository: repository.into(), commit: commit.into(), path: path.into(), line }
    }

    /// Makes the clone `owner+name` with one commit per text of `a.js`; the commits.
    pub fn clone(folder: &Path, texts: &[&str]) -> Vec<String> {
        let clone = folder.join("owner+name");
        std::fs::create_dir_all(&clone).unwrap();
        let git = |args: &[&str]| {
            let identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
            let answer = Command::new("git").current_dir(&clone).args(identity).args(args).output().unwrap();
            assert!(answer.status.success(), "{args:?}: {}", String::from_utf8_lossy(&answer.stderr));
            String::from_utf8(answer.stdout).unwrap().trim().to_owned()
        };
        git(&["init", "--quiet"]);
        texts
            .iter()
            .map(|text| {
                std::fs::write(clone.join("a.js"), text).unwrap();
                git(&["add", "."]);
                git(&["commit", "--quiet", "--allow-empty", "--message", "."]);
                git(&["rev-parse", "HEAD"])
            })
            .collect()
    }

    #[test]
    fn files_come_from_their_commit() {
        let folder = tempfile::tempdir().unwrap();
        let commits = clone(folder.path(), &["one", "two"]);
        let checkouts = Checkouts::new(folder.path());
        assert_eq!(checkouts.text(&place("owner/name", &commits[0], "a.js", 1)).unwrap(), "one");
        assert_eq!(checkouts.text(&place("owner/name", &commits[1], "a.js", 1)).unwrap(), "two");
        let missing = checkouts.text(&place("owner/name", &commits[0], "b.js", 1)).unwrap_err();
        assert!(missing.contains("b.js"), "{missing}");
        let unknown = checkouts.text(&place("owner/other", "c", "a.js", 1)).unwrap_err();
        assert!(unknown.contains("there is no clone at"), "{unknown}");
    }

    #[test]
    fn packages_come_from_their_folder() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("npm/@scope+name@1.0.0/dist");
        std::fs::create_dir_all(&package).unwrap();
        std::fs::write(package.join("a.js"), "text").unwrap();
        let place = place("npm:@scope/name", "@scope/name@1.0.0", "dist/a.js", 1);
        assert_eq!(Checkouts::new(folder.path()).text(&place).unwrap(), "text");
    }
}
