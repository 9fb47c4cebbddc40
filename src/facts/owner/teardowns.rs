//! The functions that run when an owner ends.

use super::{Found, MAX_PLACE_ENDS, Owner, Teardowns, is_registering};
use crate::ast::Atom;
use crate::facts::Facts;
use crate::facts::flow::Sink;
use crate::facts::places::{PlaceId, Root};
use crate::protocol::TeardownName;
use crate::semantic::*;
use rustc_hash::FxHashSet;

impl Facts<'_> {
    /// The functions that run when an owner ends.
    pub fn teardowns(&self, owner: Owner) -> Teardowns {
        let mut out = Found::default();
        match owner {
            Owner::Module | Owner::Call(_) => {}
            Owner::Effect(function) => self.effect_teardowns(function, &mut out),
            Owner::Component(function) => self.component_teardowns(function, &mut out),
            Owner::Class(class) => {
                self.class_teardowns(class, &mut out);
                self.drop_private_helpers(class, &mut out);
                self.drop_shadowed_ends(class, &mut out);
            }
            Owner::Factory(function) => {
                let mut members = self.self_members(function);
                for value in &self.tree.function(function).returns {
                    members.extend(self.returned_members(*value));
                }
                self.factory_teardowns(members, &mut out);
            }
        }
        out.functions.extend(self.hook_ends(owner).into_iter().map(|end| (end, TeardownName::Strong)));
        out.functions.extend(self.roles.hooks.rests(owner).iter().map(|rest| (*rest, TeardownName::Weak)));
        out.opaque |= self.roles.hooks.is_opaque(owner);
        let ends = self.roles.ends_of.get(&owner).into_iter().flatten();
        out.functions.extend(ends.map(|end| match self.is_registered_end(owner, *end) {
            true => (*end, TeardownName::Strong),
            false => (*end, TeardownName::Weak),
        }));
        let place_ends = self.roles.place_ends.get(&owner).map_or(&[][..], Vec::as_slice);
        for (place, event, end) in place_ends.iter().take(MAX_PLACE_ENDS) {
            if !out.has_strong() || self.is_ended_by(*place, event, &out) {
                out.functions.push((*end, TeardownName::Weak));
            }
        }
        Teardowns::new(out)
    }

    /// `this._register(toDisposable(() => …))` of a class whose base is not seen: the base runs it when it ends the object.
    fn is_registered_end(&self, owner: Owner, end: FnId) -> bool {
        let Owner::Class(class) = owner else {
            return false;
        };
        let around = |expr: ExprId| match self.tree.expr(expr).up {
            Up::Expr(parent) => Some(parent),
            _ => None,
        };
        // `toDisposable(end)`, `{ dispose: end }`
        let made = self.tree.function(end).expr.and_then(around);
        let Some((callee, _)) = made.and_then(around).and_then(|call| self.tree.call_parts(call)) else {
            return false;
        };
        let Kind::Member { object, name } = self.tree.kind(callee) else {
            return false;
        };
        let last = self.classes.lineage(class).last().unwrap_or(class);
        matches!(self.tree.kind(*object), Kind::This)
            && is_registering(name)
            && self.classes.get(last).extends.is_some()
            && self.classes.member(class, name).is_empty()
    }

    /// Whether an end of the owner ends what is kept in a place: `close() { this.socket.close() }`.
    fn is_ended_by(&self, place: PlaceId, event: &Atom, ends: &Found) -> bool {
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

    fn component_teardowns(&self, function: FnId, out: &mut Found) {
        let effects = &self.roles.effect_functions;
        let from = effects.partition_point(|effect| *effect < function);
        for effect in effects[from..].iter().take_while(|effect| self.tree.is_within(**effect, function)) {
            self.effect_teardowns(*effect, out);
        }
        // A composable that hands out `stop` leaves the end to its caller; what `setup()` returns, only markup calls.
        let hooks = &self.roles.hooks;
        if hooks.instances.contains(&function) && !hooks.setups.contains_key(&function) {
            for value in &self.tree.function(function).returns {
                let members = self.returned_members(*value).into_iter();
                out.functions.extend(members.map(|(_, member)| (member, TeardownName::Weak)));
            }
        }
    }

    fn effect_teardowns(&self, function: FnId, out: &mut Found) {
        // What an async effect returns stays in a promise.
        if self.is_result_of_promise(function) {
            return;
        }
        for value in &self.tree.function(function).returns {
            let functions = self.functions_of(*value);
            if functions.is_empty() && self.may_be_cleanup(*value) {
                out.opaque = true;
            }
            for function in functions {
                out.functions.push((function, TeardownName::Strong));
            }
            if let Kind::Object(_) = self.tree.kind(*value) {
                self.factory_teardowns(self.returned_members(*value), out);
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

    fn class_teardowns(&self, class: ClassId, out: &mut Found) {
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
                    let hears = lifecycle.is_none() && self.hears_of_an_end(at, name, *function);
                    let judged = if hears { judged.map(|_| TeardownName::Weak) } else { judged };
                    if self.misspelt_teardown(class, name, *function).is_some() {
                        // Of two, the first in the text: members stand in a hash map.
                        out.misspelt = Some(out.misspelt.map_or(*function, |known| known.min(*function)));
                    } else if let Some(judged) = judged {
                        out.functions.push((*function, judged));
                    }
                }
            }
            if let Some(root) = self.places.at_root(&Root::This(at)) {
                self.field_teardowns(root, out);
            }
        }
    }

    /// `onClose(event)`: told of an end, which may be that of something else.
    fn hears_of_an_end(&self, class: ClassId, name: &Atom, function: FnId) -> bool {
        let place = self.field_place(class, name, false);
        place.map_or_else(
            || self.protocols.teardowns.may_be_handler(name) && self.takes_arguments(function),
            |place| self.is_handler(place, name, function),
        )
    }

    /// A method called like a handler that takes an event, or is given to something.
    fn is_handler(&self, place: PlaceId, name: &Atom, function: FnId) -> bool {
        let given = |at: &ExprId| {
            let mut sinks = self.sinks(*at).into_iter();
            !self.is_write(*at) && !sinks.any(|sink| matches!(sink, Sink::Called(_)))
        };
        self.protocols.teardowns.may_be_handler(name)
            && (self.takes_arguments(function)
                || self.places.uses(place).iter().take(MAX_PLACE_ENDS).any(given))
    }

    fn takes_arguments(&self, function: FnId) -> bool {
        !self.tree.function(function).params.is_empty()
    }

    /// `this.close = () => …`
    fn field_teardowns(&self, root: PlaceId, out: &mut Found) {
        for part in self.parts_of(root) {
            if let Some(Segment::Named(name)) = self.places.segment(part)
                && let Some(judged) = self.teardown_name(name)
            {
                let functions = self.values_at(part).iter().flat_map(|value| self.functions_of(*value));
                let hears = |function| match self.is_handler(part, name, function) {
                    true => (function, TeardownName::Weak),
                    false => (function, judged),
                };
                out.functions.extend(functions.map(hears));
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

    /// Where a framework ends the object by a method that is there, `hide()` and `close()` end nothing but what is shown; if
    /// the end calls them, they are reached anyway.
    fn drop_shadowed_ends(&self, class: ClassId, out: &mut Found) {
        if self.lifecycle(class).is_some() && out.has_strong() {
            out.functions.retain(|(_, name)| *name == TeardownName::Strong);
        }
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
}
