//! What a request is refused with: a code, a message that names what was expected and repeats nothing, a request id.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use wire::{CloseReason, ErrorCode, Problem};

use crate::cart::Status;
use crate::store::StoreError;

/// Why a request is refused. Rendered in one place, where the request id is known: [`super::record`].
#[derive(Debug, Clone)]
pub(crate) enum ApiError {
    Closed(Status),
    /// A page of an origin that is not allowed: which, where the header is one.
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
        self.facts().1.name()
    }

    /// What the operator should know and the browser need not.
    pub(crate) fn cause(&self) -> Option<String> {
        match self {
            Self::Store(error) => Some(error.to_string()),
            Self::Internal => Some("a task panicked".to_owned()),
            _ => None,
        }
    }

    fn facts(&self) -> (StatusCode, ErrorCode, &'static str) {
        match self {
            Self::Closed(_) => (StatusCode::CONFLICT, ErrorCode::Closed, "the cart is completed or withdrawn"),
            Self::Origin => (
                StatusCode::FORBIDDEN,
                ErrorCode::Origin,
                "the proxy does not accept pages from this origin; start it with --allow-origin, or pass Host on",
            ),
            Self::Host => {
                (StatusCode::FORBIDDEN, ErrorCode::Host, "expected a host name of this machine, such as localhost")
            }
            Self::PageToken => (
                StatusCode::FORBIDDEN,
                ErrorCode::PageToken,
                "expected the token that the shop's page carries (data-token), not too old; load the page anew",
            ),
            Self::Credentials => (
                StatusCode::SERVICE_UNAVAILABLE,
                ErrorCode::Credentials,
                "2Checkout does not accept the credentials; changes are kept until it does",
            ),
            Self::Key => (StatusCode::FORBIDDEN, ErrorCode::Key, "expected the key of this cart"),
            Self::Identity => (
                StatusCode::BAD_REQUEST,
                ErrorCode::Identity,
                "expected cart (16 to 64 of A-Z a-z 0-9 - _) and key (22 to 64 of the same)",
            ),
            Self::Malformed => {
                (StatusCode::BAD_REQUEST, ErrorCode::Malformed, "expected the JSON that /api/openapi.json describes")
            }
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge, "expected at most 65536 bytes"),
            Self::ContentType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                ErrorCode::ContentType,
                "expected content-type application/json or text/plain, not compressed",
            ),
            Self::Rate { .. } => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::Rate, "expected fewer requests"),
            Self::Crowded { .. } => {
                (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy, "too many new carts at this time")
            }
            Self::Signature => (
                StatusCode::BAD_REQUEST,
                ErrorCode::IpnSignature,
                "expected a notification signed with the secret key of this account, with SHA3-256 or SHA-256",
            ),
            Self::Notification => (
                StatusCode::BAD_REQUEST,
                ErrorCode::IpnMalformed,
                "expected application/x-www-form-urlencoded with each field once, or as a list",
            ),
            Self::NotificationTooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::IpnTooLarge, "expected at most 262144 bytes")
            }
            Self::Token => (
                StatusCode::UNAUTHORIZED,
                ErrorCode::OrdersToken,
                "expected Authorization: Bearer with the token of LEADKEEP_SHOP_TOKEN",
            ),
            Self::Order => (
                StatusCode::BAD_REQUEST,
                ErrorCode::OrdersMalformed,
                "expected JSON with cart, external_reference, lead_code or email, as /api/openapi.json describes",
            ),
            Self::NotFound => (StatusCode::NOT_FOUND, ErrorCode::NotFound, "expected a path of this proxy"),
            Self::Method { .. } => (StatusCode::METHOD_NOT_ALLOWED, ErrorCode::Method, "expected another method"),
            Self::Timeout => (StatusCode::REQUEST_TIMEOUT, ErrorCode::Timeout, "expected the body to arrive in time"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy, "too many requests at this moment"),
            Self::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Store, "nothing was kept: the store failed"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal, "the proxy failed"),
        }
    }

    /// The answer with its request id.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let (status, code, message) = self.facts();
        let reason = match self {
            Self::Closed(Status::Withdrawn) => Some(CloseReason::Withdrawn),
            Self::Closed(_) => Some(CloseReason::Completed),
            _ => None,
        };
        let problem = Problem {
            code: code.name().to_owned(),
            message: message.to_owned(),
            request_id: request_id.to_owned(),
            reason,
        };
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
