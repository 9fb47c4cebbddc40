//! A configuration with all that it extends, in the order in which they apply.

use super::discovery::folder_of;
use super::document::{Document, Place};
use super::globs::Globs;
use super::layer::{self, Layer, Says, Section, Set};
use super::locate;
use crate::protocol::raw;
use crate::walk;
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Chains of more files than this are refused.
const MAX_DEPTH: usize = 64;

/// A file with what it extends before it: what stands later wins.
#[derive(Debug)]
pub struct Config {
    /// The file itself last.
    pub links: Vec<Link>,
    ignore: Globs,
    /// One for each section of each link, in order.
    sections: Vec<Globs>,
}

/// One file of a configuration.
#[derive(Debug)]
pub struct Link {
    pub name: String,
    pub path: PathBuf,
    /// Where it is extended; `None` for the file itself.
    pub extended: Option<Place>,
    /// The folder to which its patterns are relative, as text.
    folder: String,
    layer: Arc<Layer>,
}

/// What holds for one file.
#[derive(Debug, Default)]
pub struct Holding<'c> {
    pub says: Says,
    /// The sections of `overrides` that match, each with the pattern that does.
    pub matched: Vec<(&'c Section, &'c Set<String>)>,
}

impl Config {
    /// What holds for a file, by its path: absolute, `/` between its parts.
    pub fn holding(&self, path: &str) -> Holding<'_> {
        let mut holding = Holding::default();
        let mut globs = self.sections.iter();
        for link in &self.links {
            holding.says.extend(&link.layer.says);
            for (section, globs) in link.layer.overrides.iter().zip(&mut globs) {
                if let Some(pattern) = globs.matching(path) {
                    holding.says.extend(&section.says);
                    holding.matched.push((section, &section.files[pattern]));
                }
            }
        }
        holding
    }

    /// The indices of the sections that match a file: files for which they are the same are treated the same.
    pub fn matching(&self, path: &str) -> Vec<usize> {
        let matching = |globs: &Globs| globs.matching(path).is_some();
        (0..self.sections.len()).filter(|at| matching(&self.sections[*at])).collect()
    }

    /// The pattern by which a file is ignored.
    pub fn ignored_by(&self, path: &str) -> Option<&Set<String>> {
        let at = self.ignore.matching(path)?;
        self.links.iter().flat_map(|link| &link.layer.ignore).nth(at)
    }

    /// Where rows or lists of the user's own come from; the same for configurations that share them.
    pub fn teachers(&self) -> Vec<PathBuf> {
        let teaches = |link: &&Link| !link.layer.own.is_blank();
        self.links.iter().filter(teaches).map(|link| link.path.clone()).collect()
    }

    /// The rows and lists of the user's own. A row replaces one of the same id of a file before.
    pub fn own(&self) -> raw::File {
        let mut own = raw::File::default();
        for link in &self.links {
            let later = &link.layer.own;
            let replaced: FxHashSet<&str> = later.rows().filter_map(raw::Row::id).collect();
            own.retain(|row| !row.id().is_some_and(|id| replaced.contains(id)));
            own.extend(later.clone());
        }
        own
    }
}

/// Reads configurations, each file once.
#[derive(Debug)]
pub struct Loader {
    here: PathBuf,
    /// `None`: it is wrong, and that was said.
    layers: FxHashMap<PathBuf, Option<Arc<Layer>>>,
    /// Everything that is wrong in the files that were read, with its place.
    pub errors: Vec<String>,
}

/// A file that is on its way into a configuration.
struct Step {
    path: PathBuf,
    name: String,
    extended: Option<Place>,
    /// The folder of its patterns.
    folder: PathBuf,
    /// A file of a package: what it extends by a path is part of the package too.
    in_package: bool,
}

impl Loader {
    /// `here` is the current folder without links, for the names of files.
    pub fn new(here: PathBuf) -> Self {
        Self { here, layers: FxHashMap::default(), errors: Vec::new() }
    }

    /// Of what is wrong nothing is known any more: it will be said again.
    pub fn forget_wrong(&mut self) {
        self.layers.retain(|_, layer| layer.is_some());
        self.errors.clear();
    }

    /// Reads a configuration and all that it extends. Without a result, [`Self::errors`] say why.
    pub fn load(&mut self, path: &Path) -> Option<Config> {
        let before = self.errors.len();
        let shown = self.name(path);
        // Where it was found; a link may lead elsewhere.
        let folder = walk::real(folder_of(path));
        let path = match std::fs::canonicalize(path) {
            Ok(path) => path,
            Err(error) => {
                self.errors.push(format!("{shown}: {}", walk::describe(&error)));
                return None;
            }
        };
        let mut links = Vec::new();
        let first = Step { path, name: shown, extended: None, folder, in_package: false };
        self.follow(first, &mut Vec::new(), &mut links);
        if self.errors.len() > before || links.is_empty() {
            return None;
        }
        self.compiled(links)
    }

    fn fail(&mut self, place: &Place, message: impl Into<String>) {
        self.errors.push(place.error(message).to_string());
    }

    /// As users know the file: relative to the current folder if it lies below.
    pub fn name(&self, path: &Path) -> String {
        walk::shown(path.strip_prefix(&self.here).unwrap_or(path))
    }

    /// What is extended first, then the file itself; a file that is reached twice counts where it was reached first.
    fn follow(&mut self, step: Step, open: &mut Vec<(PathBuf, String)>, links: &mut Vec<Link>) {
        let Some(layer) = self.layer(&step) else {
            return;
        };
        if let (Some(place), true) = (&step.extended, open.len() >= MAX_DEPTH) {
            self.fail(place, format!("more than {MAX_DEPTH} configurations extend one another here"));
            return;
        }
        open.push((step.path.clone(), step.name.clone()));
        for spec in &layer.extends {
            let (located, is_package) = match locate::locate(&spec.value, &step.path) {
                Ok(located) => located,
                Err(problem) => {
                    self.fail(&spec.place, problem);
                    continue;
                }
            };
            if let Some(at) = open.iter().position(|(path, _)| *path == located) {
                let mut names: Vec<&str> = open[at..].iter().map(|(_, name)| name.as_str()).collect();
                names.push(&open[at].1);
                let message = format!("this extends in a circle: {}", names.join(" → "));
                self.fail(&spec.place, message);
                continue;
            }
            if links.iter().any(|link: &Link| link.path == located) {
                continue;
            }
            let own_folder = located.parent().unwrap_or(&located).to_owned();
            let in_package = is_package || step.in_package;
            let next = Step {
                name: self.name(&located),
                path: located,
                extended: Some(spec.place.clone()),
                folder: if in_package { step.folder.clone() } else { own_folder },
                in_package,
            };
            self.follow(next, open, links);
        }
        open.pop();
        let folder = walk::shown(&step.folder);
        links.push(Link { name: step.name, path: step.path, extended: step.extended, folder, layer });
    }

    fn layer(&mut self, step: &Step) -> Option<Arc<Layer>> {
        if let Some(known) = self.layers.get(&step.path) {
            return known.clone();
        }
        let read = match Document::open(&step.name, &step.path) {
            Ok(document) => layer::read(&Arc::new(document))
                .map_err(|errors| self.errors.extend(errors.iter().map(ToString::to_string))),
            Err(problem) => {
                match &step.extended {
                    Some(place) => self.fail(place, format!("cannot read {}: {problem}", step.name)),
                    None => self.errors.push(format!("{}: {problem}", step.name)),
                }
                Err(())
            }
        };
        let layer = read.ok().map(Arc::new);
        self.layers.insert(step.path.clone(), layer.clone());
        layer
    }

    fn compiled(&mut self, links: Vec<Link>) -> Option<Config> {
        let ignore = links.iter().flat_map(|link| link.layer.ignore.iter().map(move |set| (set, link)));
        let ignore = self.globs(ignore.collect())?;
        let mut sections = Vec::new();
        for link in &links {
            for section in &link.layer.overrides {
                sections.push(self.globs(section.files.iter().map(|set| (set, link)).collect())?);
            }
        }
        Some(Config { links, ignore, sections })
    }

    fn globs(&mut self, patterns: Vec<(&Set<String>, &Link)>) -> Option<Globs> {
        let written = patterns.iter().map(|(set, link)| (set.value.as_str(), link.folder.as_str()));
        match Globs::new(written) {
            Ok(globs) => Some(globs),
            // Each was found to be one by itself.
            Err(problem) => {
                let first = patterns.first().map(|(set, _)| set.place.error(problem));
                self.errors.extend(first.map(|error| error.to_string()));
                None
            }
        }
    }
}
