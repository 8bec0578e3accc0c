//! `/dashboard`: a page for operators, without personal data. All of it is in this binary; nothing is asked of a third party.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::App;
use super::error::ApiError;
use crate::store::HOUR_MS;

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// So many hours are told: a month.
const HOURS: u64 = 31 * 24;

/// A change that 2Checkout does not have for so long is stuck.
const STUCK_AFTER: Duration = Duration::from_secs(600);

/// The routes, for the operators' address.
pub(super) fn routes() -> Router<App> {
    const HTML: &str = "text/html; charset=utf-8";
    const JS: &str = "text/javascript; charset=utf-8";
    const CSS: &str = "text/css; charset=utf-8";
    let file = |kind: &'static str, text: &'static str| get(move || std::future::ready(page(kind, text)));
    Router::new()
        .route("/dashboard", file(HTML, include_str!("../../assets/dashboard/index.html")))
        .route("/dashboard/app.js", file(JS, include_str!("../../assets/dashboard/app.js")))
        .route("/dashboard/style.css", file(CSS, include_str!("../../assets/dashboard/style.css")))
        .route("/dashboard/uplot.js", file(JS, include_str!("../../assets/dashboard/uplot.js")))
        .route("/dashboard/uplot.css", file(CSS, include_str!("../../assets/dashboard/uplot.css")))
        .route("/dashboard/data.json", get(data))
}

fn page(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, text).into_response()
}

/// What the page shows.
#[derive(Debug, Serialize)]
struct Data {
    version: &'static str,
    now: u64,
    states: std::collections::BTreeMap<&'static str, u64>,
    waiting: u64,
    store_bytes: u64,
    /// Hour, event, count.
    history: Vec<(u64, String, u64)>,
    stuck: Vec<Stuck>,
}

/// Something that does not go on by itself, or not soon.
#[derive(Debug, Serialize)]
struct Stuck {
    what: String,
    why: String,
    command: Option<&'static str>,
}

fn carts(number: u64) -> String {
    format!("{number} cart{}", if number == 1 { "" } else { "s" })
}

async fn data(State(app): State<App>) -> Result<Response, ApiError> {
    let store = app.store();
    let now = store.now();
    let (statistics, backlog) = (store.statistics().await?, store.backlog().await?);
    let told = store.counted_since((now / HOUR_MS).saturating_sub(HOURS)).await?;
    // What the store is not told yet is a count of the same hour.
    let history = told.into_iter().chain(app.metrics().history().pending());
    let states = statistics.by_state();
    let of = |state: &str| states.iter().find(|(name, _)| *name == state).map_or(0, |(_, carts)| *carts);
    let mut stuck = Vec::new();
    if let Err(error) = store.probe().await {
        stuck.push(Stuck {
            what: "The store takes no writes".to_owned(),
            why: error.to_string(),
            command: Some("df -h"),
        });
    }
    if app.courier().are_credentials_refused() {
        stuck.push(Stuck {
            what: "2Checkout does not accept the credentials".to_owned(),
            why: "Merchant code or secret key is wrong, or the clock of this machine; the log says which. Changes are kept.".to_owned(),
            command: Some("leadkeep-proxy check"),
        });
    }
    let oldest = statistics.oldest_pending.map_or(0, |oldest| now.saturating_sub(oldest));
    if Duration::from_millis(oldest) > STUCK_AFTER && backlog.waiting > 0 {
        stuck.push(Stuck {
            what: format!(
                "{}: waiting for 2Checkout, the oldest for {} minutes",
                carts(backlog.waiting),
                oldest / 60_000
            ),
            why: "2Checkout is not available, or refuses; the log has the cause. They are delivered by themselves."
                .to_owned(),
            command: Some("leadkeep-proxy leads list --state open,refused"),
        });
    }
    if of("refused") > 0 {
        stuck.push(Stuck {
            what: format!("{}: refused by 2Checkout", carts(of("refused"))),
            why: "Most often a product code that it does not know, or a setting of the account; the log has 2Checkout's code.".to_owned(),
            command: Some("leadkeep-proxy leads retry"),
        });
    }
    if of("withheld") > 0 {
        stuck.push(Stuck {
            what: format!("{}: withheld", carts(of("withheld"))),
            why: "There were enough live leads for their address (LEADKEEP_LEADS_PER_ADDRESS), or its domain is blocked (LEADKEEP_BLOCKED_DOMAINS)."
                .to_owned(),
            command: Some("leadkeep-proxy leads list --state withheld"),
        });
    }
    let data = Data {
        version: env!("CARGO_PKG_VERSION"),
        now,
        states: states.into_iter().collect(),
        waiting: backlog.waiting,
        store_bytes: statistics.bytes,
        history: history.map(|count| (count.hour, count.event, count.count)).collect(),
        stuck,
    };
    let headers =
        [(header::CACHE_CONTROL, HeaderValue::from_static("no-store")), (header::CONTENT_SECURITY_POLICY, POLICY)];
    Ok((headers, Json(data)).into_response())
}
