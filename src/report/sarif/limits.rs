//! What code scanning services take at most. What is over it is left out, the quietest first, and a notification says so.

use super::model::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

/// GitHub's limits for one run (source: its page "SARIF support for code scanning", read 2026-11).
pub(super) const GITHUB: Limits = Limits { results: 25_000, bytes: 10_000_000 };

/// How much one run may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub results: usize,
    /// Of the whole file, compressed by gzip.
    pub bytes: usize,
}

/// A report that fits.
#[derive(Debug)]
pub struct Fitted {
    pub text: String,
    /// How many results were left out.
    pub left_out: usize,
}

/// Writes a log of one run, without the results that are too many.
pub(super) fn fit(mut log: Log, limits: Limits) -> Fitted {
    let all = log.runs.iter().map(|run| run.results.len()).sum::<usize>();
    let mut kept = all.min(limits.results);
    loop {
        let cut = cut(&mut log, kept, all);
        let text = super::super::json::to_json(&log);
        let size = compressed(&text, limits.bytes);
        if size <= limits.bytes || kept == 0 {
            return Fitted { text, left_out: cut };
        }
        // Results are much alike, so that their size goes with their number; one less at least.
        kept = (kept as f64 * 0.95 * limits.bytes as f64 / size as f64) as usize;
    }
}

/// Leaves `kept` results, the loudest; returns how many of `all` are gone by now.
fn cut(log: &mut Log, kept: usize, all: usize) -> usize {
    let Some(run) = log.runs.first_mut() else {
        return 0;
    };
    if kept < run.results.len() {
        let mut order: Vec<usize> = (0..run.results.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(run.results[*at].level));
        let mut stays = vec![false; run.results.len()];
        order[..kept].iter().for_each(|at| stays[*at] = true);
        let mut stays = stays.into_iter();
        run.results.retain(|_| stays.next().unwrap_or_default());
    }
    let gone = all - run.results.len();
    if gone > 0
        && let Some(invocation) = run.invocations.first_mut()
    {
        let notes = &mut invocation.tool_execution_notifications;
        notes.retain(|note| note.descriptor.id != CUT);
        notes.push(Notification {
            descriptor: Descriptor { id: CUT.to_owned() },
            level: Level::Warning,
            message: text(format!(
                "{gone} of {all} results are left out, the quietest first, since code scanning takes no more: {} \
                 results and {} MB compressed. Lint fewer files at a time, or raise `--min-confidence`.",
                GITHUB.results,
                GITHUB.bytes / 1_000_000
            )),
            locations: Vec::new(),
        });
    }
    gone
}

/// The id of the notification.
const CUT: &str = "results-left-out";

/// The size compressed; a text that is shorter than the limit is not compressed at all.
fn compressed(text: &str, limit: usize) -> usize {
    if text.len() < limit {
        return text.len();
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    match encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()) {
        Ok(bytes) => bytes.len(),
        // Writing to memory does not fail.
        Err(_) => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log_of(levels: &[Level]) -> Log {
        let mut run = super::super::empty(None);
        run.tool.driver.rules.clear();
        run.invocations =
            vec![Invocation { execution_successful: true, tool_execution_notifications: Vec::new() }];
        run.results = levels
            .iter()
            .enumerate()
            .map(|(at, level)| SarifResult {
                rule_id: "uncleared-interval".to_owned(),
                rule_index: 0,
                level: *level,
                message: text(format!(
                    "number {at}, {}",
                    (at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
                )),
                locations: Vec::new(),
                partial_fingerprints: Default::default(),
                related_locations: Vec::new(),
                code_flows: Vec::new(),
                properties: None,
            })
            .collect();
        super::super::log(run)
    }

    fn read(fitted: &Fitted) -> Run {
        serde_json::from_str::<Log>(&fitted.text).unwrap().runs.remove(0)
    }

    #[test]
    fn what_fits_is_whole() {
        let fitted = fit(log_of(&[Level::Note; 3]), Limits { results: 3, bytes: 1_000_000 });
        assert_eq!((fitted.left_out, read(&fitted).results.len()), (0, 3));
        assert!(read(&fitted).invocations[0].tool_execution_notifications.is_empty());
    }

    #[test]
    fn errors_stay_and_the_cut_is_told() {
        use Level::{Error, Note, Warning};
        let levels = [Note, Error, Warning, Note, Warning, Error];
        let fitted = fit(log_of(&levels), Limits { results: 3, bytes: 1_000_000 });
        let run = read(&fitted);
        let kept: Vec<&str> =
            run.results.iter().map(|one| one.message.text.split(',').next().unwrap()).collect();
        assert_eq!(kept, ["number 1", "number 2", "number 5"], "in the order of place");
        let notes = &run.invocations[0].tool_execution_notifications;
        assert_eq!((notes.len(), notes[0].descriptor.id.as_str()), (1, CUT));
        assert!(
            notes[0].message.text.starts_with("3 of 6 results are left out"),
            "{}",
            notes[0].message.text
        );
        assert_eq!(fitted.left_out, 3);
    }

    #[test]
    fn the_compressed_size_counts() {
        let limits = Limits { results: 10_000, bytes: 20_000 };
        let fitted = fit(log_of(&[Level::Warning; 4_000]), limits);
        let run = read(&fitted);
        assert!(fitted.left_out > 0 && run.results.len() > 100, "{}", run.results.len());
        assert_eq!(run.results.len() + fitted.left_out, 4_000);
        assert!(compressed(&fitted.text, 0) <= limits.bytes);
        let note = &run.invocations[0].tool_execution_notifications;
        assert!(note.len() == 1 && note[0].message.text.starts_with(&format!("{} of 4000", fitted.left_out)));
        let nothing = fit(log_of(&[Level::Error; 10]), Limits { results: 10, bytes: 1 });
        assert_eq!((read(&nothing).results.len(), nothing.left_out), (0, 10), "ends");
    }
}
