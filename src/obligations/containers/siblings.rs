//! Containers that are filled together and not emptied together.

use super::super::Engine;
use super::{Counted, Domain};
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::Level;
use crate::semantic::*;

impl Engine<'_, '_> {
    /// Another container of the instance, filled by the same method, that `clear()` empties. What goes at the object's end
    /// says nothing: all of it goes then.
    pub(super) fn emptied_sibling(&self, place: PlaceId, one: &Counted, class: ClassId) -> Option<String> {
        let facts = self.facts;
        let function = facts.tree.expr(one.growth.site).function;
        if one.domain < Domain::Param || one.repetition.level < Level::MayRepeat {
            return None;
        }
        let root = facts.places.at_root(&Root::This(class))?;
        let emptied = |other: PlaceId| {
            let uses = self.container_uses(other);
            let grows = uses.growths.iter().any(|growth| facts.tree.expr(growth.site).function == function);
            let clears = |at: ExprId| {
                let called = facts.tree.call_parts(at).and_then(|(callee, _)| facts.callee_name(callee));
                let home = facts.tree.expr(at).function;
                let empties = facts.function_name(home).is_some_and(|name| name.starts_with("clear"));
                let own = facts.classes.of_member(home) == Some(class);
                own && empties && called.is_some_and(|name| name == "clear")
            };
            grows && uses.bounds.iter().any(|(at, _)| clears(*at))
        };
        let mut others = facts.parts_of(root).filter(|other| *other != place && self.is_container(*other));
        others.find(|other| emptied(*other)).map(|other| facts.places.text(facts.tree, other))
    }
}
