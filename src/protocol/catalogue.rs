//! What is built in and what a user adds, and which of it counts in a file.

use super::load::build;
use super::raw;
use super::{Gates, Protocols};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use twox_hash::XxHash3_128;

/// All rows and lists of a run. A row that names a `package` counts only in files that import it.
#[derive(Debug)]
pub struct Catalogue {
    /// Rows that are built in; all lists, the user's included.
    built_in: raw::File,
    /// The user's rows.
    own: raw::File,
    /// A hash of all that the user teaches; 0 without.
    taught: u128,
    gates: Gates,
    /// Everything, whatever a file imports; made when the first file is parsed.
    all: OnceLock<Arc<Protocols>>,
    /// Packages that rows ask for, sorted.
    packages: Vec<String>,
    /// What counts in files that import just these of `packages`, made as files ask for it.
    variants: Mutex<FxHashMap<Vec<usize>, Arc<Protocols>>>,
}

impl Catalogue {
    /// From valid rows and lists.
    pub(super) fn new(mut built_in: raw::File, mut own: raw::File) -> Self {
        // What is printed for debugging names every field.
        let taught = if own.is_blank() { 0 } else { XxHash3_128::oneshot(format!("{own:?}").as_bytes()) };
        let mut lists = own.clone();
        lists.retain(|_| false);
        let gates = Gates::new(&built_in, &own);
        built_in.extend(lists);
        own = raw::File {
            handle: own.handle,
            listener: own.listener,
            hook: own.hook,
            options: own.options,
            lifecycle: own.lifecycle,
            ..raw::File::default()
        };
        let asked = built_in.rows().chain(own.rows()).filter_map(raw::Row::package);
        let mut packages: Vec<String> = asked.map(str::to_owned).collect();
        packages.sort_unstable();
        packages.dedup();
        Self { built_in, own, taught, gates, all: OnceLock::new(), packages, variants: Mutex::default() }
    }

    /// The built-in rows and lists with a user's, which [`super::check_own`] has found valid.
    pub fn extended(&self, own: raw::File) -> Self {
        Self::new(self.built_in.clone(), own)
    }

    /// Everything, whatever a file imports.
    pub fn all(&self) -> &Arc<Protocols> {
        self.all.get_or_init(|| Arc::new(build(select(&self.built_in, &self.own, |_| true))))
    }

    /// Tells what the user teaches from what another one, or none, does.
    pub(crate) fn taught(&self) -> u128 {
        self.taught
    }

    /// What the prefilter looks for.
    pub fn gates(&self) -> &Gates {
        &self.gates
    }

    /// What counts in a file; `modules` gives what the file imports, and is asked only where a row wants to know.
    pub fn for_file<M: AsRef<str>>(&self, modules: impl FnOnce() -> Vec<M>) -> Arc<Protocols> {
        if self.packages.is_empty() {
            return Arc::clone(self.all());
        }
        let modules = modules();
        let imported = |package: &&String| modules.iter().any(|module| is_below(module.as_ref(), package));
        let present: Vec<usize> =
            (0..self.packages.len()).filter(|at| imported(&&self.packages[*at])).collect();
        let mut variants = self.variants.lock().unwrap_or_else(PoisonError::into_inner);
        let variant = variants.entry(present).or_insert_with_key(|present| {
            let names: FxHashSet<&str> = present.iter().map(|at| self.packages[*at].as_str()).collect();
            Arc::new(build(select(&self.built_in, &self.own, |package| names.contains(package))))
        });
        Arc::clone(variant)
    }
}

/// The user's rows first, so that they are found first; one with the id of a built-in row replaces it.
fn select(built_in: &raw::File, own: &raw::File, counts: impl Fn(&str) -> bool) -> raw::File {
    let mut rows = own.clone();
    rows.retain(|row| row.package().is_none_or(&counts));
    let taken: FxHashSet<String> = rows.rows().filter_map(raw::Row::id).map(str::to_owned).collect();
    let mut rest = built_in.clone();
    rest.retain(|row| row.package().is_none_or(&counts) && !row.id().is_some_and(|id| taken.contains(id)));
    rows.extend(rest);
    rows
}

/// `my-bus` and `my-bus/client` are below `my-bus`, `my-bus-extra` is not.
pub fn is_below(module: &str, package: &str) -> bool {
    module.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
