//! The end of a cart: consent taken back, an order, a withdrawal.

use super::drive::ReadFor;
use super::{Host, Request, Route, Session};
use crate::core::cart::{Cart, Next, new_owner};
use crate::core::config::Consent;
use crate::core::outbox::{DEADLINE_MS, InFlightRequest, LastResult, Payload};
use crate::core::record::{CartRecord, End};

impl Session {
    pub(super) fn new_record(&mut self, now: u64) -> Box<CartRecord> {
        let mut record = Box::new(CartRecord::new(new_owner(&mut self.random), now));
        record.consented = self.settings.consent == Consent::Ask && self.consent;
        record
    }

    pub(super) fn on_consent(&mut self, yes: bool, now: u64, host: &mut impl Host) -> Option<ReadFor> {
        if !yes {
            self.cart.after_end(Next::Rest);
            self.close(true, None, now, host);
            self.consent = false;
            self.consented_at = None;
            return None;
        }
        let begins = self.cart.end().is_some_and(|(end, page)| end.refused && !page.ordered_here);
        let is_new = !self.consent;
        // Also in storage, before that cart is left: a "no" that comes after it can be told from the one before.
        let is_stored = !self.cart.consented() || self.store(host);
        if begins {
            self.begin_next_cart();
            if !is_stored && let Some(left) = self.abandoned.last_mut() {
                left.refused = true;
            }
        }
        self.consent = true;
        if is_new {
            self.consented_at = Some(now);
        }
        // What was typed while waiting counts as changed now.
        is_new.then_some(ReadFor::Knowing)
    }

    /// When and to which words the shopper agreed, as long as that was on this page.
    pub(super) fn given_consent(&self) -> Option<wire::Consent> {
        let (text, language) = self.settings.consent_text.clone().unzip();
        Some(wire::Consent { mode: self.settings.consent, at: self.consented_at?, text, language })
    }

    /// The shopper has ordered, or has withdrawn.
    pub(super) fn close(&mut self, withdrawn: bool, order_reference: Option<String>, now: u64, host: &mut impl Host) {
        let is_known = self.cart.record().is_some();
        if !is_known {
            self.outbox.clear();
        }
        if self.cart.close(End { withdrawn, refused: withdrawn, order_reference, at: now }) {
            self.outbox.clear();
            self.outbox.last_result = LastResult::None;
            self.send_end(false, now, host);
        } else if withdrawn && is_known {
            self.store(host);
        } else if withdrawn && self.settings.consent == Consent::Granted {
            // A "no" outlives the page where a next page would otherwise begin by itself.
            let record = self.new_record(now);
            self.cart.remember_refusal(record, now);
            self.store(host);
        }
    }

    /// Tells the proxy that the cart is closed, unless it knows or is being told.
    pub(super) fn send_end(&mut self, unloading: bool, now: u64, host: &mut impl Host) {
        if !matches!(self.cart, Cart::Ending { .. }) {
            return;
        }
        // Again with each attempt: storage may not have taken it, or another tab may have written over it.
        self.store(host);
        let Cart::Ending { record, end, .. } = &self.cart else { return };
        if self.outbox.is_closing(record.id()) || (!unloading && self.outbox.retry.put_off(now)) {
            return;
        }
        let (owner, cart) = (&record.owner, record.id().to_owned());
        let body = wire::request::close(owner, record.lead_code.as_deref(), end.order_reference.as_deref());
        let route = if end.withdrawn { Route::Withdraw } else { Route::Complete };
        // The page that follows an order is left soon, so this one is always sent as if the page unloaded.
        self.send(route, body, cart, Payload::Close, true, now, host);
    }

    /// The proxy knows of the end.
    pub(super) fn on_end_confirmed(&mut self, now: u64, host: &mut impl Host) {
        let Cart::Ending { .. } = self.cart else { return };
        let next = self.cart.end_is_known();
        self.store(host);
        self.follow(next, now);
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn send(
        &mut self,
        route: Route,
        body: String,
        cart: String,
        payload: Payload,
        unloading: bool,
        now: u64,
        host: &mut impl Host,
    ) {
        let id = self.outbox.next_id();
        let keepalive = self.outbox.may_keep_alive(unloading);
        let request = Request { id, route, body, unloading, keepalive };
        let outlives_page = request.outlives_page();
        self.outbox.sent(InFlightRequest { id, cart, payload, outlives_page, deadline: now + DEADLINE_MS });
        host.send(request);
    }
}
