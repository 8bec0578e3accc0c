//! JSON text: read and written by the browser's own `JSON`, and turned into types and back by serde-wasm-bindgen.

use js_sys::JSON;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::{Serializer, from_value};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "/src/browser/given.js")]
extern "C" {
    /// As `JSON.stringify`, whatever a page has done to the prototypes; `undefined` where there is no telling.
    fn stringify(value: &JsValue) -> JsValue;
}

/// What a text holds; `None` when it is no JSON, or that of something else.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    from_value(JSON::parse(text).ok()?).ok()
}

/// A value as JSON text.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    text_of(&to_js(value))
}

/// JSON text of what a page or the platform gave.
pub(crate) fn text_of(value: &JsValue) -> Option<String> {
    stringify(value).as_string()
}

/// A value for the page: objects and arrays, `null` for what is not there.
pub(crate) fn to_js<T: Serialize + ?Sized>(value: &T) -> JsValue {
    value.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::UNDEFINED)
}
