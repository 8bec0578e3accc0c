//! The layout of the record in `localStorage`. It is written and read value by value: a damaged one does not cost the others,
//! and derived code costs the widget 3 KB brotli more.

use wire::request::Owner;
use wire::{Path, Stamped, Value};

use super::{CartRecord, Closed, End, MAX_BYTES, Record, VERSION};
use crate::core::loose::Loose;

/// The record as it is to be written.
#[derive(Debug, Clone, Copy)]
pub struct StoredRecord<'a> {
    cart: &'a CartRecord,
    /// How the cart ended, and whether the proxy knows.
    closed: Option<(&'a End, bool)>,
}

impl<'a> StoredRecord<'a> {
    /// `closed`: how the cart ended, and whether the proxy knows.
    pub fn new(cart: &'a CartRecord, closed: Option<(&'a End, bool)>) -> Self {
        Self { cart, closed }
    }

    /// The CartId.
    pub fn id(&self) -> &str {
        self.cart.id()
    }

    /// Whether the cart has ended.
    pub fn is_closed(&self) -> bool {
        self.closed.is_some()
    }

    /// How many changes could not be delivered.
    pub fn unsent(&self) -> usize {
        self.cart.unsent.iter().count()
    }

    /// JSON that is not longer than [`MAX_BYTES`]; `write` makes it JSON. What is unsent gives way, the longest first: the
    /// items, which the page will show again. `None` where `write` gives none.
    pub fn to_json(&self, write: impl Fn(&Loose) -> Option<String>) -> Option<String> {
        let mut limit = usize::MAX;
        loop {
            let json = write(&self.layout(limit))?;
            let longest =
                self.cart.unsent.iter().map(|(_, change)| length(change)).filter(|length| *length < limit).max();
            match longest.filter(|_| json.len() > MAX_BYTES) {
                Some(longest) => limit = longest,
                None => return Some(json),
            }
        }
    }

    /// What stands in storage, with the changes that are shorter than `limit`. What is not set is not there.
    fn layout(&self, limit: usize) -> Loose {
        let cart = self.cart;
        let mut record = Loose::object();
        record.put("v", VERSION.into());
        record.put("cart", cart.id().into());
        record.put("key", cart.owner.key.as_str().into());
        record.put("lead_code", cart.lead_code.as_deref().into());
        record.put("exp", cart.expires.into());
        // Hexadecimal: it is more than a JavaScript number holds.
        record.put("hash", cart.confirmed.map(|hash| hex(hash, 16)).as_deref().into());
        record.put("newest", cart.newest.into());
        record.put("consent", cart.consented.into());
        if let Some((end, delivered)) = self.closed {
            let mut closed = Loose::object();
            closed.put("withdrawn", end.withdrawn.into());
            closed.put("refused", (end.refused && !end.withdrawn).into());
            // The loader looks for this name.
            closed.put("pending", (!delivered).into());
            closed.put("order_reference", end.order_reference.as_deref().into());
            closed.put("at", end.at.into());
            record.put("closed", closed);
        }
        let mut changes = Vec::new();
        for (path, change) in cart.unsent.iter().filter(|(_, change)| length(change) < limit) {
            let value = change.value.as_ref().map(Value::as_str);
            changes.push(Loose::List(vec![path.name().as_str().into(), value.into(), change.at.into()]));
        }
        if !changes.is_empty() {
            let mut unsent = Loose::object();
            unsent.put("until", cart.unsent_until.into());
            unsent.put("changes", Loose::List(changes));
            record.put("unsent", unsent);
        }
        record
    }
}

fn length(change: &Stamped) -> usize {
    change.value.as_ref().map_or(0, |value| value.as_str().len())
}

impl<'a> From<&'a Record> for StoredRecord<'a> {
    fn from(record: &'a Record) -> Self {
        Self::new(&record.cart, record.closed.as_ref().map(|closed| (&closed.end, closed.delivered)))
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
        let cart = CartRecord {
            expires: stored.get("exp").whole()?,
            newest: stored.get("newest").whole()?,
            owner,
            lead_code: text(stored.get("lead_code")),
            confirmed: stored.get("hash").text().and_then(|hash| u64::from_str_radix(hash, 16).ok()),
            consented: stored.get("consent").is_set(),
            unsent_until: unsent.get("until").whole().unwrap_or_default(),
            unsent: unsent.get("changes").list().iter().filter_map(change).collect(),
        };
        let closed = matches!(closed, Loose::Object(_)).then(|| Closed {
            end: End {
                withdrawn,
                // A tick after the withdrawal has taken the no back.
                refused: (closed.get("refused").is_set() || withdrawn) && !cart.consented,
                order_reference: text(closed.get("order_reference")),
                at: closed.get("at").whole().unwrap_or_default(),
            },
            delivered: !closed.get("pending").is_set(),
        });
        Some(Record { cart, closed })
    }
}

/// `[path, value, timestamp]`
fn change(row: &Loose) -> Option<(Path, Stamped)> {
    let path: Path = row.at(0).text()?.parse().ok()?;
    let value = row.at(1).text().map(str::to_owned).map(if path.is_json() { Value::Json } else { Value::Text });
    Some((path, Stamped { at: row.at(2).whole()?, value }))
}

/// The last hexadecimal digits of a number, so many.
pub fn hex(number: u64, digits: u32) -> String {
    let mut text = String::new();
    for place in (0..digits).rev() {
        let nibble = (number >> (4 * place) & 15) as u8;
        text.push(char::from(if nibble < 10 { b'0' + nibble } else { b'a' - 10 + nibble }));
    }
    text
}
