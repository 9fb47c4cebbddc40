//! The record of how each obligation was decided, for `--trace`.

use super::{Engine, Failure, Family, Tier};
use crate::facts::owner::Owner;
use crate::facts::repetition::Repetition;
use crate::protocol::HandleRule;
use crate::semantic::ExprId;
use crate::source::Span;

/// One obligation and the steps of its decision, last the deciding one.
#[derive(Debug, Clone)]
pub struct Decision {
    pub family: Family,
    pub span: Span,
    pub steps: Vec<Step>,
}

/// One thing that was found out, and where it stands.
#[derive(Debug, Clone)]
pub struct Step {
    pub text: String,
    pub at: Option<Span>,
}

impl Step {
    /// A step without a place.
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), at: None }
    }

    /// A step that a place shows.
    pub(super) fn at(span: Span, text: impl Into<String>) -> Self {
        Self { text: text.into(), at: Some(span) }
    }
}

impl Family {
    /// The family's name in traces.
    pub fn name(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Race => "race",
            Self::Signal => "signal",
            Self::Handle(HandleRule::Interval) => "interval",
            Self::Handle(HandleRule::Timeout) => "timeout",
            Self::Handle(HandleRule::Rearming) => "rearming timer",
            Self::Handle(HandleRule::Observer) => "observer",
            Self::Handle(HandleRule::Subscription) => "subscription",
            Self::Handle(HandleRule::Resource) => "resource",
            Self::Listener => "listener",
            Self::Container => "container",
            Self::Cleanup => "cleanup",
        }
    }
}

impl Engine<'_, '_> {
    /// Who owns the site and how often it runs.
    pub(super) fn surroundings(&self, site: ExprId, owner: Owner, repetition: &Repetition) -> Vec<Step> {
        let facts = self.facts;
        let function = facts.tree.expr(site).function;
        let (span, why) = facts.why_repeated(function, repetition);
        vec![
            Step::new(format!("owner: {}", facts.owner_title(owner))),
            Step::at(span, format!("runs {}: {why}", repetition.level.words())),
        ]
    }

    /// The last step: silent and why, or the tier and what failed.
    pub(super) fn verdict_step(
        &self,
        closed: Option<&str>,
        open: Option<&Failure>,
        tier: Option<Tier>,
    ) -> Step {
        match (closed, open, tier) {
            (Some(why), ..) => Step::new(format!("silent: {why}")),
            (_, Some(failure), Some(tier)) => {
                let (text, site) = described(failure);
                Step {
                    text: format!("{}: {text}", tier.name()),
                    at: site.map(|site| self.facts.callee_span(site)),
                }
            }
            (_, Some(failure), None) => {
                Step::new(format!("silent: too little is known to say \"{}\"", described(failure).0))
            }
            _ => Step::new("silent"),
        }
    }
}

fn described(failure: &Failure) -> (String, Option<ExprId>) {
    match failure {
        Failure::Dropped => ("the handle is thrown away".to_owned(), None),
        Failure::NeverReleased => ("nothing releases it".to_owned(), None),
        Failure::Mismatch { release, why } => (format!("a release cannot match: {why}"), Some(*release)),
        Failure::OffTeardown { release, .. } => {
            ("the only release is not reached by the owner's end".to_owned(), Some(*release))
        }
        Failure::Asymmetric { siblings, .. } => {
            ("the owner's end releases its siblings".to_owned(), siblings.first().copied())
        }
        Failure::AcquiredAtTheEnd { first } => {
            ("the owner's end acquires it once more".to_owned(), Some(*first))
        }
        Failure::PathMiss { .. } => ("a way out of the function misses its release".to_owned(), None),
        Failure::Overwritten { by, .. } => ("the handle is replaced while it is live".to_owned(), Some(*by)),
        Failure::Unreachable { release, .. } => {
            ("the release stands in a cleanup that cannot run".to_owned(), Some(*release))
        }
        Failure::Unbounded => ("it only grows".to_owned(), None),
        Failure::Retained => ("a closure keeps it".to_owned(), None),
        Failure::Unaborted { controller, .. } => {
            ("nothing aborts the controller of its signal".to_owned(), Some(*controller))
        }
        Failure::Rival { winner } => ("it stays when another event comes first".to_owned(), Some(*winner)),
        Failure::OneOutcome { outcome, .. } => {
            ("it stays when the work ends without an abort".to_owned(), Some(*outcome))
        }
        Failure::Raced { promise } => ("each race leaves a reaction".to_owned(), Some(*promise)),
    }
}
