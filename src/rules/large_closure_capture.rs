//! A closure that is kept for long and keeps a large value that it does not need.

use super::{Cx, Findings, Meta, Rule, Words, story};
use crate::diagnostic::Label;
use crate::obligations::{Captured, CapturedUse, Family, Tier, Verdict};

/// See the module's text.
pub struct LargeClosureCapture;

static META: Meta = Meta {
    id: "large-closure-capture",
    summary: "a long-lived closure keeps a large value alive",
    tiers: &[Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/large-closure-capture.md"),
};

fn message(verdict: &Verdict, captured: &Captured) -> String {
    let name = &verdict.subject;
    match &captured.use_of_it {
        CapturedUse::Scalar(scalar) => {
            format!("this closure keeps all of `{name}` alive to read its `{scalar}`")
        }
        CapturedUse::Shared(_) => format!("this closure keeps `{name}` alive without using it"),
        CapturedUse::Whole => format!("this closure keeps `{name}` alive for as long as it is kept itself"),
    }
}

fn help(verdict: &Verdict, captured: &Captured) -> String {
    let name = &verdict.subject;
    match &captured.use_of_it {
        CapturedUse::Scalar(scalar) => format!(
            "read the scalar first and capture that: `const {scalar} = {name}.{scalar};` outside the closure"
        ),
        CapturedUse::Shared(_) => format!(
            "make the closure in a scope of its own, away from the one that captures `{name}`, or set `{name}` to null"
        ),
        CapturedUse::Whole => format!("capture only what the closure needs of `{name}`"),
    }
}

fn labels(cx: &Cx<'_>, verdict: &Verdict, captured: &Captured) -> Vec<Label> {
    let facts = cx.facts;
    let mut labels = vec![story::large(facts, captured), story::repeats(facts, verdict)];
    if let CapturedUse::Shared(user) = captured.use_of_it {
        labels.push(Label {
            span: facts.tree.function(user).head,
            text: "this closure of the same scope captures it".to_owned(),
        });
    }
    labels
}

impl Rule for LargeClosureCapture {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        for verdict in cx.verdicts.iter().filter(|verdict| verdict.family == Family::Capture) {
            let Some(captured) = &verdict.captured else {
                continue;
            };
            let words = Words {
                message: message(verdict, captured),
                primary: verdict.holder.clone(),
                labels: labels(cx, verdict, captured),
                help: help(verdict, captured),
            };
            out.push(cx, &META, verdict, words);
        }
    }
}
