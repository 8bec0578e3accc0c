//! `/sandbox/rpc/6.0/`: JSON-RPC, positional, the session first.

use axum::Json;
use axum::body::Bytes;
use axum::extract;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::auth::Proof;
use super::call::{Call, Done, Reply};
use super::lead_shape::RPC;
use super::refusal::Refusal;
use super::state::{Protocol, SessionState, State};
use super::{Sandbox, read_back, work};

pub(super) async fn answer(
    extract::State(sandbox): extract::State<Sandbox>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let read = Envelope::read(&headers, &body);
    let id = read.as_ref().map_or(Value::Null, |envelope| envelope.id.clone());
    let (call, envelope) = match read {
        Ok(envelope) => (envelope.call(), Ok(envelope)),
        Err(refusal) => {
            let (method, params) = ("unknown".to_owned(), json!([]));
            (Call { protocol: Protocol::JsonRpc, method, params, session: None }, Err(refusal))
        }
    };
    match sandbox.receive(call, |state, now| envelope?.run(state, now)).await {
        Reply::Fault(response) => response,
        Reply::Answer(Ok(result)) => Json(json!({"jsonrpc": "2.0", "id": id, "result": result})).into_response(),
        Reply::Answer(Err(refusal)) => {
            let words = refusal.in_rpc();
            let error = json!({"code": words.number, "message": words.message, "data": {"error_code": words.name}});
            (words.status, Json(json!({"jsonrpc": "2.0", "id": id, "error": error}))).into_response()
        }
    }
}

struct Envelope {
    id: Value,
    method: String,
    params: Vec<Value>,
}

impl Envelope {
    fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let wrong = |what: &str| Refusal::Input(what.to_owned());
        if !is_json(headers) {
            return Err(wrong("Content-Type: expected application/json"));
        }
        let Ok(Value::Object(mut envelope)) = serde_json::from_slice(body) else {
            return Err(wrong("expected a JSON object"));
        };
        if envelope.remove("jsonrpc") != Some(json!("2.0")) {
            return Err(wrong("jsonrpc: expected \"2.0\""));
        }
        // "Use only integer values": page "Workflow".
        let id = envelope.remove("id").filter(|id| id.is_i64()).ok_or_else(|| wrong("id: expected a whole number"))?;
        let Some(Value::String(method)) = envelope.remove("method") else { return Err(wrong("method: expected text")) };
        let Some(Value::Array(params)) = envelope.remove("params") else {
            return Err(wrong("params: expected a list"));
        };
        if !envelope.is_empty() {
            return Err(wrong("expected jsonrpc, method, params and id alone"));
        }
        Ok(Self { id, method, params })
    }

    /// The call as the log shows it: without the session, and with the hash of a login as `***`.
    fn call(&self) -> Call {
        let (mut params, mut session) = (self.params.clone(), None);
        if self.method == "login" {
            if let Some(hash) = params.get_mut(2) {
                *hash = json!("***");
            }
        } else if !params.is_empty() {
            session = params.remove(0).as_str().map(str::to_owned);
        }
        Call { protocol: Protocol::JsonRpc, method: self.method.clone(), params: Value::Array(params), session }
    }

    fn run(self, state: &mut State, now: Timestamp) -> Result<Done, Refusal> {
        if self.method == "login" {
            return login(state, now, &self.params);
        }
        if !["addLead", "updateLead", "getLead", "markLeads", "getProductByCode"].contains(&self.method.as_str()) {
            return Err(Refusal::UnknownMethod);
        }
        let mut params = self.params.into_iter();
        match state.session(params.next().as_ref().and_then(Value::as_str).unwrap_or_default(), now) {
            SessionState::Open => {}
            SessionState::Expired => return Err(Refusal::SessionExpired),
            SessionState::Unknown => return Err(Refusal::Session),
        }
        let rest: Vec<Value> = params.collect();
        match (self.method.as_str(), rest.as_slice()) {
            ("addLead", [lead]) => work::add(state, now, &RPC, lead.clone()),
            // The code comes last: page "Update a lead".
            ("updateLead", [lead, Value::String(code)]) => work::update(state, now, &RPC, lead.clone(), code),
            ("getLead", [Value::String(code)]) => work::get(state, code, read_back::in_rpc),
            ("getProductByCode", [Value::String(code)]) => work::product(state, code),
            ("markLeads", [marks]) => work::mark(state, marks),
            (method, _) => Err(Refusal::Input(format!("{method}: expected {}", expected(method)))),
        }
    }
}

fn expected(method: &str) -> &'static str {
    match method {
        "addLead" => "[session, Lead]",
        "updateLead" => "[session, Lead, LeadCode]",
        "getLead" => "[session, LeadCode]",
        "getProductByCode" => "[session, ProductCode]",
        _ => "[session, [{LeadCode, Used, StopFollowups}]]",
    }
}

fn login(state: &mut State, now: Timestamp, params: &[Value]) -> Result<Done, Refusal> {
    let texts: Option<Vec<&str>> = params.iter().map(Value::as_str).collect();
    let Some([code, date, hash, algo]) = texts.as_deref() else {
        return Err(Refusal::Input("login: expected [merchantCode, date, hash, algo]".into()));
    };
    Proof { code, date, hash, algo }.check(now)?;
    let session = work::random_hex(32)?.to_ascii_lowercase();
    state.open_session(session.clone(), now);
    Ok(Done::of(json!(session)))
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}
