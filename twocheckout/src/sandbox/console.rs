//! What tests and the demo's panel see and set: the log, the leads, the faults.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Sandbox;
use super::fault::Faults;
use super::state::LeadRecord;

pub(super) async fn log(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(json!(sandbox.state().kept().log))
}

pub(super) async fn empty(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.change(super::state::State::empty);
    StatusCode::NO_CONTENT
}

pub(super) async fn leads(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(json!(sandbox.state().leads().iter().rev().collect::<Vec<&LeadRecord>>()))
}

pub(super) async fn faults(State(sandbox): State<Sandbox>) -> Json<Value> {
    Json(json!(sandbox.state().faults))
}

/// Replaces the list; `[]` clears it. Whatever its content type: it is set by hand as often as not.
pub(super) async fn set_faults(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    let list = serde_json::from_slice(&body).map_err(|_| "expected JSON".to_owned());
    match list.and_then(|list: Value| Faults::read(&list)) {
        Ok(faults) => {
            let shown = json!(faults);
            sandbox.state().faults = faults;
            Json(shown).into_response()
        }
        Err(message) => (StatusCode::BAD_REQUEST, Json(json!({"message": message}))).into_response(),
    }
}
