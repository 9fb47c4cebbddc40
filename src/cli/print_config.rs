//! `leaklint check --print-config PATH`: what applies to a file, and who says so.

use super::args::{CheckArgs, Format};
use super::ledger;
use super::policy::{Overrides, Sources, path_in};
use crate::config::chain::Link;
use crate::config::options::OPTIONS;
use crate::config::{Config, Finder, Holding, Place, folder_of};
use crate::kinds;
use crate::obligations::Tier;
use crate::report;
use crate::rules;
use crate::walk::{self, Request};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// A value with who says it: `default`, `command line`, or `file:line:column`.
#[derive(Debug, Serialize)]
struct Told<T> {
    value: T,
    from: String,
}

/// What applies to a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Applied {
    path: String,
    /// The file that holds, `null` if none does.
    config: Option<String>,
    /// What that extends, in the order in which it applies.
    extends: Vec<Extended>,
    overrides: Vec<Matched>,
    /// The baseline whose findings are not reported, `null` if there is none.
    baseline: Option<Told<String>>,
    linted: Told<bool>,
    min_confidence: Told<&'static str>,
    require_reason: Told<bool>,
    kinds: Told<Vec<&'static str>>,
    rules: BTreeMap<&'static str, AppliedRule>,
}

/// A file that is extended, and where.
#[derive(Debug, Serialize)]
struct Extended {
    file: String,
    from: String,
}

/// An entry of `overrides` that matches, and the pattern by which it does.
#[derive(Debug, Serialize)]
struct Matched {
    from: String,
    files: String,
}

/// A rule's level and options.
#[derive(Debug, Serialize)]
struct AppliedRule {
    level: &'static str,
    from: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: BTreeMap<&'static str, Told<u64>>,
}

/// Prints what applies to a file, which need not exist.
pub(super) fn print_config(path: &Path, args: &CheckArgs, request: &Request) -> Result<u8, String> {
    if path.is_dir() {
        return Err(format!("--print-config {}: name a file, not a folder", walk::shown(path)));
    }
    if !matches!(args.format(), Format::Pretty | Format::Json) {
        return Err("--print-config has the formats pretty and json".to_owned());
    }
    let overrides = Overrides::of(&args.lint, false)?;
    let mut sources = Sources::new(&args.lint.config)?;
    let folder = walk::real(folder_of(path));
    let config = sources.of_folder(&folder);
    sources.finish()?;
    let config = config.map(|at| &sources.configs[at]);
    let at = path_in(&walk::shown(&folder), path);
    let mut applied = Question { path, at: &at, config, overrides: &overrides, request }.applied();
    applied.baseline = match &args.known.baseline {
        _ if args.known.no_baseline => None,
        Some(named) => Some(told(walk::shown(named), COMMAND_LINE)),
        None => Finder::new(ledger::inside)
            .of_folder(&folder)?
            .map(|nearest| told(sources.name(&nearest), "the nearest one")),
    };
    let text = match args.format() {
        Format::Json => serde_json::to_string_pretty(&applied).map_err(|error| error.to_string())? + "\n",
        _ => applied.text(),
    };
    super::output::stdout(&text)?;
    Ok(0)
}

struct Question<'q> {
    path: &'q Path,
    /// As patterns see it.
    at: &'q str,
    config: Option<&'q Config>,
    overrides: &'q Overrides<'q>,
    request: &'q Request,
}

fn from(place: Option<&Place>) -> String {
    place.map_or_else(|| "default".to_owned(), ToString::to_string)
}

fn told<T>(value: T, from: impl Into<String>) -> Told<T> {
    Told { value, from: from.into() }
}

const COMMAND_LINE: &str = "command line";

impl Question<'_> {
    fn applied(&self) -> Applied {
        let holding = self.config.map(|config| config.holding(self.at)).unwrap_or_default();
        let says = &holding.says;
        let links = self.config.map_or(&[][..], |config| config.links.as_slice());
        let extended = |link: &Link| {
            let from = link.extended.as_ref()?.to_string();
            Some(Extended { file: link.name.clone(), from })
        };
        let matched = holding.matched.iter().map(|(section, pattern)| Matched {
            from: section.place.to_string(),
            files: pattern.value.clone(),
        });
        let min_confidence = match (self.overrides.args.min_confidence, &says.min_confidence) {
            (Some(asked), _) => told(Tier::from(asked).name(), COMMAND_LINE),
            (None, Some(said)) => told(said.value.name(), said.place.to_string()),
            (None, None) => told(Tier::Likely.name(), "default"),
        };
        let reason = says.require_reason.as_ref();
        Applied {
            path: walk::shown(self.path),
            config: links.iter().find(|link| link.extended.is_none()).map(|link| link.name.clone()),
            extends: links.iter().filter_map(extended).collect(),
            overrides: matched.collect(),
            baseline: None,
            linted: self.linted(&holding),
            min_confidence,
            require_reason: told(reason.is_some_and(|set| set.value), from(reason.map(|set| &set.place))),
            kinds: self.kinds(&holding),
            rules: rules::metas().map(|meta| (meta.id, self.rule(meta.id, &holding))).collect(),
        }
    }

    fn kinds(&self, holding: &Holding<'_>) -> Told<Vec<&'static str>> {
        let said = holding.says.kinds.as_ref();
        let lints = |kind: &kinds::Kind| self.overrides.lints(&holding.says, *kind);
        let names = kinds::KINDS.iter().filter(|(_, kind)| lints(kind)).map(|(name, _)| *name).collect();
        let by_hand = self.request.no_ignore || !self.request.include.is_empty();
        let mut sources: Vec<String> = said.map(|set| set.place.to_string()).into_iter().collect();
        sources.extend(by_hand.then(|| COMMAND_LINE.to_owned()));
        match sources.is_empty() {
            true => told(names, "default"),
            false => told(names, sources.join(" and ")),
        }
    }

    fn linted(&self, holding: &Holding<'_>) -> Told<bool> {
        let no_ignore = self.request.no_ignore;
        if !walk::is_source(self.path) {
            return told(false, "leaklint does not read such files");
        }
        if no_ignore {
            return told(true, format!("{COMMAND_LINE}: --no-ignore"));
        }
        if let Some(by) = walk::ignored_by(self.path) {
            return told(false, by);
        }
        if let Some(set) = self.config.and_then(|config| config.ignored_by(self.at)) {
            return told(false, format!("{} ignores `{}`", set.place, set.value));
        }
        let Some(kind) = walk::kind(self.path) else {
            return told(true, "default");
        };
        let name = kinds::KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name);
        match (&holding.says.kinds, self.overrides.lints(&holding.says, kind)) {
            (_, false) => {
                told(false, format!("its path says that it is one of `{name}`, a kind left out by default"))
            }
            (Some(set), true) if set.value.contains(&kind) => {
                told(true, format!("{} lets `{name}` in", set.place))
            }
            _ => told(true, format!("{COMMAND_LINE}: --include lets `{name}` in")),
        }
    }

    fn rule(&self, id: &'static str, holding: &Holding<'_>) -> AppliedRule {
        let said = holding.says.levels.get(id);
        let by_hand = self.overrides.rules.iter().rev().find(|(rule, _)| rule == id);
        let only = &self.overrides.args.only;
        let is_rule = rules::RULES.iter().any(|rule| rule.meta().id == id);
        let (level, from) = match (by_hand, said) {
            _ if is_rule && !only.is_empty() && !only.iter().any(|only| only == id) => {
                ("off", format!("{COMMAND_LINE}: --only"))
            }
            (Some((_, level)), _) => (level.name(), COMMAND_LINE.to_owned()),
            (None, Some(set)) => (set.value.name(), set.place.to_string()),
            (None, None) => ("on", "default".to_owned()),
        };
        let options = OPTIONS.iter().filter(|option| option.rule == id).map(|option| {
            let told = match holding.says.options.get(&(id.to_owned(), option.name)) {
                Some(set) => told(set.value, set.place.to_string()),
                None => told(option.default, "default"),
            };
            (option.name, told)
        });
        AppliedRule { level, from, options: options.collect() }
    }
}

impl Applied {
    /// For people, safe to show.
    fn text(&self) -> String {
        let mut out = String::new();
        let mut row = |name: &str, value: &str, from: &str| {
            let line = format!("{name:<16}{value:<10}{from}");
            let _ = writeln!(out, "{}", report::safe_path(line.trim_end()));
        };
        row(&self.path, "", "");
        row("", "", "");
        row("config", self.config.as_deref().unwrap_or("none: the defaults hold"), "");
        for extended in &self.extends {
            row("extends", &format!("{} ({})", extended.file, extended.from), "");
        }
        for matched in &self.overrides {
            row("override", &format!("{} ({})", matched.files, matched.from), "");
        }
        if let Some(baseline) = &self.baseline {
            row("baseline", &format!("{} ({})", baseline.value, baseline.from), "");
        }
        let word = |yes| if yes { "yes" } else { "no" };
        row("linted", word(self.linted.value), &self.linted.from);
        row("minConfidence", self.min_confidence.value, &self.min_confidence.from);
        row(
            "requireReason",
            if self.require_reason.value { "true" } else { "false" },
            &self.require_reason.from,
        );
        let kinds = match self.kinds.value.as_slice() {
            [] => "none".to_owned(),
            kinds => kinds.join(", "),
        };
        row("kinds", &format!("{kinds:<9} "), &self.kinds.from);
        let _ = writeln!(out);
        for (id, rule) in &self.rules {
            let _ = writeln!(out, "{id:<26}{:<8}{}", rule.level, report::safe_path(&rule.from));
            for (name, option) in &rule.options {
                let _ = writeln!(out, "  {name:<24}{:<8}{}", option.value, report::safe_path(&option.from));
            }
        }
        out
    }
}
