//! What is unsent, what is in flight, and when the next attempt is due. It knows nothing of the cart's life.

mod retry;

use wire::LeadState;

pub use self::retry::Retry;
use super::changes::Changes;
use super::debounce::Debounce;
use super::error::Error;
use super::shortfall::Shortfall;

/// Requests of one page that outlive it and may be in flight together.
const MOST_OUTLIVING: usize = 3;
/// A request that has no answer after this time has none. The browser gives up earlier; this is for a `fetch` that a page
/// has patched and that never settles.
pub const DEADLINE_MS: u64 = 30_000;

/// What a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Changes, and the fingerprint of the lead they lead to.
    Save {
        /// What the answer confirms.
        changes: LeadState,
        /// See [`Changes::fingerprint`].
        fingerprint: u64,
    },
    /// The end of the cart.
    Close,
}

/// A request that has no answer yet.
#[derive(Debug)]
pub struct InFlightRequest {
    /// The number that the answer names.
    pub id: u32,
    /// The CartId.
    pub cart: String,
    /// What it carries.
    pub payload: Payload,
    /// It went with `keepalive`: it arrives though its page is gone.
    pub outlives_page: bool,
    /// From then on it counts as unanswered.
    pub deadline: u64,
}

/// How the last request ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum LastResult {
    /// There was none, or the next one is in flight.
    #[default]
    None,
    /// The proxy has what was sent.
    Saved,
    /// It failed.
    Failed(Error),
}

/// The unsent changes of a page and their delivery.
#[derive(Debug)]
pub struct Outbox {
    /// What this page has seen, and what of it is unsent.
    pub changes: Changes,
    /// Between an edit and its sending.
    pub debounce: Debounce,
    /// When the next attempt is due.
    pub retry: Retry,
    /// How the last request ended.
    pub last_result: LastResult,
    /// What the proxy has said of the lead that it keeps.
    pub shortfall: Shortfall,
    in_flight: Vec<InFlightRequest>,
    /// A request with `keepalive` was rejected: the 64 KiB that such requests share may be used up. The next one goes
    /// without, until one is answered.
    keepalive_in_doubt: bool,
    next_id: u32,
}

impl Outbox {
    /// An empty outbox. `due`: what an earlier page has left is due then.
    pub fn new(changes: Changes, debounce: Debounce, due: Option<u64>) -> Self {
        Self {
            changes,
            debounce,
            retry: Retry::new(due),
            last_result: LastResult::None,
            shortfall: Shortfall::default(),
            in_flight: Vec::new(),
            keepalive_in_doubt: false,
            next_id: 0,
        }
    }

    /// Nothing is to be sent, and nothing is waited for.
    pub fn clear(&mut self) {
        self.changes = Changes::default();
        self.debounce.clear();
        self.retry.clear();
        self.shortfall = Shortfall::default();
    }

    /// Requests of an earlier life of the page count as unanswered.
    pub fn forget_in_flight(&mut self) {
        self.in_flight.clear();
    }

    /// Whether a request is in flight.
    pub fn is_sending(&self) -> bool {
        !self.in_flight.is_empty()
    }

    /// Whether this page has sent anything yet.
    pub fn has_sent(&self) -> bool {
        self.next_id > 0
    }

    /// Whether the end of a cart is in flight.
    pub fn is_closing(&self, cart: &str) -> bool {
        self.in_flight.iter().any(|request| request.payload == Payload::Close && request.cart == cart)
    }

    /// Whether an unloading page need not send these changes: a request that outlives the page carries them, or there are
    /// too many of such requests already.
    pub fn outlives_page(&self, unsent: &LeadState) -> bool {
        let outliving = || self.in_flight.iter().filter(|request| request.outlives_page);
        let carries =
            |request: &InFlightRequest| matches!(&request.payload, Payload::Save { changes, .. } if changes == unsent);
        outliving().count() >= MOST_OUTLIVING || outliving().any(carries)
    }

    /// Whether the next request may go with `keepalive`, as far as is known.
    pub fn may_keep_alive(&self, unloading: bool) -> bool {
        unloading || !self.keepalive_in_doubt
    }

    /// The number of the next request.
    pub fn next_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    /// A request has left.
    pub fn sent(&mut self, request: InFlightRequest) {
        if self.last_result == LastResult::Saved {
            self.last_result = LastResult::None;
        }
        self.in_flight.push(request);
    }

    /// The request that an answer names.
    pub fn take(&mut self, id: u32) -> Option<InFlightRequest> {
        let at = self.in_flight.iter().position(|request| request.id == id)?;
        Some(self.in_flight.swap_remove(at))
    }

    /// A request without an answer at its deadline.
    pub fn overdue(&self, now: u64) -> Option<u32> {
        self.in_flight.iter().find(|request| request.deadline <= now).map(|request| request.id)
    }

    /// Takes note of whether `keepalive` works.
    pub fn judge_keepalive(&mut self, request: &InFlightRequest, answered: bool) {
        if answered {
            self.keepalive_in_doubt = false;
        } else if request.outlives_page {
            self.keepalive_in_doubt = true;
        }
    }

    /// What went wrong last.
    pub fn last_error(&self) -> Option<&Error> {
        match &self.last_result {
            LastResult::Failed(error) => Some(error),
            LastResult::None | LastResult::Saved => None,
        }
    }

    /// The proxy has refused what this page has sent last.
    pub fn last_request_refused(&self) -> bool {
        self.last_error() == Some(&Error::REFUSED)
    }

    /// When anything is due. While a request is in flight, its end is what wakes the page.
    pub fn due(&self) -> Option<u64> {
        let deadline = self.in_flight.iter().map(|request| request.deadline).min();
        deadline.or_else(|| earliest(self.retry.at(), self.debounce.due()))
    }

    /// The clock was turned back: what is due must not be put off.
    pub fn clock_turned_back(&mut self, before: u64, now: u64) {
        self.retry.clock_turned_back(before, now);
        if self.debounce.due().is_some() {
            self.debounce.edited(now);
        }
        for request in &mut self.in_flight {
            request.deadline = now + request.deadline.saturating_sub(before);
        }
    }
}

/// The earlier of two times, where there is any.
pub fn earliest(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (at, None) | (None, at) => at,
    }
}
