//! Which calls acquire and which release.

use super::Engine;
use crate::facts::paths;
use crate::semantic::*;

impl Engine<'_, '_> {
    /// The handle protocol that a call acquires by.
    pub(super) fn acquires_handle(&self, call: ExprId) -> Option<usize> {
        let (callee, _) = self.facts.tree.call_parts(call)?;
        paths::matches(self.facts.tree, callee, &self.facts.protocols.acquires)
    }

    /// Whether an expression names a function that releases handles of a row: `clearInterval`.
    pub(super) fn names_release(&self, row: usize, function: ExprId) -> bool {
        let protocol = &self.facts.protocols.handles[row];
        paths::matches(self.facts.tree, function, &protocol.release_calls).is_some()
    }

    /// A call that neither keeps nor ends what it is given.
    pub(super) fn is_harmless(&self, call: ExprId) -> bool {
        let callee = self.facts.tree.call_parts(call).map(|(callee, _)| callee);
        callee
            .and_then(|callee| self.facts.callee_name(callee))
            .is_some_and(|name| self.facts.protocols.harmless.has(name))
    }
}
