//! Which findings the change brought, by what the files were before it.

use super::select::Before;
use crate::changes::{self, Version};
use crate::git::Id;
use crate::runner::{FileReport, Report};
use crate::walk::{Content, File};
use rustc_hash::FxHashMap;

/// By file and finding, in the order of the report.
pub(super) type Brought = Vec<Vec<bool>>;

/// Lints what the files with findings were before, and compares.
///
/// # Errors
/// git or the run cannot answer.
pub(super) fn by_change(
    report: &Report,
    files: &[File],
    before: &Before,
    max_size: u64,
    run: impl Fn(Vec<File>) -> Result<Report, String>,
) -> Result<Brought, String> {
    let id = |file: &FileReport| before.ids.get(&file.path).and_then(Option::as_ref);
    let ids: FxHashMap<&str, &Id> =
        report.files.iter().filter_map(|file| Some((file.path.as_str(), id(file)?))).collect();
    let asked: Vec<(&File, &Id)> =
        files.iter().filter_map(|file| Some((file, *ids.get(file.shown.as_str())?))).collect();
    let ids: Vec<&Id> = asked.iter().map(|(_, id)| *id).collect();
    let blobs = before.repository.blobs(&ids, max_size).map_err(|error| error.to_string())?;
    let versions = asked.iter().zip(blobs).filter_map(|((file, _), blob)| {
        let blob = blob?;
        Some(File { size: blob.size, content: Content::Given(blob.content.into()), ..(*file).clone() })
    });
    let was = run(versions.collect())?;
    let was: FxHashMap<&str, &FileReport> = was.files.iter().map(|file| (file.path.as_str(), file)).collect();
    let of_file = |file: &FileReport| match was.get(file.path.as_str()) {
        Some(was) => changes::brought(version(was), version(file)),
        // Nothing was found in it, or there was no such file.
        None => vec![true; file.diagnostics.len()],
    };
    Ok(report.files.iter().map(of_file).collect())
}

fn version(file: &FileReport) -> Version<'_> {
    Version { text: &file.text, diagnostics: &file.diagnostics }
}
