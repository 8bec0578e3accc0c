//! The cart's items as JSON text, from wherever the merchant keeps them.

use std::cell::RefCell;

use js_sys::{Array, Function, JSON};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use super::form::document;

#[wasm_bindgen(module = "/src/browser/items.js")]
extern "C" {
    #[wasm_bindgen(js_name = dataLayerItems)]
    fn data_layer_items() -> JsValue;
}

/// Where the items come from, and what the page has given by hand since.
pub(super) struct Items {
    source: Source,
    /// What `setItems` gave, and what the source showed then: it counts until the source shows something else.
    given: RefCell<Option<(JsValue, Option<String>)>>,
}

enum Source {
    /// Selector of a JSON script; its text travels as it is, so that 19.90 stays 19.90.
    Script(String),
    /// GA4 e-commerce events in `window.dataLayer`.
    DataLayer,
    /// An array, or a function that returns one.
    Option(JsValue),
}

impl Items {
    pub(super) fn new(setting: Option<&str>, option: JsValue) -> Self {
        let source = match setting {
            Some("dataLayer") => Source::DataLayer,
            Some(selector) => Source::Script(selector.to_owned()),
            None => Source::Option(option),
        };
        Self { source, given: RefCell::default() }
    }

    /// The page gives its items by hand.
    pub(super) fn set(&self, given: JsValue) {
        let shown = self.source.read();
        self.given.replace(Some((given, shown)));
    }

    /// The JSON script, where that is the source.
    pub(super) fn script(&self) -> Option<Element> {
        match &self.source {
            Source::Script(selector) => document()?.query_selector(selector).ok().flatten(),
            _ => None,
        }
    }

    /// The items as a JSON array with at least one of them; `None` for an empty cart, or when there is no telling.
    pub(super) fn read(&self) -> Option<String> {
        let shown = self.source.read();
        match &*self.given.borrow() {
            Some((given, before)) if *before == shown => json(given),
            _ => shown,
        }
    }
}

impl Source {
    fn read(&self) -> Option<String> {
        match self {
            Source::Script(selector) => {
                let text = document()?.query_selector(selector).ok().flatten()?.text_content()?;
                let list: Array = JSON::parse(&text).ok()?.dyn_into().ok()?;
                (list.length() > 0).then(|| text.trim().to_owned())
            }
            Source::DataLayer => json(&data_layer_items()),
            Source::Option(option) => match option.dyn_ref::<Function>() {
                Some(function) => json(&function.call0(&JsValue::NULL).ok()?),
                None => json(option),
            },
        }
    }
}

/// An array with at least one element, as JSON.
pub(super) fn json(value: &JsValue) -> Option<String> {
    let list: &Array = value.dyn_ref()?;
    if list.length() == 0 {
        return None;
    }
    JSON::stringify(value).ok().map(String::from)
}
