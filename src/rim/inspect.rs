//! `inspect()`: for every field what it means, why, and who says so.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

use super::{Capture, form};
use crate::field::Target;

/// `[{ element, path, source, reason }]` for every input, select and textarea of the root, in document order.
pub(super) fn inspect(capture: &Capture) -> Array {
    let rows = Array::new();
    let controls = capture.current_root().map(|root| form::controls(&root)).unwrap_or_default();
    for control in controls {
        let finding = form::describe(&control, capture.config());
        let row = Object::new();
        let set = |name: &str, value: JsValue| _ = Reflect::set(&row, &name.into(), &value);
        set("path", finding.target.map_or(JsValue::NULL, |target: Target| target.name().into()));
        set("source", finding.source.name().into());
        set("reason", JsValue::from_str(&finding.reason));
        set("element", control.into());
        rows.push(&row);
    }
    rows
}
