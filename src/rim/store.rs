//! `localStorage`: one key, and never an error into the page. Where storage is blocked, full or foreign, the page goes on
//! without: the lead lives as long as the page.

use js_sys::JSON;
use serde::Serialize;
use serde_wasm_bindgen::{Serializer, from_value};
use web_sys::Storage;

use crate::record::{KEY, MAX_BYTES, Record, Stored};

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// The record as it stands, whoever wrote it; `None` when there is none that makes sense.
pub(super) fn read() -> Option<Record> {
    let text = storage()?.get_item(KEY).ok().flatten()?;
    from_value::<Stored>(JSON::parse(&text).ok()?).ok()?.record()
}

fn json(record: &Record) -> Option<String> {
    let value = Stored::from(record).serialize(&Serializer::json_compatible()).ok()?;
    JSON::stringify(&value).ok().map(String::from)
}

/// Writes the record, or removes it. Returns whether storage took it.
pub(super) fn write(record: Option<&Record>) -> bool {
    let Some(storage) = storage() else { return false };
    let Some(record) = record else { return storage.remove_item(KEY).is_ok() };
    let mut record = record.clone();
    loop {
        let Some(text) = json(&record) else { return false };
        let longest =
            record.unsent.iter().max_by_key(|(_, change)| change.value.as_ref().map_or(0, |v| v.as_str().len()));
        match longest.map(|(path, _)| path) {
            // What is unsent gives way, the longest first: the items, which the page will show again.
            Some(longest) if text.len() > MAX_BYTES => record.unsent.retain(|path, _| path != longest),
            _ => return storage.set_item(KEY, &text).is_ok(),
        }
    }
}
