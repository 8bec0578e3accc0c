//! What an answer means before anybody looks at what it brings: did 2Checkout do it, refuse it, or say nothing of use?

use std::time::Duration;

use serde_json::Value;

use crate::read::{self, Refusal};
use crate::{Error, SignIn};

/// An answer, whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    /// `None` where the body is no JSON.
    pub(crate) body: Option<Value>,
}

/// Why an answer brings nothing.
pub(crate) enum Failure {
    /// The session or the signature is not accepted: one more try with a new one.
    Session {
        /// 2Checkout says that it is the session, not the signature.
        over: bool,
        /// Why a signature was not accepted.
        why: SignIn,
    },
    /// All else.
    Error(Error),
}

impl Failure {
    /// A signature is not accepted, and 2Checkout does not say why.
    pub(crate) fn unsigned() -> Self {
        Self::Session { over: false, why: SignIn::Unknown }
    }

    /// The error of a refused login, which is a matter of the credentials.
    pub(crate) fn of_login(self) -> Error {
        match self {
            Self::Session { why, .. } => Error::Unauthorised(why),
            Self::Error(error) => error,
        }
    }

    /// The error of a call after a login that was accepted: the credentials are right, and nothing was done.
    pub(crate) fn after_login(self) -> Error {
        match self {
            Self::Session { .. } => Error::Unavailable { retry_after: None, maybe_done: false },
            Self::Error(error) => error,
        }
    }

    /// The error of a request that was signed anew: a matter of the credentials, unless 2Checkout speaks of a session.
    pub(crate) fn of_signature(self) -> Error {
        match self {
            Self::Session { over: false, why } => Error::Unauthorised(why),
            other => other.after_login(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        // Whatever code comes with these words, they are of no lead.
        if let Some(why) = SignIn::of_words(&refusal.message) {
            return Self::Session { over: false, why };
        }
        let why = SignIn::Unknown;
        match refusal.code.as_str() {
            // Names of 10000 to 10002 in the error table of API 6.0, and what REST says with 401.
            "INVALID_SESSION" | "SESSION_EXPIRED" | "10001" | "10002" => Self::Session { over: true, why },
            "FORBIDDEN" | "AUTHENTICATION_FAILED" | "AUTHENTICATION_ERROR" | "10000" => {
                Self::Session { over: false, why }
            }
            "LEAD_NOT_FOUND" => Self::Error(Error::UnknownLead),
            // -32603: JSON-RPC 2.0, section 5.1.
            "INTERNAL_ERROR" | "-32603" => Self::Error(Error::Unavailable { retry_after: None, maybe_done: true }),
            _ => Self::Error(Error::Rejected { code: refusal.code, message: refusal.message }),
        }
    }
}

impl Answer {
    /// What a JSON-RPC answer brings. 2Checkout does not say which status comes with an error, so the body is asked
    /// first, except where the status is that of a gateway.
    pub(crate) fn rpc(self) -> Result<Value, Failure> {
        if matches!(self.status, 408 | 429 | 502..=504) {
            return Err(self.nonsense().into());
        }
        let nonsense = self.nonsense();
        let Some(Value::Object(mut body)) = self.body else {
            return Err(if self.status == 401 { Failure::unsigned() } else { nonsense.into() });
        };
        if let Some(error) = body.get("error").filter(|error| !error.is_null()) {
            return Err(Refusal::of_rpc(error).into());
        }
        // Every sample has `result`; the page "Workflow" calls it `response`.
        let brought = body.remove("result").filter(|value| !value.is_null()).or_else(|| body.remove("response"));
        let brought = brought.filter(|value| !value.is_null()).ok_or(nonsense)?;
        Ok(read::accepted(brought)?)
    }

    /// What a REST answer brings; `names_lead` where the request named a lead by its code.
    pub(crate) fn rest(self, names_lead: bool) -> Result<Value, Failure> {
        let nonsense = self.nonsense();
        // Without a body of 2Checkout's, 404 may be a gateway's: believing it would make a second lead.
        let Some(body) = self.body.filter(|body| body.is_object() || body.is_array()) else {
            return Err(if self.status == 401 { Failure::unsigned() } else { nonsense.into() });
        };
        let refusal = Refusal::of_rest(&body);
        match self.status {
            401 => Err(match refusal.map(Failure::from) {
                Some(session @ Failure::Session { .. }) => session,
                _ => Failure::unsigned(),
            }),
            200..=299 => match refusal {
                Some(refusal) => Err(refusal.into()),
                None => Ok(read::accepted(body)?),
            },
            404 if names_lead => Err(Error::UnknownLead.into()),
            408 | 429 => Err(nonsense.into()),
            400..=499 => Err(refusal.unwrap_or_else(|| Refusal::new(&format!("http/{}", self.status), "")).into()),
            _ => Err(nonsense.into()),
        }
    }

    /// The error of an answer that says nothing of use.
    fn nonsense(&self) -> Error {
        let retry_after = self.retry_after;
        match self.status {
            408 | 429 | 503 => Error::Unavailable { retry_after, maybe_done: false },
            500..=599 => Error::Unavailable { retry_after, maybe_done: true },
            // A 303 comes after the work (RFC 9110, section 15.4.4), and 302 has been used so; the other redirects and
            // the refusals come instead of it.
            301 | 307 | 308 | 400..=499 => Error::Malformed { maybe_done: false },
            _ => Error::Malformed { maybe_done: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, retry_after: Some(Duration::from_secs(2)), body: serde_json::from_str(body).ok() }
    }

    fn shown<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> String {
        match outcome {
            Ok(value) => format!("{value:?}"),
            Err(Failure::Session { over: true, .. }) => "session".into(),
            Err(Failure::Session { why: SignIn::Clock, .. }) => "clock".into(),
            Err(Failure::Session { why: SignIn::Key, .. }) => "key".into(),
            Err(Failure::Session { .. }) => "signature".into(),
            Err(Failure::Error(error)) => match error {
                Error::Rejected { code, .. } => code,
                Error::UnknownLead => "unknown lead".into(),
                error => {
                    let kind = if error.retry_after().is_some() { "wait" } else { "malformed" };
                    format!("{kind} {}", if error.maybe_done() { "maybe" } else { "not" })
                }
            },
        }
    }

    #[test]
    fn a_json_rpc_answer_is_judged_by_its_body_first() {
        const CASES: &[(u16, &str, &str)] = &[
            (200, r#"{"error":{"code":10002,"message":"x"}}"#, "session"),
            (500, r#"{"error":{"code":10000,"message":"x","data":{"error_code":"FORBIDDEN"}}}"#, "signature"),
            (200, r#"{"error":{"code":10000,"message":"Time offset mismatch"}}"#, "clock"),
            (200, r#"{"error":{"code":-32000,"message":"Hash signature could not be authenticated"}}"#, "key"),
            (200, r#"{"error":{"code":"10001","message":"x"}}"#, "session"),
            (200, r#"{"error":{"code":10004,"message":"x","data":{"error_code":"NOT_ALLOWED"}}}"#, "NOT_ALLOWED"),
            (500, r#"{"error":{"code":-32602,"message":"x"}}"#, "-32602"),
            (404, r#"{"error":{"code":1,"message":"x","data":{"error_code":"LEAD_NOT_FOUND"}}}"#, "unknown lead"),
            (200, r#"{"error":"no"}"#, "unknown"),
            (200, r#"{"result":{"LeadCode":"A","Errors":[{"Code":"E1","Description":"x"}]}}"#, "E1"),
            (200, r#"{"result":null}"#, "malformed maybe"),
            (200, "<html>", "malformed maybe"),
            (204, "", "malformed maybe"),
            (302, "", "malformed maybe"),
            (308, "", "malformed not"),
            (400, "<html>", "malformed not"),
            (401, "<html>", "signature"),
            (404, "<html>", "malformed not"),
            (409, "<html>", "malformed not"),
            (413, "<html>", "malformed not"),
            (408, "", "wait not"),
            (303, "", "malformed maybe"),
            (301, "", "malformed not"),
            (307, "", "malformed not"),
            (403, "<html>", "malformed not"),
            (429, r#"{"error":{"code":1}}"#, "wait not"),
            (500, "", "wait maybe"),
            (502, "<html>", "wait maybe"),
            (503, "", "wait not"),
            (504, "", "wait maybe"),
        ];
        for (status, body, expected) in CASES {
            assert_eq!(shown(answer(*status, body).rpc()), *expected, "{status} {body}");
        }
        let ok = answer(200, r#"{"result":{"LeadCode":"A","Errors":[]}}"#).rpc();
        assert!(matches!(ok, Ok(value) if value == json!({"LeadCode": "A", "Errors": []})));
        assert!(matches!(answer(200, r#"{"response":"id"}"#).rpc(), Ok(value) if value == json!("id")));
    }

    #[test]
    fn a_rest_answer_is_judged_by_its_status_and_its_code() {
        const CASES: &[(u16, bool, &str, &str)] = &[
            (401, false, r#"{"error_code":"AUTHENTICATION_ERROR","message":"x"}"#, "signature"),
            (401, false, "", "signature"),
            (401, false, r#"{"error_code":"AUTHENTICATION_ERROR","message":"Time offset mismatch"}"#, "clock"),
            (401, false, r#"{"error_code":"X","message":"Hash signature could not be authenticated!"}"#, "key"),
            (403, false, r#"{"error_code":"X","message":"Time Offset Mismatch."}"#, "clock"),
            (400, true, r#"{"error_code":"X","message":"Hash signature could not be authenticated"}"#, "key"),
            (401, false, r#"{"error_code":"SESSION_EXPIRED","message":"x"}"#, "session"),
            (401, false, r#"{"error_code":"INPUT_ERROR","message":"x"}"#, "signature"),
            (200, false, r#"{"error_code":"AUTHENTICATION_ERROR","message":"x"}"#, "signature"),
            (400, false, r#"{"error_code":"INPUT_ERROR","message":"x"}"#, "INPUT_ERROR"),
            (422, false, r#"{}"#, "http/422"),
            (404, true, r#"{"error_code":"NOT_FOUND","message":"x"}"#, "unknown lead"),
            (404, false, r#"{"error_code":"NOT_FOUND","message":"x"}"#, "NOT_FOUND"),
            (404, true, "<html>", "malformed not"),
            (200, false, r#"{"LeadResponse":{"LeadCode":"A","Errors":["E1"]}}"#, "unknown"),
            (200, false, r#"{"LeadCode":"A","Errors":{"E1":"x"}}"#, "E1"),
            (200, false, "<html>", "malformed maybe"),
            (429, false, r#"{"error_code":"X"}"#, "wait not"),
            (500, false, r#"{"error_code":"X"}"#, "wait maybe"),
            (503, false, "", "wait not"),
        ];
        for (status, names_lead, body, expected) in CASES {
            assert_eq!(shown(answer(*status, body).rest(*names_lead)), *expected, "{status} {body}");
        }
    }
}
