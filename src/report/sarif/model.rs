//! The part of SARIF 2.1.0 that leaklint writes and reads again. Field names are the standard's.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Declares structs that are written and read with the standard's names.
macro_rules! model {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct $name { $($(#[$field_doc])* pub $field: $kind),* }
    )+};
}

model! {
    Log {
        #[serde(rename = "$schema", default)]
        schema: String,
        version: String,
        runs: Vec<Run>,
    }
    Run {
        tool: Tool,
        #[serde(skip_serializing_if = "Option::is_none")]
        automation_details: Option<AutomationDetails>,
        #[serde(default)]
        original_uri_base_ids: BTreeMap<String, UriBase>,
        #[serde(default)]
        column_kind: String,
        #[serde(default)]
        invocations: Vec<Invocation>,
        #[serde(default)]
        results: Vec<SarifResult>,
    }
    AutomationDetails { id: String }
    /// A root without its place, so that a report is the same on every machine.
    UriBase { description: Message }
    Tool { driver: Driver }
    Driver {
        name: String,
        #[serde(default)]
        full_name: String,
        #[serde(default)]
        version: String,
        #[serde(default)]
        semantic_version: String,
        #[serde(default)]
        information_uri: String,
        #[serde(default)]
        rules: Vec<Rule>,
    }
    Rule {
        id: String,
        /// In one word: `UnclearedInterval`.
        #[serde(default)]
        name: String,
        short_description: Message,
        full_description: Message,
        help: Help,
        help_uri: String,
        default_configuration: Configuration,
        properties: RuleProperties,
    }
    Configuration { level: Level }
    Help { text: String, markdown: String }
    RuleProperties {
        tags: Vec<String>,
        precision: String,
        #[serde(rename = "problem.severity")]
        problem_severity: String,
    }
    Message { text: String }
    Invocation {
        execution_successful: bool,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tool_execution_notifications: Vec<Notification>,
    }
    Notification {
        descriptor: Descriptor,
        level: Level,
        message: Message,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        locations: Vec<Location>,
    }
    Descriptor { id: String }
    SarifResult {
        rule_id: String,
        rule_index: usize,
        level: Level,
        message: Message,
        locations: Vec<Location>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        partial_fingerprints: BTreeMap<String, String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        related_locations: Vec<Location>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        code_flows: Vec<CodeFlow>,
        #[serde(skip_serializing_if = "Option::is_none")]
        properties: Option<ResultProperties>,
    }
    ResultProperties { confidence: String }
    CodeFlow { thread_flows: Vec<ThreadFlow> }
    ThreadFlow { locations: Vec<Step> }
    Step {
        location: Location,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kinds: Vec<String>,
    }
    Location {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<usize>,
        physical_location: PhysicalLocation,
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<Message>,
    }
    PhysicalLocation {
        artifact_location: ArtifactLocation,
        #[serde(skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
    }
    ArtifactLocation {
        uri: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        uri_base_id: Option<String>,
    }
}

/// 1-based lines, 1-based UTF-16 columns, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub start_line: u32,
    pub start_column: u32,
    pub end_line: u32,
    pub end_column: u32,
}

/// How loud a result is; the loudest is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Level {
    None,
    Note,
    Warning,
    Error,
}

impl SarifResult {
    /// The order of results: by file, place, rule, words.
    pub(super) fn key(&self) -> (&str, Option<Region>, &str, &str) {
        let place = self.locations.first().map(|location| &location.physical_location);
        (
            place.map_or("", |place| place.artifact_location.uri.as_str()),
            place.and_then(|place| place.region),
            &self.rule_id,
            &self.message.text,
        )
    }
}

impl Notification {
    /// The order of notifications: by file, kind, words.
    pub(super) fn key(&self) -> (Option<&str>, &str, &str) {
        let place = self.locations.first().map(|at| at.physical_location.artifact_location.uri.as_str());
        (place, &self.descriptor.id, &self.message.text)
    }
}

/// A message of plain text.
pub(super) fn text(text: impl Into<String>) -> Message {
    Message { text: text.into() }
}
