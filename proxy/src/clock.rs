//! The only place that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::cart::Millis;

/// Milliseconds of the Unix epoch.
pub(crate) fn now_ms() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| Millis::try_from(d.as_millis()).unwrap_or(Millis::MAX))
}
