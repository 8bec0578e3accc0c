//! The one record leadkeep keeps in the browser, under the `localStorage` key `leadkeep`.
//!
//! It holds no personal data, with one exception: a change that could not be delivered before the page went away.

mod stored;

use wire::LeadState;
use wire::request::Owner;

pub use self::stored::{StoredRecord, hex};

/// The key in `localStorage`.
pub const KEY: &str = "leadkeep";
/// The version of the record's layout. A record of another version is ignored.
pub const VERSION: u64 = 1;
/// A record lives for 90 days after its last use: as long as 2Checkout follows a lead up.
pub const LIFETIME_MS: u64 = 90 * 24 * 3_600_000;
/// A change that was not delivered is kept for 24 hours.
pub const UNSENT_LIFETIME_MS: u64 = 24 * 3_600_000;
/// The record is never longer than this, in bytes; what is unsent gives way.
pub const MAX_BYTES: usize = 4_000;

/// How a cart ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct End {
    /// Withdrawn by the shopper; otherwise completed by an order.
    pub withdrawn: bool,
    /// The shopper has said no since: only a new yes begins again. True of every withdrawal until that yes.
    pub refused: bool,
    /// The merchant's number of the order.
    pub order_reference: Option<String>,
    /// When, in milliseconds of the Unix epoch; 0 in a record of an older version. A page that was loaded before begins no
    /// next purchase.
    pub at: u64,
}

/// The end of a cart, and whether the proxy knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// How it ended.
    pub end: End,
    /// Whether the proxy has confirmed it.
    pub delivered: bool,
}

/// What is remembered of a cart, whether it has ended or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CartRecord {
    /// Id and key of the cart.
    pub owner: Owner,
    /// The code 2Checkout gave the lead.
    pub lead_code: Option<String>,
    /// When the record expires, in milliseconds of the Unix epoch.
    pub expires: u64,
    /// Fingerprint of what the proxy confirmed last.
    pub confirmed: Option<u64>,
    /// The newest timestamp given to a change: time never runs backwards in this browser.
    pub newest: u64,
    /// Whether the shopper ticked the consent checkbox.
    pub consented: bool,
    /// What could not be delivered before its page went away.
    pub unsent: LeadState,
    /// When the last of it is dropped undelivered; each change goes 24 hours after it was made.
    pub unsent_until: u64,
}

/// What is remembered from page to page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The cart.
    pub cart: CartRecord,
    /// Whether and how it ended.
    pub closed: Option<Closed>,
}

impl CartRecord {
    /// A record for a new cart.
    pub fn new(owner: Owner, now: u64) -> Self {
        Self {
            owner,
            lead_code: None,
            expires: now + LIFETIME_MS,
            confirmed: None,
            newest: 0,
            consented: false,
            unsent: LeadState::default(),
            unsent_until: 0,
        }
    }

    /// The CartId.
    pub fn id(&self) -> &str {
        &self.owner.cart
    }

    /// Keeps what could not be delivered, or forgets it. A change that is kept already is kept no longer for that: the 24
    /// hours count from the change, not from the attempt.
    pub fn keep_unsent(&mut self, mut unsent: LeadState, now: u64) {
        unsent.retain(|_, change| is_fresh(change, now));
        // A clock that was turned back has given timestamps of the future: they count from now.
        let until = unsent.iter().map(|(path, change)| match self.unsent.get(path) {
            Some(kept) if kept.at == change.at => self.unsent_until,
            _ => change.at.min(now) + UNSENT_LIFETIME_MS,
        });
        self.unsent_until = until.max().unwrap_or_default();
        self.unsent = unsent;
    }

    /// Takes over what another page could not deliver.
    pub fn join_unsent(&mut self, unsent: LeadState, until: u64) {
        self.unsent.merge(unsent);
        self.unsent_until = self.unsent_until.max(until);
    }

    /// Nothing of an ended cart is delivered or confirmed any more.
    pub fn clear_unsent(&mut self) {
        self.unsent = LeadState::default();
        self.unsent_until = 0;
        self.confirmed = None;
    }

    /// Another page or tab wrote the same cart: what both know.
    pub fn join(&mut self, other: &Record) {
        self.newest = self.newest.max(other.cart.newest);
        self.expires = self.expires.max(other.cart.expires);
        // Storage holds what the shopper said last.
        self.consented = other.cart.consented || (self.consented && other.closed.is_none());
        if self.lead_code.is_none() {
            self.lead_code.clone_from(&other.cart.lead_code);
        }
    }
}

/// Whether a change was made less than 24 hours ago.
fn is_fresh(change: &wire::Stamped, now: u64) -> bool {
    change.at.saturating_add(UNSENT_LIFETIME_MS) > now
}

impl Record {
    /// The record as it counts now: `None` when it has expired, and without the changes that have waited for too long.
    pub fn current(mut self, now: u64) -> Option<Self> {
        let cart = &mut self.cart;
        // A time further away than a lifetime was written by a clock that was wrong.
        if cart.expires <= now || cart.expires > now + 2 * LIFETIME_MS {
            return None;
        }
        if cart.unsent_until <= now || cart.unsent_until > now + 2 * UNSENT_LIFETIME_MS {
            cart.unsent = LeadState::default();
        }
        cart.unsent.retain(|_, change| is_fresh(change, now));
        if cart.unsent.is_empty() {
            cart.unsent_until = 0;
        }
        Some(self)
    }

    /// The CartId.
    pub fn id(&self) -> &str {
        self.cart.id()
    }

    /// Whether anything waits to be delivered: an edit, a completion or a withdrawal.
    pub fn is_pending(&self) -> bool {
        !self.cart.unsent.is_empty() || self.closed.as_ref().is_some_and(|closed| !closed.delivered)
    }

    /// Whether the last word of the shopper was no.
    pub fn is_refused(&self) -> bool {
        self.closed.as_ref().is_some_and(|closed| closed.end.refused)
    }
}

#[cfg(test)]
mod tests {
    use wire::{Detail, Path, Stamped};

    use super::*;

    fn open(cart: CartRecord) -> Record {
        Record { cart, closed: None }
    }

    fn record() -> CartRecord {
        let owner = Owner {
            cart: "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10".into(),
            key: "00112233445566778899aabbccddeeff".into(),
        };
        CartRecord {
            lead_code: Some("60E6C4B574".into()),
            confirmed: Some(0xff),
            newest: 7,
            ..CartRecord::new(owner, 1_000)
        }
    }

    fn json(record: &Record) -> String {
        StoredRecord::from(record).to_json(|stored| serde_json::to_string(stored).ok()).unwrap()
    }

    fn round_trip(record: &Record) -> Option<Record> {
        let json = json(record);
        serde_json::from_str(&json).ok().and_then(|stored| Record::read(&stored))
    }

    #[test]
    fn it_reads_what_it_writes() {
        let mut full = record();
        let unsent = [
            (Path::billing(Detail::City), Stamped::text("Turin", 5)),
            (Path::billing(Detail::Zip), Stamped::cleared(6)),
            (Path::Items, Stamped::json("[{\"Code\":\"A\"}]", 7)),
        ];
        full.keep_unsent(unsent.into_iter().collect(), 1_000);
        for (consented, refused) in [(true, false), (false, true)] {
            full.consented = consented;
            let end = End { withdrawn: true, refused, order_reference: Some("A-1".into()), at: 900 };
            let ended = Record { cart: full.clone(), closed: Some(Closed { end, delivered: false }) };
            assert_eq!(round_trip(&ended), Some(ended));
        }
        assert_eq!(round_trip(&open(record())), Some(open(record())));
    }

    #[test]
    fn it_holds_no_personal_data_and_stays_below_a_kilobyte() {
        let json = json(&open(record()));
        assert!(json.len() < 300, "{}", json.len());
        assert!(!json.contains("unsent"), "{json}");
    }

    #[test]
    fn what_is_foreign_or_damaged_is_none() {
        for json in [
            r#"{"v":0}"#,
            r#"{"v":2,"cart":"6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10","key":"00112233445566778899aabbccddeeff","exp":1,"newest":1}"#,
            r#"{"v":1,"cart":"x","key":"y","exp":1,"newest":1}"#,
            "[]",
            "null",
            "\"x\"",
        ] {
            assert!(serde_json::from_str(json).ok().and_then(|stored| Record::read(&stored)).is_none(), "{json}");
        }
    }

    #[test]
    fn it_expires_and_forgets_each_change_a_day_after_it_was_made() {
        const DAY: u64 = UNSENT_LIFETIME_MS;
        let (city, zip) = (Path::billing(Detail::City), Path::billing(Detail::Zip));
        let both: LeadState =
            [(city, Stamped::text("Turin", 1_000)), (zip, Stamped::text("10117", 5_000))].into_iter().collect();
        let mut kept = record();
        kept.keep_unsent(both.clone(), 6_000);
        // Each failed attempt keeps it again, and no longer.
        kept.keep_unsent(both, DAY - 1_000);
        let paths_at = |now: u64| {
            let current = open(kept.clone()).current(now).expect("a record");
            current.cart.unsent.iter().map(|(path, _)| path).collect::<Vec<_>>()
        };
        assert_eq!(paths_at(1_000 + DAY - 1), [city, zip]);
        assert_eq!(paths_at(1_000 + DAY), [zip]);
        assert_eq!(paths_at(5_000 + DAY), []);
        assert!(open(kept).current(1_000 + LIFETIME_MS).is_none());
    }

    #[test]
    fn a_change_from_a_clock_that_ran_ahead_is_kept_for_a_day_too() {
        let mut kept = record();
        let ahead: LeadState =
            [(Path::Currency, Stamped::text("EUR", 1_000 + 2 * UNSENT_LIFETIME_MS))].into_iter().collect();
        for now in [1_000, 2_000, 3_000] {
            kept.keep_unsent(ahead.clone(), now);
        }
        assert!(open(kept.clone()).current(1_000 + UNSENT_LIFETIME_MS - 1).is_some_and(|record| record.is_pending()));
        assert!(open(kept).current(1_000 + UNSENT_LIFETIME_MS).is_some_and(|record| !record.is_pending()));
    }
}
