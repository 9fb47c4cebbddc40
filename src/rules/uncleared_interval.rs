//! An interval whose handle is dropped, or that no end of its owner clears.

use super::handle_words::{self, Verbs};
use super::{Cx, Findings, Meta, Rule};
use crate::obligations::Tier;
use crate::protocol::HandleRule;

/// See the module's text.
pub struct UnclearedInterval;

static META: Meta = Meta {
    id: "uncleared-interval",
    summary: "an interval that is started again and again and never cleared",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/uncleared-interval.md"),
};

const VERBS: Verbs = Verbs { released: "cleared", releases: "clears", goes_on: "goes on" };

impl Rule for UnclearedInterval {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        handle_words::check(HandleRule::Interval, &META, &VERBS, cx, out);
    }
}
