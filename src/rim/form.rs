//! The form: finds it, lists its fields, describes them for recognition, and reads those that may be read.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Document, Element, HtmlFormElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, Node, NodeList,
    ShadowRoot,
};
use wire::{Block, Detail, Path};

use crate::config::Config;
use crate::draft::{self, Reading};
use crate::field::{Field, Finding, Target, recognise};

/// Marks what leadkeep renders: the element it renders into, and its checkbox. They are no fields of the page.
pub(crate) const HOST_ATTRIBUTE: &str = "data-leadkeep";
const CONTROLS: &str = "input,select,textarea";

pub(super) fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The root to watch: the element given, the one selected, or the one found.
pub(super) fn root(config: &Config, given: Option<&Element>) -> Option<Element> {
    if let Some(element) = given {
        return Some(element.clone());
    }
    let document = document()?;
    match &config.form {
        Some(selector) => document.query_selector(selector).ok().flatten(),
        None => find(&document, config),
    }
}

/// The form with an e-mail address and most other fields of a lead; the whole page where no form has both.
fn find(document: &Document, config: &Config) -> Option<Element> {
    let worth = |root: &Element| {
        let targets: Vec<Target> = controls(root).iter().filter_map(|c| describe(c, config).target).collect();
        let email = targets.iter().any(|target| matches!(target, Target::Lead(Path::Detail(_, Detail::Email))));
        if email && targets.len() > 1 { targets.len() } else { 0 }
    };
    let forms = document.query_selector_all("form").ok()?;
    let forms = elements(&forms).chain(document.body().map(Element::from));
    // `max_by_key` keeps the last of equals; the first form of the page and then the body are meant.
    let (_, best) = forms.map(|form| (worth(&form), form)).fold((0, None), |best, (worth, form)| {
        if worth > best.0 && !(best.0 > 0 && form.local_name() == "body") { (worth, Some(form)) } else { best }
    });
    best
}

fn elements(list: &NodeList) -> impl Iterator<Item = Element> + use<'_> {
    (0..list.length()).filter_map(|i| list.item(i)?.dyn_into().ok())
}

/// Every input, select and textarea of a root in document order: open shadow roots included, and fields that belong to a
/// form by their `form` attribute.
pub(super) fn controls(root: &Element) -> Vec<Element> {
    let mut found = Vec::new();
    if let Ok(list) = root.query_selector_all("*") {
        gather(&list, &mut found);
    }
    if let Some(form) = root.dyn_ref::<HtmlFormElement>() {
        let associated = form.elements();
        let outside = (0..associated.length())
            .filter_map(|i| associated.item(i))
            .filter(|element| !root.contains(Some(element)) && element.matches(CONTROLS).unwrap_or(false));
        let (before, after): (Vec<_>, Vec<_>) = outside
            .partition(|element| root.compare_document_position(element) & Node::DOCUMENT_POSITION_PRECEDING != 0);
        found.splice(0..0, before);
        found.extend(after);
    }
    found
}

fn gather(list: &NodeList, found: &mut Vec<Element>) {
    for element in elements(list) {
        if matches!(element.local_name().as_str(), "input" | "select" | "textarea") {
            if !element.has_attribute(HOST_ATTRIBUTE) {
                found.push(element);
            }
        } else if let Some(inside) = shadow(&element)
            && let Ok(list) = inside.query_selector_all("*")
        {
            gather(&list, found);
        }
    }
}

fn shadow(element: &Element) -> Option<ShadowRoot> {
    element.shadow_root().filter(|_| !element.has_attribute(HOST_ATTRIBUTE))
}

/// The open shadow roots of a root, theirs included: `change` does not leave them (DOM, section 2.9: it is not composed).
pub(super) fn shadow_roots(root: &Element) -> Vec<ShadowRoot> {
    fn gather(list: &NodeList, found: &mut Vec<ShadowRoot>) {
        for inside in elements(list).filter_map(|element| shadow(&element)) {
            if let Ok(list) = inside.query_selector_all("*") {
                found.push(inside);
                gather(&list, found);
            }
        }
    }
    let mut found = Vec::new();
    if let Ok(list) = root.query_selector_all("*") {
        gather(&list, &mut found);
    }
    found
}

/// What a control means. Its value is not touched.
pub(super) fn describe(control: &Element, config: &Config) -> Finding {
    let attribute = |name: &str| control.get_attribute(name).unwrap_or_default();
    let option = config.fields.iter().find(|(selector, _)| control.matches(selector).unwrap_or(false));
    recognise(&Field {
        tag: control.local_name(),
        kind: control.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::type_).unwrap_or_default(),
        name: attribute("name"),
        id: control.id(),
        autocomplete: attribute("autocomplete"),
        mark: control.get_attribute("data-lead"),
        option: option.map(|(_, path)| path.clone()),
    })
}

/// Reads the fields that mean something. A field that is forbidden or means nothing is never asked for its value.
pub(super) fn read(root: &Element, config: &Config) -> Vec<Reading> {
    let known: Vec<(Element, Target)> = controls(root)
        .into_iter()
        .filter_map(|control| Some((describe(&control, config).target?, control)))
        .map(|(t, c)| (c, t))
        .collect();
    // Asking for visibility makes the browser lay out; only a delivery block needs the answer.
    let delivery = known.iter().any(|(_, target)| target.block() == Some(Block::Delivery));
    known
        .iter()
        .filter_map(|(control, target)| {
            Some(Reading {
                target: *target,
                text: text(control, *target)?,
                enabled: !control.matches(":disabled").unwrap_or(false),
                visible: !delivery || is_visible(control),
            })
        })
        .collect()
}

fn text(control: &Element, target: Target) -> Option<String> {
    if let Some(input) = control.dyn_ref::<HtmlInputElement>() {
        let chosen = matches!(input.type_().as_str(), "radio" | "checkbox");
        return (!chosen || input.checked()).then(|| input.value());
    }
    if let Some(area) = control.dyn_ref::<HtmlTextAreaElement>() {
        return Some(area.value());
    }
    let select: &HtmlSelectElement = control.dyn_ref()?;
    let label = select.selected_options().item(0).and_then(|option| option.text_content()).unwrap_or_default();
    Some(draft::choice(target, &select.value(), &label))
}

/// Whether an element is rendered and not transparent; what browsers without `checkVisibility` can tell is its boxes.
fn is_visible(element: &Element) -> bool {
    let options = js_sys::Object::new();
    for name in ["visibilityProperty", "opacityProperty"] {
        _ = Reflect::set(&options, &name.into(), &JsValue::TRUE);
    }
    let check =
        Reflect::get(element, &"checkVisibility".into()).ok().and_then(|check| check.dyn_into::<Function>().ok());
    match check.and_then(|check| check.call1(element, &options).ok()).and_then(|seen| seen.as_bool()) {
        Some(seen) => seen,
        None => element.get_client_rects().length() > 0,
    }
}

/// The element after which the component stands: the row of the e-mail field, which is the largest element that holds no
/// other field.
pub(super) fn email_row(root: &Element, config: &Config) -> Option<Element> {
    let is_email = |control: &Element| {
        matches!(describe(control, config).target, Some(Target::Lead(Path::Detail(_, Detail::Email))))
    };
    let mut row = controls(root).into_iter().find(is_email)?;
    while let Some(parent) = row.parent_element() {
        let fields = parent.query_selector_all(CONTROLS).map_or(2, |list| list.length());
        let is_room = matches!(parent.local_name().as_str(), "form" | "fieldset" | "body" | "main" | "section");
        if fields > 1 || is_room || parent.is_same_node(Some(root)) {
            break;
        }
        row = parent;
    }
    Some(row)
}
