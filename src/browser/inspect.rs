//! What a merchant asks of a page: `inspect()`, what every field means and why; `preview()`, what the lead would hold.

use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::Element;

use super::{Capture, object};
use crate::core::field::Target;

/// `[{ field, element, path, source, reason }]` for every input, select and textarea of the root, in document order. The
/// columns stand as `console.table` shows them.
pub(crate) fn inspect(capture: &Capture) -> Array {
    let Some(root) = capture.current_root() else { return Array::new() };
    let survey = capture.survey(&root);
    let rows = survey.fields.iter().map(|(control, finding)| {
        object(&[
            ("field", JsValue::from_str(&called(control))),
            ("path", finding.target.map_or(JsValue::NULL, |target: Target| target.name().into())),
            ("source", finding.source.name().into()),
            ("reason", JsValue::from_str(&finding.reason)),
            ("element", control.clone().into()),
        ])
    });
    rows.collect()
}

/// `[{ path, value, sent }]`: what the lead would hold if the form were read now, by the code that reads it for sending.
/// `Items` are JSON text; `sent` when the proxy has confirmed that very value.
pub(crate) fn preview(capture: &Capture) -> Array {
    let changes = capture.preview();
    let held = changes.lead().iter().filter_map(|(path, change)| {
        let value = change.value.as_ref()?;
        Some(object(&[
            ("path", path.name().into()),
            ("value", value.as_str().into()),
            ("sent", (!changes.is_unsent(path, change)).into()),
        ]))
    });
    held.collect()
}

/// What the page's own code calls a field: its name, else its id.
fn called(control: &Element) -> String {
    control.get_attribute("name").filter(|name| !name.is_empty()).unwrap_or_else(|| control.id())
}
