//! Listeners for the abort of a signal that outlives the work: `signal.addEventListener('abort', onAbort)` in a function
//! that others call again and again with one signal.
//!
//! The work has two outcomes, the abort and its own end. `{ once: true }`, or a removal in the handler, takes the listener
//! off at the abort only. A signal mostly never aborts: then each call leaves one listener, with all that it captured.

use super::super::{Engine, Failure, Family, Tier};
use super::Table;
use super::decide::Setting;
use super::removal::Fit;
use super::site::{Event, Site};
use crate::facts::flow::Sink;
use crate::facts::handler::Same;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::Level;
use crate::protocol::ListenerRole;
use crate::semantic::*;
use rustc_hash::FxHashSet;

/// How many callers of a clean-up function are followed.
const MAX_HOPS: u32 = 4;

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
            (Outlives::Shown, Level::Repeated) => (Tier::Proven, None),
            (Outlives::Shown, Level::MayRepeat) => (
                Tier::Likely,
                Some("that other files call this again and again while the signal lives".to_owned()),
            ),
            (Outlives::Assumed(what), Level::Repeated | Level::MayRepeat) => (Tier::Likely, Some(what)),
            (_, _) => (Tier::Possible, Some("that this runs again and again with one signal".to_owned())),
        };
        Ok((failure, (tier, assumed)))
    }

    /// A removal of the same handler from what may be the same signal under another name: `this.signal`.
    fn taken_off_elsewhere(
        &self,
        table: &Table,
        site: &Site,
        handlers: &FxHashSet<FnId>,
    ) -> Result<Option<ExprId>, String> {
        let removals = table.removals_of.get(&site.event).into_iter().flatten();
        let mut release = None;
        for removal in removals.map(|at| &table.sites[*at]) {
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
        local
            && !self.settles_promise(site)
            && facts.places.uses(place).iter().any(|at| !facts.is_write(*at) && leaves(at))
    }

    /// Whether a signal outlives the work that listens to it.
    fn signal_outlives(&self, place: PlaceId, site: &Site) -> Result<Outlives, String> {
        let facts = self.facts;
        let tree = facts.tree;
        let text = facts.places.text(tree, place);
        let assumed = || {
            Outlives::Assumed(format!(
                "that callers give one `{text}` to many calls, and mostly do not abort it"
            ))
        };
        match facts.places.root(place) {
            Root::Global(_) => Err("nothing is known of this global".to_owned()),
            Root::UnknownThis(_) => Ok(assumed()),
            Root::This(_) => Ok(assumed()),
            Root::Binding(binding) => {
                let entry = tree.scopes.binding(*binding);
                let of_request =
                    facts.protocols.request_names.has(&entry.name) && facts.places.depth(place) > 0;
                let holds_request = facts.places.ancestors(place).skip(1).any(|at| {
                    matches!(facts.places.segment(at), Some(Segment::Named(name))
                        if facts.protocols.request_names.has(name))
                });
                if of_request || holds_request {
                    return Err("the signal of a request goes with the request".to_owned());
                }
                let home = tree.scopes.function_of(*binding);
                let function = tree.expr(site.call).function;
                if matches!(entry.kind, BindingKind::Import { .. }) || home == MODULE {
                    return Ok(Outlives::Shown);
                }
                // What the function's own parameter hands in, perhaps through a variable: `const signal = options.signal`.
                let given = matches!(entry.kind, BindingKind::Parameter { .. });
                if given || self.comes_from_parameter(*binding) {
                    return Ok(assumed());
                }
                match tree.is_within(function, home)
                    && home != function
                    && self.is_own_function(function, home)
                {
                    true => Ok(assumed()),
                    false => Err("the signal is made for this call".to_owned()),
                }
            }
        }
    }

    /// `const { signal } = options`, `const config = complete(options)`: what the caller gave, under another name. With a
    /// controller of its own as a fallback, the signal is one for each call.
    fn comes_from_parameter(&self, binding: BindingId) -> bool {
        let facts = self.facts;
        let entry = facts.tree.scopes.binding(binding);
        let Some(init) = entry.init.filter(|_| entry.writes == 0) else {
            return false;
        };
        let mut given = Vec::new();
        match facts.tree.kind(init) {
            Kind::Binary { left, right, .. } => given.extend([*left, *right]),
            Kind::Conditional { yes, no, .. } => given.extend([*yes, *no]),
            Kind::Object(list) if facts.protocols.signals.bags.has(&entry.name) => {
                let properties = facts.tree.properties(*list).iter();
                given.extend(properties.filter(|p| p.key == Key::Spread).map(|p| p.value));
            }
            Kind::Call { args, .. } if facts.protocols.signals.bags.has(&entry.name) => {
                given.extend(facts.tree.list(*args));
            }
            _ => given.push(init),
        }
        let made = given.iter().any(|value| matches!(facts.tree.kind(*value), Kind::New { .. }));
        !made && given.iter().any(|value| self.names_parameter(*value))
    }

    fn names_parameter(&self, value: ExprId) -> bool {
        let facts = self.facts;
        facts.places.of(value).is_some_and(|place| match facts.places.root(place) {
            Root::Binding(of) => {
                let of = facts.tree.scopes.binding(*of);
                matches!(of.kind, BindingKind::Parameter { .. })
                    && !facts.protocols.request_names.has(&of.name)
            }
            Root::This(_) => true,
            _ => false,
        })
    }

    /// A function that others may call several times for one run of the one around it.
    fn is_own_function(&self, function: FnId, home: FnId) -> bool {
        let tree = self.facts.tree;
        tree.enclosing(function).take_while(|at| *at != home).any(|at| {
            matches!(tree.function(at).kind, FnKind::Method | FnKind::Declaration)
                && self.facts.repetition[at.index()].level == Level::Repeated
        })
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

    /// Where the work ends without an abort.
    fn other_outcome(&self, site: &Site, handlers: &FxHashSet<FnId>) -> Result<ExprId, String> {
        let tree = self.facts.tree;
        let function = tree.expr(site.call).function;
        if let Some(executor) = tree.enclosing(function).find(|at| self.is_executor(*at)) {
            return self.settled_elsewhere(executor, handlers);
        }
        let own = self.handles_own_work(handlers, function);
        let ends = self.awaited_after(site.call).or_else(|| self.chain_returned(site.call)).filter(|_| own);
        ends.or_else(|| self.linked_controller(site, handlers, function))
            .ok_or_else(|| "nothing shows that the work ends in another way than by the abort".to_owned())
    }

    /// `new Promise((resolve, reject) => signal.addEventListener('abort', reject))`
    fn settles_promise(&self, site: &Site) -> bool {
        let facts = self.facts;
        let place = site.handler.and_then(|handler| facts.places.of(handler));
        place.is_some_and(|place| match facts.places.root(place) {
            Root::Binding(binding) => self.is_executor(facts.tree.scopes.function_of(*binding)),
            _ => false,
        })
    }

    /// `new Promise(executor)`
    fn is_executor(&self, function: FnId) -> bool {
        let tree = self.facts.tree;
        let Some(Up::Expr(new)) = tree.function(function).expr.map(|expr| tree.expr(expr).up) else {
            return false;
        };
        matches!(tree.kind(new), Kind::New { callee, .. }
            if paths::path_of(tree, *callee).as_deref() == Some("global.Promise"))
    }

    /// A mention of `resolve` or `reject` outside the abort's handler settles the promise without an abort; a promise that
    /// only the abort settles loses a race.
    fn settled_elsewhere(&self, executor: FnId, handlers: &FxHashSet<FnId>) -> Result<ExprId, String> {
        let facts = self.facts;
        let tree = facts.tree;
        let params = tree.function(executor).params.iter().take(2).filter_map(|param| param.binding);
        let mentions = params
            .flat_map(|binding| tree.scopes.binding(binding).refs.iter())
            .map(|reference| tree.scopes.reference(*reference).expr);
        let settling = mentions.into_iter().find(|mention| {
            let within = tree.expr(*mention).function;
            let early = within == executor && self.is_checked_first(*mention);
            let is_handler = self.is_abort_handler(*mention);
            !early && !is_handler && !tree.enclosing(within).any(|at| handlers.contains(&at))
        });
        if let Some(settling) = settling {
            return Ok(settling);
        }
        let promise = tree.function(executor).expr.map(|expr| tree.expr(expr).up);
        let Some(Up::Expr(promise)) = promise else {
            return Err("nothing is known of the promise".to_owned());
        };
        self.raced_by(promise).ok_or_else(|| "the promise settles at the abort alone".to_owned())
    }

    /// `signal.addEventListener('abort', reject)`: the mention is the handler itself.
    fn is_abort_handler(&self, mention: ExprId) -> bool {
        self.facts.sinks(mention).iter().any(|sink| match sink {
            Sink::Argument { call, .. } => {
                let args = self.facts.tree.call_parts(*call).map_or(&[][..], |(_, args)| args);
                args.first().and_then(|event| self.facts.tree.as_string(*event)).is_some_and(|e| e == "abort")
            }
            _ => false,
        })
    }

    /// `if (signal.aborted) return reject(signal.reason)`: before there is anything to take off.
    fn is_checked_first(&self, mention: ExprId) -> bool {
        let tree = self.facts.tree;
        tree.region_path(tree.expr(mention).region).any(|region| {
            tree.region(region).test.is_some_and(|test| {
                let mut at = test;
                while let Kind::Unary { operand, .. } = tree.kind(at) {
                    at = *operand;
                }
                self.facts.callee_name(at).is_some_and(|name| name == "aborted")
            })
        })
    }

    /// The race that a promise takes part in.
    fn raced_by(&self, promise: ExprId) -> Option<ExprId> {
        let facts = self.facts;
        let races = &facts.protocols.promises.races;
        let in_race = |value: ExprId| {
            let Up::Expr(array) = facts.tree.expr(value).up else {
                return None;
            };
            let Up::Expr(call) = facts.tree.expr(array).up else {
                return None;
            };
            let (callee, _) = facts.tree.call_parts(call)?;
            paths::matches(facts.tree, callee, races).map(|_| call)
        };
        in_race(promise).or_else(|| {
            facts.sinks(promise).into_iter().find_map(|sink| match sink {
                Sink::Place { place, .. } => facts.places.uses(place).iter().find_map(|at| in_race(*at)),
                _ => None,
            })
        })
    }

    /// An `await` behind the listener: the function ends without an abort.
    fn awaited_after(&self, site: ExprId) -> Option<ExprId> {
        let tree = self.facts.tree;
        let function = tree.expr(site).function;
        let from = tree.span(site).end;
        tree.suspends
            .iter()
            .copied()
            .find(|suspend| tree.expr(*suspend).function == function && tree.span(*suspend).start > from)
    }

    /// The handler ends something of this very call; one that only knows `this` may be for what goes on afterwards.
    fn handles_own_work(&self, handlers: &FxHashSet<FnId>, function: FnId) -> bool {
        let facts = self.facts;
        handlers.iter().any(|handler| {
            facts.captures(*handler).iter().any(|binding| {
                let scopes = &facts.tree.scopes;
                scopes.function_of(*binding) == function
                    && !scopes.binding(*binding).name.to_ascii_lowercase().ends_with("signal")
            })
        })
    }

    /// `return work().then(…)` behind the listener.
    fn chain_returned(&self, site: ExprId) -> Option<ExprId> {
        let tree = self.facts.tree;
        let function = tree.function(tree.expr(site).function);
        let from = tree.span(site).end;
        function.returns.iter().copied().find(|value| {
            tree.span(*value).start > from
                && matches!(tree.kind(*value), Kind::Call { callee, .. } if matches!(
                    tree.kind(*callee),
                    Kind::Member { name, .. } if matches!(&**name, "then" | "catch" | "finally")
                ))
        })
    }

    /// `signal.addEventListener('abort', () => controller.abort())` for a controller made here.
    fn linked_controller(&self, site: &Site, handlers: &FxHashSet<FnId>, function: FnId) -> Option<ExprId> {
        let facts = self.facts;
        let made_here = |place: PlaceId| {
            facts.values_at(place).iter().copied().find(|value| {
                matches!(facts.tree.kind(*value), Kind::New { .. })
                    && facts.tree.expr(*value).function == function
            })
        };
        // `signal.addEventListener('abort', makeAbort(controller))`
        if let Some((_, args)) = site.handler.and_then(|handler| facts.tree.call_parts(handler))
            && let Some(controller) = args.iter().find_map(|arg| made_here(facts.places.of(*arg)?))
        {
            return Some(controller);
        }
        let mut calls: Vec<ExprId> = handlers
            .iter()
            .flat_map(|handler| facts.graph.calls_in[handler.index()].iter().copied())
            .collect();
        calls.sort_unstable();
        calls.into_iter().find_map(|call| {
            let (callee, _) = facts.tree.call_parts(call)?;
            let Kind::Member { object, name } = facts.tree.kind(callee) else {
                return None;
            };
            let place = facts.places.of(*object).filter(|_| name == "abort")?;
            made_here(place)
        })
    }
}
