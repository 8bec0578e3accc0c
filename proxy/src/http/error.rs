//! What a request is refused with: a code, a message that names what was expected and repeats nothing, a request id.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::answer;

use super::schema::{Problem, Reason};
use crate::cart::Status;
use crate::store::StoreError;

/// 408: the body did not arrive in time.
pub(crate) const TIMEOUT: &str = "lead/timeout";
/// 503: too many requests at this moment; `Retry-After` says when to come back.
pub(crate) const BUSY: &str = "lead/busy";
/// 403: the demo answers to the host names of loopback alone.
pub(crate) const HOST: &str = "lead/host";
/// 403: a cart may only begin on a page that carries a token of the shop's.
pub(crate) const PAGE_TOKEN: &str = "lead/token";
/// 503, to operators alone: 2Checkout does not accept the credentials.
pub(crate) const CREDENTIALS: &str = "lead/credentials";
/// 500: a fault of the proxy.
pub(crate) const INTERNAL: &str = "lead/internal";

/// Why a request is refused. Rendered in one place, where the request id is known: [`super::record`].
#[derive(Debug, Clone)]
pub(crate) enum ApiError {
    Closed(Status),
    Origin,
    Host,
    PageToken,
    Credentials,
    Key,
    Identity,
    Malformed,
    TooLarge,
    ContentType,
    Rate {
        retry_after_s: u64,
    },
    Crowded {
        retry_after_s: u64,
    },
    /// A notification of an order that is not signed with this account's key.
    Signature,
    /// A notification of an order that cannot be read.
    Notification,
    NotificationTooLarge,
    /// The shop's token is missing or wrong.
    Token,
    /// An order of the shop that cannot be read, or names no cart.
    Order,
    NotFound,
    Method {
        allow: &'static str,
    },
    Timeout,
    Busy,
    Store(Arc<StoreError>),
    Internal,
}

impl ApiError {
    pub(crate) fn code(&self) -> &'static str {
        self.facts().1
    }

    /// What the operator should know and the browser need not.
    pub(crate) fn cause(&self) -> Option<String> {
        match self {
            Self::Store(error) => Some(error.to_string()),
            Self::Internal => Some("a task panicked".to_owned()),
            _ => None,
        }
    }

    fn facts(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Closed(_) => (StatusCode::CONFLICT, answer::CLOSED, "the cart is completed or withdrawn"),
            Self::Origin => {
                (StatusCode::FORBIDDEN, answer::ORIGIN, "expected an origin that this proxy allows (--allow-origin)")
            }
            Self::Host => (StatusCode::FORBIDDEN, HOST, "expected a host name of this machine, such as localhost"),
            Self::PageToken => (
                StatusCode::FORBIDDEN,
                PAGE_TOKEN,
                "expected the token that the shop's page carries (data-token), not too old; load the page anew",
            ),
            Self::Credentials => (
                StatusCode::SERVICE_UNAVAILABLE,
                CREDENTIALS,
                "2Checkout does not accept the credentials; changes are kept until it does",
            ),
            Self::Key => (StatusCode::FORBIDDEN, answer::KEY, "expected the key of this cart"),
            Self::Identity => (
                StatusCode::BAD_REQUEST,
                answer::IDENTITY,
                "expected cart (16 to 64 of A-Z a-z 0-9 - _) and key (22 to 64 of the same)",
            ),
            Self::Malformed => {
                (StatusCode::BAD_REQUEST, answer::MALFORMED, "expected the JSON that /api/openapi.json describes")
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, answer::TOO_LARGE, "expected at most 65536 bytes"),
            Self::ContentType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                answer::CONTENT_TYPE,
                "expected content-type application/json or text/plain, not compressed",
            ),
            Self::Rate { .. } => (StatusCode::TOO_MANY_REQUESTS, answer::RATE, "expected fewer requests"),
            Self::Crowded { .. } => (StatusCode::SERVICE_UNAVAILABLE, BUSY, "too many new carts at this time"),
            Self::Signature => (
                StatusCode::BAD_REQUEST,
                "ipn/signature",
                "expected a notification signed with the secret key of this account, with SHA3-256 or SHA-256",
            ),
            Self::Notification => (
                StatusCode::BAD_REQUEST,
                "ipn/malformed",
                "expected application/x-www-form-urlencoded with each field once, or as a list",
            ),
            Self::NotificationTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, "ipn/too-large", "expected at most 262144 bytes")
            }
            Self::Token => (
                StatusCode::UNAUTHORIZED,
                "orders/token",
                "expected Authorization: Bearer with the token of LEADKEEP_SHOP_TOKEN",
            ),
            Self::Order => (
                StatusCode::BAD_REQUEST,
                "orders/malformed",
                "expected JSON with cart, external_reference, lead_code or email, as /api/openapi.json describes",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, answer::NOT_FOUND, "expected a path of this proxy"),
            Self::Method { .. } => (StatusCode::METHOD_NOT_ALLOWED, answer::METHOD, "expected another method"),
            Self::Timeout => (StatusCode::REQUEST_TIMEOUT, TIMEOUT, "expected the body to arrive in time"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, BUSY, "too many requests at this moment"),
            Self::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, answer::STORE, "nothing was kept: the store failed"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, INTERNAL, "the proxy failed"),
        }
    }

    /// The answer with its request id.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let (status, code, message) = self.facts();
        let reason = match self {
            Self::Closed(Status::Withdrawn) => Some(Reason::Withdrawn),
            Self::Closed(_) => Some(Reason::Completed),
            _ => None,
        };
        let problem = Problem { code, message, request_id: request_id.to_owned(), reason };
        let mut response = (status, axum::Json(problem)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Rate { retry_after_s } | Self::Crowded { retry_after_s } => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*retry_after_s));
            }
            Self::Busy | Self::Store(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(1));
            }
            Self::Token => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Method { allow } => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allow));
            }
            _ => {}
        }
        response
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.facts().0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}
