//! Reads a posted body: its type, its length, its JSON, who speaks.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use mime::Mime;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde_json::Number;
use serde_json::value::RawValue;
use wire::Consent;
use wire::request::MAX_BODY_BYTES;

use super::error::ApiError;
use super::{App, raw_body};
use crate::changes::RawObject;

/// A body whose cart and key have the form of such.
pub(super) struct Posted<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Posted<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let known = check_type(request.headers());
        // Read in any case: an answer to a body that was not taken may be lost with its connection.
        let bytes = raw_body::read(app, request, MAX_BODY_BYTES, ApiError::TooLarge).await;
        known?;
        let bytes = bytes?;
        let mut fields: RawObject = serde_json::from_slice(&bytes).map_err(|_| ApiError::Malformed)?;
        let text = |name| fields.read::<String>(name).unwrap_or_default();
        if !wire::is_cart_id(&text("cart")) || !wire::is_cart_key(&text("key")) {
            return Err(ApiError::Identity);
        }
        drop_bad_hints(&mut fields);
        typed(&fields).map(Self).map_err(|_| ApiError::Malformed)
    }
}

/// A request of its fields. Its changes stay unread: each is read by itself, see [`crate::changes`].
fn typed<T: DeserializeOwned>(fields: &RawObject) -> Result<T, serde_json::Error> {
    T::deserialize(MapDeserializer::new(fields.iter().map(|(name, raw)| (name.as_str(), &**raw))))
}

/// What is no more than a hint is no reason to refuse a request: a number counts as text, anything else as absent.
fn drop_bad_hints(fields: &mut RawObject) {
    for name in ["lead_code", "order_reference", "token"] {
        if fields.read::<Number>(name).is_some()
            && let Some(number) = fields.take(name)
            && let Ok(text) = RawValue::from_string(format!("\"{number}\""))
        {
            fields.insert(name, text);
        }
        if fields.read::<String>(name).is_none() {
            fields.take(name);
        }
    }
    if !fields.read::<Consent>("consent").is_some_and(|consent| is_bounded(&consent)) {
        fields.take("consent");
    }
}

/// Nobody agrees to more words than this, in characters.
const MAX_CONSENT_CHARS: usize = 4_000;

fn is_bounded(consent: &Consent) -> bool {
    let fits = |text: &Option<String>, most: usize| text.as_ref().is_none_or(|text| text.chars().nth(most).is_none());
    consent.at <= 1 << 53 && fits(&consent.text, MAX_CONSENT_CHARS) && fits(&consent.language, 35)
}

/// Takes the body of a request that is refused whatever it says. Without that the connection would be reset, and the
/// browser might never read why.
pub(super) async fn drain(app: &App, request: Request) {
    let _ = raw_body::read(app, request, MAX_BODY_BYTES, ApiError::TooLarge).await;
}

/// JSON, or plain text because a beacon cannot set another type without a preflight.
fn check_type(headers: &HeaderMap) -> Result<(), ApiError> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mime: Option<Mime> = value.and_then(|value| value.parse().ok());
    let known = mime.is_some_and(|mime| {
        [mime::APPLICATION_JSON, mime::TEXT_PLAIN].map(|m| m.essence_str() == mime.essence_str()).contains(&true)
    });
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    if known && plain { Ok(()) } else { Err(ApiError::ContentType) }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::HeaderValue;
    use wire::{CloseRequest, ConsentMode};

    use super::*;
    use crate::changes::RawSave;

    async fn read(body: Body) -> Result<Vec<u8>, ApiError> {
        raw_body::bytes(body, MAX_BODY_BYTES, ApiError::TooLarge).await
    }

    #[test]
    fn json_and_plain_text_are_read_and_nothing_else() {
        const CASES: &[(&str, bool)] = &[
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("Application/JSON", true),
            ("text/plain", true),
            ("text/plain;charset=UTF-8", true),
            ("text/html", false),
            ("application/x-www-form-urlencoded", false),
            ("application/jsonp", false),
            ("", false),
        ];
        for (text, expected) in CASES {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(text))]);
            assert_eq!(check_type(&headers).is_ok(), *expected, "{text}");
        }
        assert!(check_type(&HeaderMap::new()).is_err());
    }

    #[test]
    fn a_hint_that_is_none_does_not_refuse_the_request() {
        let read = |hints: &str| {
            let mut fields = serde_json::from_str(&format!(r#"{{"cart":"c","key":"k",{hints}}}"#)).unwrap();
            drop_bad_hints(&mut fields);
            typed::<CloseRequest>(&fields).unwrap()
        };
        let close = read(r#""order_reference":12345,"lead_code":{}"#);
        assert_eq!((close.order_reference.as_deref(), close.lead_code.as_deref()), (Some("12345"), None));
        let close = read(r#""order_reference":"A-1","lead_code":"\ud83d""#);
        assert_eq!((close.order_reference.as_deref(), close.lead_code.as_deref()), (Some("A-1"), None));
    }

    #[test]
    fn a_consent_that_is_none_is_left_out_and_a_good_one_arrives() {
        let read = |consent: &str| {
            let text =
                format!(r#"{{"cart":"c","key":"k","consent":{consent},"changes":{{"x\ud83d":"\ud83d"}},"later":[1]}}"#);
            let mut fields = serde_json::from_str(&text).unwrap();
            drop_bad_hints(&mut fields);
            typed::<RawSave>(&fields).unwrap().consent
        };
        let long = format!(r#"{{"mode":"ask","at":1,"text":"{}"}}"#, "x".repeat(MAX_CONSENT_CHARS + 1));
        for bad in ["null", r#""yes""#, r#"{"at":1}"#, r#"{"mode":"sold","at":1}"#, r#"{"mode":"ask","at":-1}"#, &long]
        {
            assert_eq!(read(bad), None, "{bad}");
        }
        let good = read(r#"{"mode":"ask","at":7,"text":"I agree","language":"en"}"#).unwrap();
        assert_eq!((good.mode, good.at, good.text.as_deref()), (ConsentMode::Ask, 7, Some("I agree")));
        assert_eq!(read(r#"{"mode":"granted","at":7}"#).unwrap().text, None);
    }

    #[tokio::test]
    async fn a_body_may_hold_64_kib_and_not_a_byte_more() {
        assert_eq!(
            read(Body::from(vec![b' '; MAX_BODY_BYTES])).await.map(|bytes| bytes.len()).unwrap(),
            MAX_BODY_BYTES
        );
        assert!(matches!(read(Body::from(vec![b' '; MAX_BODY_BYTES + 1])).await, Err(ApiError::TooLarge)));
    }
}
