//! `inspect()`: for every field what it means, why, and who says so.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

use super::Capture;
use crate::field::Target;

/// `[{ element, path, source, reason }]` for every input, select and textarea of the root, in document order.
pub(super) fn inspect(capture: &Capture) -> Array {
    let rows = Array::new();
    for (control, finding) in &capture.survey().fields {
        let row = Object::new();
        let set = |name: &str, value: JsValue| _ = Reflect::set(&row, &name.into(), &value);
        set("path", finding.target.map_or(JsValue::NULL, |target: Target| target.name().into()));
        set("source", finding.source.name().into());
        set("reason", JsValue::from_str(&finding.reason));
        set("element", control.clone().into());
        rows.push(&row);
    }
    rows
}
