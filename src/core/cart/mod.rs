//! The cart of a page: how it begins, is shared with other tabs through storage, and ends. States, not flags: what cannot
//! be at once cannot be written down at once. Every transition is a pure function.

mod id;

use std::mem;

use wire::LeadState;

pub use self::id::new_owner;
use crate::core::record::{CartRecord, Closed, End, Record, StoredRecord};

/// What follows once the proxy knows of the end of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing.
    Rest,
    /// The next purchase: the one record has room for one cart only.
    Begin,
}

/// What a page was to a cart when that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PageAtEnd {
    /// The page was loaded before: no edit of it begins another cart.
    pub loaded_before: bool,
    /// The order was placed on it: a tick does not begin another cart.
    pub ordered_here: bool,
}

/// The page was there as the cart ended, and the end came from elsewhere.
const LOADED_BEFORE: PageAtEnd = PageAtEnd { loaded_before: true, ordered_here: false };

/// The cart of a page. The record is what is remembered of it.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "the comment of each state says what its fields are")]
pub enum Cart {
    /// There is none yet.
    #[default]
    None,
    /// This page begins one, and sends it at a time to come: another tab may have begun one as well.
    Beginning { record: Box<CartRecord>, at: u64 },
    /// The proxy may know it: its lead may exist.
    Open { record: Box<CartRecord> },
    /// Completed or withdrawn, and the proxy does not know yet.
    Ending { record: Box<CartRecord>, end: End, page: PageAtEnd, then: Next },
    /// Completed or withdrawn, and the proxy knows, or need not know: a shopper who orders before there is a cart leaves no
    /// record.
    Ended { record: Option<Box<CartRecord>>, end: End, page: PageAtEnd },
}

/// What the record in storage says to a page.
#[derive(Debug)]
pub enum Learned {
    /// Another page has a cart of its own, and storage its record.
    Another,
    /// The cart is open, and an earlier page has left this undelivered.
    Open(LeadState),
    /// The cart was closed while this page had it open.
    Ended,
    /// The proxy knows of the end by now.
    Delivered,
    /// Nothing new.
    Nothing,
}

impl Cart {
    /// The cart a page finds in storage as its module arrives. The page may have been loaded before the cart ended.
    pub fn found(record: Option<Record>, page_loaded: u64, now: u64) -> Self {
        let Some(record) = record else { return Self::None };
        let ended = record.closed.as_ref().map(|closed| closed.end.at);
        let loaded_before = ended.is_some_and(|at| page_loaded < at && at <= now);
        Self::of(record, PageAtEnd { loaded_before, ordered_here: false })
    }

    fn of(found: Record, page: PageAtEnd) -> Self {
        let record = Box::new(found.cart);
        match found.closed {
            None => Self::Open { record },
            Some(Closed { end, delivered: false }) => Self::Ending { record, end, page, then: Next::Rest },
            Some(Closed { end, delivered: true }) => Self::Ended { record: Some(record), end, page },
        }
    }

    /// What is remembered of the cart, if this page has one.
    pub fn record(&self) -> Option<&CartRecord> {
        match self {
            Self::Beginning { record, .. } | Self::Open { record } | Self::Ending { record, .. } => Some(record),
            Self::Ended { record, .. } => record.as_deref(),
            Self::None => None,
        }
    }

    /// The same, to be changed.
    pub fn record_mut(&mut self) -> Option<&mut CartRecord> {
        match self {
            Self::Beginning { record, .. } | Self::Open { record } | Self::Ending { record, .. } => Some(record),
            Self::Ended { record, .. } => record.as_deref_mut(),
            Self::None => None,
        }
    }

    /// The record as it is to be stored.
    pub fn to_store(&self) -> Option<StoredRecord<'_>> {
        let delivered = matches!(self, Self::Ended { .. });
        self.record().map(|record| StoredRecord::new(record, self.end().map(|(end, _)| (end, delivered))))
    }

    /// How the cart ended, if it has.
    pub fn end(&self) -> Option<(&End, PageAtEnd)> {
        match self {
            Self::None | Self::Beginning { .. } | Self::Open { .. } => None,
            Self::Ending { end, page, .. } | Self::Ended { end, page, .. } => Some((end, *page)),
        }
    }

    fn end_mut(&mut self) -> Option<(&mut End, &mut PageAtEnd)> {
        match self {
            Self::None | Self::Beginning { .. } | Self::Open { .. } => None,
            Self::Ending { end, page, .. } | Self::Ended { end, page, .. } => Some((end, page)),
        }
    }

    /// Whether it is completed or withdrawn.
    pub fn is_closed(&self) -> bool {
        self.end().is_some()
    }

    /// Whether the last word of the shopper was no.
    pub fn is_refused(&self) -> bool {
        self.end().is_some_and(|(end, _)| end.refused)
    }

    /// Takes note of the record that stands in storage.
    pub fn meet(&mut self, mut stored: Record) -> Learned {
        let is_open = stored.closed.is_none();
        let mine = self.record_mut().filter(|mine| mine.owner == stored.cart.owner);
        let is_mine = mine.is_some();
        if let Some(mine) = mine {
            mine.join(&stored);
            stored.cart.consented = mine.consented;
        }
        match self {
            Self::None => self.adopt(stored),
            // This page has sent nothing yet: the cart that is there is the cart.
            Self::Beginning { record, .. } if !is_mine && is_open => {
                **record = stored.cart;
                Learned::Open(record.unsent.clone())
            }
            // What another page has left of an open cart; without it the next store would lose it.
            Self::Beginning { record, .. } | Self::Open { record } if is_mine && is_open => {
                record.join_unsent(stored.cart.unsent.clone(), stored.cart.unsent_until);
                Learned::Open(stored.cart.unsent)
            }
            Self::Beginning { record, .. } | Self::Open { record } if is_mine => {
                mem::swap(&mut **record, &mut stored.cart);
                self.adopt(stored)
            }
            Self::Ending { end, .. } | Self::Ended { end, record: Some(_), .. } if is_mine => {
                let is_delivered = stored.closed.as_ref().is_some_and(|theirs| theirs.delivered);
                // The newer word of the shopper is the one in storage.
                if let Some(theirs) = stored.closed {
                    end.refused = theirs.end.refused;
                }
                end.refused &= !stored.cart.consented;
                if is_delivered { Learned::Delivered } else { Learned::Nothing }
            }
            // Another page has begun anew: after storage was cleared, or the next purchase; or the record of a cart that
            // is over is back. This page stays with its own cart, never more than one lead in the life of a page.
            Self::Beginning { .. } | Self::Open { .. } | Self::Ending { .. } | Self::Ended { .. } => Learned::Another,
        }
    }

    /// A page that has sent nothing takes the cart that is there; one that is closed was closed while this page was open.
    fn adopt(&mut self, mut stored: Record) -> Learned {
        let learned = if stored.closed.is_none() {
            Learned::Open(stored.cart.unsent.clone())
        } else {
            stored.cart.clear_unsent();
            Learned::Ended
        };
        *self = Self::of(stored, LOADED_BEFORE);
        learned
    }

    /// What this page sends from now on is of this cart.
    pub fn open(&mut self) {
        *self = match mem::take(self) {
            Self::Beginning { record, .. } => Self::Open { record },
            other => other,
        };
    }

    /// Takes the record of an open cart, which is about to end.
    fn take_open(&mut self, withdrawn: bool) -> Option<Box<CartRecord>> {
        match mem::take(self) {
            Self::Beginning { mut record, .. } | Self::Open { mut record } => {
                record.consented &= !withdrawn;
                record.clear_unsent();
                Some(record)
            }
            other => {
                *self = other;
                None
            }
        }
    }

    /// The cart is completed or withdrawn on this page, where `end.withdrawn` says which. Returns whether the proxy is to be
    /// told.
    pub fn close(&mut self, end: End) -> bool {
        let withdrawn = end.withdrawn;
        let page = PageAtEnd { loaded_before: true, ordered_here: !withdrawn };
        if let Some(record) = self.take_open(withdrawn) {
            *self = Self::Ending { record, end, page, then: Next::Rest };
            return true;
        }
        let is_known = self.record().is_some();
        if let (true, Some(record)) = (withdrawn, self.record_mut()) {
            record.consented = false;
        }
        if let Some((known, page)) = self.end_mut() {
            // The lead has its end already; a "no" after it is for the next purchase.
            page.ordered_here |= !withdrawn;
            page.loaded_before |= !is_known;
            known.refused |= withdrawn && is_known;
        } else if !withdrawn {
            // Nobody knows of a cart: only an order is worth remembering here.
            *self = Self::Ended { record: None, end: End::default(), page };
        }
        false
    }

    /// A "no" that has to outlive the page, though there is no cart: where the next page would begin by itself.
    pub fn remember_refusal(&mut self, record: Box<CartRecord>, now: u64) {
        let ordered_here = self.end().is_some_and(|(_, page)| page.ordered_here);
        let end = End { withdrawn: true, refused: true, order_reference: None, at: now };
        *self = Self::Ended { record: Some(record), end, page: PageAtEnd { ordered_here, ..LOADED_BEFORE } };
    }

    /// The proxy says that the cart is closed.
    pub fn closed_elsewhere(&mut self, withdrawn: bool, now: u64) {
        if let Some(record) = self.take_open(withdrawn) {
            let end = End { withdrawn, refused: withdrawn, order_reference: None, at: now };
            *self = Self::Ended { record: Some(record), end, page: LOADED_BEFORE };
        }
    }

    /// The proxy knows of the end. Returns what follows.
    pub fn end_is_known(&mut self) -> Next {
        match mem::take(self) {
            Self::Ending { record, end, page, then } => {
                *self = Self::Ended { record: Some(record), end, page };
                then
            }
            other => {
                *self = other;
                Next::Rest
            }
        }
    }

    /// Says what follows the end that the proxy does not know yet. Returns whether there is such an end.
    pub fn after_end(&mut self, next: Next) -> bool {
        match self {
            Self::Ending { then, .. } => {
                *then = next;
                true
            }
            Self::None | Self::Beginning { .. } | Self::Open { .. } | Self::Ended { .. } => false,
        }
    }

    /// The shopper has ticked, also after a no. Returns whether that is to be stored.
    pub fn consented(&mut self) -> bool {
        let Some(record) = self.record_mut().filter(|record| !record.consented) else { return false };
        record.consented = true;
        if let Some((end, _)) = self.end_mut() {
            end.refused = false;
        }
        true
    }
}
