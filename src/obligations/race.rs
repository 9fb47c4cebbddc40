//! Races against promises that outlive them. `Promise.race([work, closed])` adds a reaction to each promise it is given.
//! The reaction of a promise that loses stays as long as that promise is pending, and keeps the race's result with the
//! value that won: one for each race.

mod outlives;
mod pending;

use super::tier::{Evidence, tier};
use super::trace::Step;
use super::{Engine, Failure, Family, Tier, Verdict};
use crate::facts::lifetime::Life;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::{Level, Repetition, Why};
use crate::semantic::*;
use pending::Pending;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// How many calls are followed from a race to the one who gave it a promise, or to what a call returns.
const MAX_HOPS: u32 = 4;

/// A helper that is called from more places than this is left alone.
const MAX_CALLERS: usize = 50;

/// One promise of a race.
#[derive(Debug, Clone, Copy)]
struct Racer {
    /// Where the promise is named.
    mention: ExprId,
    place: PlaceId,
    /// The race, or the call of a helper that races what it is given.
    site: ExprId,
}

/// A racer that outlives its race.
struct Found {
    racer: Racer,
    repetition: Repetition,
    tier: Tier,
    assumed: Option<String>,
    holder: String,
}

/// What is looked up for all races of a file.
#[derive(Default)]
struct Lookup {
    /// `const { promise, resolve } = deferred()`: the bindings that one expression fills.
    parts: FxHashMap<ExprId, Vec<BindingId>>,
    /// How long the promises that were asked for are pending.
    pending: RefCell<FxHashMap<PlaceId, Pending>>,
}

impl Engine<'_, '_> {
    /// Judges every race.
    pub(super) fn races(&mut self) {
        let facts = self.facts;
        let races: Vec<ExprId> =
            facts.tree.calls.iter().copied().filter(|call| self.is_race(*call)).collect();
        if races.is_empty() {
            return;
        }
        let mut lookup = Lookup::default();
        for (at, binding) in facts.tree.scopes.bindings.iter().enumerate() {
            if let (Some(init), false) = (binding.init, binding.projection.is_empty()) {
                lookup.parts.entry(init).or_default().push(BindingId(at as u32));
            }
        }
        for race in races {
            self.race(&lookup, race);
        }
    }

    fn is_race(&self, call: ExprId) -> bool {
        let tree = self.facts.tree;
        matches!(tree.kind(call), Kind::Call { .. })
            && tree.call_parts(call).is_some_and(|(callee, _)| {
                paths::matches(tree, callee, &self.facts.protocols.promises.races).is_some()
            })
    }

    fn race(&mut self, lookup: &Lookup, race: ExprId) {
        let mut racers = Vec::new();
        for element in self.raced(race) {
            self.add_racers(element, race, &mut racers, MAX_HOPS);
        }
        let mut best: Option<Found> = None;
        for racer in racers {
            let judged = self.racer(lookup, racer);
            self.trace_racer(racer, &judged);
            if let Ok(found) = judged
                && best.as_ref().is_none_or(|known| known.tier < found.tier)
            {
                best = Some(found);
            }
        }
        if let Some(found) = best {
            self.report_race(found);
        }
    }

    /// The promises of a race: an array written at the call, or kept in a variable that is filled once.
    fn raced(&self, race: ExprId) -> Vec<ExprId> {
        let tree = self.facts.tree;
        let Some(list) = tree.call_parts(race).and_then(|(_, args)| args.first().copied()) else {
            return Vec::new();
        };
        let list = match self.facts.places.of(list).map(|place| self.facts.values_at(place)) {
            Some([only]) => *only,
            _ => list,
        };
        match tree.kind(list) {
            Kind::Array(items) => tree.list(*items).to_vec(),
            _ => Vec::new(),
        }
    }

    /// The promises that an element of a race waits for. `closed.then(f)` adds its reaction to `closed`, and a helper's
    /// parameter is what its callers give.
    fn add_racers(&self, element: ExprId, site: ExprId, out: &mut Vec<Racer>, hops: u32) {
        let facts = self.facts;
        if hops == 0 {
            return;
        }
        match facts.tree.kind(element) {
            Kind::Conditional { yes, no, .. } => {
                self.add_racers(*yes, site, out, hops - 1);
                self.add_racers(*no, site, out, hops - 1);
            }
            Kind::Binary { left, right, .. } => {
                self.add_racers(*left, site, out, hops - 1);
                self.add_racers(*right, site, out, hops - 1);
            }
            Kind::Call { callee, .. } => match facts.tree.kind(*callee) {
                Kind::Member { object, name } if matches!(&**name, "then" | "catch" | "finally") => {
                    self.add_racers(*object, site, out, hops - 1);
                }
                _ => {
                    for target in facts.targets(element) {
                        for value in &facts.tree.function(target).returns {
                            self.add_racers(*value, site, out, hops - 1);
                        }
                    }
                }
            },
            _ => {
                let Some(place) = facts.places.of(element) else {
                    return;
                };
                out.push(Racer { mention: element, place, site });
                let Some(index) = self.parameter_at(place, facts.tree.expr(site).function) else {
                    return;
                };
                let callers = &facts.graph.callers[facts.tree.expr(site).function.index()];
                for caller in callers.iter().take(MAX_CALLERS) {
                    if let Some(given) = facts.tree.call_parts(*caller).and_then(|(_, args)| args.get(index))
                    {
                        self.add_racers(*given, *caller, out, hops - 1);
                    }
                }
            }
        }
    }

    /// Which parameter of a function a place is.
    fn parameter_at(&self, place: PlaceId, function: FnId) -> Option<usize> {
        let facts = self.facts;
        let Root::Binding(binding) = facts.places.root(place) else {
            return None;
        };
        match facts.tree.scopes.binding(*binding).kind {
            BindingKind::Parameter { function: of, index } if of == function => {
                (facts.places.depth(place) == 0).then_some(index as usize)
            }
            _ => None,
        }
    }

    /// `Err` says why the promise is none that piles up.
    fn racer(&self, lookup: &Lookup, racer: Racer) -> Result<Found, String> {
        let (repetition, lives) = self.outlives(lookup, racer)?;
        let pending = self.pending(lookup, racer.place);
        let text = self.facts.places.text(self.facts.tree, racer.place);
        let named = format!("that `{text}` stays pending for long");
        let (lasts, assumed) = match &pending {
            Pending::Soon(why) => return Err(why.clone()),
            Pending::Shown(why) => (why.clone(), None),
            Pending::Named => ("pending until something ends, as its name says".to_owned(), Some(named)),
            Pending::Unknown => ("pending for who knows how long".to_owned(), Some(named)),
        };
        let evidence = Evidence { life: Life::Longer, level: repetition.level, has_teardown: false };
        let by_lifetime = tier(&Failure::Raced { promise: racer.mention }, evidence)
            .ok_or_else(|| "the race runs once".to_owned())?;
        let in_loop = repetition.why == Why::Loop(racer.site);
        let found = match (&pending, by_lifetime) {
            (Pending::Shown(_), Tier::Proven) if in_loop => Tier::Likely,
            (Pending::Shown(_), tier) => tier,
            (Pending::Named, Tier::Proven) => Tier::Likely,
            _ => Tier::Possible,
        };
        let repeats = match (in_loop, repetition.level) {
            (true, _) => Some("that the loop goes on for long".to_owned()),
            (_, Level::Repeated) => None,
            _ => Some("that this runs again and again while the promise is pending".to_owned()),
        };
        let holder = format!("{lasts}, and {lives}");
        Ok(Found { racer, repetition, tier: found, assumed: assumed.or(repeats), holder })
    }

    fn trace_racer(&mut self, racer: Racer, judged: &Result<Found, String>) {
        self.decide(Family::Race, racer.site, |me| {
            let facts = me.facts;
            let text = facts.places.text(facts.tree, racer.place);
            let named = Step::at(facts.tree.span(racer.mention), format!("races against `{text}`"));
            let (repetition, last) = match judged {
                Ok(found) => {
                    (found.repetition.clone(), Step::new(format!("{}: {}", found.tier.name(), found.holder)))
                }
                Err(why) => (me.repetition_at(racer.site), Step::new(format!("silent: {why}"))),
            };
            let owner = facts.owner_of(facts.tree.expr(racer.site).function);
            let mut steps = me.surroundings(racer.site, owner, &repetition);
            steps.extend([named, last]);
            steps
        });
    }

    fn report_race(&mut self, found: Found) {
        let facts = self.facts;
        let site = found.racer.site;
        let owner = facts.owner_of(facts.tree.expr(site).function);
        let teardowns = self.reach(owner).teardowns.clone();
        self.verdicts.push(Verdict {
            family: Family::Race,
            row: 0,
            site,
            span: self.callee_span(site),
            failure: Failure::Raced { promise: found.racer.mention },
            tier: found.tier,
            assumed: found.assumed,
            holder: found.holder,
            owner,
            repetition: found.repetition,
            teardowns,
            subject: facts.places.text(facts.tree, found.racer.place),
            detail: String::new(),
            event: None,
            handler: None,
            capture: false,
            captured: None,
            pushes: false,
            also: Vec::new(),
        });
    }
}
