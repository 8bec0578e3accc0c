//! The layout of the record in `localStorage`.

use serde::Serialize;
use wire::request::Owner;
use wire::{Path, Stamped, Value};

use super::{Closed, MAX_BYTES, Record, VERSION};
use crate::core::loose::Loose;

/// The record as it is written. No `Debug`: it may hold what could not be delivered.
///
/// It is read value by value ([`Record::read`]): a damaged one does not cost the others, and a derived reader that says what
/// is wrong costs the widget 3 KB brotli more.
#[derive(Serialize)]
#[allow(missing_debug_implementations)]
pub struct Stored {
    /// [`VERSION`]
    v: u64,
    /// [`Owner::cart`]
    cart: String,
    /// [`Owner::key`]
    key: String,
    /// [`Record::lead_code`]
    #[serde(skip_serializing_if = "Option::is_none")]
    lead_code: Option<String>,
    /// [`Record::expires`]
    exp: u64,
    /// [`Record::confirmed`], hexadecimal: it is more than a JavaScript number holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    /// [`Record::newest`]
    newest: u64,
    /// [`Record::consented`]
    #[serde(skip_serializing_if = "is_false")]
    consent: bool,
    /// [`Record::closed`]
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<StoredClosed>,
    /// [`Record::unsent`]
    #[serde(skip_serializing_if = "Option::is_none")]
    unsent: Option<StoredUnsent>,
}

/// How the cart ended.
#[derive(Serialize)]
struct StoredClosed {
    /// [`Closed::withdrawn`]
    #[serde(skip_serializing_if = "is_false")]
    withdrawn: bool,
    /// [`Closed::refused`], where it was not withdrawn.
    #[serde(skip_serializing_if = "is_false")]
    refused: bool,
    /// Absent once the proxy has confirmed it; the loader looks for this name.
    #[serde(skip_serializing_if = "is_false")]
    pending: bool,
    /// [`Closed::order_reference`]
    #[serde(skip_serializing_if = "Option::is_none")]
    order_reference: Option<String>,
    /// [`Closed::at`]; absent in a record of an older version.
    at: u64,
}

/// What could not be delivered.
#[derive(Serialize)]
struct StoredUnsent {
    /// [`Record::unsent_until`]
    until: u64,
    /// Path, value, timestamp.
    changes: Vec<StoredChange>,
}

/// `[path, value, timestamp]`
#[derive(Serialize)]
struct StoredChange(String, Option<String>, u64);

fn is_false(flag: &bool) -> bool {
    !flag
}

impl From<&Record> for Stored {
    fn from(record: &Record) -> Self {
        let change = |(path, change): (Path, &Stamped)| {
            StoredChange(path.name(), change.value.as_ref().map(|value| value.as_str().to_owned()), change.at)
        };
        Self {
            v: VERSION,
            cart: record.owner.cart.clone(),
            key: record.owner.key.clone(),
            lead_code: record.lead_code.clone(),
            exp: record.expires,
            hash: record.confirmed.map(hex),
            newest: record.newest,
            consent: record.consented,
            closed: record.closed.as_ref().map(|closed| StoredClosed {
                withdrawn: closed.withdrawn,
                refused: closed.refused && !closed.withdrawn,
                pending: !closed.delivered,
                order_reference: closed.order_reference.clone(),
                at: closed.at,
            }),
            unsent: (!record.unsent.is_empty()).then(|| StoredUnsent {
                until: record.unsent_until,
                changes: record.unsent.iter().map(change).collect(),
            }),
        }
    }
}

impl Record {
    /// The record as JSON that is not longer than [`MAX_BYTES`]; `write` makes it JSON. What is unsent gives way, the
    /// longest first: the items, which the page will show again. `None` where `write` gives none.
    pub fn to_json_that_fits(&self, write: impl Fn(&Stored) -> Option<String>) -> Option<String> {
        let mut record = self.clone();
        loop {
            let json = write(&Stored::from(&record))?;
            let longest =
                record.unsent.iter().max_by_key(|(_, change)| change.value.as_ref().map_or(0, |v| v.as_str().len()));
            match longest.map(|(path, _)| path) {
                Some(longest) if json.len() > MAX_BYTES => record.unsent.retain(|path, _| path != longest),
                _ => return Some(json),
            }
        }
    }
}

impl Record {
    /// The record as it was found, unless it is of another version or damaged. Of what is unsent, the good part.
    pub fn read(stored: &Loose) -> Option<Record> {
        let text = |of: &Loose| of.text().map(str::to_owned);
        let owner = Owner { cart: text(stored.get("cart"))?, key: text(stored.get("key"))? };
        if stored.get("v").whole()? != VERSION || !wire::is_cart_id(&owner.cart) || !wire::is_cart_key(&owner.key) {
            return None;
        }
        let closed = stored.get("closed");
        let withdrawn = closed.get("withdrawn").is_set();
        let unsent = stored.get("unsent");
        Some(Record {
            expires: stored.get("exp").whole()?,
            newest: stored.get("newest").whole()?,
            owner,
            lead_code: text(stored.get("lead_code")),
            confirmed: stored.get("hash").text().and_then(|hash| u64::from_str_radix(hash, 16).ok()),
            consented: stored.get("consent").is_set(),
            closed: matches!(closed, Loose::Object(_)).then(|| Closed {
                withdrawn,
                refused: closed.get("refused").is_set() || withdrawn,
                delivered: !closed.get("pending").is_set(),
                order_reference: text(closed.get("order_reference")),
                at: closed.get("at").whole().unwrap_or_default(),
            }),
            unsent_until: unsent.get("until").whole().unwrap_or_default(),
            unsent: unsent.get("changes").list().iter().filter_map(change).collect(),
        })
    }
}

/// `[path, value, timestamp]`
fn change(row: &Loose) -> Option<(Path, Stamped)> {
    let path: Path = row.at(0).text()?.parse().ok()?;
    let value = row.at(1).text().map(str::to_owned).map(if path.is_json() { Value::Json } else { Value::Text });
    Some((path, Stamped { at: row.at(2).whole()?, value }))
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
