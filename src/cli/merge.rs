//! `leaklint merge`.

use super::args::MergeArgs;
use super::{output, reports, write};
use crate::report::{self, Shard};
use crate::{read, walk};

/// Merges SARIF reports. What they found does not count: the runs that wrote them have said it by their exit codes.
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
    let text = reports::fitted(report::merge(&shards, args.category.as_deref())?);
    match &args.output {
        Some(path) => write::file(path, &text)?,
        None => output::stdout(&text)?,
    }
    Ok(0)
}
