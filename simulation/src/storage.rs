//! `localStorage` of a browser: one text, shared by its tabs, that a page may find blocked, cleared or full.

use leadkeep::core::record::{Record, Stored, StoredClosed, StoredUnsent};
use serde_json::Value;

/// What a page may find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It works.
    Sound,
    /// Reading and writing throws.
    Blocked,
    /// Reading works, writing throws: the quota is used up.
    Full,
}

/// `localStorage`, as far as leadkeep uses it.
#[derive(Debug)]
pub(crate) struct Storage {
    pub(crate) text: Option<String>,
    pub(crate) state: State,
}

impl Storage {
    pub(crate) fn read(&self) -> Option<Record> {
        if self.state == State::Blocked { None } else { parse(self.text.as_deref()?) }
    }

    /// Returns whether the text changed.
    pub(crate) fn write(&mut self, text: Option<String>) -> bool {
        let changed = self.state == State::Sound && self.text != text;
        if changed {
            self.text = text;
        }
        changed
    }
}

/// Reads the record property by property, as the widget's `src/browser/store.rs` does.
fn parse(text: &str) -> Option<Record> {
    let value: Value = serde_json::from_str(text).ok()?;
    let string = |of: &Value, name: &str| of.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_u64);
    let is_set = |of: &Value, name: &str| of.get(name).and_then(Value::as_bool).unwrap_or(false);
    let closed = value.get("closed").map(|closed| StoredClosed {
        withdrawn: is_set(closed, "withdrawn"),
        refused: is_set(closed, "refused"),
        pending: is_set(closed, "pending"),
        order_reference: string(closed, "order_reference"),
        at: number(closed, "at").unwrap_or_default(),
    });
    let unsent = value.get("unsent").and_then(|unsent| {
        let change = |row: &Value| {
            Some((row.get(0)?.as_str()?.to_owned(), row.get(1)?.as_str().map(str::to_owned), row.get(2)?.as_u64()?))
        };
        let changes = unsent.get("changes")?.as_array()?.iter().filter_map(change).collect();
        Some(StoredUnsent { until: number(unsent, "until")?, changes })
    });
    let stored = Stored {
        v: u32::try_from(number(&value, "v")?).ok()?,
        cart: string(&value, "cart")?,
        key: string(&value, "key")?,
        lead_code: string(&value, "lead_code"),
        exp: number(&value, "exp")?,
        hash: string(&value, "hash"),
        newest: number(&value, "newest")?,
        consent: is_set(&value, "consent"),
        closed,
        unsent,
    };
    stored.record()
}
