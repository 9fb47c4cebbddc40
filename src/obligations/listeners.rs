//! Obligations of listeners: what is put on a longer-lived target must be taken off.

mod abort;
mod decide;
mod disposer;
mod events;
mod forward;
mod judge;
mod misdirected;
mod pairs;
mod removal;
mod rivals;
mod signals;
mod site;

use super::Engine;
use crate::ast::Atom;
use crate::facts::owner::Owner;
use crate::facts::places::{PlaceId, Root};
use crate::protocol::ListenerRole;
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};
use signals::Fate;
use site::{Event, Site};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// Whose siblings are asked for: of which owner, on which target if on one, by which row.
type Asked = (Owner, Option<PlaceId>, usize);

/// All listener calls of a file, joined by receiver.
#[derive(Debug, Default)]
struct Table {
    sites: Vec<Site>,
    /// Removals and blanket removals by receiver place; `None` for receivers without a place.
    removals: FxHashMap<Option<PlaceId>, ByEvent>,
    /// Added listeners by receiver place.
    added: FxHashMap<Option<PlaceId>, ByEvent>,
    /// Receivers of removals that are part of an unknown `this`: `function end() { this.box.off(…) }`, bound later.
    of_unknown_this: Vec<PlaceId>,
    /// Removals by their event.
    removals_of: FxHashMap<Event, Vec<usize>>,
    /// Removals by the function in which they stand.
    removals_in: FxHashMap<FnId, Vec<usize>>,
    /// The first two added listeners that a removal fits, found once per removal.
    served: RefCell<FxHashMap<(ExprId, Event), Vec<ExprId>>>,
    /// Where the value of a receiver's place goes, found once per place.
    kept_as: RefCell<FxHashMap<PlaceId, Rc<[PlaceId]>>>,
    /// Siblings by what they are asked for, found once; see `released_siblings`.
    siblings: RefCell<FxHashMap<Asked, Rc<[ExprId]>>>,
    /// Receivers that are parameters, found when first asked for, and what pairs of them take off; see `pairs.rs`.
    partners: OnceCell<pairs::Partners>,
    served_pairs: RefCell<pairs::Served>,
    /// Functions that take off a listener of a gesture's event.
    end_gestures: FxHashSet<FnId>,
    /// Functions that run when a gesture ends.
    run_by_gestures: FxHashSet<FnId>,
    /// Functions that take off some listener, and those around them.
    removing: FxHashSet<FnId>,
    /// Calls by the function in which they stand.
    in_function: FxHashMap<FnId, Vec<usize>>,
    /// Receivers on which some method is called whose name is computed: `target[m](…)`.
    dynamic: FxHashSet<PlaceId>,
    /// Receivers that are themselves ended: `socket.close()`; the first such call of each function.
    ended: FxHashMap<PlaceId, Vec<(FnId, ExprId)>>,
    /// Receivers of `.abort()` by their last name.
    aborted: FxHashMap<Atom, Vec<ExprId>>,
    /// Values of which a pattern takes out more than a `signal`.
    taken_apart: FxHashSet<ExprId>,
    /// Who aborts the controllers that were asked for.
    fates: RefCell<FxHashMap<PlaceId, Fate>>,
}

/// More listeners or removals than this of one target and event cannot be told apart: they are all left alone.
const MAX_ALIKE: usize = 256;

/// Sites of one receiver, in the order of the table.
#[derive(Debug, Default)]
struct ByEvent {
    named: FxHashMap<Atom, Vec<usize>>,
    /// Those whose event has no name that is known.
    others: Vec<usize>,
    all: Vec<usize>,
}

impl ByEvent {
    fn insert(&mut self, at: usize, event: &Event) {
        match event {
            Event::Named(name) => self.named.entry(name.clone()).or_default().push(at),
            _ => self.others.push(at),
        }
        self.all.push(at);
    }

    /// The sites whose event may be this one, in order; `None` if they are too many.
    fn may_be(&self, event: &Event) -> Option<Vec<usize>> {
        let mut found = match event {
            Event::Named(name) => {
                let named = self.named.get(name).map_or(&[][..], Vec::as_slice);
                if named.len() + self.others.len() > MAX_ALIKE {
                    return None;
                }
                [named, &self.others].concat()
            }
            _ if self.all.len() > MAX_ALIKE => return None,
            _ => self.all.clone(),
        };
        found.sort_unstable();
        Some(found)
    }
}

impl Table {
    fn insert(&mut self, tree: &Tree, site: Site) {
        let function = tree.expr(site.call).function;
        let at = self.sites.len();
        if matches!(site.role, ListenerRole::Remove | ListenerRole::Blanket) {
            self.removals.entry(site.place).or_default().insert(at, &site.event);
            self.removals_of.entry(site.event.clone()).or_default().push(at);
            self.removals_in.entry(function).or_default().push(at);
        } else {
            self.added.entry(site.place).or_default().insert(at, &site.event);
        }
        self.sites.push(site);
    }
}

impl Engine<'_, '_> {
    /// Judges every call that adds a listener.
    pub(super) fn listeners(&mut self) {
        let sites = self.listener_sites();
        if !sites.iter().any(|site| matches!(site.role, ListenerRole::Add | ListenerRole::Once)) {
            return;
        }
        let table = self.listener_table(sites);
        for at in 0..table.sites.len() {
            let site = &table.sites[at];
            if matches!(site.role, ListenerRole::Add | ListenerRole::Once) {
                self.listener(&table, at);
            }
        }
        self.disposers(&table);
    }

    fn listener_sites(&self) -> Vec<Site> {
        let tree = self.facts.tree;
        let calls = tree.calls.iter().filter_map(|call| Some((*call, tree.call_parts(*call)?)));
        let named = calls.filter(|(_, (callee, _))| !matches!(tree.kind(*callee), Kind::Index { .. }));
        named.filter_map(|(call, (callee, args))| self.listener_site(call, callee, args)).collect()
    }

    fn listener_table(&self, sites: Vec<Site>) -> Table {
        let facts = self.facts;
        let mut table = Table::default();
        let mut ended = Vec::new();
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
                ended.push((place, *call));
            }
            if let Kind::Member { object, name } = facts.tree.kind(callee)
                && name == "abort"
                && let Some(name) = facts.callee_name(*object)
            {
                table.aborted.entry(name.clone()).or_default().push(*object);
            }
            if facts.callee_name(callee).is_some_and(|name| facts.protocols.is_removal(name)) {
                let around = facts.tree.enclosing(facts.tree.expr(*call).function);
                around.take_while(|function| table.removing.insert(*function)).for_each(drop);
            }
        }
        for site in sites {
            for at_caller in self.forwarded_sites(&table, &site) {
                table.insert(facts.tree, at_caller);
            }
            let function = facts.tree.expr(site.call).function;
            table.in_function.entry(function).or_default().push(table.sites.len());
            table.insert(facts.tree, site);
        }
        self.add_ends(&mut table, ended);
        let of_unknown_this = |place: &PlaceId| {
            matches!(facts.places.root(*place), Root::UnknownThis(_)) && facts.places.depth(*place) > 0
        };
        table.of_unknown_this = table.removals.keys().flatten().copied().filter(of_unknown_this).collect();
        table.of_unknown_this.sort_unstable();
        for binding in &facts.tree.scopes.bindings {
            let other = !matches!(&binding.projection[..], [] | [Segment::Named(_)])
                || matches!(&binding.projection[..], [Segment::Named(name)] if name != "signal");
            table.taken_apart.extend(binding.init.filter(|_| other));
        }
        table
    }

    /// What is itself read as a listener's call ends nothing: `emitter.off()`.
    fn add_ends(&self, table: &mut Table, ended: Vec<(PlaceId, ExprId)>) {
        let tree = self.facts.tree;
        let sites: FxHashSet<ExprId> = table.sites.iter().map(|site| site.call).collect();
        for (place, call) in ended.into_iter().filter(|(_, call)| !sites.contains(call)) {
            let function = tree.expr(call).function;
            let calls = table.ended.entry(place).or_default();
            // Calls come in the order of their text: those of one function may have others between them.
            if calls.last().is_none_or(|(last, _)| *last != function) {
                calls.push((function, call));
            }
        }
        let gestures = table
            .sites
            .iter()
            .filter(|site| site.role == ListenerRole::Remove && self.is_gesture_event(&site.event));
        table.end_gestures = gestures.map(|site| tree.expr(site.call).function).collect();
        table.run_by_gestures = self.run_by_gestures(&table.sites);
    }
}

impl Engine<'_, '_> {
    /// `socket.close()`, `player.dispose()`, `element.remove()`, `bus.clear()`: the target itself goes, or is emptied, and its
    /// listeners with it.
    fn ends_receiver(&self, name: &Atom) -> bool {
        let protocols = &self.facts.protocols;
        !protocols.listener_methods.contains_key(name)
            && (self.facts.teardown_name(name) == Some(crate::protocol::TeardownName::Strong)
                || matches!(&**name, "end" | "remove" | "kill" | "quit" | "clear"))
    }
}

impl Engine<'_, '_> {
    /// An imported name: two of them stand for two things.
    fn is_import(&self, place: PlaceId) -> bool {
        let facts = self.facts;
        match (facts.places.root(place), facts.places.depth(place)) {
            (Root::Binding(binding), 0) => {
                matches!(facts.tree.scopes.binding(*binding).kind, BindingKind::Import { .. })
            }
            _ => false,
        }
    }

    /// Whether two events are the same one; `None` when that cannot be said.
    fn same_event(&self, a: &Event, b: &Event) -> Option<bool> {
        match (a, b) {
            (Event::All, _) | (_, Event::All) => Some(true),
            (Event::Named(a), Event::Named(b)) => Some(a == b),
            (Event::Tokens(added), Event::Tokens(removed)) => Some(tokens_meet(added, removed)),
            (Event::Place(a), Event::Place(b)) if a == b => Some(true),
            (Event::Place(a), Event::Place(b)) if self.is_import(*a) && self.is_import(*b) => Some(false),
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
