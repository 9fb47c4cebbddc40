//! Which settings hold for which file: the defaults, its configuration, the command line.

use super::args::{CheckArgs, ConfigArgs};
use crate::config::{self, Config, Finder};
use crate::diagnostic::Severity;
use crate::obligations::Tier;
use crate::protocol::{self, Catalogue, raw};
use crate::settings::Settings;
use crate::walk::{self, File};
use crate::{read, rules, suppress};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};

/// What the command line says, over whatever a configuration says.
pub(super) struct Overrides<'a> {
    args: &'a CheckArgs,
    rules: Vec<(String, Option<Severity>)>,
}

impl<'a> Overrides<'a> {
    /// Reads the options.
    ///
    /// # Errors
    /// A rule or a severity that does not exist.
    pub(super) fn of(args: &'a CheckArgs) -> Result<Self, String> {
        for id in &args.only {
            known(id)?;
        }
        let rules = args.rule.iter().map(|set| rule_setting(set)).collect::<Result<_, _>>()?;
        Ok(Self { args, rules })
    }

    fn settings(&self, catalogue: Catalogue, config: Config) -> Settings {
        let mut settings = Settings::with(catalogue);
        let asked = self.args.min_confidence.map(Tier::from);
        settings.min_confidence = asked.or(config.min_confidence).unwrap_or(settings.min_confidence);
        settings.max_file_size = self.args.max_file_size;
        settings.no_prefilter = self.args.no_prefilter;
        settings.trace = self.args.trace.is_some();
        settings.parse_only = self.args.parse_only;
        settings.rules = config.rules.into_iter().chain(self.rules.iter().cloned()).collect();
        settings.only.clone_from(&self.args.only);
        settings
    }
}

/// The settings of a run, by file.
pub(super) struct Policies {
    /// Without a configuration first.
    all: Vec<Settings>,
    /// By the folder of the file, where that has a configuration.
    of_folder: FxHashMap<PathBuf, usize>,
    /// If one was named, it holds for every file.
    everywhere: usize,
}

impl Policies {
    /// Finds and reads the configurations of files.
    ///
    /// # Errors
    /// What is wrong in a configuration, with its place.
    pub(super) fn of(args: &ConfigArgs, files: &[File], overrides: &Overrides<'_>) -> Result<Self, String> {
        let built_in = protocol::load(protocol::EMBEDDED).map_err(|error| error.to_string())?;
        let mut policies = Self {
            all: vec![overrides.settings(built_in, Config::default())],
            of_folder: FxHashMap::default(),
            everywhere: 0,
        };
        if let Some(path) = &args.config {
            policies.everywhere = policies.add(path, overrides)?;
            return Ok(policies);
        }
        if args.no_config {
            return Ok(policies);
        }
        let mut finder = Finder::default();
        let mut indices: FxHashMap<PathBuf, usize> = FxHashMap::default();
        for file in files {
            let folder = folder_of(&file.path);
            if policies.of_folder.contains_key(folder) {
                continue;
            }
            let at = match finder.of_folder(folder)? {
                None => 0,
                Some(path) => match indices.get(&path) {
                    Some(at) => *at,
                    None => {
                        let at = policies.add(&path, overrides)?;
                        indices.insert(path, at);
                        at
                    }
                },
            };
            policies.of_folder.insert(folder.to_owned(), at);
        }
        Ok(policies)
    }

    /// What holds for a file.
    pub(super) fn settings(&self, file: &File) -> &Settings {
        let at = self.of_folder.get(folder_of(&file.path)).unwrap_or(&self.everywhere);
        &self.all[*at]
    }

    fn add(&mut self, path: &Path, overrides: &Overrides<'_>) -> Result<usize, String> {
        let mut config = load(path)?;
        let own = std::mem::take(&mut config.own);
        let catalogue = extended(&self.all[0].catalogue, own)?;
        self.all.push(overrides.settings(catalogue, config));
        Ok(self.all.len() - 1)
    }
}

/// The rows and lists that hold in the current folder, or by the configuration that is named.
///
/// # Errors
/// What is wrong in a configuration, with its place.
pub(super) fn catalogue(args: &ConfigArgs) -> Result<Catalogue, String> {
    let built_in = protocol::load(protocol::EMBEDDED).map_err(|error| error.to_string())?;
    let path = match &args.config {
        Some(path) => Some(path.clone()),
        None if args.no_config => None,
        None => Finder::default().of_folder(Path::new("."))?,
    };
    match path {
        Some(path) => extended(&built_in, load(&path)?.own),
        None => Ok(built_in),
    }
}

fn extended(catalogue: &Catalogue, own: raw::File) -> Result<Catalogue, String> {
    catalogue.extended(own).map_err(|error| error.to_string())
}

fn load(path: &Path) -> Result<Config, String> {
    let here = std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default();
    let name = walk::shown(path.strip_prefix(here).unwrap_or(path));
    let bytes = std::fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    let text = read::decode(bytes).map_err(|_| format!("{name}: this is no text"))?;
    config::read(&name, &text).map_err(|error| error.to_string())
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

fn rule_setting(set: &str) -> Result<(String, Option<Severity>), String> {
    let Some((id, value)) = set.split_once('=') else {
        return Err(format!("--rule {set}: write it as ID=off, ID=info, ID=warn or ID=error"));
    };
    known(id)?;
    let severity = match value {
        "off" => None,
        "info" => Some(Severity::Info),
        "warn" | "warning" => Some(Severity::Warning),
        "error" => Some(Severity::Error),
        _ => return Err(format!("--rule {set}: `{value}` is none of off, info, warn, error")),
    };
    Ok((id.to_owned(), severity))
}

fn known(id: &str) -> Result<(), String> {
    match rules::find(id) {
        Some(_) => Ok(()),
        None => Err(suppress::unknown_rule(id)),
    }
}
