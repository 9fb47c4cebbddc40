//! Cleanups that are written down and cannot run: returned to somebody who throws away what is returned.

mod late;

use super::Facts;
use super::flow::Sink;
use super::owner::Owner;
use crate::ast::{BinaryOp, UnaryOp};
use crate::protocol::HookRole;
use crate::semantic::*;
use rustc_hash::FxHashMap;

/// How many promises and calls one function's result is followed through.
const MAX_STEPS: u32 = 64;

/// How a cleanup gets lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The callback of this hook is async: its framework is given a promise, and looks for no function in it.
    AsyncEffect(ExprId),
    /// The value of a promise that nobody asks for: the call of `then`.
    Promise(ExprId),
    /// The result of an async function, which the caller throws away: the call.
    Unused(ExprId),
    /// The result of a callback of which the caller makes no use: the call that is given the callback.
    Callback(ExprId),
    /// A function written as a statement of its own, where `return` is missing.
    Statement,
    /// The result of a JSX handler.
    Jsx(ExprId),
    /// The result of a method that a framework calls.
    Lifecycle(FnId),
    /// Given to a hook behind an `await`, where no component is current any more.
    Late { call: ExprId, suspend: ExprId },
    /// Behind a test of `ref.current`, which is null when the component is gone: the test.
    NullRef(ExprId),
}

/// A cleanup that cannot run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    /// The returned value, or the test.
    pub value: ExprId,
    pub loss: Loss,
}

/// The lost cleanups of a file.
#[derive(Debug, Default)]
pub struct LostCleanups {
    by_function: FxHashMap<FnId, Lost>,
    /// Returned values that are lost, with the functions that return them, in the order of their text.
    pub values: Vec<(FnId, Lost)>,
    /// `if (!ref.current) return;`: the mention of the ref, its region, and from where it holds.
    null_guards: Vec<(ExprId, RegionId, u32)>,
}

impl LostCleanups {
    /// Looks at every function that returns something.
    pub fn new(facts: &Facts<'_>) -> Self {
        let mut lost = Self::default();
        for function in facts.tree.fn_ids() {
            let expr = facts.tree.function(function).expr;
            if let Some(value) = expr.filter(|expr| facts.tree.expr(*expr).up == Up::Statement) {
                lost.by_function.insert(function, Lost { value, loss: Loss::Statement });
            }
            let returns = &facts.tree.function(function).returns;
            let worth = returns.iter().any(|value| {
                matches!(facts.tree.kind(*value), Kind::Ident(_)) || !facts.functions_of(*value).is_empty()
            });
            if !worth {
                continue;
            }
            let mut fuel = MAX_STEPS;
            let Some(loss) = facts.loss_of_result(function, &mut fuel) else {
                continue;
            };
            for value in returns {
                let entry = Lost { value: *value, loss };
                lost.values.push((function, entry));
                for cleanup in facts.functions_of(*value) {
                    if facts.is_only_returned(cleanup, function) {
                        lost.by_function.insert(cleanup, entry);
                    }
                }
            }
        }
        lost.add_late(facts);
        lost.null_guards = facts.tree.guards.iter().filter_map(|guard| facts.null_guard(guard)).collect();
        lost
    }
}

fn spend(fuel: &mut u32) -> bool {
    let left = fuel.checked_sub(1);
    *fuel = left.unwrap_or_default();
    left.is_some()
}

impl Facts<'_> {
    /// Why a release can never run; `None` if it can, as far as this file shows.
    pub fn lost_release(&self, release: ExprId) -> Option<Lost> {
        let function = self.tree.expr(release).function;
        self.lost_with(function)
            .or_else(|| self.lost_through_calls(function))
            .or_else(|| self.behind_null_ref(release))
    }

    fn lost_with(&self, function: FnId) -> Option<Lost> {
        self.tree.enclosing(function).find_map(|at| self.lost().by_function.get(&at).copied())
    }

    /// `const stop = () => clearInterval(timer); return () => stop();`
    fn lost_through_calls(&self, function: FnId) -> Option<Lost> {
        if self.lost().by_function.is_empty() {
            return None;
        }
        let mentions = self.mentions_of(function);
        let lost = |mention: &ExprId| self.lost_with(self.tree.expr(*mention).function);
        let first = mentions.first().and_then(lost)?;
        mentions.iter().all(|mention| lost(mention).is_some()).then_some(first)
    }

    /// The cleanup is mentioned where it is returned, and nowhere else.
    fn is_only_returned(&self, cleanup: FnId, by: FnId) -> bool {
        let mentions = self.mentions_of(cleanup);
        !mentions.is_empty()
            && mentions.iter().all(|mention| {
                let sinks = self.sinks(*mention);
                !sinks.is_empty() && sinks.iter().all(|sink| *sink == Sink::Returned(by))
            })
    }

    /// Who throws away what a function returns; `None` if somebody may use it.
    fn loss_of_result(&self, function: FnId, fuel: &mut u32) -> Option<Loss> {
        let entry = self.tree.function(function);
        if entry.is_generator || !spend(fuel) {
            return None;
        }
        if let Some((row, call)) = self.roles.hooks.callbacks.get(&function) {
            let hook = self.hook(*row);
            // Solid hands what an effect returns to its next run.
            let looks_back = hook.cleanup.is_none() && !entry.params.is_empty();
            return match hook.role {
                HookRole::Effect => self.is_result_of_promise(function).then_some(Loss::AsyncEffect(*call)),
                HookRole::Setup => (!looks_back).then_some(Loss::Callback(*call)),
                HookRole::End | HookRole::Rest | HookRole::Part | HookRole::Once => None,
            };
        }
        if let Some(loss) = self.loss_of_lifecycle(function) {
            return Some(loss);
        }
        if entry.binding.is_some_and(|binding| self.is_exported(binding)) {
            return None;
        }
        let mentions = self.mentions_of(function);
        let mut losses = mentions.iter().map(|mention| self.loss_at(*mention, entry.is_async, fuel));
        let first = losses.next()??;
        losses.all(|loss| loss.is_some()).then_some(first)
    }

    /// `componentDidMount() { …; return () => …; }`
    fn loss_of_lifecycle(&self, function: FnId) -> Option<Loss> {
        let class = self.classes.of_member(function)?;
        let lifecycle = self.classes.lineage(class).find_map(|at| self.classes.get(at).lifecycle)?;
        let entry = self.tree.function(function);
        let name = entry.name.as_ref().filter(|_| entry.kind == FnKind::Method && !entry.is_static)?;
        let lifecycle = &self.protocols.lifecycles[lifecycle];
        let drops = lifecycle.members.has(name) || lifecycle.entry.has(name);
        drops.then_some(Loss::Lifecycle(function))
    }

    /// What becomes of the result where a function is called or handed on.
    fn loss_at(&self, mention: ExprId, is_async: bool, fuel: &mut u32) -> Option<Loss> {
        let Up::Expr(parent) = self.tree.expr(mention).up else {
            return None;
        };
        match self.tree.kind(parent) {
            Kind::Call { callee, .. } if *callee == mention => {
                let lost = is_async && self.is_thrown_away(parent, fuel);
                lost.then_some(Loss::Unused(parent))
            }
            Kind::Call { callee, args } | Kind::New { callee, args } => {
                let index = self.tree.list(*args).binary_search(&mention).ok()?;
                self.loss_of_callback(parent, *callee, index, fuel)
            }
            Kind::Jsx { tag: None, attributes, .. } => {
                let attribute = self.tree.property_of(*attributes, mention)?;
                let handler = matches!(&attribute.key, Key::Named(name) if name.starts_with("on"));
                handler.then_some(Loss::Jsx(mention))
            }
            _ => None,
        }
    }

    fn loss_of_callback(&self, call: ExprId, callee: ExprId, index: usize, fuel: &mut u32) -> Option<Loss> {
        let name = self.callee_name(callee)?;
        if self.protocols.value_callbacks.has(name) {
            return self.is_thrown_away(call, fuel).then_some(Loss::Promise(call));
        }
        let listens = self
            .protocols
            .listener_methods
            .get(name)
            .is_some_and(|rows| rows.iter().all(|(row, _)| self.protocols.listeners[*row].distinctive));
        let drops = self.protocols.void_callbacks.has(name) && index == 0
            || listens
            || self.drops_result_of(call, index);
        drops.then_some(Loss::Callback(call))
    }

    /// `useOnMount(f)` of this file: calls what it is given, and throws away what that returns.
    fn drops_result_of(&self, call: ExprId, index: usize) -> bool {
        let targets = self.targets(call);
        !targets.is_empty()
            && targets.iter().all(|target| {
                let param = self.tree.function(*target).params.get(index).and_then(|param| param.binding);
                param.is_some_and(|param| self.is_called_in_vain(param))
            })
    }

    fn is_called_in_vain(&self, param: BindingId) -> bool {
        let binding = self.tree.scopes.binding(param);
        let mut mentions = binding.refs.iter().map(|at| self.tree.scopes.reference(*at).expr);
        let in_vain = |mention: ExprId| match self.tree.expr(mention).up {
            Up::Expr(call) => {
                self.tree.call_parts(call).is_some_and(|(callee, _)| callee == mention)
                    && self.sinks(call).iter().all(|sink| *sink == Sink::Discarded)
            }
            _ => false,
        };
        !binding.refs.is_empty() && binding.refs.len() <= MAX_STEPS as usize && mentions.all(in_vain)
    }

    /// Whether a function is given to a call of this file that throws away what it returns.
    pub fn is_result_dropped(&self, function: FnId) -> bool {
        let expr = self.tree.function(function).expr;
        let Some(Up::Expr(call)) = expr.map(|expr| self.tree.expr(expr).up) else {
            return false;
        };
        let index = expr
            .zip(self.tree.call_parts(call))
            .and_then(|(expr, (_, args))| args.iter().position(|arg| *arg == expr));
        index.is_some_and(|index| self.drops_result_of(call, index))
    }

    /// Whether nobody gets at the value of a promise or result.
    fn is_thrown_away(&self, value: ExprId, fuel: &mut u32) -> bool {
        let sinks = self.sinks(value);
        spend(fuel)
            && !sinks.is_empty()
            && sinks.iter().all(|sink| match sink {
                Sink::Discarded | Sink::Read => true,
                Sink::Member { member, .. } => self.is_chained_away(*member, fuel),
                Sink::Returned(function) if self.hook_role(*function).is_some() => true,
                Sink::Returned(function) => self.loss_of_result(*function, fuel).is_some(),
                _ => false,
            })
    }

    /// `promise.then(() => …)` looks at no value; `promise.catch(…)` hands it on.
    fn is_chained_away(&self, member: ExprId, fuel: &mut u32) -> bool {
        let (Kind::Member { name, .. }, Up::Expr(call)) = (self.tree.kind(member), self.tree.expr(member).up)
        else {
            return false;
        };
        let Some((callee, args)) = self.tree.call_parts(call).filter(|(callee, _)| *callee == member) else {
            return false;
        };
        if !self.protocols.continuations.has(name) {
            return false;
        }
        let next = args.first().map(|callback| self.functions_of(*callback)).unwrap_or_default();
        let looks_on = |function: &FnId| self.tree.function(*function).params.is_empty();
        let is_then = self.callee_name(callee).is_some_and(|name| name == "then");
        match is_then {
            true => !next.is_empty() && next.iter().all(looks_on),
            false => self.is_thrown_away(call, fuel),
        }
    }

    /// `return () => { if (ref.current) clearInterval(timer); }`: React detaches a component's refs before it runs the
    /// cleanups of its passive effects.
    fn behind_null_ref(&self, release: ExprId) -> Option<Lost> {
        let function = self.tree.expr(release).function;
        let Owner::Effect(effect) = self.owner_of(function) else {
            return None;
        };
        let (_, call) = self.roles.effects.get(&effect)?;
        let hook = self.tree.call_parts(*call).and_then(|(callee, _)| self.callee_name(callee))?;
        let is_cleanup = self
            .tree
            .function(effect)
            .returns
            .iter()
            .any(|value| self.functions_of(*value).contains(&function));
        if !is_cleanup || !self.protocols.passive_effects.has(hook) {
            return None;
        }
        let then = self.tree.region_path(self.tree.expr(release).region).filter_map(|at| {
            let region = self.tree.region(at);
            region.test.filter(|test| match region.kind {
                RegionKind::Then => true,
                RegionKind::ShortCircuit => self.is_left_of_and(*test),
                _ => false,
            })
        });
        let position = self.tree.span(release).start;
        let guards =
            self.lost().null_guards.iter().filter(|(_, region, from)| {
                self.tree.region(*region).function == function && *from <= position
            });
        let test = then
            .filter_map(|test| self.element_ref_in(test))
            .next()
            .or_else(|| guards.map(|(test, ..)| *test).next())?;
        if self.is_released_from(release, test) {
            return None;
        }
        Some(Lost { value: test, loss: Loss::NullRef(test) })
    }

    /// `if (ref.current) ref.current.removeEventListener(…)`: what the element itself holds goes with it.
    fn is_released_from(&self, release: ExprId, element: ExprId) -> bool {
        let callee = self.tree.call_parts(release).map(|(callee, _)| callee);
        let Some(Kind::Member { object, .. }) = callee.map(|callee| self.tree.kind(callee)) else {
            return false;
        };
        self.places.of(*object).is_some_and(|place| self.places.of(element) == Some(place))
    }

    fn null_guard(&self, guard: &Guard) -> Option<(ExprId, RegionId, u32)> {
        match self.tree.kind(guard.test) {
            Kind::Unary { op: UnaryOp::Bang, operand } => {
                self.is_element_ref(*operand).then_some((*operand, guard.region, guard.from))
            }
            _ => None,
        }
    }

    fn is_left_of_and(&self, test: ExprId) -> bool {
        matches!(self.tree.expr(test).up, Up::Expr(parent)
            if matches!(self.tree.kind(parent), Kind::Binary { op: BinaryOp::LogicalAnd, .. }))
    }

    /// The mention of an element's ref that has to be there for a test to hold.
    fn element_ref_in(&self, test: ExprId) -> Option<ExprId> {
        match self.tree.kind(test) {
            Kind::Binary { op: BinaryOp::LogicalAnd, left, right } => {
                self.element_ref_in(*left).or_else(|| self.element_ref_in(*right))
            }
            _ => self.is_element_ref(test).then_some(test),
        }
    }

    /// `ref.current` of a `useRef()` that an element of the component's markup fills.
    fn is_element_ref(&self, test: ExprId) -> bool {
        let Kind::Member { object, name } = self.tree.kind(test) else {
            return false;
        };
        let cell = self.places.of(*object);
        name == "current" && cell.is_some_and(|cell| self.rendered_into(cell).is_some())
    }
}
