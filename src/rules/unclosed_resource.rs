//! A resource that is dropped, or given back on some ways only.

use super::handle_words::{self, Verbs};
use super::{Cx, Findings, Meta, Rule};
use crate::obligations::Tier;
use crate::protocol::HandleRule;

/// See the module's text.
pub struct UnclosedResource;

static META: Meta = Meta {
    id: "unclosed-resource",
    summary: "a socket, worker, file, object URL or pool client is never given back",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/unclosed-resource.md"),
};

const VERBS: Verbs = Verbs { released: "released", releases: "releases", goes_on: "stays open" };

impl Rule for UnclosedResource {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        handle_words::check(HandleRule::Resource, &META, &VERBS, cx, out);
    }
}
