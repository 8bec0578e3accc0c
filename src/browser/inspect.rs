//! What a merchant asks of a page: `inspect()`, what every field means and why; `preview()`, what the lead would hold.

use js_sys::{Array, Reflect};
use web_sys::Element;

use super::{Capture, json};
use crate::core::field::{Source, Target};
use crate::core::loose::Loose;

/// The columns stand as `console.table` shows them. One row for every input, select and textarea of the root, in document order.
pub(crate) fn inspect(capture: &Capture) -> Array {
    let Some(root) = capture.current_root() else { return Array::new() };
    let survey = capture.survey(&root);
    let rows = survey.fields.iter().map(|(control, finding)| {
        // A hidden input is one of the lead once it has changed.
        let hidden = finding.hidden.filter(|_| capture.has_changed(control));
        let source = if hidden.is_some() { Source::Heuristic } else { finding.source };
        let mut row = Loose::object();
        row.set("field", called(control).as_str().into());
        row.set("path", finding.target.or(hidden).map(Target::name).as_deref().into());
        row.set("source", source.name().into());
        row.set("reason", finding.reason.as_str().into());
        let row = json::to_js(&row);
        _ = Reflect::set(&row, &"element".into(), control);
        row
    });
    rows.collect()
}

/// What the lead would hold if the form were read now, by the code that reads it for sending. `Items` are JSON text; `sent`
/// when the proxy has confirmed that very value.
pub(crate) fn preview(capture: &Capture) -> Array {
    let changes = capture.preview();
    let held = changes.lead().iter().filter_map(|(path, change)| {
        let value = change.value.as_ref()?.as_str();
        let mut row = Loose::object();
        row.set("path", path.name().as_str().into());
        row.set("value", value.into());
        row.set("sent", Loose::Flag(!changes.is_unsent(path, change)));
        Some(json::to_js(&row))
    });
    held.collect()
}

/// What the page's own code calls a field: its name, else its id.
fn called(control: &Element) -> String {
    let name = |attribute| control.get_attribute(attribute).filter(|name| !name.is_empty());
    name("name").or_else(|| name("id")).unwrap_or_default()
}
