//! What happens to every call, of either protocol: a fault strikes or the work is done, and the log gets an entry.

use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Sandbox;
use super::fault::Fault;
use super::refusal::Refusal;
use super::state::{LogEntry, Outcome, Protocol, State};

/// A call that arrived.
pub(super) struct Call {
    pub(super) protocol: Protocol,
    /// Its name in JSON-RPC, for REST too.
    pub(super) method: String,
    /// What the log shows: a list, without the session.
    pub(super) params: Value,
    /// The session it came with.
    pub(super) session: Option<String>,
}

/// Work that was done.
pub(super) struct Done {
    /// What the caller gets to know.
    pub(super) value: Value,
    /// The lead it was done on.
    pub(super) lead_code: Option<String>,
    /// Whether all of it was done, and not only some of several leads marked.
    pub(super) whole: bool,
}

impl Done {
    pub(super) fn of(value: Value) -> Self {
        Self { value, lead_code: None, whole: true }
    }

    pub(super) fn on(lead_code: &str, value: Value) -> Self {
        Self { value, lead_code: Some(lead_code.to_owned()), whole: true }
    }
}

/// What comes of a call.
pub(super) enum Reply {
    /// An answer, still to be put into the form of its protocol.
    Answer(Result<Value, Refusal>),
    /// An answer that is none of 2Checkout's.
    Fault(Response),
}

impl Sandbox {
    pub(super) async fn receive(
        &self,
        call: Call,
        work: impl FnOnce(&mut State, Timestamp) -> Result<Done, Refusal>,
    ) -> Reply {
        let now = Timestamp::now();
        let (fault, result) = self.change(|state| {
            let fault = state.faults.take(&call.method);
            let result = match fault {
                None | Some(Fault::LostAnswer) => Some(work(state, now)),
                Some(_) => None,
            };
            if let (Some(Fault::SessionExpired), Some(session)) = (fault, &call.session) {
                state.end_session(session);
            }
            let done = result.as_ref().and_then(|result| result.as_ref().ok());
            let outcome = Outcome {
                done: done.is_some_and(|done| done.whole),
                fault,
                lead_code: done.and_then(|done| done.lead_code.clone()),
            };
            if let Some(Err(Refusal::Input(what))) = &result {
                tracing::info!(method = call.method, what, "the sandbox refused a call");
            }
            let Call { protocol, method, params, .. } = call;
            state.log(LogEntry { at: now.as_millisecond(), protocol, method, params, outcome });
            (fault, result)
        });
        match (fault, result) {
            (None, Some(result)) => Reply::Answer(result.map(|done| done.value)),
            (Some(Fault::SessionExpired), _) => Reply::Answer(Err(Refusal::SessionExpired)),
            (Some(Fault::Errors), _) => {
                let errors = [json!({"Code": "SANDBOX_FAULT", "Description": "The fault `errors` was asked for"})];
                Reply::Answer(Ok(json!({"Errors": errors})))
            }
            (Some(fault), _) => Reply::Fault(fault.strike().await),
            (None, None) => Reply::Answer(Err(Refusal::Broken)),
        }
    }
}
