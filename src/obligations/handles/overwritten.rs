//! Handles that are released at the end, but of which only the last one still has a name:
//! `for (const url of urls) this.socket = new WebSocket(url)`.

use super::super::{Engine, Failure, Tier};
use super::Acquired;
use crate::facts::places::{PlaceId, Root};
use crate::facts::reach::Reach;
use crate::facts::repetition::{Level, Repetition, Why};
use crate::protocol::HandleRule;
use crate::semantic::*;

/// How far callers are followed to what makes a method run again.
const MAX_CALLERS: usize = 4;

impl Engine<'_, '_> {
    /// A live handle is replaced by the next one before anything releases it.
    pub(super) fn overwritten(
        &self,
        site: &Acquired,
        repetition: &Repetition,
        reach: &Reach,
    ) -> Option<Failure> {
        let facts = self.facts;
        let place = *site.trail.places.first()?;
        if site.rule == HandleRule::Timeout
            || facts.places.segment(place) == Some(&Segment::Element)
            || repetition.level <= Level::Unknown
            || self.is_conditional_store(site.call)
            || self.tests_place(site.call, place)
        {
            return None;
        }
        if let Some(region) = self.loop_around(site.call, place) {
            let released = site.trail.releases.iter().any(|release| {
                facts.tree.region_path(facts.tree.expr(*release).region).any(|at| at == region)
            });
            return (!released).then_some(Failure::Overwritten { in_loop: true, by: site.call });
        }
        // `pointerdown` starts and `pointerup` stops: what stops it elsewhere comes in turn with what starts it.
        let at_end = |release: &ExprId| reach.functions.contains(&facts.tree.expr(*release).function);
        if !site.trail.releases.iter().all(at_end) {
            return None;
        }
        let by = self.runs_again_by(site, place)?;
        Some(Failure::Overwritten { in_loop: false, by })
    }

    /// `this.timer ??= setInterval(…)`
    fn is_conditional_store(&self, call: ExprId) -> bool {
        let tree = self.facts.tree;
        matches!(tree.expr(call).up, Up::Expr(parent)
            if matches!(tree.kind(parent), Kind::Assign { op, .. } if op.may_short_circuit()))
    }

    /// `if (this.timer) return`, `if (!this.timer) …`
    fn tests_place(&self, site: ExprId, place: PlaceId) -> bool {
        let tree = self.facts.tree;
        let uses = self.facts.places.uses(place);
        self.tests_before(site).into_iter().any(|test| {
            // What a test consists of stands behind it in the table.
            let first = uses.get(uses.partition_point(|at| *at < test));
            first.is_some_and(|at| tree.span(test).contains(tree.span(*at)))
        })
    }

    /// The loop in whose body the site stands, and outside of which the place was declared.
    fn loop_around(&self, site: ExprId, place: PlaceId) -> Option<RegionId> {
        let tree = self.facts.tree;
        let region = tree.expr(site).region;
        let is_loop = |region: RegionId| {
            matches!(tree.region(region).kind, RegionKind::Loop | RegionKind::Counted | RegionKind::Each)
        };
        if !is_loop(region) || self.is_declared_in_loop(place) {
            return None;
        }
        Some(region)
    }

    fn is_declared_in_loop(&self, place: PlaceId) -> bool {
        let Root::Binding(binding) = self.facts.places.root(place) else {
            return false;
        };
        let scopes = &self.facts.tree.scopes;
        let mut at = Some(scopes.binding(*binding).scope);
        let home = scopes.function_of(*binding);
        while let Some(id) = at.filter(|id| scopes.scopes[id.index()].function == home) {
            if scopes.scopes[id.index()].in_loop {
                return true;
            }
            at = scopes.scopes[id.index()].parent;
        }
        false
    }

    /// What runs the acquiring function again while the place lives, with no release on the way.
    fn runs_again_by(&self, site: &Acquired, place: PlaceId) -> Option<ExprId> {
        let facts = self.facts;
        let mut function = facts.tree.expr(site.call).function;
        let mut chain = vec![function];
        for _ in 0..MAX_CALLERS {
            if !self.outlives_run(place, function) {
                return None;
            }
            if let Some(cause) = self.repeating_cause(function) {
                let reached = facts.closure(chain);
                let frees = |release: &ExprId| reached.contains(&facts.tree.expr(*release).function);
                return (!site.trail.releases.iter().any(frees)).then_some(cause);
            }
            let [call] = &facts.graph.callers[function.index()] else {
                return None;
            };
            if self.tests_place(*call, place) {
                return None;
            }
            function = facts.tree.expr(*call).function;
            chain.push(function);
        }
        None
    }

    fn outlives_run(&self, place: PlaceId, function: FnId) -> bool {
        match self.facts.places.root(place) {
            Root::This(_) => true,
            Root::Binding(binding) => {
                let home = self.facts.tree.scopes.function_of(*binding);
                home != function && self.facts.tree.is_within(function, home)
            }
            _ => false,
        }
    }

    /// An event, a tick or a later phase of the same instance runs the function.
    fn repeating_cause(&self, function: FnId) -> Option<ExprId> {
        let facts = self.facts;
        let repetition = facts.repetition(function);
        if repetition.level != Level::Repeated {
            return None;
        }
        match repetition.why {
            Why::Handler(call) | Why::CalledBack(_, call) | Why::Loop(call) => Some(call),
            _ => None,
        }
    }

    /// What a replaced handle assumes.
    pub(super) fn overwriting_step(&self, found: Tier) -> Option<String> {
        let step = "that the event comes again before the handle is released";
        (found != Tier::Proven).then(|| step.to_owned())
    }
}
