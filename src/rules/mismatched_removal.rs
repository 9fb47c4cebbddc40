//! A listener whose removal is written down and can never match it.

use super::unremoved_listener::{event, handler, removal};
use super::{Cx, Findings, Meta, Rule, Words, story};
use crate::diagnostic::Label;
use crate::facts::handler::{Handler, Home};
use crate::obligations::{Failure, Family, Tier, Verdict};
use crate::semantic::ExprId;

/// See the module's text.
pub struct MismatchedRemoval;

static META: Meta = Meta {
    id: "mismatched-removal",
    summary: "a listener's removal can never match what was added",
    tiers: &[Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/mismatched-removal.md"),
};

fn message(verdict: &Verdict) -> String {
    let (event, target) = (event(verdict), &verdict.subject);
    match &verdict.failure {
        Failure::AcquiredAtTheEnd { .. } => {
            format!("{event} listener is added to `{target}` where it should be taken off")
        }
        _ => format!("{event} listener on `{target}` stays: its removal can never match"),
    }
}

fn help(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let call = removal(cx, verdict);
    match (&verdict.failure, &verdict.handler) {
        (Failure::Mismatch { release, .. }, Some(name)) if is_remade(cx, verdict, *release) => format!(
            "add and take off the same `{name}`: do both in one effect or call, or keep one function for all (a ref, a field)"
        ),
        (Failure::AcquiredAtTheEnd { .. }, _) => format!("take it off instead: {call}"),
        (_, Some(_)) => format!("take off what was added: {call}"),
        (_, None) => {
            format!(
                "keep the very function that was added, in a field or variable, and give the same one to {call}"
            )
        }
    }
}

/// Whether the name is right, and only the function is another one by then.
fn is_remade(cx: &Cx<'_>, verdict: &Verdict, release: ExprId) -> bool {
    match handler(cx, verdict).map(|handler| cx.facts.handler(handler)) {
        Some(Handler::Kept { place, home: Home::Activation(_) }) => {
            cx.facts.another_activation(place, verdict.site, release).is_some()
        }
        Some(Handler::Kept { place, home: Home::Instance(class) }) => {
            cx.facts.another_instance(place, class, verdict.site, release).is_some()
        }
        _ => false,
    }
}

fn labels(cx: &Cx<'_>, verdict: &Verdict) -> Vec<Label> {
    let facts = cx.facts;
    let mut labels = vec![story::repeats(facts, verdict)];
    labels.extend(story::kept(facts, verdict, handler(cx, verdict)));
    match &verdict.failure {
        Failure::Mismatch { release, why } => {
            labels.push(Label { span: facts.callee_span(*release), text: why.clone() });
        }
        Failure::AcquiredAtTheEnd { first } => {
            labels.push(Label { span: facts.callee_span(*first), text: "added here first".to_owned() });
            labels.extend(story::forgetful_end(facts, verdict));
        }
        _ => {}
    }
    labels
}

/// Whether this rule speaks of a listener, and not `unremoved-listener`.
pub(super) fn is_mismatch(verdict: &Verdict) -> bool {
    matches!(verdict.failure, Failure::Mismatch { .. } | Failure::AcquiredAtTheEnd { .. })
}

impl Rule for MismatchedRemoval {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        for verdict in cx.verdicts.iter().filter(|v| v.family == Family::Listener && is_mismatch(v)) {
            let words = Words {
                message: message(verdict),
                primary: verdict.holder.clone(),
                labels: labels(cx, verdict),
                help: help(cx, verdict),
            };
            out.push(cx, &META, verdict, words);
        }
    }
}
