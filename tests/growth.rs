//! Work grows with the size of a file, and no faster: many alike things of each kind, as bundles and generated code have
//! them. Four times the text may take four times as long; work that looks at all things for each thing takes sixteen times.

#[path = "support/shapes.rs"]
mod shapes;

use leaklint::linter;
use leaklint::settings::Settings;
use leaklint::source::Language;
use shapes::{Shape, shapes, text};
use std::time::{Duration, Instant};

/// Bytes of the smaller text; the larger is four times as long.
const SIZE: usize = 60_000;

/// Between linear work and work that grows with the square.
const MOST: f64 = 8.0;

/// Some systems count a thread's time in steps of a few milliseconds.
const TICK: Duration = Duration::from_millis(8);

/// How often a suspicious measurement is repeated: other work on the machine disturbs single runs, but not each of them.
const TRIES: usize = 4;

/// What this thread has spent on a processor, where the system tells; elsewhere the time.
fn spent(since: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

fn time(text: &str, settings: &Settings) -> Duration {
    let since = Instant::now();
    let before = spent(since);
    let linted = linter::lint(text, Language::JavaScript, settings);
    let after = spent(since);
    assert!(linted.parsed && linted.diagnostics.iter().all(|found| found.rule != "syntax-error"));
    after.saturating_sub(before)
}

/// How much longer four times the text takes, in the best of some tries.
fn growth(shape: &Shape, settings: &Settings) -> f64 {
    let (small, large) = (text(shape, SIZE), text(shape, 4 * SIZE));
    let (mut of_small, mut of_large) = (Duration::MAX, Duration::MAX);
    let mut least = f64::MAX;
    for _ in 0..TRIES {
        of_small = of_small.min(time(&small, settings));
        of_large = of_large.min(time(&large, settings));
        least = of_large.as_secs_f64() / of_small.max(TICK).as_secs_f64();
        if least < MOST {
            break;
        }
    }
    least
}

#[test]
fn no_shape_grows_faster_than_its_text() {
    let measure = || {
        let settings = Settings::new().unwrap();
        let grown = shapes().into_iter().map(|shape| (shape.name, growth(&shape, &settings)));
        grown.filter(|(_, growth)| *growth >= MOST).collect::<Vec<_>>()
    };
    let steep =
        std::thread::Builder::new().stack_size(512 * 1024 * 1024).spawn(measure).unwrap().join().unwrap();
    assert!(steep.is_empty(), "four times the text takes so many times as long: {steep:.1?}");
}
