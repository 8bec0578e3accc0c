//! The one record leadkeep keeps in the browser, under the `localStorage` key `leadkeep`.
//!
//! It holds no personal data, with one exception: a change that could not be delivered before the page went away.

mod stored;

use wire::LeadState;
use wire::request::Owner;

pub use self::stored::{Stored, hex};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Withdrawn by the shopper; otherwise completed by an order.
    pub withdrawn: bool,
    /// The shopper has said no since: only a new yes begins again. True of every withdrawal.
    pub refused: bool,
    /// Whether the proxy has confirmed it.
    pub delivered: bool,
    /// The merchant's number of the order.
    pub order_reference: Option<String>,
    /// When, in milliseconds of the Unix epoch; 0 in a record of an older version. A page that was loaded before begins no
    /// next purchase.
    pub at: u64,
}

/// What is remembered from page to page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Id and key of the cart.
    pub owner: Owner,
    /// The code 2Checkout gave the lead.
    pub lead_code: Option<String>,
    /// The moment the record expires, in milliseconds of the Unix epoch.
    pub expires: u64,
    /// Fingerprint of what the proxy confirmed last.
    pub confirmed: Option<u64>,
    /// The newest moment given to a change: time never runs backwards in this browser.
    pub newest: u64,
    /// Whether the shopper ticked the consent checkbox.
    pub consented: bool,
    /// Whether and how the cart ended.
    pub closed: Option<Closed>,
    /// What could not be delivered before its page went away.
    pub unsent: LeadState,
    /// The moment it is dropped undelivered.
    pub unsent_until: u64,
}

impl Record {
    /// A record for a new cart.
    pub fn new(owner: Owner, now: u64) -> Self {
        Self {
            owner,
            lead_code: None,
            expires: now + LIFETIME_MS,
            confirmed: None,
            newest: 0,
            consented: false,
            closed: None,
            unsent: LeadState::default(),
            unsent_until: 0,
        }
    }

    /// The record as it counts now: `None` when it has expired, and without what has waited for too long.
    pub fn current(mut self, now: u64) -> Option<Self> {
        // A moment further away than a lifetime was written by a clock that was wrong.
        if self.expires <= now || self.expires > now + 2 * LIFETIME_MS {
            return None;
        }
        if self.unsent_until <= now || self.unsent_until > now + 2 * UNSENT_LIFETIME_MS {
            self.keep_unsent(LeadState::default(), now);
        }
        Some(self)
    }

    /// Keeps what could not be delivered, or forgets it.
    pub fn keep_unsent(&mut self, unsent: LeadState, now: u64) {
        self.unsent_until = if unsent.is_empty() { 0 } else { now + UNSENT_LIFETIME_MS };
        self.unsent = unsent;
    }

    /// Whether anything waits to be delivered: an edit, a completion or a withdrawal.
    pub fn is_pending(&self) -> bool {
        !self.unsent.is_empty() || self.closed.as_ref().is_some_and(|closed| !closed.delivered)
    }

    /// Whether the last word of the shopper was no.
    pub fn is_refused(&self) -> bool {
        self.closed.as_ref().is_some_and(|closed| closed.refused) && !self.consented
    }

    /// Another page or tab wrote the same cart: what both know.
    pub fn join(&mut self, other: &Record) {
        self.newest = self.newest.max(other.newest);
        self.expires = self.expires.max(other.expires);
        // What was said last is what stands in storage.
        self.consented = other.consented || (self.consented && other.closed.is_none());
        if self.lead_code.is_none() {
            self.lead_code.clone_from(&other.lead_code);
        }
        match (&mut self.closed, &other.closed) {
            (None, Some(_)) => self.closed.clone_from(&other.closed),
            (Some(mine), Some(theirs)) => {
                mine.delivered |= theirs.delivered;
                mine.refused = theirs.refused;
            }
            (_, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::{Detail, Path, Stamped};

    use super::*;

    fn record() -> Record {
        let owner = Owner {
            cart: "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10".into(),
            key: "00112233445566778899aabbccddeeff".into(),
        };
        Record { lead_code: Some("60E6C4B574".into()), confirmed: Some(0xff), newest: 7, ..Record::new(owner, 1_000) }
    }

    fn json(record: &Record) -> String {
        record.to_json_that_fits(|stored| serde_json::to_string(stored).ok()).unwrap()
    }

    fn round_trip(record: &Record) -> Option<Record> {
        let json = json(record);
        serde_json::from_str(&json).ok().and_then(|stored| Record::read(&stored))
    }

    #[test]
    fn it_reads_what_it_writes() {
        let mut full = record();
        full.consented = true;
        full.closed = Some(Closed {
            withdrawn: true,
            refused: true,
            delivered: false,
            order_reference: Some("A-1".into()),
            at: 900,
        });
        let unsent = [
            (Path::billing(Detail::City), Stamped::text("Turin", 5)),
            (Path::billing(Detail::Zip), Stamped::cleared(6)),
            (Path::Items, Stamped::json("[{\"Code\":\"A\"}]", 7)),
        ];
        full.keep_unsent(unsent.into_iter().collect(), 1_000);
        assert_eq!(round_trip(&record()), Some(record()));
        assert_eq!(round_trip(&full), Some(full));
    }

    #[test]
    fn it_holds_no_personal_data_and_stays_below_a_kilobyte() {
        let json = json(&record());
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
    fn it_expires_and_forgets_what_waited_a_day() {
        let mut kept = record();
        kept.keep_unsent([(Path::Currency, Stamped::text("EUR", 1))].into_iter().collect(), 1_000);
        assert!(kept.clone().current(1_000 + UNSENT_LIFETIME_MS - 1).is_some_and(|r| r.is_pending()));
        assert!(kept.clone().current(1_000 + UNSENT_LIFETIME_MS).is_some_and(|r| !r.is_pending()));
        assert!(kept.current(1_000 + LIFETIME_MS).is_none());
    }
}
