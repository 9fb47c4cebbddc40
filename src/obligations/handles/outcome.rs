//! What closes the obligation of a handle, and what is left open.

use super::super::{Engine, Failure};
use super::{Acquired, Outcome, Sites};
use crate::facts::graph::FnList;
use crate::facts::lifetime::Life;
use crate::facts::owner::Owner;
use crate::facts::places::{PlaceId, Root};
use crate::facts::reach::Reach;
use crate::facts::repetition::{Level, Repetition};
use crate::protocol::HandleRule;
use crate::semantic::*;

/// How many handles and calls of one owner are asked about another handle, and how many siblings of it are told.
const MAX_ASKED: usize = 256;
const MAX_SIBLINGS: usize = 8;

impl Engine<'_, '_> {
    pub(super) fn handle_outcome(
        &self,
        sites: &Sites,
        at: usize,
        repetition: &Repetition,
        reach: &Reach,
    ) -> Outcome {
        let site = &sites.all[at];
        if let Some(why) = self.never_due(site, repetition) {
            return Outcome::Closed(why);
        }
        if let Some(outcome) = self.by_operators(site, reach) {
            return outcome;
        }
        match self.closed_by_release(sites, at, reach) {
            Outcome::Closed(why) => match self.overwritten(site, repetition, reach) {
                Some(failure) => Outcome::Open(failure),
                None => Outcome::Closed(why),
            },
            open => open,
        }
    }

    /// What makes a handle harmless whatever is released.
    fn never_due(&self, site: &Acquired, repetition: &Repetition) -> Option<String> {
        let facts = self.facts;
        let protocol = &facts.protocols.handles[site.row];
        if repetition.level == Level::Once {
            return Some("the site runs once".to_owned());
        }
        if let Some((_, how)) = site.trail.escape {
            return Some(format!("the handle {how}"));
        }
        let args = facts.tree.call_parts(site.call).map_or(&[][..], |(_, args)| args);
        if protocol.adopts.is_some_and(|at| args.len() > at) {
            return Some("an argument takes the handle over".to_owned());
        }
        if args.iter().any(|arg| self.has_signal(*arg)) {
            return Some("a signal in its options ends it".to_owned());
        }
        if !protocol.starts.is_empty() && site.trail.starts.is_empty() {
            return Some("nothing begins to be held".to_owned());
        }
        if site.holder.life == Life::Same {
            return Some(site.holder.why.clone());
        }
        if self.clears_itself_by_this(site.call, site.row) {
            return Some("the callback clears its own timer".to_owned());
        }
        None
    }

    /// `{ signal }`, `{ ...options }`
    fn has_signal(&self, arg: ExprId) -> bool {
        let tree = self.facts.tree;
        let Kind::Object(list) = tree.kind(arg) else {
            return false;
        };
        tree.properties(*list).iter().any(|property| match &property.key {
            Key::Named(name) => name == "signal",
            Key::Computed(_) => false,
            Key::Spread => true,
        })
    }

    fn closed_by_release(&self, sites: &Sites, at: usize, reach: &Reach) -> Outcome {
        let facts = self.facts;
        let site = &sites.all[at];
        let (call, owner, trail) = (site.call, site.owner, &site.trail);
        if trail.releases.is_empty() {
            if let Some(failure) = self.wrong_field(site, reach) {
                return Outcome::Open(failure);
            }
            let siblings = self.released_handles(sites, at, reach);
            if !siblings.is_empty() {
                return Outcome::Open(Failure::Asymmetric { siblings, same_target: true });
            }
            return Outcome::Open(match trail.dropped && !self.is_named(call) {
                true => Failure::Dropped,
                false => Failure::NeverReleased,
            });
        }
        if let Some(failure) = self.unreachable(call, &trail.releases) {
            return Outcome::Open(failure);
        }
        if reach.teardowns.opaque {
            return Outcome::Closed("the owner's end may release it out of sight".to_owned());
        }
        let function = facts.tree.expr(call).function;
        for release in &trail.releases {
            let releaser = facts.tree.expr(*release).function;
            if reach.functions.contains(&releaser) {
                return Outcome::Closed("the owner's end releases it".to_owned());
            }
            if self.started_here(releaser, function)
                || site.rule == HandleRule::Resource && self.is_awaited_once(releaser, function)
            {
                return Outcome::Closed("the acquiring function starts what releases it".to_owned());
            }
            // A listener that waits for something, and leaves when it has come.
            if site.rule == HandleRule::Subscription
                && self
                    .callback_functions(call, site.row)
                    .iter()
                    .any(|at| facts.tree.is_within(releaser, *at))
            {
                return Outcome::Closed("its own callback ends it".to_owned());
            }
        }
        if let Some(exit) = self.path_miss(call, &trail.releases, &trail.places) {
            return Outcome::Open(Failure::PathMiss { exit });
        }
        match owner {
            Owner::Module => Outcome::Closed("a module-level handle is released somewhere".to_owned()),
            Owner::Call(_) => Outcome::Closed("the function's own closures release it".to_owned()),
            _ => self.off_teardown(site, reach),
        }
    }

    /// `this.timer = setInterval(…)` that nobody reads, beside `clearInterval(this.interval)` of a field that nobody fills.
    fn wrong_field(&self, site: &Acquired, reach: &Reach) -> Option<Failure> {
        let facts = self.facts;
        let [kept] = site.trail.places.as_slice() else {
            return None;
        };
        let Root::This(class) = facts.places.root(*kept) else {
            return None;
        };
        if facts.places.uses(*kept).iter().any(|at| !facts.is_write(*at))
            || facts.classes.get(*class).extends.is_some()
        {
            return None;
        }
        let protocol = &facts.protocols.handles[site.row];
        let mut calls: Vec<ExprId> = reach
            .strong
            .iter()
            .flat_map(|function| facts.graph.calls_in[function.index()].iter().copied())
            .collect();
        calls.sort_unstable();
        calls.truncate(MAX_ASKED);
        calls.into_iter().find_map(|call| {
            let (callee, args) = facts.tree.call_parts(call)?;
            let released = match facts.tree.kind(callee) {
                Kind::Member { object, name } if protocol.release_methods.has(name) => Some(*object),
                _ if self.names_release(site.row, callee) => args.first().copied(),
                _ => None,
            }?;
            let place = facts.places.of(released)?;
            let empty = *facts.places.root(place) == Root::This(*class)
                && facts.places.depth(place) == 1
                && facts.values_at(place).is_empty()
                && !self.is_filled_from_outside(*class, place);
            let (kept, other) = (facts.places.text(facts.tree, *kept), facts.places.text(facts.tree, place));
            empty.then(|| Failure::Mismatch {
                release: call,
                why: format!("nothing is ever put into `{other}`; the handle is in `{kept}`"),
            })
        })
    }

    /// A parameter property, or a field that the class is given by somebody who can see it.
    fn is_filled_from_outside(&self, class: ClassId, place: PlaceId) -> bool {
        let facts = self.facts;
        let Some(name) = facts.places.last_name(place) else {
            return false;
        };
        let is_written = |at: PlaceId| facts.places.uses(at).iter().any(|at| facts.is_write(*at));
        let written = facts.places.named(name).iter().any(|other| {
            let element = facts.places.part(*other, &Segment::Element);
            *other != place && is_written(*other) || element.is_some_and(is_written)
        });
        let given = facts.tree.classes.get(class.index()).is_some_and(|class| {
            class.named(name).any(|member| matches!(member.kind, MemberKind::ParameterProperty(_)))
        });
        written || given
    }

    /// Handles of the same owner that its end releases, while nothing releases this one.
    fn released_handles(&self, sites: &Sites, at: usize, reach: &Reach) -> Vec<ExprId> {
        let tree = self.facts.tree;
        let one = &sites.all[at];
        if matches!(one.owner, Owner::Module | Owner::Call(_)) || reach.strong.is_empty() {
            return Vec::new();
        }
        let at_end = |other: &&Acquired| {
            let mut releases = other.trail.releases.iter();
            releases.any(|release| reach.strong.contains(&tree.expr(*release).function))
        };
        let released = sites.released.get(&(one.owner, one.row)).into_iter().flatten();
        let released = released.map(|at| &sites.all[*at]).filter(|other| other.call != one.call);
        released.take(MAX_ASKED).filter(at_end).take(MAX_SIBLINGS).map(|other| other.call).collect()
    }

    /// `const timer = setInterval(…)` that nothing mentions again is kept, if in vain.
    fn is_named(&self, call: ExprId) -> bool {
        matches!(self.facts.tree.expr(call).up, Up::Init(_))
    }

    fn off_teardown(&self, site: &Acquired, reach: &Reach) -> Outcome {
        let tree = self.facts.tree;
        let function = tree.expr(site.call).function;
        let release = site.trail.releases[0];
        // A method that outsiders may call to stop it, and no end of the object that forgets it.
        let elsewhere = site.trail.releases.iter().any(|r| tree.expr(*r).function != function);
        let endless = reach.teardowns.strong().is_none();
        let callbacks = self.callback_functions(site.call, site.row);
        let by_itself = |release: &ExprId| {
            callbacks.iter().any(|callback| tree.is_within(tree.expr(*release).function, *callback))
        };
        let ends = self.facts.is_ended_by_framework(site.owner) && !site.trail.releases.iter().any(by_itself);
        if endless && elsewhere && !ends {
            return Outcome::Closed("another method releases it, and the owner has no end".to_owned());
        }
        let here = |release: &ExprId| {
            tree.expr(*release).function == function && tree.span(*release).start > tree.span(site.call).start
        };
        // Opened, used and closed by one function.
        if matches!(site.rule, HandleRule::Resource | HandleRule::Subscription | HandleRule::Observer)
            && site.trail.releases.iter().any(here)
        {
            return Outcome::Closed("the acquiring function releases it itself".to_owned());
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

    /// `once(source, 'sourceopen', () => this.onOpen())` in the acquiring function, and the release in `onOpen()`: what is
    /// acquired is given back when what it was made for has come.
    fn is_awaited_once(&self, release: FnId, site: FnId) -> bool {
        let facts = self.facts;
        let callers = facts.graph.callers[release.index()].iter().take(MAX_ASKED);
        let runs = callers.map(|call| facts.tree.expr(*call).function).chain([release]);
        runs.filter(|runs| *runs != site).any(|runs| {
            let Some(Up::Expr(call)) = facts.tree.function(runs).expr.map(|expr| facts.tree.expr(expr).up)
            else {
                return false;
            };
            let callee = facts.tree.call_parts(call).map(|(callee, _)| callee);
            let name = callee.and_then(|callee| facts.callee_name(callee));
            facts.tree.stands_in(call, site)
                && name.is_some_and(|name| name.starts_with("once") || name.ends_with("Once"))
        })
    }

    /// `setInterval(function () { clearInterval(this) })`: Node calls the callback on the timer.
    fn clears_itself_by_this(&self, call: ExprId, row: usize) -> bool {
        let facts = self.facts;
        let functions = self.callback_functions(call, row);
        functions.iter().any(|function| {
            facts.tree.function(*function).kind != FnKind::Arrow
                && facts.graph.calls_in[function.index()].iter().take(MAX_ASKED).any(|inner| {
                    facts.tree.call_parts(*inner).is_some_and(|(callee, args)| {
                        self.names_release(row, callee)
                            && args.first().is_some_and(|a| matches!(facts.tree.kind(*a), Kind::This))
                    })
                })
        })
    }

    /// The expression of the callback that a handle's row takes.
    pub(super) fn handle_callback(&self, call: ExprId, row: usize) -> Option<ExprId> {
        let at = self.facts.protocols.handles[row].callback?;
        self.facts.tree.call_parts(call)?.1.get(at).copied()
    }

    pub(super) fn callback_functions(&self, call: ExprId, row: usize) -> FnList {
        self.handle_callback(call, row).map(|at| self.facts.functions_of(at)).unwrap_or_default()
    }
}
