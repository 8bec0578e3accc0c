//! What the proxy answers.
//!
//! A save: `200 {state:"saved", lead_code, ...}` once 2Checkout has the change, `202 {state:"queued", lead_code, ...}` as
//! long as only the proxy has it. A completion or a withdrawal: `200 {state:"closed"}`. Everything else: a [`Problem`].

use serde::{Deserialize, Serialize};

/// How far a saved change has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum SaveState {
    /// 2Checkout has it.
    Saved,
    /// The proxy has it safely, 2Checkout does not yet.
    Queued,
}

/// What a lead still needs before 2Checkout can have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Missing {
    /// A valid e-mail address.
    Email,
    /// At least one item.
    Items,
    /// A currency.
    Currency,
}

/// The answer to a save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveAnswer {
    /// How far the change has come.
    pub state: SaveState,
    /// What 2Checkout calls the lead; null as long as there is none.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub lead_code: Option<String>,
    /// What the lead still needs; empty once 2Checkout can have it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub missing: Vec<Missing>,
    /// Names of the changes that could not enter the lead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub dropped: Vec<String>,
    /// Why, for each of `dropped` in the same order: the name of a [`DropReason`], or of one of a later version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(required = false))]
    pub dropped_reasons: Vec<String>,
}

/// Why a change could not enter the lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum DropReason {
    /// There is no such path.
    UnknownPath,
    /// The change is not `{value, at}`, or the value is neither text nor null (a list, for lists).
    WrongType,
    /// `at` is no whole number of milliseconds that JavaScript holds exactly.
    BadTimestamp,
    /// A text of more than [`MAX_FIELD_CHARS`](crate::MAX_FIELD_CHARS) characters, or a list of more than a cart has.
    TooLong,
    /// The value is or holds a card number; the field counts as emptied.
    CardNumber,
    /// The value is no e-mail address.
    NotAnEmail,
    /// The value is no country by code or name.
    UnknownCountry,
    /// The value is no ISO 4217 code.
    NotACurrency,
    /// The value is no ISO 639-1 code.
    NotALanguage,
    /// The value is no `YYYY-MM-DD HH:MM:SS`.
    NotATime,
    /// A cart that became empty never sends empty items, and a lead keeps its currency.
    CannotBeCleared,
    /// The value holds half of a character (a lone surrogate), or is nested too deeply.
    Unreadable,
    /// A name that holds a URL.
    HoldsUrl,
    /// The product is not among those that the operator has named.
    NotInCatalogue,
    /// A price of zero or less.
    BadPrice,
    /// An item has neither a `Code` nor, where it is dynamic, a `Name`; or an amount or count that makes no sense.
    IncompleteItem,
}

impl DropReason {
    /// Its name, as in [`SaveAnswer::dropped_reasons`].
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// How a cart stands after a completion or a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CloseState {
    /// Nothing changes the cart any more.
    Closed,
}

/// The answer to a completion or a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CloseAnswer {
    /// `closed`, however often it is asked for.
    pub state: CloseState,
}

/// How a cart was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum CloseReason {
    /// The order was placed.
    Completed,
    /// Consent was taken back.
    Withdrawn,
}

/// Every error. Nothing in it repeats what was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// What happened, for programs: the name of an [`ErrorCode`], or of one of a later version.
    pub code: String,
    /// What was expected, for people.
    pub message: String,
    /// Also in the header `x-request-id`, and in the log.
    pub request_id: String,
    /// With `lead/closed`: how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CloseReason>,
}

/// The codes of a [`Problem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::IntoStaticStr, strum::EnumString, strum::VariantArray)]
pub enum ErrorCode {
    /// 409: the cart is completed or withdrawn. The answer carries `reason`.
    #[strum(serialize = "lead/closed")]
    Closed,
    /// 403: the `Origin` is neither the proxy's own nor configured.
    #[strum(serialize = "lead/origin")]
    Origin,
    /// 403: the demo answers to the host names of loopback alone.
    #[strum(serialize = "lead/host")]
    Host,
    /// 403: a cart may only begin on a page that carries a token of the shop's.
    #[strum(serialize = "lead/token")]
    PageToken,
    /// 503, to operators alone: 2Checkout does not accept the credentials.
    #[strum(serialize = "lead/credentials")]
    Credentials,
    /// 403: the key is not the key of that cart.
    #[strum(serialize = "lead/key")]
    Key,
    /// 400: `cart` or `key` is missing or has not the form of one.
    #[strum(serialize = "lead/identity")]
    Identity,
    /// 400: the body is not the JSON this path expects.
    #[strum(serialize = "lead/malformed")]
    Malformed,
    /// 413: the body is longer than [`MAX_BODY_BYTES`](crate::request::MAX_BODY_BYTES).
    #[strum(serialize = "lead/too-large")]
    TooLarge,
    /// 415: the body is neither `application/json` nor `text/plain`.
    #[strum(serialize = "lead/content-type")]
    ContentType,
    /// 429: too many requests from one address; `Retry-After` says when to come back.
    #[strum(serialize = "lead/rate")]
    Rate,
    /// 404: no such path.
    #[strum(serialize = "lead/not-found")]
    NotFound,
    /// 405: this path takes another method.
    #[strum(serialize = "lead/method")]
    Method,
    /// 408: the body did not arrive in time.
    #[strum(serialize = "lead/timeout")]
    Timeout,
    /// 503: too many requests at this moment; `Retry-After` says when to come back.
    #[strum(serialize = "lead/busy")]
    Busy,
    /// 503: the proxy cannot write to its store; nothing was kept.
    #[strum(serialize = "lead/store")]
    Store,
    /// 500: a fault of the proxy.
    #[strum(serialize = "lead/internal")]
    Internal,
    /// 400: a notification of an order that is not signed with this account's key.
    #[strum(serialize = "ipn/signature")]
    IpnSignature,
    /// 400: a notification of an order that cannot be read.
    #[strum(serialize = "ipn/malformed")]
    IpnMalformed,
    /// 413: a notification of an order that is too long.
    #[strum(serialize = "ipn/too-large")]
    IpnTooLarge,
    /// 401: the shop's token is missing or wrong.
    #[strum(serialize = "orders/token")]
    OrdersToken,
    /// 400: an order of the shop that cannot be read, or names no cart.
    #[strum(serialize = "orders/malformed")]
    OrdersMalformed,
}

impl ErrorCode {
    /// Its name, as in [`Problem::code`].
    pub fn name(self) -> &'static str {
        self.into()
    }
}
