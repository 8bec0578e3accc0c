//! What JavaScript sees of the module: one class, which `js/facade.js` drives.

use js_sys::{Object, Promise, Reflect};
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit, Element};

use super::host::Host;
use super::{Capture, Given, form, inspect};
use crate::config::{Config, Consent};
use crate::error::Error;
use crate::field::Target;
use crate::status::Status;
use crate::sync::Event;

/// The options that are texts and numbers, in JavaScript's spelling. Their types were checked by the facade.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    endpoint: String,
    form: Option<String>,
    slot: Option<String>,
    consent: Option<String>,
    currency: Option<String>,
    language: Option<String>,
    items: Option<String>,
    quiet_ms: Option<f64>,
    max_wait_ms: Option<f64>,
    external_reference: Option<String>,
    source: Option<String>,
    customer_reference: Option<String>,
    consent_text: Option<String>,
    saved_text: Option<String>,
}

impl Options {
    fn config(self) -> Config {
        let defaults = Config::new(self.endpoint);
        Config {
            form: self.form,
            slot: self.slot,
            consent: match self.consent.as_deref() {
                Some("granted") => Consent::Granted,
                Some("external") => Consent::External,
                _ => Consent::Ask,
            },
            currency: self.currency,
            language: self.language,
            items: self.items,
            quiet_ms: self.quiet_ms.map_or(defaults.quiet_ms, |ms| ms as u64),
            max_wait_ms: self.max_wait_ms.map_or(defaults.max_wait_ms, |ms| ms as u64),
            external_reference: self.external_reference,
            source: self.source,
            customer_reference: self.customer_reference,
            consent_text: self.consent_text,
            saved_text: self.saved_text,
            ..defaults
        }
    }
}

/// A capture, and the component it shows.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Widget {
    capture: Capture,
    host: Option<Host>,
}

#[wasm_bindgen]
impl Widget {
    /// Begins to capture. `given` holds what is no text or number: `form` (an element), `items` (an array or a function),
    /// `touched` (whether the shopper came before the module).
    ///
    /// # Errors
    /// An `Error` with a `code` and the message `expected …, received …`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue, given: JsValue) -> Result<Widget, JsValue> {
        let options: Options = serde_wasm_bindgen::from_value(options)
            .map_err(|_| throwable(&Error::option("options of the documented types", "something else")))?;
        let get = |name: &str| Reflect::get(&given, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let objects = Given {
            root: get("form").dyn_into::<Element>().ok(),
            items: get("items"),
            touched: get("touched").is_truthy(),
        };
        let config = Config { fields: fields(&get("fields")), ..options.config() };
        let shows = config.consent == Consent::Ask || config.slot.is_some();
        let capture = Capture::start(config, objects).map_err(|error| throwable(&error))?;
        capture.watch(announce);
        announce(&capture.status());
        let host = if shows { Host::new(&capture) } else { None };
        Ok(Self { capture, host })
    }

    /// `{ state, leadCode, lastError }`
    pub fn status(&self) -> JsValue {
        describe(&self.capture.status())
    }

    /// `[{ element, path, source, reason }]`
    pub fn inspect(&self) -> js_sys::Array {
        inspect::inspect(&self.capture)
    }

    /// The page gives its items by hand.
    #[wasm_bindgen(js_name = setItems)]
    pub fn set_items(&self, items: JsValue) -> Promise {
        self.capture.set_items(items);
        Promise::resolve(&JsValue::UNDEFINED)
    }

    /// Sends now what is unsent.
    pub fn flush(&self) -> Promise {
        self.after(Event::Flush)
    }

    /// The shopper's yes or no; a no after a save is a withdrawal.
    pub fn consent(&self, yes: bool) -> Promise {
        let promise = self.after(Event::Consent(yes));
        if yes { Promise::resolve(&JsValue::UNDEFINED) } else { promise }
    }

    /// The shopper has ordered.
    pub fn complete(&self, order_reference: Option<String>) -> Promise {
        self.after(Event::Complete { order_reference })
    }

    /// The shopper does not want to be remembered.
    pub fn withdraw(&self) -> Promise {
        self.after(Event::Consent(false))
    }

    /// Sends what is unsent and lets go of every listener, timer and observer.
    pub fn stop(&mut self) {
        self.capture.handle(Event::Hidden);
        self.capture.stop();
        self.host = None;
    }

    fn after(&self, event: Event) -> Promise {
        self.capture.handle(event);
        self.capture.settled()
    }
}

/// `{ selector: path }`, or the other way round; an attribute holds it as JSON.
fn fields(given: &JsValue) -> Vec<(String, String)> {
    let parsed = given.as_string().and_then(|text| js_sys::JSON::parse(&text).ok());
    let Ok(object) = parsed.unwrap_or_else(|| given.clone()).dyn_into::<Object>() else { return Vec::new() };
    let pairs = Object::entries(&object);
    let text = |pair: &JsValue, at: u32| js_sys::Array::from(pair).get(at).as_string();
    pairs
        .iter()
        .filter_map(|pair| Some((text(&pair, 0)?, text(&pair, 1)?)))
        .map(|(key, value)| if Target::from_name(&key).is_some() { (value, key) } else { (key, value) })
        .collect()
}

fn set(object: &Object, name: &str, value: &JsValue) {
    _ = Reflect::set(object, &name.into(), value);
}

fn throwable(error: &Error) -> JsValue {
    let thrown = js_sys::Error::new(&error.to_string());
    set(&thrown, "code", &error.code().into());
    thrown.into()
}

fn describe(status: &Status) -> JsValue {
    let error = status.last_error.as_ref().map_or(JsValue::NULL, |error| {
        let object = Object::new();
        set(&object, "code", &error.code().into());
        set(&object, "message", &error.to_string().into());
        object.into()
    });
    let object = Object::new();
    set(&object, "state", &status.state.name().into());
    set(&object, "leadCode", &status.lead_code.as_deref().map_or(JsValue::NULL, JsValue::from_str));
    set(&object, "lastError", &error);
    object.into()
}

/// `leadkeep:status` on the document.
fn announce(status: &Status) {
    let init = CustomEventInit::new();
    init.set_detail(&describe(status));
    if let (Some(document), Ok(event)) =
        (form::document(), CustomEvent::new_with_event_init_dict("leadkeep:status", &init))
    {
        _ = document.dispatch_event(&event);
    }
}
