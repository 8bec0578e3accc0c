//! How many leads the whole proxy makes in an hour. Pure.

use crate::cart::Millis;

const MINUTE_MS: Millis = 60_000;
const MINUTES: usize = 60;

/// New leads in the hour that has passed, minute by minute.
#[derive(Debug)]
pub struct Budget {
    limit: u32,
    /// The leads of a minute, and which minute that was.
    minutes: [(Millis, u32); MINUTES],
    has_alarmed: bool,
}

/// Whether a lead may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// Yes.
    Few,
    /// Yes, and with it half of what an hour may have is spent; told once until it is less again.
    Half,
    /// No, not before so many milliseconds have passed.
    All {
        /// At most an hour.
        wait_ms: Millis,
    },
}

impl Budget {
    /// So many leads in an hour.
    pub fn new(limit: u32) -> Self {
        Self { limit, minutes: [(0, 0); MINUTES], has_alarmed: false }
    }

    /// Spends one, if there is one. `now` is of a clock that never runs backwards.
    pub fn spend(&mut self, now: Millis) -> Spent {
        let minute = now / MINUTE_MS + MINUTES as Millis;
        let is_recent = |then: Millis| then.saturating_add(MINUTES as Millis) > minute;
        let recent = self.minutes.iter().filter(|(then, leads)| is_recent(*then) && *leads > 0);
        let spent: u32 = recent.clone().map(|(_, leads)| *leads).sum();
        if spent >= self.limit {
            let oldest = recent.map(|(then, _)| *then).min().unwrap_or(minute);
            // The beginning of the minute in which the oldest one no longer counts.
            let free_at = oldest.saturating_mul(MINUTE_MS);
            return Spent::All { wait_ms: free_at.saturating_sub(now).clamp(1_000, MINUTES as Millis * MINUTE_MS) };
        }
        let index = usize::try_from(minute % MINUTES as Millis).unwrap_or(0);
        if let Some(slot) = self.minutes.get_mut(index) {
            let before = if slot.0 == minute { slot.1 } else { 0 };
            *slot = (minute, before + 1);
        }
        let is_half = (spent + 1).saturating_mul(2) >= self.limit;
        let alarms = is_half && !self.has_alarmed;
        self.has_alarmed = is_half;
        if alarms { Spent::Half } else { Spent::Few }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Millis = 60 * MINUTE_MS;

    #[test]
    fn an_hour_has_so_many_leads_and_half_of_them_are_told_once() {
        for start in [0, 59_999, 1 << 40] {
            let mut budget = Budget::new(4);
            let spent: Vec<Spent> = (0..4).map(|n| budget.spend(start + n * MINUTE_MS)).collect();
            assert_eq!(spent, [Spent::Few, Spent::Half, Spent::Few, Spent::Few]);
            let Spent::All { wait_ms } = budget.spend(start + 4 * MINUTE_MS) else { panic!("expected no more") };
            assert!((HOUR - 5 * MINUTE_MS..=HOUR - 3 * MINUTE_MS).contains(&wait_ms), "{wait_ms}");
            assert_ne!(budget.spend(start + 4 * MINUTE_MS + wait_ms), Spent::All { wait_ms: 0 });
            assert!(matches!(budget.spend(start + 3 * HOUR), Spent::Few), "a new hour");
        }
    }

    #[test]
    fn in_no_hour_are_there_more() {
        let mut budget = Budget::new(10);
        let mut made: Vec<Millis> = Vec::new();
        for now in (0..6 * HOUR).step_by(7_000) {
            if !matches!(budget.spend(now), Spent::All { .. }) {
                made.push(now);
            }
        }
        // Minutes are counted whole.
        let within = |from: Millis| made.iter().filter(|at| (from..from + HOUR - MINUTE_MS).contains(at)).count();
        assert!(made.iter().all(|from| within(*from) <= 10) && made.len() > 40, "{}", made.len());
    }
}
