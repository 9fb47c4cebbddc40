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
        Failure::PathMiss { exit } if exit.awaits => {
            format!("{event} listener on `{target}` stays when the work in between fails")
        }
        Failure::PathMiss { .. } => format!("{event} listener on `{target}` stays on one of the ways out"),
        Failure::Dropped => {
            format!("{event} listener on `{target}` is never taken off: {} is not called", disposer(verdict))
        }
        _ => format!("{event} listener on `{target}` is never taken off"),
    }
}

/// What a function of the file returned to take the listener off.
fn disposer(verdict: &Verdict) -> String {
    match &verdict.handler {
        Some(name) => format!("what `{name}()` returns"),
        None => "what this call returns".to_owned(),
    }
}

/// The call that takes the listener off, as code.
pub(super) fn removal(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let row = &cx.facts.protocols.listeners[verdict.row];
    let called = cx.facts.tree.call_parts(verdict.site).and_then(|(callee, _)| cx.facts.callee_name(callee));
    let remove = called.and_then(|name| row.removal_of(name)).unwrap_or_else(|| "remove".to_owned());
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
        None if row.wraps => format!("`$({target}).{remove}({event}{handler})`"),
        None => format!("`{target}.{remove}({event}{handler}{capture})`"),
    }
}

fn help(cx: &Cx<'_>, verdict: &Verdict) -> String {
    if let Some(rename) = story::rename(cx.facts, verdict) {
        return rename;
    }
    let end = verdict.teardowns.strong().map(|function| cx.facts.end_title(function));
    let call = removal(cx, verdict);
    let keep = if verdict.handler.is_some() { "" } else { "keep the handler and " };
    if matches!(verdict.failure, Failure::Rival { .. }) {
        return format!("{keep}take it off as soon as the promise settles: {call}");
    }
    if matches!(verdict.failure, Failure::PathMiss { .. }) {
        return format!("take it off whatever happens: `try {{ … }} finally {{ … }}` with {call}");
    }
    let effect = cx.facts.owner_title(verdict.owner);
    if verdict.failure == Failure::Dropped {
        let when = match (verdict.owner, end) {
            (Owner::Effect(_), None) => format!("return it from {effect}"),
            (Owner::Effect(_), Some(_)) => format!("call it in {effect}'s cleanup"),
            (_, Some(end)) => format!("call it in {end}"),
            _ => "call it when the work is done".to_owned(),
        };
        return format!("{} takes the listener off: {when}", disposer(verdict));
    }
    if let (Some(ending), None) = (cx.facts.end_words(verdict.owner), &end) {
        return format!("{keep}take it off when the component ends, in {ending}: {call}");
    }
    match (verdict.owner, end) {
        (Owner::Effect(_), Some(_)) => format!("{keep}take it off in {effect}'s cleanup too: {call}"),
        (Owner::Effect(_), None) => format!("{keep}return a cleanup from {effect} that calls {call}"),
        (_, Some(end)) => format!("{keep}take it off in {end}: {call}"),
        (Owner::Class(class), None) if !story::is_per_event(verdict) => {
            format!("{keep}take it off in {}: {call}", story::end_to_write(cx.facts, verdict, class))
        }
        _ => format!("{keep}take it off when the work is done: {call}"),
    }
}

/// The expression of the handler.
pub(super) fn handler(cx: &Cx<'_>, verdict: &Verdict) -> Option<ExprId> {
    let row = &cx.facts.protocols.listeners[verdict.row];
    let at = usize::from(!row.unary) + row.target.map_or(0, |target| target + 1);
    let args = cx.facts.tree.call_parts(verdict.site).map_or(&[][..], |(_, args)| args);
    if row.wraps { args.last().copied() } else { args.get(at).copied() }
}

fn labels(cx: &Cx<'_>, verdict: &Verdict) -> Vec<Label> {
    let facts = cx.facts;
    let mut labels = vec![story::repeats(facts, verdict)];
    if verdict.failure != Failure::Dropped {
        labels.extend(story::kept(facts, verdict, handler(cx, verdict)));
    }
    match &verdict.failure {
        Failure::OffTeardown { release, .. } => labels.push(Label {
            span: facts.callee_span(*release),
            text: "the only place that takes it off".to_owned(),
        }),
        Failure::PathMiss { exit } => labels.push(Label {
            span: exit.span,
            text: match exit.awaits {
                true => "if this is rejected, nothing takes it off".to_owned(),
                false => "leaves before it is taken off".to_owned(),
            },
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
