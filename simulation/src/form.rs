//! The form of a page, as the shopper and the page leave it.

use std::collections::BTreeMap;

use leadkeep::core::draft::{self, Draft};
use leadkeep::core::field::Target;
use wire::{Block, Detail, Path, Value};

/// The fields the checkout has.
pub(crate) const FIELDS: [Path; 6] = [
    Path::Detail(Block::Billing, Detail::Email),
    Path::Detail(Block::Billing, Detail::FirstName),
    Path::Detail(Block::Billing, Detail::City),
    Path::Detail(Block::Billing, Detail::Zip),
    Path::Detail(Block::Delivery, Detail::City),
    Path::Detail(Block::Delivery, Detail::Zip),
];

/// A step of the checkout: the fields that come and go together.
pub(crate) const STEP: [Path; 2] =
    [Path::Detail(Block::Billing, Detail::City), Path::Detail(Block::Billing, Detail::Zip)];

/// A form.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) texts: BTreeMap<Path, String>,
    /// The fields of [`STEP`] are on the page.
    pub(crate) step: bool,
    /// The delivery block is in use.
    pub(crate) delivery: bool,
    /// The cart of the page, JSON; `None` when it is empty.
    pub(crate) items: Option<String>,
}

impl Form {
    pub(crate) fn empty(items: Option<String>) -> Self {
        Self { texts: FIELDS.iter().map(|path| (*path, String::new())).collect(), step: true, delivery: true, items }
    }

    fn is_on_page(&self, path: Path) -> bool {
        self.step || !STEP.contains(&path)
    }

    /// Whether the shopper can type there.
    pub(crate) fn can_type(&self, path: Path) -> bool {
        self.is_on_page(path) && (self.delivery || !matches!(path, Path::Detail(Block::Delivery, _)))
    }

    fn readings(&self) -> Vec<draft::Reading> {
        self.texts
            .iter()
            .filter(|(path, _)| self.is_on_page(**path))
            .map(|(path, text)| draft::Reading {
                visible: self.delivery || !matches!(path, Path::Detail(Block::Delivery, _)),
                ..draft::Reading::new(Target::Lead(*path), text.clone())
            })
            .collect()
    }

    /// What the widget reads of it: by the product's own code.
    pub(crate) fn read(&self) -> (Draft, Option<bool>) {
        let readings = self.readings();
        let mut draft = draft::of(&readings, "en");
        if let Some(json) = &self.items {
            draft.insert(Path::Items, Some(Value::Json(json.clone())));
        }
        (draft, draft::delivery_in_use(&readings))
    }

    /// What the shopper sees, in the harness's own words: path and text, `None` for a field that is empty or out of use.
    /// Nothing is said of what is not on the page, nor of an e-mail address that is not finished.
    pub(crate) fn shows(&self) -> BTreeMap<Path, Option<String>> {
        let mut shown: BTreeMap<Path, Option<String>> = self
            .texts
            .iter()
            .filter(|(path, text)| self.is_on_page(**path) && !text.ends_with("@exam"))
            .map(|(path, text)| {
                let in_use = self.delivery || !matches!(path, Path::Detail(Block::Delivery, _));
                (*path, Some(text.clone()).filter(|text| in_use && !text.is_empty()))
            })
            .collect();
        if let Some(items) = &self.items {
            shown.insert(Path::Items, Some(items.clone()));
        }
        shown
    }
}
