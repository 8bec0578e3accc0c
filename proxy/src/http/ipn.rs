//! `/api/ipn`: 2Checkout's servers report an order.

use axum::extract::{Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use twocheckout::ipn::{self, Meaning, Notification, Unchanged, Verifier};
use wire::Problem;

use super::error::ApiError;
use super::{App, orders, raw_body};
use crate::cart::{Millis, OrderEnd};
use crate::orders::Report;

/// Answers 2Checkout, which tries the URL before it sends the first notification
#[utoipa::path(
    get,
    path = "/api/ipn",
    tag = "orders",
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "The URL can be used"),
        (status = 404, body = Problem, description = "`lead/not-found`: the proxy has no credentials"),
    )
)]
pub(super) async fn try_url(State(app): State<App>) -> Result<Response, ApiError> {
    app.config().orders.verifier.as_ref().ok_or(ApiError::NotFound)?;
    Ok(text("leadkeep takes 2Checkout's notifications of orders here.\n".to_owned()))
}

/// Takes 2Checkout's Instant Payment Notification: the order it reports ends its carts
///
/// Outside the origin check and the limits for a client: the signature is the proof. The answer is 2Checkout's read
/// receipt, whether a cart was found or not; without it 2Checkout comes again for two days.
#[utoipa::path(
    post,
    path = "/api/ipn",
    tag = "orders",
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "The receipt: `<sig algo=\"sha256\" date=\"...\">...</sig>`"),
        (status = 400, body = Problem, description = "`ipn/signature`: it is not signed with this account's secret key; `ipn/malformed`: it cannot be read"),
        (status = 404, body = Problem, description = "`lead/not-found`: the proxy has no credentials"),
        (status = 405, body = Problem, description = "`lead/method`"),
        (status = 413, body = Problem, description = "`ipn/too-large`: more than 256 KiB"),
        (status = 503, body = Problem, description = "`lead/store`: nothing was kept, 2Checkout comes again"),
    )
)]
pub(super) async fn notify(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let Some(verifier) = app.config().orders.verifier.clone() else {
        super::body::drain(&app, request).await;
        return Err(ApiError::NotFound);
    };
    let taken = take(&app, &verifier, request).await;
    let outcome = match &taken {
        Ok((outcome, _)) => outcome,
        Err(ApiError::Signature) => "bad_signature",
        Err(ApiError::Store(_)) => "store_failed",
        Err(_) => "malformed",
    };
    app.metrics().notification(outcome);
    tracing::info!(outcome, "notification of an order");
    taken.map(|(_, receipt)| text(receipt))
}

async fn take(app: &App, verifier: &Verifier, request: Request) -> Result<(&'static str, String), ApiError> {
    let body = raw_body::read(app, request, ipn::MAX_BODY_BYTES, ApiError::NotificationTooLarge).await?;
    let notification = verifier.verify(&body).map_err(|error| refused(&error))?;
    let receipt = verifier.receipt(&notification, Timestamp::now());
    let outcome = match report(&notification, app.store().now()) {
        Ok(report) => {
            let end = report.end;
            outcome(end, &orders::end(app, report, "2checkout").await?)
        }
        Err(Unchanged::Renewal) => "renewal",
        Err(Unchanged::TestOrder) => "test_order",
        Err(Unchanged::Denied) => "denied",
        Err(_) => "no_effect",
    };
    Ok((outcome, receipt))
}

fn refused(error: &ipn::Error) -> ApiError {
    tracing::warn!("a notification of an order is refused: {error}");
    match error {
        ipn::Error::Unsigned | ipn::Error::Md5 | ipn::Error::Signature => ApiError::Signature,
        ipn::Error::TooLarge => ApiError::NotificationTooLarge,
        _ => ApiError::Notification,
    }
}

/// What a notification says, if it says something of a lead.
fn report(notification: &Notification, now: Millis) -> Result<Report, Unchanged> {
    let end = match notification.meaning() {
        Meaning::Ordered => OrderEnd::Completed,
        Meaning::AwaitingPayment => OrderEnd::FollowupsStopped,
        Meaning::Unchanged(why) => return Err(why),
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let reference = notification.external_reference();
    let sold = notification.sale_date().map(|date| date.latest().as_millisecond());
    let placed_by = sold.and_then(|ms| Millis::try_from(ms).ok());
    if placed_by.is_some_and(|ms| ms > now.saturating_add(3 * 24 * 3_600_000)) {
        tracing::warn!("a notification of an order has a SALEDATE in the future; it counts as placed now");
    }
    let refno = notification.refno().map(|refno| format!("2checkout:{refno}"));
    let message = || notification.message_id().map(|id| format!("2checkout-message:{id}"));
    Ok(Report {
        end,
        cart: owned(reference.filter(|text| wire::is_cart_id(text))),
        // A shop's own number may have the form of a CartId; those of leadkeep's widget are UUIDs.
        is_cart_for_certain: reference.is_some_and(|text| uuid::Uuid::try_parse(text).is_ok()),
        external_reference: owned(reference),
        lead_code: None,
        email: owned(notification.customer_email()),
        order_reference: owned(notification.refno()).filter(|text| orders::is_reference(text)),
        identity: refno.or_else(message).filter(|text| text.len() <= 200),
        placed_by,
    })
}

fn outcome(end: OrderEnd, ended: &crate::orders::Ended) -> &'static str {
    match end {
        _ if ended.carts.is_empty() && (ended.is_matched || ended.is_repeated) => "repeated",
        _ if ended.carts.is_empty() => "not_matched",
        OrderEnd::Completed => "completed",
        OrderEnd::FollowupsStopped => "stopped",
    }
}

fn text(body: String) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response()
}
