//! Reads the fields that may be read: `src/browser/reader.js` asks them for their values and remembers which were seen filled.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;
use wire::{Detail, Path};

use super::survey::Survey;
use crate::core::draft::{self, Reading, Role};
use crate::core::field::Target;

#[wasm_bindgen(module = "/src/browser/reader.js")]
extern "C" {
    type Memory;

    #[wasm_bindgen(js_name = newReader)]
    fn new_reader() -> Memory;

    #[wasm_bindgen(method, catch)]
    fn read(this: &Memory, root: &Element, fields: &js_sys::Array, codes: &[i32]) -> Result<String, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn differs(this: &Memory) -> Result<bool, JsValue>;

    #[wasm_bindgen(method)]
    fn compose(this: &Memory, field: Option<Element>);

    #[wasm_bindgen(method, js_name = hasChanged)]
    fn has_changed(this: &Memory, field: &Element) -> bool;
}

/// What a page's fields have shown since the capture began.
pub(crate) struct Reader {
    memory: Memory,
    /// What a number stands for in JavaScript.
    targets: Vec<Target>,
}

impl Default for Reader {
    fn default() -> Self {
        Self { memory: new_reader(), targets: Vec::new() }
    }
}

impl Reader {
    /// An input method begins or ends its work in a field.
    pub(crate) fn compose(&self, field: Option<Element>) {
        self.memory.compose(field);
    }

    /// Whether a hidden input holds something else than what it held when it, or one of its name, was seen first.
    pub(crate) fn has_changed(&self, field: &Element) -> bool {
        self.memory.has_changed(field)
    }

    /// Whether the fields that were read last show something else now.
    pub(crate) fn differs(&self) -> bool {
        self.memory.differs().unwrap_or_default()
    }

    /// Reads the fields that mean something. A field that is forbidden or means nothing is never asked for its value, nor is
    /// one that is out of sight, unless it holds what something in sight shows.
    pub(crate) fn read(&mut self, survey: &Survey) -> Vec<Reading> {
        let mut codes = Vec::with_capacity(survey.fields.len());
        for (_, found) in &survey.fields {
            codes.push(match found.target.or(found.hidden) {
                Some(target) => self.code(target, found.target.is_some()),
                None => -1,
            });
        }
        let rows = self.memory.read(&survey.root, &survey.elements, &codes).unwrap_or_default();
        let mut readings = Vec::new();
        for row in rows.split('\u{1e}') {
            let mut parts = row.split('\u{1f}');
            let mut number = || parts.next().and_then(|part| part.parse::<i32>().ok()).unwrap_or(-1);
            let (target, at, bits) = (number(), number(), number());
            let (first, last, container) = (number(), number(), number());
            let Some(target) = self.targets.get(target as usize).copied() else { continue };
            let text = parts.next().unwrap_or_default();
            let text = match text.split_once('\u{1d}') {
                Some((value, label)) => draft::choice(target, value, label),
                None => text.to_owned(),
            };
            let found = survey.fields.get(at as usize).map(|(_, found)| found);
            readings.push(Reading {
                target,
                text,
                visible: bits & 1 != 0,
                enabled: bits & 2 != 0,
                was_filled: bits & 16 != 0,
                in_sight: (first as u32, last as u32),
                container: container as u32,
                is_part: found.is_some_and(|found| found.is_part),
                claim: found.map_or(0, |found| found.claim),
                role: match bits & 12 {
                    0 => Role::Field,
                    8 => Role::Search,
                    _ => Role::Holder,
                },
            });
        }
        readings
    }

    /// What `src/browser/reader.js` needs to know of a field: the number of its target, whether it is of an address (4) or a
    /// telephone number (2), and whether it is read as it is (1), or only where it changes.
    fn code(&mut self, target: Target, is_certain: bool) -> i32 {
        let at = self.targets.iter().position(|known| *known == target).unwrap_or_else(|| {
            self.targets.push(target);
            self.targets.len() - 1
        });
        let is_phone = matches!(target, Target::Lead(Path::Detail(_, Detail::Phone)));
        at as i32 * 8 + i32::from(target.block().is_some()) * 4 + i32::from(is_phone) * 2 + i32::from(is_certain)
    }
}
