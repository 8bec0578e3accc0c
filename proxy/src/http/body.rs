//! Reads a posted body: its type, its length, its JSON, who speaks.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use mime::Mime;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wire::request::MAX_BODY_BYTES;

use super::error::ApiError;
use super::{App, raw_body};

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
        let json: Value = serde_json::from_slice(&bytes).map_err(|_| ApiError::Malformed)?;
        let Value::Object(fields) = &json else { return Err(ApiError::Malformed) };
        let text = |name| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        if !wire::is_cart_id(text("cart")) || !wire::is_cart_key(text("key")) {
            return Err(ApiError::Identity);
        }
        serde_json::from_value(json).map(Self).map_err(|_| ApiError::Malformed)
    }
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

    use super::*;

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

    #[tokio::test]
    async fn a_body_may_hold_64_kib_and_not_a_byte_more() {
        assert_eq!(
            read(Body::from(vec![b' '; MAX_BODY_BYTES])).await.map(|bytes| bytes.len()).unwrap(),
            MAX_BODY_BYTES
        );
        assert!(matches!(read(Body::from(vec![b' '; MAX_BODY_BYTES + 1])).await, Err(ApiError::TooLarge)));
    }
}
