//! A one-shot timer that outlives its owner.

use super::handle_words::{self, Verbs};
use super::{Cx, Findings, Meta, Rule};
use crate::obligations::Tier;
use crate::protocol::HandleRule;

/// See the module's text.
pub struct UnclearedTimeout;

static META: Meta = Meta {
    id: "uncleared-timeout",
    summary: "a one-shot timer that outlives the object it works for",
    tiers: &[Tier::Possible, Tier::Likely],
    page: include_str!("../../docs/rules/uncleared-timeout.md"),
};

const VERBS: Verbs = Verbs { released: "cleared", releases: "clears", goes_on: "still fires" };

impl Rule for UnclearedTimeout {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        handle_words::check(HandleRule::Timeout, &META, &VERBS, cx, out);
    }
}
