//! When the fields of a page are read again though no event said that one has changed.
//!
//! Pages write into fields without an event: a list of the page's own making, a script that corrects an address. Most of it
//! follows something that the shopper has done, so after that the fields are read again, slowly, until the page rests.

/// A page rests when the shopper has done nothing for so long.
const RESTS_MS: u64 = 30_000;
/// What a page writes in answer to a click stands there by then.
const FIRST_MS: u64 = 250;
/// The shortest time between two readings.
const LEAST_MS: u64 = 1_000;
/// A reading that took so long is followed by this many times as long without one: 2 ms each second.
const COST_FACTOR: u64 = 500;
/// The longest time between two readings, also where a clock was put back.
const MOST_MS: u64 = 60_000;

/// When to read next.
#[derive(Debug, Default)]
pub struct Pace {
    acted_at: u64,
    /// No reading before.
    not_before: u64,
    is_armed: bool,
}

impl Pace {
    /// The shopper has done something. Gives after how many milliseconds to read, unless that is under way.
    pub fn act(&mut self, now: u64) -> Option<u64> {
        self.acted_at = now;
        if self.is_armed {
            return None;
        }
        self.is_armed = true;
        Some(self.not_before.saturating_sub(now).clamp(FIRST_MS, MOST_MS))
    }

    /// The fields were read, from one moment to another. Gives after how many milliseconds to read again; `None` on a page
    /// that rests.
    pub fn read(&mut self, began: u64, now: u64) -> Option<u64> {
        // The clock has whole milliseconds.
        let wait = ((now.saturating_sub(began) + 1) * COST_FACTOR).clamp(LEAST_MS, MOST_MS);
        self.not_before = now + wait;
        self.is_armed = now.saturating_sub(self.acted_at) < RESTS_MS;
        self.is_armed.then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_followed_by_slow_readings_until_the_page_rests() {
        let mut pace = Pace::default();
        assert_eq!(pace.act(100_000), Some(FIRST_MS));
        assert_eq!(pace.act(100_100), None, "it is under way");
        let (mut now, mut count) = (100_350, 0);
        while let Some(wait) = pace.read(now, now) {
            assert_eq!(wait, LEAST_MS);
            now += wait;
            count += 1;
        }
        assert_eq!(count, RESTS_MS / LEAST_MS);
        assert_eq!(pace.act(now + 1), Some(LEAST_MS - 1), "two readings are never closer");
    }

    #[test]
    fn however_long_a_reading_takes_it_costs_two_milliseconds_each_second() {
        for took in [0, 1, 2, 7, 40] {
            let mut pace = Pace::default();
            pace.act(1_000);
            let wait = pace.read(1_250, 1_250 + took).unwrap();
            // As much as a millisecond more, which such a clock does not show.
            assert!((took + 1) * 1_000 <= 2 * wait, "{took} ms each {wait} ms");
        }
    }

    #[test]
    fn a_clock_that_was_put_back_delays_no_reading_for_long() {
        let mut pace = Pace::default();
        pace.act(9_000_000);
        pace.read(9_000_250, 9_000_251);
        pace.is_armed = false;
        assert_eq!(pace.act(0), Some(MOST_MS));
    }
}
