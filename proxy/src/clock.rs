//! The only place that reads clocks.

use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::cart::Millis;

fn millis(duration: std::time::Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

/// Milliseconds of the Unix epoch, by this machine's clock.
pub(crate) fn now_ms() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, millis)
}

/// Milliseconds since some moment of this run of the program; never runs backwards.
pub(crate) fn own_ms() -> Millis {
    static START: OnceLock<Instant> = OnceLock::new();
    millis(START.get_or_init(Instant::now).elapsed())
}

/// Measures how long something took, sleep of the whole machine included: a monotonic clock may stand still in it, and
/// the other one may have been set meanwhile, so the longer of both counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch {
    monotonic: Instant,
    wall: SystemTime,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { monotonic: Instant::now(), wall: SystemTime::now() }
    }

    pub(crate) fn elapsed_ms(&self) -> Millis {
        // An error is a clock that was set back.
        millis(self.monotonic.elapsed().max(self.wall.elapsed().unwrap_or_default()))
    }
}
