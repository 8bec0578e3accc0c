//! How long to wait after a failure.

use crate::cart::Millis;

/// The times of delivery, all in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// The first back-off is between 0 and this (default 1 000); each further one may be twice as long.
    pub backoff_ms: Millis,
    /// No back-off is longer (default 300 000).
    pub backoff_max_ms: Millis,
    /// After an answer was lost, 2Checkout may still be at work: nothing is sent for that lead before (default 2 000).
    pub settle_ms: Millis,
    /// A call that takes longer, its login included, is given up: its answer is lost (default 20 000).
    pub call_ms: Millis,
    /// After 2Checkout did not accept the credentials, one attempt after this time (default 2 000); twice as long after
    /// each further refusal.
    pub first_pause_ms: Millis,
    /// No such pause is longer (default 60 000).
    pub pause_ms: Millis,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            backoff_ms: 1_000,
            backoff_max_ms: 300_000,
            settle_ms: 2_000,
            call_ms: 20_000,
            first_pause_ms: 2_000,
            pause_ms: 60_000,
        }
    }
}

impl Timing {
    /// A call that was claimed longer ago is not begun any more: half of `call_ms` (default 10 000).
    pub fn begin_ms(&self) -> Millis {
        self.call_ms / 2
    }

    /// A proxy that has not been heard of for so long, while it holds a cart, is taken for dead: `begin_ms`, `call_ms` and
    /// `settle_ms` together, see [`super::Claim`] (default 32 000).
    pub fn lease_ms(&self) -> Millis {
        self.begin_ms().saturating_add(self.call_ms).saturating_add(self.settle_ms)
    }
}

/// Exponential back-off with full jitter: a moment between 0 and `backoff_ms` doubled for each failure before, at most
/// `backoff_max_ms`.
///
/// `failures` counts the one just happened; `dice` is between 0 and 1.
///
/// Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
pub fn backoff(timing: &Timing, failures: u32, dice: f64) -> Millis {
    let doubled = timing.backoff_ms.saturating_mul(1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX));
    let ceiling = doubled.min(timing.backoff_max_ms);
    // At most 300 000 or what an operator set: exact in a double.
    (ceiling as f64 * dice.clamp(0.0, 1.0)) as Millis
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_its_bound_and_is_spread() {
        const CASES: &[(u32, f64, Millis)] = &[
            (1, 1.0, 1_000),
            (1, 0.5, 500),
            (1, 0.0, 0),
            (2, 1.0, 2_000),
            (9, 1.0, 256_000),
            (10, 1.0, 300_000),
            (64, 1.0, 300_000),
            (65, 0.5, 150_000),
            (u32::MAX, 1.0, 300_000),
            (0, 1.0, 1_000),
        ];
        for (failures, dice, expected) in CASES {
            assert_eq!(backoff(&Timing::default(), *failures, *dice), *expected, "{failures} {dice}");
        }
    }
}
