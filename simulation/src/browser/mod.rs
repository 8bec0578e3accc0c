//! Browsers and their tabs.

mod host;
mod life;
mod loader;
mod network;

use std::collections::{BTreeMap, BTreeSet};

use leadkeep::core::retry::RequestOutcome;
use leadkeep::core::session::Session;
use leadkeep::core::status::State as Doing;
use wire::{LeadState, Path};

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
    /// Its clock jumped forward by hours then: what was typed before looks a day old.
    pub(crate) aged_before: Millis,
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
            aged_before: 0,
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
    Answered(u32, RequestOutcome),
    /// The loader's timer.
    TellEnd,
}

/// A page.
pub(crate) struct Tab {
    pub(crate) browser: usize,
    pub(crate) life: Life,
    /// The widget's session, once its module is there. Taken out while it is driven.
    pub(crate) session: Option<Session>,
    /// Its cart, and whether what is typed here counts: it runs, with consent, and its cart is open.
    pub(crate) cart: Option<String>,
    pub(crate) captures: bool,
    pub(crate) loading: bool,
    /// When it was loaded, by its browser's clock.
    pub(crate) loaded_at: Millis,
    /// `complete()` was called before the module was there.
    pub(crate) ordered: bool,
    pub(crate) loader_requests: u32,
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
    /// Saves without an answer that outlive the page.
    pub(crate) leaving: BTreeMap<u32, LeadState>,
    /// Requests it has made, and what may have caused one.
    pub(crate) requests: u64,
    pub(crate) causes: u64,
}

impl Tab {
    pub(crate) fn new(browser: usize, form: Form, loaded_at: Millis) -> Self {
        Self {
            browser,
            life: Life::Open,
            session: None,
            cart: None,
            captures: false,
            loading: false,
            loaded_at,
            ordered: false,
            loader_requests: 0,
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
            leaving: BTreeMap::new(),
            requests: 0,
            causes: 0,
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.session.as_ref().is_some_and(is_closed)
    }

    pub(crate) fn cart(&self) -> Option<&str> {
        self.cart.as_deref()
    }

    /// Whether it has taken over the cart of another tab before it had sent anything of its own.
    fn joins(&self, cart: Option<&str>) -> bool {
        cart.is_some() && self.sent != self.cart
    }

    /// Whether anything runs in it.
    pub(crate) fn runs(&self) -> bool {
        matches!(self.life, Life::Open | Life::Hidden)
    }
}

fn is_closed(session: &Session) -> bool {
    session.status().state == Doing::Closed
}

fn captures(session: &Session) -> bool {
    session.has_consent() && !is_closed(session)
}

/// An answer that takes longer is none: see the widget's transport.
pub(crate) const TIMEOUT_MS: Millis = 20_000;
