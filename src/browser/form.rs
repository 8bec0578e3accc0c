//! The form: finds it on the page.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element};
use wire::{Detail, Path};

use super::sight;
use super::survey::Survey;
use crate::browser::property;
use crate::core::config::Config;
use crate::core::field::{Finding, Target};

/// Marks what leadkeep renders: the element it renders into, and its checkbox. They are no fields of the page.
pub(crate) const HOST_ATTRIBUTE: &str = "data-leadkeep";

pub(crate) fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Whether the browser takes a text for a selector.
pub(crate) fn is_selector(text: &str) -> bool {
    document().is_none_or(|document| document.query_selector(text).is_ok())
}

/// The root to watch: the element given, the one selected (of several the one that is seen), or the one found.
pub(crate) fn root(config: &Config, given: Option<&Element>) -> Option<Element> {
    if let Some(element) = given {
        return Some(element.clone());
    }
    let document = document()?;
    match &config.form {
        Some(selector) => sight::seen_of(&document.query_selector_all(selector).ok()?),
        None => find(&document, config),
    }
}

/// The form with an e-mail address and most other fields of a lead; the whole page where no form has both, or where the
/// address stands in another form than the e-mail.
fn find(document: &Document, config: &Config) -> Option<Element> {
    let body: Element = document.body()?.into();
    let mut survey = Survey::of(&body, config);
    // Of several forms the one that is seen, while any is.
    let seen = sight::are_seen(&survey.elements);
    let is_seen = |((_, found), seen): (&(Element, Finding), &u8)| *seen == 1 && found.target.is_some();
    if survey.fields.iter().zip(&seen).any(is_seen) {
        for ((_, found), _) in survey.fields.iter_mut().zip(&seen).filter(|(_, seen)| **seen == 0) {
            found.target = None;
        }
    }
    let owner = |field: &Element| property(field, "form");
    let has = |form: &JsValue, is: fn(&Finding) -> bool| {
        survey.fields.iter().filter(|(field, found)| is(found) && owner(field) == *form).count()
    };
    let (mut best, mut most) = (None, 1);
    for (field, _) in survey.fields.iter().filter(|(_, found)| is_email(found)) {
        let form = owner(field);
        let count = has(&form, |found| found.target.is_some());
        if count > most {
            (best, most) = (Some(form), count);
        }
    }
    let place = survey.fields.iter().find(|(_, found)| is_place(found));
    let email = survey.fields.iter().find(|(_, found)| is_email(found));
    if email.and(place).is_some() && best.as_ref().is_none_or(|form| has(form, is_place) == 0) {
        return Some(body);
    }
    Some(best?.dyn_into().unwrap_or(body))
}

fn is_place(found: &Finding) -> bool {
    matches!(found.target, Some(Target::Lead(Path::Detail(_, Detail::City | Detail::Zip))))
}

fn is_email(found: &Finding) -> bool {
    matches!(found.target, Some(Target::Lead(Path::Detail(_, Detail::Email))))
}

/// The element after which the component stands: the row of the e-mail field.
pub(crate) fn email_row(survey: &Survey, root: &Element) -> Option<Element> {
    let (field, _) = survey.fields.iter().find(|(_, found)| is_email(found))?;
    Some(sight::row_of(field, root))
}
