//! Containers that are filled together and not emptied together.

use super::super::Engine;
use super::{Counted, Domain};
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::Level;
use crate::protocol::TeardownName;
use crate::semantic::*;

impl Engine<'_, '_> {
    /// Another container of the instance, filled by the same method, that `clear()` or an end empties. What `reset()` and the
    /// like leave may be meant to stay.
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
                let home = facts.function_name(facts.tree.expr(at).function);
                called.is_some_and(|name| name == "clear")
                    && home.is_some_and(|name| {
                        name.starts_with("clear") || facts.teardown_name(name) == Some(TeardownName::Strong)
                    })
            };
            grows && uses.bounds.iter().any(|(at, _)| clears(*at))
        };
        let mut others = facts.parts_of(root).filter(|other| *other != place && self.is_container(*other));
        others.find(|other| emptied(*other)).map(|other| facts.places.text(facts.tree, other))
    }
}
