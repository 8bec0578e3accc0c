//! The gate before 2Checkout: shut while nothing can come of a call.

use std::sync::{Mutex, PoisonError};

use crate::cart::Millis;

/// Shut after 2Checkout did not accept the credentials, and after the store could not be written: an outcome that cannot
/// be recorded must not be caused again and again. Then one cart in a while tries, and with its success all may pass.
#[derive(Debug, Default)]
pub struct Gate(Mutex<Option<Millis>>);

impl Gate {
    /// Whether a delivery may begin. A gate whose time is over lets one pass and shuts for `pause_ms` more.
    pub fn admit(&self, now: Millis, pause_ms: Millis) -> bool {
        let mut shut_until = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match *shut_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                *shut_until = Some(now.saturating_add(pause_ms));
                true
            }
        }
    }

    /// Whether a delivery would have to wait.
    pub fn is_shut(&self, now: Millis) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| now < until)
    }

    /// Shuts it. `true` if it was open: the moment to tell the operator.
    pub fn shut(&self, until: Millis) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).replace(until).is_none()
    }

    /// Opens it. `true` if it was shut.
    pub fn open(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().is_some()
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
}
