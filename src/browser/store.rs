//! `localStorage`: one key, and never an error into the page. Where storage is blocked, full or foreign, the page goes on
//! without: the lead lives as long as the page.

use js_sys::{Array, JSON};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Storage;

use super::property;
use crate::core::record::{KEY, Record, Stored, StoredClosed, StoredUnsent};

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// The record as it stands, whoever wrote it; `None` when there is none that makes sense.
pub(super) fn read() -> Option<Record> {
    let text = storage()?.get_item(KEY).ok().flatten()?;
    let value = JSON::parse(&text).ok()?;
    let closed = object(&value, "closed").map(|closed| StoredClosed {
        withdrawn: is_set(&closed, "withdrawn"),
        refused: is_set(&closed, "refused"),
        pending: is_set(&closed, "pending"),
        order_reference: string(&closed, "order_reference"),
        at: number(&closed, "at").unwrap_or_default(),
    });
    let unsent = object(&value, "unsent").and_then(|unsent| {
        let changes: Array = property(&unsent, "changes").dyn_into().ok()?;
        let change = |row: JsValue| Some((string(&row, "0")?, string(&row, "1"), number(&row, "2")?));
        Some(StoredUnsent { until: number(&unsent, "until")?, changes: changes.iter().filter_map(change).collect() })
    });
    let stored = Stored {
        v: number(&value, "v")? as u32,
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

fn object(of: &JsValue, name: &str) -> Option<JsValue> {
    Some(property(of, name)).filter(JsValue::is_object)
}

fn string(of: &JsValue, name: &str) -> Option<String> {
    property(of, name).as_string()
}

fn number(of: &JsValue, name: &str) -> Option<u64> {
    // A float beyond the range saturates; what makes no sense is seen by `Record::current`.
    property(of, name).as_f64().filter(|number| *number >= 0.0).map(|number| number as u64)
}

fn is_set(of: &JsValue, name: &str) -> bool {
    property(of, name).is_truthy()
}

/// Writes the record, or removes it. Returns whether storage took it.
pub(super) fn write(record: Option<&Record>) -> bool {
    let Some(storage) = storage() else { return false };
    let Some(record) = record else { return storage.remove_item(KEY).is_ok() };
    storage.set_item(KEY, &record.to_json_that_fits()).is_ok()
}
