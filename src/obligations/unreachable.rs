//! Cleanups that cannot run: obligations whose every release stands in one, and cleanups that end what no protocol knows.

use super::tier::Tier;
use super::trace::Step;
use super::{Engine, Failure, Family, Verdict};
use crate::facts::lost::{Loss, Lost};
use crate::facts::paths;
use crate::facts::places::Root;
use crate::facts::repetition::Level;
use crate::semantic::*;

impl Engine<'_, '_> {
    /// The failure of an obligation of which no release can run, and one stands in a cleanup of the acquiring code itself.
    pub(super) fn unreachable(&self, site: ExprId, releases: &[ExprId]) -> Option<Failure> {
        let tree = self.facts.tree;
        let acquires = tree.expr(site).function;
        let mut own = None;
        for release in releases {
            let lost = self.facts.lost_release(*release)?;
            let home = tree.expr(lost.value).function;
            let around = match lost.loss {
                Loss::NullRef(_) => tree.function(home).parent.unwrap_or(home),
                _ => home,
            };
            let late = matches!(lost.loss, Loss::Late { .. })
                && self.facts.owner_of(acquires) == self.facts.owner_of(home);
            if late || tree.is_within(acquires, around) {
                own.get_or_insert(Failure::Unreachable { lost, release: *release });
            }
        }
        own
    }

    /// One defect is one report: what a cleanup should have released is told with the cleanup.
    pub(super) fn unreachable_cleanups(&mut self) {
        let (lost, mut kept): (Vec<Verdict>, Vec<Verdict>) = self
            .verdicts
            .drain(..)
            .partition(|verdict| matches!(verdict.failure, Failure::Unreachable { .. }));
        let mut joined: Vec<Verdict> = Vec::new();
        for verdict in lost {
            let Failure::Unreachable { lost, .. } = verdict.failure else {
                continue;
            };
            match joined.iter_mut().find(|known| known.site == lost.value) {
                Some(known) => {
                    known.also.push(verdict.site);
                    known.tier = known.tier.max(verdict.tier);
                    known.captured = known.captured.take().or(verdict.captured);
                }
                None => joined.push(self.of_cleanup(lost, verdict)),
            }
        }
        // What no hook calls belongs to nobody whose end could be missed.
        if self.facts.roles.hooks.callbacks.is_empty() && joined.is_empty() {
            self.verdicts = kept;
            return;
        }
        for (function, lost) in &self.facts.lost().values {
            if !joined.iter().any(|known| known.site == lost.value) {
                joined.extend(self.cleanup_of_unknown(*function, *lost));
            }
        }
        kept.append(&mut joined);
        self.verdicts = kept;
    }

    /// The verdict of an obligation, told from the cleanup.
    fn of_cleanup(&self, lost: Lost, verdict: Verdict) -> Verdict {
        let guard = matches!(lost.loss, Loss::NullRef(_));
        let tier = if guard { verdict.tier.min(Tier::Likely) } else { verdict.tier };
        let step = "that the component is removed, and its element with it, while the effect is in force";
        Verdict {
            family: Family::Cleanup,
            also: vec![verdict.site],
            span: self.cleanup_span(lost),
            site: lost.value,
            assumed: if guard { Some(step.to_owned()) } else { verdict.assumed.clone() },
            tier,
            ..verdict
        }
    }

    /// The head of the cleanup that cannot run.
    fn cleanup_span(&self, lost: Lost) -> crate::source::Span {
        let tree = self.facts.tree;
        match (tree.kind(lost.value), lost.loss) {
            (Kind::Function(cleanup), _) => tree.function(*cleanup).head,
            _ => tree.span(lost.value),
        }
    }

    /// `const chat = await connect(); return () => chat.disconnect();` in an async effect: what `chat` holds is unknown,
    /// but it was meant to be let go.
    fn cleanup_of_unknown(&mut self, function: FnId, lost: Lost) -> Option<Verdict> {
        let facts = self.facts;
        let effect = facts.tree.enclosing(function).find(|at| facts.hook_role(*at).is_some())?;
        let owner = facts.owner_of(effect);
        let made = self.ended_by(effect, lost.value)?;
        let repetition = self.repetition_at(lost.value);
        if repetition.level == Level::Once {
            return None;
        }
        let reach = self.reach(owner);
        let failure = Failure::Unreachable { lost, release: lost.value };
        self.decide(Family::Cleanup, lost.value, |me| {
            let mut steps = me.surroundings(lost.value, owner, &repetition);
            steps.push(Step::at(me.callee_span(made), "made here"));
            steps.push(me.verdict_step(None, Some(&failure), Some(Tier::Likely)));
            steps
        });
        let span = self.cleanup_span(lost);
        Some(Verdict {
            owner,
            also: vec![made],
            teardowns: reach.teardowns.clone(),
            assumed: Some("that what is made here lives longer than the component".to_owned()),
            ..Verdict::new(Family::Cleanup, lost.value, span, failure, Tier::Likely, repetition)
        })
    }

    /// The call that made what a returned cleanup ends: a variable of the returning function whose method of an ending
    /// name the cleanup calls, or which it calls itself.
    fn ended_by(&self, effect: FnId, value: ExprId) -> Option<ExprId> {
        let facts = self.facts;
        if let Kind::Ident(_) = facts.tree.kind(value)
            && facts.functions_of(value).is_empty()
        {
            let name = facts.callee_name(value)?;
            let ends = facts.teardown_name(name).is_some();
            return if ends { self.made_in(effect, value) } else { None };
        }
        facts.functions_of(value).into_iter().find_map(|cleanup| {
            facts.graph.calls_in[cleanup.index()].iter().find_map(|call| {
                let (callee, _) = facts.tree.call_parts(*call)?;
                match facts.tree.kind(callee) {
                    Kind::Member { object, name } => {
                        facts.teardown_name(name)?;
                        self.made_in(effect, *object)
                    }
                    Kind::Ident(_) => self.made_in(effect, callee),
                    _ => None,
                }
            })
        })
    }

    /// The call or `new`, in an effect, that fills a variable which no function of this file makes.
    fn made_in(&self, effect: FnId, variable: ExprId) -> Option<ExprId> {
        let facts = self.facts;
        let place = facts.places.of(variable)?;
        let Root::Binding(binding) = facts.places.root(place) else {
            return None;
        };
        if facts.places.depth(place) > 0
            || !facts.tree.is_within(facts.tree.scopes.function_of(*binding), effect)
        {
            return None;
        }
        facts.values_at(place).iter().find_map(|value| {
            let made = match facts.tree.kind(*value) {
                Kind::Await(inner) => *inner,
                _ => *value,
            };
            let (callee, _) = facts.tree.call_parts(made)?;
            let known = !facts.targets(made).is_empty()
                || facts.acquires_handle(made).is_some()
                || paths::matches(facts.tree, callee, &facts.protocols.brief_makers).is_some();
            (!known).then_some(made)
        })
    }
}
