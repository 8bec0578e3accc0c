//! What `/api/openapi.json` says beside the contract of `wire`: the shapes for operators, and what a `POST` is refused with.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};
use wire::{Problem, Stamped};

/// By path; any value, since each change is read by itself, see [`crate::changes`].
#[derive(ToSchema)]
#[allow(dead_code, reason = "a schema")]
pub(crate) struct Changes(BTreeMap<String, Stamped<serde_json::Value>>);

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
