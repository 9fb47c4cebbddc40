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
    let owner = cx.facts.owner_title(verdict.owner);
    match &verdict.failure {
        Failure::Dropped => "this interval can never be cleared: its handle is thrown away".to_owned(),
        Failure::Asymmetric { .. } => {
            "this interval is forgotten where others of its owner are cleared".to_owned()
        }
        Failure::OffTeardown { .. } => format!("this interval goes on after the end of {owner}"),
        _ => format!("nothing clears the interval kept in `{}`", verdict.subject),
    }
}

fn help(cx: &Cx<'_>, verdict: &Verdict) -> String {
    if let Some(rename) = story::rename(cx.facts, verdict) {
        return rename;
    }
    let end = verdict.teardowns.strong().map(|function| cx.facts.title(function));
    let kept = !verdict.subject.is_empty();
    let handle = if kept { verdict.subject.as_str() } else { "timer" };
    let many = handle.ends_with("[…]");
    let clear = match many {
        true => format!("clear each interval in `{}`", handle.trim_end_matches("[…]")),
        false => format!("call `clearInterval({handle})`"),
    };
    let keep = if kept { "" } else { "keep the handle and " };
    match (verdict.owner, end) {
        (Owner::Effect(_), Some(_)) => format!("{keep}{clear} in the effect's cleanup too"),
        (Owner::Effect(_), None) => {
            format!("return a cleanup from the effect: `return () => clearInterval({handle})`")
        }
        (Owner::Component(_), Some(_)) => format!("{keep}{clear} in the cleanup of an effect"),
        (Owner::Component(_), None) => {
            format!("clear it where the component ends: `useEffect(() => () => clearInterval({handle}), [])`")
        }
        (Owner::Class(_), Some(end)) if kept => format!("{clear} in {end}"),
        (Owner::Class(_), Some(end)) => format!("keep the handle in a field and clear it in {end}"),
        (Owner::Class(class), None) if !story::is_per_event(verdict) => {
            let end = story::end_to_write(cx.facts, class);
            match kept {
                true => format!("{clear} in {end}"),
                false => format!("keep the handle in a field and clear it in {end}"),
            }
        }
        _ => format!("{keep}{clear} when the work is done; or start the interval once, at module level"),
    }
}

fn labels(cx: &Cx<'_>, verdict: &Verdict) -> Vec<Label> {
    let facts = cx.facts;
    let callback = facts.tree.call_parts(verdict.site).and_then(|(_, args)| args.first().copied());
    let mut labels = vec![story::repeats(facts, verdict)];
    labels.extend(story::kept(facts, verdict, callback));
    if let Failure::OffTeardown { release, .. } = &verdict.failure {
        labels.push(Label {
            span: facts.callee_span(*release),
            text: "the only place that clears it".to_owned(),
        });
    }
    if let Failure::Asymmetric { siblings, .. } = &verdict.failure {
        labels.extend(siblings.iter().take(2).map(|sibling| Label {
            span: facts.callee_span(*sibling),
            text: "this one is cleared at the end".to_owned(),
        }));
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
