//! The merchant's settings, checked.

use crate::core::error::Error;
use crate::core::texts::{self, Texts};

/// When capture may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Consent {
    /// The component shows a checkbox.
    #[default]
    Ask,
    /// The page calls `consent(true)`.
    External,
    /// The merchant has another legal basis.
    Granted,
}

/// The settings of a capture. `Default` is what an absent option means; only `endpoint` has no default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// URL of the proxy, such as `/api/lead`.
    pub endpoint: String,
    /// Selector of the form or container to watch; found on the page when absent.
    pub form: Option<String>,
    /// Selector of the element to render into; after the e-mail field's row when absent.
    pub slot: Option<String>,
    /// When capture may begin.
    pub consent: Consent,
    /// ISO 4217.
    pub currency: Option<String>,
    /// ISO 639-1; the page's language when absent.
    pub language: Option<String>,
    /// Selector of a JSON script with 2Checkout `Items`, or `dataLayer`.
    pub items: Option<String>,
    /// What fields mean: a selector and a lead path, or `ignore`.
    pub fields: Vec<(String, String)>,
    /// Debounce before sending, in milliseconds: 800.
    pub quiet_ms: u64,
    /// Longest wait while typing goes on, in milliseconds: 5000.
    pub max_wait_ms: u64,
    /// Passed to 2Checkout.
    pub external_reference: Option<String>,
    /// Passed to 2Checkout.
    pub source: Option<String>,
    /// Passed to 2Checkout.
    pub customer_reference: Option<String>,
    /// The shop's privacy page; the checkbox links to it.
    pub privacy_url: Option<String>,
    /// Text beside the consent checkbox; that of the language in use when absent.
    pub consent_text: Option<String>,
    /// Text shown when the proxy has everything; that of the language in use when absent.
    pub saved_text: Option<String>,
    /// The texts of the language in use; those that are built in when absent.
    pub texts: Option<Texts>,
}

impl Config {
    /// Default settings for an endpoint.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            form: None,
            slot: None,
            consent: Consent::Ask,
            currency: None,
            language: None,
            items: None,
            fields: Vec::new(),
            quiet_ms: 800,
            max_wait_ms: 5_000,
            external_reference: None,
            source: None,
            customer_reference: None,
            privacy_url: None,
            consent_text: None,
            saved_text: None,
            texts: None,
        }
    }

    /// What the shopper reads: the merchant's own words first.
    #[must_use]
    pub fn texts(&self) -> Texts {
        let mut texts = self.texts.clone().unwrap_or_else(|| texts::built_in("en"));
        if let Some(consent) = &self.consent_text {
            texts.consent = consent.clone().into();
        }
        if let Some(saved) = &self.saved_text {
            texts.saved = saved.clone().into();
        }
        texts
    }

    /// Checks the settings and brings currency and language into the form 2Checkout wants.
    ///
    /// # Errors
    /// `config/option` for an endpoint, a currency, a language or a path in `fields` that is none.
    pub fn checked(mut self) -> Result<Self, Error> {
        let letters = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_alphabetic());
        if self.endpoint.trim().is_empty() {
            return Err(Error::option("endpoint to be the URL of the proxy, such as \"/api/lead\"", "nothing"));
        }
        if let Some(currency) = &mut self.currency {
            if !letters(currency, 3) {
                return Err(Error::option("currency to be an ISO 4217 code, such as \"EUR\"", currency));
            }
            currency.make_ascii_uppercase();
        }
        if let Some(language) = &mut self.language {
            // BCP 47: the language stands before the first hyphen; 2Checkout knows two letters.
            let code = language.split(['-', '_']).next().unwrap_or_default().to_ascii_uppercase();
            if !letters(&code, 2) {
                return Err(Error::option("language to be an ISO 639-1 code, such as \"EN\"", language));
            }
            *language = code;
        }
        if let Some(url) = &self.privacy_url
            && url
                .split_once(':')
                .is_some_and(|(scheme, _)| !matches!(scheme, "http" | "https") && !scheme.contains('/'))
        {
            return Err(Error::option("privacyUrl to be the URL of a page, such as \"/privacy\"", url));
        }
        for (_, path) in &self.fields {
            if path != "ignore" && crate::core::field::Target::from_name(path).is_none() {
                return Err(Error::option("fields to name a path of the lead, such as \"BillingDetails.Email\"", path));
            }
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_option_says_what_was_expected_and_what_was_received() {
        let with = |change: fn(&mut Config)| {
            let mut config = Config::new("/api/lead");
            change(&mut config);
            config.checked().map_err(|error| error.to_string())
        };
        assert_eq!(
            with(|c| c.endpoint.clear()),
            Err("expected endpoint to be the URL of the proxy, such as \"/api/lead\", received nothing".into())
        );
        assert_eq!(
            with(|c| c.currency = Some("Euro".into())),
            Err("expected currency to be an ISO 4217 code, such as \"EUR\", received Euro".into())
        );
        assert_eq!(
            with(|c| c.fields = vec![("#x".into(), "Mail".into())]),
            Err("expected fields to name a path of the lead, such as \"BillingDetails.Email\", received Mail".into())
        );
        let good = with(|c| (c.currency, c.language) = (Some("eur".into()), Some("pt-BR".into()))).unwrap();
        assert_eq!((good.currency.as_deref(), good.language.as_deref()), (Some("EUR"), Some("PT")));
    }
}
