//! Where requests go. The widget appends [`COMPLETE`] and [`WITHDRAW`] to the endpoint of its page.

/// What the shipped proxy serves saves at: the endpoint that a page names.
pub const LEAD: &str = "/api/lead";
/// After the endpoint: the order was placed.
pub const COMPLETE: &str = "/complete";
/// After the endpoint: consent was taken back.
pub const WITHDRAW: &str = "/withdraw";
/// Where the shipped proxy describes all of it, in OpenAPI 3.1.
pub const OPENAPI: &str = "/api/openapi.json";
