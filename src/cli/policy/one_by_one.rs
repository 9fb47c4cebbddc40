//! Settings of files that come one after another, of which nobody knows how many there are.

use super::{Folder, Overrides, Policies, Sources};
use crate::config::{self, Finder, folder_of};
use crate::kinds;
use crate::protocol::Catalogue;
use crate::settings::Settings;
use crate::walk::{self, File};
use rustc_hash::FxHashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads each configuration once, when the first file asks for it.
pub(in crate::cli) struct OneByOne<'a> {
    overrides: &'a Overrides<'a>,
    sources: Sources,
    catalogues: Vec<Arc<Catalogue>>,
    policies: Policies,
    /// What is wrong, by configuration.
    wrong: FxHashMap<PathBuf, String>,
}

impl<'a> OneByOne<'a> {
    /// Reads the configuration that is named, if one is.
    ///
    /// # Errors
    /// What is wrong in it.
    pub(in crate::cli) fn new(overrides: &'a Overrides<'a>) -> Result<Self, String> {
        let mut sources = Sources::new(&overrides.args.config)?;
        sources.finish()?;
        let policies = Policies::built_in(&sources, overrides);
        let wrong = FxHashMap::default();
        let mut one_by_one = Self { overrides, sources, catalogues: Vec::new(), policies, wrong };
        one_by_one.learn()?;
        Ok(one_by_one)
    }

    /// Finds out anew which configuration holds in which folder; what was read stays.
    pub(in crate::cli) fn forget_folders(&mut self) {
        self.policies.of_folder.clear();
        self.sources.finder = Finder::new(config::inside);
    }

    /// What holds for a file, whose folder is `real` when absolute and without links; or in a word why it is left out.
    ///
    /// # Errors
    /// What is wrong in its configuration.
    pub(in crate::cli) fn settings(
        &mut self,
        file: &File,
        real: &Path,
    ) -> Result<Result<Settings, &'static str>, String> {
        let folder = folder_of(&file.path);
        if !self.policies.of_folder.contains_key(folder.as_os_str()) {
            let config = self.config(real)?;
            let known = Folder { path: walk::shown(real), config, policy: 0 };
            self.policies.of_folder.insert(folder.into(), known);
        }
        let policy = self.policies.choose(file, &self.sources.configs, &self.catalogues, self.overrides);
        let outcome = match (policy, file.kind) {
            (None, _) => Err("ignored"),
            (Some(policy), Some(kind)) if !policy.lets_in.contains(&kind) => Err(kinds::name(kind)),
            (Some(policy), _) => Ok(policy.settings.clone()),
        };
        self.policies.of_file.clear();
        Ok(outcome)
    }

    /// The configuration of a folder, which is absolute and without links.
    fn config(&mut self, folder: &Path) -> Result<Option<usize>, String> {
        if let Some(everywhere) = self.sources.everywhere {
            return Ok(everywhere);
        }
        let Some(path) = self.sources.finder.of_folder(folder)? else {
            return Ok(None);
        };
        if let Some(wrong) = self.wrong.get(&path) {
            return Err(wrong.clone());
        }
        let at = self.sources.read(&path);
        let told = self.sources.finish();
        // Two that extend the same wrong one are both told why, in whatever order files ask for them.
        self.sources.errors.clear();
        self.sources.loader.forget_wrong();
        let silent = || format!("{} cannot be used", self.sources.name(&path));
        let read = told.and_then(|()| at.ok_or_else(silent)).and_then(|at| self.learn().map(|()| at));
        if let Err(problem) = &read {
            self.wrong.insert(path, problem.clone());
        }
        read.map(Some)
    }

    /// Has the catalogues of the configurations that were read.
    fn learn(&mut self) -> Result<(), String> {
        for at in self.catalogues.len()..self.sources.configs.len() {
            let catalogue = self.sources.catalogue(at);
            self.catalogues.push(catalogue);
        }
        Ok(())
    }
}
