//! What is said to the user: owned, with spans into the file's text.

use crate::fingerprint::Anchor;
use crate::obligations::Tier;
use crate::source::Span;
use serde::{Deserialize, Serialize};

/// How loud a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    Info,
    Warning,
    Error,
}

impl Severity {
    /// As users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// What a tier speaks as when the user has set nothing for the rule.
    pub fn of_tier(tier: Tier) -> Self {
        match tier {
            Tier::Proven => Self::Error,
            Tier::Likely => Self::Warning,
            Tier::Possible => Self::Info,
        }
    }
}

/// A span with words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Label {
    /// Bytes.
    pub span: Span,
    pub text: String,
}

/// One finding or notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Written beside it: only ids that exist can be read.
    #[serde(skip)]
    pub rule: &'static str,
    pub severity: Severity,
    /// `None` for notices about files and suppressions.
    pub tier: Option<Tier>,
    /// One sentence: what is wrong.
    pub message: String,
    /// The acquiring call or the growing statement.
    pub primary: Label,
    /// Who holds, why it repeats, which release was looked for.
    pub labels: Vec<Label>,
    /// The labels (as indices) in the order in which they tell what happens.
    pub story: Vec<usize>,
    /// What would stop it.
    pub help: Option<String>,
    /// The assumed step, if one is.
    pub note: Option<String>,
    /// The whole statement around the primary span; a suppression above it counts.
    pub statement: Span,
    /// What it is recognised by when lines move.
    pub anchor: Anchor,
}

impl Diagnostic {
    /// A notice about a file, which no tier belongs to.
    pub fn notice(rule: &'static str, span: Span, message: impl Into<String>, text: &str) -> Self {
        Self {
            rule,
            severity: Severity::Warning,
            tier: None,
            message: message.into(),
            primary: Label { span, text: text.to_owned() },
            labels: Vec::new(),
            story: Vec::new(),
            help: None,
            note: None,
            statement: span,
            anchor: Anchor { acquire: span, ..Anchor::default() },
        }
    }

    /// The order of output within a file.
    pub fn sort_key(&self) -> (u32, u32, &'static str, &str) {
        (self.primary.span.start, self.primary.span.end, self.rule, &self.message)
    }
}
