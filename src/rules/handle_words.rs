//! The words that the rules of handles share; each brings its verbs.

use super::{Cx, Findings, Meta, Words, story};
use crate::diagnostic::Label;
use crate::facts::owner::Owner;
use crate::obligations::{Failure, Family, Verdict};
use crate::protocol::{Handle, HandleRule, Release};
use crate::semantic::Kind;

/// How a rule names what is done to its handles.
pub(super) struct Verbs {
    /// `cleared`
    pub released: &'static str,
    /// `clears`
    pub releases: &'static str,
    /// What it does when it outlives its owner: `goes on`, `stays open`.
    pub goes_on: &'static str,
}

/// Words the verdicts of one kind of handle.
pub(super) fn check(
    rule: HandleRule,
    meta: &'static Meta,
    verbs: &Verbs,
    cx: &Cx<'_>,
    out: &mut Findings<'_>,
) {
    for verdict in cx.verdicts.iter().filter(|verdict| verdict.family == Family::Handle(rule)) {
        // Said by `overwritten-handle`.
        if matches!(verdict.failure, Failure::Overwritten { .. }) {
            continue;
        }
        let words = Words {
            message: message(cx, verdict, verbs),
            primary: verdict.holder.clone(),
            labels: labels(cx, verdict, verbs),
            help: help(cx, verdict),
        };
        out.push(cx, meta, verdict, words);
    }
}

/// The protocol row of a verdict.
pub(super) fn row<'a>(cx: &Cx<'a>, verdict: &Verdict) -> &'a Handle {
    &cx.facts.protocols.handles[verdict.row]
}

fn message(cx: &Cx<'_>, verdict: &Verdict, verbs: &Verbs) -> String {
    let owner = cx.facts.owner_title(verdict.owner);
    let (noun, released) = (&row(cx, verdict).noun, verbs.released);
    let rearms = verdict.family == Family::Handle(HandleRule::Rearming);
    match &verdict.failure {
        Failure::Dropped if rearms => {
            format!("this {noun} starts itself anew for ever, and its handle is thrown away")
        }
        Failure::NeverReleased if rearms => {
            format!("this {noun} starts itself anew for ever, and nothing clears it")
        }
        Failure::Dropped => format!("this {noun} can never be {released}: its handle is thrown away"),
        Failure::Asymmetric { .. } => {
            format!("this {noun} is forgotten where others of its owner are {released}")
        }
        Failure::OffTeardown { .. } => format!("this {noun} {} after the end of {owner}", verbs.goes_on),
        Failure::PathMiss { exit } if exit.awaits => {
            format!("this {noun} is not {released} when the work in between fails")
        }
        Failure::PathMiss { .. } => format!("this {noun} is not {released} on every way out"),
        Failure::Mismatch { .. } => format!("what should end this {noun} never does"),
        _ if verdict.subject.is_empty() => format!("nothing {} this {noun}", verbs.releases),
        _ => format!("nothing {} the {noun} kept in `{}`", verbs.releases, verdict.subject),
    }
}

/// The call that releases the handle, as code.
pub(super) fn release(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let row = row(cx, verdict);
    let handle = if verdict.subject.is_empty() { row.noun.rsplit(' ').next() } else { None };
    let handle = handle.unwrap_or(&verdict.subject);
    let handle =
        if verdict.subject.is_empty() && row.rule == HandleRule::Interval { "timer" } else { handle };
    if let Some(method) = used_method(cx, verdict, row)
        && !verdict.subject.is_empty()
        && !verdict.subject.ends_with("[…]")
    {
        return format!("{}.{method}()", verdict.subject);
    }
    let release = &row.releases[0];
    let handle = if verdict.subject.is_empty() && *release == Release::Itself { "stop" } else { handle };
    match handle.strip_suffix("[…]") {
        Some(list) => format!("{} for each of `{list}`", release.text("it").trim_end_matches("()")),
        None => release.text(handle),
    }
}

/// The method by which the file releases the handle elsewhere: of several ways the one that it has.
fn used_method<'a>(cx: &Cx<'a>, verdict: &Verdict, row: &Handle) -> Option<&'a str> {
    let Failure::OffTeardown { release, .. } = verdict.failure else {
        return None;
    };
    match cx.facts.tree.kind(cx.facts.tree.call_parts(release)?.0) {
        Kind::Member { name, .. } if row.release_methods.has(name) => Some(name),
        _ => None,
    }
}

fn help(cx: &Cx<'_>, verdict: &Verdict) -> String {
    if let Some(rename) = story::rename(cx.facts, verdict) {
        return rename;
    }
    let end = verdict.teardowns.strong().map(|function| cx.facts.end_title(function));
    let kept = !verdict.subject.is_empty();
    let many = verdict.subject.ends_with("[…]");
    let call = release(cx, verdict);
    let act = match many {
        true => format!("go through `{}` and release each", verdict.subject.trim_end_matches("[…]")),
        false => format!("call `{call}`"),
    };
    let keep = if kept { "" } else { "keep the handle and " };
    if let Failure::PathMiss { .. } = verdict.failure {
        return format!("release it whatever happens: `try {{ … }} finally {{ {call}; }}`");
    }
    if let Failure::Mismatch { why, .. } = &verdict.failure {
        return format!("end it where its owner ends; as it is, {why}");
    }
    if let (Some(ending), None) = (cx.facts.end_words(verdict.owner), &end) {
        return format!("{keep}{act} when the component ends, in {ending}");
    }
    let effect = cx.facts.owner_title(verdict.owner);
    match (verdict.owner, end) {
        (Owner::Effect(_), Some(_)) => format!("{keep}{act} in {effect}'s cleanup too"),
        (Owner::Effect(_), None) => format!("return a cleanup from {effect}: `return () => {call}`"),
        (Owner::Component(_), Some(end)) if cx.facts.is_ended_by_framework(verdict.owner) => {
            format!("{keep}{act} in {end} too")
        }
        (Owner::Component(_), Some(_)) => format!("{keep}{act} in the cleanup of an effect"),
        (Owner::Component(_), None) => {
            format!("{act} where the component ends, in the cleanup of an effect: `return () => {call}`")
        }
        (Owner::Class(_), Some(end)) if kept => format!("{act} in {end}"),
        (Owner::Class(_), Some(end)) => format!("keep the handle in a field and {act} in {end}"),
        (Owner::Class(class), None) if !story::is_per_event(verdict) => {
            let keep = if kept { "" } else { "keep the handle in a field and " };
            format!("{keep}{act} in {}", story::end_to_write(cx.facts, verdict, class))
        }
        _ if row(cx, verdict).app_wide => {
            format!(
                "{keep}{act} when the work is done; or start the {} once, at module level",
                row(cx, verdict).noun
            )
        }
        _ => format!("{keep}{act} when the work is done"),
    }
}

fn labels(cx: &Cx<'_>, verdict: &Verdict, verbs: &Verbs) -> Vec<Label> {
    let facts = cx.facts;
    let args = facts.tree.call_parts(verdict.site).map_or(&[][..], |(_, args)| args);
    let callback = row(cx, verdict).callback.and_then(|at| args.get(at).copied());
    let mut labels = vec![story::repeats(facts, verdict)];
    labels.extend(story::kept(facts, verdict, callback));
    match &verdict.failure {
        Failure::OffTeardown { release, .. } => labels.push(Label {
            span: facts.callee_span(*release),
            text: format!("the only place that {} it", verbs.releases),
        }),
        Failure::Asymmetric { siblings, .. } => labels.extend(siblings.iter().take(2).map(|sibling| Label {
            span: facts.callee_span(*sibling),
            text: format!("this one is {} at the end", verbs.released),
        })),
        Failure::PathMiss { exit } => labels.push(Label {
            span: exit.span,
            text: match exit.awaits {
                true => format!("if this is rejected, nothing {} it", verbs.releases),
                false => format!("leaves before anything {} it", verbs.releases),
            },
        }),
        Failure::Mismatch { release, why } => {
            labels.push(Label { span: facts.callee_span(*release), text: why.clone() });
        }
        _ => {}
    }
    labels.extend(story::forgetful_end(facts, verdict));
    labels
}
