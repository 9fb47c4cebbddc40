//! Who owns what a function acquires, and what ends that owner.

mod teardowns;

use super::Facts;
use super::classes::Dress;
use super::flow::Sink;
use super::hooks::HookRoles;
use super::places::{PlaceId, Root};
use crate::ast::Atom;
use crate::protocol::TeardownName;
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::rc::Rc;

/// What the names of events and functions that tell of an end have in them, whatever stands around it.
const END_WORDS: [&str; 10] = [
    "dispos",
    "destroy",
    "unmount",
    "teardown",
    "cleanup",
    "disconnect",
    "detach",
    "unload",
    "shutdown",
    "destruct",
];

/// Whether one of [`END_WORDS`] stands in a name, in whatever case.
fn has_end_word(name: &str) -> bool {
    let bytes = name.as_bytes();
    (0..bytes.len()).any(|at| {
        matches!(bytes[at].to_ascii_lowercase(), b'c' | b'd' | b's' | b't' | b'u')
            && END_WORDS.iter().any(|word| {
                bytes[at..].get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
            })
    })
}

/// How many properties of an object that a function returns are looked at.
const MAX_MEMBERS: usize = 1000;

/// How many handlers of the ends of what an owner keeps are looked at.
const MAX_PLACE_ENDS: usize = 64;

/// The thing whose end should be the end of what was acquired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    Module,
    /// One run of a function.
    Call(FnId),
    /// One run of an effect callback.
    Effect(FnId),
    /// A function component or custom hook.
    Component(FnId),
    Class(ClassId),
    /// A function that returns functions, or an object of them: they are its members.
    Factory(FnId),
}

/// What functions are to a framework.
#[derive(Debug, Default)]
pub struct Roles {
    /// Callbacks that own what they acquire: the index of the hook's row, and the call.
    pub effects: FxHashMap<FnId, (usize, ExprId)>,
    pub hooks: HookRoles,
    pub components: FxHashSet<FnId>,
    /// The effects inside each of them.
    effects_in: FxHashMap<FnId, Vec<FnId>>,
    /// Those of them that run anew at every render.
    pub rendered: FxHashSet<FnId>,
    pub factories: FxHashSet<FnId>,
    /// Functions given to something that sounds like an end: `on('close', f)`, `onDispose(f)`.
    pub ends: FxHashSet<FnId>,
    /// `this.socket.onclose = f`: the handlers of the end of what is kept in a place, by the owner of the function
    /// around them.
    place_ends: FxHashMap<Owner, Vec<(PlaceId, Atom, FnId)>>,
    /// `ends`, by the owner that ends.
    ends_of: FxHashMap<Owner, Vec<FnId>>,
    /// The keys of `effects`, sorted.
    effect_functions: Vec<FnId>,
    /// Per function: who owns what it acquires, unless that is the run of the function itself.
    owners: Vec<Option<Owner>>,
}

/// Teardowns as they are found: in any order, some more than once.
#[derive(Default)]
struct Found {
    functions: Vec<(FnId, TeardownName)>,
    opaque: bool,
    misspelt: Option<FnId>,
}

impl Found {
    fn has_strong(&self) -> bool {
        self.misspelt.is_some() || self.functions.iter().any(|(_, name)| *name == TeardownName::Strong)
    }
}

/// The functions that run when an owner ends.
#[derive(Debug, Default, Clone)]
pub struct Teardowns {
    /// Sorted by function, each once.
    pub functions: Rc<[(FnId, TeardownName)]>,
    /// An end whose inside we cannot see: an effect that returns `subscribe()`.
    pub opaque: bool,
    /// A method that was meant to be the framework's end and is not called like it: `componentWillUnMount`.
    pub misspelt: Option<FnId>,
    strong: Option<FnId>,
}

impl Teardowns {
    fn new(found: Found) -> Self {
        let Found { mut functions, opaque, misspelt } = found;
        functions.sort_unstable_by_key(|(function, name)| (*function, Reverse(*name)));
        functions.dedup_by_key(|(function, _)| *function);
        let strong = functions.iter().find(|(_, name)| *name == TeardownName::Strong).map(|(f, _)| *f);
        Self { functions: functions.into(), opaque, misspelt, strong: strong.or(misspelt) }
    }

    /// Whether the only end that is surely one has a misspelt name.
    pub fn is_misspelt(&self) -> bool {
        self.misspelt.is_some() && self.misspelt == self.strong()
    }

    /// The owner's end that is surely one, or was meant to be.
    pub fn strong(&self) -> Option<FnId> {
        self.strong
    }
}

/// Methods by which a base class is given what it ends with the object.
fn is_registering(name: &Atom) -> bool {
    matches!(&**name, "_register" | "register")
}

impl Roles {
    /// Looks at every call once.
    pub fn new(facts: &Facts<'_>) -> Self {
        let mut roles = Self { hooks: HookRoles::new(facts), ..Self::default() };
        let own = roles.hooks.callbacks.iter().filter(|(_, (row, _))| facts.hook(*row).own);
        roles.effects = own.map(|(function, hook)| (*function, *hook)).collect();
        roles.effect_functions = roles.effects.keys().copied().collect();
        roles.effect_functions.sort_unstable();
        for call in &facts.tree.calls {
            roles.end(facts, *call);
        }
        for id in facts.tree.fn_ids() {
            let once = roles.hooks.once.contains(&id);
            if roles.hooks.instances.contains(&id) || facts.is_component(id) && !once {
                roles.components.insert(id);
                if facts.hooks_called(id).any(|name| facts.protocols.render_hooks.has(name)) {
                    roles.rendered.insert(id);
                }
            }
            if facts.is_factory(id) {
                roles.factories.insert(id);
            }
        }
        for effect in roles.effects.keys() {
            for around in facts.tree.enclosing(*effect).filter(|at| roles.components.contains(at)) {
                roles.effects_in.entry(around).or_default().push(*effect);
            }
        }
        roles
    }

    fn end(&mut self, facts: &Facts<'_>, call: ExprId) {
        let Some((callee, args)) = facts.tree.call_parts(call) else {
            return;
        };
        if let [only] = args
            && let Kind::Object(list) = facts.tree.kind(*only)
            && facts.callee_name(callee).is_some_and(is_registering)
        {
            // `this._register({ dispose: () => clearTimeout(this.timer) })`
            for property in facts.tree.properties(*list).iter().take(MAX_MEMBERS) {
                if matches!(&property.key, Key::Named(name) if facts.teardown_name(name) == Some(TeardownName::Strong))
                {
                    self.ends.extend(facts.functions_of(property.value));
                }
            }
        }
        if !args.iter().any(|arg| facts.may_be_function(*arg)) {
            return;
        }
        let name = facts.callee_name(callee);
        // What is taken off is no end of anything.
        if name.is_some_and(|name| facts.protocols.is_removal(name)) {
            return;
        }
        let event = args.first().and_then(|arg| facts.tree.as_string(*arg));
        let sounds = event.is_some_and(|event| facts.sounds_like_end(event))
            // `addDisposableListener(element, 'click', f)` is itself disposable; `f` is no end.
            || name.is_some_and(|name| !name.ends_with("Listener") && facts.sounds_like_end(name))
            || facts.is_kept_for_an_end(callee, args);
        if sounds {
            for arg in args {
                self.ends.extend(facts.functions_of(*arg));
            }
        }
    }
}

impl Facts<'_> {
    /// The name by which a call calls: `f` of `f()`, `m` of `x.m()`.
    pub fn callee_name(&self, callee: ExprId) -> Option<&Atom> {
        match self.tree.kind(callee) {
            Kind::Ident(reference) => Some(&self.tree.scopes.reference(*reference).name),
            Kind::Member { name, .. } => Some(name),
            _ => None,
        }
    }

    fn may_be_function(&self, arg: ExprId) -> bool {
        matches!(
            self.tree.kind(arg),
            Kind::Function(_) | Kind::Ident(_) | Kind::Member { .. } | Kind::Call { .. }
        )
    }

    /// `Disposable.create(f)`, `this.teardowns.push(f)`
    fn is_kept_for_an_end(&self, callee: ExprId, args: &[ExprId]) -> bool {
        let Kind::Member { object, .. } = self.tree.kind(callee) else {
            return false;
        };
        args.len() == 1 && self.callee_name(*object).is_some_and(|receiver| has_end_word(receiver))
    }

    /// `close`, `$destroy`, `onDidDispose`, `addDisposer`, `toDisposable`, `hook:beforeDestroy`
    pub fn sounds_like_end(&self, name: &Atom) -> bool {
        if let Some(known) = self.end_sounds.borrow().get(name) {
            return *known;
        }
        let sounds = self.has_end_in_it(name);
        self.end_sounds.borrow_mut().insert(name.clone(), sounds);
        sounds
    }

    fn has_end_in_it(&self, name: &Atom) -> bool {
        let last = match name.rfind([':', '.']) {
            Some(at) => &Atom::from(&name[at + 1..]),
            None => name,
        };
        self.protocols.teardowns.judge(last).is_some() || has_end_word(last)
    }

    /// The name of a function as a reader would say it: its own, its binding's, its property's.
    pub fn function_name(&self, function: FnId) -> Option<&Atom> {
        let entry = self.tree.function(function);
        if entry.name.is_some() {
            return entry.name.as_ref();
        }
        let mut at = entry.expr?;
        for _ in 0..3 {
            match self.tree.expr(at).up {
                Up::Init(binding) => return Some(&self.tree.scopes.binding(binding).name),
                Up::Field(class, member) => {
                    return self.tree.class(class).members[member as usize].name.as_ref();
                }
                Up::Expr(parent) => match self.tree.kind(parent) {
                    Kind::Assign { target: Target::Expr(target), .. } => {
                        return self.callee_name(*target);
                    }
                    Kind::Object(list) => {
                        let property = self.tree.property_of(*list, at)?;
                        return match &property.key {
                            Key::Named(name) => Some(name),
                            _ => None,
                        };
                    }
                    Kind::Call { .. } => at = parent,
                    _ => return None,
                },
                _ => return None,
            }
        }
        None
    }

    /// `Panel`, `usePanel`
    pub(super) fn is_component_name(&self, function: FnId) -> bool {
        self.function_name(function)
            .is_some_and(|name| name.chars().next().is_some_and(char::is_uppercase) || is_hook(name))
    }

    pub(super) fn is_component(&self, function: FnId) -> bool {
        self.is_component_name(function)
            && self.graph.calls_in[function.index()].iter().any(|call| {
                let callee = self.tree.call_parts(*call).map(|(callee, _)| callee);
                callee.and_then(|callee| self.callee_name(callee)).is_some_and(|name| is_hook(name))
            })
    }

    fn is_factory(&self, function: FnId) -> bool {
        let entry = self.tree.function(function);
        if entry.kind == FnKind::Module {
            return false;
        }
        entry.returns.iter().any(|value| !self.returned_members(*value).is_empty())
            || !self.self_members(function).is_empty()
    }

    /// The functions that a returned value hands out: itself, or the members of an object.
    fn returned_members(&self, value: ExprId) -> Vec<(Option<Atom>, FnId)> {
        let mut out: Vec<(Option<Atom>, FnId)> =
            self.functions_of(value).into_iter().map(|function| (None, function)).collect();
        let mut objects = vec![value];
        if let Some(place) = self.places.of(value) {
            objects.extend(self.values_at(place).iter().copied());
        }
        for object in objects {
            if let Kind::Object(list) = self.tree.kind(object) {
                for property in self.tree.properties(*list).iter().take(MAX_MEMBERS) {
                    if let Key::Named(name) = &property.key {
                        let functions = self.functions_of(property.value);
                        out.extend(functions.into_iter().map(|f| (Some(name.clone()), f)));
                    }
                }
            }
        }
        out
    }

    /// `this.close = function …` in a constructor function without a class.
    fn self_members(&self, function: FnId) -> Vec<(Option<Atom>, FnId)> {
        let Some(root) = self.places.at_root(&Root::UnknownThis(function)) else {
            return Vec::new();
        };
        self.members_of_place(root)
    }

    fn members_of_place(&self, root: PlaceId) -> Vec<(Option<Atom>, FnId)> {
        let mut out = Vec::new();
        for part in self.parts_of(root) {
            let Some(Segment::Named(name)) = self.places.segment(part) else {
                continue;
            };
            for value in self.values_at(part) {
                out.extend(self.functions_of(*value).into_iter().map(|f| (Some(name.clone()), f)));
            }
        }
        out
    }

    /// The places directly inside a place.
    pub fn parts_of(&self, root: PlaceId) -> impl Iterator<Item = PlaceId> + '_ {
        self.places.parts(root).iter().copied()
    }

    /// The owner of what is acquired by code that stands in a function.
    pub fn owner_of(&self, function: FnId) -> Owner {
        let call = if function == MODULE { Owner::Module } else { Owner::Call(function) };
        self.roles.owners[function.index()].unwrap_or(call)
    }

    /// Who owns what each function acquires, and the ends of each owner. Roles are known.
    pub(super) fn link_owners(&mut self) {
        let owning: Vec<bool> = self.classes.ids().map(|class| self.owns(class)).collect();
        let mut owners: Vec<Option<Owner>> = Vec::with_capacity(self.tree.functions.len());
        for function in self.tree.fn_ids() {
            let around = self.tree.function(function).parent;
            let owner = self.own_owner(function, &owning);
            owners.push(owner.or_else(|| owners[around?.index()]));
        }
        self.roles.owners = owners;
        let around = |end: FnId| self.tree.function(end).parent.map(|around| self.owner_of(around));
        let mut ends_of: FxHashMap<Owner, Vec<FnId>> = FxHashMap::default();
        for end in &self.roles.ends {
            if let Some(owner) = around(*end) {
                ends_of.entry(owner).or_default().push(*end);
            }
        }
        let mut place_ends: FxHashMap<Owner, Vec<(PlaceId, Atom, FnId)>> = FxHashMap::default();
        for (place, event, end) in self.place_ends() {
            if let Some(owner) = around(end) {
                place_ends.entry(owner).or_default().push((place, event, end));
            }
        }
        self.roles.ends_of = ends_of;
        self.roles.place_ends = place_ends;
    }

    /// `socket.onclose = () => this.stop()`
    fn place_ends(&self) -> Vec<(PlaceId, Atom, FnId)> {
        let mut found = Vec::new();
        for assign in &self.tree.assigns {
            if let Kind::Assign { target: Target::Expr(target), value, .. } = self.tree.kind(*assign)
                && let Kind::Member { object, name } = self.tree.kind(*target)
                && name.starts_with("on")
                && self.sounds_like_end(name)
                && let Some(place) = self.places.of(*object)
            {
                let ends = self.functions_of(*value);
                found.extend(ends.into_iter().map(|end| (place, Atom::from(&name[2..]), end)));
            }
        }
        found
    }

    /// What a function itself makes the owner of what it, or a function inside, acquires.
    fn own_owner(&self, function: FnId, owning: &[bool]) -> Option<Owner> {
        if self.roles.hooks.callbacks.contains_key(&function)
            && let Some(owner) = self.roles.hooks.owner(self, function, 8)
        {
            return Some(owner);
        }
        if self.roles.components.contains(&function) {
            return Some(Owner::Component(function));
        }
        if let Some(class) = self.classes.of_member(function)
            && owning[class.index()]
        {
            return Some(Owner::Class(class));
        }
        self.roles.factories.contains(&function).then_some(Owner::Factory(function))
    }

    /// An object literal is an owner only if it has an end.
    fn owns(&self, class: ClassId) -> bool {
        let fact = self.classes.get(class);
        !matches!(fact.dress, Dress::Object(_))
            || fact.lifecycle.is_some()
            || fact.members.keys().any(|name| self.teardown_name(name).is_some())
    }

    /// The owner of what is kept in a place.
    pub fn owner_of_place(&self, place: PlaceId) -> Owner {
        match self.places.root(place) {
            Root::Global(_) => Owner::Module,
            Root::This(class) => Owner::Class(*class),
            Root::UnknownThis(function) => self.owner_of(*function),
            Root::Binding(binding) => {
                if self.class_of_binding.contains_key(binding) {
                    return Owner::Module;
                }
                let home = self.tree.scopes.function_of(*binding);
                match self.owner_of(home) {
                    // No end of the object reaches a variable of one of its methods' runs.
                    Owner::Class(_) if home != MODULE => Owner::Call(home),
                    owner => owner,
                }
            }
        }
    }

    /// Whether an expression's value is handed out by `return` of its function, alone or in a literal.
    pub fn is_handed_out(&self, expr: ExprId) -> bool {
        self.sinks(expr)
            .iter()
            .any(|sink| matches!(sink, Sink::Returned(_) | Sink::Exported | Sink::Property { .. }))
    }
}

/// `useState`, `use`
pub(super) fn is_hook(name: &str) -> bool {
    name.strip_prefix("use").is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase())) || name == "use"
}
