//! What a merchant asks of a page: `inspect()`, what every field means and why; `preview()`, what the lead would hold.

use js_sys::Array;
use serde::Serialize;
use wasm_bindgen::JsValue;
use web_sys::Element;

use super::{Capture, json};
use crate::core::field::Target;

/// A row of `inspect()`. The columns stand as `console.table` shows them.
#[derive(Serialize)]
struct FieldRow<'a> {
    field: String,
    path: Option<String>,
    source: &'a str,
    reason: &'a str,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    element: JsValue,
}

/// A row of `preview()`.
#[derive(Serialize)]
struct ValueRow<'a> {
    path: String,
    value: &'a str,
    sent: bool,
}

/// One row for every input, select and textarea of the root, in document order.
pub(crate) fn inspect(capture: &Capture) -> Array {
    let Some(root) = capture.current_root() else { return Array::new() };
    let survey = capture.survey(&root);
    let rows = survey.fields.iter().map(|(control, finding)| {
        json::to_js(&FieldRow {
            field: called(control),
            path: finding.target.map(Target::name),
            source: finding.source.name(),
            reason: &finding.reason,
            element: control.into(),
        })
    });
    rows.collect()
}

/// What the lead would hold if the form were read now, by the code that reads it for sending. `Items` are JSON text; `sent`
/// when the proxy has confirmed that very value.
pub(crate) fn preview(capture: &Capture) -> Array {
    let changes = capture.preview();
    let held = changes.lead().iter().filter_map(|(path, change)| {
        let value = change.value.as_ref()?.as_str();
        Some(json::to_js(&ValueRow { path: path.name(), value, sent: !changes.is_unsent(path, change) }))
    });
    held.collect()
}

/// What the page's own code calls a field: its name, else its id.
fn called(control: &Element) -> String {
    control.get_attribute("name").filter(|name| !name.is_empty()).unwrap_or_else(|| control.id())
}
