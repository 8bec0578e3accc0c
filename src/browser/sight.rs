//! What of a page the shopper can see: asked in JavaScript, in one pass for all fields.

use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Element, NodeList};

#[wasm_bindgen(module = "/src/browser/reader.js")]
extern "C" {
    /// Of several elements the one that is seen, else the first.
    #[wasm_bindgen(js_name = seenOf)]
    pub(super) fn seen_of(elements: &NodeList) -> Option<Element>;

    /// Whether the shopper sees an element, or would by scrolling.
    #[wasm_bindgen(js_name = isSeen)]
    pub(super) fn is_seen(element: &Element) -> bool;

    /// Whether it is on the page.
    #[wasm_bindgen(js_name = isConnected)]
    pub(crate) fn is_connected(element: &Element) -> bool;

    /// The row of a field: the largest element around it that holds no other field and is no part of the page by itself.
    #[wasm_bindgen(js_name = rowOf)]
    pub(super) fn row_of(field: &Element, root: &Element) -> Element;

    /// For each of these fields whether it is seen.
    #[wasm_bindgen(js_name = areSeen)]
    pub(super) fn are_seen(fields: &Array) -> Vec<u8>;
}
