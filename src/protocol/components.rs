//! What frameworks' components are made of: hooks, and object literals of which they make instances.

use super::words::{Patterns, Words};
use super::{Lifecycle, raw};
use crate::ast::Atom;
use crate::shapes::Shapes;
use rustc_hash::FxHashMap;

/// What a hook's callback is to the component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookRole {
    /// Sets something up; what it returns is lost.
    Setup,
    /// Sets something up; a function that it returns ends that.
    Effect,
    /// Runs when the component, or the effect around it, ends.
    End,
    /// Runs when an instance is put aside: it may let go, and need not.
    Rest,
    /// No callback: what calls it, under the name of a component or hook, is part of a component.
    Part,
    /// Runs once for the program.
    Once,
}

impl HookRole {
    /// The role as rows write it.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "setup" => Some(Self::Setup),
            "effect" => Some(Self::Effect),
            "end" => Some(Self::End),
            "rest" => Some(Self::Rest),
            "part" => Some(Self::Part),
            "once" => Some(Self::Once),
            _ => None,
        }
    }
}

/// A call that registers what runs at a station of a component's life.
#[derive(Debug)]
pub struct Hook {
    pub id: String,
    pub role: HookRole,
    pub names: Vec<String>,
    /// An attribute of elements in JSX whose function is called for each of them, instead of a call.
    pub attribute: Option<Atom>,
    /// Where the name comes from: `global` for one that nothing declares; none for whatever source. Of an attribute:
    /// packages of which the file imports one.
    pub modules: Vec<String>,
    pub callback: usize,
    /// The callback's run, and not the component, owns what it acquires.
    pub own: bool,
    /// The callback runs again in the life of one instance.
    pub reruns: bool,
    /// Awaits the promise of an async callback, and calls the function in it at the end.
    pub awaits: bool,
    /// The call makes sense outside of components, and does not make its caller one.
    pub anywhere: bool,
    /// The callback's parameter that registers what ends the run: `watchEffect((onCleanup) => …)`.
    pub cleanup: Option<usize>,
    /// What messages call the callback; an effect if nothing is said.
    pub noun: Option<String>,
    pub framework: String,
    pub what: String,
    pub source: String,
    pub checked: String,
}

impl From<raw::Hook> for Hook {
    fn from(row: raw::Hook) -> Self {
        Self {
            id: row.id.into_inner(),
            role: HookRole::named(&row.role).unwrap_or(HookRole::Setup),
            names: row.names,
            attribute: row.attribute.map(Atom::from),
            modules: row.modules,
            callback: row.callback as usize,
            own: row.own,
            reruns: row.reruns,
            awaits: row.awaits,
            anywhere: row.anywhere,
            cleanup: row.cleanup.map(|at| at as usize),
            noun: row.noun,
            framework: row.framework,
            what: row.what,
            source: row.source,
            checked: row.checked,
        }
    }
}

/// All hooks, found by name.
#[derive(Debug)]
pub struct Hooks {
    rows: Vec<Hook>,
    /// Hooks whose name is enough.
    named: FxHashMap<Atom, Vec<usize>>,
    named_shapes: Shapes,
    /// Hooks of certain modules.
    paths: Patterns,
    /// The rows of each attribute of elements.
    attributes: FxHashMap<Atom, Vec<usize>>,
}

impl Hooks {
    /// From the rows as read.
    pub fn new(rows: Vec<Hook>) -> Self {
        let mut named: FxHashMap<Atom, Vec<usize>> = FxHashMap::default();
        let mut named_shapes = Shapes::default();
        let mut paths = Patterns::default();
        let mut attributes: FxHashMap<Atom, Vec<usize>> = FxHashMap::default();
        for (at, row) in rows.iter().enumerate() {
            if let Some(attribute) = &row.attribute {
                attributes.entry(attribute.clone()).or_default().push(at);
            }
            if row.modules.is_empty() {
                for name in &row.names {
                    named_shapes.add(name);
                    named.entry(Atom::from(name.as_str())).or_default().push(at);
                }
            }
            for module in &row.modules {
                let full: Vec<String> = row.names.iter().map(|name| format!("{module}.{name}")).collect();
                paths.add(&full, at);
            }
        }
        Self { rows, named, named_shapes, paths, attributes }
    }

    /// One row.
    pub fn get(&self, at: usize) -> &Hook {
        &self.rows[at]
    }

    /// All rows.
    pub fn all(&self) -> &[Hook] {
        &self.rows
    }

    /// The rows of a bare name that says enough.
    pub fn named(&self, name: &Atom) -> &[usize] {
        if !self.named_shapes.may_have(name) {
            return &[];
        }
        self.named.get(name).map_or(&[], Vec::as_slice)
    }

    /// The qualified paths of the others.
    pub fn paths(&self) -> &Patterns {
        &self.paths
    }

    /// The rows of the functions given to an attribute of an element, whatever the file imports.
    pub fn of_attribute(&self, name: &Atom) -> &[usize] {
        self.attributes.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether any attribute of elements has a row.
    pub fn has_attributes(&self) -> bool {
        !self.attributes.is_empty()
    }

    /// The hook by which a framework's code registers an end: `onUnmounted`.
    pub fn end_of(&self, framework: &str) -> Option<&str> {
        let end = self.rows.iter().find(|row| row.framework == framework && row.role == HookRole::End)?;
        end.names.first().map(String::as_str)
    }
}

/// Object literals of which a framework makes instances.
#[derive(Debug)]
pub struct Options {
    /// Index of the lifecycle.
    pub lifecycle: usize,
    /// Calls and constructors that take such a literal.
    pub makers: Patterns,
    /// Those of them that make one instance at once.
    pub single: Patterns,
    /// Formats of components whose default export is such a literal.
    pub formats: Vec<String>,
    /// Members of which one is enough to tell such a literal.
    pub members: Words,
    /// Members that tell one only beside each other: one of a lifecycle, one of these.
    pub beside: Words,
    /// Properties whose functions are members as well: `methods`.
    pub sections: Words,
    /// The functions get the element: what tells a directive from a component.
    pub takes_element: bool,
    /// Members whose inside is a component function with hooks of its own.
    pub setup: Words,
    /// Members that run when an instance rests or is left: they may let go, and need not.
    pub rests: Words,
    /// Fields of `this` that die with the instance.
    pub own: Words,
    /// Fields of which nothing is known.
    pub other: Words,
    /// Fields that the whole program shares.
    pub shared: Words,
    /// How the names of what plugins install for the whole program begin.
    pub installed: Option<String>,
    pub source: String,
    pub checked: String,
}

impl Options {
    /// From a row as read; one of a lifecycle that no file has is never asked for.
    pub fn new(row: raw::Options, lifecycles: &[Lifecycle]) -> Self {
        Self {
            lifecycle: lifecycles.iter().position(|known| known.id == row.lifecycle).unwrap_or(usize::MAX),
            makers: Patterns::new(&row.makers),
            single: Patterns::new(&row.single),
            formats: row.formats,
            members: Words::new(&row.members),
            beside: Words::new(&row.beside),
            sections: Words::new(&row.sections),
            takes_element: row.takes_element,
            setup: Words::new(&row.setup),
            rests: Words::new(&row.rests),
            own: Words::new(&row.own),
            other: Words::new(&row.other),
            shared: Words::new(&row.shared),
            installed: row.installed,
            source: row.source,
            checked: row.checked,
        }
    }
}
