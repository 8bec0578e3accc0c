//! What is sent when, and what follows an answer.

use wire::{Path, Stamped};

use super::{Host, Route, Session};
use crate::core::cart::Cart;
use crate::core::outbox::{InFlightRequest, LastResult, Payload};
use crate::core::record::LIFETIME_MS;
use crate::core::retry::{Answer, RequestOutcome, ResponseClass, classify_response};

/// A cart that begins is sent after this time, and up to as much again: time enough for two tabs that begin together to
/// find the one record that storage keeps.
const BEGIN_MS: u64 = 50;

impl Session {
    /// Sends what is unsent. As the page unloads, it is kept first, and sent even while another request is in flight: the
    /// proxy merges by the timestamp of each change, so neither order nor repetition matter.
    pub(super) fn send_changes(&mut self, unloading: bool, now: u64, host: &mut impl Host) {
        self.outbox.debounce.clear();
        if !self.is_sendable() {
            self.cart.open();
            return;
        }
        if !unloading && (self.begins_at().is_some_and(|at| now < at) || self.outbox.retry.put_off(now)) {
            return;
        }
        if matches!(self.cart, Cart::None) {
            let record = self.new_record(now);
            if !unloading {
                let at = now + BEGIN_MS + (self.random)() % BEGIN_MS;
                self.cart = Cart::Beginning { record, at };
                self.store(host);
                return;
            }
            self.cart = Cart::Open { record };
        }
        self.cart.open();
        let Cart::Open { record, .. } = &mut self.cart else { return };
        let fingerprint = self.outbox.changes.fingerprint(&record.owner.key);
        let unsent = self.outbox.changes.unsent();
        if record.confirmed == Some(fingerprint) && !self.outbox.has_sent() && record.unsent.is_empty() {
            // A reload that shows what the proxy has confirmed before.
            self.outbox.changes.confirm(&unsent);
            self.outbox.last_result = LastResult::Saved;
            return;
        }
        if unloading {
            record.keep_unsent(unsent.clone(), now);
        } else if self.outbox.is_sending() {
            return;
        }
        record.expires = now + LIFETIME_MS;
        // Until it is confirmed, nobody knows what the proxy has.
        record.confirmed = None;
        let (owner, lead_code) = (record.owner.clone(), record.lead_code.clone());
        // Stored before it is sent: another tab that begins now finds the cart, and a lost answer leads back to it.
        self.store(host);
        if unloading && self.outbox.outlives_page(&unsent) {
            return;
        }
        let mut body = unsent.clone();
        if !self.local_time.is_empty() {
            body.change(Path::LocalTime, Stamped::text(&self.local_time, self.newest));
        }
        let body = wire::request::save(&owner, lead_code.as_deref(), self.given_consent().as_ref(), &body);
        self.outbox.retry.made();
        self.send(Route::Save, body, owner.cart, Payload::Save { changes: unsent, fingerprint }, unloading, now, host);
    }

    pub(super) fn on_outcome(&mut self, id: u32, outcome: RequestOutcome, now: u64, host: &mut impl Host) {
        let Some(request) = self.outbox.take(id) else { return };
        self.outbox.judge_keepalive(&request, outcome != RequestOutcome::NoAnswer);
        // The answer to a cart this page has left behind says nothing of the present one.
        if self.cart() != Some(request.cart.as_str()) {
            return;
        }
        let is_save = matches!(request.payload, Payload::Save { .. });
        if is_save && self.cart.is_closed() {
            self.after_late_save(outcome, host);
            return;
        }
        let attempt = self.outbox.retry.count();
        match classify_response(outcome, attempt, (self.random)()) {
            ResponseClass::Done(answer) => {
                self.outbox.retry.clear();
                self.outbox.retry.ask_for_peace(None);
                self.outbox.last_result = LastResult::None;
                self.on_answer(request, answer, now, host);
            }
            ResponseClass::TryAgain { after_ms, not_before_ms, error } => {
                self.outbox.last_result = LastResult::Failed(error);
                self.outbox.retry.ask_for_peace(not_before_ms.map(|ms| now + ms));
                self.outbox.retry.due(now + after_ms);
                self.keep_unsent(now, host);
            }
            ResponseClass::Refused(error) => {
                // A save waits for the next edit; a completion or withdrawal stays pending for the next page.
                self.outbox.last_result = LastResult::Failed(error);
                self.outbox.retry.start_over();
                self.keep_unsent(now, host);
            }
        }
    }

    fn on_answer(&mut self, request: InFlightRequest, answer: Answer, now: u64, host: &mut impl Host) {
        match (request.payload, answer) {
            (Payload::Close, _) => self.on_end_confirmed(now, host),
            (Payload::Save { .. }, Answer::Closed { withdrawn }) => {
                self.cart.closed_elsewhere(withdrawn, now);
                self.outbox.clear();
                self.consent &= !withdrawn;
                self.store(host);
            }
            (Payload::Save { changes, fingerprint }, Answer::Kept { lead_code, shortfall }) => {
                shortfall.errors().for_each(|error| host.report(&error));
                self.outbox.shortfall.hear(&changes, shortfall);
                self.outbox.changes.confirm(&changes);
                let left = self.outbox.changes.unsent();
                if let Some(record) = self.cart.record_mut() {
                    if lead_code.is_some() {
                        record.lead_code = lead_code;
                    }
                    record.confirmed = Some(fingerprint);
                    record.unsent.retain(|path, kept| left.get(path).is_some_and(|unsent| unsent.at <= kept.at));
                }
                self.outbox.last_result = LastResult::Saved;
                self.store(host);
                if !left.is_empty() && self.outbox.debounce.due().is_none() && !self.outbox.is_sending() {
                    // A flush, or an unloading that came to nothing, found this request in flight.
                    self.outbox.retry.due(now);
                }
            }
        }
    }

    /// A save that was in flight when the cart was closed: its LeadCode is worth knowing, nothing else is.
    fn after_late_save(&mut self, outcome: RequestOutcome, host: &mut impl Host) {
        if let (RequestOutcome::Answered(Answer::Kept { lead_code: Some(code), .. }), Some(record)) =
            (outcome, self.cart.record_mut())
        {
            record.lead_code = Some(code);
            self.store(host);
        }
    }

    /// Keeps in the record what could not be delivered.
    fn keep_unsent(&mut self, now: u64, host: &mut impl Host) {
        if !self.is_sendable() {
            return;
        }
        let unsent = self.outbox.changes.unsent();
        if let Some(record) = self.cart.record_mut() {
            record.keep_unsent(unsent, now);
            self.store(host);
        }
    }
}
