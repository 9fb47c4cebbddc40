//! A one-shot timer whose callback starts it anew, with nothing that stops it.

use super::handle_words::{self, Verbs};
use super::{Cx, Findings, Meta, Rule};
use crate::obligations::Tier;
use crate::protocol::HandleRule;

/// See the module's text.
pub struct RearmingTimer;

static META: Meta = Meta {
    id: "rearming-timer",
    summary: "a timer or animation frame that starts itself anew for ever",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/rearming-timer.md"),
};

const VERBS: Verbs = Verbs { released: "cleared", releases: "clears", goes_on: "goes on" };

impl Rule for RearmingTimer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        handle_words::check(HandleRule::Rearming, &META, &VERBS, cx, out);
    }
}
