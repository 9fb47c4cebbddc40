//! What becomes of one added listener.

use super::super::trace::Step;
use super::super::{Engine, Failure, Family, Tier, Verdict};
use super::Table;
use super::removal::Fit;
use super::signals::Fate;
use super::site::{Event, Site};
use crate::facts::handler::{Handler, Home};
use crate::facts::lifetime::{Holder, Life};
use crate::facts::owner::Owner;
use crate::facts::paths;
use crate::facts::places::PlaceId;
use crate::facts::reach::Reach;
use crate::facts::repetition::{Level, Repetition};
use crate::semantic::*;

/// What is known of an added listener's surroundings.
pub(super) struct Setting<'s> {
    pub owner: Owner,
    pub holder: &'s Holder,
    pub repetition: &'s Repetition,
    pub reach: &'s Reach,
}

/// The decision over one listener.
pub(super) enum Outcome {
    Closed(String),
    Open(Failure),
}

impl Engine<'_, '_> {
    pub(super) fn listener(&mut self, table: &Table, at: usize) {
        let facts = self.facts;
        let site = &table.sites[at];
        let function = facts.tree.expr(site.call).function;
        let owner = facts.owner_of(function);
        let reach = self.reach(owner);
        let repetition = self.listener_repetition(site);
        let holder = self.listener_holder(site, owner, function);
        let setting = Setting { owner, holder: &holder, repetition: &repetition, reach: &reach };
        if self.is_on_signal(site) {
            return self.abort_listener(table, site, &setting);
        }
        let fate = self.fate_of(table, site);
        let aborts = match &fate {
            Some(Fate::Aborted(calls)) => calls.clone(),
            _ => Vec::new(),
        };
        let outcome = match self.quiet(site, fate.as_ref(), &setting) {
            Some(why) => Outcome::Closed(why),
            None => match (self.misdirected(table, site), self.harmless(site, &setting)) {
                (Some((release, why)), _) => Outcome::Open(Failure::Mismatch { release, why }),
                (None, Some(why)) => Outcome::Closed(why),
                (None, None) => self.listener_outcome(table, at, fate, &setting),
            },
        };
        let outcome = match self.lost_rival(table, site, &setting) {
            Some(failure) if !matches!(outcome, Outcome::Open(Failure::Mismatch { .. })) => {
                Outcome::Open(failure)
            }
            _ => outcome,
        };
        let verdict = match &outcome {
            Outcome::Closed(_) => None,
            Outcome::Open(failure) => self.listener_tier(table, site, failure, &setting),
        };
        let family = match &outcome {
            Outcome::Open(Failure::Unaborted { .. }) => Family::Signal,
            Outcome::Open(Failure::OffTeardown { release, .. }) if aborts.contains(release) => Family::Signal,
            _ => Family::Listener,
        };
        self.decide(family, site.call, |me| {
            let mut steps = me.surroundings(site.call, owner, &repetition);
            steps.push(Step::new(format!("holder: {}", holder.why)));
            steps.push(Step::new(match site.known {
                true => "the receiver is known to be such a target",
                false => "nothing shows that the receiver is such a target",
            }));
            steps.push(match &outcome {
                Outcome::Closed(why) => me.verdict_step(Some(why), None, None),
                Outcome::Open(failure) => me.verdict_step(None, Some(failure), verdict.as_ref().map(|v| v.0)),
            });
            steps
        });
        let (Outcome::Open(failure), Some((tier, assumed))) = (outcome, verdict) else {
            return;
        };
        self.report_listener(site, &setting, family, failure, (tier, assumed));
    }

    pub(super) fn report_listener(
        &mut self,
        site: &Site,
        setting: &Setting<'_>,
        family: Family,
        failure: Failure,
        (tier, assumed): (Tier, Option<String>),
    ) {
        let verdict = self.listener_verdict(site, failure, tier, setting);
        // `for (const signal of signals)`: the element by its own name.
        let own = site.receiver.and_then(|receiver| self.facts.callee_name(receiver));
        let subject = match own {
            Some(own) if family == Family::Signal && verdict.subject.contains('…') => own.to_string(),
            _ => verdict.subject.clone(),
        };
        self.verdicts.push(Verdict { family, assumed, subject, ..verdict });
    }

    pub(super) fn listener_verdict(
        &self,
        site: &Site,
        failure: Failure,
        tier: Tier,
        setting: &Setting<'_>,
    ) -> Verdict {
        let facts = self.facts;
        let text = |place: PlaceId| facts.places.text(facts.tree, place);
        let row = &facts.protocols.listeners[site.row];
        let repetition = setting.repetition.clone();
        let span = self.callee_span(site.call);
        Verdict {
            row: site.row,
            holder: match setting.holder.life {
                Life::Same => "nothing takes it off here".to_owned(),
                _ => setting.holder.why.clone(),
            },
            owner: setting.owner,
            teardowns: setting.reach.teardowns.clone(),
            subject: match (site.receiver, site.place) {
                (None, _) => "window".to_owned(),
                (_, Some(place)) => text(place),
                // `renderer.listen('window', …)`
                (Some(receiver), _) => match facts.tree.as_string(receiver) {
                    Some(name) => name.to_string(),
                    None => "the receiver".to_owned(),
                },
            },
            event: match &site.event {
                Event::Named(name) | Event::Tokens(name) => Some(format!("'{name}'")),
                Event::Place(place) => Some(text(*place)).filter(|text| !text.contains('…')),
                _ => None,
            },
            handler: match &site.identity {
                Handler::Kept { place, .. } | Handler::Method(place) | Handler::This(place) => {
                    Some(text(*place))
                }
                Handler::Fresh(_) | Handler::Unknown => None,
            },
            capture: site.capture == Some(true),
            detail: match &site.event {
                // The receiver itself is the event.
                Event::Named(_) if row.exact && row.unary => String::new(),
                Event::Named(name) | Event::Tokens(name) => name.to_string(),
                Event::Place(place) => text(*place),
                Event::Dynamic | Event::All => String::new(),
            },
            ..Verdict::new(Family::Listener, site.call, span, failure, tier, repetition)
        }
    }

    /// How often another listener is added. Where the target keeps one copy of the same handler, that is as often as there
    /// is another handler: once for each run of the function, or each object, that makes it.
    fn listener_repetition(&self, site: &Site) -> Repetition {
        let facts = self.facts;
        let own = self.repetition_at(site.call);
        if !facts.protocols.listeners[site.row].deduplicates {
            return own;
        }
        let function = facts.tree.expr(site.call).function;
        let makers = match &site.identity {
            Handler::Kept { home: Home::Activation(home), .. }
                if *home != function && facts.tree.is_within(function, *home) =>
            {
                facts.repetition(*home)
            }
            Handler::Kept { place, home: Home::Instance(class) } if !self.is_made_anew(*place, *class) => {
                facts.instances(*class)
            }
            _ => return own,
        };
        if makers.level < own.level { makers.clone() } else { own }
    }

    /// `start() { this.onTick = () => …; }`: another function at each call.
    fn is_made_anew(&self, place: PlaceId, class: ClassId) -> bool {
        let facts = self.facts;
        let constructors = &facts.classes.get(class).constructors;
        facts.values_at(place).iter().any(|value| {
            let function = facts.tree.expr(*value).function;
            !constructors.contains(&function) && facts.tree.function(function).kind != FnKind::FieldInit
        })
    }

    pub(super) fn listener_holder(&self, site: &Site, owner: Owner, function: FnId) -> Holder {
        match site.receiver {
            Some(receiver) => self.facts.holder(receiver, owner, function),
            None => Holder {
                life: Life::Longer,
                why: "`window` lives as long as the page".to_owned(),
                assumed: None,
            },
        }
    }

    /// What makes a listener harmless whatever is removed.
    fn quiet(&self, site: &Site, fate: Option<&Fate>, setting: &Setting<'_>) -> Option<String> {
        let Setting { owner, repetition, .. } = *setting;
        if repetition.level == Level::Once {
            return Some("the site runs once".to_owned());
        }
        if fate == Some(&Fate::Elsewhere) {
            return Some("a signal takes it off".to_owned());
        }
        if let Event::Place(event) = site.event
            && self.is_once_per(event, site.call)
        {
            return Some("it is added once for each event".to_owned());
        }
        if self.waits_for_the_page(site) {
            return Some("it waits for the page to load, which it does once".to_owned());
        }
        if !matches!(owner, Owner::Effect(_) | Owner::Component(_)) && self.is_forwarded(site) {
            return Some("the handler is the caller's: so is the duty to take it off".to_owned());
        }
        None
    }

    /// What makes a listener harmless unless a removal shows that it was meant to be taken off.
    fn harmless(&self, site: &Site, setting: &Setting<'_>) -> Option<String> {
        let holder = setting.holder;
        if site.once {
            return Some("it takes itself off".to_owned());
        }
        if holder.life == Life::Same {
            return Some(holder.why.clone());
        }
        let protocol = &self.facts.protocols.listeners[site.row];
        if protocol.deduplicates && self.is_one_for_all(&site.identity) {
            return Some(
                "the target keeps one copy of the same handler, however often it is added".to_owned(),
            );
        }
        if !self.is_dropped(site, protocol.distinctive) {
            return Some("the result of the call is kept, and may be what takes it off".to_owned());
        }
        None
    }

    pub(super) fn is_one_for_all(&self, handler: &Handler) -> bool {
        matches!(handler, Handler::Method(_) | Handler::Kept { home: Home::Module, .. })
    }

    /// The result is thrown away, or is the receiver of a further call in a chain. The DOM's method returns nothing;
    /// others of its name (React Native's) return a subscription, which shows where it is kept.
    fn is_dropped(&self, site: &Site, returns_nothing: bool) -> bool {
        use crate::facts::flow::Sink;
        self.facts.sinks(site.call).iter().all(|sink| {
            matches!(sink, Sink::Discarded | Sink::Member { .. } | Sink::Read)
                || (returns_nothing && matches!(sink, Sink::Returned(_)))
                || matches!(sink, Sink::Returned(f) if self.facts.tree.function(*f).kind == FnKind::Arrow
                    && self.facts.tree.function(*f).returns.len() == 1)
        })
    }

    /// `Signal.clearData(this)` in the owner's end, or in that of a base which we do not see.
    fn is_cleared_whole(&self, site: &Site, setting: &Setting<'_>) -> bool {
        let facts = self.facts;
        let clears = &facts.protocols.listeners[site.row].clears;
        let Owner::Class(class) = setting.owner else {
            return false;
        };
        if clears.is_empty() {
            return false;
        }
        let last = facts.classes.lineage(class).last().unwrap_or(class);
        facts.classes.get(last).extends.is_some()
            || setting.reach.functions.iter().any(|function| {
                facts.graph.calls_in[function.index()].iter().any(|call| {
                    let callee = facts.tree.call_parts(*call).map(|(callee, _)| callee);
                    callee.is_some_and(|callee| paths::matches(facts.tree, callee, clears).is_some())
                })
            })
    }

    fn listener_outcome(
        &self,
        table: &Table,
        at: usize,
        fate: Option<Fate>,
        setting: &Setting<'_>,
    ) -> Outcome {
        let facts = self.facts;
        let Setting { owner, holder, reach, .. } = *setting;
        let site = &table.sites[at];
        if self.is_cleared_whole(site, setting) {
            return Outcome::Closed("the owner's end takes off all that it has put on".to_owned());
        }
        if let Some(outcome) = self.doubled(table, site, reach) {
            return outcome;
        }
        if let Some(place) = site.place
            && table.dynamic.contains(&place)
        {
            return Outcome::Closed("a method with a computed name is called on the target".to_owned());
        }
        if let Some(call) = self.ended(table, site, reach) {
            let ended = facts.tree.call_parts(call).and_then(|(callee, _)| facts.callee_name(callee));
            let how = ended.map_or(String::new(), |name| format!(" by `{name}()`"));
            return Outcome::Closed(format!("the owner's end ends the target{how}"));
        }
        let mut matching = match &fate {
            Some(Fate::Aborted(calls)) => calls.clone(),
            _ => Vec::new(),
        };
        let mut missing: Option<(ExprId, String)> = None;
        let Some(candidates) = self.all_candidates(table, site) else {
            return Outcome::Closed(
                "too many calls take off listeners of this event to tell them apart".to_owned(),
            );
        };
        for removal in candidates {
            match self.fit(table, site, removal) {
                Fit::Matches => matching.push(removal.call),
                Fit::Misses(why) if missing.is_none() => missing = Some((removal.call, why)),
                Fit::Misses(_) | Fit::Other => {}
            }
        }
        if let Some(failure) = self.unreachable(site.call, &matching) {
            return Outcome::Open(failure);
        }
        let site_fn = facts.tree.expr(site.call).function;
        let missed = self.path_miss(site.call, &matching, &[]);
        if missed.is_none() && matching.iter().any(|call| self.releases_here(*call, site_fn, owner, reach)) {
            return Outcome::Closed("the owner's end takes it off".to_owned());
        }
        if let Owner::Effect(effect) = owner
            && let once = facts.protocols.listeners[site.row].deduplicates
            && matching.iter().any(|call| facts.is_cleaned_by_another(effect, *call, once))
        {
            return Outcome::Closed("the cleanup of another effect takes it off".to_owned());
        }
        if reach.teardowns.opaque {
            return Outcome::Closed("the owner's end may take it off out of sight".to_owned());
        }
        if let Some(exit) = missed {
            return Outcome::Open(Failure::PathMiss { exit });
        }
        if !matching.is_empty() {
            return self.listener_off_teardown(site, &matching, owner, reach);
        }
        if let Some(Fate::Never { controller, open }) = fate {
            return Outcome::Open(Failure::Unaborted { controller, open });
        }
        if let Some((release, why)) = missing {
            return Outcome::Open(Failure::Mismatch { release, why });
        }
        let siblings = self.released_siblings(table, at, owner, reach, true);
        if !siblings.is_empty() {
            return Outcome::Open(Failure::Asymmetric { siblings, same_target: true });
        }
        if holder.life == Life::Unknown && self.is_given_to_owner(site) {
            let siblings = self.released_siblings(table, at, owner, reach, false);
            if !siblings.is_empty() {
                return Outcome::Open(Failure::Asymmetric { siblings, same_target: false });
            }
        }
        Outcome::Open(self.forgotten_by_partner(table, site).unwrap_or(Failure::NeverReleased))
    }

    fn releases_here(&self, release: ExprId, site: FnId, owner: Owner, reach: &Reach) -> bool {
        let facts = self.facts;
        let function = facts.tree.expr(release).function;
        if reach.functions.contains(&function) {
            return true;
        }
        match owner {
            Owner::Module | Owner::Call(_) => true,
            // The handler itself, or something the adding code hands on: `off` inside what `on` added.
            _ => function != site && facts.tree.is_within(function, site),
        }
    }

    /// Removals that match, none of which the owner's end reaches.
    fn listener_off_teardown(
        &self,
        site: &Site,
        matching: &[ExprId],
        owner: Owner,
        reach: &Reach,
    ) -> Outcome {
        let facts = self.facts;
        let site_fn = facts.tree.expr(site.call).function;
        let here = |release: &ExprId| facts.tree.expr(*release).function == site_fn;
        let release = matching[0];
        let teardown = reach.teardowns.strong();
        // What a menu adds as it opens and takes off as it closes may never outlive it.
        let station = facts.is_ended_by_framework(owner) && facts.is_station(site_fn);
        let ended =
            matches!(owner, Owner::Effect(_)) || station || facts.is_watcher(site_fn) && here(&release);
        if matching.iter().any(|at| here(at) && facts.can_follow(site.call, *at)) {
            return Outcome::Closed("the adding function takes it off itself".to_owned());
        }
        if facts.is_called_at_the_end(site_fn) && matching.iter().any(here) {
            return Outcome::Closed("the function is called again when the element goes".to_owned());
        }
        if !here(&release) && teardown.is_none() && !ended {
            return Outcome::Closed("another method takes it off, and the owner has no end".to_owned());
        }
        if here(&release) && teardown.is_none() && !ended {
            // `if (on) add(); else remove();`: another run of the function takes it off.
            let before = facts.can_follow(release, site.call);
            return Outcome::Closed(
                match before {
                    // Never more than one, and the owner has no end that could forget it.
                    true => "it is taken off before it is added again",
                    false => "another run of the function takes it off, and the owner has no end",
                }
                .to_owned(),
            );
        }
        Outcome::Open(Failure::OffTeardown { release, teardown })
    }
}
