//! An observer that its target, or the page, keeps for longer than its owner lives.

use super::handle_words::{self, Verbs};
use super::{Cx, Findings, Meta, Rule};
use crate::obligations::Tier;
use crate::protocol::HandleRule;

/// See the module's text.
pub struct UndisconnectedObserver;

static META: Meta = Meta {
    id: "undisconnected-observer",
    summary: "an observer of something that lives longer is never disconnected",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/undisconnected-observer.md"),
};

const VERBS: Verbs = Verbs { released: "disconnected", releases: "disconnects", goes_on: "goes on" };

impl Rule for UndisconnectedObserver {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        handle_words::check(HandleRule::Observer, &META, &VERBS, cx, out);
    }
}
