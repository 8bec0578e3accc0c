//! `POST /api/orders`: the shop's own server reports an order. And what both kinds of report do.

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use wire::Problem;
use wire::request::MAX_BODY_BYTES;

use super::error::ApiError;
use super::{App, body, raw_body};
use crate::cart::{Cart, Millis, OrderEnd};
use crate::orders::{self, Ended, Report};

/// An order that was placed. One of the first four must be there; of several the first that finds a cart counts.
#[derive(Deserialize, ToSchema)]
pub(super) struct Order {
    /// The CartId, as `leadkeep.status().cart` shows it. One that is not known (yet) is closed in advance.
    #[schema(min_length = 16, max_length = 64, pattern = "^[A-Za-z0-9_-]+$")]
    cart: Option<String>,
    /// The shop's reference, if the page has named the same (`data-external-reference`).
    external_reference: Option<String>,
    /// What 2Checkout calls the lead.
    lead_code: Option<String>,
    /// The buyer's address: all open carts with it that began before the order was placed are its.
    email: Option<String>,
    /// The shop's number of the order, at most 100 characters.
    order_reference: Option<String>,
    /// When it was placed: milliseconds or seconds of the Unix epoch, or a text such as `2026-03-01T10:00:00Z`. Default:
    /// now.
    #[schema(value_type = Option<Object>)]
    placed_at: Option<Value>,
}

/// How many carts the report has ended: 0 where they were over before, or none was found.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrderAnswer {
    closed: usize,
}

/// The shop's own server reports an order: its carts are completed
///
/// For shops that take money elsewhere too, and for those without 2Checkout's notifications. Proves itself by
/// `Authorization: Bearer` with the token of `LEADKEEP_SHOP_TOKEN`. However often.
#[utoipa::path(
    post,
    path = "/api/orders",
    tag = "orders",
    request_body(content = Order, content_type = "application/json"),
    responses(
        (status = 200, body = OrderAnswer, description = "How many carts were ended by it"),
        (status = 400, body = Problem, description = "`orders/malformed`"),
        (status = 401, body = Problem, description = "`orders/token`: the token is missing or wrong"),
        (status = 404, body = Problem, description = "`lead/not-found`: no token is configured"),
        (status = 405, body = Problem, description = "`lead/method`"),
        (status = 413, body = Problem, description = "`lead/too-large`: more than 64 KiB"),
        (status = 503, body = Problem, description = "`lead/store`: nothing was kept"),
    )
)]
pub(super) async fn place(State(app): State<App>, request: Request) -> Result<Json<OrderAnswer>, ApiError> {
    let Some(token) = &app.config().orders.shop_token else {
        body::drain(&app, request).await;
        return Err(ApiError::NotFound);
    };
    let admitted = request.headers().get(AUTHORIZATION).is_some_and(|header| {
        let (scheme, given) = header.as_bytes().split_at_checked(7).unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"bearer ") && token.is(given.trim_ascii())
    });
    if !admitted {
        body::drain(&app, request).await;
        app.metrics().order("bad_token");
        return Err(ApiError::Token);
    }
    let bytes = raw_body::read(&app, request, MAX_BODY_BYTES, ApiError::TooLarge).await?;
    let report = serde_json::from_slice::<Order>(&bytes).ok().and_then(|order| order.report(app.store().now()));
    let Some(report) = report else {
        app.metrics().order("malformed");
        return Err(ApiError::Order);
    };
    let ended = end(&app, report, "shop").await?;
    let outcome = match &ended {
        ended if !ended.carts.is_empty() => "completed",
        ended if ended.is_matched || ended.is_repeated => "repeated",
        _ => "not_matched",
    };
    app.metrics().order(outcome);
    tracing::info!(outcome, closed = ended.carts.len(), "order of the shop");
    Ok(Json(OrderAnswer { closed: ended.carts.len() }))
}

impl Order {
    /// `None` where it names no cart, or something that cannot be read.
    fn report(self, now: Millis) -> Option<Report> {
        let text = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let placed_at = match &self.placed_at {
            None | Some(Value::Null) => None,
            Some(value) => Some(moment(value)?.min(now)),
        };
        let order_reference = text(self.order_reference).filter(|text| is_reference(text));
        let report = Report {
            end: OrderEnd::Completed,
            cart: text(self.cart),
            is_cart_for_certain: true,
            external_reference: text(self.external_reference),
            lead_code: text(self.lead_code),
            email: text(self.email),
            identity: order_reference.as_ref().map(|reference| format!("shop:{reference}")),
            order_reference,
            placed_by: placed_at,
        };
        let names_one = [&report.cart, &report.external_reference, &report.lead_code, &report.email];
        let is_cart = report.cart.as_deref().is_none_or(wire::is_cart_id);
        (is_cart && names_one.iter().any(|name| name.is_some())).then_some(report)
    }
}

/// Before this many milliseconds of the epoch, in March 1973, no order was placed: such a number counts seconds.
const SECONDS_BELOW: Millis = 100_000_000_000;

fn moment(value: &Value) -> Option<Millis> {
    match value {
        Value::Number(number) => {
            let number = number.as_u64().or_else(|| number.as_f64().filter(|n| *n >= 0.0).map(|n| n as u64))?;
            Some(if number < SECONDS_BELOW { number.saturating_mul(1_000).saturating_add(999) } else { number })
        }
        Value::String(text) => Millis::try_from(text.parse::<Timestamp>().ok()?.as_millisecond()).ok(),
        _ => None,
    }
}

/// Ends the carts of an order in a task of its own, and waits for 2Checkout, but not long: what is not there by then is
/// delivered later.
pub(super) async fn end(app: &App, report: Report, by: &'static str) -> Result<Ended, ApiError> {
    let app = app.clone();
    let task = app.courier().clone().spawn(async move {
        let ended = orders::end(app.store(), app.config().orders.email_key.as_ref(), &report).await;
        app.remember(ended.is_ok());
        let ended = ended?;
        ended.completed.iter().for_each(|quiet_ms| app.metrics().completed(by, *quiet_ms));
        deliver(&app, &ended.carts, app.config().close_within).await;
        Ok(ended)
    });
    task.await.map_err(|_| ApiError::Internal)?
}

async fn deliver(app: &App, carts: &[Cart], within: Duration) {
    let courier = app.courier();
    if courier.is_held() {
        return;
    }
    let now = app.store().now();
    let due = carts.iter().filter(|cart| cart.is_due(now));
    let rounds: Vec<_> = due.map(|cart| courier.deliver(&cart.id)).collect();
    let all = async {
        for mut round in rounds {
            while round.changed().await.is_ok() {}
        }
    };
    let _ = tokio::time::timeout(within, all).await;
}

/// An order is closed whatever stands here, so a reference that is none is left out instead of refused.
pub(super) fn is_reference(text: &str) -> bool {
    (1..=100).contains(&text.chars().count())
        && !text.chars().any(char::is_control)
        && !wire::contains_card_number(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_moment_is_told_in_milliseconds_seconds_or_words() {
        let cases = [
            (json!(1_772_000_000_123_u64), Some(1_772_000_000_123)),
            (json!(1_772_000_000), Some(1_772_000_000_999)),
            (json!(1_772_000_000.5), Some(1_772_000_000_999)),
            (json!("2026-03-01T10:00:00Z"), Some(1_772_359_200_000)),
            (json!("2026-03-01T12:00:00+02:00"), Some(1_772_359_200_000)),
            (json!("2026-03-01 10:00:00"), None),
            (json!(-1), None),
            (json!(true), None),
        ];
        for (value, expected) in cases {
            assert_eq!(moment(&value), expected, "{value}");
        }
    }

    #[test]
    fn an_order_names_a_cart_a_reference_a_lead_or_a_buyer() {
        let cases = [
            (json!({"cart": "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10"}), true),
            (json!({"cart": "short"}), false),
            (json!({"external_reference": "A-1", "cart": null}), true),
            (json!({"lead_code": "L1"}), true),
            (json!({"email": "ada@example.com", "order_reference": "A-1", "extra": 1}), true),
            (json!({"email": " "}), false),
            (json!({"email": 7}), false),
            (json!({"email": "ada@example.com", "placed_at": "yesterday"}), false),
            (json!({"order_reference": "A-1"}), false),
            (json!([]), false),
        ];
        for (body, fits) in cases {
            let order = serde_json::from_value::<Order>(body.clone()).ok();
            assert_eq!(order.and_then(|order| order.report(5)).is_some(), fits, "{body}");
        }
    }
}
