//! A signal that is the only release of a listener and never aborts, and abort listeners that pile up on a signal.

use super::{Cx, Findings, Meta, Rule, Words, story};
use crate::diagnostic::Label;
use crate::facts::owner::Owner;
use crate::obligations::{Failure, Family, Tier, Verdict};
use crate::semantic::Kind;

/// See the module's text.
pub struct UnabortedSignal;

static META: Meta = Meta {
    id: "unaborted-signal",
    summary: "a listener whose signal never aborts, or an abort listener left on a signal that outlives the work",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/unaborted-signal.md"),
};

fn words(cx: &Cx<'_>, verdict: &Verdict) -> Words {
    let facts = cx.facts;
    let target = &verdict.subject;
    let mut labels = vec![story::repeats(facts, verdict)];
    let handler = super::unremoved_listener::handler(cx, verdict);
    labels.extend(story::kept(facts, verdict, handler));
    match verdict.failure {
        Failure::OneOutcome { outcome, release } => {
            let text = match facts.tree.kind(outcome) {
                Kind::New { .. } => "when this is done with in another way, the listener stays",
                _ => "the work ends here without an abort, and the listener stays",
            };
            labels.push(Label { span: facts.tree.span(outcome), text: text.to_owned() });
            labels.extend(release.map(|release| Label {
                span: facts.callee_span(release),
                text: "runs at the abort only".to_owned(),
            }));
            let call = super::unremoved_listener::removal(cx, verdict);
            Words {
                message: format!("an abort listener stays on `{target}` when the work ends without an abort"),
                primary: format!("`{target}` keeps the handler until it aborts, which may be never"),
                labels,
                help: format!("take the listener off on every way out, for example in `finally`: {call}"),
            }
        }
        _ => {
            let event = super::unremoved_listener::event(verdict);
            let message = match verdict.failure {
                Failure::Unaborted { controller, .. } => {
                    let text = "nothing aborts this controller".to_owned();
                    labels.push(Label { span: facts.tree.span(controller), text });
                    format!("{event} listener on `{target}` waits for a signal that nothing aborts")
                }
                Failure::OffTeardown { release, .. } => {
                    let text = "the only place that aborts".to_owned();
                    labels.push(Label { span: facts.callee_span(release), text });
                    let owner = facts.owner_title(verdict.owner);
                    format!(
                        "{event} listener on `{target}` stays after the end of {owner}, which does not abort"
                    )
                }
                _ => format!("{event} listener on `{target}` is never taken off"),
            };
            labels.extend(story::forgetful_end(facts, verdict));
            Words { message, primary: verdict.holder.clone(), labels, help: help(cx, verdict) }
        }
    }
}

fn help(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let end = verdict.teardowns.strong().map(|function| cx.facts.title(function));
    let effect = cx.facts.owner_title(verdict.owner);
    match (verdict.owner, end) {
        (Owner::Effect(_), Some(_)) => format!("call the controller's `abort()` in {effect}'s cleanup too"),
        (Owner::Effect(_), None) => {
            format!("keep the controller, and return a cleanup from {effect} that calls its `abort()`")
        }
        (_, Some(end)) => format!("keep the controller, and call its `abort()` in {end}"),
        _ => "keep the controller, and call its `abort()` when the work is done".to_owned(),
    }
}

impl Rule for UnabortedSignal {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        for verdict in cx.verdicts.iter().filter(|verdict| verdict.family == Family::Signal) {
            out.push(cx, &META, verdict, words(cx, verdict));
        }
    }
}
