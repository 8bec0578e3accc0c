//! From the description of a field to what it means: the first step of the flow.
//!
//! The rim describes fields, this module decides; it never sees a value. The order is fixed: a forbidden field is
//! forbidden whatever else it says; then the merchant's mark (`data-lead`), the merchant's option (`fields`), and the
//! page's `autocomplete`.

mod autocomplete;
mod forbidden;
mod target;

use std::borrow::Cow;

pub use target::{Part, Target};
use wire::concat;

/// What the rim can tell of a field without reading its value. Every text is as the page has it; absent is empty.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// `input`, `select` or `textarea`.
    pub tag: String,
    /// The `type` of an input, as the browser understands it.
    pub kind: String,
    /// `name`
    pub name: String,
    /// `id`
    pub id: String,
    /// `autocomplete`
    pub autocomplete: String,
    /// `data-lead`, where it is given.
    pub mark: Option<String>,
    /// What the option `fields` says of it.
    pub option: Option<String>,
}

/// Where a decision comes from; the words of `inspect()`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `data-lead`
    Attribute,
    /// The option `fields`.
    Option,
    /// The page's `autocomplete`.
    Autocomplete,
    /// It is never read.
    Forbidden,
    /// Nothing says what it is.
    None,
}

impl Source {
    /// The word `inspect()` uses.
    pub fn name(self) -> &'static str {
        match self {
            Source::Attribute => "attribute",
            Source::Option => "option",
            Source::Autocomplete => "autocomplete",
            Source::Forbidden => "forbidden",
            Source::None => "none",
        }
    }
}

/// What a field means, why, and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where its value goes; `None` when it is not read.
    pub target: Option<Target>,
    /// Who says so.
    pub source: Source,
    /// Why, for the merchant.
    pub reason: Cow<'static, str>,
}

impl Finding {
    fn none(source: Source, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { target: None, source, reason: reason.into() }
    }

    fn of(target: Target, source: Source, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { target: Some(target), source, reason: reason.into() }
    }
}

/// Decides what a field means.
pub fn recognise(field: &Field) -> Finding {
    if let Some(reason) = forbidden::reason(field) {
        return Finding::none(Source::Forbidden, reason);
    }
    let said = |text: &Option<String>, source: Source, what: &'static str| {
        let text = text.as_deref()?.trim();
        if text.eq_ignore_ascii_case("ignore") {
            return Some(Finding::none(source, concat(&[what, " says to ignore it"])));
        }
        Some(match Target::from_name(text) {
            Some(target) => Finding::of(target, source, concat(&[what, " says so"])),
            None => Finding::none(source, concat(&[what, " names no field of a lead: ", text])),
        })
    };
    said(&field.mark, Source::Attribute, "data-lead")
        .or_else(|| said(&field.option, Source::Option, "the option fields"))
        .unwrap_or_else(|| by_autocomplete(field))
}

fn by_autocomplete(field: &Field) -> Finding {
    match field.kind.as_str() {
        "hidden" => return Finding::none(Source::None, "hidden inputs are read only when they are marked"),
        "checkbox" | "radio" => return Finding::none(Source::None, "it is a choice, not a text"),
        "button" | "submit" | "reset" | "image" | "file" | "color" | "range" => {
            return Finding::none(Source::None, "it holds no text");
        }
        _ => {}
    }
    if field.autocomplete.trim().is_empty() {
        return Finding::none(Source::None, "nothing says what it is: add autocomplete or data-lead");
    }
    match autocomplete::target(&field.autocomplete) {
        Some(target) => {
            Finding::of(target, Source::Autocomplete, concat(&["autocomplete is ", field.autocomplete.trim()]))
        }
        None => {
            Finding::none(Source::None, concat(&["autocomplete says nothing of a lead: ", field.autocomplete.trim()]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: &str, autocomplete: &str, mark: Option<&str>) -> Field {
        Field {
            tag: "input".into(),
            kind: kind.into(),
            autocomplete: autocomplete.into(),
            mark: mark.map(str::to_owned),
            ..Field::default()
        }
    }

    #[test]
    fn the_merchants_mark_beats_the_page_and_nothing_beats_forbidden() {
        let cases = [
            (field("text", "email", None), Some("BillingDetails.Email"), Source::Autocomplete),
            (field("text", "email", Some("DeliveryDetails.City")), Some("DeliveryDetails.City"), Source::Attribute),
            (field("email", "email", Some("ignore")), None, Source::Attribute),
            (field("email", "email", Some("Email")), None, Source::Attribute),
            (field("hidden", "", Some("ExternalReference")), Some("ExternalReference"), Source::Attribute),
            (field("hidden", "email", None), None, Source::None),
            (field("password", "email", Some("BillingDetails.Email")), None, Source::Forbidden),
            (field("text", "cc-number", Some("BillingDetails.Company")), None, Source::Forbidden),
            (field("text", "", None), None, Source::None),
        ];
        for (field, path, source) in cases {
            let finding = recognise(&field);
            assert_eq!(finding.target.map(|t| t.name()).as_deref(), path, "{field:?}");
            assert_eq!(finding.source, source, "{field:?}");
            assert!(!finding.reason.is_empty());
        }
    }

    #[test]
    fn the_option_stands_between_mark_and_autocomplete() {
        let mut field = field("text", "email", None);
        field.option = Some("BillingDetails.City".into());
        assert_eq!(recognise(&field).source, Source::Option);
        field.mark = Some("BillingDetails.Zip".into());
        assert_eq!(recognise(&field).source, Source::Attribute);
    }
}
