//! Whether a component comes and goes while its page stays, as far as its own file shows.
//!
//! ```jsx
//! const Recorder = () => { useEffect(() => { setInterval(poll, 9) }, []) };           // takes nothing: perhaps a whole page
//! const Row = ({ item }) => { useEffect(() => { setInterval(() => poll(item), 9) }) }; // somebody gives it an item
//! ```

use super::Facts;
use super::classes::Dress;
use super::owner::{Owner, is_hook};
use crate::ast::Atom;
use crate::semantic::*;
use crate::source::Span;
use rustc_hash::FxHashSet;

/// Who takes something from those who use it.
#[derive(Debug)]
pub(super) struct Takers {
    /// Functions that read a parameter, other than its `children`.
    functions: FxHashSet<FnId>,
    /// Components that are object literals and say what they take: `{ props: …, setup() { … } }`.
    literals: Vec<Span>,
}

impl Facts<'_> {
    /// Whether an owner may be the root of a page, of which there is one and which never ends: a component that takes nothing
    /// from those who use it, and has no end of its own. A hook, and what no component framework makes, is none.
    pub fn may_be_root(&self, owner: Owner) -> bool {
        if let Some(known) = self.may_be_root.borrow().get(&owner) {
            return *known;
        }
        let found = self.takes_nothing(owner);
        self.may_be_root.borrow_mut().insert(owner, found);
        found
    }

    fn takes_nothing(&self, owner: Owner) -> bool {
        match owner {
            Owner::Component(function) => self.roles.hooks.ends(owner).is_empty() && !self.is_given(function),
            Owner::Effect(effect) => {
                let mut around = self.tree.enclosing(effect);
                let component = around
                    .find(|at| self.roles.components.contains(at) || self.roles.hooks.instances.contains(at));
                component.is_some_and(|component| !self.is_given(component))
            }
            Owner::Class(class) => match (self.classes.get(class).dress, self.lifecycle(class)) {
                (Dress::Object(literal), Some(row)) if self.declares_what_it_takes(class) => {
                    let ends = |(name, functions): (&Atom, &Vec<FnId>)| {
                        let misspelt = |at: &FnId| self.misspelt_teardown(class, name, *at).is_some();
                        row.teardown.has(name) || functions.iter().any(misspelt)
                    };
                    !self.classes.get(class).members.iter().any(ends) && !self.takes_properties(literal)
                }
                _ => false,
            },
            Owner::Module | Owner::Call(_) | Owner::Factory(_) => false,
        }
    }

    /// Whether an owner is, or stands in, a hook of the program's own, which many components use.
    pub fn is_in_hook(&self, owner: Owner) -> bool {
        match owner {
            Owner::Component(at) | Owner::Effect(at) => {
                self.tree.enclosing(at).any(|function| self.is_named_as_hook(function))
            }
            _ => false,
        }
    }

    fn is_named_as_hook(&self, function: FnId) -> bool {
        self.function_name(function).is_some_and(|name| is_hook(name))
    }

    /// A hook, or a component that reads something of what it is given; `children` are given to roots, too.
    fn is_given(&self, component: FnId) -> bool {
        let entry = self.tree.function(component);
        if entry.kind == FnKind::Instance {
            return self.declares_properties();
        }
        if self.is_named_as_hook(component) {
            return true;
        }
        let takers = self.takers.get_or_init(|| self.takers());
        takers.functions.contains(&component) || takers.literals.iter().any(|span| span.contains(entry.span))
    }

    /// One pass over all names: components are many in some files, and so are names.
    fn takers(&self) -> Takers {
        let options = self.classes.ids().filter(|class| self.classes.is_options(*class));
        let literals = options.filter_map(|class| match self.classes.get(class).dress {
            Dress::Object(literal) => Some(literal),
            _ => None,
        });
        let literals = literals.filter(|literal| self.takes_properties(*literal));
        let functions = self.tree.scopes.bindings.iter().filter_map(|binding| match binding.kind {
            BindingKind::Parameter { function, .. } if self.is_more_than_children(binding) => Some(function),
            _ => None,
        });
        Takers {
            functions: functions.collect(),
            literals: literals.map(|literal| self.tree.span(literal)).collect(),
        }
    }

    fn is_more_than_children(&self, parameter: &Binding) -> bool {
        match parameter.projection.as_slice() {
            [] => parameter.refs.iter().any(|reference| {
                let mention = self.tree.scopes.reference(*reference).expr;
                let Up::Expr(parent) = self.tree.expr(mention).up else {
                    return true;
                };
                !matches!(self.tree.kind(parent), Kind::Member { name, .. } if name == "children")
            }),
            [.., Segment::Named(name)] => name != "children",
            _ => true,
        }
    }

    /// `defineProps()`, `export let item`
    fn declares_properties(&self) -> bool {
        let tree = self.tree;
        let mut calls = tree.calls.iter().filter_map(|call| tree.call_parts(*call));
        calls.any(|(callee, _)| self.callee_name(callee).is_some_and(|name| self.protocols.given.has(name)))
            || tree.scopes.bindings.iter().any(|binding| binding.exported)
    }

    /// Whether literals of its kind say what they take: those of Vue do, those of Ember do not.
    fn declares_what_it_takes(&self, class: ClassId) -> bool {
        let Some(at) = self.lifecycle_row(class) else {
            return false;
        };
        let mut rows = self.protocols.options.iter().filter(|row| row.lifecycle == at && !row.takes_element);
        rows.any(|row| self.protocols.given.shares(&row.beside))
    }

    /// `{ props: … }`; what comes in by a mixin or a base is not seen, and may have some.
    fn takes_properties(&self, literal: ExprId) -> bool {
        let Kind::Object(list) = self.tree.kind(literal) else {
            return true;
        };
        self.tree.properties(*list).iter().any(|property| match &property.key {
            Key::Named(name) => self.protocols.given.has(name),
            _ => true,
        })
    }
}
