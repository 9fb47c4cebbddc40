//! Releases by the name of what they release, gathered in one pass: `clearInterval(other.timer)`, `other.timer.close()`,
//! `other.off()` are found under `timer`, `timer` and `off`.

use crate::ast::Atom;
use crate::facts::places::{PlaceId, Root};
use crate::facts::{Facts, paths};
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};

/// A call that may release what a place of some name holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub call: ExprId,
    /// What would be released.
    pub place: PlaceId,
    /// How: the first argument of the call, the receiver of its method, or what is called.
    pub way: Way,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Argument,
    Receiver,
    Called,
}

/// See the module's text. Fields of `this` are apart: a class asks for its own and its subclasses' only.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_name: FxHashMap<Atom, Vec<Named>>,
    by_field: FxHashMap<(ClassId, Atom), Vec<Named>>,
    /// Rows of which some call finds the handles again: `Chart.getChart(canvas)`.
    pub found_again: FxHashSet<usize>,
}

impl Index {
    pub(super) fn new(facts: &Facts<'_>) -> Self {
        let protocols = facts.protocols;
        let mut index = Self::default();
        for call in &facts.tree.calls {
            let Some((callee, args)) = facts.tree.call_parts(*call) else {
                continue;
            };
            index.found_again.extend(paths::matches(facts.tree, callee, &protocols.finds));
            let Some(name) = facts.callee_name(callee) else {
                continue;
            };
            if protocols.release_calls.ends_in(name) {
                index.insert(facts, *call, args.first().copied(), Way::Argument);
            }
            if let Kind::Member { object, .. } = facts.tree.kind(callee) {
                if protocols.release_methods.has(name) {
                    index.insert(facts, *call, Some(*object), Way::Receiver);
                }
                index.insert(facts, *call, Some(callee), Way::Called);
            }
        }
        index
    }

    /// Calls that release something whose last name is `name`, of whatever object but `this`.
    pub(super) fn named(&self, name: &Atom) -> &[Named] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Calls in a class that release something of `this` whose last name is `name`.
    pub(super) fn field(&self, class: ClassId, name: &Atom) -> &[Named] {
        self.by_field.get(&(class, name.clone())).map_or(&[], Vec::as_slice)
    }

    /// Calls in a class that release `this[name]`, whatever the name is.
    pub(super) fn any_field(&self, class: ClassId) -> &[Named] {
        self.field(class, &Atom::default())
    }

    fn insert(&mut self, facts: &Facts<'_>, call: ExprId, released: Option<ExprId>, way: Way) {
        let Some(place) = released.and_then(|at| facts.places.of(at)) else {
            return;
        };
        // `this.close()` releases no field.
        if facts.places.depth(place) == 0 && matches!(facts.places.root(place), Root::This(_)) {
            return;
        }
        let named = Named { call, place, way };
        let name = match (facts.places.last_name(place), facts.places.root(place)) {
            (Some(name), _) => name.clone(),
            // `this[name]`: any field of the object.
            (None, Root::This(class)) => {
                self.by_field.entry((*class, Atom::default())).or_default().push(named);
                return;
            }
            (None, _) => return,
        };
        match facts.places.root(place) {
            Root::This(class) => self.by_field.entry((*class, name)).or_default().push(named),
            _ => self.by_name.entry(name).or_default().push(named),
        }
    }
}
