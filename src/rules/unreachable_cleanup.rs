//! A cleanup that is written down and cannot run.

use super::{Cx, Findings, Meta, Rule, Words, story};
use crate::diagnostic::Label;
use crate::facts::lost::{Loss, Lost};
use crate::obligations::{Failure, Family, Tier, Verdict};
use crate::protocol::HookRole;
use crate::semantic::*;

/// See the module's text.
pub struct UnreachableCleanup;

static META: Meta = Meta {
    id: "unreachable-cleanup",
    summary: "a cleanup that cannot run: returned from an async effect or a callback, behind a ref that is null by then",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/unreachable-cleanup.md"),
};

/// The name by which a call calls, in backticks.
fn called(cx: &Cx<'_>, call: ExprId) -> String {
    let callee = cx.facts.tree.call_parts(call).map(|(callee, _)| callee);
    match callee.and_then(|callee| cx.facts.callee_name(callee)) {
        Some(name) => format!("`{name}()`"),
        None => "this call".to_owned(),
    }
}

fn message(cx: &Cx<'_>, loss: Loss) -> String {
    match loss {
        Loss::AsyncEffect(call) => {
            format!("the cleanup that an async {} callback returns never runs", called(cx, call))
        }
        Loss::Late { call, .. } => format!("{} behind an `await` registers nothing", called(cx, call)),
        Loss::Promise(_) => "a cleanup that is returned into a promise never runs".to_owned(),
        Loss::Unused(call) => format!("the cleanup that {} returns never runs", called(cx, call)),
        Loss::Callback(call) => {
            format!("a cleanup that is returned from a callback of {} never runs", called(cx, call))
        }
        Loss::Jsx(_) => "a cleanup that is returned from an event handler never runs".to_owned(),
        Loss::Lifecycle(method) => {
            format!("a cleanup that is returned from {} never runs", cx.facts.title(method))
        }
        Loss::Statement => "a cleanup that is written down and not returned never runs".to_owned(),
        Loss::NullRef(test) => {
            format!("when the component is removed, this cleanup does nothing: {} is null", text(cx, test))
        }
    }
}

fn text(cx: &Cx<'_>, expr: ExprId) -> String {
    let place = cx.facts.places.of(expr);
    place.map_or("the ref".to_owned(), |place| format!("`{}`", cx.facts.places.text(cx.facts.tree, place)))
}

fn primary(loss: Loss) -> &'static str {
    match loss {
        Loss::NullRef(_) => "null by the time the cleanup runs",
        _ => "nobody calls this",
    }
}

/// What takes the cleanup and does not call it.
fn taker(cx: &Cx<'_>, loss: Loss) -> Option<Label> {
    let facts = cx.facts;
    let head = |function: FnId| facts.tree.function(function).head;
    let (span, text) = match loss {
        Loss::AsyncEffect(call) => {
            let callback = facts.tree.call_parts(call).and_then(|(_, args)| args.first().copied());
            let function = callback.and_then(|callback| facts.functions_of(callback).first().copied())?;
            (head(function), "an async function returns a promise, and nobody looks into it".to_owned())
        }
        Loss::Late { suspend, .. } => {
            (facts.tree.span(suspend), "behind this, no component is current".to_owned())
        }
        Loss::Promise(call) => (facts.callee_span(call), "nobody uses what this promise gives".to_owned()),
        Loss::Unused(call) => {
            (facts.callee_span(call), "the promise is dropped, and the cleanup with it".to_owned())
        }
        Loss::Callback(call) => {
            (facts.callee_span(call), "what the callback returns is thrown away".to_owned())
        }
        Loss::Lifecycle(method) => (head(method), "what this method returns is thrown away".to_owned()),
        Loss::Jsx(_) | Loss::Statement | Loss::NullRef(_) => return None,
    };
    Some(Label { span, text })
}

fn help(cx: &Cx<'_>, verdict: &Verdict, loss: Loss) -> String {
    match loss {
        Loss::AsyncEffect(_) => {
            "give it a plain function that returns the cleanup, and do the asynchronous work in an async \
             function inside; check there whether the cleanup has run meanwhile"
                .to_owned()
        }
        Loss::Late { call, .. } => format!(
            "call {} before the first `await`, and let it release what is there by then",
            called(cx, call)
        ),
        Loss::Promise(_) | Loss::Unused(_) if is_in_effect(cx, verdict) => {
            "return the cleanup from the effect itself; keep what it needs in a variable of the effect"
                .to_owned()
        }
        Loss::Promise(_) | Loss::Unused(_) => "keep the cleanup where the owner's end can call it".to_owned(),
        Loss::Callback(_) | Loss::Jsx(_) => match cx.facts.end_words(verdict.owner) {
            Some(end) => format!("do what it does in {end} instead of returning it"),
            None => "keep the cleanup in a variable or ref, and call it where the owner ends".to_owned(),
        },
        Loss::Lifecycle(method) => {
            let lifecycle =
                cx.facts.classes.of_member(method).and_then(|class| cx.facts.classes.get(class).lifecycle);
            let teardown =
                lifecycle.and_then(|at| cx.facts.protocols.lifecycles[at].teardown.sorted().first().copied());
            match teardown {
                Some(teardown) => format!("do this in `{teardown}()`"),
                None => "do this in the method that ends the object".to_owned(),
            }
        }
        Loss::Statement if is_in_effect(cx, verdict) => "return it: `return () => …`".to_owned(),
        Loss::Statement => "call it where the owner ends".to_owned(),
        Loss::NullRef(test) => format!(
            "copy {} into a variable of the effect, and test that one; what does not need the element, release without a test",
            text(cx, test)
        ),
    }
}

fn is_in_effect(cx: &Cx<'_>, verdict: &Verdict) -> bool {
    let facts = cx.facts;
    let mut around = facts.tree.enclosing(facts.tree.expr(verdict.site).function);
    around.any(|at| facts.hook_role(at) == Some(HookRole::Effect))
}

fn labels(cx: &Cx<'_>, verdict: &Verdict, lost: Lost) -> Vec<Label> {
    let facts = cx.facts;
    let mut labels: Vec<Label> = verdict
        .also
        .iter()
        .take(3)
        .enumerate()
        .map(|(at, site)| Label {
            span: facts.callee_span(*site),
            text: match at {
                0 if verdict.holder.is_empty() => "made here".to_owned(),
                0 => format!("stays: {}", verdict.holder),
                _ => "stays as well".to_owned(),
            },
        })
        .collect();
    labels.extend(taker(cx, lost.loss));
    labels.push(story::repeats(facts, verdict));
    labels
}

impl Rule for UnreachableCleanup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        for verdict in cx.verdicts.iter().filter(|verdict| verdict.family == Family::Cleanup) {
            let Failure::Unreachable { lost, .. } = verdict.failure else {
                continue;
            };
            let words = Words {
                message: message(cx, lost.loss),
                primary: primary(lost.loss).to_owned(),
                labels: labels(cx, verdict, lost),
                help: help(cx, verdict, lost.loss),
            };
            out.push(cx, &META, verdict, words);
        }
    }
}
