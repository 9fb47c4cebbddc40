//! Findings that rest on a component's coming and going while its page stays.

use super::tier::Tier;
use super::{Engine, Failure};
use crate::facts::owner::Owner;
use crate::facts::repetition::{Repetition, Why};

/// What such a finding assumes when nobody is seen to use the component.
pub(super) const COMES_AND_GOES: &str = "that the component comes and goes while its page stays";

impl Engine<'_, '_> {
    /// How sure a finding can be that rests on an owner's coming and going while its page stays, if it does. That it is made
    /// again is for other files to say, and where it takes nothing from them it may be the page itself.
    pub(super) fn presence_tier(
        &self,
        failure: &Failure,
        owner: Owner,
        repetition: &Repetition,
    ) -> Option<Tier> {
        let found = match failure {
            // What a page begins at an event, it often begins once.
            Failure::NeverReleased | Failure::Dropped | Failure::Unaborted { .. } => Tier::Likely,
            Failure::OffTeardown { .. } => Tier::Possible,
            Failure::Mismatch { .. } if self.runs_at_mount(owner, repetition) => Tier::Likely,
            _ => return None,
        };
        self.facts.may_be_root(owner).then_some(found)
    }

    /// Whether a site runs when a component comes into the page, and only then.
    pub(super) fn runs_at_mount(&self, owner: Owner, repetition: &Repetition) -> bool {
        match self.root_cause(repetition) {
            // The body of a React component runs at each render, that of others once.
            Why::Component => self.facts.is_ended_by_framework(owner),
            Why::Lifecycle(_) => true,
            Why::VisibleClass(class) => self.facts.lifecycle(class).is_some(),
            Why::Effect(row, call) => self.facts.depends_on_nothing(call) || !self.facts.hook(row).reruns,
            _ => false,
        }
    }

    /// What starts the chain of callers.
    pub(super) fn root_cause(&self, repetition: &Repetition) -> Why {
        let facts = self.facts;
        let mut at = repetition.clone();
        for _ in 0..6 {
            let call = match at.why {
                Why::Caller(call) | Why::Given(call) => call,
                _ => break,
            };
            at = facts.repetition(facts.tree.expr(call).function).clone();
        }
        at.why
    }
}
