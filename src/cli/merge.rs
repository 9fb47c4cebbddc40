//! `leaklint merge`.

use super::args::MergeArgs;
use super::{output, reports, write};
use crate::report::{self, Merged, Shard};
use crate::{read, walk};

/// Merges SARIF reports. What they found counts only if asked for: the runs that wrote them have said it by their exit codes.
pub(super) fn merge(args: &MergeArgs) -> Result<u8, String> {
    if let Some(path) = &args.output {
        write::can_be_written(path)?;
    }
    let mut texts = Vec::new();
    for path in &args.files {
        let name = walk::shown(path);
        let bytes = std::fs::read(path).map_err(|error| format!("{name}: {error}"))?;
        let text = read::decode(bytes).map_err(|_| format!("{name}: this is no text"))?;
        texts.push((name, text));
    }
    let shards: Vec<Shard<'_>> = texts.iter().map(|(name, text)| Shard { name, text }).collect();
    let merged = report::merge(&shards, args.category.as_deref())?;
    let code = exit_code(&merged, args);
    let text = reports::fitted(merged.fitted);
    match &args.output {
        Some(path) => write::file(path, &text)?,
        None => output::stdout(&text)?,
    }
    Ok(code)
}

/// What an unsharded run would exit with.
fn exit_code(merged: &Merged, args: &MergeArgs) -> u8 {
    if !args.exit_code && args.max_warnings.is_none() {
        return 0;
    }
    if !merged.successful {
        return super::FAILED;
    }
    let too_many = args.max_warnings.is_some_and(|max| merged.warnings > max);
    u8::from(merged.errors > 0 || too_many)
}
