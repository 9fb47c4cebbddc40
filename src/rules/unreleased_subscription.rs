//! A subscription that is dropped, or that no end of its owner ends.

use super::handle_words::{self, Verbs};
use super::{Cx, Findings, Meta, Rule};
use crate::obligations::Tier;
use crate::protocol::HandleRule;

/// See the module's text.
pub struct UnreleasedSubscription;

static META: Meta = Meta {
    id: "unreleased-subscription",
    summary: "a subscription that its owner never ends",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/unreleased-subscription.md"),
};

const VERBS: Verbs = Verbs { released: "ended", releases: "ends", goes_on: "goes on" };

impl Rule for UnreleasedSubscription {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        handle_words::check(HandleRule::Subscription, &META, &VERBS, cx, out);
    }
}
