//! What the proxy answers.
//!
//! `200 {state:"saved", lead_code, dropped?}` when 2Checkout has the change, `202 {state:"queued", lead_code, dropped?}`
//! when only the proxy has it, `200 {state:"closed"}` to a completion or a withdrawal, and for everything else
//! `{code, message, request_id}` with one of the codes below.

/// How far a change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "model", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "lowercase"))]
pub enum State {
    /// 2Checkout has it.
    Saved,
    /// The proxy has it safely, 2Checkout does not yet.
    Queued,
    /// The cart is completed or withdrawn.
    Closed,
}

/// 409: the cart is completed or withdrawn. The answer carries `reason`, `completed` or `withdrawn`.
pub const CLOSED: &str = "lead/closed";
/// 403: the `Origin` is neither the proxy's own nor configured.
pub const ORIGIN: &str = "lead/origin";
/// 403: the key is not the key of that cart.
pub const KEY: &str = "lead/key";
/// 400: `cart` or `key` is missing or has not the form of one.
pub const IDENTITY: &str = "lead/identity";
/// 400: the body is not the JSON this path expects.
pub const MALFORMED: &str = "lead/malformed";
/// 413: the body is longer than [`MAX_BODY_BYTES`](crate::request::MAX_BODY_BYTES).
pub const TOO_LARGE: &str = "lead/too-large";
/// 415: the body is neither `application/json` nor `text/plain`.
pub const CONTENT_TYPE: &str = "lead/content-type";
/// 429: too many requests from one address; `Retry-After` says when to come back.
pub const RATE: &str = "lead/rate";
/// 404: no such path.
pub const NOT_FOUND: &str = "lead/not-found";
/// 405: this path takes `POST` only.
pub const METHOD: &str = "lead/method";
/// 503: the proxy cannot write to its store; nothing was kept.
pub const STORE: &str = "lead/store";
