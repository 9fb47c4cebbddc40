//! Containers that are filled together and not emptied together.

use super::super::Engine;
use super::{Counted, Domain};
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::Level;
use crate::semantic::*;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::rc::Rc;

/// Per method that fills them: the first two containers of a class that `clear()` empties.
pub(in super::super) type Emptied = FxHashMap<FnId, SmallVec<[PlaceId; 2]>>;

impl Engine<'_, '_> {
    /// Another container of the instance, filled by the same method, that `clear()` empties. What goes at the object's end
    /// says nothing: all of it goes then.
    pub(super) fn emptied_sibling(&self, place: PlaceId, one: &Counted, class: ClassId) -> Option<String> {
        if one.domain < Domain::Param || one.repetition.level < Level::MayRepeat {
            return None;
        }
        let function = self.facts.tree.expr(one.growth.site).function;
        let emptied = self.emptied(class);
        let other = emptied.get(&function)?.iter().find(|other| **other != place)?;
        Some(self.facts.places.text(self.facts.tree, *other))
    }

    /// The containers that a class's own `clear…()` empties, found once per class.
    fn emptied(&self, class: ClassId) -> Rc<Emptied> {
        if let Some(known) = self.emptied.borrow().get(&class) {
            return Rc::clone(known);
        }
        let facts = self.facts;
        let mut emptied = Emptied::default();
        let root = facts.places.at_root(&Root::This(class));
        for place in root.into_iter().flat_map(|root| facts.parts_of(root)) {
            if !self.is_container(place) {
                continue;
            }
            let uses = self.container_uses(place);
            if !uses.bounds.iter().any(|(at, _)| self.is_cleared_by(*at, class)) {
                continue;
            }
            for growth in &uses.growths {
                let places = emptied.entry(facts.tree.expr(growth.site).function).or_default();
                if places.len() < 2 && !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        let emptied = Rc::new(emptied);
        self.emptied.borrow_mut().insert(class, Rc::clone(&emptied));
        emptied
    }

    /// `clearAll() { this.names.clear(); }`
    fn is_cleared_by(&self, at: ExprId, class: ClassId) -> bool {
        let facts = self.facts;
        let called = facts.tree.call_parts(at).and_then(|(callee, _)| facts.callee_name(callee));
        let home = facts.tree.expr(at).function;
        facts.classes.of_member(home) == Some(class)
            && facts.function_name(home).is_some_and(|name| name.starts_with("clear"))
            && called.is_some_and(|name| name == "clear")
    }
}
