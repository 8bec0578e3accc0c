//! The delivery of the state machine: what is sent when, and what follows an answer.

use wire::{Block, Detail, Path, Stamped};

use super::{Effect, Flight, Route, Sync};
use crate::core::record::LIFETIME_MS;
use crate::core::retry::{Answer, Outcome, Verdict, judge};

/// A cart that begins is sent after this time, and up to as much again: time enough for two tabs that begin together to
/// find the one record that storage keeps.
const BEGIN_MS: u64 = 50;
/// Requests of one page that may be under way together: one, and those a page sends as it goes.
const MOST_FLIGHTS: usize = 3;

impl Sync {
    /// Whether there is something to send that may be sent: a lead begins with an e-mail address and an item.
    pub(super) fn is_sendable(&self) -> bool {
        self.consent && !self.is_closed() && self.changes.any_unsent() && self.missing().is_empty()
    }

    /// What a cart of this page lacks to begin; of one that has begun, other pages may know more.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let has = |path| self.changes.lead().value(path).is_some();
        let has_email = has(Path::billing(Detail::Email)) || has(Path::Detail(Block::Delivery, Detail::Email));
        let needs = [("Email", has_email), ("Items", has(Path::Items))];
        let is_open = !self.is_known() && !self.is_closed();
        needs.into_iter().filter(|(_, has)| is_open && !has).map(|(name, _)| name).collect()
    }

    pub(super) fn launch(&mut self, flight: Flight, body: String, parting: bool, effects: &mut Vec<Effect>) {
        effects.push(Effect::Send { id: flight.id, route: flight.route, body, parting });
        self.next_id += 1;
        self.flights.push(flight);
    }

    /// Sends what is unsent. As the page goes, it is kept first, and sent even while another request is under way: the
    /// proxy merges by the moment of each change, so neither order nor repetition matter.
    pub(super) fn send_changes(&mut self, parting: bool, now: u64, effects: &mut Vec<Effect>) {
        self.pause.clear();
        if !self.is_sendable() {
            self.begin_at = None;
            return;
        }
        if !parting && self.begin_at.is_some_and(|at| now < at) {
            return;
        }
        if self.record.is_none() {
            self.record = Some(self.new_record(now));
            if !parting {
                self.begin_at = Some(now + BEGIN_MS + (self.random)() % BEGIN_MS);
                self.store(effects);
                return;
            }
        }
        self.begin_at = None;
        let Some(record) = &mut self.record else { return };
        let fingerprint = self.changes.fingerprint(&record.owner.key);
        if record.confirmed == Some(fingerprint) && self.next_id == 0 && record.unsent.is_empty() {
            // A reload that shows what the proxy has confirmed before.
            let all = self.changes.unsent();
            self.changes.confirm(&all);
            self.saved = true;
            return;
        }
        let unsent = self.changes.unsent();
        if parting {
            record.keep_unsent(unsent.clone(), now);
        } else if !self.flights.is_empty() {
            return;
        }
        record.expires = now + LIFETIME_MS;
        // Until it is confirmed, nobody knows what the proxy has.
        record.confirmed = None;
        // Stored before it is sent: another tab that begins now finds the cart, and a lost answer leads back to it.
        self.store(effects);
        if parting && (self.flights.len() >= MOST_FLIGHTS || self.flights.iter().any(|flight| flight.sent == unsent)) {
            return;
        }
        let Some(record) = &self.record else { return };
        let mut body = unsent.clone();
        if !self.local_time.is_empty() {
            body.change(Path::LocalTime, Stamped::text(&self.local_time, self.newest));
        }
        let body = wire::request::save(&record.owner, record.lead_code.as_deref(), &body);
        let flight =
            Flight { id: self.next_id, route: Route::Save, cart: record.owner.cart.clone(), sent: unsent, fingerprint };
        self.retry_at = None;
        self.saved = false;
        self.launch(flight, body, parting, effects);
    }

    pub(super) fn on_end(&mut self, id: u32, outcome: Outcome, now: u64, effects: &mut Vec<Effect>) {
        let Some(at) = self.flights.iter().position(|flight| flight.id == id) else { return };
        let flight = self.flights.swap_remove(at);
        // The answer to a cart this page has left behind says nothing of the present one.
        if self.record.as_ref().is_none_or(|record| record.owner.cart != flight.cart) {
            return;
        }
        if flight.route == Route::Save && self.is_closed() {
            self.after_late_save(outcome, effects);
            return;
        }
        self.attempt += 1;
        match judge(outcome, self.attempt, (self.random)()) {
            Verdict::Done(answer) => {
                self.attempt = 0;
                self.retry_at = None;
                self.last_error = None;
                if flight.route == Route::Save {
                    self.on_answer(flight, answer, now, effects);
                } else {
                    self.on_close_confirmed(effects);
                }
            }
            Verdict::Again(ms, error) => {
                self.last_error = Some(error);
                self.retry_at = Some(now + ms);
                self.keep(now, effects);
            }
            Verdict::Stop(error) => {
                // A save waits for the next edit; a completion or withdrawal stays pending for the next page.
                self.last_error = Some(error);
                self.attempt = 0;
                self.keep(now, effects);
            }
        }
    }

    fn on_answer(&mut self, flight: Flight, answer: Answer, now: u64, effects: &mut Vec<Effect>) {
        match answer {
            Answer::Closed { withdrawn } => self.closed_elsewhere(withdrawn, now, effects),
            Answer::Kept { lead_code } => {
                self.changes.confirm(&flight.sent);
                let left = self.changes.unsent();
                if let Some(record) = &mut self.record {
                    if lead_code.is_some() {
                        record.lead_code = lead_code;
                    }
                    record.confirmed = Some(flight.fingerprint);
                    record.unsent.retain(|path, kept| left.get(path).is_some_and(|unsent| unsent.at <= kept.at));
                }
                self.saved = true;
                self.store(effects);
                if !left.is_empty() && self.pause.due().is_none() && self.flights.is_empty() {
                    // A flush or a parting that found this request under way.
                    self.retry_at = Some(now);
                }
            }
        }
    }

    /// A save that was under way when the cart was closed: its LeadCode is worth knowing, nothing else is.
    fn after_late_save(&mut self, outcome: Outcome, effects: &mut Vec<Effect>) {
        if let (Outcome::Answered(Answer::Kept { lead_code: Some(code) }), Some(record)) = (outcome, &mut self.record) {
            record.lead_code = Some(code);
            self.store(effects);
        }
    }

    fn on_close_confirmed(&mut self, effects: &mut Vec<Effect>) {
        if let Some(closed) = self.record.as_mut().and_then(|record| record.closed.as_mut()) {
            closed.delivered = true;
            self.store(effects);
        }
    }

    /// Keeps in the record what could not be delivered.
    fn keep(&mut self, now: u64, effects: &mut Vec<Effect>) {
        let unsent = if self.is_sendable() { self.changes.unsent() } else { return };
        if let Some(record) = &mut self.record {
            record.keep_unsent(unsent, now);
            self.store(effects);
        }
    }
}
