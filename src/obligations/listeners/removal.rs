//! Which removals fit an added listener, which were meant to and cannot, and what becomes of its siblings.

use super::super::{Engine, Failure};
use super::decide::Outcome;
use super::site::{Event, Site};
use super::{MAX_ALIKE, Table};
use crate::facts::activation::Anew;
use crate::facts::flow::Sink;
use crate::facts::handler::{Handler, Home, Same};
use crate::facts::owner::Owner;
use crate::facts::places::{PlaceId, Root};
use crate::facts::reach::Reach;
use crate::protocol::ListenerRole;
use crate::semantic::*;
use std::rc::Rc;

/// How many siblings of a forgotten listener are told.
const MAX_SIBLINGS: usize = 8;

/// How a removal fits an added listener.
pub(super) enum Fit {
    /// Takes this listener off, or may.
    Matches,
    /// Aims at the same receiver and event and cannot match; why.
    Misses(String),
    Other,
}

impl Engine<'_, '_> {
    /// Removals whose receiver is this one's, or cannot be told from it, and whose event may be the same; none if they are
    /// too many.
    pub(super) fn candidates<'t>(&self, table: &'t Table, site: &Site) -> std::vec::IntoIter<&'t Site> {
        self.all_candidates(table, site).unwrap_or_default().into_iter()
    }

    /// The same; `None` if they are too many.
    pub(super) fn all_candidates<'t>(&self, table: &'t Table, site: &Site) -> Option<Vec<&'t Site>> {
        let unknown = site.place.map(|_| None);
        // `const query = matchMedia(q); this.query = query;` and later `this.query.removeEventListener(…)`.
        let kept = site.place.map(|place| self.kept_as(table, place));
        let kept = kept.iter().flat_map(|places| places.iter().map(|place| Some(*place)));
        let mut found = Vec::new();
        let bound = site.place.map_or(Vec::new(), |place| self.same_when_bound(table, place));
        let bound = bound.into_iter().map(Some);
        for place in std::iter::once(site.place).chain(unknown).chain(kept).chain(bound) {
            if let Some(removals) = table.removals.get(&place) {
                found.extend(removals.may_be(&site.event)?.into_iter().map(|at| &table.sites[at]));
            }
        }
        Some(found)
    }

    /// `this.box` of a function that stands in a method and is bound to its object: `const end = function () { … }.bind(this)`.
    fn same_when_bound(&self, table: &Table, place: PlaceId) -> Vec<PlaceId> {
        let facts = self.facts;
        let Root::This(class) = facts.places.root(place) else {
            return Vec::new();
        };
        let text = facts.places.text(facts.tree, place);
        let of_class = |at: &PlaceId| match facts.places.root(*at) {
            Root::UnknownThis(function) => facts
                .tree
                .enclosing(*function)
                .nth(1)
                .is_some_and(|outer| facts.classes.of_this(facts.tree, outer) == Some(*class)),
            _ => false,
        };
        let alike = table.of_unknown_this.iter().take(MAX_ALIKE).copied().filter(of_class);
        alike.filter(|at| facts.places.text(facts.tree, *at) == text).collect()
    }

    /// The fields and variables that a local receiver is put into.
    fn kept_as(&self, table: &Table, place: PlaceId) -> Rc<[PlaceId]> {
        let facts = self.facts;
        let mut known = table.kept_as.borrow_mut();
        let kept = known.entry(place).or_insert_with(|| {
            let sinks = facts.places.uses(place).iter().flat_map(|at| facts.sinks(*at));
            let places = sinks.flat_map(|sink| match sink {
                Sink::Place { place, .. } => vec![place],
                Sink::Returned(function) => self.mapped_into(function),
                _ => Vec::new(),
            });
            places.take(MAX_ALIKE).collect()
        });
        Rc::clone(kept)
    }

    /// Added listeners of a receiver whose event may be this one; `None` if they are too many.
    pub(super) fn added<'t>(
        &self,
        table: &'t Table,
        place: Option<PlaceId>,
        event: &Event,
    ) -> Option<Vec<&'t Site>> {
        let added = table.added.get(&place).map_or(Some(Vec::new()), |added| added.may_be(event))?;
        Some(added.into_iter().map(|at| &table.sites[at]).collect())
    }

    /// `this.lists = widths.map(width => { …; return list })`: what a callback of `map` returns is an element of what the
    /// call's result is kept in.
    fn mapped_into(&self, callback: FnId) -> Vec<PlaceId> {
        let facts = self.facts;
        let Some(Up::Expr(call)) = facts.tree.function(callback).expr.map(|expr| facts.tree.expr(expr).up)
        else {
            return Vec::new();
        };
        let callee = facts.tree.call_parts(call).and_then(|(callee, _)| facts.callee_name(callee));
        if !callee.is_some_and(|name| name == "map" || name == "from") {
            return Vec::new();
        }
        let elements = facts.sinks(call).into_iter().filter_map(|sink| match sink {
            Sink::Place { place, .. } => facts.places.part(place, &Segment::Element),
            _ => None,
        });
        elements.collect()
    }

    pub(super) fn fit(&self, table: &Table, site: &Site, removal: &Site) -> Fit {
        let facts = self.facts;
        if removal.row != site.row && removal.role != ListenerRole::Blanket {
            // `events.addEventListener(type, f)` and `events.removeListener(type, f)`: names of the emitter's own choice.
            let own = removal.place.is_some()
                && self.same_event(&site.event, &removal.event) == Some(true)
                && facts.same_handler(&site.identity, &removal.identity) == Same::Yes;
            return if own { Fit::Matches } else { Fit::Other };
        }
        match self.same_event(&site.event, &removal.event) {
            Some(true) => {}
            Some(false) => return Fit::Other,
            None => return Fit::Matches,
        }
        if removal.receiver.is_some_and(|receiver| facts.is_kept_by_page(receiver)) {
            return Fit::Misses("each call makes a new object, on which nothing was added".to_owned());
        }
        if removal.role == ListenerRole::Blanket || removal.place.is_none() {
            return Fit::Matches;
        }
        match facts.same_handler(&site.identity, &removal.identity) {
            Same::No if self.serves_another(table, site, removal) => Fit::Other,
            Same::No if !self.is_meant_for(table, site, removal) => Fit::Other,
            Same::No => Fit::Misses(self.why_not_same(site, removal)),
            Same::Maybe => Fit::Matches,
            Same::Yes => match (site.capture, removal.capture) {
                (Some(added), Some(removed)) if added != removed => {
                    Fit::Misses(capture_mismatch(added, removed))
                }
                _ => match self.anew(site, removal) {
                    Some(anew) => Fit::Misses(anew.why),
                    None => Fit::Matches,
                },
            },
        }
    }

    /// Why the same name stands for another function at a removal.
    pub(super) fn anew(&self, site: &Site, removal: &Site) -> Option<Anew> {
        let (Handler::Kept { place, home }, Handler::Kept { place: other, .. }) =
            (&site.identity, &removal.identity)
        else {
            return None;
        };
        match home {
            // `this.last = onKey` keeps the one that was added, whatever `onKey` stands for later.
            _ if place != other => None,
            Home::Module => None,
            Home::Activation(_) => self.facts.another_activation(*place, site.call, removal.call),
            Home::Instance(class) => self.facts.another_instance(*place, *class, site.call, removal.call),
        }
    }

    /// The removal takes off another listener of the same receiver and event.
    fn serves_another(&self, table: &Table, site: &Site, removal: &Site) -> bool {
        let mut known = table.served.borrow_mut();
        let served = known.entry((removal.call, removal.event.clone())).or_insert_with(|| {
            let fits = |other: &&Site| {
                self.same_event(&other.event, &removal.event) != Some(false)
                    && self.facts.same_handler(&other.identity, &removal.identity) != Same::No
            };
            let added = self.added(table, removal.place, &removal.event).unwrap_or_default();
            added.into_iter().filter(fits).take(2).map(|other| other.call).collect()
        });
        served.iter().any(|call| *call != site.call)
    }

    /// Whether a removal that takes off another function was meant for this listener: it is written with a function of
    /// its own, names what the added function wraps, or there is nothing else on the target that it could mean.
    fn is_meant_for(&self, table: &Table, site: &Site, removal: &Site) -> bool {
        let facts = self.facts;
        if matches!(removal.identity, Handler::Fresh(_)) {
            return !self.has_nearer(table, site, removal);
        }
        let Some(removed) = removal.handler.map(|handler| facts.functions_of(handler)) else {
            return false;
        };
        if let (Handler::Fresh(added), false) = (&site.identity, removed.is_empty()) {
            let added = facts.functions_of(*added);
            let wraps = |function: &FnId| {
                removed.contains(function)
                    || facts.graph.calls_in[function.index()]
                        .iter()
                        .any(|call| facts.targets(*call).iter().any(|target| removed.contains(target)))
            };
            return added.iter().any(wraps);
        }
        let alone = self.added(table, site.place, &site.event).is_some_and(|added| {
            added.iter().all(|other| {
                other.call == site.call || self.same_event(&other.event, &site.event) == Some(false)
            })
        });
        alone && !removed.is_empty()
    }

    /// Whether the owner of a removal adds a listener of the same target and event itself, and this one is another's.
    fn has_nearer(&self, table: &Table, site: &Site, removal: &Site) -> bool {
        let owner = |call: ExprId| self.facts.owner_of(self.facts.tree.expr(call).function);
        let here = owner(removal.call);
        owner(site.call) != here
            && self.added(table, site.place, &site.event).is_some_and(|added| {
                added.iter().any(|added| added.event == site.event && owner(added.call) == here)
            })
    }

    fn why_not_same(&self, site: &Site, removal: &Site) -> String {
        let tree = self.facts.tree;
        let maker = |expr: &ExprId| {
            let (callee, _) = tree.call_parts(*expr)?;
            let name = self.facts.callee_name(callee)?;
            Some(if name == "bind" { "`.bind()`".to_owned() } else { format!("`{name}()`") })
        };
        match (&site.identity, &removal.identity) {
            (_, Handler::Fresh(expr)) if maker(expr).is_some() => {
                let maker = maker(expr).unwrap_or_default();
                format!("{maker} makes a new function at each call, so this takes off nothing")
            }
            (_, Handler::Fresh(_)) => {
                "a function written here is a new one, so this takes off nothing".to_owned()
            }
            (Handler::Fresh(expr), _) if maker(expr).is_some() => {
                let maker = maker(expr).unwrap_or_default();
                format!("what was added is the result of {maker}, another function than this one")
            }
            (Handler::Fresh(_), _) => {
                "what was added is a function written at the call, another than this one".to_owned()
            }
            _ => "this is another function than the one that was added".to_owned(),
        }
    }

    /// `this.socket.close()` in the owner's end ends the target and its listeners with it.
    pub(super) fn ended(&self, table: &Table, site: &Site, reach: &Reach) -> Option<ExprId> {
        let facts = self.facts;
        let place = site.place?;
        facts.places.ancestors(place).find_map(|at| {
            let own = matches!(facts.places.root(at), Root::This(_) | Root::UnknownThis(_) | Root::Global(_));
            if own && facts.places.depth(at) == 0 && at != place {
                return None;
            }
            let calls = table.ended.get(&at)?;
            let reached = |(function, _): &&(FnId, ExprId)| {
                calls.len() > MAX_ALIKE || reach.functions.contains(function)
            };
            calls.iter().find(reached).map(|(_, call)| *call)
        })
    }

    /// Whether a removal names the very event and handler of a listener, by its row; whose both are is for the caller to ask.
    pub(super) fn takes_off(&self, removal: &Site, site: &Site) -> bool {
        removal.row == site.row
            && self.same_event(&removal.event, &site.event) == Some(true)
            && self.facts.same_handler(&site.identity, &removal.identity) == Same::Yes
    }

    /// Listeners of the same receiver that the owner's end takes off, while nothing takes off this one.
    pub(super) fn released_siblings(
        &self,
        table: &Table,
        at: usize,
        owner: Owner,
        reach: &Reach,
        same_target: bool,
    ) -> Vec<ExprId> {
        let facts = self.facts;
        let site = &table.sites[at];
        let Some(place) = site.place else {
            return Vec::new();
        };
        if facts.places.depth(place) == 0 && matches!(facts.places.root(place), Root::This(_)) {
            return Vec::new();
        }
        let target = same_target.then_some(place);
        let mut known = table.siblings.borrow_mut();
        let siblings = known
            .entry((owner, target, site.row))
            .or_insert_with(|| self.released_listeners(table, owner, reach, target, site.row));
        siblings.iter().copied().filter(|call| *call != site.call).collect()
    }

    /// The first listeners of an owner, on one target or on any, that its end takes off.
    fn released_listeners(
        &self,
        table: &Table,
        owner: Owner,
        reach: &Reach,
        target: Option<PlaceId>,
        row: usize,
    ) -> Rc<[ExprId]> {
        let facts = self.facts;
        let at_end = reach.strong.iter().filter_map(|function| table.removals_in.get(function));
        let mut removals: Vec<usize> = at_end.flatten().copied().collect();
        removals.sort_unstable();
        let removals = removals.iter().map(|at| &table.sites[*at]);
        let mut siblings = Vec::new();
        // That `window` outlives the owner says nothing of what the owner was given.
        let given = |place: Option<PlaceId>| {
            place.is_some_and(|place| match facts.places.root(place) {
                Root::This(class) => {
                    let mut fields = facts.places.ancestors(place);
                    let field = fields.find(|at| facts.places.depth(*at) == 1);
                    field.is_some_and(|field| !facts.is_own_part(field, *class))
                }
                _ => false,
            })
        };
        let may_serve = |removal: &&Site| match target {
            Some(_) => removal.place == target,
            None => given(removal.place),
        };
        for removal in removals.filter(may_serve) {
            let added = self.added(table, removal.place, &removal.event).unwrap_or_default();
            let serves = added.iter().find(|other| {
                removal.row == row
                    && self.same_event(&other.event, &removal.event) == Some(true)
                    && facts.same_handler(&other.identity, &removal.identity) == Same::Yes
                    && facts.owner_of(facts.tree.expr(other.call).function) == owner
            });
            siblings.extend(serves.map(|other| other.call).filter(|call| !siblings.contains(call)));
            if siblings.len() == MAX_SIBLINGS {
                break;
            }
        }
        siblings.into()
    }

    /// `on` written for `off`: the owner's end adds once more what was added before.
    pub(super) fn doubled(&self, table: &Table, site: &Site, reach: &Reach) -> Option<Outcome> {
        let facts = self.facts;
        let at_end = |site: &Site| reach.strong.contains(&facts.tree.expr(site.call).function);
        if matches!(site.event, Event::Dynamic | Event::All)
            || site.place.is_none()
            || reach.strong.is_empty()
        {
            return None;
        }
        let same_key = self.added(table, site.place, &site.event)?;
        if at_end(site) && same_key.len() == 1 {
            return self.doubled_elsewhere(table, site, reach);
        }
        let twin = same_key.iter().find(|other| {
            other.call != site.call
                && other.event == site.event
                && other.role == ListenerRole::Add
                && other.row == site.row
                && at_end(other) != at_end(site)
                && facts.same_handler(&other.identity, &site.identity) == Same::Yes
        })?;
        Some(match at_end(site) {
            true => Outcome::Open(Failure::AcquiredAtTheEnd { first: twin.call }),
            false => Outcome::Closed("its owner's end adds it once more: said there".to_owned()),
        })
    }

    /// The end adds the object's own handler to a target of another name, as another method did, and nothing takes it off:
    /// `const page = this.page(); page.addEventListener('wheel', this.onWheel)`.
    fn doubled_elsewhere(&self, table: &Table, site: &Site, reach: &Reach) -> Option<Outcome> {
        let facts = self.facts;
        let local = |place: Option<PlaceId>| {
            place.is_some_and(|place| matches!(facts.places.root(place), Root::Binding(_)))
        };
        let alike = |other: &&Site| {
            other.call != site.call
                && other.row == site.row
                && other.event == site.event
                && local(other.place)
                && facts.same_handler(&other.identity, &site.identity) == Same::Yes
        };
        let own = matches!(site.identity, Handler::Method(_) | Handler::Kept { home: Home::Instance(_), .. });
        if !own || !local(site.place) || table.sites.len() > MAX_ALIKE {
            return None;
        }
        let mut others = table.sites.iter().filter(alike);
        let first = others.clone().find(|other| {
            other.role == ListenerRole::Add
                && !reach.functions.contains(&facts.tree.expr(other.call).function)
        })?;
        let removed = others.any(|other| matches!(other.role, ListenerRole::Remove | ListenerRole::Blanket));
        (!removed).then_some(Outcome::Open(Failure::AcquiredAtTheEnd { first: first.call }))
    }

    /// `this.props.store`, `this.client`: something that outsiders gave to the owner.
    pub(super) fn is_given_to_owner(&self, site: &Site) -> bool {
        site.place.is_some_and(|place| {
            matches!(self.facts.places.root(place), Root::This(_)) && self.facts.places.depth(place) > 0
        })
    }
}

fn capture_mismatch(added: bool, removed: bool) -> String {
    format!(
        "it was added with `capture: {added}` and this removes `capture: {removed}`: two different listeners"
    )
}
