//! What the page says of its cart, from wherever the merchant keeps it: items, coupon codes, currency.

use std::cell::RefCell;

use js_sys::{Array, Function, JSON};
use serde_wasm_bindgen::from_value;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use wire::Value;

use super::form::document;
use super::json;
use super::listen::Observer;
use crate::core::config::Config;
use crate::core::data_layer::{DataLayer, Purchase, add_promotions};
use crate::core::loose::Loose;

#[wasm_bindgen(module = "/src/browser/given.js")]
extern "C" {
    #[wasm_bindgen(js_name = dataLayerRows)]
    fn data_layer_rows() -> JsValue;

    #[wasm_bindgen(js_name = onPush)]
    fn on_push(changed: &JsValue);
}

/// Where the cart comes from, and what the page has given by hand since.
pub(super) struct Items {
    source: Source,
    promotions: Option<JsValue>,
    /// What `setItems` gave, and what the source showed then: it counts until the source shows something else.
    given: RefCell<Option<(JsValue, Option<String>)>>,
    /// What the source showed when it was read last.
    seen: RefCell<Option<String>>,
    /// What was captured last, and before that what the page showed at first.
    captured: RefCell<Option<String>>,
    /// The order that was acted on last: it stays in the data layer while the next cart is filled.
    ordered: RefCell<Option<Purchase>>,
}

enum Source {
    /// Selector of a JSON script.
    Script(String),
    /// GA4 e-commerce events in `window.dataLayer`.
    DataLayer,
    /// An array, or a function that returns one.
    Option(JsValue),
}

/// What the page shows of its cart.
#[derive(Default)]
pub(super) struct CartReading {
    /// The items as a JSON array with at least one of them; `None` for an empty cart, or when there is no telling.
    pub(super) items: Option<String>,
    /// Coupon codes; `None` where the page has no place for them.
    pub(super) promotions: Option<Vec<String>>,
    /// ISO 4217, as the data layer names it.
    pub(super) currency: Option<String>,
    /// The order that the page has told its analytics of.
    pub(super) purchase: Option<Purchase>,
}

impl Items {
    pub(super) fn new(config: &Config, items: JsValue, promotions: JsValue) -> Self {
        let source = match config.items.as_deref() {
            Some("dataLayer") => Source::DataLayer,
            Some(selector) => Source::Script(selector.to_owned()),
            None => Source::Option(items),
        };
        let promotions = config.promotions.as_deref().map_or(promotions, JsValue::from);
        let promotions = Some(promotions).filter(|given| !given.is_undefined() && !given.is_null());
        // What stands there now is no other cart, even if nothing of it is ever captured.
        let shown = source.read().items;
        let (seen, captured) = (shown.clone().into(), shown.into());
        let (given, ordered) = Default::default();
        Self { source, promotions, given, seen, captured, ordered }
    }

    /// The page gives its items by hand.
    pub(super) fn set(&self, given: JsValue) {
        let shown = self.source.read().items;
        self.given.replace(Some((given, shown)));
    }

    /// Remembers what was captured last; a page without items keeps what it had.
    pub(super) fn captured(&self, items: Option<&Option<Value>>) {
        if let Some(Some(Value::Json(items))) = items {
            self.captured.replace(Some(items.clone()));
        }
    }

    /// The order that the page has told its data layer of, once, unless the next cart is there already.
    pub(super) fn new_order(&self) -> Option<Purchase> {
        let reading = self.source.read();
        let order = reading.purchase.filter(|_| reading.items.is_none())?;
        let is_new = self.ordered.replace(Some(order.clone())) != Some(order.clone());
        is_new.then_some(order)
    }

    /// Whether the page shows another cart than was captured last, one with something in it.
    pub(super) fn is_another(&self) -> bool {
        let shown = self.read().items;
        shown.is_some() && shown != *self.captured.borrow()
    }

    /// Calls back when the script that stands there now is written, or something is pushed to the data layer.
    pub(super) fn watch(&self, changed: impl Fn() + 'static) -> Option<Observer> {
        match &self.source {
            Source::Script(selector) => Observer::new(script(selector)?.as_ref(), true, changed),
            // A data layer outlives the capture, and so does what listens to it.
            Source::DataLayer => {
                on_push(&Closure::<dyn Fn()>::new(changed).into_js_value());
                None
            }
            Source::Option(_) => None,
        }
    }

    /// Whether the source shows another cart than when it was read last.
    pub(super) fn differs(&self) -> bool {
        self.source.read().items != *self.seen.borrow()
    }

    /// What the page shows now. Reading runs the page's own code, which may call `setItems`: nothing stays borrowed.
    pub(super) fn read(&self) -> CartReading {
        let mut shown = self.source.read();
        self.seen.replace(shown.items.clone());
        let given = self.given.borrow().clone();
        if let Some((given, before)) = given
            && before == shown.items
        {
            shown.items = json(&given);
        }
        if let Some(given) = &self.promotions {
            let given = called(given).unwrap_or(JsValue::UNDEFINED);
            add_promotions(shown.promotions.get_or_insert_default(), &loose(given));
        }
        shown
    }
}

impl Source {
    fn read(&self) -> CartReading {
        let items = match self {
            Source::Script(selector) => {
                let text = script(selector).and_then(|script| script.text_content());
                text.and_then(|text| json(&JSON::parse(&text).ok()?))
            }
            Source::Option(option) => called(option).and_then(|list| json(&list)),
            Source::DataLayer => {
                let layer = DataLayer::read(&loose(data_layer_rows()));
                return CartReading {
                    items: (!layer.items.is_empty()).then(|| json::write(&layer.cart())).flatten(),
                    promotions: Some(layer.coupons),
                    currency: layer.currency,
                    purchase: layer.purchase,
                };
            }
        };
        CartReading { items, ..CartReading::default() }
    }
}

fn loose(given: JsValue) -> Loose {
    from_value(given).unwrap_or_default()
}

fn script(selector: &str) -> Option<Element> {
    document()?.query_selector(selector).ok().flatten()
}

/// What a function returns; anything else as it is.
fn called(given: &JsValue) -> Option<JsValue> {
    match given.dyn_ref::<Function>() {
        Some(function) => function.call0(&JsValue::NULL).ok(),
        None => Some(given.clone()),
    }
}

/// An array with at least one element, as JSON. The same cart has the same text, in whatever order its members stand.
pub(super) fn json(value: &JsValue) -> Option<String> {
    let list: &Array = value.dyn_ref()?;
    if list.length() == 0 {
        return None;
    }
    json::text_of(value)
}
