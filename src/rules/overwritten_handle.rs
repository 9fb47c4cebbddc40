//! A live handle that is replaced by the next one before its release.

use super::handle_words::{release, row};
use super::{Cx, Findings, Meta, Rule, Words, story};
use crate::diagnostic::Label;
use crate::obligations::{Failure, Tier, Verdict};
use crate::semantic::ExprId;

/// See the module's text.
pub struct OverwrittenHandle;

static META: Meta = Meta {
    id: "overwritten-handle",
    summary: "a live handle is replaced before its release",
    tiers: &[Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/overwritten-handle.md"),
};

fn labels(cx: &Cx<'_>, verdict: &Verdict, in_loop: bool, by: ExprId) -> Vec<Label> {
    let facts = cx.facts;
    let again = match in_loop {
        true => Label {
            span: facts.tree.span(verdict.site),
            text: "each turn of the loop puts another one there".to_owned(),
        },
        false => Label { span: facts.callee_span(by), text: "runs this again".to_owned() },
    };
    vec![again, story::repeats(facts, verdict)]
}

impl Rule for OverwrittenHandle {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        for verdict in cx.verdicts {
            let Failure::Overwritten { in_loop, by } = verdict.failure else {
                continue;
            };
            let (noun, place) = (&row(cx, verdict).noun, &verdict.subject);
            let words = Words {
                message: format!("a live {noun} in `{place}` is replaced by the next one"),
                primary: format!("only the last one is still in `{place}` when it is released"),
                labels: labels(cx, verdict, in_loop, by),
                help: match in_loop {
                    true => "keep all of them, in a list, and release each".to_owned(),
                    false => format!("release the one before first: `{}`", release(cx, verdict)),
                },
            };
            out.push(cx, &META, verdict, words);
        }
    }
}
