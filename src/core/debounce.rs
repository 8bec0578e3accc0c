//! Between an edit and its sending: the quiet time, and the longest wait while typing goes on.

/// When the edits made so far are due.
#[derive(Debug, Clone, Copy)]
pub struct Debounce {
    quiet_ms: u64,
    max_wait_ms: u64,
    /// Moments of the first and the last edit that are still waiting.
    waiting: Option<(u64, u64)>,
}

impl Debounce {
    /// Waits until nothing was edited for `quiet_ms`, but never longer than `max_wait_ms` after the first edit.
    pub fn new(quiet_ms: u64, max_wait_ms: u64) -> Self {
        Self { quiet_ms, max_wait_ms, waiting: None }
    }

    /// An edit was made.
    pub fn edited(&mut self, now: u64) {
        // A clock that jumped back must not push the moment away.
        let first = self.waiting.map_or(now, |(first, _)| first.min(now));
        self.waiting = Some((first, now));
    }

    /// The moment the edits are due; `None` when none is waiting.
    pub fn due(&self) -> Option<u64> {
        self.waiting.map(|(first, last)| (last + self.quiet_ms).min(first + self.max_wait_ms))
    }

    /// Nothing is waiting any more.
    pub fn clear(&mut self) {
        self.waiting = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_due_after_the_quiet_time_and_at_the_longest_wait_at_the_latest() {
        /// name, moments of the edits, due
        const CASES: &[(&str, &[u64], Option<u64>)] = &[
            ("nothing edited", &[], None),
            ("one edit", &[100], Some(900)),
            ("typing on", &[100, 600, 1_200], Some(2_000)),
            ("typing on and on", &[100, 700, 1_400, 2_100, 2_800, 3_500, 4_200, 4_900], Some(5_100)),
            ("the clock jumped back", &[10_000, 2_000], Some(2_800)),
        ];
        for (name, edits, due) in CASES {
            let mut pause = Debounce::new(800, 5_000);
            edits.iter().for_each(|now| pause.edited(*now));
            assert_eq!(pause.due(), *due, "{name}");
        }
    }

    #[test]
    fn the_longest_wait_begins_anew_after_each_sending() {
        let mut pause = Debounce::new(800, 5_000);
        pause.edited(100);
        pause.clear();
        pause.edited(6_000);
        assert_eq!(pause.due(), Some(6_800));
    }
}
