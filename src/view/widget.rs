//! What JavaScript sees of the module: one class, which `js/facade.js` drives.

use std::cell::RefCell;

use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit, Element};

use super::host::Host;
use crate::browser::{Capture, Given, form, inspect, object, property};
use crate::core::config::{Config, Consent};
use crate::core::error::Error;
use crate::core::field::Target;
use crate::core::status::Status;
use crate::core::sync::Event;
use crate::core::texts::{self, Texts};

/// The options that are texts and numbers, in JavaScript's spelling. They were checked by the facade; a number may be a
/// text, as it is in an attribute. Read one by one: a derived reader costs 10 KB brotli.
fn config(options: &JsValue) -> Config {
    let text = |name: &str| property(options, name).as_string();
    let number = |name: &str| {
        let given =
            Reflect::get(options, &name.into()).ok().filter(|given| !given.is_null() && !given.is_undefined())?;
        Some(given.unchecked_into_f64() as u64)
    };
    let defaults = Config::new(text("endpoint").unwrap_or_default());
    Config {
        form: text("form"),
        slot: text("slot"),
        consent: match text("consent").as_deref() {
            Some("granted") => Consent::Granted,
            Some("external") => Consent::External,
            _ => Consent::Ask,
        },
        currency: text("currency"),
        language: text("language"),
        items: text("items"),
        fields: Reflect::get(options, &"fields".into()).map(|given| fields(&given)).unwrap_or_default(),
        quiet_ms: number("quietMs").unwrap_or(defaults.quiet_ms),
        max_wait_ms: number("maxWaitMs").unwrap_or(defaults.max_wait_ms),
        external_reference: text("externalReference"),
        source: text("source"),
        customer_reference: text("customerReference"),
        privacy_url: text("privacyUrl"),
        consent_text: text("consentText"),
        saved_text: text("savedText"),
        texts: loaded_texts(&property(options, "texts")),
        ..defaults
    }
}

/// The texts that were loaded for [`texts_language`].
fn loaded_texts(given: &JsValue) -> Option<Texts> {
    let text = |name: &str| property(given, name).as_string().map(Into::into);
    Some(Texts {
        language: text("language")?,
        consent: text("consent")?,
        saved: text("saved")?,
        withdraw: text("withdraw")?,
        privacy: text("privacy")?,
    })
}

/// The language whose texts have to be loaded for these options; nothing where English, which is built in, or nothing at all
/// is shown.
#[allow(unreachable_pub, reason = "JavaScript reaches it")]
#[wasm_bindgen(js_name = textsLanguage)]
pub fn texts_language(options: &JsValue) -> Option<String> {
    let config = config(options);
    let page = form::document().and_then(|document| document.document_element()?.get_attribute("lang"));
    let language = texts::language(config.language.as_deref(), page.as_deref());
    (shows(&config) && language != "en").then(|| language.to_owned())
}

/// Whether the shopper sees anything of it.
fn shows(config: &Config) -> bool {
    config.consent == Consent::Ask || config.slot.is_some()
}

/// A capture, and the component it shows.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Widget {
    capture: Capture,
    host: RefCell<Option<Host>>,
}

#[wasm_bindgen]
impl Widget {
    /// Begins to capture. `form` may be an element, `items` an array or a function; `touched` and `edited` say
    /// what the shopper did before the module was there.
    ///
    /// # Errors
    /// An `Error` with a `code` and the message `expected …, received …`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsValue, touched: bool, edited: bool) -> Result<Widget, JsValue> {
        let get = |name: &str| property(&options, name);
        let given = Given { root: get("form").dyn_into::<Element>().ok(), items: get("items"), touched, edited };
        let config = config(&options);
        let shows = shows(&config);
        let capture = Capture::start(config, given).map_err(|error| throwable(&error))?;
        capture.watch(announce);
        announce(&capture.status());
        let host = if shows { Host::new(&capture) } else { None };
        Ok(Self { capture, host: RefCell::new(host) })
    }

    /// `{ state, leadCode, lastError }`
    pub fn status(&self) -> JsValue {
        describe(&self.capture.status())
    }

    /// `[{ field, element, path, source, reason }]`
    pub fn inspect(&self) -> js_sys::Array {
        inspect::inspect(&self.capture)
    }

    /// `[{ path, value, sent }]`
    pub fn preview(&self) -> js_sys::Array {
        inspect::preview(&self.capture)
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
    pub fn consent(&self, yes: JsValue) -> Promise {
        let yes = yes.is_truthy();
        let promise = self.after(Event::Consent(yes));
        if yes { Promise::resolve(&JsValue::UNDEFINED) } else { promise }
    }

    /// The shopper has ordered. In many shops the number of an order is a number.
    pub fn complete(&self, order_reference: JsValue) -> Promise {
        let number = || js_sys::JSON::stringify(&order_reference).ok().map(String::from);
        let order_reference = match order_reference.as_f64() {
            Some(_) => number(),
            None => order_reference.as_string(),
        };
        self.after(Event::Complete { order_reference })
    }

    /// The shopper does not want to be remembered.
    pub fn withdraw(&self) -> Promise {
        self.after(Event::Consent(false))
    }

    /// Sends what is unsent and lets go of every listener, timer and observer. Settled when no request is under way.
    pub fn stop(&self) -> Promise {
        self.capture.handle(Event::Hidden);
        self.capture.stop();
        // Taken out first: unmounting may run the page's code, which may call back.
        let host = self.host.take();
        drop(host);
        self.capture.settled()
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

fn throwable(error: &Error) -> JsValue {
    let thrown = js_sys::Error::new(error.message());
    _ = Reflect::set(&thrown, &"code".into(), &error.code().into());
    thrown.into()
}

fn describe(status: &Status) -> JsValue {
    let error = status
        .last_error
        .as_ref()
        .map_or(JsValue::NULL, |error| object(&[("code", error.code().into()), ("message", error.message().into())]));
    object(&[
        ("state", status.state.name().into()),
        ("leadCode", status.lead_code.as_deref().map_or(JsValue::NULL, JsValue::from_str)),
        ("lastError", error),
    ])
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
