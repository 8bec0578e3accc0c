//! The merchant's settings, checked.

use crate::core::error::Error;
use crate::core::field::Target;
use crate::core::loose::Loose;
use crate::core::texts::Texts;

/// What each option must be, in the words of its error. The only place that says so: the loader checks no more than what it
/// needs itself.
const EXPECTED: &[(&str, &str)] = &[
    ("endpoint", "the URL of the proxy, such as \"/api/lead\""),
    ("consent", "\"ask\", \"external\" or \"granted\""),
    ("currency", "an ISO 4217 code, such as \"EUR\""),
    ("language", "an ISO 639-1 code, such as \"EN\""),
    ("quietMs", "a number of milliseconds"),
    ("maxWaitMs", "a number of milliseconds"),
    ("form", "a CSS selector, such as \"#checkout\""),
    ("slot", "a CSS selector, such as \"#checkout\""),
    ("items", "a CSS selector, such as \"#checkout\""),
    ("privacyUrl", "the URL of a page, such as \"/privacy\""),
    ("promotions", "coupon codes, such as \"SUMMER,TEN\""),
    ("fields", "selectors and paths in JSON, such as {\"#mail\":\"BillingDetails.Email\"}"),
];
/// For the others.
const TEXT: &str = "a text";
/// The longest pause, in milliseconds: a quarter of an hour.
const MAX_MS: u64 = 999_999;

/// When capture may begin: when the shopper ticks the checkbox, when the page calls `consent(true)`, or at once, where the merchant
/// has another legal basis.
pub use wire::ConsentMode as Consent;

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
    /// Coupon codes, by commas.
    pub promotions: Option<String>,
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
    /// What the shop's server has rendered into the page for its proxy to check.
    pub token: Option<String>,
    /// The shop's privacy page; the checkbox links to it.
    pub privacy_url: Option<String>,
    /// Text beside the consent checkbox; that of the language in use when absent.
    pub consent_text: Option<String>,
    /// Text shown when the proxy has everything; that of the language in use when absent.
    pub saved_text: Option<String>,
    /// The words of the language in use; those that are built in for `language` when absent.
    pub texts: Option<Texts>,
    /// The terms that were loaded for the letters of the page, beside those that are built in.
    pub terms: String,
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
            promotions: None,
            fields: Vec::new(),
            quiet_ms: 800,
            max_wait_ms: 5_000,
            external_reference: None,
            source: None,
            customer_reference: None,
            token: None,
            privacy_url: None,
            consent_text: None,
            saved_text: None,
            texts: None,
            terms: String::new(),
        }
    }

    /// What the shopper reads: the merchant's own words, then those of `texts`, then those that are built in for `language`,
    /// else English.
    #[must_use]
    pub fn shown_texts(&self) -> Texts {
        let built_in = || Texts::built_in(self.language.as_deref().unwrap_or("en")).or_else(|| Texts::built_in("en"));
        let mut texts = match (&self.texts, built_in()) {
            (Some(texts), _) => texts.clone(),
            (None, Some(texts)) => texts.clone(),
            (None, None) => return Texts::default(),
        };
        if let Some(consent) = &self.consent_text {
            texts.consent = consent.clone().into();
        }
        if let Some(saved) = &self.saved_text {
            texts.saved = saved.clone().into();
        }
        texts
    }

    /// Checks the settings and brings currency and language into the form 2Checkout wants. `is_selector` says what a browser
    /// takes for one.
    ///
    /// # Errors
    /// `config/option` for a setting that is none: `expected …, received …`.
    pub fn checked(mut self, is_selector: impl Fn(&str) -> bool) -> Result<Self, Error> {
        if self.endpoint.trim().is_empty() {
            let received = if self.endpoint.is_empty() { "nothing".to_owned() } else { quoted(&self.endpoint) };
            return Err(refused("endpoint", &received));
        }
        if let Some(currency) = &mut self.currency {
            if !letters(currency, 3) {
                return Err(refused("currency", &quoted(currency)));
            }
            currency.make_ascii_uppercase();
        }
        if let Some(language) = &mut self.language {
            // BCP 47: the language stands before the first hyphen; 2Checkout knows two letters.
            let code = language.split(['-', '_']).next().unwrap_or_default().to_ascii_uppercase();
            if !letters(&code, 2) {
                return Err(refused("language", &quoted(language)));
            }
            *language = code;
        }
        if self.privacy_url.as_ref().is_some_and(|url| !is_page(url)) {
            return Err(refused("privacyUrl", &quoted(self.privacy_url.as_deref().unwrap_or_default())));
        }
        for (name, ms) in [("quietMs", self.quiet_ms), ("maxWaitMs", self.max_wait_ms)] {
            if ms > MAX_MS {
                return Err(refused(name, &wire::json::digits(ms)));
            }
        }
        for (name, selector) in [("form", &self.form), ("slot", &self.slot), ("items", &self.items)] {
            if let Some(selector) = selector.as_ref().filter(|selector| !is_selector(selector)) {
                return Err(refused(name, &quoted(selector)));
            }
        }
        for (selector, path) in &self.fields {
            if path != "ignore" && Target::from_name(path).is_none() {
                let expected = "fields to name a path of the lead, such as \"BillingDetails.Email\"";
                return Err(Error::option(expected, &quoted(path)));
            }
            if !is_selector(selector) {
                return Err(refused("fields", &quoted(selector)));
            }
        }
        Ok(self)
    }
}

/// An option that is a text, or a number that is taken for one.
///
/// # Errors
/// `config/option` for anything else.
pub fn text(name: &str, given: &Loose) -> Result<Option<String>, Error> {
    match given {
        Loose::Nothing => Ok(None),
        given => given.label().map(Some).ok_or_else(|| refused(name, &received(given))),
    }
}

/// An option that is a time in milliseconds: a number or the text of one.
///
/// # Errors
/// `config/option` for anything else.
pub fn milliseconds(name: &str, given: &Loose, default: u64) -> Result<u64, Error> {
    match given {
        Loose::Nothing => Ok(default),
        given => given.whole().ok_or_else(|| refused(name, &received(given))),
    }
}

/// When capture may begin.
///
/// # Errors
/// `config/option` for anything that is none of the three words.
pub fn consent(given: &Loose) -> Result<Consent, Error> {
    match given {
        Loose::Nothing => Ok(Consent::Ask),
        given => {
            let mode = Consent::ALL.into_iter().find(|mode| given.text() == Some(mode.name()));
            mode.ok_or_else(|| refused("consent", &received(given)))
        }
    }
}

/// What fields mean: `{ selector: path }`, or the other way round.
///
/// # Errors
/// `config/option` for anything else.
pub fn fields(given: &Loose) -> Result<Vec<(String, String)>, Error> {
    let members = match given {
        Loose::Nothing => return Ok(Vec::new()),
        Loose::Object(members) => members,
        other => return Err(refused("fields", &received(other))),
    };
    let mut pairs = Vec::new();
    for (key, value) in members {
        let value = value.text().ok_or_else(|| refused("fields", &received(value)))?;
        let (path, selector) =
            if Target::from_name(key).is_some() { (key.as_str(), value) } else { (value, key.as_str()) };
        pairs.push((selector.to_owned(), path.to_owned()));
    }
    Ok(pairs)
}

fn refused(name: &str, received: &str) -> Error {
    let expected = EXPECTED.iter().find(|(known, _)| *known == name).map_or(TEXT, |(_, expected)| expected);
    Error::option(&wire::concat(&[name, " to be ", expected]), received)
}

/// The merchant's own setting, as it may be repeated to the merchant.
fn received(given: &Loose) -> String {
    match given {
        Loose::Text(text) => quoted(text),
        Loose::Nothing => "nothing".to_owned(),
        Loose::Number(_) => given.label().unwrap_or_else(|| "another number".to_owned()),
        Loose::List(_) => "a list".to_owned(),
        Loose::Flag(_) => "true or false".to_owned(),
        Loose::Object(_) | Loose::Other => "an object".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    wire::concat(&["\"", text, "\""])
}

/// A path, or an address of the web: not `javascript:`.
fn is_page(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme);
    scheme.is_none_or(|scheme| matches!(scheme, "http" | "https") || scheme.contains(['/', '?', '#']))
}

fn letters(text: &str, n: usize) -> bool {
    text.len() == n && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_option_says_what_was_expected_and_what_was_received() {
        let with = |change: fn(&mut Config)| {
            let mut config = Config::new("/api/lead");
            change(&mut config);
            config.checked(|selector| !selector.contains('!'))
        };
        type Case = (fn(&mut Config), &'static str);
        let cases: [Case; 9] = [
            (|c| c.endpoint.clear(), r#"endpoint to be the URL of the proxy, such as "/api/lead", received nothing"#),
            (|c| c.endpoint = " ".into(), r#"endpoint to be the URL of the proxy, such as "/api/lead", received " ""#),
            (
                |c| c.currency = Some("Euro".into()),
                r#"currency to be an ISO 4217 code, such as "EUR", received "Euro""#,
            ),
            (|c| c.language = Some("1".into()), r#"language to be an ISO 639-1 code, such as "EN", received "1""#),
            (|c| c.quiet_ms = 1_000_000, "quietMs to be a number of milliseconds, received 1000000"),
            (|c| c.max_wait_ms = 1_000_000, "maxWaitMs to be a number of milliseconds, received 1000000"),
            (|c| c.slot = Some("#1!".into()), r##"slot to be a CSS selector, such as "#checkout", received "#1!""##),
            (
                |c| c.fields = vec![("#x".into(), "Mail".into())],
                r#"fields to name a path of the lead, such as "BillingDetails.Email", received "Mail""#,
            ),
            (
                |c| c.fields = vec![("#x!".into(), "ignore".into())],
                r##"fields to be selectors and paths in JSON, such as {"#mail":"BillingDetails.Email"}, received "#x!""##,
            ),
        ];
        for (change, expected) in cases {
            assert_eq!(message(with(change)), format!("expected {expected}"));
        }
        let good = with(|c| (c.currency, c.language) = (Some("eur".into()), Some("pt-BR".into()))).unwrap();
        assert_eq!((good.currency.as_deref(), good.language.as_deref()), (Some("EUR"), Some("PT")));
    }

    #[test]
    fn what_javascript_gives_is_taken_where_it_makes_sense_and_else_refused() {
        let read = |json: &str| serde_json::from_str::<Loose>(json).unwrap();
        assert_eq!(text("source", &read("4711")), Ok(Some("4711".into())), "the number of an order is a number");
        assert_eq!(message(text("source", &read("[]"))), "expected source to be a text, received a list");
        assert_eq!(milliseconds("quietMs", &read("null"), 800), Ok(800));
        assert_eq!(milliseconds("quietMs", &read(r#""250""#), 800), Ok(250));
        for (json, received) in [(r#""fast""#, r#""fast""#), ("-1", "another number"), ("{}", "an object")] {
            let expected = format!("expected quietMs to be a number of milliseconds, received {received}");
            assert_eq!(message(milliseconds("quietMs", &read(json), 800)), expected);
        }
        assert_eq!(consent(&read(r#""granted""#)), Ok(Consent::Granted));
        let expected = r#"expected consent to be "ask", "external" or "granted", received "yes""#;
        assert_eq!(message(consent(&read(r#""yes""#))), expected);
    }

    #[test]
    fn fields_are_pairs_either_way_round_and_nothing_else() {
        let read = |json: &str| fields(&serde_json::from_str(json).unwrap());
        let mail = vec![("#mail".to_owned(), "BillingDetails.Email".to_owned())];
        assert_eq!(read(r##"{"#mail": "BillingDetails.Email"}"##), Ok(mail.clone()));
        assert_eq!(read(r##"{"BillingDetails.Email": "#mail"}"##), Ok(mail));
        assert_eq!(read("null"), Ok(Vec::new()));
        for json in [r##""{'#mail': 1}""##, "[]", r##"{"#mail": null}"##, r##"{"#mail": ["a"]}"##] {
            assert!(message(read(json)).starts_with("expected fields to be selectors and paths in JSON, "), "{json}");
        }
    }
}
