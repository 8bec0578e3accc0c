//! The clock of a database, read here without asking it each time.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::cart::Millis;

/// A moment of the database, and when it was that here. What has passed since is counted by this machine's monotonic
/// clock, so that the machine's own idea of the time does not matter.
#[derive(Debug)]
pub(super) struct SharedClock(Mutex<(Millis, Instant)>);

impl SharedClock {
    /// The database said `moment` in answer to a question that was asked at `asked` and answered at `answered`.
    pub(super) fn new(moment: Millis, asked: Instant, answered: Instant) -> Self {
        Self(Mutex::new((moment, asked + answered.saturating_duration_since(asked) / 2)))
    }

    /// As with [`SharedClock::new`], later.
    pub(super) fn set(&self, moment: Millis, asked: Instant, answered: Instant) {
        let Self(read) = Self::new(moment, asked, answered);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            read.into_inner().unwrap_or_else(PoisonError::into_inner);
    }

    pub(super) fn now(&self) -> Millis {
        self.at(Instant::now())
    }

    fn at(&self, here: Instant) -> Millis {
        let (moment, read) = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = here.saturating_duration_since(read).as_millis();
        moment.saturating_add(Millis::try_from(since).unwrap_or(Millis::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn it_goes_on_from_what_the_database_said_half_way_between_question_and_answer() {
        let asked = Instant::now();
        let clock = SharedClock::new(1_000, asked, asked + Duration::from_millis(10));
        assert_eq!(clock.at(asked + Duration::from_millis(5)), 1_000);
        assert_eq!(clock.at(asked + Duration::from_millis(105)), 1_100);
        clock.set(5_000, asked, asked);
        assert_eq!(clock.at(asked + Duration::from_millis(1)), 5_001);
    }
}
