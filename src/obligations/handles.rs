//! Obligations of handles: what a call returned must be given back.

mod acquire;
mod follow;
mod holders;
mod index;
mod judge;
mod listening;
mod local;
mod outcome;
mod overwritten;
mod rearm;
mod until;

use super::trace::Step;
use super::{Engine, Failure, Family, Verdict};
use crate::ast::Atom;
use crate::facts::Facts;
use crate::facts::lifetime::Holder;
use crate::facts::owner::Owner;
use crate::facts::places::Root;
use crate::facts::repetition::Repetition;
use crate::protocol::HandleRule;
use crate::semantic::*;
use follow::Trail;
use index::Index;
use rustc_hash::FxHashMap;

/// How many calls of a function that releases are looked at.
const MAX_CALLERS: usize = 64;

/// A call that acquires a handle, and what became of the handle.
struct Acquired {
    call: ExprId,
    row: usize,
    rule: HandleRule,
    trail: Trail,
    owner: Owner,
    holder: Holder,
}

/// All handles of a file.
struct Sites {
    all: Vec<Acquired>,
    /// Those that something releases, by their owner and row.
    released: FxHashMap<(Owner, usize), Vec<usize>>,
}

impl Sites {
    fn new(all: Vec<Acquired>) -> Self {
        let mut released: FxHashMap<(Owner, usize), Vec<usize>> = FxHashMap::default();
        for (at, site) in all.iter().enumerate().filter(|(_, site)| !site.trail.releases.is_empty()) {
            released.entry((site.owner, site.row)).or_default().push(at);
        }
        Self { all, released }
    }
}

/// The decision over one handle.
enum Outcome {
    Closed(String),
    Open(Failure),
}

impl Engine<'_, '_> {
    /// Judges every call that acquires a handle.
    pub(super) fn handles(&mut self) {
        let mut acquired: Vec<(ExprId, usize)> =
            self.handle_rows().iter().map(|(call, row)| (*call, *row)).collect();
        // Calls come in the order of their places in the tree, whatever the map's.
        acquired.sort_unstable();
        acquired.extend(self.local_disposers());
        if acquired.is_empty() {
            return;
        }
        let index = Index::new(self.facts);
        let sites =
            Sites::new(acquired.into_iter().map(|(call, row)| self.acquired(call, row, &index)).collect());
        let released = self.released_locally(&sites.all);
        for at in 0..sites.all.len() {
            self.handle(&sites, at, &released);
        }
    }

    fn acquired(&self, call: ExprId, row: usize, index: &Index) -> Acquired {
        let facts = self.facts;
        let trail = self.follow_handle(call, row, index);
        let owner = match trail.places.first() {
            Some(place) => facts.owner_of_place(*place),
            None => facts.owner_of(facts.tree.expr(call).function),
        };
        let protocol = &facts.protocols.handles[row];
        let rule = match protocol.one_shot && self.rearms(call, row) {
            true => HandleRule::Rearming,
            false => protocol.rule,
        };
        let mut holder = self.handle_holder(call, row, &trail, owner);
        if rule == HandleRule::Rearming {
            holder.why = "each run starts the next: the runtime keeps the callback and all that it captured"
                .to_owned();
        }
        Acquired { call, row, rule, trail, owner, holder }
    }

    fn handle(&mut self, sites: &Sites, at: usize, released: &FxHashMap<Atom, usize>) {
        let facts = self.facts;
        let site = &sites.all[at];
        let call = site.call;
        let repetition = self.handle_repetition(site);
        let reach = self.reach(site.owner);
        let outcome = self.handle_outcome(sites, at, &repetition, &reach);
        let outcome = match (outcome, self.is_shown(site, released)) {
            (Outcome::Open(_), false) => {
                Outcome::Closed("nothing in the file shows that the result ends it".to_owned())
            }
            (outcome, _) => outcome,
        };
        let verdict = match &outcome {
            Outcome::Closed(_) => None,
            Outcome::Open(failure) => self.handle_tier(site, failure, &repetition, &reach),
        };
        let family = Family::Handle(site.rule);
        self.decide(family, call, |me| {
            let mut steps = me.surroundings(call, site.owner, &repetition);
            steps.push(Step::new(format!("holder: {}", site.holder.why)));
            steps.push(match texts(facts, &site.trail).as_slice() {
                [] => Step::new("kept nowhere"),
                places => Step::new(format!("kept in {}", places.join(", "))),
            });
            let releases = site.trail.releases.iter();
            steps.extend(releases.map(|release| Step::at(facts.callee_span(*release), "released here")));
            steps.push(match &outcome {
                Outcome::Closed(why) => me.verdict_step(Some(why), None, None),
                Outcome::Open(failure) => me.verdict_step(None, Some(failure), verdict.as_ref().map(|v| v.0)),
            });
            steps
        });
        let (Outcome::Open(failure), Some((tier, assumed))) = (outcome, verdict) else {
            return;
        };
        self.verdicts.push(Verdict {
            row: site.row,
            holder: site.holder.why.clone(),
            owner: site.owner,
            teardowns: reach.teardowns.clone(),
            subject: self.handle_name(call, &site.trail),
            assumed,
            ..Verdict::new(family, call, self.callee_span(call), failure, tier, repetition)
        });
    }

    /// How often a handle is left behind. One that is released before it is made anew is left behind once for each owner:
    ///
    /// ```js
    /// poll() { clearTimeout(this.timer); this.timer = setTimeout(() => this.poll(), 500); }
    /// ```
    fn handle_repetition(&self, site: &Acquired) -> Repetition {
        let facts = self.facts;
        let own = self.repetition_at(site.call);
        let Some(Root::This(class)) = site.trail.places.first().map(|place| facts.places.root(*place)) else {
            return own;
        };
        let instances = facts.instances(*class);
        if instances.level >= own.level {
            return own;
        }
        let function = facts.tree.expr(site.call).function;
        let before = |release: &ExprId| {
            let releaser = facts.tree.expr(*release).function;
            let earlier = facts.tree.span(*release).start < facts.tree.span(site.call).start;
            match releaser == function {
                true => earlier,
                false => {
                    let callers = &facts.graph.callers[releaser.index()];
                    let from = callers.partition_point(|call| call.0 < facts.tree.function(function).exprs.0);
                    callers[from..].iter().take(MAX_CALLERS).any(|call| {
                        facts.tree.expr(*call).function == function
                            && facts.tree.span(*call).start < facts.tree.span(site.call).start
                    })
                }
            }
        };
        match site.trail.releases.iter().any(before) {
            true => instances.clone(),
            false => own,
        }
    }

    /// Where the handle is kept, as text; empty where it is thrown away.
    fn handle_name(&self, call: ExprId, trail: &Trail) -> String {
        if let Some(first) = texts(self.facts, trail).first() {
            return first.clone();
        }
        match self.facts.tree.expr(call).up {
            Up::Init(binding) => self.facts.tree.scopes.binding(binding).name.to_string(),
            _ => String::new(),
        }
    }
}

fn texts(facts: &Facts<'_>, trail: &Trail) -> Vec<String> {
    trail.places.iter().map(|place| facts.places.text(facts.tree, *place)).collect()
}
