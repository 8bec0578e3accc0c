//! What the shopper agreed to, as the merchant can prove it. Pure.

use serde::{Deserialize, Serialize};

use super::{Cart, Millis};

/// What the shopper agreed to. `Debug` shows no text: a request may carry any.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// How it was asked for: `ask`, `external` or `granted`.
    pub mode: String,
    /// When the shopper agreed, by the browser's clock.
    pub at: Millis,
    /// The words beside the checkbox.
    pub text: String,
    /// The language they were shown in.
    pub language: String,
}

impl std::fmt::Debug for Consent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Consent").field("mode", &self.mode).field("at", &self.at).finish_non_exhaustive()
    }
}

impl Cart {
    /// Keeps what the shopper agreed to. The first consent of a cart counts: what was typed since rests on it.
    pub fn agree(&mut self, consent: Option<Consent>) {
        if self.consent.is_none() {
            self.consent = consent;
        }
    }

    /// The address is erased. Its hash stays where there is a consent to prove: it says whose consent that is.
    pub(crate) fn erase_address(&mut self) {
        if self.consent.is_none() {
            self.email_hash = None;
        }
    }
}
