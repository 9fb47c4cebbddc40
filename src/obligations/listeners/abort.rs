//! Listeners for the abort of a signal that outlives the work: `signal.addEventListener('abort', onAbort)` in a function
//! that others call again and again with one signal.
//!
//! The work has two outcomes, the abort and its own end. `{ once: true }`, or a removal in the handler, takes the listener
//! off at the abort only. A signal mostly never aborts: then each call leaves one listener, with all that it captured.

mod lives;
mod outcomes;

use super::super::{Engine, Failure, Family, Tier};
use super::Table;
use super::decide::Setting;
use super::removal::Fit;
use super::site::{Event, Site};
use crate::facts::flow::Sink;
use crate::facts::handler::Same;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::Level;
use crate::protocol::{HandleRule, ListenerRole};
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// How many callers of a clean-up function are followed.
const MAX_HOPS: u32 = 4;

/// Above this many, listeners and mentions of one handler are not compared with each other.
const MAX_SITES: usize = 200;

/// Why a signal outlives the work.
enum Outlives {
    Shown,
    /// Callers give it; in words what that assumes.
    Assumed(String),
}

impl Engine<'_, '_> {
    /// `signal.addEventListener('abort', …)`
    pub(super) fn is_on_signal(&self, site: &Site) -> bool {
        matches!(&site.event, Event::Named(name) if name == "abort")
            && site.role == ListenerRole::Add
            && self.facts.protocols.listeners[site.row].deduplicates
            && site.place.is_some_and(|place| self.is_signal(place))
    }

    fn is_signal(&self, place: PlaceId) -> bool {
        let facts = self.facts;
        let named = match (facts.places.last_name(place), facts.places.root(place)) {
            (Some(name), _) => Some(name),
            (None, Root::Binding(binding)) => Some(&facts.tree.scopes.binding(*binding).name),
            _ => None,
        };
        let typed = match facts.places.root(place) {
            Root::Binding(binding) if facts.places.depth(place) == 0 => matches!(
                &facts.tree.scopes.binding(*binding).annotation,
                Some(Annotation::Named(name)) if name == "AbortSignal"
            ),
            _ => false,
        };
        let last = facts.places.segment(place);
        typed
            || named.is_some_and(|name| {
                let lower = name.to_ascii_lowercase();
                // `for (const signal of signals)`
                lower.ends_with("signal") || last == Some(&Segment::Element) && lower.ends_with("signals")
            })
    }

    pub(super) fn abort_listener(&mut self, table: &Table, site: &Site, setting: &Setting<'_>) {
        let judged = self.abort_outcome(table, site, setting);
        self.decide(Family::Signal, site.call, |me| {
            let mut steps = me.surroundings(site.call, setting.owner, setting.repetition);
            steps.push(match &judged {
                Ok((failure, found)) => me.verdict_step(None, Some(failure), Some(found.0)),
                Err(why) => me.verdict_step(Some(why), None, None),
            });
            steps
        });
        if let Ok((failure, found)) = judged {
            self.report_listener(site, setting, Family::Signal, failure, found);
        }
    }

    /// `Err` says why the listener is harmless.
    fn abort_outcome(
        &self,
        table: &Table,
        site: &Site,
        setting: &Setting<'_>,
    ) -> Result<(Failure, (Tier, Option<String>)), String> {
        let facts = self.facts;
        let place = site.place.ok_or("nothing is known of the signal")?;
        if setting.repetition.level == Level::Once {
            return Err("the site runs once".to_owned());
        }
        if self.fate_of(table, site).is_some() {
            return Err("another signal takes it off".to_owned());
        }
        if self.is_one_for_all(&site.identity) {
            return Err("the signal keeps one copy of the same handler, however often it is added".to_owned());
        }
        if self.is_forwarded(site) && !self.settles_promise(site) {
            return Err("the handler is the caller's: so is the duty to take it off".to_owned());
        }
        let outlives = self.signal_outlives(place, site)?;
        let handlers: FxHashSet<FnId> =
            site.handler.map(|handler| facts.functions_of(handler)).unwrap_or_default().into_iter().collect();
        if self.handler_leaves(site) {
            return Err("the handler is handed on, and may be taken off by whoever has it".to_owned());
        }
        let mut release = self.taken_off_elsewhere(table, site, &handlers)?;
        for removal in self.candidates(table, site) {
            match self.fit(table, site, removal) {
                Fit::Matches if self.runs_only_on_abort(removal.call, &handlers) => {
                    release = Some(removal.call);
                }
                Fit::Matches => return Err("it is taken off when the work ends too".to_owned()),
                // The other rule speaks of removals that cannot match, and any removal is meant for something.
                Fit::Misses(_) | Fit::Other => {}
            }
        }
        let outcome = self.other_outcome(site, &handlers)?;
        let failure = Failure::OneOutcome { outcome, release };
        let (tier, assumed) = match (outlives, setting.repetition.level) {
            // Most signals that callers hand in are made for the one call and end with it. What shows more is a loop, a
            // removal that forgets the other outcome, a list of signals, or a pause.
            (Outlives::Shown, Level::Repeated) => (Tier::Proven, None),
            (Outlives::Shown, Level::MayRepeat) => (
                Tier::Likely,
                Some("that other files call this again and again while the signal lives".to_owned()),
            ),
            (Outlives::Assumed(what), level) => {
                let lasts = level == Level::Repeated
                    || release.is_some()
                    || facts.places.segment(place) == Some(&Segment::Element)
                    || self.is_ended_by_timer(outcome);
                (if lasts { Tier::Likely } else { Tier::Possible }, Some(what))
            }
            (_, _) => (Tier::Possible, Some("that this runs again and again with one signal".to_owned())),
        };
        Ok((failure, (tier, assumed)))
    }

    /// `setTimeout(resolve, ms)`, `setTimeout(() => resolve(), ms)`: a pause, which callers take again and again.
    fn is_ended_by_timer(&self, outcome: ExprId) -> bool {
        let facts = self.facts;
        let around = facts.tree.function(facts.tree.expr(outcome).function).expr;
        [Some(outcome), around].into_iter().flatten().any(|given| {
            facts.sinks(given).iter().any(|sink| match sink {
                Sink::Argument { call, .. } => facts
                    .acquires_handle(*call)
                    .is_some_and(|row| facts.protocols.handles[row].rule == HandleRule::Timeout),
                _ => false,
            })
        })
    }

    /// A removal of the same handler from what may be the same signal under another name: `this.signal`.
    fn taken_off_elsewhere(
        &self,
        table: &Table,
        site: &Site,
        handlers: &FxHashSet<FnId>,
    ) -> Result<Option<ExprId>, String> {
        let removals = table.removals_of.get(&site.event).map_or(&[][..], Vec::as_slice);
        if removals.len() > MAX_SITES {
            return Err("too many listeners for an abort are taken off here to tell them apart".to_owned());
        }
        let mut release = None;
        for removal in removals.iter().map(|at| &table.sites[*at]) {
            if self.facts.same_handler(&site.identity, &removal.identity) != Same::Yes {
                continue;
            }
            if !self.runs_only_on_abort(removal.call, handlers) {
                return Err("it is taken off when the work ends too".to_owned());
            }
            release = Some(removal.call);
        }
        Ok(release)
    }

    /// The handler is given to something else than a signal, or kept in an object: whoever has it may take it off.
    fn handler_leaves(&self, site: &Site) -> bool {
        let facts = self.facts;
        let Some(place) = site.handler.and_then(|handler| facts.places.of(handler)) else {
            return false;
        };
        let local = matches!(facts.places.root(place), Root::Binding(_));
        if local && facts.places.depth(place) > 0 {
            return true;
        }
        let leaves = |at: &ExprId| {
            facts.sinks(*at).iter().any(|sink| match sink {
                Sink::Argument { call, .. } => !self.is_listener_call(*call) && !self.is_harmless(*call),
                Sink::Place { place: to, .. } => *to != place,
                Sink::Property { .. } | Sink::Returned(_) | Sink::Exported | Sink::Unknown => true,
                _ => false,
            })
        };
        let uses = facts.places.uses(place);
        if uses.len() > MAX_SITES {
            return true;
        }
        local && !self.settles_promise(site) && uses.iter().any(|at| !facts.is_write(*at) && leaves(at))
    }

    /// Whether a removal runs in the abort's handler alone: there, or in a function that only it calls.
    fn runs_only_on_abort(&self, removal: ExprId, handlers: &FxHashSet<FnId>) -> bool {
        self.only_from(self.facts.tree.expr(removal).function, handlers, MAX_HOPS)
    }

    fn only_from(&self, function: FnId, handlers: &FxHashSet<FnId>, hops: u32) -> bool {
        let facts = self.facts;
        if let Some(handler) = facts.tree.enclosing(function).find(|at| handlers.contains(at)) {
            return !self.has_other_uses(handler);
        }
        let callers = &facts.graph.callers[function.index()];
        hops > 0
            && !callers.is_empty()
            && self.is_only_called(function, callers.len())
            && callers.iter().all(|call| self.only_from(facts.tree.expr(*call).function, handlers, hops - 1))
    }

    /// A declared function that nobody gives away.
    fn is_only_called(&self, function: FnId, calls: usize) -> bool {
        self.facts
            .tree
            .function(function)
            .binding
            .is_some_and(|binding| self.facts.tree.scopes.binding(binding).refs.len() <= calls)
    }

    /// A handler that something else than the abort runs too: it is called, or given to more than `addEventListener` and
    /// `removeEventListener`.
    fn has_other_uses(&self, handler: FnId) -> bool {
        let facts = self.facts;
        let entry = facts.tree.function(handler);
        let place = match entry.binding.and_then(|binding| facts.place_of_binding(binding)) {
            Some(place) => Some(place),
            None => entry.expr.and_then(|expr| {
                facts.sinks(expr).into_iter().find_map(|sink| match sink {
                    Sink::Place { place, .. } => Some(place),
                    _ => None,
                })
            }),
        };
        let uses = place.map_or(&[][..], |place| facts.places.uses(place));
        uses.iter().any(|at| {
            !facts.is_write(*at)
                && facts.sinks(*at).iter().any(|sink| match sink {
                    Sink::Argument { call, .. } => !self.is_listener_call(*call),
                    Sink::Read | Sink::Discarded => false,
                    _ => true,
                })
        })
    }

    fn is_listener_call(&self, call: ExprId) -> bool {
        let callee = self.facts.tree.call_parts(call).map(|(callee, _)| callee);
        callee
            .and_then(|callee| self.facts.callee_name(callee))
            .is_some_and(|name| self.facts.protocols.listener_methods.contains_key(name))
    }
}
