//! Several reports of leaklint into one run: results once each, in order, with the notifications of all.

use super::answers;
use super::limits::{self, Fitted};
use super::model::*;
use serde::Deserialize;

/// One report that is to be merged.
#[derive(Debug, Clone, Copy)]
pub struct Shard<'a> {
    /// As the user named it.
    pub name: &'a str,
    pub text: &'a str,
}

/// What became of the reports.
#[derive(Debug)]
pub struct Merged {
    pub fitted: Fitted,
    /// Results at error level and warnings, before any is left out.
    pub errors: usize,
    pub warnings: usize,
    /// Everything could be read and linted, in all of the runs.
    pub successful: bool,
}

/// Merges reports. All have to be of this version of leaklint, whose rules they share.
///
/// # Errors
/// Which file is no report of leaklint's, and where; none is given.
pub fn merge(shards: &[Shard<'_>], category: Option<&str>) -> Result<Merged, String> {
    let mut runs = Vec::new();
    let streamed = shards.iter().any(|shard| answers::are_in(shard.text));
    for shard in shards {
        // Engines write a file for a partition without records, too.
        let is_empty_stream = streamed && shard.text.is_empty();
        if !is_empty_stream {
            runs.extend(read(shard)?);
        }
    }
    let mut merged = super::empty(category);
    if category.is_none() {
        merged.automation_details = common(&runs);
    }
    let mut notes = Vec::new();
    let mut successful = true;
    for run in runs {
        merged.results.extend(run.results);
        for invocation in run.invocations {
            successful &= invocation.execution_successful;
            notes.extend(invocation.tool_execution_notifications);
        }
    }
    merged.results.sort_by(|a, b| a.key().cmp(&b.key()));
    merged.results.dedup();
    merged.invocations = vec![super::invocation(successful, notes)];
    let count = |level| merged.results.iter().filter(|result| result.level == level).count();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    Ok(Merged { fitted: limits::fit(super::log(merged), limits::GITHUB), errors, warnings, successful })
}

/// The category, if all runs have the same.
fn common(runs: &[Run]) -> Option<AutomationDetails> {
    let first = runs.first()?.automation_details.clone();
    first.filter(|_| runs.iter().all(|run| run.automation_details == runs[0].automation_details))
}

/// What tells whose report a file is.
#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    runs: Vec<HeadRun>,
}

#[derive(Deserialize)]
struct HeadRun {
    tool: Option<HeadTool>,
}

#[derive(Deserialize)]
struct HeadTool {
    driver: Option<HeadDriver>,
}

#[derive(Deserialize)]
struct HeadDriver {
    name: Option<String>,
    version: Option<String>,
}

/// That a file is a report of this version of leaklint.
fn is_ours(shard: &Shard<'_>) -> Result<(), String> {
    let name = shard.name;
    let head: Head = serde_json::from_str(shard.text).map_err(|error| match error.is_data() {
        true => format!("{name}: this is no SARIF: {error}"),
        false if shard.text.trim().is_empty() => format!("{name}: the file is empty"),
        false => format!("{name}: this is no JSON: {error}"),
    })?;
    match head.version.as_deref() {
        Some("2.1.0") => {}
        Some(version) => return Err(format!("{name}: SARIF {version} is not read, only 2.1.0")),
        None => return Err(format!("{name}: this is no SARIF: it has no `version`")),
    }
    if head.runs.is_empty() {
        return Err(format!("{name}: there is no run in it"));
    }
    for (at, run) in head.runs.into_iter().enumerate() {
        let driver = run.tool.and_then(|tool| tool.driver);
        let (tool, version) = driver.map_or((None, None), |driver| (driver.name, driver.version));
        if tool.as_deref() != Some("leaklint") {
            let tool = tool.as_deref().unwrap_or("an unknown tool");
            return Err(format!("{name}: runs[{at}] is of {tool}; only reports of leaklint can be merged"));
        }
        if version.as_deref() != Some(env!("CARGO_PKG_VERSION")) {
            return Err(other_version(
                &format!("{name}: runs[{at}]"),
                version.as_deref().unwrap_or("an unknown version"),
            ));
        }
    }
    Ok(())
}

/// What stands at a place is of another version than this.
pub(super) fn other_version(place: &str, version: &str) -> String {
    let this = env!("CARGO_PKG_VERSION");
    format!("{place} is of leaklint {version}, and this is {this}; merge with the version that linted")
}

fn read(shard: &Shard<'_>) -> Result<Vec<Run>, String> {
    let name = shard.name;
    let runs = if answers::are_in(shard.text) {
        vec![answers::read(shard)?]
    } else {
        is_ours(shard)?;
        let log: Log = serde_json::from_str(shard.text).map_err(|error| format!("{name}: {error}"))?;
        log.runs
    };
    let rules = super::rules::all();
    for (at, run) in runs.iter().enumerate() {
        for (index, result) in run.results.iter().enumerate() {
            if rules.get(result.rule_index).is_none_or(|rule| rule.id != result.rule_id) {
                return Err(format!(
                    "{name}: runs[{at}].results[{index}]: `{}` is no rule of leaklint, or not number {}",
                    super::super::safe(&result.rule_id),
                    result.rule_index
                ));
            }
        }
    }
    Ok(runs)
}
