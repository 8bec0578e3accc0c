//! `POST /api/lead`, `/api/lead/complete`, `/api/lead/withdraw`.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use wire::{CloseAnswer, CloseRequest, CloseState, Missing, Problem, SaveAnswer, SaveRequest, SaveState};

use super::App;
use super::body::Posted;
use super::client::Client;
use super::error::ApiError;
use super::orders;
use super::rate::Newcomer;
use super::schema::{Changes, Refusals};
use crate::cart::{self, Admission, Admitted, Cart, KeyHash, Saved, Status};
use crate::changes::{self, Dropped, RawSave};
use crate::history;
use crate::limit::Limit;
use crate::private::short;

/// Keeps what changed, and has 2Checkout updated
///
/// The answer waits for 2Checkout, but not long: what is not there by then is delivered later.
#[utoipa::path(
    post,
    path = "/api/lead",
    tag = "lead",
    request_body(content((SaveRequest<Changes> = "application/json"), (String = "text/plain")), description = "The same JSON either way"),
    responses(
        (status = 200, body = SaveAnswer, description = "2Checkout has it"),
        (status = 202, body = SaveAnswer, description = "The proxy has it safely, 2Checkout does not yet"),
        (status = 409, body = Problem, description = "`lead/closed`: the cart is completed or withdrawn"),
        Refusals,
    )
)]
pub(super) async fn save(
    State(app): State<App>,
    client: Client,
    Posted(request): Posted<RawSave>,
) -> Result<Response, ApiError> {
    // In a task of its own: what has begun is finished, whether the browser stays or not.
    let task = app.courier().clone().spawn(async move { keep(&app, client, request).await });
    task.await.map_err(|_| ApiError::Internal)?
}

async fn keep(app: &App, client: Client, request: RawSave) -> Result<Response, ApiError> {
    let (good, dropped) = changes::validated(&request.changes, &app.config().content, &app.config().currency);
    app.metrics().dropped(dropped.iter().map(|one| one.path.as_str()));
    let (id, key) = (request.cart.as_str(), KeyHash::of(&request.key));
    let lead_code = request.lead_code.as_deref();
    let mut newcomer = Newcomer::new(app, client);
    let orders = &app.config().orders;
    let limits = &app.config().limits;
    let rule = Admission {
        leads_per_address: limits.leads_per_address.filter(|_| !client.is_exempt).map(NonZeroU32::get),
        blocked_domains: &limits.blocked_domains,
    };
    let has_page_token = match &app.config().page_token {
        Some(page_token) => page_token.admits(request.token.as_deref(), app.store().now()),
        None => true,
    };
    let kept = app.edit_admitting(id, &rule, |known| {
        if known.is_none() && !good.is_empty() {
            if !has_page_token {
                return Err(ApiError::PageToken);
            }
            newcomer.admit(id)?;
        }
        let now = app.store().now();
        if let Some(cart) = known.as_mut().filter(|cart| cart.key.is(&key) && !good.is_empty()) {
            cart.check_after_quiet(now, orders.quiet_ms());
        }
        propose(known, id, key, lead_code.filter(|_| !good.is_empty()), now);
        let saved = cart::save(known, id, key, &good, now);
        if let (Saved::Merged { .. }, Some(cart)) = (&saved, known.as_mut()) {
            cart.index(orders.email_key.as_ref());
            cart.agree(request.consent.clone());
        }
        Ok::<_, ApiError>((saved, known.clone().filter(|cart| cart.key.is(&key))))
    });
    let (saved, admitted) = kept.await?;
    let (saved, mut known) = saved?;
    // What is withheld is delivered to nobody, whatever the row was before.
    match admitted {
        Some(Admitted::AddressLimit) => app.metrics().limit_hit(Limit::LeadsPerAddress, Some(&client.log_id())),
        Some(Admitted::BlockedDomain) => app.metrics().limit_hit(Limit::BlockedDomain, Some(&client.log_id())),
        _ => {}
    }
    if admitted.is_some_and(|admitted| admitted != Admitted::Yes)
        && let Some(cart) = &mut known
    {
        cart.next_attempt_at = None;
    }
    tracing::debug!(cart = short(id), changes = good.iter().count(), dropped = dropped.len(), "save");
    let version = match saved {
        Saved::WrongKey => return Err(ApiError::Key),
        Saved::Closed(status) => return Err(ApiError::Closed(status)),
        Saved::Nothing => return Ok(answer(None, 0, dropped)),
        Saved::Merged { version } => version,
    };
    let Some(known) = known else { return Ok(answer(None, version, dropped)) };
    let now = match settle(app, &known, version, app.config().answer_within).await {
        Settled::NotBegun => return Ok(answer(Some(&known), version, dropped)),
        Settled::Delivered(now) => now,
        // The row tells what came of it. It is kept in any case, so a store that fails now is no reason to refuse.
        Settled::Unknown => Arc::new(app.store().load(id).await.ok().flatten().unwrap_or(known)),
    };
    if now.status != Status::Open {
        return Err(ApiError::Closed(now.status));
    }
    Ok(answer(Some(&now), version, dropped))
}

/// Has 2Checkout asked whether the lead that the browser names is its cart's, where the store knows of none.
fn propose(known: &mut Option<Cart>, id: &str, key: KeyHash, lead_code: Option<&str>, now: cart::Millis) {
    let Some(lead_code) = lead_code.filter(|code| !code.is_empty() && code.len() <= 64) else { return };
    let cart = known.get_or_insert_with(|| Cart::new(id, key, now));
    if cart.key.is(&key) {
        cart.propose(lead_code);
    }
}

fn answer(cart: Option<&Cart>, version: u64, dropped: Vec<Dropped>) -> Response {
    let lead_code = cart.and_then(|cart| cart.lead_code.clone());
    let saved = lead_code.is_some() && cart.is_some_and(|cart| cart.delivered >= version);
    let (status, state) =
        if saved { (StatusCode::OK, SaveState::Saved) } else { (StatusCode::ACCEPTED, SaveState::Queued) };
    let missing = match cart {
        Some(cart) if cart.may_have_lead() => Vec::new(),
        Some(cart) => Cart::missing(&cart.lead()),
        None => vec![Missing::Email, Missing::Items, Missing::Currency],
    };
    let (dropped, dropped_reasons) = dropped.into_iter().map(|one| (one.path, one.reason.name().to_owned())).unzip();
    (status, Json(SaveAnswer { state, lead_code, missing, dropped, dropped_reasons })).into_response()
}

/// What came of waiting for a delivery.
enum Settled {
    /// There was none to wait for.
    NotBegun,
    /// 2Checkout has the version; the cart as that left it.
    Delivered(Arc<Cart>),
    /// It failed, or takes longer.
    Unknown,
}

/// Waits for the delivery of a version, if one is under way or can begin at once, but not longer than `within`.
async fn settle(app: &App, cart: &Cart, version: u64, within: Duration) -> Settled {
    let courier = app.courier();
    if cart.delivered >= version {
        return Settled::NotBegun;
    }
    let can_begin = cart.is_due(app.store().now()) && !courier.is_held();
    if !can_begin && !courier.is_busy_with(&cart.id) {
        return Settled::NotBegun;
    }
    let mut delivered = courier.deliver(&cart.id);
    let there = delivered.wait_for(|now| now.as_ref().is_some_and(|now| now.delivered >= version));
    match tokio::time::timeout(within, there).await {
        Ok(Ok(now)) => now.clone().map_or(Settled::Unknown, Settled::Delivered),
        _ => Settled::Unknown,
    }
}

/// The order is placed: the lead is marked used, its follow-ups stop
///
/// However often. A cart that is not known yet is closed in advance.
#[utoipa::path(
    post,
    path = "/api/lead/complete",
    tag = "lead",
    request_body(content((CloseRequest = "application/json"), (String = "text/plain")), description = "The same JSON either way"),
    responses((status = 200, body = CloseAnswer, description = "Closed"), Refusals)
)]
pub(super) async fn complete(
    State(app): State<App>,
    client: Client,
    Posted(request): Posted<CloseRequest>,
) -> Result<Json<CloseAnswer>, ApiError> {
    close(app, client, request, Status::Completed).await
}

/// Consent was taken back: the lead is emptied, its follow-ups stop
///
/// However often, also while its `addLead` is under way. A cart that is not known yet is closed in advance.
#[utoipa::path(
    post,
    path = "/api/lead/withdraw",
    tag = "lead",
    request_body(content((CloseRequest = "application/json"), (String = "text/plain")), description = "The same JSON either way"),
    responses((status = 200, body = CloseAnswer, description = "Closed"), Refusals)
)]
pub(super) async fn withdraw(
    State(app): State<App>,
    client: Client,
    Posted(request): Posted<CloseRequest>,
) -> Result<Json<CloseAnswer>, ApiError> {
    close(app, client, request, Status::Withdrawn).await
}

async fn close(app: App, client: Client, request: CloseRequest, end: Status) -> Result<Json<CloseAnswer>, ApiError> {
    let task = app.courier().clone().spawn(async move {
        let (id, key) = (request.cart.as_str(), KeyHash::of(&request.key));
        let reference =
            request.order_reference.as_deref().filter(|text| end == Status::Completed && orders::is_reference(text));
        let mut newcomer = Newcomer::new(&app, client);
        let closed = app.edit(id, |known| {
            if known.is_none() {
                newcomer.admit(id)?;
            }
            let now = app.store().now();
            let open = known.as_ref().filter(|cart| cart.status == Status::Open && cart.lead_code.is_some());
            let quiet_ms = open.map(|cart| now.saturating_sub(cart.updated_at));
            propose(known, id, key, request.lead_code.as_deref(), now);
            let closed = cart::close(known, id, key, end, reference, now);
            Ok::<_, ApiError>(closed.then(|| known.clone().map(|cart| (cart, quiet_ms))).flatten())
        });
        let (cart, quiet_ms) = closed.await??.ok_or(ApiError::Key)?;
        if let Some(quiet_ms) = quiet_ms.filter(|_| cart.status == Status::Completed) {
            app.metrics().completed("browser", quiet_ms);
        } else if quiet_ms.is_some() {
            app.metrics().history().add(history::WITHDRAWN);
        }
        tracing::info!(cart = short(id), status = cart.status.name(), "closed");
        settle(&app, &cart, cart.version, app.config().close_within).await;
        Ok(Json(CloseAnswer { state: CloseState::Closed }))
    });
    task.await.map_err(|_| ApiError::Internal)?
}
