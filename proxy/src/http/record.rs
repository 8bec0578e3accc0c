//! Around every request: an id, one log line without values, the error in its shape, the headers every answer has.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use uuid::Uuid;

use super::App;
use super::error::ApiError;
use crate::widget::Served;

/// The header that carries the request's id. What a client sends there is ignored.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A path that is not a route may hold anything, so it is neither logged nor counted by name.
const ROUTES: &[&str] = &[
    "/api/lead",
    "/api/lead/complete",
    "/api/lead/withdraw",
    "/api/ipn",
    "/api/orders",
    "/api/openapi.json",
    "/healthz",
    "/livez",
    "/metrics",
];

/// What a monitor asks for again and again.
const SCRAPED: &[&str] = &["/healthz", "/livez", "/metrics"];

/// See the module.
pub(super) async fn record(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = Uuid::new_v4().to_string();
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let route = ROUTES.iter().find(|route| Some(**route) == matched).copied().unwrap_or("other");
    let is_dashboard = matched.is_some_and(|path| path.starts_with("/dashboard"));
    let method = request.method().clone();
    let mut response = next.run(request).await;
    let is_widget = response.extensions_mut().remove::<Served>().is_some();
    let route = match (is_widget, is_dashboard) {
        (true, _) => "widget",
        (_, true) => "dashboard",
        _ => route,
    };
    let refusal = response.extensions_mut().remove::<ApiError>();
    if let Some(error) = &refusal {
        let mut rendered = error.render(&request_id);
        // What was set on the way out (CORS) stays.
        for (name, value) in response.headers() {
            if !rendered.headers().contains_key(name) {
                rendered.headers_mut().append(name, value.clone());
            }
        }
        response = rendered;
    }
    let code = refusal.as_ref().map_or("ok", ApiError::code);
    app.metrics().request(route, code);
    let (status, ms) = (response.status().as_u16(), u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
    if let Some(cause) = refusal.as_ref().and_then(ApiError::cause) {
        tracing::error!(request_id, route, code, cause, "request failed");
    }
    // Every view of a page asks for the loader.
    if is_widget || is_dashboard || SCRAPED.contains(&route) {
        tracing::debug!(request_id, %method, route, status, code, ms, "request");
    } else {
        tracing::info!(request_id, %method, route, status, code, ms, "request");
    }
    if let Ok(value) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    protect(&mut response, !(is_widget || is_dashboard || route == "other") || refusal.is_some());
    response
}

fn protect(response: &mut Response, is_api: bool) {
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if is_api {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        let policy = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
}
