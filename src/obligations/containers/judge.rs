//! How sure a container that only grows is, and what it assumes.

use super::super::growth::Uses;
use super::super::{Engine, Tier};
use super::{Counted, Domain, Home};
use crate::facts::flow::Sink;
use crate::facts::owner::Owner;
use crate::facts::places::{PlaceId, Root};
use crate::facts::repetition::Level;
use crate::semantic::*;

impl Engine<'_, '_> {
    pub(super) fn container_tier(
        &self,
        place: PlaceId,
        uses: &Uses,
        counted: &[Counted],
        home: Home,
    ) -> Option<(Tier, Option<String>, usize)> {
        let mut best: Option<(Tier, Option<String>, usize)> = None;
        for (at, one) in counted.iter().enumerate() {
            let judged = match home {
                Home::Module(_) | Home::Static(_) => self.module_tier(place, uses, one),
                Home::Field(class) if self.is_single(class) => self.module_tier(place, uses, one),
                Home::Field(class) => Some(match self.emptied_sibling(place, one, class) {
                    Some(sibling) => {
                        (Tier::Likely, Some(format!("that it is to be emptied where `{sibling}` is")))
                    }
                    None => self.field_tier(place, uses, one, class),
                }),
                Home::Closure(..) => Some(self.closure_tier(uses, one)),
            };
            let judged = judged.map(|found| self.with_attempts(uses, one, found));
            if let Some((tier, assumed)) = judged
                && best.as_ref().is_none_or(|(known, _, _)| tier > *known)
            {
                best = Some((tier, assumed, at));
            }
        }
        best
    }

    /// A memo of a factory: `const known = {}; return (url) => known[url] ??= ask(url)`.
    fn closure_tier(&self, uses: &Uses, one: &Counted) -> (Tier, Option<String>) {
        let open = one.growth.key.is_some_and(|key| self.is_open(key));
        let from_caller = one.domain >= Domain::Param && one.repetition.level >= Level::MayRepeat;
        // Nothing but the function that fills it looks into it: no table of what is under way.
        let home = self.facts.tree.expr(one.growth.site).function;
        let memo = uses.reads_by_key && !uses.iterated && uses.homes == [home];
        match open
            && from_caller
            && memo
            && self.keeps_more_than_its_key(one)
            && !self.goes_with_its_call(home)
        {
            true => (Tier::Likely, Some("that the functions handed out live long".to_owned())),
            false => (Tier::Possible, Some("how long the closures live".to_owned())),
        }
    }

    /// `seen[css] = true`, `seen[id] = id` remember that something was there, and nothing of it.
    fn keeps_more_than_its_key(&self, one: &Counted) -> bool {
        let constant = |value: ExprId| {
            matches!(self.facts.tree.kind(value), Kind::Boolean(_) | Kind::Number(_) | Kind::String(_))
        };
        let key = one.growth.key;
        one.growth
            .value
            .is_some_and(|value| !constant(value) && !key.is_some_and(|key| self.same_value(key, value)))
    }

    /// `const pc = new Connection(); pc.ontrack = (e) => …`: the handler goes with an object that its call made.
    fn goes_with_its_call(&self, handler: FnId) -> bool {
        let facts = self.facts;
        let Some(made) = facts.tree.function(handler).expr else {
            return false;
        };
        let home = facts.tree.expr(made).function;
        let of_this_call = |place: PlaceId| {
            matches!(facts.places.root(place), Root::Binding(binding)
                if home != MODULE && facts.tree.scopes.function_of(*binding) == home)
                && facts.places.depth(place) == 0
                && !facts.values_at(place).is_empty()
                && facts.values_at(place).iter().all(|value| facts.is_creator(*value))
        };
        let receiver =
            |call: ExprId| match facts.tree.call_parts(call).map(|(callee, _)| facts.tree.kind(callee)) {
                Some(Kind::Member { object, .. }) => facts.places.of(*object),
                _ => None,
            };
        let sinks = facts.sinks(made);
        !sinks.is_empty()
            && sinks.iter().all(|sink| match sink {
                Sink::Place { place, .. } => facts.places.parent(*place).is_some_and(of_this_call),
                Sink::Argument { call, .. } => receiver(*call).is_some_and(of_this_call),
                _ => false,
            })
    }

    /// Where the file tries to take entries out, in a way that cannot, they were meant to go.
    fn with_attempts(
        &self,
        uses: &Uses,
        one: &Counted,
        (tier, assumed): (Tier, Option<String>),
    ) -> (Tier, Option<String>) {
        if !uses.bounds.is_empty() {
            let step = "that the component can end while its entry is there";
            return (Tier::Likely, Some(step.to_owned()));
        }
        let known = one.domain >= Domain::Unknown && one.repetition.level >= Level::MayRepeat;
        if known && self.is_ended_but_kept(one) {
            let step = "that what is handed out to end an entry is called while the collection lives";
            return (tier.max(Tier::Likely), Some(step.to_owned()));
        }
        match (known, uses.vain.is_empty(), uses.emptied.is_empty()) {
            (true, false, _) => {
                let step = "that entries go when they are no longer needed, as a method of arrays on this object shows";
                (tier.max(Tier::Likely), Some(step.to_owned()))
            }
            (true, true, false) if self.is_emptied_elsewhere(uses, one) => {
                let step = "that other keys come later: setting one to `null` keeps the key";
                (tier.max(Tier::Likely), Some(step.to_owned()))
            }
            _ => (tier, assumed),
        }
    }

    /// `watch(on, (on) => { if (on) registry.set(id, entry); else registry.delete(id) })` with an `id` of the component's own,
    /// and a registry of the module's: nothing takes the entry out when the component ends.
    pub(super) fn stays_with_its_owner(&self, uses: &Uses, home: Home) -> bool {
        let facts = self.facts;
        let ([growth], [(bound, _)], Home::Module(_)) =
            (uses.growths.as_slice(), uses.bounds.as_slice(), home)
        else {
            return false;
        };
        let function = facts.tree.expr(growth.site).function;
        let Owner::Component(component) = facts.owner_of(function) else {
            return false;
        };
        let own = growth.key.and_then(|key| facts.places.of(key)).is_some_and(|key| {
            matches!(facts.places.root(key), Root::Binding(binding)
                if facts.tree.is_within(facts.tree.scopes.function_of(*binding), component)
                    && facts.tree.scopes.function_of(*binding) != function)
        });
        own && facts.is_ended_by_framework(Owner::Component(component))
            && facts.tree.expr(*bound).function == function
            && !facts.can_follow(growth.site, *bound)
            && !facts.can_follow(*bound, growth.site)
    }

    /// `this.handles.push(handle); return () => handle.unsubscribe()`: what ends the entry leaves it in the list.
    fn is_ended_but_kept(&self, one: &Counted) -> bool {
        let facts = self.facts;
        let growing = facts.tree.expr(one.growth.site).function;
        let value = one.growth.value.filter(|_| one.growth.pushes);
        let Some(kept) = value.and_then(|value| facts.places.of(value)) else {
            return false;
        };
        let local = matches!(facts.places.root(kept), Root::Binding(binding)
            if facts.tree.scopes.function_of(*binding) == growing
                && !matches!(facts.tree.scopes.binding(*binding).kind, BindingKind::Parameter { .. }));
        let ends = |at: &ExprId| {
            let Up::Expr(member) = facts.tree.expr(*at).up else {
                return false;
            };
            let home = facts.tree.expr(*at).function;
            let handed_out = || {
                facts
                    .tree
                    .function(growing)
                    .returns
                    .iter()
                    .any(|value| facts.functions_of(*value).contains(&home))
            };
            matches!(facts.tree.kind(member), Kind::Member { name, .. } if facts.protocols.release_methods.has(name))
                && matches!(facts.tree.expr(member).up, Up::Expr(call) if facts.tree.call_parts(call).is_some())
                && home != growing
                && handed_out()
        };
        local && facts.places.depth(kept) == 0 && facts.places.uses(kept).iter().any(ends)
    }

    /// What ends sets the slot to `null`; in the function that fills it, `null` is an entry like the others.
    fn is_emptied_elsewhere(&self, uses: &Uses, one: &Counted) -> bool {
        let function = |at: ExprId| self.facts.tree.expr(at).function;
        // What the caller names comes back under the same name, which is all that stays; a text made of parts may be long.
        let named = |key: ExprId| self.facts.places.of(self.variable(key).unwrap_or(key)).is_some();
        one.growth.key.is_some_and(|key| one.domain != Domain::Param || !named(key))
            && uses.emptied.iter().all(|key| self.key_domain(*key) > Domain::Closed)
            && uses
                .growths
                .iter()
                .all(|growth| uses.emptied.iter().all(|emptied| function(*emptied) != function(growth.site)))
    }

    fn module_tier(&self, place: PlaceId, uses: &Uses, one: &Counted) -> Option<(Tier, Option<String>)> {
        let repeated = one.repetition.level == Level::Repeated;
        let known = one.repetition.level >= Level::MayRepeat;
        Some(match one.domain {
            Domain::Closed => return None,
            Domain::Fresh | Domain::Request if repeated => (Tier::Proven, None),
            Domain::Fresh if known => {
                (Tier::Likely, Some("that other files call this function again and again".to_owned()))
            }
            Domain::Composite if known && (uses.reads_by_key || self.has_role(place)) => {
                (Tier::Likely, Some("that the parts of the key differ from call to call".to_owned()))
            }
            _ => (Tier::Possible, Some("which keys, and how many, callers use".to_owned())),
        })
    }

    fn field_tier(
        &self,
        place: PlaceId,
        uses: &Uses,
        one: &Counted,
        class: ClassId,
    ) -> (Tier, Option<String>) {
        let facts = self.facts;
        let fact = facts.classes.get(class);
        let named = self.has_role(place);
        let class_named = fact.name.as_ref().is_some_and(|name| self.role_word(name));
        // A class that stores what it is given under the key it is given is a cache, and evicting is its task.
        let given = one.growth.value.is_some_and(|value| self.is_made_of_params(value));
        let pushed = one.growth.pushes && one.growth.key.is_none();
        let holds = named && class_named && (pushed || uses.reads_by_key && given);
        let fresh = matches!(one.domain, Domain::Fresh) && named;
        let from_caller =
            matches!(one.domain, Domain::Param | Domain::Composite | Domain::Request | Domain::Fresh);
        if from_caller && (holds || fresh) && one.repetition.level >= Level::MayRepeat {
            let name = facts.places.text(facts.tree, place);
            let why = format!("from its name, that `{name}` is there to hold for long");
            return (Tier::Likely, Some(why));
        }
        (Tier::Possible, Some("how long the instance lives and which keys it sees".to_owned()))
    }

    /// A parameter, or an object that holds one as it was given.
    fn is_made_of_params(&self, value: ExprId) -> bool {
        let facts = self.facts;
        match facts.tree.kind(value) {
            Kind::Ident(_) => self.is_given(value),
            Kind::Object(list) => facts.tree.properties(*list).iter().any(|property| {
                matches!(facts.tree.kind(property.value), Kind::Ident(_)) && self.is_given(property.value)
            }),
            _ => false,
        }
    }

    /// A class that puts things into collections of its instances, and whose name, or theirs, says that they are kept.
    pub(in super::super) fn is_store(&self, class: ClassId) -> bool {
        let facts = self.facts;
        let named = facts.classes.get(class).name.as_ref().is_some_and(|name| self.role_word(name));
        let root = facts.places.at_root(&Root::This(class));
        root.into_iter().flat_map(|root| facts.parts_of(root)).any(|field| {
            (named || self.has_role(field))
                && facts.is_plain_container(field)
                && !self.container_uses(field).growths.is_empty()
        })
    }

    fn has_role(&self, place: PlaceId) -> bool {
        self.facts.places.last_name(place).is_some_and(|name| self.role_word(name))
    }

    fn role_word(&self, name: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        // `logProviders` provide logs, `dialog` is none: a short word counts where the name ends in it.
        let says = |role: &String| match role.len() {
            0..=3 => {
                last_word(name).is_some_and(|last| last.trim_end_matches('s').eq_ignore_ascii_case(role))
            }
            _ => lower.contains(role.as_str()),
        };
        self.facts.protocols.roles.iter().any(says)
    }
}

/// `Log` of `auditLog`, `logs` of `_logs`.
fn last_word(name: &str) -> Option<&str> {
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    let starts = name
        .char_indices()
        .filter(|(at, c)| c.is_uppercase() || *at == 0 || name[..*at].ends_with(['_', '$', '-', '#']));
    starts.map(|(at, _)| &name[at..]).next_back()
}
