//! Hooks: what frameworks run at the stations of a component's life, and which function the component is.

use super::Facts;
use super::attributes;
use super::classes::Dress;
use super::lifetime::{Holder, Life};
use super::options;
use super::owner::Owner;
use super::places::{PlaceId, Root};
use crate::ast::Atom;
use crate::protocol::{Hook, HookRole};
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// How many functions may pass a callback on before it is a hook's: `useOnMount(f) { onMounted(f) }`.
const MAX_FORWARDS: usize = 3;

/// How far a component is looked for outside a hook's callback.
const MAX_JUMPS: u32 = 8;

/// Which functions hooks call, and whose.
#[derive(Debug, Default)]
pub struct HookRoles {
    /// Callbacks: row and call.
    pub callbacks: FxHashMap<FnId, (usize, ExprId)>,
    /// Functions that run once for the program: `defineStore('x', () => …)`.
    pub once: FxHashSet<FnId>,
    /// Functions of which every run is one instance: `setup()`, a script's top level, what calls hooks.
    pub instances: FxHashSet<FnId>,
    /// Those of them that are the `setup()` of options.
    pub setups: FxHashMap<FnId, ClassId>,
    /// Per owner: the functions that run at its end.
    ends: FxHashMap<Owner, Vec<FnId>>,
    /// Per owner: the functions that run when it is put aside.
    rests: FxHashMap<Owner, Vec<FnId>>,
    /// Owners with an end that cannot be seen into.
    opaque: FxHashSet<Owner>,
    /// Per owner: the framework of its hooks.
    frameworks: FxHashMap<Owner, String>,
}

/// One call of a hook.
struct Used {
    row: usize,
    call: ExprId,
    callback: ExprId,
}

impl HookRoles {
    /// Looks at every call; functions and places are known.
    pub fn new(facts: &Facts<'_>) -> Self {
        let mut roles = Self::default();
        let used = roles.used(facts);
        for used in &used {
            match facts.hook(used.row).role {
                HookRole::Setup | HookRole::Effect => {
                    for function in facts.functions_of(used.callback) {
                        roles.callbacks.entry(function).or_insert((used.row, used.call));
                    }
                }
                HookRole::Once => roles.once.extend(facts.functions_of(used.callback)),
                HookRole::End | HookRole::Rest | HookRole::Part => {}
            }
        }
        roles.find_instances(facts, &used);
        for used in &used {
            roles.note(facts, used);
        }
        roles
    }

    /// Every call of a hook, those through functions of this file that pass their argument on included.
    fn used(&self, facts: &Facts<'_>) -> Vec<Used> {
        let mut found = Vec::new();
        let mut at = 0;
        for call in &facts.tree.calls {
            let Some((callee, args)) = facts.tree.call_parts(*call) else {
                continue;
            };
            for row in facts.hook_rows(callee) {
                let row_of = facts.hook(row);
                let callback = args.get(row_of.callback).copied();
                if let Some(callback) = callback.or((row_of.role == HookRole::Part).then_some(*call)) {
                    found.push(Used { row, call: *call, callback });
                }
            }
        }
        let attributes = attributes::of_hooks(facts.tree, facts.protocols);
        found.extend(attributes.into_iter().map(|at| Used {
            row: at.row,
            call: at.element,
            callback: at.value,
        }));
        let mut known: FxHashSet<(FnId, usize, usize)> = FxHashSet::default();
        for _ in 0..MAX_FORWARDS {
            let end = found.len();
            for used in at..end {
                let (row, callback) = (found[used].row, found[used].callback);
                let Some((function, index)) = facts.parameter_named(callback) else {
                    continue;
                };
                if !known.insert((function, index, row)) {
                    continue;
                }
                for call in &facts.graph.callers[function.index()] {
                    let args = facts.tree.call_parts(*call).map_or(&[][..], |(_, args)| args);
                    if let Some(callback) = args.get(index) {
                        found.push(Used { row, call: *call, callback: *callback });
                    }
                }
            }
            at = end;
        }
        found
    }

    /// A function whose body calls hooks is a component or a part of one.
    fn find_instances(&mut self, facts: &Facts<'_>, used: &[Used]) {
        if let Some(component) = &facts.tree.component {
            self.instances.extend(component.instance);
        }
        for class in facts.classes.ids().filter(|class| facts.classes.is_options(*class)) {
            let setups = options::setups(facts.tree, facts.protocols, facts.classes.get(class));
            self.instances.extend(setups.iter().copied());
            self.setups.extend(setups.into_iter().map(|setup| (setup, class)));
        }
        for used in used.iter().filter(|used| !facts.hook(used.row).own) {
            let home = facts.tree.expr(used.call).function;
            let row = facts.hook(used.row);
            let sure = row.role != HookRole::Part && !row.anywhere || facts.is_component_name(home);
            let taken = self.callbacks.contains_key(&home)
                || self.once.contains(&home)
                || facts.is_part_of_class(home);
            // React's own components are told by their names alone.
            if home != MODULE && row.framework != "react" && row.role != HookRole::Once && sure && !taken {
                self.instances.insert(home);
            }
        }
    }

    /// Notes what a call says of the owner around it.
    fn note(&mut self, facts: &Facts<'_>, used: &Used) {
        let row = facts.hook(used.row);
        let home = facts.tree.expr(used.call).function;
        let Some(owner) = self.owner(facts, home, MAX_JUMPS) else {
            return;
        };
        self.frameworks.entry(owner).or_insert_with(|| row.framework.clone());
        if matches!(row.role, HookRole::Part | HookRole::Once) {
            return;
        }
        let functions = facts.functions_of(used.callback);
        match row.role {
            HookRole::End if facts.is_late(used.call) => {}
            HookRole::End => {
                // `onUnmounted(off(handler))`: made of what it was given.
                let made = facts.tree.call_parts(used.callback).is_some_and(|(_, args)| !args.is_empty());
                if functions.is_empty() && made {
                    self.opaque.insert(owner);
                }
                self.ends.entry(owner).or_default().extend(functions.iter().copied());
            }
            HookRole::Rest => self.rests.entry(owner).or_default().extend(functions.iter().copied()),
            HookRole::Effect if !row.own => {
                for function in functions
                    .iter()
                    .filter(|function| row.awaits || !facts.tree.function(**function).is_async)
                {
                    for value in &facts.tree.function(*function).returns {
                        let cleanups = facts.functions_of(*value);
                        if cleanups.is_empty() && facts.may_be_cleanup(*value) {
                            self.opaque.insert(owner);
                        }
                        self.ends.entry(owner).or_default().extend(cleanups);
                    }
                }
            }
            _ => {}
        }
        if let Some(index) = row.cleanup {
            for function in functions {
                let registered = facts.registered_by_parameter(function, index);
                self.ends.entry(owner).or_default().extend(registered);
            }
        }
    }

    /// The component, instance or effect around a function; through a hook's callback to where it is registered.
    pub fn owner(&self, facts: &Facts<'_>, function: FnId, jumps: u32) -> Option<Owner> {
        for at in facts.tree.enclosing(function) {
            if let Some((row, call)) = self.callbacks.get(&at) {
                if facts.hook(*row).own {
                    return Some(Owner::Effect(at));
                }
                let home = facts.tree.expr(*call).function;
                return if jumps == 0 { None } else { self.owner(facts, home, jumps - 1) };
            }
            if self.once.contains(&at) {
                return None;
            }
            if self.instances.contains(&at) || facts.is_component(at) {
                return Some(Owner::Component(at));
            }
            if facts.is_part_of_class(at) {
                return facts.classes.of_member(at).map(Owner::Class);
            }
        }
        None
    }

    /// The functions that hooks run at the end of an owner.
    pub fn ends(&self, owner: Owner) -> &[FnId] {
        self.ends.get(&owner).map_or(&[], Vec::as_slice)
    }

    /// The functions that hooks run when an owner is put aside.
    pub fn rests(&self, owner: Owner) -> &[FnId] {
        self.rests.get(&owner).map_or(&[], Vec::as_slice)
    }

    /// Whether an end of the owner cannot be seen into.
    pub fn is_opaque(&self, owner: Owner) -> bool {
        self.opaque.contains(&owner)
    }
}

impl<'a> Facts<'a> {
    /// One row of the hooks.
    pub fn hook(&self, row: usize) -> &'a Hook {
        self.protocols.hooks.get(row)
    }

    /// A constructor, field or method of a `class`: what hooks in it acquire belongs to the instance.
    fn is_part_of_class(&self, function: FnId) -> bool {
        let class = self.classes.of_member(function).map(|class| self.classes.get(class));
        class.is_some_and(|class| matches!(class.dress, Dress::Class))
    }

    /// What a function is to the hook that calls it.
    pub fn hook_role(&self, function: FnId) -> Option<HookRole> {
        self.roles.hooks.callbacks.get(&function).map(|(row, _)| self.hook(*row).role)
    }

    /// `watch: { open(open) { … } }`: what a framework runs whenever the watched value changes.
    pub fn is_watcher(&self, function: FnId) -> bool {
        let class = self.classes.of_member(function).filter(|class| self.classes.is_options(*class));
        let watches = |(name, functions): (&Atom, &Vec<FnId>)| {
            name.starts_with("watch.") && functions.contains(&function)
        };
        class.is_some_and(|class| self.classes.get(class).members.iter().any(watches))
    }

    /// Whether a function is given to an attribute of elements (`ref`), which calls it again, with null, when the element goes.
    pub fn is_called_at_the_end(&self, function: FnId) -> bool {
        self.roles.hooks.callbacks.get(&function).is_some_and(|(row, _)| self.hook(*row).attribute.is_some())
    }

    /// Whether what a hook's callback returns stays in a promise that the hook looks not into.
    pub fn is_result_of_promise(&self, callback: FnId) -> bool {
        let awaits = self.roles.hooks.callbacks.get(&callback).is_some_and(|(row, _)| self.hook(*row).awaits);
        self.tree.function(callback).is_async && !awaits
    }

    /// The rows of the hook that a callee names.
    pub(super) fn hook_rows(&self, callee: ExprId) -> SmallVec<[usize; 2]> {
        let hooks = &self.protocols.hooks;
        let named = self.callee_name(callee).map_or(&[][..], |name| hooks.named(name));
        let by_path = super::paths::matches(self.tree, callee, hooks.paths());
        if named.is_empty() && by_path.is_none() {
            return SmallVec::new();
        }
        named.iter().copied().chain(by_path).collect()
    }

    /// The parameter that an expression names.
    fn parameter_named(&self, expr: ExprId) -> Option<(FnId, usize)> {
        let place = self.places.of(expr)?;
        let Root::Binding(binding) = self.places.root(place) else {
            return None;
        };
        match self.tree.scopes.binding(*binding).kind {
            BindingKind::Parameter { function, index } if self.places.depth(place) == 0 => {
                Some((function, index as usize))
            }
            _ => None,
        }
    }

    /// `watchEffect((onCleanup) => { onCleanup(off) })`: the functions given to a parameter.
    fn registered_by_parameter(&self, function: FnId, index: usize) -> Vec<FnId> {
        let param = self.tree.function(function).params.get(index).and_then(|param| param.binding);
        let Some(param) = param else {
            return Vec::new();
        };
        let refs = self.tree.scopes.binding(param).refs.iter();
        refs.filter_map(|reference| {
            let expr = self.tree.scopes.reference(*reference).expr;
            let Up::Expr(call) = self.tree.expr(expr).up else {
                return None;
            };
            let (callee, args) = self.tree.call_parts(call)?;
            Some(self.functions_of(*args.first().filter(|_| callee == expr)?))
        })
        .flatten()
        .collect()
    }

    /// How long what a framework puts into a field of every instance lives: `this.$el`, `this.$root`, `this.$bus`.
    pub(super) fn holder_installed(&self, place: PlaceId, class: ClassId, text: &str) -> Option<Holder> {
        let lifecycle = self.classes.lineage(class).find_map(|at| self.classes.get(at).lifecycle)?;
        let row = self.protocols.options.iter().find(|row| row.lifecycle == lifecycle)?;
        let field = self.places.ancestors(place).find(|at| self.places.depth(*at) == 1)?;
        let Some(Segment::Named(name)) = self.places.segment(field) else {
            return None;
        };
        let whole = field == place;
        let (life, why, assumed) = match self.places.depth(place) {
            1 | 2 if row.own.has(name) && (whole || name == "$refs") => {
                (Life::Same, format!("`{text}` dies with the component"), None)
            }
            _ if !whole || row.own.has(name) || row.other.has(name) => return None,
            _ if row.shared.has(name) => {
                (Life::Longer, format!("`{text}` lives as long as the program"), None)
            }
            _ if row.installed.as_ref().is_some_and(|prefix| name.starts_with(prefix.as_str())) => (
                Life::Longer,
                format!("`{text}` is installed for the whole program"),
                Some("that the components share one such object"),
            ),
            _ => return None,
        };
        Some(Holder { life, why, assumed })
    }

    /// Whether a function runs at a station of every instance's life: `setup()`, `mounted()`, the callback of a hook.
    pub fn is_station(&self, function: FnId) -> bool {
        let hooks = &self.roles.hooks;
        let of_options = self.classes.of_member(function).filter(|class| self.classes.is_options(*class));
        let lifecycle = of_options.and_then(|class| self.classes.get(class).lifecycle);
        let name = self.tree.function(function).name.as_ref().or_else(|| self.function_name(function));
        hooks.instances.contains(&function)
            || hooks.callbacks.contains_key(&function)
            || lifecycle.zip(name).is_some_and(|(at, name)| self.protocols.lifecycles[at].setup.has(name))
    }

    /// The name under which a function can be mentioned by the file's own markup.
    pub(super) fn top_level_name(&self, function: FnId) -> Option<BindingId> {
        let entry = self.tree.function(function);
        entry.binding.or(match entry.expr.map(|expr| self.tree.expr(expr).up) {
            Some(Up::Init(binding)) => Some(binding),
            _ => None,
        })
    }

    /// Whether the markup applies a function to elements: `use:tooltip`.
    pub fn is_action(&self, function: FnId) -> bool {
        let component = self.tree.component.as_ref();
        let name = self.top_level_name(function);
        component.zip(name).is_some_and(|(component, name)| component.actions.contains(&name))
    }

    /// Where the owner's framework lets code run at its end, in words: "`onUnmounted(() => { … })`".
    pub fn end_words(&self, owner: Owner) -> Option<String> {
        let hooks = &self.protocols.hooks;
        let function = match owner {
            Owner::Component(function) => function,
            Owner::Class(class) => {
                let lifecycle =
                    self.classes.get(class).lifecycle.filter(|_| self.classes.is_options(class))?;
                return Some(self.protocols.lifecycles[lifecycle].end_words());
            }
            _ => return None,
        };
        let own = self.roles.hooks.instances.contains(&function);
        let framework = match (self.roles.hooks.frameworks.get(&owner), &self.tree.component) {
            _ if !own => return None,
            (Some(framework), _) => framework.as_str(),
            (None, Some(component)) => component.format.name(),
            (None, None) => Format::Vue.name(),
        };
        hooks.end_of(framework).map(|hook| format!("`{hook}(() => {{ … }})`"))
    }

    /// The owner's end as the reader would call it.
    pub fn end_title(&self, end: FnId) -> String {
        let given = self.tree.function(end).expr.map(|expr| self.tree.expr(expr).up);
        match (self.function_name(end), given) {
            (None, Some(Up::Expr(call))) if self.tree.call_parts(call).is_some() => {
                let callee = self.tree.call_parts(call).and_then(|(callee, _)| self.callee_name(callee));
                callee.map_or_else(|| self.title(end), |name| format!("`{name}(…)`"))
            }
            _ => self.title(end),
        }
    }
}
