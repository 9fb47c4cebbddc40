//! A listener that is added again and again to a target that outlives its owner, and never taken off.

use super::mismatched_removal::is_mismatch;
use super::{Cx, Findings, Meta, Rule, Words, story};
use crate::diagnostic::Label;
use crate::facts::owner::Owner;
use crate::obligations::{Failure, Family, Tier, Verdict};
use crate::semantic::ExprId;

/// See the module's text.
pub struct UnremovedListener;

static META: Meta = Meta {
    id: "unremoved-listener",
    summary: "a listener on a longer-lived target is added repeatedly and never removed",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/unremoved-listener.md"),
};

/// The event as a message names it.
pub(super) fn event(verdict: &Verdict) -> String {
    match verdict.detail.is_empty() {
        true => "a".to_owned(),
        false => format!("the `{}`", verdict.detail),
    }
}

fn message(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let (event, target) = (event(verdict), &verdict.subject);
    let owner = cx.facts.owner_title(verdict.owner);
    match &verdict.failure {
        Failure::OffTeardown { .. } => {
            format!("{event} listener on `{target}` stays after the end of {owner}")
        }
        Failure::Rival { .. } => {
            format!("{event} listener on `{target}` stays when another event comes first")
        }
        Failure::Asymmetric { .. } => {
            format!("{event} listener on `{target}` is forgotten where its siblings are taken off")
        }
        _ => format!("{event} listener on `{target}` is never taken off"),
    }
}

/// The call that takes the listener off, as code.
pub(super) fn removal(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let row = &cx.facts.protocols.listeners[verdict.row];
    let remove = &row.remove[0];
    let target = &verdict.subject;
    let handler = verdict.handler.as_deref().unwrap_or("handler");
    let capture = if verdict.capture { ", true" } else { "" };
    let event = match (&verdict.event, row.unary) {
        (_, true) => String::new(),
        (Some(event), _) => format!("{event}, "),
        (None, _) => "…, ".to_owned(),
    };
    match row.target {
        Some(_) => format!("`{remove}({target}, {event}{handler})`"),
        None => format!("`{target}.{remove}({event}{handler}{capture})`"),
    }
}

fn help(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let end = verdict.teardowns.strong().map(|function| cx.facts.title(function));
    let call = removal(cx, verdict);
    let keep = if verdict.handler.is_some() { "" } else { "keep the handler and " };
    if matches!(verdict.failure, Failure::Rival { .. }) {
        return format!("{keep}take it off as soon as the promise settles: {call}");
    }
    match (verdict.owner, end) {
        (Owner::Effect(_), Some(_)) => format!("{keep}take it off in the effect's cleanup too: {call}"),
        (Owner::Effect(_), None) => format!("{keep}return a cleanup from the effect that calls {call}"),
        (_, Some(end)) => format!("{keep}take it off in {end}: {call}"),
        (Owner::Class(class), None) => format!(
            "{keep}take it off in a method that ends `{}`: {call}",
            cx.facts.classes.get(class).title()
        ),
        _ => format!("{keep}take it off when the work is done: {call}"),
    }
}

/// The expression of the handler.
pub(super) fn handler(cx: &Cx<'_>, verdict: &Verdict) -> Option<ExprId> {
    let row = &cx.facts.protocols.listeners[verdict.row];
    let at = usize::from(!row.unary) + row.target.map_or(0, |target| target + 1);
    cx.facts.tree.call_parts(verdict.site).and_then(|(_, args)| args.get(at).copied())
}

fn labels(cx: &Cx<'_>, verdict: &Verdict) -> Vec<Label> {
    let facts = cx.facts;
    let mut labels = vec![story::repeats(facts, verdict)];
    labels.extend(story::kept(facts, verdict, handler(cx, verdict)));
    match &verdict.failure {
        Failure::OffTeardown { release, .. } => labels.push(Label {
            span: facts.callee_span(*release),
            text: "the only place that takes it off".to_owned(),
        }),
        Failure::Asymmetric { siblings, .. } => labels.extend(siblings.iter().take(2).map(|sibling| Label {
            span: facts.callee_span(*sibling),
            text: "this one is taken off at the end".to_owned(),
        })),
        Failure::Rival { winner } => {
            let text = "when this one settles the promise, the other listener stays".to_owned();
            labels.push(Label { span: facts.callee_span(*winner), text });
            return labels;
        }
        _ => {}
    }
    labels.extend(story::forgetful_end(facts, verdict));
    labels
}

impl Rule for UnremovedListener {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        for verdict in cx.verdicts.iter().filter(|v| v.family == Family::Listener && !is_mismatch(v)) {
            let words = Words {
                message: message(cx, verdict),
                primary: verdict.holder.clone(),
                labels: labels(cx, verdict),
                help: help(cx, verdict),
            };
            out.push(cx, &META, verdict, words);
        }
    }
}
