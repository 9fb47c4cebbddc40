//! The names by which obligations begin, gathered for the first question to every call of a file.

use super::{ListenerRole, Patterns, Protocols};
use crate::ast::Atom;
use crate::shapes::Shapes;
use rustc_hash::{FxHashMap, FxHashSet};

/// Names of calls that acquire, listen, race, make something large, or set up what an owner does.
#[derive(Debug, Default)]
pub struct Openers {
    /// What the paths end in that may open an obligation.
    last_names: Names,
    /// Some row takes all that is reached through an object: every path may be one.
    any_path: bool,
    names: FxHashMap<Atom, Opener>,
    /// The names of [`Opener::Typed`], all together.
    types: Names,
}

/// A set of names that is asked for nearly every name of a file.
#[derive(Debug, Default)]
struct Names {
    shapes: Shapes,
    all: FxHashSet<Box<str>>,
}

impl Names {
    fn extend<'n>(&mut self, names: impl Iterator<Item = &'n str>) {
        for name in names {
            self.shapes.add(name);
            self.all.insert(name.into());
        }
    }

    fn has(&self, name: &str) -> bool {
        self.shapes.may_have(name) && self.all.contains(name)
    }
}

/// When a call of a name may open an obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opener {
    Always,
    /// On a receiver of a type whose path ends in one of these names, one of which the file has to mention.
    Typed(Vec<Atom>),
}

impl Openers {
    /// From everything that is known in a file.
    pub(super) fn of(protocols: &Protocols) -> Self {
        let mut openers = Self::default();
        for patterns in openers_by_path(protocols) {
            openers.any_path |= patterns.has_prefixes();
            openers.last_names.extend(patterns.last_names());
        }
        for (name, rows) in &protocols.acquire_methods {
            for row in rows.iter().map(|row| &protocols.handles[*row]) {
                let convention = row.imported || row.injected || row.anywhere;
                openers.add(name, (!convention).then_some(&row.types));
            }
        }
        for (name, rows) in &protocols.listener_methods {
            let added =
                rows.iter().filter(|(_, role)| matches!(role, ListenerRole::Add | ListenerRole::Once));
            for row in added.map(|(row, _)| &protocols.listeners[*row]) {
                openers.add(name, row.exact.then_some(&row.types));
            }
        }
        let typed = openers.names.values().filter_map(|opener| match opener {
            Opener::Typed(names) => Some(names),
            Opener::Always => None,
        });
        openers.types.extend(typed.flatten().map(|name| &**name));
        openers
    }

    /// A name that counts on receivers of certain types, or on all.
    fn add(&mut self, name: &Atom, types: Option<&Patterns>) {
        let opener = self.names.entry(name.clone()).or_insert_with(|| Opener::Typed(Vec::new()));
        match (types, &mut *opener) {
            (Some(types), Opener::Typed(names)) if !types.has_prefixes() => {
                names.extend(types.last_names().map(Atom::from));
                names.sort_unstable();
                names.dedup();
            }
            _ => *opener = Opener::Always,
        }
    }

    /// Whether a path of this last name may open an obligation: the cheap question before that for the path.
    pub fn ends_in(&self, last: &str) -> bool {
        self.any_path || self.last_names.has(last)
    }

    /// Whether a name says something of a receiver's type.
    pub fn is_type(&self, name: &str) -> bool {
        self.types.has(name)
    }

    /// When a call of a method or function of this name may.
    pub fn named(&self, name: &Atom) -> Option<&Opener> {
        self.names.get(name)
    }
}

/// What opens an obligation by its path.
pub fn openers_by_path(protocols: &Protocols) -> [&Patterns; 2] {
    [&protocols.acquires, &protocols.promises.races]
}
