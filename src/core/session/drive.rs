//! The one driver: the browser, the simulation and the tests run a session by it.

use super::{Event, FormSnapshot, Request, Session};
use crate::core::error::Error;
use crate::core::record::{Record, StoredRecord};

/// What a session asks of the page it runs on. None of it may call [`drive`]: what happens meanwhile is driven afterwards.
pub trait Host {
    /// What the form shows; `None` where it could not be read.
    fn read_form(&mut self) -> Option<FormSnapshot>;
    /// The record as it stands in storage, whoever wrote it.
    fn stored_record(&mut self) -> Option<Record>;
    /// Stores the record. Returns whether storage took it.
    fn store_record(&mut self, record: StoredRecord<'_>) -> bool;
    /// Sends a request; [`Event::Answered`] says how it ended.
    fn send(&mut self, request: Request);
    /// Wakes the session with [`Event::Alarm`] then, or not at all. Replaces an alarm set before.
    fn set_alarm(&mut self, at: Option<u64>);
    /// Says once what went wrong.
    fn report(&mut self, error: &Error);
}

/// Why the form is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadFor {
    /// To know what it shows.
    Knowing,
    /// To send what is unsent.
    Sending,
    /// To keep and to send at once: the page unloads.
    Unloading,
}

/// Tells a session what happened, and does what it asks for: looks at storage once, and reads the form once where that is
/// needed.
pub fn drive(session: &mut Session, host: &mut impl Host, event: Event, now: u64) {
    session.follow_clock(now);
    if session.looks_at_storage(&event, now) {
        let stored = host.stored_record();
        let is_gone = stored.is_none();
        session.reconcile(stored, now);
        if is_gone {
            // Another script has cleared storage: the next page shall find the cart that this page keeps.
            session.store(host);
        }
    }
    let read = session.on(event, now, host);
    if let Some(purpose) = read.filter(|_| session.may_read()) {
        // A form that cannot be read holds up nothing that is known of it.
        if let Some(snapshot) = host.read_form() {
            session.observe(snapshot, now);
        }
        session.after_reading(purpose, now, host);
    }
    session.begin_after_end(now);
    session.set_alarm(host);
}
