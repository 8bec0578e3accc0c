//! `/sandbox/rest/6.0/leads/` and `/sandbox/rest/6.0/products/{ProductCode}/`: every request is signed.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{self, Path, Query};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::auth::Proof;
use super::call::{Call, Done, Reply};
use super::lead_shape::{REST_CHANGED, REST_NEW};
use super::refusal::Refusal;
use super::rpc::is_json;
use super::search::{Filter, for_the_log};
use super::state::{Protocol, State};
use super::{Sandbox, read_back, work};

type Shared = extract::State<Sandbox>;

pub(super) async fn add(shared: Shared, headers: HeaderMap, body: Bytes) -> Response {
    let lead = Body::read(&headers, &body);
    let params = json!([lead.shown()]);
    answer(shared, &headers, "addLead", params, |state, now| work::add(state, now, &REST_NEW, lead.0?)).await
}

pub(super) async fn update(shared: Shared, Path(code): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let lead = Body::read(&headers, &body);
    let params = json!([lead.shown(), code]);
    let work = |state: &mut State, now| work::update(state, now, &REST_CHANGED, lead.0?, &code);
    answer(shared, &headers, "updateLead", params, work).await
}

pub(super) async fn mark(shared: Shared, headers: HeaderMap, body: Bytes) -> Response {
    let marks = Body::read(&headers, &body);
    let params = json!([marks.shown()]);
    answer(shared, &headers, "markLeads", params, |state, _| work::mark(state, &marks.0?)).await
}

pub(super) async fn get(shared: Shared, Path(code): Path<String>, headers: HeaderMap) -> Response {
    let params = json!([code]);
    answer(shared, &headers, "getLead", params, |state, _| work::get(state, &code, read_back::in_rest)).await
}

pub(super) async fn product(shared: Shared, Path(code): Path<String>, headers: HeaderMap) -> Response {
    let params = json!([code]);
    answer(shared, &headers, "getProductByCode", params, |state, _| work::product(state, &code)).await
}

pub(super) async fn search(shared: Shared, Query(query): Query<Vec<(String, String)>>, headers: HeaderMap) -> Response {
    let params = json!([for_the_log(&query)]);
    let work = |state: &mut State, _| Ok(Done::of(Filter::read(&query)?.run(state, read_back::in_rest)));
    answer(shared, &headers, "searchLeads", params, work).await
}

/// A body that is JSON and says so.
struct Body(Result<Value, Refusal>);

impl Body {
    fn read(headers: &HeaderMap, body: &[u8]) -> Self {
        Self(match serde_json::from_slice(body) {
            _ if !is_json(headers) => Err(Refusal::Input("Content-Type: expected application/json".into())),
            Ok(value) => Ok(value),
            Err(_) => Err(Refusal::Input("expected JSON".into())),
        })
    }

    fn shown(&self) -> Value {
        self.0.as_ref().ok().cloned().unwrap_or_default()
    }
}

async fn answer(
    extract::State(sandbox): Shared,
    headers: &HeaderMap,
    method: &str,
    params: Value,
    work: impl FnOnce(&mut State, Timestamp) -> Result<Done, Refusal>,
) -> Response {
    let call = Call { protocol: Protocol::Rest, method: method.to_owned(), params, session: None };
    let reply = sandbox.receive(call, |state, now| {
        admit(headers, now)?;
        work(state, now)
    });
    match reply.await {
        Reply::Fault(response) => response,
        // As the schema has it.
        Reply::Answer(Ok(value)) if matches!(method, "addLead" | "updateLead") => {
            Json(json!({"LeadResponse": value})).into_response()
        }
        Reply::Answer(Ok(value)) => Json(value).into_response(),
        Reply::Answer(Err(refusal)) => {
            let words = refusal.in_rest();
            (words.status, Json(json!({"error_code": words.name, "message": words.message}))).into_response()
        }
    }
}

/// Both headers are required by the schema.
fn admit(headers: &HeaderMap, now: Timestamp) -> Result<(), Refusal> {
    // Read as bytes: a merchant code need not be ASCII.
    let proof = headers.get("X-Avangate-Authentication").and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    proof.and_then(Proof::of_header).ok_or(Refusal::NoCredentials)?.check(now)?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") || accept.contains("*/*") {
        Ok(())
    } else {
        Err(Refusal::Input("Accept: expected application/json".into()))
    }
}
