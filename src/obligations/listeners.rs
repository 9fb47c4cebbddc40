//! Obligations of listeners: what is put on a longer-lived target must be taken off.

mod abort;
mod decide;
mod disposer;
mod forward;
mod judge;
mod removal;
mod signals;
mod site;

use super::Engine;
use crate::ast::Atom;
use crate::facts::places::PlaceId;
use crate::protocol::ListenerRole;
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};
use signals::Fate;
use site::{Event, Site};
use std::cell::RefCell;

/// All listener calls of a file, joined by receiver.
#[derive(Debug, Default)]
struct Table {
    sites: Vec<Site>,
    /// Removals and blanket removals by receiver place; `None` for receivers without a place.
    removals: FxHashMap<Option<PlaceId>, Vec<usize>>,
    /// Added listeners by receiver place and event.
    added: FxHashMap<(Option<PlaceId>, Event), Vec<usize>>,
    /// Removals by their event.
    removals_of: FxHashMap<Event, Vec<usize>>,
    /// The first two added listeners that a removal fits, found once per removal.
    served: RefCell<FxHashMap<(ExprId, Event), Vec<ExprId>>>,
    /// The fields and variables that a receiver is put into, found once per receiver.
    kept: RefCell<FxHashMap<PlaceId, Vec<PlaceId>>>,
    /// Receivers on which some method is called whose name is computed: `target[m](…)`.
    dynamic: Vec<PlaceId>,
    /// Receivers that are themselves ended: `socket.close()`; the call.
    ended: FxHashMap<PlaceId, Vec<ExprId>>,
    /// Receivers of `.abort()` by their last name.
    aborted: FxHashMap<Atom, Vec<ExprId>>,
    /// Values of which a pattern takes out more than a `signal`.
    taken_apart: FxHashSet<ExprId>,
    /// Who aborts the controllers that were asked for.
    fates: RefCell<FxHashMap<PlaceId, Fate>>,
}

impl Table {
    fn insert(&mut self, site: Site) {
        let at = self.sites.len();
        if matches!(site.role, ListenerRole::Remove | ListenerRole::Blanket) {
            self.removals.entry(site.place).or_default().push(at);
            self.removals_of.entry(site.event.clone()).or_default().push(at);
        } else {
            self.added.entry((site.place, site.event.clone())).or_default().push(at);
        }
        self.sites.push(site);
    }
}

impl Engine<'_, '_> {
    /// Judges every call that adds a listener.
    pub(super) fn listeners(&mut self) {
        let table = self.listener_table();
        for at in 0..table.sites.len() {
            let site = &table.sites[at];
            if matches!(site.role, ListenerRole::Add | ListenerRole::Once) {
                self.listener(&table, at);
            }
        }
        self.disposers(&table);
    }

    fn listener_table(&self) -> Table {
        let facts = self.facts;
        let mut table = Table::default();
        for call in &facts.tree.calls {
            let Some((callee, args)) = facts.tree.call_parts(*call) else {
                continue;
            };
            if let Kind::Index { object, .. } = facts.tree.kind(callee) {
                table.dynamic.extend(facts.places.of(*object).filter(|_| args.len() > 1));
                continue;
            }
            if let Kind::Member { object, name } = facts.tree.kind(callee)
                && self.ends_receiver(name)
                && args.len() <= 1
                && let Some(place) = facts.places.of(*object)
            {
                table.ended.entry(place).or_default().push(*call);
            }
            if let Kind::Member { object, name } = facts.tree.kind(callee)
                && name == "abort"
                && let Some(name) = facts.callee_name(*object)
            {
                table.aborted.entry(name.clone()).or_default().push(*object);
            }
            if let Some(site) = self.listener_site(*call, callee, args) {
                for at_caller in self.forwarded_sites(&site) {
                    table.insert(at_caller);
                }
                table.insert(site);
            }
        }
        for binding in &facts.tree.scopes.bindings {
            let other = !matches!(&binding.projection[..], [] | [Segment::Named(_)])
                || matches!(&binding.projection[..], [Segment::Named(name)] if name != "signal");
            table.taken_apart.extend(binding.init.filter(|_| other));
        }
        table
    }
}

impl Engine<'_, '_> {
    /// `socket.close()`, `player.dispose()`, `element.remove()`: the target itself goes, and its listeners with it.
    fn ends_receiver(&self, name: &Atom) -> bool {
        let protocols = &self.facts.protocols;
        !protocols.listener_methods.contains_key(name)
            && (self.facts.teardown_name(name) == Some(crate::protocol::TeardownName::Strong)
                || matches!(&**name, "end" | "remove" | "kill" | "quit"))
    }
}

impl Engine<'_, '_> {
    /// Whether two events are the same one; `None` when that cannot be said.
    fn same_event(&self, a: &Event, b: &Event) -> Option<bool> {
        match (a, b) {
            (Event::All, _) | (_, Event::All) => Some(true),
            (Event::Named(a), Event::Named(b)) => Some(a == b),
            (Event::Tokens(added), Event::Tokens(removed)) => Some(tokens_meet(added, removed)),
            (Event::Place(a), Event::Place(b)) if a == b => Some(true),
            // `EVENT.MOVE` and `EVENT.UP` of one table.
            (Event::Place(a), Event::Place(b)) => {
                let places = &self.facts.places;
                let named = |place: PlaceId| matches!(places.segment(place), Some(Segment::Named(_)));
                (places.parent(*a) == places.parent(*b) && named(*a) && named(*b)).then_some(false)
            }
            _ => None,
        }
    }
}

/// Whether a removal of `click.menu`, `click`, `.menu` or a list of such takes off some of what was added.
fn tokens_meet(added: &str, removed: &str) -> bool {
    added.split_whitespace().any(|added| {
        let mut parts = added.split('.');
        let name = parts.next().unwrap_or_default();
        let spaces: Vec<&str> = parts.collect();
        removed.split_whitespace().any(|removed| {
            let mut parts = removed.split('.');
            let wanted = parts.next().unwrap_or_default();
            (wanted.is_empty() || wanted == name) && parts.all(|space| spaces.contains(&space))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::tokens_meet;

    #[test]
    fn namespaces_of_events() {
        assert!(tokens_meet("click.menu keydown.menu", "click"));
        assert!(tokens_meet("click.menu", ".menu"));
        assert!(tokens_meet("resize.a.b", "resize.b"));
        assert!(!tokens_meet("click.menu", "click.tabs"));
        assert!(!tokens_meet("click", ".menu"));
        assert!(!tokens_meet("scroll", "resize"));
    }
}
