//! Which settings hold for which file: the defaults, its configuration, the command line.

mod one_by_one;

pub(super) use one_by_one::OneByOne;

use super::args::{ConfigArgs, LintArgs};
use crate::config::written::{KindName, Level};
use crate::config::{self, Config, Finder, Loader, Resolver, Says, folder_of};
use crate::diagnostic::Severity;
use crate::kinds::{KINDS, Kind};
use crate::obligations::Tier;
use crate::protocol::{self, Catalogue};
use crate::report;
use crate::settings::Settings;
use crate::walk::{self, File, Found};
use crate::{rules, suppress};
use rustc_hash::FxHashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the command line says, over whatever a configuration says.
pub(super) struct Overrides<'a> {
    pub(super) args: &'a LintArgs,
    pub(super) rules: Vec<(String, Level)>,
    include: Vec<Kind>,
    trace: bool,
}

impl<'a> Overrides<'a> {
    /// Reads the options; with `trace`, every decision is recorded.
    ///
    /// # Errors
    /// A rule or a severity that does not exist.
    pub(super) fn of(args: &'a LintArgs, trace: bool) -> Result<Self, String> {
        for id in &args.only {
            known(id)?;
        }
        let rules = args.rule.iter().map(|set| rule_setting(set)).collect::<Result<_, _>>()?;
        Ok(Self { args, rules, include: KindName::kinds(&args.include), trace })
    }

    fn policy(&self, catalogue: &Arc<Catalogue>, says: &Says) -> Policy {
        let lets_in = KINDS.iter().map(|(_, kind)| *kind).filter(|kind| self.lints(says, *kind)).collect();
        Policy { settings: self.settings(catalogue, says), lets_in }
    }

    fn settings(&self, catalogue: &Arc<Catalogue>, says: &Says) -> Settings {
        let mut settings = Settings::with(Arc::clone(catalogue));
        let asked = self.args.min_confidence.map(Tier::from);
        let said = says.min_confidence.as_ref().map(|set| set.value);
        settings.min_confidence = asked.or(said).unwrap_or(settings.min_confidence);
        settings.max_file_size = self.args.max_file_size;
        settings.no_prefilter = self.args.no_prefilter;
        settings.trace = self.trace;
        settings.parse_only = self.args.parse_only;
        let said = says.levels.iter().map(|(id, set)| (id.clone(), set.value));
        for (id, level) in said.chain(self.rules.iter().cloned()) {
            match severity(level) {
                Some(set) => settings.rules.insert(id, set),
                None => settings.rules.remove(&id),
            };
        }
        settings.only.clone_from(&self.args.only);
        settings.require_reason = says.require_reason.as_ref().is_some_and(|set| set.value);
        settings.minified = self.lints(says, Kind::Minified);
        says.set_limits(&mut settings.limits);
        settings
    }

    /// Whether files of a kind are linted.
    pub(super) fn lints(&self, says: &Says, kind: Kind) -> bool {
        let said = says.kinds.as_ref().is_some_and(|set| set.value.contains(&kind));
        self.args.no_ignore || said || self.include.contains(&kind)
    }
}

/// What a level makes of a rule, `None` for what it would do without; there, `None` is silence.
fn severity(level: Level) -> Option<Option<Severity>> {
    match level {
        Level::On => None,
        Level::Off => Some(None),
        Level::Info => Some(Some(Severity::Info)),
        Level::Warn => Some(Some(Severity::Warning)),
        Level::Error => Some(Some(Severity::Error)),
    }
}

/// The settings of a run, by file.
pub(super) struct Policies {
    /// Without a configuration first.
    all: Vec<Policy>,
    /// By the folder of the file, as it was found.
    of_folder: FxHashMap<OsString, Folder>,
    /// Indices into `all`, by file, where the files of one folder are not treated the same.
    of_file: FxHashMap<PathBuf, usize>,
    /// Indices into `all`, by configuration and those of its overrides that match.
    known: FxHashMap<(usize, Vec<usize>), usize>,
}

/// What holds for some files.
struct Policy {
    settings: Settings,
    /// Kinds of files that are linted although they are left out by default.
    lets_in: Vec<Kind>,
}

/// What is known of the files of one folder.
struct Folder {
    /// Absolute and without links, `/` between its parts.
    path: String,
    config: Option<usize>,
    /// Index of the policy that holds if no override does.
    policy: usize,
}

impl Policies {
    /// Those of a run of which no configuration is known yet.
    fn built_in(sources: &Sources, overrides: &Overrides<'_>) -> Self {
        Self {
            all: vec![overrides.policy(&sources.built_in, &Says::default())],
            of_folder: FxHashMap::default(),
            of_file: FxHashMap::default(),
            known: FxHashMap::default(),
        }
    }

    /// Finds and reads the configurations of files, lets in the kinds of files that they ask for, and leaves out what they
    /// ignore.
    ///
    /// # Errors
    /// What is wrong in the configurations, with its places, a line each.
    pub(super) fn of(
        args: &ConfigArgs,
        found: &mut Found,
        overrides: &Overrides<'_>,
    ) -> Result<Self, String> {
        let mut sources = Sources::new(args)?;
        let mut policies = Self::built_in(&sources, overrides);
        let mut resolver = Resolver::default();
        for file in &found.files {
            let folder = folder_of(&file.path);
            if !policies.of_folder.contains_key(folder.as_os_str()) {
                let path = resolver.resolve(folder);
                let config = sources.of_folder(&path);
                let known = Folder { path: walk::shown(&path), config, policy: 0 };
                policies.of_folder.insert(folder.into(), known);
            }
        }
        sources.finish()?;
        let catalogues = sources.catalogues();
        for file in std::mem::take(&mut found.files) {
            let policy = policies.choose(&file, &sources.configs, &catalogues, overrides);
            match (policy, file.kind) {
                (None, _) => found.ignore(),
                (Some(policy), Some(kind)) if !policy.lets_in.contains(&kind) => found.leave_out(kind),
                (Some(_), _) => found.let_in(file),
            }
        }
        Ok(policies)
    }

    /// What holds for a file, unless its configuration ignores it.
    fn choose(
        &mut self,
        file: &File,
        configs: &[Config],
        catalogues: &[Arc<Catalogue>],
        overrides: &Overrides<'_>,
    ) -> Option<&Policy> {
        let folder = self.of_folder.get_mut(folder_of(&file.path).as_os_str());
        let Some((at, folder)) = folder.and_then(|folder| Some((folder.config?, folder))) else {
            return self.all.first();
        };
        let config = &configs[at];
        let path = path_in(&folder.path, &file.path);
        if !overrides.args.no_ignore && config.ignored_by(&path).is_some() {
            return None;
        }
        let matching = config.matching(&path);
        let plain = matching.is_empty();
        let policy = *self.known.entry((at, matching)).or_insert_with(|| {
            let says = config.holding(&path).says;
            self.all.push(overrides.policy(&catalogues[at], &says));
            self.all.len() - 1
        });
        if plain {
            folder.policy = policy;
        } else {
            self.of_file.insert(file.path.clone(), policy);
        }
        self.all.get(policy)
    }

    /// What holds where no configuration does.
    pub(super) fn first(&self) -> &Settings {
        &self.all[0].settings
    }

    /// Findings that are not sure enough to be shown come out, too.
    pub(super) fn keep_hidden(&mut self) {
        self.all.iter_mut().for_each(|policy| policy.settings.keep_hidden = true);
    }

    /// The settings of a file.
    pub(super) fn settings(&self, file: &File) -> &Settings {
        let of_file = || self.of_file.get(&file.path);
        let at = match self.of_folder.get(folder_of(&file.path).as_os_str()) {
            Some(folder) if folder.config.is_some() => of_file().unwrap_or(&folder.policy),
            _ => &0,
        };
        &self.all[*at].settings
    }
}

/// Where configurations come from, each read once.
pub(super) struct Sources {
    pub(super) built_in: Arc<Catalogue>,
    pub(super) configs: Vec<Config>,
    loader: Loader,
    finder: Finder,
    /// By path, `None` where it is wrong.
    known: FxHashMap<PathBuf, Option<usize>>,
    /// One that was named for all files, or none.
    everywhere: Option<Option<usize>>,
    errors: Vec<String>,
    /// By the files that teach it; what is built in is taught by none.
    catalogues: FxHashMap<Vec<PathBuf>, Arc<Catalogue>>,
}

impl Sources {
    /// Reads the configuration that is named, if one is.
    ///
    /// # Errors
    /// rules/*.toml are wrong.
    pub(super) fn new(args: &ConfigArgs) -> Result<Self, String> {
        let built_in = protocol::built_in().map_err(|error| error.to_string())?;
        let here = std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default();
        let built_in = Arc::new(built_in);
        let mut sources = Self {
            catalogues: FxHashMap::from_iter([(Vec::new(), Arc::clone(&built_in))]),
            built_in,
            configs: Vec::new(),
            loader: Loader::new(here),
            finder: Finder::new(config::inside),
            known: FxHashMap::default(),
            everywhere: args.no_config.then_some(None),
            errors: Vec::new(),
        };
        if let Some(path) = &args.config {
            sources.everywhere = Some(sources.read(path));
        }
        Ok(sources)
    }

    /// The index of the configuration that holds in a folder, which is absolute and without links.
    pub(super) fn of_folder(&mut self, folder: &Path) -> Option<usize> {
        if let Some(everywhere) = self.everywhere {
            return everywhere;
        }
        match self.finder.of_folder(folder) {
            Ok(path) => self.read(&path?),
            Err(problem) => {
                self.errors.push(problem);
                None
            }
        }
    }

    fn read(&mut self, path: &Path) -> Option<usize> {
        if let Some(known) = self.known.get(path) {
            return *known;
        }
        let at = self.loader.load(path).map(|config| {
            self.configs.push(config);
            self.configs.len() - 1
        });
        self.known.insert(path.to_owned(), at);
        at
    }

    /// A file as users know it: relative to the current folder if it lies below.
    pub(super) fn name(&self, path: &Path) -> String {
        self.loader.name(path)
    }

    /// To be called when all are read.
    ///
    /// # Errors
    /// All that is wrong, a line each.
    pub(super) fn finish(&mut self) -> Result<(), String> {
        self.errors.append(&mut self.loader.errors);
        let mut lines: Vec<String> = Vec::new();
        for error in &self.errors {
            let line = report::safe_path(error);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        if lines.is_empty() { Ok(()) } else { Err(lines.join("\nleaklint: ")) }
    }

    /// What each configuration teaches with what is built in.
    fn catalogues(&mut self) -> Vec<Arc<Catalogue>> {
        (0..self.configs.len()).map(|at| self.catalogue(at)).collect()
    }

    /// What a configuration teaches with what is built in; configurations that teach the same share it.
    fn catalogue(&mut self, at: usize) -> Arc<Catalogue> {
        let config = &self.configs[at];
        let teachers = config.teachers();
        if let Some(catalogue) = self.catalogues.get(&teachers) {
            return Arc::clone(catalogue);
        }
        let own = Arc::new(self.built_in.extended(config.own()));
        self.catalogues.insert(teachers, Arc::clone(&own));
        own
    }
}

/// The rows and lists that hold in the current folder, or by the configuration that is named.
///
/// # Errors
/// What is wrong in a configuration, with its place.
pub(super) fn catalogue(args: &ConfigArgs) -> Result<Arc<Catalogue>, String> {
    let mut sources = Sources::new(args)?;
    let at = sources.of_folder(&walk::real(Path::new(".")));
    sources.finish()?;
    let mut catalogues = sources.catalogues();
    Ok(at.map_or(sources.built_in, |at| catalogues.swap_remove(at)))
}

/// A file's path as patterns see it.
pub(super) fn path_in(folder: &str, file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    format!("{}/{name}", folder.trim_end_matches('/'))
}

fn rule_setting(set: &str) -> Result<(String, Level), String> {
    let Some((id, value)) = set.split_once('=') else {
        return Err(format!("--rule {set}: write it as ID=off, ID=on, ID=info, ID=warn or ID=error"));
    };
    known(id)?;
    let level = match value {
        "warning" => Some(Level::Warn),
        value => Level::ALL.into_iter().find(|level| level.name() == value),
    };
    let level =
        level.ok_or_else(|| format!("--rule {set}: `{value}` is none of off, on, info, warn, error"))?;
    Ok((id.to_owned(), level))
}

fn known(id: &str) -> Result<(), String> {
    match rules::find(id) {
        Some(_) => Ok(()),
        None => Err(suppress::unknown_rule(id)),
    }
}
