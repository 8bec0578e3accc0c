//! `/healthz`, `/livez`, `/metrics`, `/api/openapi.json`, and what is none of the paths.

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header;
use axum::response::IntoResponse;
use wire::Problem;

use super::error::ApiError;
use super::schema::Health;
use super::{App, body};
use crate::metrics::{CONTENT_TYPE, Observed};
use crate::store::StoreError;

/// Whether everything is in order: changes can be kept, and 2Checkout accepts the credentials
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operators",
    responses(
        (status = 200, body = Health, description = "In order"),
        (
            status = 503,
            body = Problem,
            description = "`lead/store`: the store takes no writes; `lead/credentials`: 2Checkout does not accept the \
                           credentials, and changes are kept until it does"
        ),
    )
)]
pub(super) async fn healthz(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    let health = livez(State(app.clone())).await?;
    if app.courier().are_credentials_refused() { Err(ApiError::Credentials) } else { Ok(health) }
}

/// Whether the proxy can keep changes, which is all that a load balancer has to know
#[utoipa::path(
    get,
    path = "/livez",
    tag = "operators",
    responses(
        (status = 200, body = Health, description = "The store takes writes"),
        (status = 503, body = Problem, description = "`lead/store`: it does not"),
    )
)]
pub(super) async fn livez(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    if app.has_just_failed() {
        return Err(StoreError::Database("a change could not be kept a moment ago".to_owned()).into());
    }
    app.store().probe().await?;
    let backlog = app.store().backlog().await?;
    let delivering = !app.courier().is_held();
    Ok(Json(Health { status: "ok", waiting: backlog.waiting, parked: backlog.parked, delivering }))
}

/// Counters in the text format of OpenMetrics
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operators",
    responses(
        (status = 200, body = String, content_type = "application/openmetrics-text", description = "The counters"),
        (status = 503, body = Problem, description = "`lead/store`"),
    )
)]
pub(super) async fn metrics(State(app): State<App>) -> Result<impl IntoResponse, ApiError> {
    let statistics = app.store().statistics().await?;
    let oldest = statistics.oldest_pending.map_or(0, |oldest| app.store().now().saturating_sub(oldest));
    let observed = Observed {
        backlog: app.store().backlog().await?,
        statistics,
        oldest_pending: Duration::from_millis(oldest),
        is_delivering: !app.courier().is_held(),
        are_credentials_accepted: !app.courier().are_credentials_refused(),
    };
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], app.metrics().text(&observed)))
}

/// No such path.
pub(super) async fn not_found(State(app): State<App>, request: Request) -> ApiError {
    body::drain(&app, request).await;
    ApiError::NotFound
}

/// Such a path, but not with this method.
pub(super) async fn wrong_method(State(app): State<App>, request: Request) -> ApiError {
    let allow = match request.uri().path() {
        "/api/ipn" => "GET, HEAD, POST",
        "/api/orders" => "POST",
        path if path.starts_with("/api/lead") => "POST, OPTIONS",
        _ => "GET, HEAD",
    };
    body::drain(&app, request).await;
    ApiError::Method { allow }
}
