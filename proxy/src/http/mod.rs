//! The proxy's face to browsers and operators.
//!
//! Around every request `record`; before the three `POST`s the origin, the rate and the number at once are checked,
//! then `body` reads and `lead` answers.

mod body;
mod client;
mod dashboard;
mod error;
mod host;
mod ipn;
mod lead;
mod operators;
mod orders;
mod origin;
mod rate;
mod raw_body;
mod record;
mod schema;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tokio::sync::Semaphore;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) use client::{is_local, subscriber};

use crate::cart::{Admission, Admitted, Cart};
use crate::clock::own_ms;
use crate::config::Config;
use crate::delivery::Courier;
use crate::metrics::Metrics;
use crate::store::{self, Store, StoreError};
use client::Clients;
use error::ApiError;
use rate::Limits;

/// The address at the other end of the connection; put on each request by what accepts connections.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// So long after a change could not be kept `/healthz` says so, then it tries anew.
const FAILED_FOR_MS: u64 = 30_000;

/// What the handlers share. A clone is the same.
#[derive(Debug, Clone)]
pub struct App(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    config: Config,
    store: Arc<dyn Store>,
    courier: Courier,
    metrics: Arc<Metrics>,
    clients: Clients,
    limits: Limits,
    places: Semaphore,
    /// When a change could last not be kept, by this program's own clock; 0 when one was kept since.
    failed_at: AtomicU64,
}

impl App {
    pub(crate) fn new(config: Config, store: Arc<dyn Store>, courier: Courier, metrics: Arc<Metrics>) -> Self {
        let clients = Clients::new(config.client_ip_header.clone(), config.exempt_loopback);
        let limits = Limits::new(&config);
        let places = Semaphore::new(config.requests_at_once.clamp(1, Semaphore::MAX_PERMITS));
        Self(Arc::new(Shared {
            config,
            store,
            courier,
            metrics,
            clients,
            limits,
            places,
            failed_at: AtomicU64::new(0),
        }))
    }

    fn config(&self) -> &Config {
        &self.0.config
    }

    fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    /// [`store::edit`], and remembers whether the store could.
    async fn edit<T: Send>(
        &self,
        cart: &str,
        change: impl FnMut(&mut Option<Cart>) -> T + Send,
    ) -> Result<T, StoreError> {
        let edited = store::edit(self.store(), cart, change).await;
        self.remember(edited.is_ok());
        edited
    }

    /// Whether the store could keep a change just now.
    fn remember(&self, kept: bool) {
        self.0.failed_at.store(if kept { 0 } else { own_ms().max(1) }, Ordering::Relaxed);
    }

    /// [`store::edit_admitting`], and remembers whether the store could.
    async fn edit_admitting<T: Send>(
        &self,
        cart: &str,
        rule: &Admission<'_>,
        change: impl FnMut(&mut Option<Cart>) -> T + Send,
    ) -> Result<(T, Option<Admitted>), StoreError> {
        let edited = store::edit_admitting(self.store(), cart, rule, change).await;
        self.remember(edited.is_ok());
        edited
    }

    /// Whether a change could not be kept a moment ago, and none was kept since: a small write may still find a place
    /// where a change does not.
    fn has_just_failed(&self) -> bool {
        let failed_at = self.0.failed_at.load(Ordering::Relaxed);
        failed_at > 0 && own_ms().saturating_sub(failed_at) < FAILED_FOR_MS
    }

    fn courier(&self) -> &Courier {
        &self.0.courier
    }

    fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "leadkeep proxy", description = "Keeps the lead of a checkout and delivers it to 2Checkout."),
    tags(
        (name = "lead", description = "For the widget. Every answer carries `x-request-id`."),
        (name = "orders", description = "For 2Checkout's servers and the shop's own: an order ends its lead."),
        (name = "operators", description = "For those who run the proxy.")
    )
)]
struct Contract;

/// What is served where.
#[derive(Debug)]
pub(crate) struct Routers {
    /// To browsers.
    pub(crate) public: Router,
    /// To operators, on an address of their own.
    pub(crate) operators: Option<Router>,
}

/// The routes, and around every answer, those of `others` too, what [`record`] adds. What is for operators alone is
/// served apart, or with the rest.
pub(crate) fn routers(app: &App, others: Option<Router>, apart: bool) -> Routers {
    let (posts, contract) = OpenApiRouter::with_openapi(Contract::openapi())
        .routes(routes!(lead::save))
        .routes(routes!(lead::complete))
        .routes(routes!(lead::withdraw))
        .split_for_parts();
    // Before the layers, so that a preflight passes through them.
    let posts = posts
        .method_not_allowed_fallback(operators::wrong_method)
        .layer(from_fn_with_state(app.clone(), take_a_place))
        .layer(from_fn_with_state(app.clone(), rate::check_requests))
        .layer(from_fn_with_state(app.clone(), origin::check));
    // Servers speak here, and prove it.
    let (reports, contract) = OpenApiRouter::with_openapi(contract)
        .routes(routes!(ipn::try_url, ipn::notify))
        .routes(routes!(orders::place))
        .split_for_parts();
    let reports = reports
        .method_not_allowed_fallback(operators::wrong_method)
        .layer(from_fn_with_state(app.clone(), take_a_place));
    let (operators, contract) = OpenApiRouter::with_openapi(contract)
        .routes(routes!(operators::healthz))
        .routes(routes!(operators::livez))
        .routes(routes!(operators::metrics))
        .split_for_parts();
    let operators = operators.merge(dashboard::routes());
    let document = get(move || std::future::ready(axum::Json(contract.clone())));
    let public = posts
        .merge(reports)
        .merge(app.config().widget.routes())
        .route("/api/openapi.json", document)
        .route("/api", any(operators::not_found))
        .route("/api/{*rest}", any(operators::not_found));
    let (public, operators) = if apart { (public, Some(operators)) } else { (public.merge(operators), None) };
    let public = match others {
        Some(others) => public.fallback_service(others),
        None => public.fallback(operators::not_found),
    };
    Routers {
        public: recorded(app, public.layer(from_fn_with_state(app.clone(), host::check))),
        operators: operators.map(|router| recorded(app, router.fallback(operators::not_found))),
    }
}

fn recorded(app: &App, router: Router<App>) -> Router {
    router
        .method_not_allowed_fallback(operators::wrong_method)
        .layer(from_fn_with_state(app.clone(), record::record))
        .with_state(app.clone())
}

/// Sheds what is too much instead of letting everybody wait.
async fn take_a_place(State(app): State<App>, request: Request, next: Next) -> Response {
    match app.0.places.try_acquire() {
        Ok(_place) => next.run(request).await,
        Err(_) => {
            body::drain(&app, request).await;
            ApiError::Busy.into_response()
        }
    }
}
