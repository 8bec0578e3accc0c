//! The fields of a root and what each means: described by `src/browser/survey.js`, decided by the core, remembered until the page
//! changes.

use js_sys::Array;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node};

use crate::core::config::Config;
use crate::core::field::{Field, Finding, recognise_with};

#[wasm_bindgen(module = "/src/browser/survey.js")]
extern "C" {
    // A page may have changed what its elements do: a survey that fails finds nothing, and nothing is thrown into the page.
    #[wasm_bindgen(catch, js_name = survey)]
    fn describe(root: &Element) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch, js_name = countScopes)]
    fn count_scopes(root: &Element) -> Result<u32, JsValue>;
}

/// Every input, select and textarea of a root, in document order.
pub(crate) struct Survey {
    pub(super) root: Element,
    /// The elements of `fields`, as JavaScript has them.
    pub(super) elements: Array,
    pub(super) fields: Vec<(Element, Finding)>,
    /// Shadow roots, and documents of frames: events do not leave them.
    pub(super) scopes: Vec<Node>,
    /// The language of the root, BCP 47.
    pub(super) language: String,
}

impl Survey {
    /// Describes and decides. No value is touched.
    pub(crate) fn of(root: &Element, config: &Config) -> Self {
        let parts = describe(root).unwrap_or_default();
        let text = parts.get(0).as_string().unwrap_or_default();
        let elements: Vec<Element> = list(&parts, 1);
        let mut fields = Vec::with_capacity(elements.len());
        for (description, element) in text.split('\u{1e}').zip(&elements) {
            let mut field = Field::read(description);
            let option = config.fields.iter().find(|(selector, _)| element.matches(selector).unwrap_or(false));
            field.option = option.map_or("", |(_, path)| path);
            fields.push(field);
        }
        let findings = recognise_with(&config.terms, &fields);
        let fields = elements.into_iter().zip(findings).collect();
        let language = parts.get(3).as_string().unwrap_or_default();
        Self { root: root.clone(), elements: Array::from(&parts.get(1)), fields, scopes: list(&parts, 2), language }
    }

    /// Whether it is still that of a root, as far as no `MutationObserver` tells.
    pub(crate) fn is_of(&self, root: &Element) -> bool {
        self.root == *root && count_scopes(root).unwrap_or_default() as usize == self.scopes.len()
    }
}

fn list<T: JsCast>(parts: &Array, at: u32) -> Vec<T> {
    Array::from(&parts.get(at)).iter().map(JsCast::unchecked_into).collect()
}
