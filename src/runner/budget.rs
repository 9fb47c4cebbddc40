//! How much source is in work at once. Trees and facts are many times as large as their text, minified text most of all,
//! so that a few large files side by side would decide what a whole run takes.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes of source in work at once. Ordinary files never come near it, on however many threads.
const MOST: u64 = 4 * 1024 * 1024;

/// What a file counts at most: beside one of any size the small ones go on.
const LARGEST: u64 = 3 * 1024 * 1024;

/// Shared by the threads of a run.
#[derive(Debug, Default)]
pub(super) struct Budget {
    taken: Mutex<u64>,
    given_back: Condvar,
}

/// What one file takes until it is dropped.
#[derive(Debug)]
pub(super) struct Room<'b> {
    budget: &'b Budget,
    bytes: u64,
}

impl Budget {
    /// Waits until there is room for a file. A thread takes for one file at a time, so that no two wait for one another; a
    /// file that is alone always has room.
    pub(super) fn take(&self, bytes: u64) -> Room<'_> {
        let bytes = bytes.min(LARGEST);
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |taken: &mut u64| *taken + bytes > MOST;
        let mut taken = self.given_back.wait_while(taken, is_full).unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        Room { budget: self, bytes }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        *self.budget.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.budget.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn never_more_than_fits_and_nobody_waits_for_ever() {
        let budget = Budget::default();
        let (inside, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8_u64 {
                let (budget, inside, most) = (&budget, &inside, &most);
                scope.spawn(move || {
                    for round in 0..200 {
                        let size = [1, 700_000, MOST - 1, 100 * MOST][(thread + round) as usize % 4];
                        let share = budget.take(size);
                        let counted = size.min(LARGEST);
                        let now = inside.fetch_add(counted, Ordering::SeqCst) + counted;
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(counted, Ordering::SeqCst);
                        drop(share);
                    }
                });
            }
        });
        let most = most.into_inner();
        assert!(most > LARGEST, "{most}: a small one beside a large one");
        assert!(most <= MOST, "{most}");
        assert_eq!(*budget.taken.lock().unwrap(), 0);
    }
}
