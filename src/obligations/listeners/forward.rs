//! Functions that forward their parameters to a listener call are listener calls themselves:
//! `off(target, type, handler) { target.removeEventListener(type, handler) }`.

use super::super::Engine;
use super::Table;
use super::site::{Event, Site};
use crate::facts::handler::Handler;
use crate::facts::places::{PlaceId, Root};
use crate::protocol::ListenerRole;
use crate::semantic::*;

/// A helper that is called from more places than this is left alone.
const MAX_CALLERS: usize = 200;

/// A file in which helpers stand for more listeners than this is generated: what they forward is left alone.
const MAX_FORWARDED: usize = 10_000;

impl Engine<'_, '_> {
    /// The site as each caller of the function around it makes it, with the parameters substituted, one call deep.
    ///
    /// What a helper adds counts at its callers only if the handler is theirs; what it takes off counts always.
    pub(super) fn forwarded_sites(&self, table: &Table, site: &Site) -> Vec<Site> {
        let facts = self.facts;
        let function = facts.tree.expr(site.call).function;
        let callers = &facts.graph.callers[function.index()];
        if callers.is_empty() || callers.len() > MAX_CALLERS || table.sites.len() > MAX_FORWARDED {
            return Vec::new();
        }
        let param = |place: Option<PlaceId>| place.and_then(|place| self.parameter_of(place, function));
        let receiver = param(site.place);
        let event = match &site.event {
            Event::Place(place) => param(Some(*place)),
            _ => None,
        };
        let handler = param(site.handler.and_then(|handler| facts.places.of(handler)));
        let removes = matches!(site.role, ListenerRole::Remove | ListenerRole::Blanket);
        let forwards = receiver.is_some() || event.is_some() || handler.is_some();
        // `listen(target, type, handler)` that keeps a disposer for what it adds: the callers need not.
        if !forwards || (!removes && (handler.is_none() || table.removing.contains(&function))) {
            return Vec::new();
        }
        let at_caller = |call: &ExprId| {
            let args = facts.tree.call_parts(*call).map_or(&[][..], |(_, args)| args);
            let given = |index: Option<usize>| index.map(|index| args.get(index).copied());
            let receiver = given(receiver).unwrap_or(site.receiver);
            let handler = given(handler).unwrap_or(site.handler);
            Site {
                call: *call,
                row: site.row,
                role: site.role,
                receiver,
                place: receiver.map_or(site.place, |receiver| facts.places.of(receiver)),
                event: match given(event) {
                    Some(event) => event.map_or(Event::Dynamic, |event| self.event(event)),
                    None => site.event.clone(),
                },
                handler,
                identity: handler.map_or(Handler::Unknown, |handler| facts.handler(handler)),
                capture: site.capture,
                once: site.once,
                signal: site.signal,
                known: site.known,
            }
        };
        callers.iter().map(at_caller).collect()
    }

    /// Which parameter of a function a place is.
    fn parameter_of(&self, place: PlaceId, function: FnId) -> Option<usize> {
        let facts = self.facts;
        match (facts.places.root(place), facts.places.depth(place)) {
            (Root::Binding(binding), 0) => match facts.tree.scopes.binding(*binding).kind {
                BindingKind::Parameter { function: of, index } if of == function => Some(index as usize),
                _ => None,
            },
            _ => None,
        }
    }
}
