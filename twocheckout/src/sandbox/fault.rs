//! The faults of a network, on demand.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What goes wrong. Only `LostAnswer` does the work.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Fault {
    /// Does the work and drops the connection.
    LostAnswer,
    #[serde(rename = "error_500")]
    Error500,
    #[serde(rename = "unavailable_503")]
    Unavailable503,
    /// Says nothing for 60 seconds, then 504.
    Hang,
    /// The error of a session that is over; REST's 401.
    SessionExpired,
    /// 200 with an HTML body.
    Html,
    /// 200 with `Errors` filled.
    Errors,
    /// 429 with `Retry-After: 2`.
    RateLimited,
}

const NAMES: &str = "lost_answer, error_500, unavailable_503, hang, session_expired, html, errors or rate_limited";

/// What a fault can be set on.
const METHODS: &[&str] =
    &["login", "addLead", "updateLead", "getLead", "markLeads", "searchLeads", "getProductByCode", "*"];

const HANG: Duration = Duration::from_secs(60);

/// One entry of the list.
#[derive(Clone, Serialize)]
struct Set {
    on: String,
    fault: Fault,
    times: u64,
}

/// The list: the first entry that fits a call and is not used up strikes.
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Faults(Vec<Set>);

impl Faults {
    /// Reads a list, or says what is wrong with it.
    pub(super) fn read(list: &Value) -> Result<Self, String> {
        let list =
            list.as_array().ok_or(r#"expected a list: [{"on": "addLead", "fault": "lost_answer", "times": 1}]"#)?;
        let read = |(i, entry)| read_entry(entry).map_err(|expected| format!("[{i}]: expected {expected}"));
        list.iter().enumerate().map(read).collect::<Result<_, _>>().map(Self)
    }

    /// The fault that strikes a call, if any; counts it down.
    pub(super) fn take(&mut self, method: &str) -> Option<Fault> {
        let set = self.0.iter_mut().find(|set| set.on == method || set.on == "*")?;
        let fault = set.fault;
        set.times -= 1;
        self.0.retain(|set| set.times > 0);
        Some(fault)
    }
}

fn read_entry(entry: &Value) -> Result<Set, String> {
    let entry = entry.as_object().ok_or("an object")?;
    if entry.keys().any(|key| !["on", "fault", "times"].contains(&key.as_str())) {
        return Err("the keys on, fault and times".into());
    }
    let on = entry.get("on").and_then(Value::as_str).filter(|on| METHODS.contains(on));
    let on = on.ok_or_else(|| format!("on: one of {}", METHODS.join(", ")))?.to_owned();
    let fault = entry.get("fault").cloned().and_then(|fault| serde_json::from_value(fault).ok());
    let fault = fault.ok_or_else(|| format!("fault: {NAMES}"))?;
    let times = entry.get("times").map_or(Some(1), Value::as_u64).filter(|times| *times > 0);
    Ok(Set { on, fault, times: times.ok_or("times: a whole number of 1 or more")? })
}

impl Fault {
    /// The answers that look the same in both protocols.
    pub(super) async fn strike(self) -> Response {
        match self {
            Self::Error500 => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response(),
            Self::Unavailable503 => (StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response(),
            Self::RateLimited => {
                (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")], "Too Many Requests").into_response()
            }
            Self::Html => Html("<!doctype html><title>Maintenance</title><p>We will be back soon.").into_response(),
            Self::Hang => {
                tokio::time::sleep(HANG).await;
                (StatusCode::GATEWAY_TIMEOUT, "Gateway Timeout").into_response()
            }
            // The other two have a form in each protocol, so they do not come here.
            Self::LostAnswer | Self::SessionExpired | Self::Errors => Response::new(Body::new(Dropped)),
        }
    }
}

/// A body that breaks before its first byte: hyper has not written the head by then, and closes the connection.
struct Dropped;

impl http_body::Body for Dropped {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionAborted))))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn faults_count_down_in_order_and_a_star_strikes_all() {
        let list = json!([
            {"on": "addLead", "fault": "lost_answer"},
            {"on": "*", "fault": "html", "times": 2},
        ]);
        let mut faults = Faults::read(&list).unwrap();
        assert_eq!(faults.take("login"), Some(Fault::Html));
        assert_eq!(json!(faults)[1], json!({"on": "*", "fault": "html", "times": 1}));
        assert_eq!(faults.take("addLead"), Some(Fault::LostAnswer));
        assert_eq!(faults.take("addLead"), Some(Fault::Html));
        assert_eq!(faults.take("addLead"), None);
        assert_eq!(json!(faults), json!([]));
    }

    #[test]
    fn every_fault_of_the_contract_is_known_by_its_name() {
        for name in NAMES.replace(" or ", " ").replace(',', " ").split_whitespace() {
            assert!(Faults::read(&json!([{"on": "login", "fault": name}])).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_wrong_list_is_refused_with_what_was_expected() {
        let cases = [
            (json!({}), "expected a list"),
            (json!(["addLead"]), "[0]: expected an object"),
            (
                json!([{"on": "addLead", "fault": "html"}, {"on": "add", "fault": "html"}]),
                "[1]: expected on: one of login",
            ),
            (json!([{"on": "addLead", "fault": "nap"}]), "[0]: expected fault: lost_answer"),
            (json!([{"on": "addLead", "fault": "html", "times": 0}]), "[0]: expected times"),
            (json!([{"on": "addLead", "fault": "html", "times": "1"}]), "[0]: expected times"),
            (json!([{"on": "addLead", "fault": "html", "time": 1}]), "[0]: expected the keys"),
        ];
        for (list, expected) in cases {
            let Err(text) = Faults::read(&list) else { panic!("{list}") };
            assert!(text.starts_with(expected), "{text}");
        }
    }
}
