//! leaklint.jsonc: what a user says of rules, of APIs and of names.

mod discovery;
mod jsonc;

pub use discovery::Finder;

use crate::diagnostic::Severity;
use crate::obligations::Tier;
use crate::protocol::{self, ProtocolError, raw};
use crate::{rules, suppress};
use serde::Deserialize;
use serde_spanned::Spanned;
use std::collections::BTreeMap;

/// What one file says.
#[derive(Debug, Default)]
pub struct Config {
    pub min_confidence: Option<Tier>,
    /// By rule or notice; `None` is off.
    pub rules: BTreeMap<String, Option<Severity>>,
    /// Rows and lists that come to those that are built in.
    pub own: raw::File,
}

/// The file as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    /// For editors.
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    #[serde(rename = "minConfidence")]
    min_confidence: Option<Confidence>,
    rules: BTreeMap<Spanned<String>, Level>,
    protocols: Protocols,
    teardowns: raw::Teardowns,
    lifetimes: raw::Lifetimes,
}

/// What `protocols` may hold: the rows of rules/*.toml, and the lists that projects differ in.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Protocols {
    handle: Vec<Spanned<raw::Handle>>,
    listener: Vec<Spanned<raw::Listener>>,
    hook: Vec<Spanned<raw::Hook>>,
    options: Vec<Spanned<raw::Options>>,
    lifecycle: Vec<Spanned<raw::Lifecycle>>,
    once: raw::Once,
    renders: raw::Renders,
    repeated: raw::Repeated,
    calls: raw::Calls,
    containers: raw::Containers,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Confidence {
    Proven,
    Likely,
    Possible,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Off,
    Info,
    Warn,
    Error,
}

impl From<Confidence> for Tier {
    fn from(confidence: Confidence) -> Self {
        match confidence {
            Confidence::Proven => Self::Proven,
            Confidence::Likely => Self::Likely,
            Confidence::Possible => Self::Possible,
        }
    }
}

impl Level {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Off => None,
            Self::Info => Some(Severity::Info),
            Self::Warn => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// Reads and validates a file's text; `name` is how errors call the file.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read(name: &str, text: &str) -> Result<Config, ProtocolError> {
    let written: Written = jsonc::read(text)
        .map_err(|error| ProtocolError::at(name, text, error.offset(), error.message.as_str()))?;
    let mut config = Config { min_confidence: written.min_confidence.map(Tier::from), ..Config::default() };
    for (rule, level) in written.rules {
        let id = rule.get_ref();
        if rules::find(id).is_none() {
            let message = suppress::unknown_rule(id);
            return Err(ProtocolError::at(name, text, rule.span().start, message));
        }
        config.rules.insert(rule.into_inner(), level.severity());
    }
    config.own = own(written.protocols, written.teardowns, written.lifetimes);
    protocol::check_own(name, text, &config.own)?;
    config.own.sign(|offset| {
        let place = ProtocolError::at(name, text, offset, "");
        format!("{name}:{}", place.line)
    });
    Ok(config)
}

fn own(rows: Protocols, teardowns: raw::Teardowns, lifetimes: raw::Lifetimes) -> raw::File {
    raw::File {
        handle: rows.handle,
        listener: rows.listener,
        hook: rows.hook,
        options: rows.options,
        lifecycle: rows.lifecycle,
        once: rows.once,
        renders: rows.renders,
        repeated: rows.repeated,
        calls: rows.calls,
        containers: rows.containers,
        teardowns,
        lifetimes,
        ..raw::File::default()
    }
}
