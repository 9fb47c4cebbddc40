//! What a project's own `onX(handler)` returns: a disposer, where this file releases what another call of it returned.

use super::super::Engine;
use super::Acquired;
use crate::ast::Atom;
use crate::facts::flow::Sink;
use crate::facts::places::PlaceId;
use crate::protocol::HookRole;
use crate::semantic::*;
use rustc_hash::FxHashMap;

impl Engine<'_, '_> {
    /// Calls of methods that no row knows, each of a name that is called more than once.
    ///
    /// ```js
    /// this.stop = store.onChange(this.update);   // and later `this.stop()`
    /// store.onChange(() => this.draw());
    /// ```
    pub(super) fn local_disposers(&self) -> Vec<(ExprId, usize)> {
        let facts = self.facts;
        let mut named: FxHashMap<&str, Vec<(ExprId, usize)>> = FxHashMap::default();
        for call in &facts.tree.calls {
            if let Some((name, row)) = self.local_call(*call) {
                named.entry(name).or_default().push((*call, row));
            }
        }
        named.retain(|_, calls| calls.len() > 1);
        let mut found: Vec<(ExprId, usize)> = named.into_values().flatten().collect();
        found.sort_unstable();
        found
    }

    fn local_call(&self, call: ExprId) -> Option<(&str, usize)> {
        let facts = self.facts;
        let (callee, args) = facts.tree.call_parts(call)?;
        let (Kind::Member { name, .. }, [handler]) = (facts.tree.kind(callee), args) else {
            return None;
        };
        let row = facts.protocols.local_method(name)?;
        let callable = !facts.functions_of(*handler).is_empty();
        (callable && self.handle_row(call).is_none()).then_some((name, row))
    }

    /// How many calls of each such method are released, or given to what releases.
    pub(super) fn released_locally(&self, sites: &[Acquired]) -> FxHashMap<Atom, usize> {
        let mut counts = FxHashMap::default();
        for site in sites {
            let local = self.facts.protocols.handles[site.row].local;
            if let Some(name) = self.called_name(site.call).filter(|_| local && self.is_released(site)) {
                *counts.entry(name.clone()).or_default() += 1;
            }
        }
        counts
    }

    /// Whether another call of the method shows that what it returns ends what it began.
    pub(super) fn is_shown(&self, site: &Acquired, released: &FxHashMap<Atom, usize>) -> bool {
        if !self.facts.protocols.handles[site.row].local {
            return true;
        }
        let all =
            self.called_name(site.call).and_then(|name| released.get(name)).copied().unwrap_or_default();
        all > usize::from(self.is_released(site))
    }

    /// Released here, the cleanup of an effect, or in something whose name says that it releases: `toDispose.push(…)`.
    fn is_released(&self, site: &Acquired) -> bool {
        let facts = self.facts;
        let row = &facts.protocols.handles[site.row];
        let owns = |name: Option<&Atom>| name.is_some_and(|name| row.is_owner(name));
        let cleans = |sink: &Sink| matches!(sink, Sink::Returned(function) if facts.hook_role(*function) == Some(HookRole::Effect));
        let taken_by = |call: ExprId| {
            let callee = facts.tree.call_parts(call).map(|(callee, _)| callee);
            let object = callee.and_then(|callee| match facts.tree.kind(callee) {
                Kind::Member { object, .. } => facts.callee_name(*object),
                _ => None,
            });
            owns(object) || owns(callee.and_then(|callee| facts.callee_name(callee)))
        };
        let kept =
            |place: &PlaceId| facts.places.ancestors(*place).any(|at| owns(facts.places.last_name(at)));
        !site.trail.releases.is_empty()
            || facts.sinks(site.call).iter().any(cleans)
            || site.trail.places.iter().any(kept)
            || site.trail.escape.is_some_and(|(at, _)| taken_by(at))
    }
}
