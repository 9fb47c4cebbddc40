//! Elements that a component's markup puts into a ref, `<div ref={box}>`, and how long they live.

use super::Facts;
use super::activation::origins::Renders;
use super::lifetime::{Holder, Life};
use super::owner::Owner;
use super::places::{PlaceId, Root};
use crate::ast::Atom;
use crate::semantic::*;

/// How many mentions of a ref are looked at for the element that fills it.
const MAX_MENTIONS: usize = 64;

/// How sure it is that an effect runs again while an element stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Never,
    Unknown,
    Surely,
}

impl Facts<'_> {
    /// The element whose `ref` attribute mentions a place: `box` of `<div ref={box}>`.
    pub(super) fn rendered_into(&self, place: PlaceId) -> Option<ExprId> {
        let mut mentions = self.places.uses(place).iter().take(MAX_MENTIONS);
        mentions.find_map(|mention| {
            let Up::Expr(element) = self.tree.expr(*mention).up else {
                return None;
            };
            let Kind::Jsx { attributes, tag: None, .. } = self.tree.kind(element) else {
                return None;
            };
            let attribute = self.tree.property_of(*attributes, *mention)?;
            matches!(&attribute.key, Key::Named(name) if name == "ref").then_some(element)
        })
    }

    /// How long an element of the component's own markup lives, seen from who listens on it; `None` for anything else,
    /// and where nobody can say.
    pub(super) fn holder_rendered(&self, place: PlaceId, owner: Owner, text: &str) -> Option<Holder> {
        if self.leads_out(place) {
            return None;
        }
        let again = match owner {
            Owner::Component(_) if self.is_filled_by_markup(place) => Again::Never,
            _ => self.shown_to(owner, self.element_at(place)?),
        };
        self.holder_of_element(again, text)
    }

    fn shown_to(&self, owner: Owner, element: ExprId) -> Again {
        match owner {
            Owner::Component(_) | Owner::Class(_) => Again::Never,
            Owner::Effect(effect) => self.runs_while_shown(effect, element),
            Owner::Module | Owner::Call(_) | Owner::Factory(_) => Again::Unknown,
        }
    }

    fn holder_of_element(&self, again: Again, text: &str) -> Option<Holder> {
        match again {
            Again::Never => Some(Holder {
                life: Life::Same,
                why: format!("`{text}` is an element of the component and dies with it"),
                assumed: None,
            }),
            Again::Surely => Some(Holder {
                life: Life::Longer,
                why: format!("`{text}` stays while the effect runs again"),
                assumed: Some("that the effect runs many times while the element is shown"),
            }),
            Again::Unknown => None,
        }
    }

    /// `box.value` of Vue's `ref="box"`, `box` of Svelte's `bind:this={box}`: mentioned by the markup, and filled by no script.
    fn is_filled_by_markup(&self, place: PlaceId) -> bool {
        let (Some(component), Root::Binding(binding)) = (&self.tree.component, self.places.root(place))
        else {
            return false;
        };
        let entry = self.tree.scopes.binding(*binding);
        let mut filled = self.places.ancestors(place).chain(self.place_of_binding(*binding));
        let template_ref = match component.format {
            Format::Vue => {
                entry.init.is_some_and(|init| self.is_empty_cell(init))
                    && matches!(self.places.segment(place), Some(Segment::Named(name)) if name == "value")
            }
            Format::Svelte => entry.init.is_none() && self.places.depth(place) == 0,
            Format::Astro => false,
        };
        let named = component.in_markup.contains(binding)
            || entry.init.is_some_and(|init| self.called(init).is_some_and(|name| name == "useTemplateRef"));
        template_ref
            && named
            && filled.all(|at| self.values_at(at).iter().all(|value| Some(*value) == entry.init))
    }

    /// `ref()`, `shallowRef(null)`, `useTemplateRef('box')`
    fn is_empty_cell(&self, init: ExprId) -> bool {
        let args = self.tree.call_parts(init).map_or(&[][..], |(_, args)| args);
        let empty = args.iter().all(|arg| matches!(self.tree.kind(*arg), Kind::Null));
        self.called(init).is_some_and(|name| match &**name {
            "useTemplateRef" => true,
            "ref" | "shallowRef" => empty,
            _ => false,
        })
    }

    fn called(&self, call: ExprId) -> Option<&Atom> {
        self.tree.call_parts(call).and_then(|(callee, _)| self.callee_name(callee))
    }

    /// `box.current` of React, `box` of Solid.
    fn element_at(&self, place: PlaceId) -> Option<ExprId> {
        self.places.ancestors(place).find_map(|at| match self.places.segment(at) {
            Some(Segment::Named(name)) if name == "current" => {
                self.places.parent(at).and_then(|cell| self.rendered_into(cell))
            }
            None => self.rendered_into(at).filter(|_| at == place),
            _ => None,
        })
    }

    fn runs_while_shown(&self, effect: FnId, element: ExprId) -> Again {
        let Some(call) = self.effect_call(effect) else {
            return Again::Unknown;
        };
        let again = self.runs_again(call, |_| false);
        // What is shown now and then is another element each time.
        let shown_always = self.is_shown_always(element, self.tree.expr(call).function);
        if again == Again::Surely && !shown_always { Again::Unknown } else { again }
    }

    /// The call that registers an effect.
    pub(super) fn effect_call(&self, effect: FnId) -> Option<ExprId> {
        self.roles.effects.get(&effect).map(|(_, call)| *call)
    }

    /// Whether an effect runs again in the life of its component, dependencies apart that may be passed over.
    pub(super) fn runs_again(&self, effect: ExprId, passed: impl Fn(PlaceId) -> bool) -> Again {
        match self.renders_of_effect(effect) {
            Renders::First => Again::Never,
            Renders::Each => Again::Surely,
            Renders::When(places) => {
                let others = places.iter().filter(|place| !passed(**place));
                others.map(|place| self.changes(*place)).fold(Again::Never, Again::and)
            }
            Renders::Unknown => Again::Unknown,
        }
    }

    /// Whether an element is part of everything that its component returns.
    fn is_shown_always(&self, element: ExprId, component: FnId) -> bool {
        let region = |expr: ExprId| self.tree.expr(expr).region;
        let function = self.tree.expr(element).function;
        let mut returns = self.tree.function(component).returns.iter();
        let (Some(only), None) = (returns.next(), returns.next()) else {
            return false;
        };
        function == component && region(element) == region(*only)
    }

    /// Whether a dependency of an effect takes other values.
    fn changes(&self, place: PlaceId) -> Again {
        let Root::Binding(binding) = self.places.root(place) else {
            return Again::Unknown;
        };
        let entry = self.tree.scopes.binding(*binding);
        if self.tree.scopes.function_of(*binding) == MODULE
            || matches!(entry.kind, BindingKind::Import { .. })
        {
            return Again::Never;
        }
        let Some(hook) = entry.init.and_then(|init| self.called(init)) else {
            return Again::Unknown;
        };
        // `const [value, setValue] = …`: the names of one pattern stand one behind the other.
        let before = binding.0.checked_sub(1).map(|at| self.tree.scopes.binding(BindingId(at)));
        let sets = before.is_some_and(|before| before.init == entry.init) || entry.name.starts_with("set");
        match self.protocols.state_hooks.has(hook) {
            true if sets => Again::Never,
            true => Again::Surely,
            false if hook == "useRef" && self.places.depth(place) == 0 => Again::Never,
            false
                if hook == "useCallback" && entry.init.is_some_and(|init| self.depends_on_nothing(init)) =>
            {
                Again::Never
            }
            false => Again::Unknown,
        }
    }

    /// `useCallback(f, [])`, `useEffect(f, [])`
    pub fn depends_on_nothing(&self, call: ExprId) -> bool {
        let args = self.tree.call_parts(call).map_or(&[][..], |(_, args)| args);
        args.get(1).is_some_and(|list| matches!(self.tree.kind(*list), Kind::Array(list) if list.len == 0))
    }
}

impl Again {
    /// Of two dependencies: the effect runs when one of them changes.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Surely, _) | (_, Self::Surely) => Self::Surely,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            _ => Self::Never,
        }
    }
}
