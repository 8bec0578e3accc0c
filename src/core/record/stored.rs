//! The record as JSON.

use wire::json::{self, Object};
use wire::request::Owner;
use wire::{Path, Stamped, Value};

use super::{Closed, MAX_BYTES, Record, VERSION};

/// The record as it stands in `localStorage`, read property by property (`src/browser/store.rs`): a derived reader would cost the
/// widget 10 KB brotli. No `Debug`: it may hold what could not be delivered.
#[cfg_attr(test, derive(serde::Deserialize))]
#[allow(missing_debug_implementations)]
pub struct Stored {
    /// [`VERSION`]
    pub v: u32,
    /// [`Owner::cart`]
    pub cart: String,
    /// [`Owner::key`]
    pub key: String,
    /// [`Record::lead_code`]
    pub lead_code: Option<String>,
    /// [`Record::expires`]
    pub exp: u64,
    /// [`Record::confirmed`], hexadecimal: it is more than a JavaScript number holds.
    pub hash: Option<String>,
    /// [`Record::newest`]
    pub newest: u64,
    /// [`Record::consented`]
    #[cfg_attr(test, serde(default))]
    pub consent: bool,
    /// [`Record::closed`]
    pub closed: Option<StoredClosed>,
    /// [`Record::unsent`]
    pub unsent: Option<StoredUnsent>,
}

/// How the cart ended.
#[derive(Debug)]
#[cfg_attr(test, derive(serde::Deserialize))]
pub struct StoredClosed {
    /// [`Closed::withdrawn`]
    #[cfg_attr(test, serde(default))]
    pub withdrawn: bool,
    /// [`Closed::refused`], where it was not withdrawn.
    #[cfg_attr(test, serde(default))]
    pub refused: bool,
    /// Absent once the proxy has confirmed it; the loader looks for this name.
    #[cfg_attr(test, serde(default))]
    pub pending: bool,
    /// [`Closed::order_reference`]
    pub order_reference: Option<String>,
    /// [`Closed::at`]; absent in a record of an older version.
    #[cfg_attr(test, serde(default))]
    pub at: u64,
}

/// What could not be delivered. No `Debug`: it is what a shopper typed.
#[cfg_attr(test, derive(serde::Deserialize))]
#[allow(missing_debug_implementations)]
pub struct StoredUnsent {
    /// [`Record::unsent_until`]
    pub until: u64,
    /// Path, value, moment.
    pub changes: Vec<(String, Option<String>, u64)>,
}

impl Record {
    /// The record as JSON, for storage.
    pub fn to_json(&self) -> String {
        let mut json = Object::default();
        json.number("v", VERSION.into());
        json.text("cart", &self.owner.cart);
        json.text("key", &self.owner.key);
        json.maybe("lead_code", self.lead_code.as_deref());
        json.number("exp", self.expires);
        json.maybe("hash", self.confirmed.map(hex).as_deref());
        json.number("newest", self.newest);
        json.flag("consent", self.consented);
        if let Some(closed) = &self.closed {
            let mut how = Object::default();
            how.flag("withdrawn", closed.withdrawn);
            how.flag("refused", closed.refused && !closed.withdrawn);
            how.flag("pending", !closed.delivered);
            how.maybe("order_reference", closed.order_reference.as_deref());
            how.number("at", closed.at);
            json.json("closed", &how.finish());
        }
        if !self.unsent.is_empty() {
            let mut unsent = Object::default();
            unsent.number("until", self.unsent_until);
            unsent.json("changes", &self.unsent_rows());
            json.json("unsent", &unsent.finish());
        }
        json.finish()
    }

    /// The record as JSON that is not longer than [`MAX_BYTES`]. What is unsent gives way, the longest first: the items,
    /// which the page will show again.
    pub fn to_json_that_fits(&self) -> String {
        let mut record = self.clone();
        loop {
            let json = record.to_json();
            let longest =
                record.unsent.iter().max_by_key(|(_, change)| change.value.as_ref().map_or(0, |v| v.as_str().len()));
            match longest.map(|(path, _)| path) {
                Some(longest) if json.len() > MAX_BYTES => record.unsent.retain(|path, _| path != longest),
                _ => return json,
            }
        }
    }

    /// `[[path, value, moment], ...]`
    fn unsent_rows(&self) -> String {
        let mut rows = String::from("[");
        for (path, change) in self.unsent.iter() {
            rows.push_str(if rows.len() > 1 { ",[" } else { "[" });
            rows.push_str(&json::string(&path.name()));
            rows.push(',');
            rows.push_str(
                &change.value.as_ref().map_or_else(|| "null".to_owned(), |value| json::string(value.as_str())),
            );
            rows.push(',');
            rows.push_str(&json::digits(change.at));
            rows.push(']');
        }
        rows.push(']');
        rows
    }
}

impl Stored {
    /// The record, unless it is of another version or damaged. Of what is unsent, the good part.
    pub fn record(self) -> Option<Record> {
        if self.v != VERSION || !wire::is_cart_id(&self.cart) || !wire::is_cart_key(&self.key) {
            return None;
        }
        let (unsent_until, changes) = self.unsent.map_or((0, Vec::new()), |unsent| (unsent.until, unsent.changes));
        let unsent = changes
            .into_iter()
            .filter_map(|(name, text, at)| {
                let path: Path = name.parse().ok()?;
                let value = text.map(if path.is_json() { Value::Json } else { Value::Text });
                Some((path, Stamped { at, value }))
            })
            .collect();
        Some(Record {
            owner: Owner { cart: self.cart, key: self.key },
            lead_code: self.lead_code,
            expires: self.exp,
            confirmed: self.hash.and_then(|hash| u64::from_str_radix(&hash, 16).ok()),
            newest: self.newest,
            consented: self.consent,
            closed: self.closed.map(|closed| Closed {
                withdrawn: closed.withdrawn,
                refused: closed.refused || closed.withdrawn,
                delivered: !closed.pending,
                order_reference: closed.order_reference,
                at: closed.at,
            }),
            unsent,
            unsent_until,
        })
    }
}

/// Sixteen hexadecimal digits.
pub fn hex(mut number: u64) -> String {
    let mut digits = [b'0'; 16];
    for digit in digits.iter_mut().rev() {
        let nibble = (number & 15) as u8;
        *digit = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
        number >>= 4;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}
