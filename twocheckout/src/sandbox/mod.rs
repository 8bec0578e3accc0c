//! A local stand-in for 2Checkout, which has no sandbox of its own for API 6.0.
//!
//! Both protocols, the faults a network has, and a record of everything that arrived. It is written against 2Checkout's
//! pages and shares nothing with the client: raw JSON and checks of its own, so that a field misspelt in the client
//! cannot pass on both sides. What 2Checkout does not document (the codes of its refusals, what it checks) is invented
//! here, and strict: unknown keys, wrong types and missing fields are refused.
//!
//! | path | what |
//! |---|---|
//! | `/sandbox/rpc/6.0/` | JSON-RPC: `login`, `addLead`, `updateLead`, `getLead`, `markLeads`, `getProductByCode` |
//! | `/sandbox/rest/6.0/leads/`, `/sandbox/rest/6.0/leads/{LeadCode}` | REST: add, update, get, search, mark |
//! | `/sandbox/rest/6.0/products/{ProductCode}/` | REST: whether the catalogue has a product |
//! | `/sandbox/log` | `GET`: every call, oldest first, `[{at, protocol, method, params, outcome}]`, the last 10 000; `DELETE` empties log and leads |
//! | `/sandbox/leads` | `GET`: the leads, newest first, `[{LeadCode, lead, Used, StopFollowups, CreatedAt, UpdatedAt}]` |
//! | `/sandbox/faults` | `GET`, `PUT`: `[{"on": "addLead", "fault": "lost_answer", "times": 1}]` |
//! | `/sandbox/settings` | `GET`, `PUT`: `{"update_clears_marks": true}`: an update takes the marks of a lead with it; by default it keeps them; `{"products": ["CODE"]}`: the catalogue |
//! | `/sandbox/ipn` | `POST {external_reference?, email?, status?, refno?, to?, algorithm?, fields?}`: sends a signed notification of an order, answers `{status, body, receipt}` |
//!
//! It holds what it is sent, as a sandbox must: never let it be reached from outside.

mod auth;
mod call;
mod console;
mod fault;
mod ipn;
mod lead_shape;
mod read_back;
mod refusal;
mod rest;
mod rpc;
mod search;
mod settings;
mod shape;
mod state;
mod store;
mod work;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use state::State;

/// The only merchant of the sandbox.
pub const MERCHANT_CODE: &str = "SANDBOX";
/// Its secret key.
pub const SECRET_KEY: &str = "sandbox-secret";

/// Longer bodies, in bytes, are answered with 413.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// The stand-in. Clones share what it holds.
///
/// ```
/// # fn routes() -> axum::Router {
/// twocheckout::sandbox::Sandbox::new(None).router() // serve it, and give the client `http://127.0.0.1:PORT/sandbox`
/// # }
/// ```
#[derive(Clone)]
pub struct Sandbox {
    state: Arc<Mutex<State>>,
    file: Option<Arc<PathBuf>>,
}

impl Sandbox {
    /// A sandbox that keeps its leads and its log in `file`, or in memory alone. A file that cannot be read is begun
    /// anew, with a warning.
    pub fn new(file: Option<PathBuf>) -> Self {
        let kept = file.as_deref().map(store::load).unwrap_or_default();
        Self { state: Arc::new(Mutex::new(State::with(kept))), file: file.map(Arc::new) }
    }

    /// Its routes, all below `/sandbox`.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/sandbox/rpc/6.0", post(rpc::answer))
            .route("/sandbox/rpc/6.0/", post(rpc::answer))
            .route("/sandbox/rest/6.0/leads", get(rest::search).post(rest::add).put(rest::mark))
            .route("/sandbox/rest/6.0/leads/", get(rest::search).post(rest::add).put(rest::mark))
            .route("/sandbox/rest/6.0/leads/{code}", get(rest::get).put(rest::update))
            .route("/sandbox/rest/6.0/leads/{code}/", get(rest::get).put(rest::update))
            .route("/sandbox/rest/6.0/products/{code}", get(rest::product))
            .route("/sandbox/rest/6.0/products/{code}/", get(rest::product))
            .route("/sandbox/log", get(console::log).delete(console::empty))
            .route("/sandbox/leads", get(console::leads))
            .route("/sandbox/faults", get(console::faults).put(console::set_faults))
            .route("/sandbox/settings", get(settings::read).put(settings::set))
            .route("/sandbox/ipn", post(ipn::send))
            .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
            .with_state(self.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // What a panic left is still the best there is; nothing here breaks off halfway.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and writes it down before anybody is answered, so that a lead that was confirmed is still
    /// there after a restart. Writing under the lock keeps the file in order; the wait is the price of a stand-in.
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        let outcome = change(&mut state);
        if let Some(file) = self.file.as_deref()
            && let Err(cause) = store::save(file, state.kept())
        {
            tracing::warn!(file = %file.display(), %cause, "the sandbox cannot be written down");
        }
        outcome
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("file", &self.file).finish_non_exhaustive()
    }
}
