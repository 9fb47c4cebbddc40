//! `leaklint baseline`.

use super::args::BaselineArgs;
use super::known::Known;
use super::ledger::{Ledger, Where};
use super::novel::folders;
use super::policy::{Overrides, Policies};
use super::{output, write};
use crate::baseline::{self, Baseline, Entry};
use crate::config::written::KindName;
use crate::report::{plural, safe, safe_path};
use crate::runner::{self, Options, Report};
use crate::walk::{self, File, Request};
use rustc_hash::{FxHashMap, FxHashSet};

/// Writes what is known from now on, or only takes out what is gone.
///
/// # Errors
/// Bad options or configurations, a baseline that is wrong or cannot be written.
pub(super) fn baseline(args: &BaselineArgs) -> Result<u8, String> {
    let request = Request {
        paths: args.paths.clone(),
        no_ignore: args.lint.no_ignore,
        include: KindName::kinds(&args.lint.include),
    };
    let overrides = Overrides::of(&args.lint, false)?;
    let mut found = walk::walk(&request);
    let mut policies = Policies::of(&args.lint.config, &mut found, &overrides)?;
    policies.keep_hidden();
    let at = args.baseline.as_deref().map_or(Where::NearestOrNew, Where::AtOrNew);
    let known = Known::of(&found.files, at)?;
    let options = Options { threads: args.lint.threads, ..Options::default() };
    let mut report = runner::run(found.files.clone(), |file| policies.settings(file), options)
        .map_err(|error| format!("cannot start threads: {error}"))?;
    report.errors.append(&mut found.errors);
    let updates = updates(&known, &report, &found.files, &policies, &request, args.prune);
    let mut text = String::new();
    for (ledger, update) in known.ledgers.iter().zip(updates) {
        text.push_str(&update.store(ledger)?);
    }
    output::stdout(if text.is_empty() { "no files: nothing to know\n" } else { &text })?;
    for error in &report.errors {
        output::stderr(&format!("leaklint: {}: {}\n", safe_path(&error.path), safe(&error.message)));
    }
    Ok(if report.errors.is_empty() && !report.failed { 0 } else { super::FAILED })
}

/// What becomes of one baseline.
#[derive(Default)]
struct Update {
    entries: FxHashMap<String, Entry>,
    added: u64,
    gone: u64,
}

impl Update {
    fn count(&mut self, entry: Entry, count: u32) {
        self.entries.entry(entry.id.clone()).or_insert(Entry { count: 0, ..entry }).count += count;
    }

    /// Writes the file unless nothing changes, and says what was done.
    fn store(self, ledger: &Ledger) -> Result<String, String> {
        let Self { entries, added, gone } = self;
        let new = Baseline::new(entries.into_values().collect());
        let total = new.entries().iter().map(|entry| u64::from(entry.count)).sum();
        let (name, total) = (safe_path(&ledger.name), plural(total, "known finding"));
        if new == ledger.baseline && (ledger.exists || new.entries().is_empty()) {
            return Ok(format!("{name}: {total}, as before\n"));
        }
        let text = baseline::write(&new).map_err(|error| format!("cannot write {name}: {error}"))?;
        write::file(&ledger.path, &text)?;
        Ok(format!("{name}: {total} ({added} added, {gone} gone)\n"))
    }
}

/// For each baseline what it holds from now on. What this run cannot judge stays: files that it did not lint, rules that did
/// not run.
fn updates(
    known: &Known,
    report: &Report,
    files: &[File],
    policies: &Policies,
    request: &Request,
    prune: bool,
) -> Vec<Update> {
    let files: FxHashMap<&str, &File> = files.iter().map(|file| (file.shown.as_str(), file)).collect();
    let settings = |shown: &str| files.get(shown).map(|file| policies.settings(file));
    let compared = known.compare(report, None);
    let stale = known.stale(report, &compared, settings, &folders(request));
    let stale: FxHashSet<(usize, &str)> =
        stale.iter().map(|stale| (stale.ledger, stale.entry.id.as_str())).collect();
    let mut updates: Vec<Update> = known.ledgers.iter().map(|_| Update::default()).collect();
    for (file, entries) in report.files.iter().zip(&compared.entries) {
        let (Some((ledger, findings)), Some(settings)) = (known.findings(file, None), settings(&file.path))
        else {
            continue;
        };
        for (diagnostic, entry) in file.diagnostics.iter().zip(entries) {
            // A failure of leaklint itself is to be reported, not known.
            let adds = !prune && settings.shows(diagnostic) && diagnostic.rule != "internal-error";
            if entry.is_none() && !adds {
                continue;
            }
            updates[ledger].added += u64::from(entry.is_none());
            updates[ledger].count(Entry::of(diagnostic, findings.path, findings.text), 1);
        }
    }
    for (at, tally) in compared.tallies.iter().enumerate() {
        for (entry, found) in tally.counts().filter(|(entry, found)| *found < entry.count) {
            let missing = entry.count - found;
            match stale.contains(&(at, entry.id.as_str())) {
                true => updates[at].gone += u64::from(missing),
                false => updates[at].count(entry.clone(), missing),
            }
        }
    }
    updates
}
