//! The form: finds it, and reads the fields that may be read.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use wire::{Detail, Path};

use super::survey::Survey;
use super::{object, property};

use crate::core::config::Config;
use crate::core::draft::{self, Reading};
use crate::core::field::{Finding, Target};

/// Marks what leadkeep renders: the element it renders into, and its checkbox. They are no fields of the page.
pub(crate) const HOST_ATTRIBUTE: &str = "data-leadkeep";

pub(crate) fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Whether the browser takes a text for a selector.
pub(crate) fn is_selector(text: &str) -> bool {
    document().is_none_or(|document| document.query_selector(text).is_ok())
}

/// The root to watch: the element given, the one selected, or the one found.
pub(crate) fn root(config: &Config, given: Option<&Element>) -> Option<Element> {
    if let Some(element) = given {
        return Some(element.clone());
    }
    let document = document()?;
    match &config.form {
        Some(selector) => document.query_selector(selector).ok().flatten(),
        None => find(&document, config),
    }
}

/// The form with an e-mail address and most other fields of a lead; the whole page where no form has both, or where the
/// address stands in another form than the e-mail.
fn find(document: &Document, config: &Config) -> Option<Element> {
    let body: Element = document.body()?.into();
    let survey = Survey::of(&body, config);
    let owner = |field: &Element| property(field, "form");
    let has = |form: &JsValue, is: fn(&Finding) -> bool| {
        survey.fields.iter().filter(|(field, found)| is(found) && owner(field) == *form).count()
    };
    let (mut best, mut most) = (None, 1);
    for (field, _) in survey.fields.iter().filter(|(_, found)| is_email(found)) {
        let form = owner(field);
        let count = has(&form, |found| found.target.is_some());
        if count > most {
            (best, most) = (Some(form), count);
        }
    }
    let place = survey.fields.iter().find(|(_, found)| is_place(found));
    let email = survey.fields.iter().find(|(_, found)| is_email(found));
    if email.and(place).is_some() && best.as_ref().is_none_or(|form| has(form, is_place) == 0) {
        return Some(body);
    }
    Some(best?.dyn_into().unwrap_or(body))
}

fn is_place(found: &Finding) -> bool {
    matches!(found.target, Some(Target::Lead(Path::Detail(_, Detail::City | Detail::Zip))))
}

fn is_email(found: &Finding) -> bool {
    matches!(found.target, Some(Target::Lead(Path::Detail(_, Detail::Email))))
}

/// Reads the fields that mean something. A field that is forbidden or means nothing is never asked for its value.
pub(crate) fn read(survey: &Survey) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (field, found) in &survey.fields {
        if let Some(target) = found.target
            && let Some(text) = text(field, target)
        {
            let enabled = !field.matches(":disabled").unwrap_or(false);
            readings.push(Reading { target, text, enabled, visible: is_visible(field) });
        }
    }
    readings
}

/// What stands in a field. By its name, since an element of a frame is no instance of this page's classes.
fn text(control: &Element, target: Target) -> Option<String> {
    match control.local_name().as_str() {
        "input" => {
            let input: &HtmlInputElement = control.unchecked_ref();
            let chosen = matches!(input.type_().as_str(), "radio" | "checkbox");
            (!chosen || input.checked()).then(|| input.value())
        }
        "select" => {
            let select: &HtmlSelectElement = control.unchecked_ref();
            let label = select.selected_options().item(0).and_then(|option| option.text_content()).unwrap_or_default();
            Some(draft::choice(target, &select.value(), &label))
        }
        _ => Some(control.unchecked_ref::<HtmlTextAreaElement>().value()),
    }
}

/// Whether an element is rendered and not transparent; what browsers without `checkVisibility` can tell is its boxes.
fn is_visible(element: &Element) -> bool {
    let options = object(&[("visibilityProperty", JsValue::TRUE), ("opacityProperty", JsValue::TRUE)]);
    let check = property(element, "checkVisibility").dyn_into::<Function>().ok();
    match check.and_then(|check| check.call1(element, &options).ok()).and_then(|seen| seen.as_bool()) {
        Some(seen) => seen,
        None => element.get_client_rects().length() > 0,
    }
}

/// The element after which the component stands: the row of the e-mail field, which is the largest element that holds no
/// other field.
pub(crate) fn email_row(survey: &Survey, root: &Element) -> Option<Element> {
    let (mut row, _) = survey.fields.iter().find(|(_, found)| is_email(found)).cloned()?;
    while let Some(parent) = row.parent_element() {
        let fields = parent.query_selector_all("input,select,textarea").map_or(2, |list| list.length());
        let is_room = matches!(parent.local_name().as_str(), "form" | "fieldset" | "body" | "main" | "section");
        if fields > 1 || is_room || parent.is_same_node(Some(root)) {
            break;
        }
        row = parent;
    }
    Some(row)
}
