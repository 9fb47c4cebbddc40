//! The functions that run when an owner ends.

use super::{Owner, Teardowns};
use crate::ast::Atom;
use crate::facts::Facts;
use crate::facts::places::{PlaceId, Root};
use crate::protocol::TeardownName;
use crate::semantic::*;
use rustc_hash::FxHashMap;

impl Facts<'_> {
    /// The functions that sound like ends, by their owners.
    pub fn ends_by_owner(&self) -> FxHashMap<Owner, Vec<FnId>> {
        let mut by_owner: FxHashMap<Owner, Vec<FnId>> = FxHashMap::default();
        for end in &self.roles.ends {
            if let Some(around) = self.tree.function(*end).parent {
                by_owner.entry(self.owner_of(around)).or_default().push(*end);
            }
        }
        by_owner
    }

    /// The functions that run when an owner ends.
    pub fn teardowns(&self, owner: Owner) -> Teardowns {
        let mut out = Teardowns::default();
        match owner {
            Owner::Module | Owner::Call(_) => {}
            Owner::Effect(function) => self.effect_teardowns(function, &mut out),
            Owner::Component(function) => self.component_teardowns(function, &mut out),
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
        for end in self.hook_ends(owner) {
            push_root(&mut out, end, TeardownName::Strong);
        }
        for rest in self.roles.hooks.rests(owner) {
            push_root(&mut out, *rest, TeardownName::Weak);
        }
        out.opaque |= self.roles.hooks.is_opaque(owner);
        for end in self.roles.ends_of.get(&owner).into_iter().flatten() {
            push_root(&mut out, *end, TeardownName::Weak);
        }
        for (place, event, end) in &self.roles.place_ends {
            if self.tree.function(*end).parent.is_some_and(|at| self.owner_of(at) == owner)
                && (out.strong().is_none() || self.is_ended_by(*place, event, &out))
            {
                push_root(&mut out, *end, TeardownName::Weak);
            }
        }
        out.functions.sort_unstable_by_key(|(function, _)| *function);
        out
    }

    /// Whether an end of the owner ends what is kept in a place: `close() { this.socket.close() }`.
    fn is_ended_by(&self, place: PlaceId, event: &Atom, ends: &Teardowns) -> bool {
        let calls = ends.functions.iter().flat_map(|(function, _)| &self.graph.calls_in[function.index()]);
        calls.filter_map(|call| self.tree.call_parts(*call)).any(|(callee, _)| match self.tree.kind(callee) {
            Kind::Member { object, name } => {
                self.places.of(*object) == Some(place) && name.eq_ignore_ascii_case(event)
            }
            _ => false,
        })
    }

    /// What hooks run at the end of an owner, or of a component around it, which is no earlier.
    fn hook_ends(&self, owner: Owner) -> Vec<FnId> {
        let hooks = &self.roles.hooks;
        let mut ends = hooks.ends(owner).to_vec();
        if let Owner::Component(function) = owner {
            for around in self.tree.enclosing(function).skip(1) {
                ends.extend(hooks.ends(Owner::Component(around)));
            }
        }
        ends
    }

    fn component_teardowns(&self, function: FnId, out: &mut Teardowns) {
        for effect in self.roles.effects_in.get(&function).into_iter().flatten() {
            self.effect_teardowns(*effect, out);
        }
        // A composable that hands out `stop` leaves the end to its caller; what `setup()` returns, only markup calls.
        let hooks = &self.roles.hooks;
        if hooks.instances.contains(&function) && !hooks.setups.contains_key(&function) {
            for value in &self.tree.function(function).returns {
                for (_, member) in self.returned_members(*value) {
                    push_root(out, member, TeardownName::Weak);
                }
            }
        }
    }

    fn effect_teardowns(&self, function: FnId, out: &mut Teardowns) {
        // What an async effect returns stays in a promise.
        if self.tree.function(function).is_async {
            return;
        }
        for value in &self.tree.function(function).returns {
            let functions = self.functions_of(*value);
            if functions.is_empty() && self.may_be_cleanup(*value) {
                out.opaque = true;
            }
            for function in functions {
                push_root(out, function, TeardownName::Strong);
            }
        }
    }

    /// A returned call or name may be a disposer; `undefined`, a number or a DOM call is none.
    pub fn may_be_cleanup(&self, value: ExprId) -> bool {
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

    fn class_teardowns(&self, class: ClassId, out: &mut Teardowns) {
        let lifecycle = self.lifecycle(class);
        for at in self.classes.lineage(class).chain(self.classes.derived(class).iter().copied()) {
            for (name, functions) in &self.classes.get(at).members {
                let judged = match lifecycle {
                    Some(row) if row.teardown.has(name) => Some(TeardownName::Strong),
                    // `methods: { close() { … } }` of a dialog ends nothing but the dialog's being open.
                    _ if self.classes.is_options(at) => self.options_end(at, name),
                    // Its framework ends it; `close()` of a menu closes the menu.
                    Some(_) => self.teardown_name(name).map(|_| TeardownName::Weak),
                    None => self.teardown_name(name),
                };
                for function in functions {
                    if self.misspelt_teardown(class, name, *function).is_some() {
                        // Of two, the first in the text: members stand in a hash map.
                        out.misspelt = Some(out.misspelt.map_or(*function, |known| known.min(*function)));
                    } else if let Some(judged) = judged {
                        push_root(out, *function, judged);
                    }
                }
            }
            if let Some(root) = self.places.at_root(&Root::This(at)) {
                for (name, function) in self.members_of_place(root) {
                    let judged = name.and_then(|name| self.teardown_name(&name));
                    if let Some(judged) = judged {
                        push_root(out, function, judged);
                    }
                }
            }
        }
    }

    /// A station at which an instance of options rests or leaves, and may let go.
    fn options_end(&self, class: ClassId, name: &Atom) -> Option<TeardownName> {
        let lifecycle = self.classes.get(class).lifecycle;
        let row = self.protocols.options.iter().find(|row| Some(row.lifecycle) == lifecycle)?;
        row.rests.has(name).then_some(TeardownName::Weak)
    }

    /// Whether a framework ends the owner, so that what has no end of its own goes on for good.
    pub fn is_ended_by_framework(&self, owner: Owner) -> bool {
        match owner {
            Owner::Class(class) => self.classes.is_options(class),
            Owner::Component(function) => self.roles.hooks.instances.contains(&function),
            _ => false,
        }
    }

    /// Beside a method that surely ends the object, a private `stopTimer()` is a helper of it or of something else; if
    /// the end calls it, it is reached anyway.
    fn drop_private_helpers(&self, class: ClassId, out: &mut Teardowns) {
        if out.strong().is_none() {
            return;
        }
        let private: Vec<FnId> = self
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

    fn factory_teardowns(&self, members: Vec<(Option<Atom>, FnId)>, out: &mut Teardowns) {
        for (name, function) in members {
            let judged = match name {
                // A returned function may well be the disposer.
                None => Some(TeardownName::Weak),
                Some(name) => self.teardown_name(&name),
            };
            if let Some(judged) = judged {
                push_root(out, function, judged);
            }
        }
    }
}

fn push_root(out: &mut Teardowns, function: FnId, name: TeardownName) {
    match out.functions.iter_mut().find(|(known, _)| *known == function) {
        Some((_, known)) => *known = (*known).max(name),
        None => out.functions.push((function, name)),
    }
}
