//! The thin rim: each file owns one Web API, none decides anything.

mod api;
mod capture;
mod clock;
mod form;
mod host;
mod inspect;
mod items;
mod listen;
mod random;
mod store;
mod survey;
mod transport;

use js_sys::Reflect;
use wasm_bindgen::JsValue;

pub use api::Widget;
pub use capture::{Capture, Given};
pub(crate) use form::HOST_ATTRIBUTE;

/// A property of what the page or the platform gives; `undefined` where it cannot be read.
fn property(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
