//! `/metrics`: counters for operators, in the text format of Prometheus. No label holds what a shopper typed.

use std::sync::Mutex;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::limit::{Limit, LimitLog};
use crate::store::Backlog;

/// What `/metrics` answers with.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One label, or two, with fixed names and values from the code.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Labels(Vec<(&'static str, &'static str)>);

impl Labels {
    fn one(name: &'static str, value: &'static str) -> Self {
        Self(vec![(name, value)])
    }
}

impl EncodeLabelSet for Labels {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> std::fmt::Result {
        use prometheus_client::encoding::EncodeLabel;
        self.0.iter().try_for_each(|label| label.encode(encoder.encode_label()))
    }
}

/// The counters.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<Labels, Counter>,
    deliveries: Family<Labels, Counter>,
    delivery_seconds: Histogram,
    dropped: Counter,
    limits: Family<Labels, Counter>,
    limit_log: LimitLog,
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
            dropped: Counter::default(),
            limits: Family::default(),
            limit_log: LimitLog::default(),
            notifications: Family::default(),
            orders: Family::default(),
            connections: Gauge::default(),
            waiting: Gauge::default(),
            parked: Gauge::default(),
        };
        registry.register("requests", "Requests, by route and answer", metrics.requests.clone());
        registry.register("deliveries", "Calls to 2Checkout, by kind and outcome", metrics.deliveries.clone());
        registry.register("delivery_seconds", "Time 2Checkout took", metrics.delivery_seconds.clone());
        registry.register("changes_dropped", "Changes that could not enter a lead", metrics.dropped.clone());
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
        self.requests.get_or_create(&Labels(vec![("route", route), ("code", code)])).inc();
    }

    /// Counts a call to 2Checkout.
    pub(crate) fn delivery(&self, call: &'static str, outcome: &'static str, took: Duration) {
        self.deliveries.get_or_create(&Labels(vec![("call", call), ("outcome", outcome)])).inc();
        self.delivery_seconds.observe(took.as_secs_f64());
    }

    /// Counts changes that could not enter a lead.
    pub(crate) fn dropped(&self, changes: usize) {
        self.dropped.inc_by(u64::try_from(changes).unwrap_or(0));
    }

    /// Counts, and logs, what met a limit. `client` stands for a client in the log, and is no address.
    pub(crate) fn limit_hit(&self, limit: Limit, client: Option<&str>) {
        self.limits.get_or_create(&Labels::one("limit", limit.name())).inc();
        self.limit_log.hit(limit, client);
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
    pub(crate) fn text(&self, backlog: Backlog) -> String {
        self.waiting.set(i64::try_from(backlog.waiting).unwrap_or(i64::MAX));
        self.parked.set(i64::try_from(backlog.parked).unwrap_or(i64::MAX));
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // Writing into a String does not fail.
        let _ = encode(&mut text, &registry);
        text
    }
}
