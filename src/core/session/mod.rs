//! A page's session with one checkout: a state machine `(state, event, now)`. It decides what is sent and what is remembered;
//! its [`Host`] does it. Time and chance are arguments.
//!
//! Its promises, each with a test: nothing is sent or stored before consent; one request at a time, with a trailing one;
//! a closed cart is never sent again; what could not be delivered is kept; one cart, one lead.

mod closing;
mod drive;
mod event;
mod saving;
mod sharing;
#[cfg(test)]
mod tests;

use wire::{Block, Detail, LeadState, Path};

use self::drive::ReadFor;
pub use self::drive::{Host, drive};
pub use self::event::{Event, FormSnapshot, MOST_KEEPALIVE_BYTES, Request, Route, Settings};
use crate::core::cart::Cart;
use crate::core::changes::Changes;
use crate::core::config::Consent;
use crate::core::debounce::Debounce;
use crate::core::draft::Draft;
use crate::core::outbox::{LastResult, Outbox, earliest};
use crate::core::record::Record;
use crate::core::retry::RequestOutcome;
use crate::core::status::{State, Status};

/// Whose record stands in storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ownership {
    /// This page's, or nobody's: this page may write.
    Ours,
    /// That of another page, which has begun another cart. It is left alone.
    Another,
}

/// A cart this page has left for the next purchase; storage may still hold it.
#[derive(Debug)]
struct AbandonedCart {
    id: String,
    /// Whether the shopper's last word on it was no.
    refused: bool,
}

/// The state.
pub struct Session {
    settings: Settings,
    random: Box<dyn FnMut() -> u64>,
    consent: bool,
    /// When the shopper, or the page, said yes on this page.
    consented_at: Option<u64>,
    cart: Cart,
    storage: Ownership,
    outbox: Outbox,
    abandoned: Vec<AbandonedCart>,
    /// The newest timestamp given to a change.
    newest: u64,
    /// What the shopper's clock showed then.
    local_time: String,
    /// The delivery block was in use when the form was read last.
    delivery_in_use: bool,
    /// The time of the last event.
    clock: u64,
    alarm_at: Option<u64>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("state", &self.status().state).finish_non_exhaustive()
    }
}

impl Session {
    /// Begins with the record as it was found. `random` gives 64 random bits a call.
    pub fn new(settings: Settings, found: Option<Record>, now: u64, random: Box<dyn FnMut() -> u64>) -> Self {
        let record = found.and_then(|record| record.current(now));
        let is_pending = record.as_ref().is_some_and(Record::is_pending);
        let cart = Cart::found(record, settings.page_loaded, now);
        let consent = match settings.consent {
            Consent::Granted => !cart.is_refused(),
            Consent::Ask => !cart.is_refused() && cart.record().is_some_and(|record| record.consented),
            Consent::External => false,
        };
        let mut changes = Changes::default();
        if let Some(record) = cart.record() {
            changes.restore(record.unsent.clone());
        }
        let debounce = Debounce::new(settings.quiet_ms, settings.max_wait_ms);
        Self {
            random,
            consent,
            consented_at: (settings.consent == Consent::Granted).then_some(now),
            settings,
            newest: cart.record().map_or(0, |record| record.newest),
            cart,
            storage: Ownership::Ours,
            // Work from before is due at once.
            outbox: Outbox::new(changes, debounce, is_pending.then_some(now)),
            abandoned: Vec::new(),
            local_time: String::new(),
            delivery_in_use: false,
            clock: now,
            alarm_at: None,
        }
    }

    /// What the widget is doing.
    pub fn status(&self) -> Status {
        let outbox = &self.outbox;
        let state = if self.cart.is_closed() {
            State::Closed
        } else if !self.consent {
            State::Waiting
        } else if outbox.is_sending() {
            State::Saving
        } else if outbox.retry.at().is_some()
            || (self.is_sendable() && outbox.last_error().is_some() && !outbox.last_request_refused())
        {
            State::Retrying
        } else if outbox.debounce.due().is_some() || matches!(self.cart, Cart::Beginning { .. }) {
            State::Pending
        } else if outbox.last_result == LastResult::Saved && !self.is_sendable() {
            State::Saved
        } else {
            State::Idle
        };
        let lead_code = self.cart.record().and_then(|record| record.lead_code.clone());
        let cart = self.cart().map(str::to_owned);
        let mut missing: Vec<String> = self.missing().into_iter().map(str::to_owned).collect();
        missing.extend(outbox.shortfall.missing.iter().cloned());
        let (dropped, last_error) = (outbox.shortfall.dropped.clone(), outbox.last_error().cloned());
        Status { state, lead_code, cart, missing, dropped, last_error }
    }

    /// The CartId, once this page has a cart.
    pub fn cart(&self) -> Option<&str> {
        self.cart.record().map(|record| record.id())
    }

    /// Whether the shopper or the merchant has consented.
    pub fn has_consent(&self) -> bool {
        self.consent
    }

    /// Whether everything asked for has happened or is safely kept: no request in flight, and what remains is in the record
    /// or waits for the shopper.
    pub fn is_settled(&self) -> bool {
        let outbox = &self.outbox;
        let has_failed = || outbox.last_error().is_some() || outbox.retry.holds_back(self.clock);
        let kept = || match &self.cart {
            Cart::Ending { .. } => has_failed(),
            Cart::Ended { .. } => true,
            Cart::None => !self.is_sendable(),
            Cart::Beginning { .. } | Cart::Open { .. } => {
                !self.is_sendable() || outbox.retry.has_failed() || has_failed()
            }
        };
        !outbox.is_sending() && kept()
    }

    /// Whether a request is in flight.
    pub fn is_sending(&self) -> bool {
        self.outbox.is_sending()
    }

    /// What is to be delivered and is not confirmed yet.
    pub fn unsent(&self) -> LeadState {
        if self.is_sendable() { self.outbox.changes.unsent() } else { LeadState::default() }
    }

    /// What the lead would hold if the form, which shows `draft`, were read now; changes nothing.
    pub fn preview(&self, draft: Draft) -> Changes {
        let mut changes = self.outbox.changes.clone();
        changes.observe(&self.with_settings(draft), &mut || self.newest + 1);
        changes
    }

    /// A clock that was turned back must not put off what is due.
    fn follow_clock(&mut self, now: u64) {
        if now < self.clock {
            self.outbox.clock_turned_back(self.clock, now);
            if let Cart::Beginning { at, .. } = &mut self.cart {
                *at = now;
            }
            self.alarm_at = None;
        }
        self.clock = now;
    }

    /// Whether an event may lead to a writing: what another tab has stored is looked at before. A page that was frozen is
    /// told of its alarms before it is told of storage.
    fn looks_at_storage(&self, event: &Event, now: u64) -> bool {
        match event {
            Event::Edited | Event::Items { .. } => false,
            Event::Touched | Event::Flush => self.may_read(),
            Event::Alarm => self.due().is_some_and(|at| at <= now),
            Event::Answered { .. }
            | Event::Consent(_)
            | Event::Complete { .. }
            | Event::Hidden
            | Event::Awake { .. }
            | Event::Stored => true,
        }
    }

    /// Whether the form may be read.
    fn may_read(&self) -> bool {
        self.consent && !self.cart.is_closed()
    }

    /// Takes one event. Returns why the form is to be read, if it is.
    fn on(&mut self, event: Event, now: u64, host: &mut impl Host) -> Option<ReadFor> {
        match event {
            Event::Touched => Some(ReadFor::Knowing),
            Event::Edited => {
                if self.cart.end().is_some_and(|(_, page)| !page.loaded_before) {
                    self.begin_next_purchase();
                }
                self.edited(now);
                None
            }
            Event::Items { any } => {
                if any {
                    self.begin_next_purchase();
                }
                self.edited(now);
                None
            }
            Event::Alarm => self.on_alarm(now, host),
            Event::Answered { id, outcome } => {
                self.on_outcome(id, outcome, now, host);
                None
            }
            Event::Consent(yes) => self.on_consent(yes, now, host),
            Event::Complete { order_reference } => {
                self.close(false, order_reference, now, host);
                None
            }
            Event::Flush => Some(ReadFor::Sending),
            Event::Hidden => {
                self.send_end(true, now, host);
                Some(ReadFor::Unloading)
            }
            Event::Awake { restored } => {
                if restored {
                    self.outbox.forget_in_flight();
                }
                self.on_awake(now);
                Some(ReadFor::Knowing)
            }
            Event::Stored => None,
        }
    }

    fn edited(&mut self, now: u64) {
        if self.may_read() {
            self.outbox.debounce.edited(now);
        }
    }

    fn on_alarm(&mut self, now: u64, host: &mut impl Host) -> Option<ReadFor> {
        self.alarm_at = None;
        while let Some(id) = self.outbox.overdue(now) {
            self.on_outcome(id, RequestOutcome::NoAnswer, now, host);
        }
        if self.due().is_none_or(|at| at > now) {
            return None;
        }
        let is_due = |at: Option<u64>| at.is_some_and(|at| at <= now);
        if is_due(self.outbox.retry.at()) {
            self.outbox.retry.made();
            if self.cart.is_closed() {
                self.send_end(false, now, host);
                return None;
            }
            return Some(ReadFor::Sending);
        }
        let is_debounced = is_due(self.outbox.debounce.due()) && !self.outbox.is_sending();
        (is_debounced || is_due(self.begins_at())).then_some(ReadFor::Sending)
    }

    fn on_awake(&mut self, now: u64) {
        let is_pending = match &self.cart {
            Cart::None | Cart::Ended { .. } => false,
            Cart::Beginning { record, .. } | Cart::Open { record, .. } => !record.unsent.is_empty(),
            Cart::Ending { .. } => true,
        };
        if (is_pending || self.outbox.retry.at().is_some()) && !self.outbox.is_sending() {
            self.outbox.retry.start_over();
            // Fifty tabs wake together; their requests need not.
            let at = now + (self.random)() % 1_000;
            self.outbox.retry.due(at);
        }
    }

    /// Takes note of what the form shows.
    fn observe(&mut self, snapshot: FormSnapshot, now: u64) {
        let draft = self.with_settings(snapshot.draft);
        // One timestamp for all that is seen at once; never one that was given before.
        let at = now.max(self.newest + 1);
        let newest = &mut self.newest;
        self.outbox.changes.observe(&draft, &mut || {
            *newest = at;
            at
        });
        // "Same as billing", said on this page, also undoes what an earlier page has sent.
        if self.delivery_in_use && snapshot.delivery == Some(false) {
            self.newest = at;
            for detail in Detail::ALL {
                self.outbox.changes.set(Path::delivery(*detail), wire::Stamped::cleared(at));
            }
        }
        self.delivery_in_use = snapshot.delivery.unwrap_or(self.delivery_in_use);
        // One timestamp has one local time: a repetition, by this tab or by another, changes nothing.
        if self.newest == at {
            self.local_time = snapshot.local_time;
        }
    }

    fn after_reading(&mut self, purpose: ReadFor, now: u64, host: &mut impl Host) {
        match purpose {
            ReadFor::Sending => self.send_changes(false, now, host),
            ReadFor::Unloading => self.send_changes(true, now, host),
            // What waits for an attempt goes with it: tabs that wake together must not call together.
            ReadFor::Knowing
                if self.is_sendable() && self.outbox.debounce.due().is_none() && self.outbox.retry.at().is_none() =>
            {
                self.outbox.debounce.edited(now);
            }
            ReadFor::Knowing => {}
        }
        if self.cart.record().is_some_and(|record| record.newest < self.newest) {
            // What has a timestamp and is not sent yet: no other tab may give an older one to what comes later.
            self.store(host);
        }
    }

    /// Settings go with what the form shows; by themselves they are no change.
    fn with_settings(&self, mut draft: Draft) -> Draft {
        let constants: &[_] = if draft.is_empty() { &[] } else { &self.settings.constants };
        for (path, text) in constants {
            if draft.get(*path).is_none() {
                draft.insert(*path, Some(wire::Value::Text(text.clone())));
            }
        }
        draft
    }

    /// Whether there is something to send that may be sent: a lead begins with an e-mail address and an item.
    fn is_sendable(&self) -> bool {
        self.may_read() && self.outbox.changes.any_unsent() && self.missing().is_empty()
    }

    /// What a cart of this page lacks to begin; of one that has begun, other pages may know more.
    fn missing(&self) -> Vec<&'static str> {
        let Cart::None = self.cart else { return Vec::new() };
        let has = |path| self.outbox.changes.lead().value(path).is_some();
        let has_email = has(Path::billing(Detail::Email)) || has(Path::Detail(Block::Delivery, Detail::Email));
        let mut missing = Vec::new();
        if !has_email {
            missing.push("Email");
        }
        if !has(Path::Items) {
            missing.push("Items");
        }
        missing
    }

    fn begins_at(&self) -> Option<u64> {
        match self.cart {
            Cart::Beginning { at, .. } => Some(at),
            Cart::None | Cart::Open { .. } | Cart::Ending { .. } | Cart::Ended { .. } => None,
        }
    }

    fn due(&self) -> Option<u64> {
        let begins_at = self.begins_at().filter(|_| !self.outbox.is_sending());
        earliest(self.outbox.due(), begins_at)
    }

    /// Sets the alarm for what is due next, if none rings before. One that rings too early costs nothing: it only sets the
    /// next one.
    fn set_alarm(&mut self, host: &mut impl Host) {
        let due = self.due();
        let is_set = match (self.alarm_at, due) {
            (None, None) => true,
            (Some(set), Some(due)) => set <= due,
            (None, Some(_)) | (Some(_), None) => false,
        };
        if !is_set {
            self.alarm_at = due;
            host.set_alarm(due);
        }
    }
}
