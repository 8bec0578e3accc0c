//! The table of docs/faults.md, "Between the proxy and 2Checkout", row by row over real HTTP: 2Checkout answers the first
//! `addLead` so, and what does the proxy do next?

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use jiff::{Timestamp, ToSpan};
use leadkeep_proxy::Proxy;
use leadkeep_proxy::config::Config;
use leadkeep_proxy::delivery::Timing;
use leadkeep_proxy::store::Location;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpListener;
use twocheckout::sandbox::{MERCHANT_CODE, SECRET_KEY};
use twocheckout::{Client, Credentials, Protocol};

use super::running::Upstream;
use super::stand::{Cart, changes, enough, quick};

/// What 2Checkout does with the first `addLead`.
#[derive(Clone, Copy)]
enum Does {
    /// Answers so; nothing is done.
    Says(u16, &'static str),
    /// Answers so, with this `Retry-After`.
    Asks(u16, fn() -> String),
    /// Redirects to a log-in page.
    Redirects(u16),
    /// Does the work, and breaks off in the midst of its answer.
    BreaksOff,
    /// Says nothing.
    Hangs,
}

/// What the proxy does then.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Then {
    /// Sends it again, later.
    Again,
    /// Looks for the lead first, and adds it if it is not there.
    Looks,
    /// Looks for the lead first, finds it, and updates it.
    Adopts,
    /// Opens a new session, or signs anew, and sends it again at once.
    Renews,
}

impl Then {
    fn calls(self) -> &'static [&'static str] {
        match self {
            Self::Again | Self::Renews => &["addLead", "addLead"],
            Self::Looks => &["addLead", "searchLeads", "addLead"],
            Self::Adopts => &["addLead", "searchLeads", "updateLead"],
        }
    }
}

const HTML: &str = "<!doctype html><title>Sign in</title>";

fn in_two_seconds() -> String {
    // HTTP dates have whole seconds: this is between two and three from now.
    let then = Timestamp::now().checked_add(3.seconds()).unwrap();
    then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[rustfmt::skip]
const BOTH: &[(&str, Does, Then)] = &[
    ("no answer in time", Does::Hangs, Then::Looks),
    ("broken off", Does::BreaksOff, Then::Adopts),
    ("200 with HTML", Does::Says(200, HTML), Then::Looks),
    ("204", Does::Says(204, ""), Then::Looks),
    ("301", Does::Redirects(301), Then::Again),
    ("302 to a log-in page", Does::Redirects(302), Then::Looks),
    ("303", Does::Redirects(303), Then::Looks),
    ("307", Does::Redirects(307), Then::Again),
    ("308", Does::Redirects(308), Then::Again),
    ("400", Does::Says(400, HTML), Then::Again),
    ("401", Does::Says(401, HTML), Then::Renews),
    ("403", Does::Says(403, HTML), Then::Again),
    ("404", Does::Says(404, HTML), Then::Again),
    ("408", Does::Says(408, ""), Then::Again),
    ("409", Does::Says(409, HTML), Then::Again),
    ("413", Does::Says(413, HTML), Then::Again),
    ("429", Does::Says(429, ""), Then::Again),
    ("429 with seconds", Does::Asks(429, || "2".to_owned()), Then::Again),
    ("429 with a date", Does::Asks(429, in_two_seconds), Then::Again),
    ("500", Does::Says(500, HTML), Then::Looks),
    ("502", Does::Says(502, HTML), Then::Looks),
    ("503", Does::Says(503, HTML), Then::Again),
    ("503 with seconds", Does::Asks(503, || "2".to_owned()), Then::Again),
    ("504", Does::Says(504, HTML), Then::Looks),
];

#[rustfmt::skip]
const JSON_RPC: &[(&str, Does, Then)] = &[
    ("a refusal", Does::Says(200, r#"{"error":{"code":10004,"message":"x","data":{"error_code":"NOT_ALLOWED"}}}"#), Then::Again),
    ("a refusal with 400", Does::Says(400, r#"{"error":{"code":-32602,"message":"x"}}"#), Then::Again),
    ("a fault of its own", Does::Says(200, r#"{"error":{"code":-32603,"message":"x"}}"#), Then::Looks),
    ("the session is over", Does::Says(200, r#"{"error":{"code":10002,"message":"x"}}"#), Then::Renews),
    ("Errors", Does::Says(200, r#"{"result":{"LeadCode":"A","Errors":[{"Code":"E1","Description":"x"}]}}"#), Then::Again),
    ("nothing", Does::Says(200, r#"{"result":null}"#), Then::Looks),
];

#[rustfmt::skip]
const REST: &[(&str, Does, Then)] = &[
    ("a refusal", Does::Says(400, r#"{"error_code":"INPUT_ERROR","message":"x"}"#), Then::Again),
    ("the signature", Does::Says(401, r#"{"error_code":"AUTHENTICATION_ERROR","message":"x"}"#), Then::Renews),
    ("a fault of its own", Does::Says(500, r#"{"error_code":"INTERNAL_ERROR","message":"x"}"#), Then::Looks),
    ("Errors", Does::Says(200, r#"{"LeadResponse":{"LeadCode":"A","Errors":[{"Code":"E1"}]}}"#), Then::Again),
    ("nothing", Does::Says(200, r#"{"LeadResponse":{}}"#), Then::Looks),
];

/// The calls that came, by name and moment.
type Calls = Arc<Mutex<Vec<(String, SystemTime)>>>;

async fn strike(does: Does, calls: Calls, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let text = String::from_utf8_lossy(&body).into_owned();
    let is_rest = head.uri.path().contains("/rest/");
    let name = match head.method {
        Method::GET if is_rest => "searchLeads",
        Method::POST if is_rest => "addLead",
        Method::PUT if is_rest => "updateLead",
        _ => ["addLead", "updateLead"]
            .into_iter()
            .find(|name| text.contains(&format!("\"method\":\"{name}\"")))
            .unwrap_or(""),
    };
    let first = {
        let mut calls = calls.lock().unwrap();
        if !name.is_empty() {
            calls.push((name.to_owned(), SystemTime::now()));
        }
        name == "addLead" && calls.iter().filter(|(name, _)| name == "addLead").count() == 1
    };
    let request = Request::from_parts(head, Body::from(body));
    if !first {
        return next.run(request).await;
    }
    let status = |code| StatusCode::from_u16(code).unwrap();
    match does {
        Does::Says(code, body) => {
            let kind = if body.starts_with('{') { "application/json" } else { "text/html" };
            (status(code), [(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Does::Asks(code, wait) => (status(code), [(header::RETRY_AFTER, wait())]).into_response(),
        Does::Redirects(code) => (status(code), [(header::LOCATION, "/login")]).into_response(),
        Does::BreaksOff => {
            next.run(request).await;
            ([(header::CONTENT_TYPE, "application/json")], Body::new(Broken(false))).into_response()
        }
        Does::Hangs => std::future::pending().await,
    }
}

/// A body that breaks after its first bytes: whether they were sent.
struct Broken(bool);

impl axum::body::HttpBody for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, std::io::Error>>> {
        let begun = std::mem::replace(&mut self.0, true);
        std::task::Poll::Ready(Some(if begun {
            Err(std::io::ErrorKind::ConnectionAborted.into())
        } else {
            Ok(hyper::body::Frame::data(Bytes::from_static(b"{\"result\":{\"Lead")))
        }))
    }
}

async fn one(protocol: Protocol, name: &str, does: Does, then: Then) {
    let calls = Calls::default();
    let seen = Arc::clone(&calls);
    let layer = from_fn(move |request: Request, next: Next| strike(does, Arc::clone(&seen), request, next));
    let upstream = Upstream::through(|router| router.layer(layer)).await;
    let client =
        Client::builder(Credentials::new(MERCHANT_CODE, SECRET_KEY)).base_url(&upstream.url).protocol(protocol);
    let timeout = Duration::from_millis(if matches!(does, Does::Hangs) { 1_000 } else { 20_000 });
    let (client, folder) = (client.timeout(timeout).build().unwrap(), TempDir::new().unwrap());
    let store: Location = folder.path().join("leads.sqlite").to_str().unwrap().parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // A wait that is asked for is longer than any other one here.
    let timing = Timing { backoff_max_ms: 10_000, ..quick().timing };
    let config = Config { answer_within: Duration::from_millis(50), timing, ..quick() };
    let proxy = Proxy::start(listener, None, config, store.open().await.unwrap(), Arc::new(client), None).unwrap();
    let (cart, http) = (Cart::new(), reqwest::Client::new());
    let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(enough("ada@example.com"))});
    let saved = http.post(format!("http://{}/api/lead", proxy.address())).json(&body).send().await.unwrap();
    assert!(saved.status().is_success(), "{protocol}, {name}: the browser is not made to wait for it");
    upstream.until(&cart, |_| calls.lock().unwrap().len() >= then.calls().len()).await;
    let came = calls.lock().unwrap().clone();
    assert_eq!(came.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), then.calls(), "{protocol}, {name}");
    assert_eq!(upstream.leads_of(&cart).await.len(), 1, "{protocol}, {name}");
    if let Does::Asks(..) = does {
        // By the clock that the store has, which a machine may set meanwhile. What was asked for may have been whole seconds,
        // rounded down.
        let waited = came[1].1.duration_since(came[0].1).unwrap();
        assert!(waited >= Duration::from_millis(1_900), "{protocol}, {name}: too soon, after {waited:?}");
    }
    proxy.stop(Duration::from_millis(500)).await;
}

async fn all(protocol: Protocol, own: &'static [(&str, Does, Then)]) {
    let rows: Vec<_> =
        BOTH.iter().chain(own).map(|(name, does, then)| tokio::spawn(one(protocol, name, *does, *then))).collect();
    for row in rows {
        row.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_over_json_rpc_has_one_consequence_and_there_is_one_lead() {
    all(Protocol::JsonRpc, JSON_RPC).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_answer_over_rest_has_one_consequence_and_there_is_one_lead() {
    all(Protocol::Rest, REST).await;
}
