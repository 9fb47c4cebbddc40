//! leaklint.jsonc as written: what serde reads and what the schema describes. Unknown keys are refused.

use super::options::RuleOptions;
use super::schema;
use crate::kinds::{KINDS, Kind};
use crate::obligations::Tier;
use crate::protocol::raw;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde_spanned::Spanned;
use std::collections::BTreeMap;
use std::fmt;

/// Rules and notices by id.
pub type Rules = BTreeMap<Spanned<String>, Entry>;

/// Configuration of leaklint, which finds memory leaks in JavaScript and TypeScript.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
#[schemars(rename = "leaklint")]
pub struct Written {
    /// Where editors find the description of this file.
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    /// Configurations on which this one builds: paths that begin with `./` or `../`, relative to this file, or packages
    /// in node_modules. A later one wins over an earlier one, and this file over all of them.
    #[schemars(with = "Extends")]
    pub extends: Option<Spanned<Extends>>,
    /// Severities and options, by rule or notice.
    #[schemars(with = "schema::RuleEntries")]
    pub rules: Rules,
    /// How sure a finding must be to be shown. `likely` if left out.
    #[schemars(with = "Confidence")]
    pub min_confidence: Option<Spanned<Confidence>>,
    /// Whether a suppression comment must give a reason, behind ` -- `. `false` if left out.
    #[schemars(with = "bool")]
    pub require_reason: Option<Spanned<bool>>,
    /// Kinds of files that are linted although they are left out by default. An empty list takes back what an extended
    /// configuration says.
    #[schemars(with = "Vec<KindName>")]
    pub kinds: Option<Spanned<Vec<KindName>>>,
    /// Files that are not linted: patterns as in .gitignore, relative to the folder of this file.
    #[schemars(with = "Vec<String>")]
    pub ignore: Vec<Spanned<String>>,
    /// What holds for some files only. A later entry wins over an earlier one.
    #[schemars(with = "Vec<Override>")]
    pub overrides: Vec<Spanned<Override>>,
    /// What acquires and what releases in your libraries, beside what is built in.
    pub protocols: Protocols,
    /// Names of methods that end their object, beside what is built in.
    pub teardowns: raw::Teardowns,
    /// Names of what lives long, beside what is built in.
    pub lifetimes: raw::Lifetimes,
}

/// What holds for some files only.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Override {
    /// The files: patterns as in .gitignore, relative to the folder of this file. `!pattern` takes files out again.
    #[schemars(with = "Vec<String>", length(min = 1))]
    pub files: Spanned<Vec<Spanned<String>>>,
    /// Severities and options, by rule or notice.
    #[serde(default)]
    #[schemars(with = "schema::RuleEntries")]
    pub rules: Rules,
    /// How sure a finding must be to be shown.
    #[schemars(with = "Confidence")]
    #[serde(default)]
    pub min_confidence: Option<Spanned<Confidence>>,
    /// Whether a suppression comment must give a reason, behind ` -- `.
    #[schemars(with = "bool")]
    #[serde(default)]
    pub require_reason: Option<Spanned<bool>>,
    /// Kinds of files that are linted although they are left out by default.
    #[schemars(with = "Vec<KindName>")]
    #[serde(default)]
    pub kinds: Option<Spanned<Vec<KindName>>>,
}

/// The rows of rules/*.toml, and the lists in which projects differ.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Protocols {
    /// Calls whose result must be released.
    #[schemars(with = "Vec<raw::Handle>")]
    pub handle: Vec<raw::Placed<raw::Handle>>,
    /// Pairs of methods that put a handler on and take it off.
    #[schemars(with = "Vec<raw::Listener>")]
    pub listener: Vec<raw::Placed<raw::Listener>>,
    /// Calls that register what runs at a station of a component's life.
    #[schemars(with = "Vec<raw::Hook>")]
    pub hook: Vec<raw::Placed<raw::Hook>>,
    /// Object literals of which a framework makes instances.
    #[schemars(with = "Vec<raw::Options>")]
    pub options: Vec<raw::Placed<raw::Options>>,
    /// Classes that a framework makes, sets up and tears down.
    #[schemars(with = "Vec<raw::Lifecycle>")]
    pub lifecycle: Vec<raw::Placed<raw::Lifecycle>>,
    /// What runs once.
    pub once: raw::Once,
    /// What makes a function run anew at every render.
    pub renders: raw::Renders,
    /// What runs per request, connection or message.
    pub repeated: raw::Repeated,
    /// What calls do with what they are given.
    pub calls: raw::Calls,
    /// What grows, and what bounds it.
    pub containers: raw::Containers,
}

/// A configuration or a list of them.
#[derive(Debug, Clone)]
pub enum Extends {
    One(String),
    Many(Vec<Spanned<String>>),
}

/// What a rule speaks as, perhaps with options.
#[derive(Debug)]
pub struct Entry {
    pub level: Level,
    pub options: RuleOptions,
}

/// What a rule speaks as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The rule is silent.
    Off,
    /// By confidence, as without a configuration: proven findings are errors, likely ones warnings.
    On,
    /// Said, and no reason to fail.
    Info,
    /// Counts for `--max-warnings`.
    Warn,
    /// The run fails.
    Error,
}

/// How sure a finding must be.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// All steps are shown by the code.
    Proven,
    /// At most one step rests on a heuristic, which the finding names.
    Likely,
    /// Lifetime or repetition is unknown.
    Possible,
}

/// A kind of file that is left out by default, by its name, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindName {
    All,
    One(Kind),
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
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Off, Self::On, Self::Info, Self::Warn, Self::Error];

    /// As users write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

impl KindName {
    /// All that may be written.
    pub fn names() -> Vec<&'static str> {
        ["all"].into_iter().chain(KINDS.iter().map(|(name, _)| *name)).collect()
    }

    /// `all`, or the name of a kind.
    ///
    /// # Errors
    /// There is no such kind, with those that there are.
    pub fn named(name: &str) -> Result<Self, String> {
        if name == "all" {
            return Ok(Self::All);
        }
        let kind = KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| Self::One(*kind));
        kind.ok_or_else(|| super::jsonc::none_of(name, &Self::names()))
    }

    /// The kinds that the names stand for.
    pub fn kinds(names: &[Self]) -> Vec<Kind> {
        if names.contains(&Self::All) {
            return KINDS.iter().map(|(_, kind)| *kind).collect();
        }
        names.iter().filter_map(|name| if let Self::One(kind) = name { Some(*kind) } else { None }).collect()
    }
}

impl<'de> Deserialize<'de> for Extends {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Wanted;
        impl<'de> Visitor<'de> for Wanted {
            type Value = Extends;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string, or an array of strings")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Extends, E> {
                Ok(Extends::One(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Extends, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = items.next_element()? {
                    all.push(one);
                }
                Ok(Extends::Many(all))
            }
        }
        deserializer.deserialize_any(Wanted)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Wanted;
        impl<'de> Visitor<'de> for Wanted {
            type Value = Entry;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a level, or an array of a level and options")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Entry, E> {
                let level = Level::deserialize(serde::de::value::StrDeserializer::new(text))?;
                Ok(Entry { level, options: RuleOptions::default() })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Entry, A::Error> {
                let level = items.next_element()?.ok_or_else(|| A::Error::custom("a level is missing"))?;
                let options = items.next_element()?.unwrap_or_default();
                match items.next_element::<serde::de::IgnoredAny>()? {
                    Some(_) => Err(A::Error::custom("more than a level and options")),
                    None => Ok(Entry { level, options }),
                }
            }
        }
        deserializer.deserialize_tuple(2, Wanted)
    }
}

impl<'de> Deserialize<'de> for KindName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Wanted;
        impl Visitor<'_> for Wanted {
            type Value = KindName;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a string")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<KindName, E> {
                KindName::named(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Wanted)
    }
}
