//! The heart: a state machine `(state, event, now) -> effects`. It decides what is sent and what is remembered; only the
//! rim performs effects. Time and chance are arguments.
//!
//! Its promises, each with a test: nothing is sent or stored before consent; one request at a time, with a trailing one;
//! a closed cart is never sent again; what could not be delivered is kept; one cart, one lead.

mod cart;
mod delivery;
mod event;
#[cfg(test)]
mod tests;

use wire::LeadState;

pub use self::event::{Effect, Event, Reading, Route, Settings};
use crate::core::changes::Changes;
use crate::core::config::Consent;
use crate::core::debounce::Debounce;
use crate::core::draft::Draft;
use crate::core::error::Error;
use crate::core::record::Record;
use crate::core::status::{State, Status};

/// A request under way.
#[derive(Debug)]
struct Flight {
    id: u32,
    route: Route,
    cart: String,
    sent: LeadState,
    fingerprint: u64,
}

/// Why a read was asked for.
#[derive(Debug, Clone, Copy, Default)]
struct Purpose {
    /// Send afterwards, if anything is unsent.
    send: bool,
    /// The page is going: keep and send at once.
    parting: bool,
}

/// The state.
pub struct Sync {
    settings: Settings,
    random: Box<dyn FnMut() -> u64>,
    record: Option<Record>,
    changes: Changes,
    consent: bool,
    /// Closed on this page, or loaded before the cart was closed elsewhere: no edit of this page begins another cart.
    closed_here: bool,
    /// The order was placed on this page: a tick does not begin another cart here.
    completed_here: bool,
    /// The record in storage is that of another cart.
    is_foreign: bool,
    /// A next cart begins as soon as the proxy knows of the end of this one.
    next_waits: bool,
    /// The closed carts this page has left for the next purchase, and whether with a no; storage may still hold one.
    left: Vec<(String, bool)>,
    /// The newest moment given to a change.
    newest: u64,
    /// What the shopper's clock showed then.
    local_time: String,
    /// The delivery block was in use when the form was read last.
    delivery_open: bool,
    pause: Debounce,
    /// The moment of the last event.
    clock: u64,
    /// The moment a cart that begins may be sent: until then another tab may have begun one as well.
    begin_at: Option<u64>,
    purpose: Option<Purpose>,
    flights: Vec<Flight>,
    next_id: u32,
    attempt: u32,
    retry_at: Option<u64>,
    alarm_at: Option<u64>,
    last_error: Option<Error>,
    /// The last thing that ended was a save that succeeded.
    saved: bool,
}

impl std::fmt::Debug for Sync {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sync").field("state", &self.status().state).finish_non_exhaustive()
    }
}

impl Sync {
    /// Begins with the record as it was found. `random` gives 64 random bits a call.
    pub fn new(settings: Settings, found: Option<Record>, now: u64, random: Box<dyn FnMut() -> u64>) -> Self {
        let record = found.and_then(|record| record.current(now));
        let refused = record.as_ref().is_some_and(Record::is_refused);
        let consent = match settings.consent {
            Consent::Granted => !refused,
            Consent::Ask => !refused && record.as_ref().is_some_and(|record| record.consented),
            Consent::External => false,
        };
        let ended = record.as_ref().and_then(|record| record.closed.as_ref()).map(|closed| closed.at);
        // No edit of a page that was loaded before the order begins another cart, also when its module comes after it.
        let closed_here = ended.is_some_and(|at| settings.page_loaded < at && at <= now);
        let mut changes = Changes::default();
        if let Some(record) = &record {
            changes.restore(record.unsent.clone());
        }
        Self {
            pause: Debounce::new(settings.quiet_ms, settings.max_wait_ms),
            clock: now,
            settings,
            random,
            closed_here,
            // Work from before is due at once.
            retry_at: record.as_ref().filter(|record| record.is_pending()).map(|_| now),
            newest: record.as_ref().map_or(0, |record| record.newest),
            record,
            changes,
            consent,
            local_time: String::new(),
            delivery_open: false,
            begin_at: None,
            completed_here: false,
            is_foreign: false,
            next_waits: false,
            left: Vec::new(),
            purpose: None,
            flights: Vec::new(),
            next_id: 0,
            attempt: 0,
            alarm_at: None,
            last_error: None,
            saved: false,
        }
    }

    /// Takes one event and says what to do.
    pub fn handle(&mut self, event: Event, now: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.follow_clock(now);
        match event {
            Event::Touched => self.read(Purpose::default(), &mut effects),
            Event::Edited => self.on_edit(now),
            Event::Items { any } => self.on_items(any, now),
            Event::Read(reading) => self.on_read(*reading, now, &mut effects),
            Event::Alarm => self.on_alarm(now, &mut effects),
            Event::Ended { id, outcome } => self.on_end(id, outcome, now, &mut effects),
            Event::Consent(yes) => self.on_consent(yes, now, &mut effects),
            Event::Complete { order_reference } => self.close(false, order_reference, now, &mut effects),
            Event::Flush => self.read(Purpose { send: true, parting: false }, &mut effects),
            Event::Hidden => {
                self.send_close(&mut effects);
                self.read(Purpose { send: true, parting: true }, &mut effects);
            }
            Event::Awake { restored } => {
                if restored {
                    self.flights.clear();
                }
                self.on_awake(now, &mut effects);
            }
            Event::Stored(stored) => {
                let is_gone = stored.is_none();
                self.reconcile(stored, now);
                // Another script has cleared storage: the next window shall find the cart that this page keeps.
                if is_gone && self.record.is_some() {
                    self.store(&mut effects);
                }
            }
        }
        self.begin_waiting(now);
        self.set_alarm(&mut effects);
        effects
    }

    /// What the widget is doing.
    pub fn status(&self) -> Status {
        let state = if self.is_closed() {
            State::Closed
        } else if !self.consent {
            State::Waiting
        } else if !self.flights.is_empty() {
            State::Saving
        } else if self.retry_at.is_some() || (self.is_sendable() && self.last_error.is_some() && !self.is_turned_away())
        {
            State::Retrying
        } else if self.pause.due().is_some() || self.begin_at.is_some() {
            State::Pending
        } else if self.saved && !self.is_sendable() {
            State::Saved
        } else {
            State::Idle
        };
        let lead_code = self.record.as_ref().and_then(|record| record.lead_code.clone());
        let cart = self.cart().map(str::to_owned);
        Status { state, lead_code, cart, missing: self.missing(), last_error: self.last_error.clone() }
    }

    /// The cart of this page, once it has one.
    pub fn cart(&self) -> Option<&str> {
        self.record.as_ref().map(|record| record.owner.cart.as_str())
    }

    /// Whether the shopper or the merchant has consented.
    pub fn has_consent(&self) -> bool {
        self.consent
    }

    /// Whether everything asked for has happened or is safely kept: no request under way, and what remains is in the
    /// record or waits for the shopper.
    pub fn is_settled(&self) -> bool {
        let kept = || match &self.record {
            Some(record) if self.is_closed() => {
                record.closed.as_ref().is_none_or(|c| c.delivered) || self.last_error.is_some()
            }
            Some(_) => !self.is_sendable() || self.attempt > 0 || self.last_error.is_some(),
            None => !self.is_sendable(),
        };
        self.flights.is_empty() && self.purpose.is_none() && kept()
    }

    /// The proxy has refused what this page has sent last.
    fn is_turned_away(&self) -> bool {
        self.last_error == Some(Error::REFUSED)
    }

    /// Whether a request is under way.
    pub fn is_sending(&self) -> bool {
        !self.flights.is_empty()
    }

    /// A clock that was turned back must not put off what is due.
    fn follow_clock(&mut self, now: u64) {
        if now < self.clock {
            self.retry_at = self.retry_at.map(|_| now);
            self.begin_at = self.begin_at.map(|_| now);
            if self.pause.due().is_some() {
                self.pause.edited(now);
            }
            self.alarm_at = None;
        }
        self.clock = now;
    }

    fn on_edit(&mut self, now: u64) {
        self.begin_next_cart(self.closed_here);
        if self.consent && !self.is_closed() {
            self.pause.edited(now);
        }
    }

    fn on_items(&mut self, any: bool, now: u64) {
        if any {
            self.begin_next_cart(false);
        }
        if self.consent && !self.is_closed() {
            self.pause.edited(now);
        }
    }

    fn on_alarm(&mut self, now: u64, effects: &mut Vec<Effect>) {
        self.alarm_at = None;
        let is_due = |at: Option<u64>| at.is_some_and(|at| at <= now);
        if is_due(self.retry_at) {
            self.retry_at = None;
            if self.is_closed() {
                self.send_close(effects);
            } else {
                self.read(Purpose { send: true, parting: false }, effects);
            }
        } else if is_due(self.begin_at) || (is_due(self.pause.due()) && self.flights.is_empty()) {
            self.read(Purpose { send: true, parting: false }, effects);
        }
    }

    fn on_awake(&mut self, now: u64, effects: &mut Vec<Effect>) {
        let waits = self.record.as_ref().is_some_and(Record::is_pending) || self.retry_at.is_some();
        if waits && self.flights.is_empty() {
            self.attempt = 0;
            // Fifty tabs wake together; their requests need not.
            self.retry_at = Some(now + (self.random)() % 1_000);
        }
        self.read(Purpose::default(), effects);
    }

    /// Asks for a reading, unless nothing may be read.
    fn read(&mut self, purpose: Purpose, effects: &mut Vec<Effect>) {
        if !self.consent || self.is_closed() {
            return;
        }
        if let Some(asked) = &mut self.purpose {
            asked.send |= purpose.send;
            asked.parting |= purpose.parting;
            return;
        }
        self.purpose = Some(purpose);
        effects.push(Effect::Read);
    }

    fn on_read(&mut self, reading: Reading, now: u64, effects: &mut Vec<Effect>) {
        let purpose = self.purpose.take().unwrap_or_default();
        self.reconcile(reading.stored, now);
        if !self.consent || self.is_closed() {
            return;
        }
        let draft = self.with_settings(reading.draft);
        // One moment for all that is seen at once; never one that was given before.
        let moment = now.max(self.newest + 1);
        let newest = &mut self.newest;
        self.changes.observe(&draft, || {
            *newest = moment;
            moment
        });
        // "Same as billing", said on this page, also undoes what an earlier page has sent.
        if self.delivery_open && reading.delivery == Some(false) {
            self.newest = moment;
            for detail in wire::Detail::ALL {
                self.changes.set(wire::Path::delivery(*detail), wire::Stamped::cleared(moment));
            }
        }
        self.delivery_open = reading.delivery.unwrap_or(self.delivery_open);
        // One moment has one local time: a repetition, by this tab or by another, changes nothing.
        if self.newest == moment {
            self.local_time = reading.local_time;
        }
        if purpose.send {
            self.send_changes(purpose.parting, now, effects);
        } else if self.is_sendable() && self.pause.due().is_none() {
            self.pause.edited(now);
        }
        if self.record.as_ref().is_some_and(|record| record.newest < self.newest) {
            // What was given a moment and is not sent yet: no other tab may give an older one to what comes later.
            self.store(effects);
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

    /// What the lead would hold if the form, which shows `draft`, were read now; changes nothing.
    pub fn preview(&self, draft: Draft) -> Changes {
        let mut changes = self.changes.clone();
        changes.observe(&self.with_settings(draft), || self.newest + 1);
        changes
    }

    fn on_consent(&mut self, yes: bool, now: u64, effects: &mut Vec<Effect>) {
        if !yes {
            self.next_waits = false;
            self.close(true, None, now, effects);
            self.consent = false;
            return;
        }
        let (is_new, begins) = (!self.consent, self.is_refused() && !self.completed_here);
        if let Some(record) = &mut self.record
            && !record.consented
        {
            // Also in storage, before that cart is left: a "no" that comes after it can be told from the one before.
            record.consented = true;
            if let Some(closed) = &mut record.closed {
                closed.refused = false;
            }
            self.store(effects);
        }
        if begins {
            self.begin_anew();
        }
        if is_new {
            self.consent = true;
            // What was typed while waiting counts as changed now.
            self.read(Purpose::default(), effects);
        }
    }

    /// Sets the alarm for what is due next, if none rings before.
    fn set_alarm(&mut self, effects: &mut Vec<Effect>) {
        // While a request is under way, its end is what wakes the machine.
        let due =
            if self.flights.is_empty() { [self.retry_at, self.pause.due(), self.begin_at] } else { [None, None, None] };
        if let Some(at) = due.into_iter().flatten().min()
            && self.alarm_at.is_none_or(|set| at < set)
        {
            self.alarm_at = Some(at);
            effects.push(Effect::Alarm(at));
        }
    }
}
