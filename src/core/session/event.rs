//! What a page is told, what it asks of its host, and what it sends.

use wire::Path;

use crate::core::config::Consent;
use crate::core::draft::Draft;
use crate::core::retry::RequestOutcome;

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The first touch of the form: what stands in it counts as changed now.
    Touched,
    /// The shopper, autofill or the page changed something.
    Edited,
    /// The page has given its items by hand: with items in it, after a completed order, it is the next purchase.
    Items {
        /// Whether there is an item.
        any: bool,
    },
    /// The alarm went off.
    Alarm,
    /// A request has ended.
    Answered {
        /// The number of the [`Request`].
        id: u32,
        /// How.
        outcome: RequestOutcome,
    },
    /// The shopper or the page said yes or no.
    Consent(bool),
    /// The shopper has ordered.
    Complete {
        /// The merchant's number of the order.
        order_reference: Option<String>,
    },
    /// Send now what is unsent.
    Flush,
    /// The page is hidden and may never come back.
    Hidden,
    /// The page is seen again, or the network is back.
    Awake {
        /// It came out of the back/forward cache (HTML, `pageshow` with `persisted`). Firefox loses what the promises of a
        /// page say while it is in there, so a request that was in flight counts as unanswered.
        restored: bool,
    },
    /// Another tab may have written the record.
    Stored,
}

/// What the host has read of the form.
#[derive(Debug, Clone, Default)]
pub struct FormSnapshot {
    /// What the form shows.
    pub draft: Draft,
    /// Whether the delivery block is in use; see [`draft::delivery_in_use`](crate::core::draft::delivery_in_use).
    pub delivery: Option<bool>,
    /// The shopper's clock, `YYYY-MM-DD HH:MM:SS`.
    pub local_time: String,
}

/// A request to the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// To be given back with [`Event::Answered`].
    pub id: u32,
    /// Where to.
    pub route: Route,
    /// JSON.
    pub body: String,
    /// The page may be gone before the answer: `keepalive` is a must, and a beacon is better than nothing.
    pub unloading: bool,
    /// Whether it may go with `keepalive` if it is not [too long](MOST_KEEPALIVE_BYTES).
    pub keepalive: bool,
}

/// The bodies of all requests that outlive the page share 64 KiB with the page's other scripts (Fetch, section 4.5), in
/// bytes; a body that would take more than half of it goes without, unless the page unloads.
pub const MOST_KEEPALIVE_BYTES: usize = 32 * 1024;

impl Request {
    /// Whether it is to go with `keepalive`, so that it outlives its page.
    pub fn outlives_page(&self) -> bool {
        self.unloading || (self.keepalive && self.body.len() <= MOST_KEEPALIVE_BYTES)
    }
}

/// The three paths of the proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `POST {endpoint}`
    Save,
    /// `POST {endpoint}/complete`
    Complete,
    /// `POST {endpoint}/withdraw`
    Withdraw,
}

/// What a session needs of the settings.
#[derive(Debug, Clone)]
pub struct Settings {
    /// When capture may begin.
    pub consent: Consent,
    /// See [`Config::quiet_ms`](crate::core::config::Config::quiet_ms).
    pub quiet_ms: u64,
    /// See [`Config::max_wait_ms`](crate::core::config::Config::max_wait_ms).
    pub max_wait_ms: u64,
    /// When the page was loaded, in milliseconds of the Unix epoch: not the module, which may come later.
    pub page_loaded: u64,
    /// The words of the checkbox and their language, where there is one.
    pub consent_text: Option<(String, String)>,
    /// Values that come from the settings instead of the form.
    pub constants: Vec<(Path, String)>,
}
