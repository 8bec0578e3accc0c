//! What the state machine is told, and what it tells the browser side to do.

use wire::Path;

use crate::core::config::Consent;
use crate::core::draft::Draft;
use crate::core::record::Record;
use crate::core::retry::Outcome;

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
    /// The form has been read, after [`Effect::Read`].
    Read(Box<Reading>),
    /// The alarm went off.
    Alarm,
    /// A request has ended.
    Ended {
        /// The number [`Effect::Send`] gave it.
        id: u32,
        /// How.
        outcome: Outcome,
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
        /// page say while it is in there, so a request that was under way counts as unanswered.
        restored: bool,
    },
    /// Another tab has written the record.
    Stored(Option<Record>),
}

impl Event {
    /// Whether what follows it may be written over what another tab has stored: [`Event::Stored`] comes before it. A page
    /// that was frozen is told of its alarms before it is told of storage.
    pub fn may_write(&self) -> bool {
        !matches!(
            self,
            Self::Touched | Self::Edited | Self::Items { .. } | Self::Read(_) | Self::Flush | Self::Stored(_)
        )
    }
}

/// What the browser side has read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// What the form shows.
    pub draft: Draft,
    /// Whether the delivery block is in use; see [`draft::delivery_in_use`](crate::core::draft::delivery_in_use).
    pub delivery: Option<bool>,
    /// The record as it stands in storage.
    pub stored: Option<Record>,
    /// The shopper's clock, `YYYY-MM-DD HH:MM:SS`.
    pub local_time: String,
}

/// What the browser side shall do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Read the form and the record, and answer with [`Event::Read`].
    Read,
    /// Wake me with [`Event::Alarm`] at this moment. Replaces an alarm set before.
    Alarm(u64),
    /// Post a body.
    Send {
        /// To be given back with [`Event::Ended`].
        id: u32,
        /// Where to.
        route: Route,
        /// JSON.
        body: String,
        /// The page may be gone before the answer.
        parting: bool,
    },
    /// Store the record, or remove it.
    Store(Option<Record>),
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

/// What the state machine needs of the settings.
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
    /// Values that come from the settings instead of the form.
    pub constants: Vec<(Path, String)>,
}
