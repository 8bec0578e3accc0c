//! The cart's items as JSON text, from wherever the merchant keeps them.

use std::cell::RefCell;

use js_sys::{Array, Function, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use super::form::document;

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
            Source::DataLayer => json(&data_layer()?),
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

fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The cart the events add up to, as 2Checkout `Items`: the newest event that shows the whole cart, and what was added
/// and removed since (developers.google.com/analytics/devguides/collection/ga4/ecommerce).
fn data_layer() -> Option<JsValue> {
    let layer: Array = get(web_sys::window()?.as_ref(), "dataLayer").dyn_into().ok()?;
    let mut cart: Vec<(String, f64, JsValue)> = Vec::new();
    for entry in layer.iter() {
        // gtag() pushes its arguments: "event", name, parameters.
        let is_gtag = get(&entry, "0").as_string().as_deref() == Some("event");
        let (event, parameters) = if is_gtag {
            (get(&entry, "1"), get(&entry, "2"))
        } else {
            (get(&entry, "event"), get(&entry, "ecommerce"))
        };
        let Ok(items) = get(&parameters, "items").dyn_into::<Array>() else { continue };
        let sign = match event.as_string().as_deref() {
            Some("view_cart" | "begin_checkout" | "add_shipping_info" | "add_payment_info") => {
                cart.clear();
                1.0
            }
            Some("add_to_cart") => 1.0,
            Some("remove_from_cart") => -1.0,
            Some("purchase") => {
                cart.clear();
                continue;
            }
            _ => continue,
        };
        for item in items.iter() {
            let Some(id) = get(&item, "item_id").as_string() else { continue };
            let quantity = sign * get(&item, "quantity").as_f64().unwrap_or(1.0);
            match cart.iter_mut().find(|(known, ..)| *known == id) {
                Some((_, known, _)) => *known += quantity,
                None => cart.push((id, quantity, item)),
            }
        }
    }
    let items = Array::new();
    for (id, quantity, item) in cart.into_iter().filter(|(_, quantity, _)| *quantity >= 1.0) {
        let line = Object::new();
        let set = |name: &str, value: JsValue| Reflect::set(&line, &name.into(), &value).unwrap_or(false);
        set("Code", id.into());
        set("Quantity", quantity.into());
        set("IsDynamic", false.into());
        if let Some(name) = get(&item, "item_name").as_string() {
            set("Name", name.into());
        }
        let amount = get(&item, "price");
        if amount.as_f64().is_some() || amount.is_string() {
            let price = Object::new();
            _ = Reflect::set(&price, &"Amount".into(), &amount);
            _ = Reflect::set(&price, &"Type".into(), &"CUSTOM".into());
            set("Price", price.into());
        }
        items.push(&line);
    }
    Some(items.into())
}
