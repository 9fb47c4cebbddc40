//! What is linted of a stream, and what holds for it: as for a buffer that `--stdin` gives.

use super::super::args::KnownArgs;
use super::super::known::Known;
use super::super::ledger::{Search, Where};
use super::super::policy::{OneByOne, Overrides};
use crate::config::{Resolver, folder_of};
use crate::settings::Settings;
use crate::walk::{Buffers, File, LeftOut, Request};
use std::path::Path;

/// Files after which the folders of all are forgotten, so that a stream without end needs no memory without end.
const REMEMBERED: u32 = 10_000;

/// Reads configurations, ignore files and baselines when the first file asks for them.
pub(super) struct Gate<'a> {
    buffers: Buffers<'a>,
    policies: OneByOne<'a>,
    /// `None` if baselines do not count.
    baselines: Option<Search>,
    folders: Resolver,
    /// Files since the folders were forgotten.
    admitted: u32,
}

/// A file that is linted.
pub(super) struct Admitted {
    pub file: File,
    pub source: String,
    pub settings: Settings,
    pub known: Known,
}

impl<'a> Gate<'a> {
    /// Reads what is named for all files.
    ///
    /// # Errors
    /// What is wrong in it.
    pub(super) fn new(
        known: &KnownArgs,
        request: &'a Request,
        overrides: &'a Overrides<'a>,
    ) -> Result<Self, String> {
        let at = known.baseline.as_deref().map_or(Where::Nearest, Where::At);
        let baselines = if known.no_baseline { None } else { Some(Search::new(at)?) };
        let policies = OneByOne::new(overrides)?;
        let (buffers, folders) = (Buffers::new(request), Resolver::default());
        Ok(Self { buffers, policies, baselines, folders, admitted: 0 })
    }

    /// What to lint, or in a word why it is left out.
    ///
    /// # Errors
    /// What is wrong in the file's configuration or baseline.
    pub(super) fn admit(
        &mut self,
        path: &str,
        source: String,
    ) -> Result<Result<Admitted, &'static str>, String> {
        self.count();
        let file = match self.buffers.admit(Path::new(path)) {
            Ok(file) => File { size: source.len() as u64, ..file },
            Err(LeftOut::Ignored) => return Ok(Err("ignored")),
            Err(LeftOut::NoSource) => return Ok(Err("no-source")),
        };
        let folder = self.folders.resolve(folder_of(&file.path));
        let settings = match self.policies.settings(&file, &folder)? {
            Ok(settings) => settings,
            Err(why) => return Ok(Err(why)),
        };
        let known = match &mut self.baselines {
            Some(search) => Known::of_one(&file, &folder, search)?,
            None => Known::default(),
        };
        Ok(Ok(Admitted { file, source, settings, known }))
    }

    fn count(&mut self) {
        self.admitted += 1;
        if self.admitted < REMEMBERED {
            return;
        }
        self.admitted = 0;
        self.buffers.forget_folders();
        self.policies.forget_folders();
        self.folders = Resolver::default();
        if let Some(search) = &mut self.baselines {
            search.forget_folders();
        }
    }
}
