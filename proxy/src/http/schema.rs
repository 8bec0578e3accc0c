//! The shapes that travel, for the answers and for `/api/openapi.json`. Requests are read by `wire`, which judges each
//! change by itself; their schemas here say what it accepts.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

/// One change of a field, as the widget sends it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a schema; wire::request reads it")]
pub(crate) struct Change {
    /// The text, or the list for `Items` and `Promotions`; null when the shopper cleared the field.
    #[schema(required = true, nullable = true)]
    value: serde_json::Value,
    /// When the shopper made it, in milliseconds of the Unix epoch, by the shopper's clock.
    #[schema(maximum = 9_007_199_254_740_992_i64)]
    at: u64,
}

/// What changed in the lead of a cart.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a schema; wire::request reads it")]
pub(crate) struct Save {
    /// Random id of the cart.
    #[schema(min_length = 16, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    cart: String,
    /// Random key of the cart; the first request with a cart decides it.
    #[schema(min_length = 22, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    key: String,
    /// What the browser believes its lead is called. A hint.
    lead_code: Option<String>,
    /// What the shop's page carries as `data-token`; needed to begin a cart where the operator asks for it.
    token: Option<String>,
    /// By path: `BillingDetails.Email`, `DeliveryDetails.City`, `Items`, `Currency`, ... A change that cannot enter the
    /// lead is dropped and named in the answer.
    changes: BTreeMap<String, Change>,
}

/// The end of a cart.
#[derive(ToSchema)]
#[allow(dead_code, reason = "a schema; wire::request reads it")]
pub(crate) struct Close {
    /// Random id of the cart.
    #[schema(min_length = 16, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    cart: String,
    /// Random key of the cart.
    #[schema(min_length = 22, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    key: String,
    /// What the browser believes its lead is called. A hint.
    lead_code: Option<String>,
    /// The merchant's number of the order, on completion, at most 100 characters.
    order_reference: Option<String>,
}

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SavedState {
    /// 2Checkout has it.
    Saved,
    /// The proxy has it safely, 2Checkout does not yet.
    Queued,
}

/// The answer to a save.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SaveAnswer {
    pub(crate) state: SavedState,
    /// What 2Checkout calls the lead; null as long as there is none.
    #[schema(required = true)]
    pub(crate) lead_code: Option<String>,
    /// Names of the changes that could not enter the lead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) dropped: Vec<String>,
}

/// `closed`
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ClosedState {
    Closed,
}

/// The answer to a completion or a withdrawal.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CloseAnswer {
    pub(crate) state: ClosedState,
}

/// How a cart was closed.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Reason {
    Completed,
    Withdrawn,
}

/// Every error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What happened, for programs.
    pub(crate) code: &'static str,
    /// What was expected, for people. Never repeats what was received.
    pub(crate) message: &'static str,
    /// Also in the header `x-request-id`, and in the log.
    pub(crate) request_id: String,
    /// With `lead/closed`: how.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<Reason>,
}

/// For load balancers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok`
    pub(crate) status: &'static str,
    /// Carts that 2Checkout does not have in full yet.
    pub(crate) waiting: u64,
    /// Carts that 2Checkout refused; they are tried again later.
    pub(crate) parked: u64,
    /// Whether deliveries go on; false while 2Checkout does not accept the credentials.
    pub(crate) delivering: bool,
}

/// What every `POST` may be refused with.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "a schema; ApiError is what is sent")]
pub(crate) enum Refusals {
    /// `lead/malformed`: not the JSON expected; `lead/identity`: cart or key is missing or has not the form of one.
    #[response(status = 400)]
    Malformed(Problem),
    /// `lead/key`: not the key of this cart; `lead/origin`: the page's origin is not allowed; `lead/token`: the page carries
    /// no token, or an old one.
    #[response(status = 403)]
    Forbidden(Problem),
    /// `lead/method`
    #[response(status = 405)]
    Method(Problem),
    /// `lead/timeout`: the body did not arrive in time.
    #[response(status = 408)]
    Timeout(Problem),
    /// `lead/too-large`: more than 64 KiB.
    #[response(status = 413)]
    TooLarge(Problem),
    /// `lead/content-type`
    #[response(status = 415)]
    ContentType(Problem),
    /// `lead/rate`: too many requests from one address; see `Retry-After`.
    #[response(status = 429)]
    Rate(Problem),
    /// `lead/internal`
    #[response(status = 500)]
    Internal(Problem),
    /// `lead/store`: nothing was kept; `lead/busy`: too many requests at this moment; see `Retry-After`.
    #[response(status = 503)]
    Unavailable(Problem),
}
