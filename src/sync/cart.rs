//! The cart of the state machine: how it begins, is shared with other tabs, and ends.

use wire::request::Owner;

use super::{Effect, Flight, Route, Sync};
use crate::changes::Changes;
use crate::config::Consent;
use crate::record::{Closed, Record, hex};

impl Sync {
    fn closed(&self) -> Option<&Closed> {
        self.record.as_ref()?.closed.as_ref()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed_here || self.closed().is_some()
    }

    pub(super) fn is_withdrawn(&self) -> bool {
        self.closed().is_some_and(|closed| closed.withdrawn)
    }

    /// Writes the record down, unless another page's stands there.
    pub(super) fn store(&self, effects: &mut Vec<Effect>) {
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
        if self.is_closed() && !self.is_withdrawn() && !closed_here {
            let consented = self.record.as_ref().is_some_and(|record| record.consented);
            self.forget();
            self.consent = self.consent || consented;
        }
    }

    /// Begins anew: the cart is gone, and everything the page shows counts as not yet sent.
    pub(super) fn forget(&mut self) {
        if let Some(record) = self.record.take() {
            self.left_cart = Some(record.owner.cart);
        }
        self.closed_here = false;
        self.completed_here = false;
        self.is_foreign = false;
        self.changes = Changes::default();
        self.pause.clear();
        self.begin_at = None;
        self.retry_at = None;
        self.attempt = 0;
        self.saved = false;
        self.last_error = None;
    }

    fn new_record(&mut self, now: u64) -> Record {
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

    /// The record, made now if the cart begins now.
    pub(super) fn record_for_sending(&mut self, now: u64) -> Record {
        match self.record.clone() {
            Some(record) => record,
            None => self.new_record(now),
        }
    }

    /// Takes note of the record as it stands in storage: another tab may have begun, changed or closed the cart.
    pub(super) fn reconcile(&mut self, stored: Option<Record>, now: u64) {
        let Some(stored) = stored.and_then(|stored| stored.current(now)) else { return };
        self.newest = self.newest.max(stored.newest);
        if self.left_cart.as_ref() == Some(&stored.owner.cart) {
            return;
        }
        self.is_foreign = false;
        match &mut self.record {
            None if self.closed_here => {}
            Some(mine) if mine.owner != stored.owner && self.begin_at.is_none() => {
                // Another page has begun anew: after storage was cleared, or the next purchase. This page stays with its
                // own cart, never more than one lead in the life of a page, and leaves the record to the other.
                self.is_foreign = true;
            }
            Some(mine) if mine.owner == stored.owner => {
                let was_open = mine.closed.is_none();
                mine.join(&stored);
                if was_open && mine.closed.is_some() {
                    self.end_here();
                    self.consent &= !self.is_withdrawn();
                } else if was_open {
                    // What a page that is gone could not deliver; without it the next store would lose it.
                    mine.unsent.merge(stored.unsent.clone());
                    mine.unsent_until = mine.unsent_until.max(stored.unsent_until);
                    self.changes.restore(stored.unsent);
                }
            }
            // This page has sent nothing yet: the cart that is there is the cart.
            _ => {
                // Loaded before that cart was closed: no edit of this page begins another.
                self.closed_here = stored.closed.is_some();
                self.begin_at = self.begin_at.filter(|_| stored.closed.is_none());
                self.changes.restore(stored.unsent.clone());
                self.record = Some(stored);
                // A "no" in one tab is a "no" in all.
                self.consent &= !self.is_withdrawn();
            }
        }
    }

    /// The cart is closed: nothing of it is sent or kept any more.
    fn end_here(&mut self) {
        self.closed_here = true;
        self.changes = Changes::default();
        self.pause.clear();
        self.begin_at = None;
        self.retry_at = None;
        self.attempt = 0;
        if let Some(record) = &mut self.record {
            record.unsent = wire::LeadState::default();
            record.confirmed = None;
        }
    }

    /// The proxy says the cart is closed.
    pub(super) fn closed_elsewhere(&mut self, withdrawn: bool, effects: &mut Vec<Effect>) {
        if let Some(record) = &mut self.record {
            record.closed.get_or_insert(Closed { withdrawn, delivered: true, order_reference: None });
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
        if self.is_closed() {
            // The lead has its end already; a "no" after it is for the next purchase.
            if let (true, Some(record)) = (withdrawn, &mut self.record) {
                record.consented = false;
                record.closed.iter_mut().for_each(|closed| closed.withdrawn = true);
                self.store(effects);
            }
            return;
        }
        if !self.is_known() {
            self.end_here();
            // A "no" outlives the page where a next page would otherwise begin by itself.
            if withdrawn && self.settings.consent == Consent::Granted {
                let mut record = self.new_record(now);
                record.closed = Some(Closed { withdrawn, delivered: true, order_reference: None });
                self.record = Some(record);
                self.store(effects);
            } else if withdrawn {
                self.closed_here = false;
            }
            return;
        }
        if let Some(record) = &mut self.record {
            record.closed = Some(Closed { withdrawn, delivered: false, order_reference });
            record.consented &= !withdrawn;
        }
        self.end_here();
        self.last_error = None;
        self.store(effects);
        self.send_close(effects);
    }

    /// Tells the proxy that the cart is closed, unless it knows or is being told.
    pub(super) fn send_close(&mut self, effects: &mut Vec<Effect>) {
        let Some(record) = &self.record else { return };
        let Some(closed) = record.closed.as_ref().filter(|closed| !closed.delivered) else { return };
        if self.flights.iter().any(|flight| flight.route != Route::Save) {
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
