//! A Map, Set, array or object that lives long and only grows.

use super::{Cx, Findings, Meta, Rule, Words, story};
use crate::diagnostic::Label;
use crate::facts::owner::Owner;
use crate::obligations::{Failure, Family, Tier, Verdict};

/// See the module's text.
pub struct UnboundedCollection;

static META: Meta = Meta {
    id: "unbounded-collection",
    summary: "a long-lived Map, Set, array or object only grows",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/unbounded-collection.md"),
};

fn message(cx: &Cx<'_>, verdict: &Verdict) -> String {
    if let Failure::OffTeardown { release, .. } = verdict.failure {
        let owner = cx.facts.tree.enclosing(cx.facts.tree.expr(release).function).nth(1);
        let owner = owner.map_or("the component".to_owned(), |owner| cx.facts.title(owner));
        return format!(
            "`{}` keeps an entry when {owner} ends: only another run takes it out",
            verdict.subject
        );
    }
    format!("`{}` only grows: nothing in this file ever takes an entry out", verdict.subject)
}

fn help(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let name = &verdict.subject;
    if let Failure::OffTeardown { .. } = verdict.failure {
        return format!("delete the entry of `{name}` in a hook that runs when the component ends, too");
    }
    match verdict.owner {
        Owner::Class(class) => format!(
            "bound it: evict the oldest entry when `{name}` is full, or delete entries where what they stand for ends; \
             clearing it at the end of `{}` is not enough if it lives long",
            cx.facts.classes.get(class).title()
        ),
        _ if verdict.pushes => format!(
            "bound it: take entries out where what they stand for ends, or cut it when it is long: `{name}.shift()`, \
             `{name}.length = …`"
        ),
        _ => format!(
            "bound it: an LRU or TTL cache with its limit set, a size check that evicts, or a `delete` on `{name}` \
             where what the entry stands for ends"
        ),
    }
}

fn labels(cx: &Cx<'_>, verdict: &Verdict) -> Vec<Label> {
    let mut labels = vec![story::repeats(cx.facts, verdict)];
    if let Failure::OffTeardown { release, .. } = verdict.failure {
        let text = "the only place that takes it out".to_owned();
        labels.push(Label { span: cx.facts.callee_span(release), text });
    }
    labels.extend(
        verdict
            .also
            .iter()
            .take(2)
            .map(|site| Label { span: cx.facts.callee_span(*site), text: "grows here too".to_owned() }),
    );
    labels
}

impl Rule for UnboundedCollection {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        for verdict in cx.verdicts.iter().filter(|verdict| verdict.family == Family::Container) {
            let words = Words {
                message: message(cx, verdict),
                primary: format!("adds an entry {}; {}", verdict.detail, verdict.holder),
                labels: labels(cx, verdict),
                help: help(cx, verdict),
            };
            out.push(cx, &META, verdict, words);
        }
    }
}
