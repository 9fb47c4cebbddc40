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
pub(super) const MAX_CALLERS: usize = 200;

/// How many calls deep arguments are followed.
pub(super) const MAX_DEPTH: usize = 3;

/// Which parts of a listener call are the parameters of a function, by their index.
pub(super) struct Forwarded {
    receiver: Option<usize>,
    event: Option<usize>,
    handler: Option<usize>,
}

impl Forwarded {
    fn any(&self) -> bool {
        self.receiver.is_some() || self.event.is_some() || self.handler.is_some()
    }
}

/// A file in which helpers stand for more listeners than this is generated: what they forward is left alone.
const MAX_FORWARDED: usize = 10_000;

impl Engine<'_, '_> {
    /// The site as the callers of the function around it make it, with the parameters substituted, and as their callers
    /// do, a few calls deep.
    ///
    /// What a helper adds counts at its callers only if the handler is theirs; what it takes off counts always.
    pub(super) fn forwarded_sites(&self, table: &Table, site: &Site) -> Vec<Site> {
        let mut out: Vec<Site> = Vec::new();
        let mut through = vec![self.facts.tree.expr(site.call).function];
        let mut from = self.one_call_up(table, site);
        for _ in 1..MAX_DEPTH {
            let mut next = Vec::new();
            let mut gone = Vec::new();
            for at_caller in &from {
                let function = self.facts.tree.expr(at_caller.call).function;
                // A function that was gone through a call further down closes a cycle.
                if out.len() + from.len() + next.len() <= MAX_CALLERS && !through.contains(&function) {
                    gone.push(function);
                    next.extend(self.one_call_up(table, at_caller));
                }
            }
            through.extend(gone);
            out.append(&mut from);
            from = next;
        }
        out.append(&mut from);
        out
    }

    fn one_call_up(&self, table: &Table, site: &Site) -> Vec<Site> {
        let facts = self.facts;
        let function = facts.tree.expr(site.call).function;
        let callers = &facts.graph.callers[function.index()];
        if callers.is_empty() || callers.len() > MAX_CALLERS || table.sites.len() > MAX_FORWARDED {
            return Vec::new();
        }
        let forwarded = self.forwarded(site, function);
        let removes = matches!(site.role, ListenerRole::Remove | ListenerRole::Blanket);
        // `listen(target, type, handler)` that keeps a disposer for what it adds: the callers need not.
        if !forwarded.any()
            || (!removes && (forwarded.handler.is_none() || table.removing.contains(&function)))
        {
            return Vec::new();
        }
        callers.iter().map(|call| self.at_caller(site, &forwarded, *call)).collect()
    }

    /// Which parts of a listener call are parameters of the function around it.
    pub(super) fn forwarded(&self, site: &Site, function: FnId) -> Forwarded {
        let facts = self.facts;
        let param = |place: Option<PlaceId>| place.and_then(|place| self.parameter_of(place, function));
        Forwarded {
            receiver: param(site.place),
            event: match &site.event {
                Event::Place(place) => param(Some(*place)),
                _ => None,
            },
            handler: param(site.handler.and_then(|handler| facts.places.of(handler))),
        }
    }

    /// The site as a call of the function around it makes it.
    pub(super) fn at_caller(&self, site: &Site, forwarded: &Forwarded, call: ExprId) -> Site {
        let facts = self.facts;
        let args = facts.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
        let given = |index: Option<usize>| index.map(|index| args.get(index).copied());
        let receiver = given(forwarded.receiver).unwrap_or(site.receiver);
        let handler = given(forwarded.handler).unwrap_or(site.handler);
        Site {
            call,
            row: site.row,
            role: site.role,
            receiver,
            place: receiver.map_or(site.place, |receiver| facts.places.of(receiver)),
            event: match given(forwarded.event) {
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
