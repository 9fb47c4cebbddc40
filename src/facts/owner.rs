//! Who owns what a function acquires, and what ends that owner.

use super::Facts;
use super::classes::Dress;
use super::flow::Sink;
use super::places::{PlaceId, Root};
use crate::ast::Atom;
use crate::protocol::TeardownName;
use crate::semantic::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::rc::Rc;

/// How many properties of an object that a function returns are looked at.
const MAX_MEMBERS: usize = 1000;

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
    /// Effect callbacks: the index into [`crate::protocol::Protocols::effects`] and the call.
    pub effects: FxHashMap<FnId, (usize, ExprId)>,
    pub components: FxHashSet<FnId>,
    pub factories: FxHashSet<FnId>,
    /// The keys of `effects`, sorted.
    effect_functions: Vec<FnId>,
    /// Per function: who owns what it acquires, unless that is the run of the function itself.
    owners: Vec<Option<Owner>>,
    /// Functions given to something that sounds like an end: `on('close', f)`, `onDispose(f)`, by the owner of the
    /// function in which they stand.
    ends: FxHashMap<Owner, Vec<FnId>>,
    /// Per class: its members, and the functions in its fields, whose names may be those of an end.
    class_ends: Vec<Vec<ClassEnd>>,
}

/// A function of a class that may end its instances.
#[derive(Debug)]
struct ClassEnd {
    /// A member's name; a framework may call it.
    member: Option<Atom>,
    judged: Option<TeardownName>,
    function: FnId,
}

/// Teardowns as they are found: in any order, some more than once.
#[derive(Default)]
struct Found {
    functions: Vec<(FnId, TeardownName)>,
    opaque: bool,
}

/// The functions that run when an owner ends.
#[derive(Debug, Default, Clone)]
pub struct Teardowns {
    /// Sorted by function, each once.
    pub functions: Rc<[(FnId, TeardownName)]>,
    /// An end whose inside we cannot see: an effect that returns `subscribe()`.
    pub opaque: bool,
    strong: Option<FnId>,
}

impl Teardowns {
    fn new(mut functions: Vec<(FnId, TeardownName)>, opaque: bool) -> Self {
        functions.sort_unstable_by_key(|(function, name)| (*function, Reverse(*name)));
        functions.dedup_by_key(|(function, _)| *function);
        let strong = functions.iter().find(|(_, name)| *name == TeardownName::Strong).map(|(f, _)| *f);
        Self { functions: functions.into(), opaque, strong }
    }

    /// Whether the owner has an end that is surely one.
    pub fn strong(&self) -> Option<FnId> {
        self.strong
    }
}

impl Roles {
    /// Looks at every call once.
    pub fn new(facts: &Facts<'_>) -> Self {
        let mut roles = Self::default();
        let mut ends = FxHashSet::default();
        for call in &facts.tree.calls {
            roles.effect(facts, *call);
            add_ends(facts, *call, &mut ends);
        }
        roles.effect_functions = roles.effects.keys().copied().collect();
        roles.effect_functions.sort_unstable();
        for id in facts.tree.fn_ids() {
            if facts.is_component(id) {
                roles.components.insert(id);
            }
            if facts.is_factory(id) {
                roles.factories.insert(id);
            }
        }
        roles.class_ends = facts.classes.ids().map(|class| facts.class_ends(class)).collect();
        for id in facts.tree.fn_ids() {
            let owner = roles.own_owner(facts, id).or_else(|| roles.owners[facts.tree.function(id).parent?.index()]);
            roles.owners.push(owner);
        }
        for end in ends {
            if let Some(parent) = facts.tree.function(end).parent {
                roles.ends.entry(roles.owner_of(parent)).or_default().push(end);
            }
        }
        roles
    }

    fn owner_of(&self, function: FnId) -> Owner {
        let call = if function == MODULE { Owner::Module } else { Owner::Call(function) };
        self.owners[function.index()].unwrap_or(call)
    }

    /// What a function makes the owner of what it, or a function inside, acquires.
    fn own_owner(&self, facts: &Facts<'_>, function: FnId) -> Option<Owner> {
        if self.effects.contains_key(&function) {
            return Some(Owner::Effect(function));
        }
        if self.components.contains(&function) {
            return Some(Owner::Component(function));
        }
        if let Some(class) = facts.classes.of_member(function)
            && self.owns(facts, class)
        {
            return Some(Owner::Class(class));
        }
        self.factories.contains(&function).then_some(Owner::Factory(function))
    }

    /// An object literal is an owner only if it has an end.
    fn owns(&self, facts: &Facts<'_>, class: ClassId) -> bool {
        !matches!(facts.classes.get(class).dress, Dress::Object(_))
            || self.class_ends[class.index()].iter().any(|end| end.member.is_some() && end.judged.is_some())
    }

    fn effect(&mut self, facts: &Facts<'_>, call: ExprId) {
        let Some((callee, args)) = facts.tree.call_parts(call) else {
            return;
        };
        let Some(name) = facts.callee_name(callee) else {
            return;
        };
        let effects = &facts.protocols.effects;
        let Some(at) = effects.iter().position(|effect| effect.names.has(name)) else {
            return;
        };
        if let Some(callback) = args.get(effects[at].callback) {
            for function in facts.functions_of(*callback) {
                self.effects.insert(function, (at, call));
            }
        }
    }

}

fn add_ends(facts: &Facts<'_>, call: ExprId, ends: &mut FxHashSet<FnId>) {
    let Some((callee, args)) = facts.tree.call_parts(call) else {
        return;
    };
    if !args.iter().any(|arg| facts.may_be_function(*arg)) {
        return;
    }
    let event = args.first().and_then(|arg| facts.tree.as_string(*arg));
    let sounds = event.is_some_and(|event| facts.sounds_like_end(event))
        || facts.callee_name(callee).is_some_and(|name| facts.sounds_like_end(name));
    if sounds {
        for arg in args {
            ends.extend(facts.functions_of(*arg));
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

    /// `close`, `$destroy`, `onDidDispose`, `addDisposer`, `toDisposable`, `hook:beforeDestroy`
    fn sounds_like_end(&self, name: &Atom) -> bool {
        let last = match name.rfind([':', '.']) {
            Some(at) => &Atom::from(&name[at + 1..]),
            None => name,
        };
        if self.teardown_name(last).is_some() {
            return true;
        }
        let lower = last.to_ascii_lowercase();
        [
            "dispos",
            "destroy",
            "unmount",
            "teardown",
            "cleanup",
            "disconnect",
            "unload",
            "shutdown",
            "destruct",
        ]
        .iter()
        .any(|word| lower.contains(word))
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

    fn is_component(&self, function: FnId) -> bool {
        let Some(name) = self.function_name(function) else {
            return false;
        };
        let named = name.chars().next().is_some_and(char::is_uppercase) || is_hook(name);
        named
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
        self.roles.owner_of(function)
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

    /// The functions that run when an owner ends.
    pub fn teardowns(&self, owner: Owner) -> Teardowns {
        let mut out = Found::default();
        match owner {
            Owner::Module | Owner::Call(_) => {}
            Owner::Effect(function) => self.effect_teardowns(function, &mut out),
            Owner::Component(function) => {
                let effects = &self.roles.effect_functions;
                let from = effects.partition_point(|effect| *effect < function);
                for effect in effects[from..].iter().take_while(|effect| self.tree.is_within(**effect, function)) {
                    self.effect_teardowns(*effect, &mut out);
                }
            }
            Owner::Class(class) => {
                self.class_teardowns(class, &mut out);
                self.drop_private_helpers(class, &mut out);
            }
            Owner::Factory(function) => {
                let mut members = self.self_members(function);
                for value in &self.tree.function(function).returns {
                    members.extend(self.returned_members(*value));
                }
                self.factory_teardowns(members, &mut out);
            }
        }
        let ends = self.roles.ends.get(&owner).into_iter().flatten();
        out.functions.extend(ends.map(|end| (*end, TeardownName::Weak)));
        Teardowns::new(out.functions, out.opaque)
    }

    fn effect_teardowns(&self, function: FnId, out: &mut Found) {
        for value in &self.tree.function(function).returns {
            let functions = self.functions_of(*value);
            if functions.is_empty() && self.may_be_cleanup(*value) {
                out.opaque = true;
            }
            for function in functions {
                out.functions.push((function, TeardownName::Strong));
            }
        }
    }

    /// A returned call or name may be a disposer; `undefined`, a number or a DOM call is none.
    fn may_be_cleanup(&self, value: ExprId) -> bool {
        match self.tree.kind(value) {
            Kind::Call { callee, .. } => {
                let name = self.callee_name(*callee);
                !name.is_some_and(|name| {
                    self.protocols.listener_methods.contains_key(name) && name == "addEventListener"
                        || name == "setInterval"
                        || name == "setTimeout"
                })
            }
            Kind::Ident(reference) => self.tree.scopes.reference(*reference).name != "undefined",
            Kind::Member { .. } | Kind::Index { .. } | Kind::Await(_) => true,
            Kind::Conditional { yes, no, .. } => self.may_be_cleanup(*yes) || self.may_be_cleanup(*no),
            Kind::Binary { right, .. } => self.may_be_cleanup(*right),
            _ => false,
        }
    }

    fn class_teardowns(&self, class: ClassId, out: &mut Found) {
        let lifecycle = self
            .classes
            .lineage(class)
            .find_map(|at| self.classes.get(at).lifecycle)
            .map(|at| &self.protocols.lifecycles[at]);
        for at in self.classes.lineage(class).chain(self.classes.derived(class).iter().copied()) {
            for end in &self.roles.class_ends[at.index()] {
                let of_framework =
                    end.member.as_ref().zip(lifecycle).is_some_and(|(name, row)| row.teardown.has(name));
                let judged = if of_framework { Some(TeardownName::Strong) } else { end.judged };
                out.functions.extend(judged.map(|judged| (end.function, judged)));
            }
        }
    }

    /// The members of a class, and the functions in its fields, whose names may be those of an end.
    fn class_ends(&self, class: ClassId) -> Vec<ClassEnd> {
        let mut ends = Vec::new();
        for (name, functions) in &self.classes.get(class).members {
            let judged = self.teardown_name(name);
            if judged.is_some() || self.protocols.lifecycles.iter().any(|row| row.teardown.has(name)) {
                let end = |function: &FnId| ClassEnd { member: Some(name.clone()), judged, function: *function };
                ends.extend(functions.iter().map(end));
            }
        }
        let root = self.places.at_root(&Root::This(class));
        for part in root.into_iter().flat_map(|root| self.parts_of(root)) {
            if let Some(Segment::Named(name)) = self.places.segment(part)
                && let judged @ Some(_) = self.teardown_name(name)
            {
                let functions = self.values_at(part).iter().flat_map(|value| self.functions_of(*value));
                ends.extend(functions.map(|function| ClassEnd { member: None, judged, function }));
            }
        }
        ends
    }

    /// Beside a method that surely ends the object, a private `stopTimer()` is a helper of it or of something else; if
    /// the end calls it, it is reached anyway.
    fn drop_private_helpers(&self, class: ClassId, out: &mut Found) {
        if !out.functions.iter().any(|(_, name)| *name == TeardownName::Strong) {
            return;
        }
        let private: FxHashSet<FnId> = self
            .classes
            .lineage(class)
            .map(|at| self.classes.get(at))
            .flat_map(|fact| {
                let hidden = |name: &Atom| fact.private.contains(name) || name.starts_with(['_', '#']);
                fact.members.iter().filter(move |(name, _)| hidden(name)).flat_map(|(_, f)| f.iter().copied())
            })
            .collect();
        out.functions.retain(|(function, name)| *name == TeardownName::Strong || !private.contains(function));
    }

    fn factory_teardowns(&self, members: Vec<(Option<Atom>, FnId)>, out: &mut Found) {
        for (name, function) in members {
            let judged = match name {
                // A returned function may well be the disposer.
                None => Some(TeardownName::Weak),
                Some(name) => self.teardown_name(&name),
            };
            out.functions.extend(judged.map(|judged| (function, judged)));
        }
    }

    /// Whether an expression's value is handed out by `return` of its function, alone or in a literal.
    pub fn is_handed_out(&self, expr: ExprId) -> bool {
        self.sinks(expr)
            .iter()
            .any(|sink| matches!(sink, Sink::Returned(_) | Sink::Exported | Sink::Property { .. }))
    }
}

fn is_hook(name: &str) -> bool {
    name.strip_prefix("use").is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase())) || name == "use"
}
