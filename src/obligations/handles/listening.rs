//! Methods that add a listener and also give a handle back: `AppState.addEventListener(…)`, `emitter.on(…)`. Where the
//! file takes handlers off by a method of the same receiver, listener rules judge; else the handle does.

use super::super::Engine;
use crate::facts::places::PlaceId;
use crate::protocol::ListenerRole;
use crate::semantic::*;
use rustc_hash::FxHashSet;

impl Engine<'_, '_> {
    /// The row by which a call acquires a handle that has to be released as one.
    pub(in super::super) fn handle_row(&self, call: ExprId) -> Option<usize> {
        let row = self.facts.acquires_handle(call)?;
        (!self.is_taken_off_by_handler(call)).then_some(row)
    }

    fn is_taken_off_by_handler(&self, call: ExprId) -> bool {
        let facts = self.facts;
        let Some((Kind::Member { object, name }, _)) =
            facts.tree.call_parts(call).map(|(callee, args)| (facts.tree.kind(callee), args))
        else {
            return false;
        };
        facts.protocols.listener_methods.contains_key(name)
            && facts.places.of(*object).is_some_and(|receiver| self.removers().contains(&receiver))
    }

    /// Receivers of which some method takes listeners off, gathered in one pass.
    fn removers(&self) -> &FxHashSet<PlaceId> {
        self.removers.get_or_init(|| {
            let facts = self.facts;
            let removes = |call: &ExprId| {
                let (callee, _) = facts.tree.call_parts(*call)?;
                let Kind::Member { object, name } = facts.tree.kind(callee) else {
                    return None;
                };
                let rows = facts.protocols.listener_methods.get(name)?;
                let off = |role: &ListenerRole| matches!(role, ListenerRole::Remove | ListenerRole::Blanket);
                rows.iter().any(|(_, role)| off(role)).then(|| facts.places.of(*object)).flatten()
            };
            facts.tree.calls.iter().filter_map(removes).collect()
        })
    }
}
