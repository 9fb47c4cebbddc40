//! The ways on which work ends without an abort.

use super::super::super::Engine;
use super::super::site::Site;
use crate::facts::flow::Sink;
use crate::facts::paths;
use crate::facts::places::{PlaceId, Root};
use crate::semantic::*;
use rustc_hash::FxHashSet;

impl Engine<'_, '_> {
    /// Where the work ends without an abort.
    pub(super) fn other_outcome(&self, site: &Site, handlers: &FxHashSet<FnId>) -> Result<ExprId, String> {
        let tree = self.facts.tree;
        let function = tree.expr(site.call).function;
        if let Some(executor) = tree.enclosing(function).find(|at| self.is_executor(*at)) {
            return self.settled_elsewhere(executor, handlers);
        }
        let own = self.handles_own_work(handlers);
        let ends = self
            .awaited_after(site.call, handlers)
            .or_else(|| self.chain_returned(site.call))
            .filter(|_| own);
        ends.or_else(|| self.linked_controller(site, handlers, function))
            .ok_or_else(|| "nothing shows that the work ends in another way than by the abort".to_owned())
    }

    /// `new Promise((resolve, reject) => signal.addEventListener('abort', reject))`
    pub(super) fn settles_promise(&self, site: &Site) -> bool {
        let facts = self.facts;
        let place = site.handler.and_then(|handler| facts.places.of(handler));
        place.is_some_and(|place| match facts.places.root(place) {
            Root::Binding(binding) => self.is_executor(facts.tree.scopes.function_of(*binding)),
            _ => false,
        })
    }

    /// `new Promise(executor)`
    pub(in super::super) fn is_executor(&self, function: FnId) -> bool {
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
                // `race([work, rejectOnAbort(signal)])`
                Sink::Returned(function) => {
                    facts.graph.callers[function.index()].iter().find_map(|call| in_race(*call))
                }
                _ => None,
            })
        })
    }

    /// An `await` behind the listener: the function ends without an abort. It does not by an `await` of what the handler
    /// itself settles.
    fn awaited_after(&self, site: ExprId, handlers: &FxHashSet<FnId>) -> Option<ExprId> {
        let facts = self.facts;
        let tree = facts.tree;
        let function = tree.expr(site).function;
        let from = tree.span(site).end;
        let settled: FxHashSet<BindingId> =
            handlers.iter().flat_map(|handler| facts.captures(*handler)).collect();
        tree.suspends.iter().copied().find(|suspend| {
            let waited = match tree.kind(*suspend) {
                Kind::Await(value) => facts.places.of(*value),
                _ => None,
            };
            let by_handler = waited.is_some_and(|place| match facts.places.root(place) {
                Root::Binding(binding) => settled.contains(binding),
                _ => false,
            });
            tree.expr(*suspend).function == function && tree.span(*suspend).start > from && !by_handler
        })
    }

    /// The handler ends something of this very call; one that only knows `this` may be for what goes on afterwards.
    fn handles_own_work(&self, handlers: &FxHashSet<FnId>) -> bool {
        let facts = self.facts;
        handlers.iter().any(|handler| {
            facts.captures(*handler).iter().any(|binding| {
                let name = &facts.tree.scopes.binding(*binding).name;
                !name.to_ascii_lowercase().ends_with("signal")
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
