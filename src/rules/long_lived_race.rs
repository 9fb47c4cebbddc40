//! A race that runs again and again against a promise that outlives it.

use super::{Cx, Findings, Meta, Rule, Words, story};
use crate::diagnostic::Label;
use crate::facts::repetition::Why;
use crate::obligations::{Failure, Family, Tier, Verdict};

/// See the module's text.
pub struct LongLivedRace;

static META: Meta = Meta {
    id: "long-lived-race",
    summary: "promises race again and again against one that outlives them",
    tiers: &[Tier::Possible, Tier::Likely, Tier::Proven],
    page: include_str!("../../docs/rules/long-lived-race.md"),
};

fn labels(cx: &Cx<'_>, verdict: &Verdict) -> Vec<Label> {
    let mut labels = Vec::new();
    // Of a loop, the promise's label speaks.
    if verdict.repetition.why != Why::Loop(verdict.site) {
        labels.push(story::repeats(cx.facts, verdict));
    }
    if let Failure::Raced { promise } = verdict.failure {
        labels.push(Label { span: cx.facts.tree.span(promise), text: verdict.holder.clone() });
    }
    labels
}

impl Rule for LongLivedRace {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>) {
        for verdict in cx.verdicts.iter().filter(|verdict| verdict.family == Family::Race) {
            let promise = &verdict.subject;
            let words = Words {
                message: format!("every race against `{promise}` leaves a reaction on it"),
                primary: "the reaction keeps this race's result and the value that won".to_owned(),
                labels: labels(cx, verdict),
                help:
                    "give each race a promise of its own that one listener settles, and take that listener \
                       off when the race is over"
                        .to_owned(),
            };
            out.push(cx, &META, verdict, words);
        }
    }
}
