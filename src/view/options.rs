//! The options of `start()`, out of what JavaScript gives. What each must be is said in the core.

use js_sys::Reflect;
use serde_wasm_bindgen::from_value;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::browser::{Given, json};
use crate::core::config::{self, Config};
use crate::core::error::Error;
use crate::core::loose::Loose;
use crate::core::texts::Texts;

/// The properties that an object has by itself. What a page's scripts have put on `Object.prototype` is no option.
pub(super) struct Options(Vec<(String, JsValue)>);

impl Options {
    /// Whatever is no object has none.
    pub(super) fn of(given: &JsValue) -> Self {
        let names = Reflect::own_keys(given).unwrap_or_default();
        let own = |name: JsValue| Some((name.as_string()?, Reflect::get(given, &name).ok()?));
        Self(names.iter().filter_map(own).collect())
    }

    fn value(&self, name: &str) -> JsValue {
        self.0.iter().find(|(known, _)| known == name).map_or(JsValue::UNDEFINED, |(_, value)| value.clone())
    }

    /// As a text, a number or a list of them.
    fn loose(&self, name: &str) -> Loose {
        from_value(self.value(name)).unwrap_or(Loose::Other)
    }

    /// The options that are texts, numbers and pairs of texts.
    pub(super) fn config(&self) -> Result<Config, Error> {
        let mut config = Config::new("");
        let mut endpoint = None;
        for (name, option) in [
            ("endpoint", &mut endpoint),
            ("form", &mut config.form),
            ("slot", &mut config.slot),
            ("currency", &mut config.currency),
            ("language", &mut config.language),
            ("items", &mut config.items),
            ("promotions", &mut config.promotions),
            ("externalReference", &mut config.external_reference),
            ("source", &mut config.source),
            ("customerReference", &mut config.customer_reference),
            ("token", &mut config.token),
            ("privacyUrl", &mut config.privacy_url),
            ("consentText", &mut config.consent_text),
            ("savedText", &mut config.saved_text),
        ] {
            let is_object = self.value(name).is_object() || self.value(name).is_function();
            // These go another way, see [`Options::given`].
            if !(is_object && matches!(name, "form" | "items" | "promotions")) {
                *option = config::text(name, &self.loose(name))?;
            }
        }
        config.endpoint = endpoint.unwrap_or_default();
        for (name, option) in [("quietMs", &mut config.quiet_ms), ("maxWaitMs", &mut config.max_wait_ms)] {
            *option = config::milliseconds(name, &self.loose(name), *option)?;
        }
        config.consent = config::consent(&self.loose("consent"))?;
        config.texts = texts(&self.loose("texts"));
        config.terms = self.loose("terms").text().unwrap_or_default().to_owned();
        let fields = self.loose("fields");
        // An attribute holds it as JSON.
        let parsed = fields.text().and_then(json::read);
        config.fields = config::fields(parsed.as_ref().unwrap_or(&fields))?;
        Ok(config)
    }

    /// The options that are objects: an element, lists, functions.
    pub(super) fn given(&self) -> Given {
        Given {
            root: self.value("form").dyn_into::<Element>().ok(),
            items: self.value("items"),
            promotions: self.value("promotions"),
            ..Given::default()
        }
    }
}

/// The texts that were loaded for the language in use.
fn texts(given: &Loose) -> Option<Texts> {
    let text = |name| given.get(name).text().map(|text| text.to_owned().into());
    Some(Texts {
        language: text("language")?,
        consent: text("consent")?,
        saved: text("saved")?,
        withdraw: text("withdraw")?,
        privacy: text("privacy")?,
    })
}
