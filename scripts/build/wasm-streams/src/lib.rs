//! The little of wasm-streams that Leptos' server functions name. The widget has none of them, but the real crate exports
//! classes to JavaScript, which no linker may drop: 2 KB of what a shopper loads. Here every stream is empty.

use futures_util::stream::{Empty, Stream, empty};
use wasm_bindgen::{JsCast, JsValue};

/// A stream that holds nothing.
#[derive(Debug)]
pub struct ReadableStream;

impl ReadableStream {
    /// Takes a stream of Rust, and drops it.
    pub fn from_stream<S: Stream<Item = Result<JsValue, JsValue>> + 'static>(_: S) -> Self {
        Self
    }

    /// Takes a stream of JavaScript, and drops it.
    pub fn from_raw(_: web_sys::ReadableStream) -> Self {
        Self
    }

    /// Ends at once.
    pub fn into_stream(self) -> Empty<Result<JsValue, JsValue>> {
        empty()
    }

    /// No stream.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        JsValue::UNDEFINED.unchecked_into()
    }
}
