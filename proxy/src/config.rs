//! Settings of the application, already checked.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::HeaderName;

use crate::cart::Retention;
use crate::content::ContentRules;
use crate::delivery::Timing;
use crate::delivery::worker::Pace;
use crate::orders::Orders;
use crate::origin::Origin;
use crate::page_token::PageToken;
use crate::widget::WidgetFiles;

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
    /// What strangers may do at most.
    pub limits: Limits,
    /// What may stand in a lead.
    pub content: ContentRules,
    /// What a page must carry for a cart to begin on it; `None`: nothing.
    pub page_token: Option<PageToken>,
    /// The header in which a reverse proxy names the client's address; its last entry counts. `None`: the connection's
    /// own.
    pub client_ip_header: Option<HeaderName>,
    /// Whether no limit applies to clients on this machine (default no; yes in the demo).
    pub exempt_loopback: bool,
    /// Whether only the host names of this machine are answered to (default no; yes in the demo).
    pub loopback_hosts_only: bool,
    /// Who may report an order.
    pub orders: Orders,
    /// What one connection may take.
    pub connections: Connections,
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
    /// The widget's files, served beside the API (default none).
    pub widget: WidgetFiles,
}

/// How many connections are held, and for how long.
#[derive(Debug, Clone)]
pub struct Connections {
    /// At the same time; more wait to be accepted (default 10 000, or what the system allows).
    pub at_once: usize,
    /// Of one client that is no reverse proxy (default 256). Of those that have not sent a request yet the oldest makes
    /// room; a client of this machine or its network is never refused.
    pub per_client: usize,
    /// A new connection on which no complete header arrives for this long is closed (default 10 s).
    pub first_header_within: Duration,
    /// The same between two requests; longer than the 60 s for which nginx keeps an idle connection (default 75 s).
    pub next_header_within: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            at_once: 10_000,
            per_client: 256,
            first_header_within: Duration::from_secs(10),
            next_header_within: Duration::from_secs(75),
        }
    }
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
}

/// What strangers may do at most. The defaults are bounds that a shop does not meet. `None`: no limit.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Carts that one client (an IPv4 address, an IPv6 /64) may begin in ten minutes (default 10). Edits of carts that
    /// are known do not count.
    pub new_carts_per_client: Option<NonZeroU32>,
    /// The same for a network, an IPv4 /24 or an IPv6 /48 (default 40).
    pub new_carts_per_network: Option<NonZeroU32>,
    /// Carts that everybody together may begin in an hour: what the store may grow by (default 20 000).
    pub new_carts_per_hour: Option<NonZeroU32>,
    /// Live leads for one address in a day (default 3), in lower case and without what follows a `+`. What is more is kept and
    /// not delivered.
    pub leads_per_address: Option<NonZeroU32>,
    /// New leads of the whole proxy in an hour (default 2 000). What is more is delivered later.
    pub leads_per_hour: Option<NonZeroU32>,
    /// Domains, in lower case, whose addresses never get a lead (default: that of Google's store bot).
    pub blocked_domains: Vec<String>,
}

impl Limits {
    /// No limits.
    pub fn none() -> Self {
        Self {
            new_carts_per_client: None,
            new_carts_per_network: None,
            new_carts_per_hour: None,
            leads_per_address: None,
            leads_per_hour: None,
            blocked_domains: Vec::new(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            new_carts_per_client: NonZeroU32::new(10),
            new_carts_per_network: NonZeroU32::new(40),
            new_carts_per_hour: NonZeroU32::new(20_000),
            leads_per_address: NonZeroU32::new(3),
            leads_per_hour: NonZeroU32::new(2_000),
            blocked_domains: vec!["storebotmail.joonix.net".to_owned()],
        }
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            per_minute: NonZeroU32::MIN.saturating_add(119),
            burst: NonZeroU32::MIN.saturating_add(59),
            addresses: 50_000,
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
            limits: Limits::default(),
            content: ContentRules::default(),
            page_token: None,
            client_ip_header: None,
            exempt_loopback: false,
            loopback_hosts_only: false,
            orders: Orders::default(),
            connections: Connections::default(),
            requests_at_once: 4_096,
            calls_at_once: 32,
            timing: Timing::default(),
            pace: Pace { deliveries_per_second: 20.0, look_every: Duration::from_millis(250) },
            retention: Retention::default(),
            widget: WidgetFiles::default(),
        }
    }
}
