//! Sets of names and of qualified paths.

use crate::ast::Atom;
use crate::shapes::Shapes;
use rustc_hash::{FxHashMap, FxHashSet};

/// A set of names; `*Target` stands for every name that ends so.
#[derive(Debug, Default)]
pub struct Words {
    exact: FxHashSet<Atom>,
    shapes: Shapes,
    suffixes: Vec<Box<str>>,
}

impl Words {
    /// From a list as written.
    pub fn new(words: &[String]) -> Self {
        let (suffixes, exact): (Vec<&String>, Vec<&String>) =
            words.iter().partition(|word| word.starts_with('*'));
        let mut shapes = Shapes::default();
        exact.iter().for_each(|word| shapes.add(word));
        Self {
            shapes,
            exact: exact.into_iter().map(|word| Atom::from(word.as_str())).collect(),
            suffixes: suffixes.into_iter().map(|word| word[1..].into()).collect(),
        }
    }

    /// Takes in the names of another set.
    pub fn extend(&mut self, more: &Self) {
        self.shapes.extend(more.shapes);
        self.exact.extend(more.exact.iter().cloned());
        self.suffixes.extend(more.suffixes.iter().cloned());
    }

    /// Whether there is no name at all.
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.suffixes.is_empty()
    }

    /// Whether some names are given by their ends only.
    pub fn has_suffixes(&self) -> bool {
        !self.suffixes.is_empty()
    }

    /// Whether the name is in the set.
    #[inline]
    pub fn has(&self, name: &Atom) -> bool {
        // The first question is asked in place: it mostly is the last one.
        (self.shapes.may_have(name) || self.has_suffixes()) && self.has_surely(name)
    }

    /// Whether some name that is written out here is in the other set.
    pub fn shares(&self, other: &Self) -> bool {
        self.exact.iter().any(|name| other.has(name))
    }

    fn has_surely(&self, name: &Atom) -> bool {
        self.exact.contains(name) || self.suffixes.iter().any(|suffix| name.ends_with(&**suffix))
    }

    /// The names that are written out, sorted.
    pub fn sorted(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.exact.iter().map(|name| &**name).collect();
        names.sort_unstable();
        names
    }
}

/// Qualified paths such as `global.setInterval`, `timers.setInterval` or a bare type name `EventEmitter`,
/// found by their last name first, because nearly every question ends there. `global.chrome.*` stands for all
/// that is reached through it, `*.DisposableStore` for what any module exports under that name.
#[derive(Debug, Default)]
pub struct Patterns {
    by_last: FxHashMap<Box<str>, Vec<(Box<str>, usize)>>,
    /// Of the last names.
    shapes: Shapes,
    /// With the dot, without the star.
    prefixes: Vec<(Box<str>, usize)>,
}

impl Patterns {
    /// From a list as written; every pattern carries the same payload.
    pub fn new(paths: &[String]) -> Self {
        let mut patterns = Self::default();
        patterns.add(paths, 0);
        patterns
    }

    /// Adds paths with a payload.
    pub fn add(&mut self, paths: &[String], payload: usize) {
        for path in paths {
            if let Some(prefix) = path.strip_suffix('*') {
                self.prefixes.push((prefix.into(), payload));
                continue;
            }
            let last = path.rsplit('.').next().unwrap_or(path);
            self.shapes.add(last);
            self.by_last.entry(last.into()).or_default().push((path.as_str().into(), payload));
        }
    }

    /// Whether there is no pattern at all.
    pub fn is_empty(&self) -> bool {
        self.by_last.is_empty() && self.prefixes.is_empty()
    }

    /// Whether some pattern takes all that is reached through something.
    pub fn has_prefixes(&self) -> bool {
        !self.prefixes.is_empty()
    }

    /// What the other patterns end in.
    pub fn last_names(&self) -> impl Iterator<Item = &str> {
        self.by_last.keys().map(|last| &**last)
    }

    /// Whether any pattern ends in this name: the cheap first question.
    pub fn ends_in(&self, last: &str) -> bool {
        !self.prefixes.is_empty() || self.shapes.may_have(last) && self.by_last.contains_key(last)
    }

    /// The payload of a full path.
    pub fn find(&self, path: &str) -> Option<usize> {
        let last = path.rsplit('.').next().unwrap_or(path);
        if self.prefixes.is_empty() && !self.shapes.may_have(last) {
            return None;
        }
        let candidates = self.by_last.get(last).map_or(&[][..], Vec::as_slice);
        let exact = candidates
            .iter()
            .find(|(pattern, _)| **pattern == *path || pattern.starts_with("*.") && is_exported(path, last));
        let found = exact.or_else(|| self.prefixes.iter().find(|(prefix, _)| path.starts_with(&**prefix)));
        found.map(|(_, payload)| *payload)
    }

    /// Whether a full path is one of the patterns.
    pub fn has(&self, path: &str) -> bool {
        self.find(path).is_some()
    }
}

/// Whether a path is a module's export of that name, and no part of one: modules have dots in their names, too.
fn is_exported(path: &str, last: &str) -> bool {
    let module = path.strip_suffix(last).and_then(|module| module.strip_suffix('.'));
    module.is_some_and(|module| module != "global" && !module.starts_with("global."))
}
