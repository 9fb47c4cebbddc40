//! Whether a name stands for the same function where a listener is added and where it is taken off. A function declared
//! in a component is another one after every render, and one declared in a call is another one in the next call.

pub(super) mod origins;

use super::Facts;
use super::owner::is_hook;
use super::places::{PlaceId, Root};
use crate::semantic::*;
pub(super) use origins::Origins;
use origins::Renders;

/// A function that is another one where it is taken off.
#[derive(Debug, Clone, PartialEq)]
pub struct Anew {
    /// In words: "each render makes a new `onMove`, so this takes off another one".
    pub why: String,
    /// The one step that is not shown by the code.
    pub assumed: Option<&'static str>,
}

const RENDER_BETWEEN: &str = "that the component renders again between the two";

impl Facts<'_> {
    /// Why the function kept in a place is another one at `removed` than at `added`; `None` if it is the same, or if
    /// that cannot be said.
    pub fn another_activation(&self, place: PlaceId, added: ExprId, removed: ExprId) -> Option<Anew> {
        let home = self.made_anew_in(place)?;
        let (from, to) = (self.tree.expr(added).function, self.tree.expr(removed).function);
        if from == to {
            return self.in_one_function(home, place, (added, removed), from);
        }
        if !self.is_rendered(home) {
            return None;
        }
        let shared = self.tree.enclosing(to).find(|at| self.tree.is_within(from, *at))?;
        if shared != home {
            return None;
        }
        self.in_two_closures(home, place, added, removed)
    }

    /// Why the function kept in a field is another one at `removed` than at `added`.
    pub fn another_instance(
        &self,
        place: PlaceId,
        class: ClassId,
        added: ExprId,
        removed: ExprId,
    ) -> Option<Anew> {
        let method = self.replaced_by(place, class)?;
        let (from, to) = (self.tree.expr(added).function, self.tree.expr(removed).function);
        if to == method || from == to {
            return None;
        }
        let each = format!("each {}", self.title(method));
        Some(self.anew(place, &each, (from != method).then_some(RENDER_BETWEEN)))
    }

    /// The function that makes a new function for this variable each time it runs.
    fn made_anew_in(&self, place: PlaceId) -> Option<FnId> {
        let Root::Binding(binding) = self.places.root(place) else {
            return None;
        };
        let home = self.tree.scopes.function_of(*binding);
        let entry = self.tree.scopes.binding(*binding);
        if self.places.depth(place) > 0 || home == MODULE || entry.writes > 0 {
            return None;
        }
        let fresh = match entry.kind {
            BindingKind::Function(_) => true,
            _ => entry.projection.is_empty() && entry.init.is_some_and(|init| self.is_fresh_function(init)),
        };
        fresh.then_some(home)
    }

    /// A function expression, `.bind()`, `debounce(f)`, or a call of a function of this file that makes one.
    pub(super) fn is_fresh_function(&self, value: ExprId) -> bool {
        match self.tree.kind(value) {
            Kind::Function(_) => true,
            Kind::Call { callee, args } => {
                let name = self.callee_name(*callee);
                if name.is_some_and(|name| is_hook(name)) {
                    return false;
                }
                if matches!(self.tree.kind(*callee), Kind::Member { name, .. } if name == "bind") {
                    return true;
                }
                if self.is_wrapper(value) {
                    let first = self.tree.list(*args).first();
                    return first.is_some_and(|first| !self.functions_of(*first).is_empty());
                }
                self.makes_functions(value)
            }
            _ => false,
        }
    }

    /// `onKeyOf(item)` where every `return` of `onKeyOf` is a function written there.
    fn makes_functions(&self, call: ExprId) -> bool {
        let targets = self.targets(call);
        !targets.is_empty()
            && targets.iter().all(|target| {
                let function = self.tree.function(*target);
                let wrapped = function.expr.is_some_and(|expr| {
                    matches!(self.tree.expr(expr).up, Up::Expr(up) if self.tree.call_parts(up).is_some())
                });
                let made = |value: &ExprId| matches!(self.tree.kind(*value), Kind::Function(_));
                !wrapped
                    && !function.is_async
                    && !function.returns.is_empty()
                    && function.returns.iter().all(made)
            })
    }

    /// A function component or hook, which a framework runs anew at every render.
    fn is_rendered(&self, function: FnId) -> bool {
        self.roles.rendered.contains(&function)
    }

    pub(super) fn hooks_called(&self, function: FnId) -> impl Iterator<Item = &crate::ast::Atom> {
        self.graph.calls_in[function.index()].iter().filter_map(|call| {
            let callee = self.tree.call_parts(*call).map(|(callee, _)| callee)?;
            self.callee_name(callee).filter(|name| is_hook(name))
        })
    }

    /// Whether state, props or a hook that we do not know can make the component render again.
    fn can_render_again(&self, component: FnId) -> bool {
        !self.tree.function(component).params.is_empty()
            || self.hooks_called(component).any(|name| !self.protocols.inert_hooks.has(name))
    }

    /// Whether the function, or one that stands in it, sets state of the component.
    fn sets_state(&self, function: FnId) -> bool {
        let sets = |call: &ExprId| {
            let callee = self.tree.call_parts(*call).map(|(callee, _)| callee);
            let Some(Kind::Ident(reference)) = callee.map(|callee| self.tree.kind(callee)) else {
                return false;
            };
            let binding = self.tree.scopes.reference(*reference).binding;
            binding.is_some_and(|binding| {
                let binding = self.tree.scopes.binding(binding);
                let made_by = binding.init.and_then(|init| self.tree.call_parts(init));
                let hook = made_by.and_then(|(callee, _)| self.callee_name(callee));
                !binding.projection.is_empty()
                    && hook.is_some_and(|hook| self.protocols.state_hooks.has(hook))
            })
        };
        self.graph.calls_in[function.index()].iter().any(sets)
            || self.graph.children[function.index()].iter().any(|inner| self.sets_state(*inner))
    }

    /// Both stand in one function. If the removal cannot follow the addition in the same run, it runs in another one.
    fn in_one_function(
        &self,
        home: FnId,
        place: PlaceId,
        (added, removed): (ExprId, ExprId),
        function: FnId,
    ) -> Option<Anew> {
        if self.can_follow(added, removed) {
            return None;
        }
        if function == home {
            let each = match self.is_rendered(home) {
                true => "each render".to_owned(),
                false => format!("each call of {}", self.title(home)),
            };
            let each = if self.roles.effects.contains_key(&home) { "each run of the effect" } else { &each };
            return Some(self.anew(place, each, None));
        }
        let is_child = self.tree.function(function).parent == Some(home);
        if !is_child || !self.is_rendered(home) {
            return None;
        }
        if self.roles.effects.contains_key(&function) {
            return Some(self.anew(place, "each render", None));
        }
        let origins = self.origins(home, function, added);
        let called_each_render = origins.entries.iter().all(|(renders, _)| *renders == Renders::Each);
        if origins.entries.is_empty() || !called_each_render || self.is_memoised(function) {
            return None;
        }
        self.rendered_between(home, place, function)
    }

    fn in_two_closures(&self, home: FnId, place: PlaceId, added: ExprId, removed: ExprId) -> Option<Anew> {
        let one = self.origins_of_site(home, added);
        let two = self.origins_of_site(home, removed);
        let mut within = None;
        for a in &one.all {
            for r in two.all.iter().filter(|r| r.closure == a.closure && r.at != a.at) {
                if !self.is_called_in(a) || !self.is_called_in(r) || self.can_follow(a.at, r.at) {
                    return None;
                }
                within = Some((a.at, r.at, a.closure));
            }
        }
        if let Some((a, r, closure)) = within {
            return self.in_one_function(home, place, (a, r), closure);
        }
        if one.entries.is_empty() || two.entries.is_empty() {
            return None;
        }
        for (added, _) in &one.entries {
            for (removed, origin) in &two.entries {
                if self.may_meet(added, removed, self.is_in_cleanup(origin)) {
                    return None;
                }
            }
        }
        // Its effect runs again because something was rendered.
        if one.entries.iter().any(|(renders, _)| matches!(renders, Renders::When(_))) {
            return Some(self.anew(place, "each render", None));
        }
        let adder = self.closure_of(home, self.tree.expr(added).function).unwrap_or(home);
        self.rendered_between(home, place, adder)
    }

    /// Whether what an addition of some render added may be what a removal takes off.
    fn may_meet(&self, added: &Renders, removed: &Renders, in_cleanup: bool) -> bool {
        match (added, removed) {
            (Renders::Unknown, _) | (_, Renders::Unknown) => true,
            (Renders::First, Renders::First) => true,
            (Renders::When(a), Renders::When(r)) if !in_cleanup => a == r,
            (Renders::When(a), Renders::When(r)) => a.iter().all(|dep| r.contains(dep)),
            // Every run of the effect is cleaned up: one that runs in each render, or in the same renders, meets all.
            (Renders::First, _) | (_, Renders::Each) => in_cleanup,
            _ => false,
        }
    }

    fn rendered_between(&self, home: FnId, place: PlaceId, adder: FnId) -> Option<Anew> {
        if !self.can_render_again(home) {
            return None;
        }
        let shown = self.sets_state(adder) || self.functions_at(place).iter().any(|f| self.sets_state(*f));
        Some(self.anew(place, "each render", (!shown).then_some(RENDER_BETWEEN)))
    }

    fn anew(&self, place: PlaceId, each: &str, assumed: Option<&'static str>) -> Anew {
        let name = self.places.text(self.tree, place);
        Anew { why: format!("{each} makes a new `{name}`: this is another one than was added"), assumed }
    }

    /// Whether what one effect of a component adds is taken off by the cleanup of another one: at every run of the first
    /// the other runs too, or at least once, where `once` is enough.
    pub fn is_cleaned_by_another(&self, effect: FnId, release: ExprId, once: bool) -> bool {
        let Some(home) = self.tree.function(effect).parent.filter(|home| self.is_rendered(*home)) else {
            return false;
        };
        let Some((_, call)) = self.roles.effects.get(&effect) else {
            return false;
        };
        let added = self.renders_of_effect(*call);
        let origins = self.origins_of_site(home, release);
        origins.entries.iter().any(|(removed, origin)| {
            let in_cleanup = self.is_in_cleanup(origin);
            in_cleanup && (once || self.may_meet(&added, removed, in_cleanup))
        })
    }
}
