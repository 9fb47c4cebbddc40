//! Two functions that are a pair: one puts listeners on what it is given, the other takes them off.
//!
//! ```js
//! function bind(el) { el.addEventListener('focus', grow); el.addEventListener('keydown', (e) => press(e, grow)); }
//! function unbind(el) { el.removeEventListener('focus', grow); el.removeEventListener('keydown', press); }
//! ```
//!
//! Or two methods of one object that was given its target: `register() { this.hub.on('a', …); … }` and `unregister()`.

use super::super::{Engine, Failure};
use super::site::{Event, Site};
use super::{MAX_ALIKE, Table};
use crate::ast::Atom;
use crate::facts::handler::Same;
use crate::facts::places::{PlaceId, Root};
use crate::semantic::*;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// So many listeners of one function another one has to take off before they count as a pair.
const PAIR: usize = 2;

/// How many functions with a parameter of one name are asked.
const MAX_PARTNERS: usize = 16;

/// Receivers that are parameters and have listeners taken off, by the parameter's name; sorted.
pub(super) type Partners = FxHashMap<Atom, Vec<PlaceId>>;

/// Listeners on a parameter that removals from another one take off, by the two of them.
pub(super) type Served = FxHashMap<(PlaceId, PlaceId), Rc<[ExprId]>>;

impl Engine<'_, '_> {
    /// The failure of a listener that the other function of a pair forgets, or takes off with another handler.
    pub(super) fn forgotten_by_partner(&self, table: &Table, site: &Site) -> Option<Failure> {
        if matches!(site.event, Event::Dynamic | Event::All) {
            return None;
        }
        let place = site.place?;
        let Some((function, name)) = self.parameter(place) else {
            return self.forgotten_by_method(table, site);
        };
        let partners = table.partners.get_or_init(|| self.partners(table));
        let places = partners.get(&name).filter(|places| places.len() <= MAX_PARTNERS)?;
        let others = places.iter().copied();
        let others: Vec<PlaceId> =
            others.filter(|place| self.parameter(*place).is_some_and(|(at, _)| at != function)).collect();
        let served = |other: &PlaceId| self.served_by_partner(table, place, *other);
        // `activateDraw`, `deactivateDraw`, `activateModify`, `deactivateModify`: each has its own.
        if others.iter().any(|other| served(other).contains(&site.call)) {
            return None;
        }
        let partner =
            others.into_iter().max_by_key(|other| (served(other).len(), std::cmp::Reverse(*other)))?;
        self.forgotten_at(table, site, partner)
    }

    /// One method adds several listeners to a target that the object was given, another takes nearly all of them off. Which
    /// of the two runs when is for others to say; that they are meant for each other is not.
    fn forgotten_by_method(&self, table: &Table, site: &Site) -> Option<Failure> {
        let facts = self.facts;
        let place = site.place.filter(|_| self.is_given_to_owner(site))?;
        if let Root::This(class) = facts.places.root(place)
            && facts
                .places
                .ancestors(place)
                .any(|at| facts.places.depth(at) == 1 && facts.is_own_part(at, *class))
        {
            return None;
        }
        let here = facts.tree.expr(site.call).function;
        let added = table.added.get(&Some(place)).filter(|added| added.all.len() <= MAX_ALIKE)?;
        let removals = table.removals.get(&Some(place)).filter(|removals| removals.all.len() <= MAX_ALIKE)?;
        let removals: Vec<&Site> = removals.all.iter().map(|at| &table.sites[*at]).collect();
        if removals.iter().any(|removal| self.same_event(&removal.event, &site.event) != Some(false)) {
            return None;
        }
        let of_here = |at: &&usize| facts.tree.expr(table.sites[**at].call).function == here;
        let together: Vec<&Site> = added.all.iter().filter(of_here).map(|at| &table.sites[*at]).collect();
        let mut partners: Vec<FnId> =
            removals.iter().map(|removal| facts.tree.expr(removal.call).function).collect();
        partners.sort_unstable();
        partners.dedup();
        partners.into_iter().filter(|partner| *partner != here).find_map(|partner| {
            let at_partner = |removal: &&&Site| facts.tree.expr(removal.call).function == partner;
            let is_served =
                |one: &&&Site| removals.iter().filter(at_partner).any(|removal| self.takes_off(removal, one));
            let served: Vec<ExprId> = together.iter().filter(is_served).map(|one| one.call).collect();
            let forgotten = together.len() - served.len();
            (served.len() >= PAIR.max(2 * forgotten))
                .then_some(Failure::Asymmetric { siblings: served, same_target: false })
        })
    }

    fn forgotten_at(&self, table: &Table, site: &Site, other: PlaceId) -> Option<Failure> {
        let removals = table.removals.get(&Some(other)).filter(|removals| removals.all.len() <= MAX_ALIKE)?;
        let same_event: Vec<&Site> = removals
            .all
            .iter()
            .map(|at| &table.sites[*at])
            .filter(|removal| self.same_event(&removal.event, &site.event) != Some(false))
            .collect();
        let fits = |removal: &&Site| {
            removal.handler.is_none()
                || self.facts.same_handler(&site.identity, &removal.identity) != Same::No
        };
        let siblings = self.served_by_partner(table, site.place?, other);
        if same_event.iter().any(fits) || siblings.len() < PAIR || siblings.contains(&site.call) {
            return None;
        }
        let wrong = same_event.into_iter().find(|removal| {
            removal.row == site.row && self.same_event(&removal.event, &site.event) == Some(true)
        });
        Some(match wrong {
            Some(removal) => Failure::Mismatch {
                release: removal.call,
                why: "this is another function than the one that was added".to_owned(),
            },
            None => Failure::Asymmetric { siblings: siblings.to_vec(), same_target: true },
        })
    }

    /// The listeners on one parameter that removals from another one take off by event and handler; found once per pair.
    fn served_by_partner(&self, table: &Table, place: PlaceId, other: PlaceId) -> Rc<[ExprId]> {
        let mut known = table.served_pairs.borrow_mut();
        let served = known.entry((place, other)).or_insert_with(|| {
            let (Some(added), Some(removals)) =
                (table.added.get(&Some(place)), table.removals.get(&Some(other)))
            else {
                return Rc::from([]);
            };
            let served = added.all.iter().take(MAX_ALIKE).map(|at| &table.sites[*at]).filter(|site| {
                let removals = removals.may_be(&site.event).unwrap_or_default();
                removals.iter().any(|at| self.takes_off(&table.sites[*at], site))
            });
            served.map(|site| site.call).collect()
        });
        Rc::clone(served)
    }

    fn partners(&self, table: &Table) -> Partners {
        let mut partners = Partners::default();
        for place in table.removals.keys().flatten() {
            if let Some((_, name)) = self.parameter(*place) {
                partners.entry(name).or_default().push(*place);
            }
        }
        partners.values_mut().for_each(|places| places.sort_unstable());
        partners
    }

    /// The function and the name of a parameter that a place is.
    fn parameter(&self, place: PlaceId) -> Option<(FnId, Atom)> {
        let Root::Binding(binding) = *self.facts.places.root(place) else {
            return None;
        };
        let binding = self.facts.tree.scopes.binding(binding);
        match binding.kind {
            BindingKind::Parameter { function, .. } if self.facts.places.depth(place) == 0 => {
                Some((function, binding.name.clone()))
            }
            _ => None,
        }
    }
}
