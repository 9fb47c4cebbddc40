//! An interval whose handle is dropped, or that no end of its owner clears.

use super::{Cx, Findings, Meta, Rule, Words, story};
use crate::diagnostic::Label;
use crate::facts::owner::Owner;
use crate::obligations::{Failure, Family, Tier, Verdict};

/// See the module's text.
pub struct UnclearedInterval;

static META: Meta = Meta {
    id: "uncleared-interval",
    summary: "an interval that is started again and again and never cleared",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/uncleared-interval.md"),
};

fn message(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let owner = story::owner_title(cx.facts, verdict.owner);
    match &verdict.failure {
        Failure::Dropped => "this interval can never be cleared: its handle is thrown away".to_owned(),
        Failure::OffTeardown { .. } => format!("this interval goes on after the end of {owner}"),
        _ => format!("nothing clears the interval kept in `{}`", verdict.subject),
    }
}

fn help(cx: &Cx<'_>, verdict: &Verdict) -> String {
    let end = verdict.teardowns.strong().map(|function| story::title(cx.facts, function));
    let handle = if verdict.subject.is_empty() { "timer" } else { &verdict.subject };
    match (verdict.owner, end) {
        (Owner::Effect(_), _) => {
            format!("return a cleanup from the effect: `return () => clearInterval({handle})`")
        }
        (Owner::Component(_), _) => {
            format!("clear it where the component ends: `useEffect(() => () => clearInterval({handle}), [])`")
        }
        (Owner::Class(_), Some(end)) => {
            format!("keep the handle in a field and call `clearInterval` on it in {end}")
        }
        (Owner::Class(class), None) => format!(
            "keep the handle in a field and clear it in a method that ends `{}`",
            cx.facts.classes.get(class).title()
        ),
        _ => {
            "keep the handle, and clear it when the work is done; or start the interval once, at module level"
                .to_owned()
        }
    }
}

fn labels(cx: &Cx<'_>, verdict: &Verdict) -> Vec<Label> {
    let facts = cx.facts;
    let callback = facts.tree.call_parts(verdict.site).and_then(|(_, args)| args.first().copied());
    let mut labels = vec![story::repeats(facts, verdict)];
    labels.extend(story::kept(facts, verdict, callback));
    if let Failure::OffTeardown { release, .. } = &verdict.failure {
        labels.push(Label {
            span: story::callee_span(facts, *release),
            text: "the only place that clears it".to_owned(),
        });
    }
    labels.extend(story::forgetful_end(facts, verdict));
    labels
}

impl Rule for UnclearedInterval {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        for verdict in cx.verdicts.iter().filter(|verdict| verdict.family == Family::Interval) {
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
