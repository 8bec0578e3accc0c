//! Browsers and their tabs.

mod effects;
mod life;
mod network;

use std::collections::{BTreeMap, BTreeSet};

use leadkeep::core::retry::Outcome;
use leadkeep::core::sync::Sync;
use wire::Path;

use crate::form::Form;
use crate::storage::{State, Storage};
use crate::timeline::Millis;

/// A browser profile: one shopper, one machine.
#[derive(Debug)]
pub(crate) struct Browser {
    pub(crate) storage: Storage,
    /// How wrong its clock is.
    pub(crate) offset: i64,
    pub(crate) online: bool,
    /// What the shopper has said last to the question of consent.
    pub(crate) agreed: bool,
    pub(crate) agreed_once: bool,
    /// Storage was sound all the time, and the clock never jumped: every tab can rely on the one record.
    pub(crate) sound: bool,
    /// Its clock was turned back. Without the record, which remembers the newest moment, its tabs have no common order.
    pub(crate) turned_back: bool,
    pub(crate) acts_left: u64,
    /// A withdrawal is the last that was heard of the shopper: nothing may begin.
    pub(crate) refused: Option<Millis>,
    /// The cart as the shop has it.
    pub(crate) items: Option<String>,
}

impl Browser {
    pub(crate) fn new(offset: i64) -> Self {
        Self {
            storage: Storage { text: None, state: State::Sound },
            offset,
            online: true,
            agreed: false,
            agreed_once: false,
            sound: true,
            turned_back: false,
            acts_left: 0,
            refused: None,
            items: None,
        }
    }
}

/// Where a page is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Life {
    Open,
    Hidden,
    /// Hidden, and nothing runs until it is thawed.
    Frozen,
    /// In the bfcache.
    Cached,
    Gone,
}

/// What a page is told by its browser.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// A timer; only the one that was set last counts.
    Alarm(u64),
    /// Another tab has written.
    Stored,
    Ended(u32, Outcome),
}

/// A page.
pub(crate) struct Tab {
    pub(crate) browser: usize,
    pub(crate) life: Life,
    /// The widget, once its module is there.
    pub(crate) sync: Option<Sync>,
    pub(crate) loading: bool,
    pub(crate) touched: bool,
    pub(crate) edited: bool,
    pub(crate) form: Form,
    /// Tells the alarm that counts.
    pub(crate) alarm: u64,
    /// What waits until it is thawed.
    pub(crate) held: Vec<Told>,
    /// What the widget has read last since its cart began.
    pub(crate) seen: BTreeMap<Path, Option<String>>,
    /// The delivery block was in use when it did.
    pub(crate) delivery_read: bool,
    /// When it left a cart for another one first: of the one it left it hears nothing more.
    pub(crate) left: Option<Millis>,
    /// When it began to capture what it has not sent yet.
    pub(crate) since: Millis,
    /// Counts the carts that have begun on this page.
    pub(crate) epoch: u32,
    /// The cart it has sent saves of last.
    pub(crate) sent: Option<String>,
    /// The carts it knows to be closed.
    pub(crate) closed: BTreeSet<String>,
    /// Requests it has made, and what may have caused one.
    pub(crate) requests: u64,
    pub(crate) causes: u64,
}

impl Tab {
    pub(crate) fn new(browser: usize, form: Form) -> Self {
        Self {
            browser,
            life: Life::Open,
            sync: None,
            loading: false,
            touched: false,
            edited: false,
            form,
            alarm: 0,
            held: Vec::new(),
            seen: BTreeMap::new(),
            delivery_read: false,
            left: None,
            since: 0,
            epoch: 0,
            sent: None,
            closed: BTreeSet::new(),
            requests: 0,
            causes: 0,
        }
    }

    /// Whether what is typed here counts: the widget runs, with consent, and its cart is open.
    pub(crate) fn captures(&self) -> bool {
        self.sync
            .as_ref()
            .is_some_and(|sync| sync.has_consent() && sync.status().state != leadkeep::core::status::State::Closed)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.sync.as_ref().is_some_and(|sync| sync.status().state == leadkeep::core::status::State::Closed)
    }

    pub(crate) fn cart(&self) -> Option<&str> {
        self.sync.as_ref().and_then(Sync::cart)
    }

    /// Whether anything runs in it.
    pub(crate) fn runs(&self) -> bool {
        matches!(self.life, Life::Open | Life::Hidden)
    }
}

/// An answer that takes longer is none: see the widget's transport.
pub(crate) const TIMEOUT_MS: Millis = 20_000;
