//! What the shopper agreed to, as the merchant can prove it. Pure.

use wire::contains_card_number;
use wire::request::Consent;

use super::Cart;

impl Cart {
    /// Keeps what the shopper agreed to. The first consent of a cart counts: what was typed since rests on it.
    pub fn agree(&mut self, consent: Option<Consent>) {
        // A request may carry any text.
        let is_text = |text: &Option<String>| !text.as_deref().is_some_and(contains_card_number);
        if self.consent.is_none() {
            self.consent = consent.filter(|consent| is_text(&consent.text) && is_text(&consent.language));
        }
    }

    /// The address is erased. Its hash stays where there is a consent to prove: it says whose consent that is.
    pub(crate) fn erase_address(&mut self) {
        if self.consent.is_none() {
            self.email_hash = None;
        }
    }
}
