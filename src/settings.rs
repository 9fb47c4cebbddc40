//! The resolved policy of a run.

use crate::diagnostic::{Diagnostic, Severity};
use crate::obligations::{Limits, Tier};
use crate::protocol::{self, Catalogue, ProtocolError};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What applies to a run.
#[derive(Debug, Clone)]
pub struct Settings {
    pub catalogue: Arc<Catalogue>,
    /// Findings below are not shown.
    pub min_confidence: Tier,
    /// What the user set for single rules; `None` is off.
    pub rules: FxHashMap<String, Option<Severity>>,
    /// If not empty, only these rules speak.
    pub only: Vec<String>,
    /// Thresholds of single rules.
    pub limits: Limits,
    /// Suppression comments must say why.
    pub require_reason: bool,
    /// Files whose content looks minified are linted too.
    pub minified: bool,
    /// Bytes.
    pub max_file_size: u64,
    /// How deep a file may be nested.
    pub max_nesting: u32,
    /// Parse every file, also those in which no rule can fire.
    pub no_prefilter: bool,
    /// Findings below `min_confidence` come out all the same, for whoever compares before showing.
    pub keep_hidden: bool,
    /// Record every decision.
    pub trace: bool,
    /// Stop after parsing, for measurements.
    pub parse_only: bool,
}

impl Settings {
    /// The defaults, with the protocols that are built in.
    ///
    /// # Errors
    /// An invalid protocol file.
    pub fn new() -> Result<Self, ProtocolError> {
        Ok(Self::with(Arc::new(protocol::built_in()?)))
    }

    /// The defaults, with these protocols.
    pub fn with(catalogue: Arc<Catalogue>) -> Self {
        Self {
            catalogue,
            min_confidence: Tier::Likely,
            rules: FxHashMap::default(),
            only: Vec::new(),
            limits: Limits::default(),
            require_reason: false,
            minified: false,
            max_file_size: 8 * 1024 * 1024,
            max_nesting: 1_000,
            no_prefilter: false,
            keep_hidden: false,
            trace: false,
            parse_only: false,
        }
    }

    /// What a finding of a rule and tier speaks as where it is shown; `None` is silence.
    pub fn severity(&self, rule: &str, tier: Tier) -> Option<Severity> {
        if !self.is_asked(rule) {
            return None;
        }
        match self.rules.get(rule) {
            Some(set) => *set,
            None => Some(Severity::of_tier(tier)),
        }
    }

    /// Whether a diagnostic is sure enough to be shown.
    pub fn shows(&self, diagnostic: &Diagnostic) -> bool {
        diagnostic.tier.is_none_or(|tier| tier >= self.min_confidence)
    }

    /// What a notice speaks as; a warning unless the user set it.
    pub fn notice(&self, id: &str) -> Option<Severity> {
        match self.rules.get(id) {
            Some(set) => *set,
            None => Some(Severity::Warning),
        }
    }

    /// Whether `--only` leaves the rule in.
    pub fn is_asked(&self, rule: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == rule)
    }

    /// Whether the rule can say anything at all.
    pub fn is_enabled(&self, rule: &str) -> bool {
        self.is_asked(rule) && self.rules.get(rule) != Some(&None)
    }
}
