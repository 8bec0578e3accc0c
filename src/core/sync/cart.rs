//! The cart of the state machine: how it begins, is shared with other tabs, and ends.

use wire::request::Owner;

use super::{Effect, Flight, Route, Sync};
use crate::core::changes::Changes;
use crate::core::config::Consent;
use crate::core::record::{Closed, Record, hex};

impl Sync {
    fn closed(&self) -> Option<&Closed> {
        self.record.as_ref()?.closed.as_ref()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed_here || self.closed().is_some()
    }

    pub(super) fn is_refused(&self) -> bool {
        self.record.as_ref().is_some_and(Record::is_refused)
    }

    /// Writes the record down, unless another page's stands there.
    pub(super) fn store(&mut self, effects: &mut Vec<Effect>) {
        if let Some(record) = &mut self.record {
            record.newest = record.newest.max(self.newest);
        }
        if !self.is_foreign {
            effects.push(Effect::Store(self.record.clone()));
        }
    }

    /// Whether the proxy may know this cart: its lead may exist.
    pub(super) fn is_known(&self) -> bool {
        self.record.is_some()
    }

    /// A next purchase is a new cart, after a completed one only.
    pub(super) fn begin_next_cart(&mut self, closed_here: bool) {
        if self.is_closed() && !self.is_refused() && !closed_here {
            self.begin_anew();
        }
    }

    /// Leaves a closed cart for a next one, once the proxy has been told of its end: the one record has no room for two.
    pub(super) fn begin_anew(&mut self) {
        self.next_waits = self.is_end_untold();
        if !self.next_waits {
            let consented = self.record.as_ref().is_some_and(|record| record.consented);
            self.forget();
            self.consent = self.consent || consented;
        }
    }

    /// The proxy does not know yet that the cart is closed, and does not refuse to hear of it.
    fn is_end_untold(&self) -> bool {
        !self.is_turned_away() && self.closed().is_some_and(|closed| !closed.delivered)
    }

    /// A cart that had to wait for the end of the one before begins.
    pub(super) fn begin_waiting(&mut self, now: u64) {
        if !self.next_waits || !self.flights.is_empty() {
            return;
        }
        if self.is_end_untold() {
            self.retry_at.get_or_insert(now);
        } else {
            self.begin_anew();
            if self.consent {
                self.pause.edited(now);
            }
        }
    }

    /// Begins anew: the cart is gone, and everything the page shows counts as not yet sent.
    pub(super) fn forget(&mut self) {
        if let Some(record) = self.record.take() {
            self.left.push((record.owner.cart.clone(), record.is_refused()));
        }
        self.closed_here = false;
        self.completed_here = false;
        self.is_foreign = false;
        self.next_waits = false;
        self.rest();
        self.saved = false;
        self.last_error = None;
    }

    pub(super) fn new_record(&mut self, now: u64) -> Record {
        let mut bits = || (self.random)();
        let (a, b, c, d) = (bits(), bits(), bits(), bits());
        // RFC 9562, section 5.4: version 4, variant 10.
        let a = a & !0xf000 | 0x4000;
        let b = b & !(0b11 << 62) | 0b10 << 62;
        let digits = wire::concat(&[&hex(a), &hex(b)]);
        let mut cart = String::with_capacity(36);
        for (i, digit) in digits.chars().enumerate() {
            if matches!(i, 8 | 12 | 16 | 20) {
                cart.push('-');
            }
            cart.push(digit);
        }
        let mut record = Record::new(Owner { cart, key: wire::concat(&[&hex(c), &hex(d)]) }, now);
        record.consented = self.settings.consent == Consent::Ask && self.consent;
        record
    }

    /// Takes note of the record as it stands in storage: another tab may have begun, changed or closed the cart.
    pub(super) fn reconcile(&mut self, stored: Option<Record>, now: u64) {
        let Some(stored) = stored.and_then(|stored| stored.current(now)) else {
            // What stood there of another page is gone.
            self.is_foreign = false;
            return;
        };
        self.newest = self.newest.max(stored.newest);
        let (ends, refused) = (stored.closed.is_some(), stored.is_refused());
        if let Some((_, left_refused)) = self.left.iter_mut().find(|(cart, _)| *cart == stored.owner.cart) {
            // A "no" that came after this page had left is one to the cart it has not begun yet as well.
            let is_new = refused && !std::mem::replace(left_refused, refused);
            if is_new && self.record.is_none() {
                self.consent = false;
                self.rest();
            }
            return;
        }
        self.is_foreign = false;
        let was_open = !self.is_closed();
        match &mut self.record {
            // Another page's purchase, after the one that ended here.
            None if self.closed_here => self.is_foreign = true,
            Some(mine) if mine.owner == stored.owner => {
                mine.join(&stored);
                if was_open && !ends {
                    // What a page that is gone could not deliver; without it the next store would lose it.
                    mine.unsent.merge(stored.unsent.clone());
                    mine.unsent_until = mine.unsent_until.max(stored.unsent_until);
                    self.changes.restore(stored.unsent);
                }
            }
            Some(_) if ends || self.begin_at.is_none() => {
                // Another page has begun anew: after storage was cleared, or the next purchase; or the record of a cart
                // that is over is back. This page stays with its own cart, never more than one lead in the life of a page,
                // and leaves the record to the other.
                self.is_foreign = true;
                return;
            }
            // This page has sent nothing yet: the cart that is there is the cart.
            _ => {
                self.changes.restore(stored.unsent.clone());
                self.record = Some(stored);
            }
        }
        if was_open && ends {
            // Loaded before that cart was closed: no edit of this page begins another.
            self.end_here();
        }
        if refused {
            // A "no" in one tab is a "no" in all.
            (self.consent, self.next_waits) = (false, false);
        }
    }

    /// Nothing is to be sent, and nothing is waited for.
    fn rest(&mut self) {
        self.changes = Changes::default();
        self.pause.clear();
        self.begin_at = None;
        self.retry_at = None;
        self.attempt = 0;
    }

    /// The cart is closed: nothing of it is sent or kept any more.
    fn end_here(&mut self) {
        self.closed_here = true;
        self.rest();
        if let Some(record) = &mut self.record {
            record.unsent = wire::LeadState::default();
            record.confirmed = None;
        }
    }

    /// The proxy says the cart is closed.
    pub(super) fn closed_elsewhere(&mut self, withdrawn: bool, now: u64, effects: &mut Vec<Effect>) {
        if let Some(record) = &mut self.record {
            record.consented &= !withdrawn;
            record.closed.get_or_insert(Closed {
                withdrawn,
                refused: withdrawn,
                delivered: true,
                order_reference: None,
                at: now,
            });
        }
        self.end_here();
        self.consent &= !withdrawn;
        self.store(effects);
    }

    /// The shopper has ordered, or has withdrawn.
    pub(super) fn close(
        &mut self,
        withdrawn: bool,
        order_reference: Option<String>,
        now: u64,
        effects: &mut Vec<Effect>,
    ) {
        self.completed_here |= !withdrawn;
        if self.is_closed() && self.is_known() {
            // The lead has its end already; a "no" after it is for the next purchase.
            if let (true, Some(record)) = (withdrawn, &mut self.record) {
                record.consented = false;
                if let Some(closed) = &mut record.closed {
                    closed.refused = true;
                }
                self.store(effects);
            }
            return;
        }
        if !self.is_known() {
            self.end_here();
            // A "no" outlives the page where a next page would otherwise begin by itself.
            if withdrawn && self.settings.consent == Consent::Granted {
                let mut record = self.new_record(now);
                record.closed =
                    Some(Closed { withdrawn, refused: withdrawn, delivered: true, order_reference: None, at: now });
                self.record = Some(record);
                self.store(effects);
            } else if withdrawn {
                self.closed_here = self.completed_here;
            }
            return;
        }
        if let Some(record) = &mut self.record {
            record.closed = Some(Closed { withdrawn, refused: withdrawn, delivered: false, order_reference, at: now });
            record.consented &= !withdrawn;
        }
        self.end_here();
        self.last_error = None;
        self.send_close(effects);
    }

    /// Tells the proxy that the cart is closed, unless it knows or is being told.
    pub(super) fn send_close(&mut self, effects: &mut Vec<Effect>) {
        let Some(record) = &self.record else { return };
        if record.closed.as_ref().is_none_or(|closed| closed.delivered) {
            return;
        }
        // Again with each attempt: storage may not have taken it, or another tab may have written over it.
        self.store(effects);
        let Some(record) = &self.record else { return };
        let Some(closed) = &record.closed else { return };
        if self.flights.iter().any(|flight| flight.route != Route::Save && flight.cart == record.owner.cart) {
            return;
        }
        let route = if closed.withdrawn { Route::Withdraw } else { Route::Complete };
        let body = wire::request::close(&record.owner, record.lead_code.as_deref(), closed.order_reference.as_deref());
        let flight = Flight {
            id: self.next_id,
            route,
            cart: record.owner.cart.clone(),
            sent: wire::LeadState::default(),
            fingerprint: 0,
        };
        self.launch(flight, body, true, effects);
    }
}
