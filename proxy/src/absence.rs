//! 2Checkout's absence, as an operator hears of it: when it begins, each ten minutes, and when it ends.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use twocheckout::{Cause, Observer};

use crate::cart::Millis;
use crate::clock::own_ms;

const TOLD_EVERY_MS: Millis = 600_000;

/// So often it is looked whether something is to be told.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Whether 2Checkout is away, and since when.
#[derive(Debug, Default)]
pub struct Absence(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    away: Option<Away>,
}

#[derive(Debug, Clone, Copy)]
struct Away {
    since: Millis,
    told: Millis,
    cause: Cause,
}

/// What is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    Begins(Cause),
    GoesOn(Cause, Millis),
    Ends(Millis),
}

impl State {
    fn unavailable(&mut self, cause: Cause, now: Millis) -> Option<News> {
        match &mut self.away {
            Some(away) => {
                away.cause = cause;
                None
            }
            None => {
                self.away = Some(Away { since: now, told: now, cause });
                Some(News::Begins(cause))
            }
        }
    }

    fn answered(&mut self, now: Millis) -> Option<News> {
        self.away.take().map(|away| News::Ends(now.saturating_sub(away.since)))
    }

    fn look(&mut self, now: Millis) -> Option<News> {
        let away = self.away.as_mut().filter(|away| now.saturating_sub(away.told) >= TOLD_EVERY_MS)?;
        away.told = now;
        Some(News::GoesOn(away.cause, now.saturating_sub(away.since)))
    }
}

fn tell(news: Option<News>) {
    match news {
        Some(News::Begins(cause)) => {
            tracing::warn!(%cause, "2Checkout is not available; changes are kept and delivered when it is");
        }
        Some(News::GoesOn(cause, ms)) => {
            tracing::warn!(%cause, minutes = ms / 60_000, "2Checkout is still not available; changes are kept");
        }
        Some(News::Ends(ms)) => {
            tracing::warn!(seconds = ms / 1_000, "2Checkout is available again; what was kept is delivered");
        }
        None => {}
    }
}

impl Absence {
    fn with(&self, act: impl FnOnce(&mut State) -> Option<News>) {
        tell(act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner)));
    }

    /// Tells of an absence that goes on, for ever.
    pub async fn watch(&self) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            self.with(|state| state.look(own_ms()));
        }
    }
}

impl Observer for Absence {
    fn answered(&self) {
        self.with(|state| state.answered(own_ms()));
    }

    fn unavailable(&self, cause: Cause) {
        self.with(|state| state.unavailable(cause, own_ms()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absence_is_told_when_it_begins_each_ten_minutes_and_when_it_ends() {
        const MINUTE: Millis = 60_000;
        let mut state = State::default();
        assert_eq!(state.answered(0), None);
        assert_eq!(state.unavailable(Cause::Refused, 0), Some(News::Begins(Cause::Refused)));
        assert_eq!(state.unavailable(Cause::Status(503), MINUTE), None);
        assert_eq!(state.look(10 * MINUTE - 1), None);
        assert_eq!(state.look(10 * MINUTE), Some(News::GoesOn(Cause::Status(503), 10 * MINUTE)));
        assert_eq!(state.look(11 * MINUTE), None);
        assert_eq!(state.answered(12 * MINUTE), Some(News::Ends(12 * MINUTE)));
        assert_eq!((state.look(60 * MINUTE), state.answered(60 * MINUTE)), (None, None));
        assert_eq!(state.unavailable(Cause::Dns, 70 * MINUTE), Some(News::Begins(Cause::Dns)));
    }
}
