//! Removals of a listener's very handler that name something nobody added it to: another event, another target, no event.
//!
//! ```js
//! client.once('error', fail);
//! client.off('ready', fail);   // it was added for 'error'
//! ```

use super::super::Engine;
use super::removal::Fit;
use super::site::{Event, Site};
use super::{MAX_ALIKE, Table};
use crate::facts::handler::Same;
use crate::facts::places::{PlaceId, Root};
use crate::semantic::*;

impl Engine<'_, '_> {
    /// The removal that was meant for this listener and names the wrong thing, and how it is wrong.
    ///
    /// Silent where a removal that fits stands in the same function: the other one is done to be sure.
    pub(super) fn misdirected(&self, table: &Table, site: &Site) -> Option<(ExprId, String)> {
        let found = self
            .without_event(table, site)
            .or_else(|| self.wrong_event(table, site))
            .or_else(|| self.wrong_target(table, site))?;
        let beside = table.removals_in.get(&self.facts.tree.expr(found.0).function).into_iter().flatten();
        let fits = |removal: &Site| {
            let same_event = match self.same_event(&removal.event, &site.event) {
                Some(same) => same,
                None => removal.handler.is_some(),
            };
            removal.call != found.0
                && removal.place == site.place
                && same_event
                && self.facts.same_handler(&site.identity, &removal.identity) != Same::No
        };
        let fitted = beside.take(MAX_ALIKE).any(|at| fits(&table.sites[*at]));
        (!fitted).then_some(found)
    }

    /// A removal of this very handler from this very target for this very event.
    pub(super) fn fits_elsewhere(&self, table: &Table, site: &Site) -> bool {
        let mut removals = self.candidates(table, site);
        removals.any(|removal| {
            removal.place.is_some()
                && removal.place == site.place
                && self.same_event(&removal.event, &site.event) == Some(true)
                && self.facts.same_handler(&site.identity, &removal.identity) == Same::Yes
                && matches!(self.fit(table, site, removal), Fit::Matches)
        })
    }

    /// `emitter.off(handler)`: the handler stands where the event belongs.
    fn without_event(&self, table: &Table, site: &Site) -> Option<(ExprId, String)> {
        let facts = self.facts;
        let row = &facts.protocols.listeners[site.row];
        let handler = site.handler.and_then(|handler| facts.places.of(handler))?;
        if row.unary || !row.pairs.is_empty() || !matches!(site.event, Event::Named(_)) {
            return None;
        }
        site.place?;
        let removals = table.removals.get(&site.place).filter(|removals| removals.all.len() <= MAX_ALIKE)?;
        let callable = !facts.functions_of(site.handler?).is_empty();
        let meant = |removal: &&Site| {
            let nameless = removal.handler.is_none() && removal.event == Event::Place(handler);
            callable && nameless && removal.row == site.row
        };
        let removal = removals.all.iter().map(|at| &table.sites[*at]).find(meant)?;
        Some((removal.call, "this names no event: the handler stands where the event belongs".to_owned()))
    }

    /// A removal of this very handler from the same target for another event, for which nobody added it.
    fn wrong_event(&self, table: &Table, site: &Site) -> Option<(ExprId, String)> {
        let facts = self.facts;
        site.place?;
        let removals = table.removals.get(&site.place).filter(|removals| removals.all.len() <= MAX_ALIKE)?;
        removals.all.iter().map(|at| &table.sites[*at]).find_map(|removal| {
            let (wrong, right) = (self.event_text(&removal.event)?, self.event_text(&site.event)?);
            let meant = removal.row == site.row
                && self.same_event(&removal.event, &site.event) == Some(false)
                && facts.same_handler(&site.identity, &removal.identity) == Same::Yes
                && !self.has_listener(table, removal);
            meant.then(|| {
                (removal.call, format!("this takes it off `{wrong}`, but it was added for `{right}`"))
            })
        })
    }

    fn event_text(&self, event: &Event) -> Option<String> {
        match event {
            Event::Named(name) => Some(name.to_string()),
            Event::Place(place) => Some(self.facts.places.text(self.facts.tree, *place)),
            Event::Dynamic | Event::Tokens(_) | Event::All => None,
        }
    }

    /// A removal of this very handler from another target, to which nobody added it.
    fn wrong_target(&self, table: &Table, site: &Site) -> Option<(ExprId, String)> {
        let facts = self.facts;
        if matches!(site.event, Event::Dynamic | Event::All) {
            return None;
        }
        let place = site.place?;
        let removals = table.removals_of.get(&site.event).filter(|removals| removals.len() <= MAX_ALIKE)?;
        removals.iter().map(|at| &table.sites[*at]).find_map(|removal| {
            let other = removal.place?;
            let meant = removal.row == site.row
                && self.surely_differ(place, other)
                && facts.same_handler(&site.identity, &removal.identity) == Same::Yes
                && !self.has_listener(table, removal);
            meant.then(|| {
                let from = facts.places.text(facts.tree, other);
                let to = facts.places.text(facts.tree, place);
                (removal.call, format!("this takes it off `{from}`, but it was added to `{to}`"))
            })
        })
    }

    /// Two globals of other names, or a global and a part of something that was given.
    fn surely_differ(&self, a: PlaceId, b: PlaceId) -> bool {
        let places = &self.facts.places;
        let global = |place: PlaceId| matches!(places.root(place), Root::Global(_));
        match (global(a), global(b)) {
            (true, true) => a != b,
            (true, false) => places.depth(b) >= 2,
            (false, true) => places.depth(a) >= 2,
            _ => false,
        }
    }

    /// Whether a removal takes off some listener, or may.
    fn has_listener(&self, table: &Table, removal: &Site) -> bool {
        self.added(table, removal.place, &removal.event).is_none_or(|added| {
            added.iter().any(|added| {
                self.same_event(&added.event, &removal.event) != Some(false)
                    && self.facts.same_handler(&added.identity, &removal.identity) != Same::No
            })
        })
    }
}
