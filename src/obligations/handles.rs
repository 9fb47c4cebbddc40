//! Obligations of handles: what a call returned must be given back.

use super::releases::Trail;
use super::tier::{Evidence, Tier, tier};
use super::trace::Step;
use super::{Engine, Failure, Family, Verdict};
use crate::facts::lifetime::Life;
use crate::facts::owner::Owner;
use crate::facts::paths;
use crate::facts::reach::Reach;
use crate::facts::repetition::{Level, Repetition, Why};
use crate::semantic::*;

/// A call that acquires a handle, and what became of the handle.
struct Acquired {
    call: ExprId,
    row: usize,
    trail: Trail,
    owner: Owner,
}

/// The decision over one handle.
enum Outcome {
    Closed(String),
    Open(Failure),
}

impl Engine<'_, '_> {
    /// Judges every call that acquires a handle.
    pub(super) fn handles(&mut self) {
        let calls = self.facts.tree.calls.iter();
        let acquired: Vec<(ExprId, usize)> =
            calls.filter_map(|call| Some((*call, self.acquires_handle(*call)?))).collect();
        let sites: Vec<Acquired> = acquired.into_iter().map(|(call, row)| self.acquired(call, row)).collect();
        for at in 0..sites.len() {
            self.handle(&sites, at);
        }
    }

    fn acquired(&self, call: ExprId, row: usize) -> Acquired {
        let facts = self.facts;
        let trail = self.follow_handle(call, row);
        let owner = match trail.places.first() {
            Some(place) => facts.owner_of_place(*place),
            None => facts.owner_of(facts.tree.expr(call).function),
        };
        Acquired { call, row, trail, owner }
    }

    fn handle(&mut self, sites: &[Acquired], at: usize) {
        let facts = self.facts;
        let Acquired { call, row, trail, owner } = &sites[at];
        let (call, row, owner) = (*call, *row, *owner);
        let repetition = self.repetition_at(call);
        let reach = self.reach(owner);
        let outcome = if repetition.level == Level::Once {
            Outcome::Closed("the site runs once".to_owned())
        } else {
            self.outcome(sites, at, &reach)
        };
        let verdict = match &outcome {
            Outcome::Closed(_) => None,
            Outcome::Open(failure) => self.handle_tier(call, row, failure, owner, &repetition, &reach),
        };
        self.decide(Family::Interval, call, |me| {
            let mut steps = me.surroundings(call, owner, &repetition);
            steps.push(match texts(facts, trail).as_slice() {
                [] => Step::new("kept nowhere"),
                places => Step::new(format!("kept in {}", places.join(", "))),
            });
            let releases = trail.releases.iter();
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
            family: Family::Interval,
            row,
            site: call,
            span: self.callee_span(call),
            failure,
            tier,
            assumed,
            holder: facts.protocols.handles[row].held_by.clone(),
            owner,
            repetition,
            teardowns: reach.teardowns.clone(),
            subject: self.handle_name(call, trail),
            detail: String::new(),
            event: None,
            handler: None,
            capture: false,
            captured: None,
            pushes: false,
            also: Vec::new(),
        });
    }

    fn outcome(&self, sites: &[Acquired], at: usize, reach: &Reach) -> Outcome {
        let facts = self.facts;
        let Acquired { call, row, trail, owner } = &sites[at];
        let (call, row, owner) = (*call, *row, *owner);
        if let Some((_, how)) = trail.escape {
            return Outcome::Closed(format!("the handle {how}"));
        }
        if self.clears_itself_by_this(call, row) {
            return Outcome::Closed("the callback clears its own timer".to_owned());
        }
        if trail.releases.is_empty() {
            let siblings = self.cleared_siblings(sites, at, reach);
            if !siblings.is_empty() {
                return Outcome::Open(Failure::Asymmetric { siblings, same_target: true });
            }
            return Outcome::Open(match trail.dropped && !self.is_named(call) {
                true => Failure::Dropped,
                false => Failure::NeverReleased,
            });
        }
        if reach.teardowns.opaque {
            return Outcome::Closed("the owner's end may release it out of sight".to_owned());
        }
        let site = facts.tree.expr(call).function;
        for release in &trail.releases {
            let function = facts.tree.expr(*release).function;
            if reach.functions.contains(&function) {
                return Outcome::Closed("the owner's end releases it".to_owned());
            }
            if self.started_here(function, site) {
                return Outcome::Closed("the acquiring function starts what releases it".to_owned());
            }
        }
        match owner {
            Owner::Module => Outcome::Closed("a module-level handle is released somewhere".to_owned()),
            Owner::Call(_) => Outcome::Closed("the function's own closures release it".to_owned()),
            _ => self.off_teardown(call, trail, reach),
        }
    }

    /// Handles of the same owner that its end releases, while nothing releases this one.
    fn cleared_siblings(&self, sites: &[Acquired], at: usize, reach: &Reach) -> Vec<ExprId> {
        let tree = self.facts.tree;
        let one = &sites[at];
        if matches!(one.owner, Owner::Module | Owner::Call(_)) || reach.strong.is_empty() {
            return Vec::new();
        }
        let released = |other: &&Acquired| {
            other.call != one.call
                && other.row == one.row
                && other.owner == one.owner
                && other.trail.releases.iter().any(|r| reach.strong.contains(&tree.expr(*r).function))
        };
        sites.iter().filter(released).map(|other| other.call).collect()
    }

    /// A handle in a field that the class itself does not declare, while its base is imported: the base may release it.
    fn is_of_foreign_base(&self, call: ExprId) -> bool {
        let facts = self.facts;
        let function = facts.tree.expr(call).function;
        let Some(class) = facts.classes.of_this(facts.tree, function) else {
            return false;
        };
        let fact = facts.classes.get(class);
        let Some(Kind::Assign { target: Target::Expr(target), .. }) = (match facts.tree.expr(call).up {
            Up::Expr(parent) => Some(facts.tree.kind(parent)),
            _ => None,
        }) else {
            return false;
        };
        let name = facts.places.of(*target).and_then(|place| facts.places.last_name(place));
        let declared = facts
            .tree
            .classes
            .get(class.index())
            .is_some_and(|class| class.members.iter().any(|member| member.name.as_ref() == name));
        let known = fact.extends.is_some_and(|base| {
            let mut rows = facts.protocols.listeners.iter();
            rows.any(|row| paths::matches(facts.tree, base, &row.types).is_some())
        });
        fact.extends.is_some() && fact.base.is_none() && fact.lifecycle.is_none() && !known && !declared
    }

    /// `return { release() { … } }`: a member whose name says that it ends what was begun.
    fn has_named_end(&self, reach: &Reach) -> bool {
        let facts = self.facts;
        reach.teardowns.functions.iter().any(|(function, _)| {
            facts.function_name(*function).is_some_and(|name| facts.teardown_name(name).is_some())
        })
    }

    /// `const timer = setInterval(…)` that nothing mentions again is kept, if in vain.
    fn is_named(&self, call: ExprId) -> bool {
        matches!(self.facts.tree.expr(call).up, Up::Init(_))
    }

    fn off_teardown(&self, call: ExprId, trail: &Trail, reach: &Reach) -> Outcome {
        let tree = self.facts.tree;
        let site = tree.expr(call).function;
        let release = trail.releases[0];
        // A method that outsiders may call to stop it, and no end of the object that forgets it.
        let elsewhere = trail.releases.iter().any(|r| tree.expr(*r).function != site);
        if reach.teardowns.strong().is_none() && elsewhere {
            return Outcome::Closed("another method releases it, and the owner has no end".to_owned());
        }
        Outcome::Open(Failure::OffTeardown { release, teardown: reach.teardowns.strong() })
    }

    /// `setTimeout(() => clearInterval(id), 10_000)`, `work.finally(() => clearInterval(id))`: a function that the
    /// acquiring one hands to something that surely calls it.
    fn started_here(&self, release: FnId, site: FnId) -> bool {
        let facts = self.facts;
        if release == site {
            return false;
        }
        facts.tree.enclosing(release).take_while(|at| *at != site).any(|at| {
            let Some(Up::Expr(call)) = facts.tree.function(at).expr.map(|expr| facts.tree.expr(expr).up)
            else {
                return false;
            };
            let callee = facts.tree.call_parts(call).map(|(callee, _)| callee);
            facts.tree.stands_in(call, site)
                && callee
                    .and_then(|callee| facts.callee_name(callee))
                    .is_some_and(|name| facts.protocols.continuations.has(name))
        })
    }

    /// `setInterval(function () { clearInterval(this) })`: Node calls the callback on the timer.
    fn clears_itself_by_this(&self, call: ExprId, row: usize) -> bool {
        let facts = self.facts;
        let Some((_, args)) = facts.tree.call_parts(call) else {
            return false;
        };
        let callback = facts.protocols.handles[row].callback.and_then(|at| args.get(at));
        let functions = callback.map(|at| facts.functions_of(*at)).unwrap_or_default();
        functions.iter().any(|function| {
            facts.tree.function(*function).kind != FnKind::Arrow
                && facts.graph.calls_in[function.index()].iter().any(|inner| {
                    facts.tree.call_parts(*inner).is_some_and(|(callee, args)| {
                        self.names_release(row, callee)
                            && args.first().is_some_and(|a| matches!(facts.tree.kind(*a), Kind::This))
                    })
                })
        })
    }

    fn handle_tier(
        &self,
        call: ExprId,
        row: usize,
        failure: &Failure,
        owner: Owner,
        repetition: &Repetition,
        reach: &Reach,
    ) -> Option<(Tier, Option<String>)> {
        let facts = self.facts;
        let evidence = Evidence {
            life: Life::Longer,
            level: repetition.level,
            has_teardown: reach.teardowns.strong().is_some(),
        };
        let mut found = tier(failure, evidence)?;
        if matches!(failure, Failure::Asymmetric { .. }) {
            return Some((found, None));
        }
        let callback = facts.protocols.handles[row]
            .callback
            .and_then(|at| facts.tree.call_parts(call).and_then(|(_, args)| args.get(at)));
        let args = facts.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
        // What stands behind the delay is handed to the callback, and kept like a capture.
        let keeps = callback.is_some_and(|callback| facts.keeps_call_data(*callback))
            || args.iter().skip(2).any(|arg| self.is_call_data(*arg));
        if repetition.level == Level::Repeated {
            // What is kept is the interval alone: cheap, and often meant.
            let step = "that the site runs often enough to matter: the callback keeps no data of its run";
            return Some(if keeps {
                (found, None)
            } else {
                (found.min(Tier::Likely), Some(step.to_owned()))
            });
        }
        // `export function startMetrics() { setInterval(flush, 1000) }` is what healthy code looks like.
        // So does set-up code that keeps a few variables; a large value that it keeps is said by its capture.
        let endless = matches!(owner, Owner::Call(_) | Owner::Factory(_)) && !self.has_named_end(reach);
        let per_instance = matches!(repetition.why, Why::VisibleClass(_) | Why::Constructed(_));
        if !keeps || (endless && !per_instance) || self.is_of_foreign_base(call) {
            found = Tier::Possible;
        }
        let assumed = match owner {
            Owner::Class(_) => "that the class is made, or the method called, more than once",
            _ => "that other files call this function more than once",
        };
        Some((found, Some(assumed.to_owned())))
    }
}

impl Engine<'_, '_> {
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

    /// A value that belongs to one run of a function: a local, a parameter, `this`.
    fn is_call_data(&self, value: ExprId) -> bool {
        use crate::facts::places::Root;
        let facts = self.facts;
        facts.places.of(value).is_some_and(|place| match facts.places.root(place) {
            Root::Binding(binding) => facts.tree.scopes.function_of(*binding) != MODULE,
            Root::This(_) | Root::UnknownThis(_) => true,
            Root::Global(_) => false,
        })
    }
}

fn texts(facts: &crate::facts::Facts<'_>, trail: &Trail) -> Vec<String> {
    trail.places.iter().map(|place| facts.places.text(facts.tree, *place)).collect()
}
