//! What is counted for operators, counted seldom where there is much to count.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many are counted each time anew.
const FEW: u64 = 10_000;

/// A count of the backlog, and one of all carts, is trusted for so long.
pub(super) const BACKLOG_TRUSTED_FOR: Duration = Duration::from_secs(10);
pub(super) const STATISTICS_TRUSTED_FOR: Duration = Duration::from_secs(60);

/// The last count of more than [`FEW`], and when it was.
#[derive(Debug)]
pub(super) struct Sampled<T> {
    trusted_for: Duration,
    last: Mutex<Option<(Instant, T)>>,
}

impl<T: Clone> Sampled<T> {
    pub(super) fn new(trusted_for: Duration) -> Self {
        Self { trusted_for, last: Mutex::new(None) }
    }

    /// The last count, while it is trusted.
    pub(super) fn get(&self) -> Option<T> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| at.elapsed() < self.trusted_for).map(|(_, count)| count.clone())
    }

    /// A new count, for which so many were counted.
    pub(super) fn set(&self, count: T, counted: u64) -> T {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = (counted > FEW).then(|| (Instant::now(), count.clone()));
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_are_counted_each_time_and_many_for_a_time() {
        let sampled = Sampled::new(Duration::from_secs(3_600));
        assert_eq!((sampled.set(7, FEW), sampled.get()), (7, None));
        assert_eq!((sampled.set(7, FEW + 1), sampled.get()), (7, Some(7)));
        let expired = Sampled::new(Duration::ZERO);
        assert_eq!((expired.set(7, FEW + 1), expired.get()), (7, None));
    }
}
