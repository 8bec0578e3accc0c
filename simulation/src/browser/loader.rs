//! What `js/facade.js` does without the module. It is JavaScript, so here alone the harness repeats a rule of the product:
//! an end is written into the record at once and told to the proxy until that has confirmed it, and the module is loaded for
//! what another page has left unsent.

use leadkeep::core::record::{Closed, End, Record};
use leadkeep::core::retry::{Answer, RequestOutcome};
use leadkeep::core::session::Route;

use super::Told;
use crate::oracle::Closing;
use crate::storage::State;
use crate::trace::short;
use crate::world::{Event, Request, TabId, World};

/// Requests of the loader have numbers that no session gives.
const FIRST_ID: u32 = 1_000_000;
/// The first pause before it tells an end again; each is twice as long as the one before.
const PAUSE_MS: u64 = 2_000;

pub(crate) fn is_loaders(id: u32) -> bool {
    id >= FIRST_ID
}

impl World {
    /// A page is loaded, and its loader runs.
    pub(crate) fn run_loader(&mut self, id: TabId) {
        self.tell_end(id, None);
        let Some(tab) = self.tabs.get(id) else { return };
        let stored = self.browsers.get(tab.browser).and_then(|browser| browser.storage.read());
        if stored.is_some_and(|record| !record.cart.unsent.is_empty()) {
            self.load_module(id);
        }
    }

    /// `complete()` on a page whose module is not there.
    pub(crate) fn complete_without_module(&mut self, id: TabId) {
        let Some(browser) = self.tabs.get(id).map(|tab| tab.browser) else { return };
        let now = self.browser_clock(browser);
        let stored = self.browsers.get(browser).and_then(|browser| browser.storage.read());
        // Without a record there is nothing to close; the module keeps it in mind, should it come.
        if let Some(tab) = self.tabs.get_mut(id) {
            tab.ordered = true;
        }
        let Some(mut record) = stored.filter(|record| record.cart.expires > now) else { return };
        if record.closed.is_none() {
            let end = End { order_reference: Some("A-1".to_owned()), at: now, ..End::default() };
            record.closed = Some(Closed { end, delivered: false });
            record.cart.clear_unsent();
            // One that storage did not take is told once, and not again.
            let sure = self.browsers.get(browser).is_some_and(|of| of.storage.state == State::Sound);
            let cart = record.id().to_owned();
            self.oracle.closings.push(Closing { tab: id, cart, withdrawn: false, sure, is_in_record_alone: true });
        }
        self.write_record(browser, id, (&record).into());
        self.note(|| format!("tab {id}: the loader ends cart {}", short(record.id())));
        self.tell_end(id, Some(record));
    }

    /// Tells a proxy of the end that stands in a record, by default the one in storage; a module that runs does so itself.
    pub(crate) fn tell_end(&mut self, id: TabId, record: Option<Record>) {
        let Some(tab) = self.tabs.get(id).filter(|tab| tab.session.is_none()) else { return };
        let stored = || self.browsers.get(tab.browser).and_then(|browser| browser.storage.read());
        let Some(record) = record.or_else(stored) else { return };
        let Some(Closed { end, delivered: false }) = &record.closed else { return };
        let route = if end.withdrawn { Route::Withdraw } else { Route::Complete };
        let body = wire::request::close(&record.cart.owner, None, end.order_reference.as_deref());
        let Some(tab) = self.tabs.get_mut(id) else { return };
        tab.loader_requests += 1;
        let request = Request { tab: id, id: FIRST_ID + tab.loader_requests, route, body, outlives_page: true };
        self.note(|| format!("tab {id}: the loader sends {route:?} of cart {}", short(record.id())));
        self.requests += 1;
        self.post(request);
    }

    /// A request of the loader has ended.
    pub(crate) fn loader_is_answered(&mut self, id: TabId, outcome: &RequestOutcome) {
        let Some(tab) = self.tabs.get(id).filter(|tab| tab.session.is_none()) else { return };
        let browser = tab.browser;
        if matches!(outcome, RequestOutcome::Answered(Answer::Closed { .. })) {
            let stored = self.browsers.get(browser).and_then(|browser| browser.storage.read());
            if let Some(mut record) = stored
                && let Some(closed) = &mut record.closed
            {
                closed.delivered = true;
                self.write_record(browser, id, (&record).into());
            }
            return;
        }
        let ms = PAUSE_MS << tab.loader_requests.min(12);
        self.after(ms, Event::Tell(id, Told::TellEnd));
    }
}
