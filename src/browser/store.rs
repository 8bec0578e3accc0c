//! `localStorage`: one key, and never an error into the page. Where storage is blocked, full or foreign, the page goes on
//! without: the lead lives as long as the page.

use web_sys::Storage;

use super::json;
use crate::core::record::{KEY, Record, StoredRecord};

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// The record as it stands, whoever wrote it; `None` when there is none that makes sense.
pub(super) fn read() -> Option<Record> {
    let text = storage()?.get_item(KEY).ok().flatten()?;
    Record::read(&json::read(&text)?)
}

/// Writes the record. Returns whether storage took it.
pub(super) fn write(record: StoredRecord<'_>) -> bool {
    let json = record.to_json(json::write);
    storage().zip(json).is_some_and(|(storage, json)| storage.set_item(KEY, &json).is_ok())
}
