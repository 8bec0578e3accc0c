//! The session and the one record that all pages of a browser share.

use super::{AbandonedCart, Host, Ownership, Session};
use crate::core::cart::{Cart, Learned, Next};
use crate::core::error::Error;
use crate::core::record::Record;

impl Session {
    /// Stores the record, unless storage holds another page's. Returns whether the record stands there.
    pub(super) fn store(&mut self, host: &mut impl Host) -> bool {
        if let Some(record) = self.cart.record_mut() {
            record.newest = record.newest.max(self.newest);
        }
        let record = self.cart.to_store().filter(|_| self.storage == Ownership::Ours);
        let Some(record) = record else { return false };
        let is_stored = host.store_record(record);
        if !is_stored {
            host.report(&Error::STORAGE);
        }
        is_stored
    }

    /// Takes note of the record as it stands in storage: another tab may have begun, changed or closed the cart.
    pub(super) fn reconcile(&mut self, stored: Option<Record>, now: u64) {
        let Some(stored) = stored.and_then(|stored| stored.current(now)) else {
            self.storage = Ownership::Ours;
            return;
        };
        self.newest = self.newest.max(stored.cart.newest);
        let is_refused = stored.is_refused();
        if let Some(cart) = self.abandoned.iter_mut().find(|cart| cart.id == stored.id()) {
            // A "no" that came after this page had left that cart is one to the cart it has not begun yet as well.
            let is_new = is_refused && !std::mem::replace(&mut cart.refused, is_refused);
            if is_new && self.cart.record().is_none() {
                self.consent = false;
                self.outbox.clear();
            }
            return;
        }
        let learned = self.cart.meet(stored);
        let is_another = matches!(learned, Learned::Another);
        self.storage = if is_another { Ownership::Another } else { Ownership::Ours };
        if is_refused && (!is_another || self.cart.record().is_none()) {
            // A "no" in one tab is a "no" in all.
            self.consent = false;
            self.cart.after_end(Next::Rest);
        }
        match learned {
            Learned::Another | Learned::Nothing => {}
            Learned::Open(unsent) => self.outbox.changes.restore(unsent),
            Learned::Ended => self.outbox.clear(),
            Learned::Delivered => self.end_is_known(now),
        }
    }

    /// A next purchase is a new cart, after a completed one only.
    pub(super) fn begin_next_purchase(&mut self) {
        if self.cart.is_closed() && !self.cart.is_refused() {
            self.begin_next_cart();
        }
    }

    /// Leaves a closed cart for a next one, once the proxy knows of its end, unless the proxy refuses to hear of it.
    pub(super) fn begin_next_cart(&mut self) {
        if !self.outbox.last_request_refused() && self.cart.after_end(Next::Begin) {
            return;
        }
        let consented = self.cart.record().is_some_and(|record| record.consented);
        self.leave_cart();
        self.consent |= consented;
    }

    /// The proxy knows of the end: the next cart may begin.
    pub(super) fn end_is_known(&mut self, now: u64) {
        let next = self.cart.end_is_known();
        self.follow(next, now);
    }

    /// Does what follows the end of a cart.
    pub(super) fn follow(&mut self, next: Next, now: u64) {
        if next == Next::Begin {
            self.begin_next_cart();
            self.edited(now);
        }
    }

    /// A cart that waits for the end of the one before asks for it, or waits no longer where the proxy refuses to hear of it.
    pub(super) fn begin_after_end(&mut self, now: u64) {
        if !matches!(self.cart, Cart::Ending { then: Next::Begin, .. }) || self.outbox.is_sending() {
            return;
        }
        if self.outbox.last_request_refused() {
            self.follow(Next::Begin, now);
        } else {
            self.outbox.retry.due_unless_set(now);
        }
    }

    /// The cart is left behind, and everything the page shows counts as not yet sent.
    fn leave_cart(&mut self) {
        let refused = self.cart.is_refused();
        if let Some(record) = self.cart.record() {
            self.abandoned.push(AbandonedCart { id: record.id().to_owned(), refused });
        }
        self.cart = Cart::None;
        self.storage = Ownership::Ours;
        self.outbox.clear();
        self.outbox.last_result = Default::default();
    }
}
