//! Adapters: each file owns one Web API, none decides anything.

mod capture;
mod clock;
pub(crate) mod form;
pub(crate) mod inspect;
mod items;
pub(crate) mod json;
pub(crate) mod listen;
mod random;
mod reader;
pub(crate) mod sight;
mod store;
pub(crate) mod survey;
mod transport;

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

pub use capture::{Capture, Given};
pub(crate) use form::HOST_ATTRIBUTE;

/// A property of what the page or the platform gives; `undefined` where it cannot be read.
pub(crate) fn property(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// An object of its own, for the page or the platform.
pub(crate) fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in entries {
        _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
