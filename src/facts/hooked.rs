//! What a hook gave to the component that calls it, and how long that lives.

use super::Facts;
use super::lifetime::{Holder, Life};
use super::owner::{Owner, is_hook};
use super::places::PlaceId;
use super::refs::Again;
use crate::semantic::*;

/// A context hands on what was made above the component: it is no less shared than an import.
const CONTEXT_HOOKS: [&str; 2] = ["useContext", "use"];

impl Facts<'_> {
    /// `const [ref, api] = useCarousel(); useEffect(() => { api.on('select', f); … }, [api])`
    ///
    /// Beside the place that connects it with the component, a hook hands out what it made for this component. Anything else
    /// that a hook gives may be made for it or shared by many.
    pub(super) fn holder_of_hook(
        &self,
        place: PlaceId,
        binding: BindingId,
        owner: Owner,
        text: &str,
    ) -> Option<Holder> {
        let entry = self.tree.scopes.binding(binding);
        let init = entry.init.filter(|_| entry.writes == 0)?;
        let (callee, _) = self.tree.call_parts(init)?;
        let hook = self.callee_name(callee).filter(|name| is_hook(name))?;
        let component = self.tree.scopes.function_of(binding);
        if CONTEXT_HOOKS.contains(&&**hook) || !self.is_component(component) {
            return None;
        }
        let tuple = entry.projection.first() == Some(&Segment::Element);
        let own = tuple && self.places.depth(place) == 0 && !self.protocols.state_hooks.has(hook);
        if own && self.runs_while_given(owner, binding) == Again::Never {
            let why = format!("`{text}` is what `{hook}()` made for this component, and dies with it");
            return Some(Holder { life: Life::Same, why, assumed: None });
        }
        Some(Holder {
            life: Life::Unknown,
            why: format!("`{text}` is what `{hook}()` gave to this component"),
            assumed: Some("that what the hook gives outlives the code that listens"),
        })
    }

    /// How sure it is that an owner begins anew while a variable of its component keeps its value.
    fn runs_while_given(&self, owner: Owner, given: BindingId) -> Again {
        match owner {
            Owner::Component(_) => Again::Never,
            Owner::Effect(effect) => match self.effect_call(effect) {
                Some(call) => self.runs_again(call, |place| self.is_root(place, given)),
                None => Again::Unknown,
            },
            _ => Again::Unknown,
        }
    }

    fn is_root(&self, place: PlaceId, binding: BindingId) -> bool {
        self.place_of_binding(binding) == Some(place)
    }
}
