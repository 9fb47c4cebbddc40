//! The files below fixtures/: which there are, and what is wrong with their arrangement.

use leaklint::source::Language;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold no cases of a rule.
const OTHERS: [&str; 2] = ["quiet", "cli"];

/// One file that is linted.
#[derive(Debug, Clone)]
pub struct Source {
    /// From the root of the repository, `/` between its parts.
    pub path: String,
    pub text: String,
    pub language: Language,
}

/// A leak and its clean twin.
#[derive(Debug)]
pub struct Case {
    pub rule: String,
    pub name: String,
    pub leak: Source,
    pub clean: Source,
}

/// Everything below fixtures/.
#[derive(Debug, Default)]
pub struct Corpus {
    pub cases: Vec<Case>,
    pub quiet: Vec<Source>,
    /// Snapshots that lie there, from the root of the repository.
    pub snapshots: Vec<String>,
    /// Files and folders that are not where they belong.
    pub misplaced: Vec<String>,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads fixtures/.
pub fn corpus() -> Corpus {
    let mut corpus = Corpus::default();
    for rule in names("fixtures") {
        let folder = format!("fixtures/{rule}");
        match rule.as_str() {
            "quiet" => corpus.quiet(&folder),
            rule if OTHERS.contains(&rule) => {}
            _ if !root().join(&folder).is_dir() => corpus.misplaced.push(folder),
            _ => {
                for name in names(&folder) {
                    corpus.case(&rule, &name);
                }
            }
        }
    }
    corpus
}

impl Corpus {
    /// Every file that is linted.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.cases.iter().flat_map(|case| [&case.leak, &case.clean]).chain(&self.quiet)
    }

    fn quiet(&mut self, folder: &str) {
        for name in names(folder) {
            let path = format!("{folder}/{name}");
            match read(&path) {
                Some(source) => self.quiet.push(source),
                None => self.misplaced.push(path),
            }
        }
    }

    fn case(&mut self, rule: &str, name: &str) {
        let folder = format!("fixtures/{rule}/{name}");
        if !root().join(&folder).is_dir() {
            self.misplaced.push(folder);
            return;
        }
        let (mut leaks, mut cleans) = (Vec::new(), Vec::new());
        for file in names(&folder) {
            let path = format!("{folder}/{file}");
            let stem = file.split('.').next().unwrap_or_default();
            match (file.as_str(), stem) {
                ("drive.mjs", _) => {}
                (_, "leak") if file.ends_with(".snap") => self.snapshots.push(path),
                (_, "leak") => leaks.extend(read(&path)),
                (_, "clean") => cleans.extend(read(&path)),
                _ => self.misplaced.push(path),
            }
        }
        match (leaks.pop(), cleans.pop(), leaks.is_empty() && cleans.is_empty()) {
            (Some(leak), Some(clean), true) => {
                self.cases.push(Case { rule: rule.to_owned(), name: name.to_owned(), leak, clean });
            }
            _ => self.misplaced.push(format!("{folder}: needs one leak.* and one clean.*")),
        }
    }
}

/// A source file; `None` for what leaklint does not read.
fn read(path: &str) -> Option<Source> {
    let language = Language::of_path(path)?;
    let text = fs::read_to_string(root().join(path)).ok()?;
    Some(Source { path: path.to_owned(), text, language })
}

/// The names in a folder, sorted.
fn names(folder: &str) -> Vec<String> {
    let at: &Path = &root().join(folder);
    let entries = fs::read_dir(at).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
