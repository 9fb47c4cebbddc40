//! A stream: jobs are worked on by all threads as they come, and their results leave in the order of the jobs, each as
//! soon as it is next.

use super::pool;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, TryRecvError};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that may be in work or wait for their turn before another job is asked for.
const IN_FLIGHT: usize = 32 * 1024 * 1024;

/// What a job costs beside its bytes, so that the number of small ones is bounded, too.
const OVERHEAD: usize = 4 * 1024;

/// What the next result meets at its way out.
pub enum Out<R> {
    /// The next in order.
    Next(R),
    /// None is ready: whoever waits for what was written has to get it now.
    Idle,
}

enum Event<J> {
    Job(J),
    /// There are no more, or nobody wants the results.
    End,
}

/// Works on what `next` gives until that is `None`, and hands the results to `sink` in order, until that says that nobody
/// wants more of them.
///
/// No result waits for a further job. `next` may block; it is left alone on its thread when nobody wants more. `size` is
/// that of a job in bytes. `work` must not panic; it is told by how much the stacks are smaller than usual.
///
/// # Errors
/// The system refuses to start threads.
pub fn ordered<J: Send + 'static, R: Send>(
    threads: usize,
    mut next: impl FnMut() -> Option<J> + Send + 'static,
    size: fn(&J) -> usize,
    work: impl Fn(J, u32) -> R + Sync,
    sink: impl FnMut(Out<R>) -> bool + Send,
) -> Result<(), String> {
    let refused = |error: &dyn std::fmt::Display| format!("cannot start threads: {error}");
    let (pool, share) = pool(super::threads(threads, usize::MAX)).map_err(|error| refused(&error))?;
    let (events, jobs) = mpsc::channel();
    let flight = Arc::new(Flight::default());
    let (reader_events, reader_flight) = (events.clone(), Arc::clone(&flight));
    let read = move || {
        while let Some(job) = next() {
            reader_flight.add(size(&job) + OVERHEAD);
            if reader_events.send(Event::Job(job)).is_err() {
                return;
            }
            reader_flight.wait();
        }
        let _ = reader_events.send(Event::End);
    };
    std::thread::Builder::new().spawn(read).map_err(|error| refused(&error))?;
    let unwanted = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (done, results) = mpsc::channel();
        let unwanted = &unwanted;
        let writer = move || {
            leave(&results, sink, &flight);
            unwanted.store(true, Ordering::Relaxed);
            let _ = events.send(Event::End);
        };
        std::thread::Builder::new().spawn_scoped(scope, writer).map_err(|error| refused(&error))?;
        pool.in_place_scope_fifo(|scope| {
            let mut number = 0;
            while let Ok(Event::Job(job)) = jobs.recv() {
                let (done, at, work) = (done.clone(), number, &work);
                number += 1;
                scope.spawn_fifo(move |_| {
                    if !unwanted.load(Ordering::Relaxed) {
                        let cost = size(&job) + OVERHEAD;
                        let _ = done.send((at, cost, work(job, share)));
                    }
                });
            }
        });
        Ok(())
    })
}

/// Hands on the results in order, until there are no more or nobody wants them.
fn leave<R>(results: &Receiver<(u64, usize, R)>, mut sink: impl FnMut(Out<R>) -> bool, flight: &Flight) {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    loop {
        let result = match results.try_recv() {
            Ok(result) => Some(result),
            Err(TryRecvError::Disconnected) => None,
            Err(TryRecvError::Empty) if !sink(Out::Idle) => return,
            Err(TryRecvError::Empty) => results.recv().ok(),
        };
        let Some((at, cost, result)) = result else {
            break;
        };
        waiting.insert(at, (cost, result));
        while let Some((cost, result)) = waiting.remove(&next) {
            if !sink(Out::Next(result)) {
                return;
            }
            flight.remove(cost);
            next += 1;
        }
    }
    sink(Out::Idle);
}

/// The bytes that are in flight.
#[derive(Default)]
struct Flight {
    bytes: Mutex<usize>,
    less: Condvar,
}

impl Flight {
    fn bytes(&self) -> MutexGuard<'_, usize> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, cost: usize) {
        *self.bytes() += cost;
    }

    fn remove(&self, cost: usize) {
        *self.bytes() -= cost;
        self.less.notify_one();
    }

    /// Waits until there is room.
    fn wait(&self) {
        let full = |bytes: &mut usize| *bytes >= IN_FLIGHT;
        drop(self.less.wait_while(self.bytes(), full));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// The results of numbers, with how often the sink was told that nothing is ready.
    fn run(threads: usize, jobs: u64, stop_after: usize) -> Vec<u64> {
        let mut left = 0..jobs;
        let mut out = Vec::new();
        let work = |job: u64, _| {
            // The first of each ten is the slowest.
            std::thread::sleep(Duration::from_micros(if job.is_multiple_of(10) { 2_000 } else { 50 }));
            job
        };
        ordered(
            threads,
            move || left.next(),
            |_| IN_FLIGHT / 20,
            work,
            |result| {
                if let Out::Next(result) = result {
                    out.push(result);
                }
                out.len() < stop_after
            },
        )
        .unwrap();
        out
    }

    #[test]
    fn results_leave_in_order_and_all_of_them() {
        for threads in [1, 2, 8] {
            assert_eq!(run(threads, 300, usize::MAX), (0..300).collect::<Vec<_>>(), "{threads} threads");
        }
        assert!(run(2, 0, usize::MAX).is_empty());
    }

    #[test]
    fn ends_when_nobody_wants_more() {
        assert_eq!(run(4, u64::MAX, 25), (0..25).collect::<Vec<_>>());
    }

    /// A result goes out although no further job comes: the next job is given only after it.
    #[test]
    fn no_result_waits_for_a_further_job() {
        let (given, seen) = mpsc::channel();
        let mut number = 0;
        let next = move || {
            if number > 0 && seen.recv_timeout(Duration::from_secs(20)) != Ok(number) {
                return None;
            }
            number += 1;
            (number <= 50).then_some(number)
        };
        let mut unsent = Vec::new();
        let mut count = 0;
        ordered(
            4,
            next,
            |_| 1,
            |job: u64, _| job,
            |result| {
                match result {
                    Out::Next(result) => unsent.push(result),
                    Out::Idle => unsent.drain(..).for_each(|result| {
                        count += 1;
                        given.send(result).unwrap();
                    }),
                }
                true
            },
        )
        .unwrap();
        assert_eq!(count, 50);
    }
}
