//! The gate before 2Checkout: shut while nothing can come of a call.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cart::Millis;

/// Shut after 2Checkout did not accept the credentials, and after the store could not be written: an outcome that cannot
/// be recorded must not be caused again and again. Then one cart in a while tries, and with its success all may pass.
#[derive(Debug, Default)]
pub struct Gate(Mutex<Option<Shut>>);

#[derive(Debug, Clone, Copy)]
struct Shut {
    until: Millis,
    /// How long the last refusal shut it; 0 if there was none.
    pause: Millis,
    /// One was let pass to try.
    trying: bool,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, Option<Shut>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a delivery may begin. A gate whose time is over lets one pass and shuts for `pause_ms` more.
    pub fn admit(&self, now: Millis, pause_ms: Millis) -> bool {
        match &mut *self.state() {
            None => true,
            Some(shut) if now < shut.until => false,
            Some(shut) => {
                shut.until = now.saturating_add(pause_ms);
                shut.trying = true;
                true
            }
        }
    }

    /// Whether a delivery would have to wait.
    pub fn is_shut(&self, now: Millis) -> bool {
        self.state().is_some_and(|shut| now < shut.until)
    }

    /// Shuts it. `true` if it was open: the moment to tell the operator.
    pub fn shut(&self, until: Millis) -> bool {
        self.state().replace(Shut { until, pause: 0, trying: false }).is_none()
    }

    /// Shuts it after the credentials were refused: for `first`, and twice as long each time a try is refused again, at
    /// most `longest`. `true` if it was open.
    pub fn refuse(&self, now: Millis, first: Millis, longest: Millis) -> bool {
        let mut state = self.state();
        let pause = match &*state {
            None => first,
            Some(shut) if shut.trying => shut.pause.saturating_mul(2).max(first),
            // It began before the gate was shut, and tells nothing new.
            Some(_) => return false,
        };
        let pause = pause.min(longest);
        state.replace(Shut { until: now.saturating_add(pause), pause, trying: false }).is_none()
    }

    /// Opens it. `true` if it was shut.
    pub fn open(&self) -> bool {
        self.state().take().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shut_gate_lets_one_try_at_a_time_and_its_success_all() {
        let gate = Gate::default();
        assert!(gate.admit(0, 60) && gate.admit(0, 60));
        assert!(gate.shut(60));
        assert!(!gate.shut(60), "told once");
        assert!(!gate.admit(59, 60) && gate.is_shut(59));
        assert!(!gate.is_shut(60) && gate.admit(60, 60));
        assert!(!gate.admit(60, 60) && !gate.admit(119, 60));
        assert!(gate.admit(120, 60));
        assert!(gate.open() && !gate.open());
        assert!(gate.admit(121, 60));
    }

    #[test]
    fn each_refused_try_shuts_it_twice_as_long_and_a_success_begins_anew() {
        let gate = Gate::default();
        let mut now = 0;
        for (round, pause) in [2, 4, 8, 10, 10].into_iter().enumerate() {
            assert!(gate.admit(now, 99));
            assert_eq!(gate.refuse(now, 2, 10), round == 0);
            assert!(!gate.refuse(now, 2, 10), "one that began before changes nothing");
            assert!(gate.is_shut(now + pause - 1) && !gate.is_shut(now + pause), "{pause}");
            now += pause;
        }
        assert!(gate.open() && gate.refuse(now, 2, 10));
        assert!(!gate.is_shut(now + 2));
    }
}
