//! Whether a name stands for the same function where a listener is added and where it is taken off. A function declared
//! in a component is another one after every render, and one declared in a call is another one in the next call.

use super::Facts;
use super::owner::is_hook;
use super::places::{PlaceId, Root};
use crate::semantic::*;

/// How many mentions of one closure are followed.
const MAX_MENTIONS: usize = 32;

/// A function that is another one where it is taken off.
#[derive(Debug, Clone, PartialEq)]
pub struct Anew {
    /// In words: "each render makes a new `onMove`, so this takes off another one".
    pub why: String,
    /// The one step that is not shown by the code.
    pub assumed: Option<&'static str>,
}

/// In which renders a closure of a component is made that later runs.
#[derive(Debug, Clone, PartialEq)]
enum Renders {
    Each,
    /// An effect with `[]`.
    First,
    /// An effect whose dependencies are these places.
    When(Vec<PlaceId>),
    Unknown,
}

/// A closure of a component, and where in it a call stands that leads to the site.
struct Origin {
    closure: FnId,
    at: ExprId,
}

/// All ways from a component's closures to a site.
#[derive(Default)]
struct Origins {
    all: Vec<Origin>,
    /// Those that somebody outside calls.
    entries: Vec<(Renders, Origin)>,
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

    /// The closure of a component that a function is, or stands in.
    fn closure_of(&self, home: FnId, function: FnId) -> Option<FnId> {
        self.tree.enclosing(function).take_while(|at| *at != home).last()
    }

    fn origins_of_site(&self, home: FnId, site: ExprId) -> Origins {
        match self.closure_of(home, self.tree.expr(site).function) {
            Some(closure) => self.origins(home, closure, site),
            None => {
                let mut origins = Origins::default();
                origins.entries.push((Renders::Each, Origin { closure: home, at: site }));
                origins
            }
        }
    }

    /// Goes from the closure in which a site stands to the closures that call or hand on that closure.
    fn origins(&self, home: FnId, closure: FnId, site: ExprId) -> Origins {
        let mut origins = Origins::default();
        let mut queue = vec![Origin { closure, at: site }];
        while let Some(origin) = queue.pop() {
            let closure = origin.closure;
            let seen = origins.all.iter().any(|known| known.closure == closure);
            let at = origin.at;
            origins.all.push(origin);
            if let Some((_, call)) = self.roles.effects.get(&closure) {
                origins.entries.push((self.renders_of_effect(*call), Origin { closure, at }));
                continue;
            }
            // Each way into a closure is noted, but what leads to it is looked for once.
            if seen {
                continue;
            }
            let mentions = self.mentions_of(closure);
            if mentions.len() > MAX_MENTIONS || self.is_memoised(closure) {
                origins.entries.push((Renders::Unknown, Origin { closure, at }));
                continue;
            }
            for mention in mentions {
                match self.closure_of(home, self.tree.expr(mention).function) {
                    Some(user) => queue.push(Origin { closure: user, at: mention }),
                    None if self.is_dependency(mention) => {}
                    None => origins.entries.push((self.renders_of_use(mention), Origin { closure, at })),
                }
            }
        }
        origins
    }

    /// Where a closure is used: the mentions of its name, or the place where it is written.
    pub(super) fn mentions_of(&self, closure: FnId) -> Vec<ExprId> {
        let function = self.tree.function(closure);
        let named = function.expr.and_then(|expr| match self.tree.expr(expr).up {
            Up::Init(binding) => Some(binding),
            _ => None,
        });
        let declared = function.binding.filter(|_| function.kind == FnKind::Declaration);
        match named.or(declared) {
            Some(binding) => {
                let refs = self.tree.scopes.binding(binding).refs.iter();
                refs.map(|reference| self.tree.scopes.reference(*reference).expr).collect()
            }
            None => function.expr.into_iter().collect(),
        }
    }

    /// `const start = useCallback(() => …, [])`
    fn is_memoised(&self, closure: FnId) -> bool {
        let Some(Up::Expr(call)) = self.tree.function(closure).expr.map(|expr| self.tree.expr(expr).up)
        else {
            return false;
        };
        let callee = self.tree.call_parts(call).map(|(callee, _)| callee);
        !self.roles.effects.contains_key(&closure)
            && callee.and_then(|callee| self.callee_name(callee)).is_some_and(|name| is_hook(name))
    }

    /// An element of the list of dependencies of a hook.
    fn is_dependency(&self, mention: ExprId) -> bool {
        let Up::Expr(list) = self.tree.expr(mention).up else {
            return false;
        };
        let Up::Expr(call) = self.tree.expr(list).up else {
            return false;
        };
        let callee = self.tree.call_parts(call).map(|(callee, _)| callee);
        matches!(self.tree.kind(list), Kind::Array(_))
            && callee.and_then(|callee| self.callee_name(callee)).is_some_and(|name| is_hook(name))
    }

    fn renders_of_effect(&self, call: ExprId) -> Renders {
        let Some((callee, args)) = self.tree.call_parts(call) else {
            return Renders::Unknown;
        };
        let row = self.hook_rows(callee).first().map(|row| self.hook(*row)).filter(|row| row.own);
        let Some(list) = row.and_then(|row| args.get(row.callback + 1)) else {
            let plain = self.callee_name(callee).is_some_and(|name| self.protocols.render_hooks.has(name));
            return if args.len() == 1 && plain { Renders::Each } else { Renders::Unknown };
        };
        let Kind::Array(items) = self.tree.kind(*list) else {
            return Renders::Unknown;
        };
        let mut places = Vec::new();
        for item in self.tree.list(*items) {
            match self.places.of(*item) {
                Some(place) if self.made_anew_in(place).is_some() => return Renders::Each,
                Some(place) => places.push(place),
                None => return Renders::Unknown,
            }
        }
        places.sort_unstable();
        if places.is_empty() { Renders::First } else { Renders::When(places) }
    }

    /// `onMouseDown={start}` and a call in the component's body use the closure of the last render.
    fn renders_of_use(&self, mention: ExprId) -> Renders {
        let parent = match self.tree.expr(mention).up {
            Up::Expr(parent) => parent,
            _ => return Renders::Unknown,
        };
        match self.tree.kind(parent) {
            Kind::Call { callee, .. } if *callee == mention => Renders::Each,
            Kind::Jsx { attributes, .. } => match self.tree.property_of(*attributes, mention) {
                Some(Property { key: Key::Named(name), .. }) if name.starts_with("on") => Renders::Each,
                _ => Renders::Unknown,
            },
            _ => Renders::Unknown,
        }
    }

    /// Whether an origin is a plain call of the next closure, or the site itself.
    fn is_called_in(&self, origin: &Origin) -> bool {
        let tree = self.tree;
        if tree.expr(origin.at).function != origin.closure {
            return false;
        }
        tree.call_parts(origin.at).is_some()
            || matches!(tree.expr(origin.at).up, Up::Expr(call)
                if tree.call_parts(call).is_some_and(|(callee, _)| callee == origin.at))
    }

    /// Whether an effect's way to a site leads through the cleanup that the effect returns.
    fn is_in_cleanup(&self, origin: &Origin) -> bool {
        let function = self.tree.function(origin.closure);
        self.roles.effects.contains_key(&origin.closure)
            && (self.tree.expr(origin.at).up == Up::Return(origin.closure)
                || function.returns.iter().any(|value| {
                    let cleanups = self.functions_of(*value);
                    cleanups.iter().any(|cleanup| self.tree.stands_in(origin.at, *cleanup))
                }))
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

    /// Whether, in one run of the function in which both stand, `second` may be evaluated after `first`.
    pub fn can_follow(&self, first: ExprId, second: ExprId) -> bool {
        let tree = self.tree;
        let path = |at: ExprId| -> Vec<RegionId> { tree.region_path(tree.expr(at).region).collect() };
        let (one, two) = (path(first), path(second));
        let is_loop = |region: &RegionId| {
            let kind = tree.region(*region).kind;
            matches!(kind, RegionKind::Loop | RegionKind::Counted | RegionKind::Each)
        };
        if one.iter().any(|region| is_loop(region) && two.contains(region)) {
            return true;
        }
        tree.span(second).start > tree.span(first).start && !self.excludes(&one, &two, second)
    }

    /// `if (on) first(); else second();`, `if (on) { first(); return; } second();`
    fn excludes(&self, first: &[RegionId], second: &[RegionId], at: ExprId) -> bool {
        let tree = self.tree;
        let position = tree.span(at).start;
        first.iter().filter(|region| tree.region(**region).kind == RegionKind::Then).any(|then| {
            let test = tree.region(*then).test;
            let in_else = second.iter().map(|region| tree.region(*region));
            let mut in_else = in_else.filter(|region| region.kind == RegionKind::Else);
            in_else.any(|other| other.test == test)
                || tree.guards.iter().any(|guard| {
                    Some(guard.test) == test && guard.from <= position && second.contains(&guard.region)
                })
        })
    }
}
