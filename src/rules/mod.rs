//! The rules: each picks the engine's verdicts of its family and words them.

mod handle_words;
mod large_closure_capture;
mod long_lived_race;
mod mismatched_removal;
mod notices;
mod overwritten_handle;
mod rearming_timer;
mod story;
mod unaborted_signal;
mod unbounded_collection;
mod uncleared_interval;
mod uncleared_timeout;
mod unclosed_resource;
mod undisconnected_observer;
mod unreachable_cleanup;
mod unreleased_subscription;
mod unremoved_listener;

pub use notices::{NOTICES, is_unlinted};

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::facts::Facts;
use crate::fingerprint::Anchor;
use crate::obligations::{Tier, Verdict};
use crate::protocol::HandleRule;
use crate::semantic::{ExprId, Up};
use crate::settings::Settings;
use crate::source::Span;

/// What is known of a rule without running it.
#[derive(Debug)]
pub struct Meta {
    pub id: &'static str,
    pub summary: &'static str,
    /// The tiers the rule can reach, least sure first; none for a notice.
    pub tiers: &'static [Tier],
    /// The rule's page, built into the binary.
    pub page: &'static str,
}

impl Meta {
    /// Where the rule's page can be read by anybody.
    pub fn url(&self) -> String {
        let (page, part) = match self.tiers.is_empty() {
            true => ("notices", format!("#{}", self.id)),
            false => (self.id, String::new()),
        };
        format!("{}/blob/main/docs/rules/{page}.md{part}", env!("CARGO_PKG_REPOSITORY"))
    }
}

/// A rule.
pub trait Rule: Sync {
    /// Id, tiers, summary and page.
    fn meta(&self) -> &'static Meta;
    /// Words the verdicts that belong to the rule.
    fn check(&self, cx: &Cx<'_>, out: &mut Findings<'_>);
}

/// Every rule, in the order of precedence and of lists.
pub const RULES: &[&dyn Rule] = &[
    &unreachable_cleanup::UnreachableCleanup,
    &mismatched_removal::MismatchedRemoval,
    &overwritten_handle::OverwrittenHandle,
    &large_closure_capture::LargeClosureCapture,
    &long_lived_race::LongLivedRace,
    &unaborted_signal::UnabortedSignal,
    &rearming_timer::RearmingTimer,
    &uncleared_interval::UnclearedInterval,
    &uncleared_timeout::UnclearedTimeout,
    &unremoved_listener::UnremovedListener,
    &undisconnected_observer::UndisconnectedObserver,
    &unreleased_subscription::UnreleasedSubscription,
    &unclosed_resource::UnclosedResource,
    &unbounded_collection::UnboundedCollection,
];

/// The id of the rule that speaks of a kind of handle.
pub fn of_handle(rule: HandleRule) -> &'static str {
    match rule {
        HandleRule::Interval => "uncleared-interval",
        HandleRule::Timeout => "uncleared-timeout",
        HandleRule::Rearming => "rearming-timer",
        HandleRule::Observer => "undisconnected-observer",
        HandleRule::Subscription => "unreleased-subscription",
        HandleRule::Resource => "unclosed-resource",
    }
}

/// The metas of all rules and notices.
pub fn metas() -> impl Iterator<Item = &'static Meta> {
    RULES.iter().map(|rule| rule.meta()).chain(NOTICES.iter())
}

/// The meta of one rule or notice.
pub fn find(id: &str) -> Option<&'static Meta> {
    metas().find(|meta| meta.id == id)
}

/// What a rule sees.
pub struct Cx<'a> {
    pub facts: &'a Facts<'a>,
    pub verdicts: &'a [Verdict],
}

/// Where findings go.
pub struct Findings<'a> {
    settings: &'a Settings,
    keep_hidden: bool,
    out: Vec<Diagnostic>,
}

/// The words of one finding.
pub struct Words {
    pub message: String,
    pub primary: String,
    pub labels: Vec<Label>,
    pub help: String,
}

impl<'a> Findings<'a> {
    /// Collects under the given settings; with `keep_hidden`, findings below the confidence that is shown too.
    pub fn new(settings: &'a Settings, keep_hidden: bool) -> Self {
        Self { settings, keep_hidden, out: Vec::new() }
    }

    /// What was collected.
    pub fn into_inner(self) -> Vec<Diagnostic> {
        self.out
    }

    /// Adds a finding unless its tier or rule is switched off.
    pub fn push(&mut self, cx: &Cx<'_>, rule: &'static Meta, verdict: &Verdict, words: Words) {
        let hidden = verdict.tier < self.settings.min_confidence && !self.keep_hidden;
        let Some(severity) = self.settings.severity(rule.id, verdict.tier).filter(|_| !hidden) else {
            return;
        };
        let (labels, story) = ordered(distinct(words.labels, verdict.span));
        let note = verdict.assumed.as_ref().map(|step| format!("assumed: {step}"));
        self.out.push(Diagnostic {
            rule: rule.id,
            severity,
            tier: Some(verdict.tier),
            message: words.message,
            primary: Label { span: verdict.span, text: words.primary },
            labels,
            story,
            help: Some(words.help),
            note,
            statement: statement_of(cx.facts, verdict.site),
            anchor: anchor(cx.facts, verdict.site),
        });
    }
}

/// One label a span, none on the primary span.
fn distinct(labels: Vec<Label>, primary: Span) -> Vec<Label> {
    let mut out: Vec<Label> = Vec::new();
    for label in labels {
        let taken = label.span == primary || out.iter().any(|known| known.span == label.span);
        if !taken {
            out.push(label);
        }
    }
    out
}

/// Labels in the order of their places, and the order in which they were told.
fn ordered(told: Vec<Label>) -> (Vec<Label>, Vec<usize>) {
    let mut labels = told.clone();
    labels.sort();
    let story = told.iter().filter_map(|label| labels.binary_search(label).ok()).collect();
    (labels, story)
}

/// The statement around an expression.
fn statement_of(facts: &Facts<'_>, site: ExprId) -> Span {
    let mut at = site;
    while let Up::Expr(parent) = facts.tree.expr(at).up {
        at = parent;
    }
    facts.tree.span(at)
}

/// What the finding at a site is recognised by.
fn anchor(facts: &Facts<'_>, site: ExprId) -> Anchor {
    let (tree, acquire) = (facts.tree, facts.tree.span(site));
    let mut functions: Vec<Span> = Vec::new();
    let first = tree.functions.partition_point(|function| function.span.start < acquire.start);
    for function in tree.functions[first..].iter().take_while(|one| one.span.start < acquire.end) {
        let is_inside = acquire.contains(function.span);
        if is_inside && functions.last().is_none_or(|outer| outer.end <= function.span.start) {
            functions.push(function.span);
        }
    }
    Anchor { scopes: facts.scopes(tree.expr(site).function), acquire, functions }
}

/// The severity that a notice speaks as.
pub fn notice_severity(settings: &Settings, id: &str) -> Option<Severity> {
    settings.notice(id)
}
