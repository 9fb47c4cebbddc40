//! The options of rules: what they are called, whose they are, and what they set.

use crate::obligations::Limits;
use serde::Deserialize;
use serde_spanned::Spanned;

/// An option of a rule; its value is a whole number.
#[derive(Debug)]
pub struct RuleOption {
    pub rule: &'static str,
    pub name: &'static str,
    /// For the schema and for people.
    pub description: &'static str,
    /// What holds if nothing is said.
    pub default: u64,
    pub apply: fn(&mut Limits, u64),
    written: fn(&RuleOptions) -> Option<&Spanned<u64>>,
}

/// All options of all rules.
pub const OPTIONS: [RuleOption; 3] = [
    RuleOption {
        rule: "uncleared-timeout",
        name: "minDelay",
        description: "Milliseconds. Timers that fire this soon are at most `possible`: nobody notices one that comes late. 400 if left out.",
        default: 400,
        apply: |limits, value| limits.moment = value,
        written: |options| options.min_delay.as_ref(),
    },
    RuleOption {
        rule: "large-closure-capture",
        name: "minBytes",
        description: "Bytes from which on a buffer or string counts as large. 1,000,000 if left out.",
        default: 1_000_000,
        apply: |limits, value| limits.large_bytes = Some(value),
        written: |options| options.min_bytes.as_ref(),
    },
    RuleOption {
        rule: "large-closure-capture",
        name: "minElements",
        description: "Elements from which on an array counts as large. 100,000 if left out.",
        default: 100_000,
        apply: |limits, value| limits.large_elements = Some(value),
        written: |options| options.min_elements.as_ref(),
    },
];

/// The options of a rule as written. Which of them the rule has is said by [`OPTIONS`].
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct RuleOptions {
    min_delay: Option<Spanned<u64>>,
    min_bytes: Option<Spanned<u64>>,
    min_elements: Option<Spanned<u64>>,
}

impl RuleOptions {
    /// What is said, with the names.
    pub fn said(&self) -> impl Iterator<Item = (&'static RuleOption, &Spanned<u64>)> {
        OPTIONS.iter().filter_map(|option| Some((option, (option.written)(self)?)))
    }
}
