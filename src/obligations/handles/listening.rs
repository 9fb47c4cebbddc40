//! Methods that add a listener and also give a handle back: `AppState.addEventListener(…)`, `store.addListener(f)`. Where
//! the file takes handlers off by a method of the same receiver, that is what it means to do; else the handle counts.

use super::super::Engine;
use crate::facts::places::PlaceId;
use crate::protocol::ListenerRole;
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};

impl Engine<'_, '_> {
    /// The row by which a call acquires a handle that has to be released as one.
    pub(in super::super) fn handle_row(&self, call: ExprId) -> Option<usize> {
        self.handle_rows().get(&call).copied()
    }

    /// The rows of all calls that acquire handles, found once.
    pub(super) fn handle_rows(&self) -> &FxHashMap<ExprId, usize> {
        self.handle_rows.get_or_init(|| {
            let calls = self.facts.tree.calls.iter();
            let rows = calls.filter_map(|call| Some((*call, self.facts.acquires_handle(*call)?)));
            rows.filter(|(call, _)| !self.is_taken_off_by_handler(*call)).collect()
        })
    }

    fn is_taken_off_by_handler(&self, call: ExprId) -> bool {
        let callee = self.facts.tree.call_parts(call).map(|(callee, _)| callee);
        let Some(Kind::Member { object, .. }) = callee.map(|callee| self.facts.tree.kind(callee)) else {
            return false;
        };
        let receiver = self.facts.places.of(*object);
        receiver.is_some_and(|receiver| self.removers().contains(&receiver))
    }

    /// Receivers of which some method takes handlers off, gathered in one pass.
    fn removers(&self) -> &FxHashSet<PlaceId> {
        self.removers.get_or_init(|| {
            let calls = self.facts.tree.calls.iter();
            calls.filter_map(|call| self.takes_handler_off(*call)).collect()
        })
    }

    fn takes_handler_off(&self, call: ExprId) -> Option<PlaceId> {
        let facts = self.facts;
        let (callee, args) = facts.tree.call_parts(call)?;
        let Kind::Member { object, name } = facts.tree.kind(callee) else {
            return None;
        };
        let off = |role: &ListenerRole| matches!(role, ListenerRole::Remove | ListenerRole::Blanket);
        let rows = facts.protocols.listener_methods.get(name);
        let of_listener = rows.is_some_and(|rows| rows.iter().any(|(_, role)| off(role)));
        let by_handler = || {
            facts.protocols.release_receivers.has(name)
                && args.iter().any(|arg| !facts.functions_of(*arg).is_empty())
        };
        (of_listener || by_handler()).then(|| facts.places.of(*object)).flatten()
    }
}
