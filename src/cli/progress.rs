//! How far a long run is, on a terminal.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A run that ends before shows nothing.
const PATIENCE: Duration = Duration::from_millis(500);

/// Time between two drawings.
const PAUSE: Duration = Duration::from_millis(100);

/// Counts the files of one run, on one line of standard error that goes away at its end. Where standard error is no terminal,
/// nothing is ever written.
pub(super) struct Progress {
    total: usize,
    begun: AtomicUsize,
    start: Instant,
    /// Milliseconds after `start` from which the line may be drawn anew; 0 before it was drawn at all.
    next: AtomicU64,
    shown: bool,
}

impl Progress {
    /// Begins the count.
    pub(super) fn of(total: usize) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        // Some build servers give a terminal to what they run; their logs would keep every drawing.
        let server = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty() && ci != "false" && ci != "0");
        let shown = !dumb && !server && std::io::stderr().is_terminal();
        Self { total, begun: AtomicUsize::new(0), start: Instant::now(), next: AtomicU64::new(0), shown }
    }

    /// Another file is begun; called from any thread.
    pub(super) fn step(&self) {
        let begun = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
        if self.shown && self.is_due(self.start.elapsed()) {
            super::output::stderr(&format!("\r\u{1b}[Kleaklint: file {begun} of {}", self.total));
        }
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        if self.next.load(Ordering::Relaxed) > 0 {
            super::output::stderr("\r\u{1b}[K");
        }
    }

    /// Whether to draw at this time after the start; says so to one thread only.
    fn is_due(&self, elapsed: Duration) -> bool {
        let now = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let next = self.next.load(Ordering::Relaxed);
        let after = now.saturating_add(millis(PAUSE));
        now >= next.max(millis(PATIENCE))
            && self.next.compare_exchange(next, after, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

const fn millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}

#[cfg(test)]
mod tests {
    use super::{Duration, Progress};

    #[test]
    fn drawn_after_half_a_second_and_ten_times_a_second() {
        let progress = Progress::of(9);
        let drawn: Vec<u64> =
            (0..120).map(|at| at * 10).filter(|at| progress.is_due(Duration::from_millis(*at))).collect();
        assert_eq!(drawn, [500, 600, 700, 800, 900, 1000, 1100]);
    }
}
