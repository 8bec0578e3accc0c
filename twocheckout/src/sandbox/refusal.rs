//! Why the sandbox says no, in the words of both protocols.
//!
//! 10000 to 10002 and REST's 401 are seen in public clients of 2Checkout; `INPUT_ERROR` is the name on its page on
//! subscription usage. `LEAD_NOT_FOUND`, `PRODUCT_NOT_FOUND` and the statuses beside 401 are this sandbox's own.

use axum::http::StatusCode;

pub(super) enum Refusal {
    /// Wrong merchant, hash or algorithm.
    Credentials,
    /// The clock of the caller is wrong.
    Clock,
    /// No proof at all.
    NoCredentials,
    /// The session is none.
    Session,
    /// The session was one.
    SessionExpired,
    /// What is wrong, by the names of fields, never their values.
    Input(String),
    /// No lead of that code.
    UnknownLead,
    /// No product of that code.
    UnknownProduct,
    /// No method of that name.
    UnknownMethod,
    /// The machine gives no random numbers.
    Broken,
}

/// What 2Checkout says of a sign-in: issues 13 and 14 of its PHP SDK.
const CLOCK: &str = "Time offset mismatch";
const KEY: &str = "Hash signature could not be authenticated";

pub(super) struct Words {
    pub(super) number: i32,
    pub(super) name: &'static str,
    pub(super) message: String,
    pub(super) status: StatusCode,
}

impl Refusal {
    pub(super) fn in_rpc(self) -> Words {
        let (number, name, message) = match self {
            Self::Credentials => (10000, "FORBIDDEN", KEY.into()),
            Self::Clock => (10000, "FORBIDDEN", CLOCK.into()),
            Self::NoCredentials => (10000, "FORBIDDEN", "Invalid hash provided or session expired".into()),
            Self::Session => (10001, "INVALID_SESSION", "Invalid session".into()),
            Self::SessionExpired => (10002, "SESSION_EXPIRED", "Session expired".into()),
            Self::Input(what) => (-32602, "INPUT_ERROR", what),
            Self::UnknownLead => (404, "LEAD_NOT_FOUND", "Lead not found".into()),
            Self::UnknownProduct => (404, "PRODUCT_NOT_FOUND", "Product not found".into()),
            Self::UnknownMethod => (-32601, "METHOD_NOT_FOUND", "Method not found".into()),
            Self::Broken => (-32603, "INTERNAL_ERROR", "Internal error".into()),
        };
        Words { number, name, message, status: StatusCode::OK }
    }

    pub(super) fn in_rest(self) -> Words {
        let needed = "Authentication needed for this resource";
        let (status, name, message) = match self {
            Self::Credentials => (StatusCode::UNAUTHORIZED, "AUTHENTICATION_ERROR", KEY.into()),
            Self::Clock => (StatusCode::UNAUTHORIZED, "AUTHENTICATION_ERROR", CLOCK.into()),
            Self::NoCredentials | Self::Session | Self::SessionExpired => {
                (StatusCode::UNAUTHORIZED, "AUTHENTICATION_ERROR", needed.into())
            }
            Self::Input(what) => (StatusCode::BAD_REQUEST, "INPUT_ERROR", what),
            Self::UnknownLead => (StatusCode::NOT_FOUND, "LEAD_NOT_FOUND", "Lead not found".into()),
            Self::UnknownProduct => (StatusCode::NOT_FOUND, "PRODUCT_NOT_FOUND", "Product not found".into()),
            Self::UnknownMethod => (StatusCode::NOT_FOUND, "METHOD_NOT_FOUND", "Method not found".into()),
            Self::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR", "Internal error".into()),
        };
        Words { number: 0, name, message, status }
    }
}
