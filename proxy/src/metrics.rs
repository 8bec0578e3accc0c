//! `/metrics`: counters for operators, in the text format of Prometheus. No label holds what a shopper typed.

use std::borrow::Cow;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::cart::Millis;
use crate::history::{self, History};
use crate::limit::{Limit, LimitLog};
use crate::store::{Backlog, Statistics};

/// What `/metrics` answers with.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One label, or two, with fixed names and values from the code.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Labels(Vec<(&'static str, Cow<'static, str>)>);

impl Labels {
    fn one(name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        Self(vec![(name, value.into())])
    }

    fn two(one: (&'static str, &'static str), two: (&'static str, &'static str)) -> Self {
        Self([one, two].map(|(name, value)| (name, value.into())).into())
    }
}

impl EncodeLabelSet for Labels {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> std::fmt::Result {
        use prometheus_client::encoding::EncodeLabel;
        self.0.iter().try_for_each(|label| label.encode(encoder.encode_label()))
    }
}

/// 2Checkout's first mail goes out after this time: who buys later may have been brought back by it.
const RECOVERED_AFTER_MS: Millis = 20 * 60_000;

/// What is looked at when somebody asks.
#[derive(Debug)]
pub(crate) struct Observed {
    pub(crate) backlog: Backlog,
    pub(crate) statistics: Statistics,
    pub(crate) oldest_pending: Duration,
    pub(crate) is_delivering: bool,
    pub(crate) are_credentials_accepted: bool,
}

/// The counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<Labels, Counter>,
    deliveries: Family<Labels, Counter>,
    delivery_seconds: Histogram,
    dropped: Family<Labels, Counter>,
    completed: Family<Labels, Counter>,
    recovered: Counter,
    leads: Family<Labels, Gauge<i64>>,
    oldest_pending: Gauge<f64, AtomicU64>,
    delivering: Gauge<i64>,
    credentials: Gauge<i64>,
    store_bytes: Gauge<i64>,
    limits: Family<Labels, Counter>,
    limit_log: LimitLog,
    history: History,
    notifications: Family<Labels, Counter>,
    orders: Family<Labels, Counter>,
    connections: Gauge<i64>,
    waiting: Gauge<i64>,
    parked: Gauge<i64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("leadkeep");
        let metrics = Self {
            registry: Mutex::default(),
            requests: Family::default(),
            deliveries: Family::default(),
            delivery_seconds: Histogram::new([0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0]),
            dropped: Family::default(),
            completed: Family::default(),
            recovered: Counter::default(),
            leads: Family::default(),
            oldest_pending: Gauge::default(),
            delivering: Gauge::default(),
            credentials: Gauge::default(),
            store_bytes: Gauge::default(),
            limits: Family::default(),
            limit_log: LimitLog::default(),
            history: History::default(),
            notifications: Family::default(),
            orders: Family::default(),
            connections: Gauge::default(),
            waiting: Gauge::default(),
            parked: Gauge::default(),
        };
        registry.register("requests", "Requests, by route and answer", metrics.requests.clone());
        registry.register("deliveries", "Calls to 2Checkout, by kind and outcome", metrics.deliveries.clone());
        registry.register("delivery_seconds", "Time 2Checkout took", metrics.delivery_seconds.clone());
        registry.register("changes_dropped", "Changes that could not enter a lead, by path", metrics.dropped.clone());
        let completed = "Leads that were bought, by who reported it: browser, shop or 2checkout";
        registry.register("leads_completed", completed, metrics.completed.clone());
        let recovered = "Leads that were bought more than twenty minutes after their last change";
        registry.register("leads_recovered", recovered, metrics.recovered.clone());
        registry.register("leads", "Carts in the store, by state", metrics.leads.clone());
        let oldest = "Age of the oldest change that 2Checkout does not have, in seconds; 0 if there is none";
        registry.register("oldest_pending_seconds", oldest, metrics.oldest_pending.clone());
        registry.register("delivering", "Whether deliveries go on", metrics.delivering.clone());
        let credentials = "Whether 2Checkout accepts the credentials, as far as is known";
        registry.register("credentials_accepted", credentials, metrics.credentials.clone());
        registry.register("store_bytes", "Size of the store", metrics.store_bytes.clone());
        let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "This program", version);
        registry.register("limit_hits", "Requests and leads that met a limit, by limit", metrics.limits.clone());
        let notifications = "2Checkout's notifications of orders (IPN), by outcome";
        registry.register("ipn", notifications, metrics.notifications.clone());
        registry.register("orders", "Orders that the shop's server has reported, by outcome", metrics.orders.clone());
        registry.register("connections", "Connections of browsers that are open", metrics.connections.clone());
        registry.register("carts_waiting", "Carts 2Checkout does not have in full yet", metrics.waiting.clone());
        registry.register("carts_parked", "Carts 2Checkout refused", metrics.parked.clone());
        Self { registry: Mutex::new(registry), ..metrics }
    }
}

impl Metrics {
    /// Counts a request. `code` is `ok` or an error code.
    pub(crate) fn request(&self, route: &'static str, code: &'static str) {
        self.requests.get_or_create(&Labels::two(("route", route), ("code", code))).inc();
    }

    /// Counts a call to 2Checkout.
    pub(crate) fn delivery(&self, call: &'static str, outcome: &'static str, took: Duration) {
        self.deliveries.get_or_create(&Labels::two(("call", call), ("outcome", outcome))).inc();
        self.delivery_seconds.observe(took.as_secs_f64());
    }

    /// Counts changes that could not enter a lead, by their names. One that is no path may hold anything.
    pub(crate) fn dropped<'a>(&self, names: impl Iterator<Item = &'a str>) {
        for name in names {
            let path = name.split('[').next().unwrap_or_default().parse::<wire::Path>();
            let label = path.map_or_else(|_| "other".to_owned(), |path| path.name());
            self.dropped.get_or_create(&Labels::one("path", label)).inc();
        }
    }

    /// Counts a lead that was bought, `quiet_ms` after its last change.
    pub(crate) fn completed(&self, by: &'static str, quiet_ms: Millis) {
        self.completed.get_or_create(&Labels::one("by", by)).inc();
        self.history.add(history::completed(by));
        if quiet_ms > RECOVERED_AFTER_MS {
            self.recovered.inc();
            self.history.add(history::RECOVERED);
        }
    }

    /// Counts, and logs, what met a limit. `client` stands for a client in the log, and is no address.
    pub(crate) fn limit_hit(&self, limit: Limit, client: Option<&str>) {
        self.limits.get_or_create(&Labels::one("limit", limit.name())).inc();
        self.limit_log.hit(limit, client);
    }

    /// What became of the leads.
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// Counts a notification of an order.
    pub(crate) fn notification(&self, outcome: &'static str) {
        self.notifications.get_or_create(&Labels::one("outcome", outcome)).inc();
    }

    /// Counts an order that the shop's server has reported.
    pub(crate) fn order(&self, outcome: &'static str) {
        self.orders.get_or_create(&Labels::one("outcome", outcome)).inc();
    }

    /// A connection was opened, or closed.
    pub(crate) fn connections(&self, more: i64) {
        self.connections.inc_by(more);
    }

    /// All of them as text.
    pub(crate) fn text(&self, observed: &Observed) -> String {
        let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.waiting.set(number(observed.backlog.waiting));
        self.parked.set(number(observed.backlog.parked));
        for (state, carts) in observed.statistics.by_state() {
            self.leads.get_or_create(&Labels::one("state", state)).set(number(carts));
        }
        self.oldest_pending.set(observed.oldest_pending.as_secs_f64());
        self.delivering.set(i64::from(observed.is_delivering));
        self.credentials.set(i64::from(observed.are_credentials_accepted));
        self.store_bytes.set(number(observed.statistics.bytes));
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Writing into a String does not fail.
        let _ = encode(&mut text, &registry);
        text
    }
}
