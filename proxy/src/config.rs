//! Settings of the application, already checked.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::HeaderName;

use crate::cart::Retention;
use crate::delivery::Timing;
use crate::delivery::worker::Pace;
use crate::http::Origin;

/// Settings of the application. The defaults are those of production.
#[derive(Debug, Clone)]
pub struct Config {
    /// Foreign origins whose pages may post; the proxy's own may always.
    pub allowed_origins: Vec<Origin>,
    /// ISO 4217; stands in where a page names no currency, which 2Checkout requires (default USD).
    pub currency: String,
    /// A browser is answered after this time at the latest, 202 when 2Checkout has not answered yet (default 8 s).
    pub answer_within: Duration,
    /// Whoever completes or withdraws a cart is answered after this time at the latest; 2Checkout is told later if need
    /// be (default 1 s).
    pub close_within: Duration,
    /// A body that takes longer than this to arrive is refused (default 10 s).
    pub body_within: Duration,
    /// Requests for each client address; `None` for no limit.
    pub rate: Option<Rate>,
    /// Requests that are worked on at the same time; one more is told to come back (default 4 096).
    pub requests_at_once: usize,
    /// Calls to 2Checkout at the same time (default 32).
    pub calls_at_once: usize,
    /// The times of delivery.
    pub timing: Timing,
    /// The pace of what is delivered later.
    pub pace: Pace,
    /// How long carts are kept.
    pub retention: Retention,
}

/// How many requests a client address may make.
#[derive(Debug, Clone)]
pub struct Rate {
    /// In the long run (default 120).
    pub per_minute: NonZeroU32,
    /// At once (default 60).
    pub burst: NonZeroU32,
    /// Addresses that are remembered; beyond that the one heard of longest ago is forgotten (default 50 000).
    pub addresses: usize,
    /// Whether clients on this machine are exempt (default no; yes in the demo).
    pub exempt_loopback: bool,
    /// The header in which a reverse proxy tells the address; its last entry counts. `None`: the connection's own.
    pub client_ip_header: Option<HeaderName>,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            per_minute: NonZeroU32::MIN.saturating_add(119),
            burst: NonZeroU32::MIN.saturating_add(59),
            addresses: 50_000,
            exempt_loopback: false,
            client_ip_header: None,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            allowed_origins: Vec::new(),
            currency: "USD".to_owned(),
            answer_within: Duration::from_secs(8),
            close_within: Duration::from_secs(1),
            body_within: Duration::from_secs(10),
            rate: Some(Rate::default()),
            requests_at_once: 4_096,
            calls_at_once: 32,
            timing: Timing::default(),
            pace: Pace { deliveries_per_second: 20.0, look_every: Duration::from_millis(250) },
            retention: Retention::default(),
        }
    }
}
