//! What JavaScript sees of the module: one class, which `js/facade.js` drives.

use std::cell::RefCell;

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit};

use super::host::Host;
use super::options::Options;
use crate::browser::{Capture, Given, form, inspect, json};
use crate::core::config::{Config, Consent};
use crate::core::error::Error;
use crate::core::session::Event;
use crate::core::status::Status;

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
        let options = Options::of(&options);
        let start = || {
            let config = options.config()?;
            let shows = shows(&config);
            Ok((Capture::start(config, Given { touched, edited, ..options.given() })?, shows))
        };
        let (capture, shows) = start().map_err(|error| throwable(&error))?;
        capture.watch(announce);
        announce(&capture.status());
        let host = if shows { Host::new(&capture) } else { None };
        Ok(Self { capture, host: RefCell::new(host) })
    }

    /// `{ state, leadCode, lastError }`
    pub fn status(&self) -> JsValue {
        json::to_js(&*self.capture.status())
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

fn throwable(error: &Error) -> JsValue {
    let thrown = js_sys::Error::new(error.message());
    _ = Reflect::set(&thrown, &"code".into(), &error.code().into());
    thrown.into()
}

/// `leadkeep:status` on the document.
fn announce(status: &Status) {
    let init = CustomEventInit::new();
    init.set_detail(&json::to_js(status));
    if let (Some(document), Ok(event)) =
        (form::document(), CustomEvent::new_with_event_init_dict("leadkeep:status", &init))
    {
        _ = document.dispatch_event(&event);
    }
}
