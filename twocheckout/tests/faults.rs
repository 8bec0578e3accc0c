//! Everything that goes wrong, and the error it becomes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::any;
use serde_json::json;
use support::{BOTH, Stand, minimal, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use twocheckout::sandbox::SECRET_KEY;
use twocheckout::{Cause, Client, Credentials, Error, Observer, Protocol, SignIn};

fn unavailable(retry_after: Option<u64>, maybe_done: bool) -> Error {
    Error::Unavailable { retry_after: retry_after.map(Duration::from_secs), maybe_done }
}

#[tokio::test]
async fn each_fault_becomes_its_error() {
    let cases = [
        ("lost_answer", unavailable(None, true), true),
        ("error_500", unavailable(None, true), false),
        ("unavailable_503", unavailable(None, false), false),
        ("html", Error::Malformed { maybe_done: true }, false),
        ("rate_limited", unavailable(Some(2), false), false),
    ];
    for protocol in BOTH {
        for (fault, expected, does_the_work) in &cases {
            let stand = Stand::new().await;
            let client = stand.client(protocol);
            stand.fault("addLead", fault).await;
            let error = client.add_lead(&minimal()).await.unwrap_err();
            assert_eq!(error, *expected, "{protocol} {fault}");
            assert!(error.is_transient());

            let calls = stand.calls_of("addLead").await;
            assert_eq!(calls.len(), 1, "{protocol} {fault}: nothing is repeated");
            assert_eq!(calls[0]["outcome"]["done"], *does_the_work);
            assert_eq!(calls[0]["outcome"]["fault"], *fault);
            assert_eq!(stand.leads().await.len(), usize::from(*does_the_work));
            client.add_lead(&minimal()).await.expect("the fault is used up");
        }
    }
}

#[tokio::test]
async fn errors_in_an_answer_of_200_are_a_rejection() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.client(protocol);
        for method in ["addLead", "updateLead", "getLead", "markLeads"] {
            stand.fault(method, "errors").await;
            let error = match method {
                "addLead" => client.add_lead(&minimal()).await.unwrap_err(),
                "updateLead" => client.update_lead("0123456789", &minimal()).await.unwrap_err(),
                "getLead" => client.get_lead("0123456789").await.unwrap_err(),
                _ => client.mark_leads(&[mark()]).await.unwrap_err(),
            };
            assert!(matches!(&error, Error::Rejected { code, .. } if code == "SANDBOX_FAULT"), "{method} {error:?}");
            assert!(!error.is_transient() && !error.maybe_done());
        }
    }
}

fn mark() -> twocheckout::Mark {
    twocheckout::Mark { lead_code: "0123456789".into(), used: true, stop_followups: true }
}

#[tokio::test]
async fn a_call_that_hangs_ends_with_the_timeout() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.builder(SECRET_KEY).protocol(protocol).timeout(Duration::from_millis(300)).build().unwrap();
        client.check().await.unwrap();
        stand.fault("addLead", "hang").await;
        assert_eq!(client.add_lead(&minimal()).await.unwrap_err(), unavailable(None, true));
        let calls = stand.calls_of("addLead").await;
        assert_eq!(calls[0]["outcome"], json!({"done": false, "fault": "hang"}));
        assert_eq!(stand.leads().await.len(), 0);
    }
}

#[tokio::test]
async fn a_session_that_is_over_costs_one_new_login_and_the_call_succeeds() {
    let stand = Stand::new().await;
    let client = stand.client(Protocol::JsonRpc);
    client.check().await.unwrap();
    stand.fault("addLead", "session_expired").await;
    client.add_lead(&minimal()).await.unwrap();
    assert_eq!(stand.calls().await, ["login", "addLead", "login", "addLead"]);
    assert_eq!(stand.leads().await.len(), 1);
}

#[tokio::test]
async fn a_session_that_is_never_accepted_after_a_login_that_was_is_no_matter_of_the_credentials() {
    let stand = Stand::new().await;
    let client = stand.client(Protocol::JsonRpc);
    stand.faults(json!([{"on": "addLead", "fault": "session_expired", "times": 9}])).await;
    assert_eq!(client.add_lead(&minimal()).await.unwrap_err(), unavailable(None, false));
    assert_eq!(stand.calls().await, ["login", "addLead", "login", "addLead"]);
}

#[tokio::test]
async fn a_rest_signature_that_is_not_accepted_is_made_anew_once() {
    let stand = Stand::new().await;
    let client = stand.client(Protocol::Rest);
    stand.fault("addLead", "session_expired").await;
    client.add_lead(&minimal()).await.unwrap();
    assert_eq!(stand.calls().await, ["addLead", "addLead"]);
    stand.faults(json!([{"on": "addLead", "fault": "session_expired", "times": 9}])).await;
    assert_eq!(client.add_lead(&minimal()).await.unwrap_err(), Error::Unauthorised(SignIn::Unknown));
    assert_eq!(stand.calls().await.len(), 4);
}

#[tokio::test]
async fn a_wrong_secret_is_unauthorised_without_hammering() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.builder("another-secret").protocol(protocol).build().unwrap();
        assert_eq!(client.check().await.unwrap_err(), Error::Unauthorised(SignIn::Key));
        assert!(stand.calls().await.len() <= 2);
        assert_eq!(client.add_lead(&minimal()).await.unwrap_err(), Error::Unauthorised(SignIn::Key));
        assert_eq!(stand.leads().await.len(), 0);
    }
}

#[tokio::test]
async fn concurrent_calls_share_one_login_also_after_their_session_is_over() {
    let stand = Stand::new().await;
    let client = stand.client(Protocol::JsonRpc);
    let many = async || {
        let calls: Vec<_> = (0..8)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move { client.add_lead(&minimal()).await })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
    };
    many().await;
    assert_eq!(stand.calls_of("login").await.len(), 1);
    // It is over for all eight, as it would be after ten minutes.
    stand.faults(json!([{"on": "addLead", "fault": "session_expired", "times": 1}])).await;
    many().await;
    assert_eq!(stand.calls_of("login").await.len(), 2);
    assert_eq!(stand.leads().await.len(), 16);
}

#[tokio::test]
async fn a_login_without_an_answer_leaves_nothing_done() {
    for fault in ["error_500", "lost_answer", "html", "hang", "errors", "rate_limited"] {
        let stand = Stand::new().await;
        let client = stand.builder(SECRET_KEY).timeout(Duration::from_millis(300)).build().unwrap();
        stand.fault("login", fault).await;
        let error = client.add_lead(&minimal()).await.unwrap_err();
        assert!(!error.maybe_done(), "{fault} {error:?}");
        assert_eq!(stand.calls().await, ["login"], "{fault}");
    }
}

#[tokio::test]
async fn a_read_without_an_answer_leaves_nothing_done() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.client(protocol);
        stand.faults(json!([{"on": "getLead", "fault": "lost_answer"}, {"on": "searchLeads", "fault": "html"}])).await;
        assert_eq!(client.get_lead("0123456789").await.unwrap_err(), unavailable(None, false));
        let search = twocheckout::Search::default();
        assert_eq!(client.search_leads(&search).await.unwrap_err(), Error::Malformed { maybe_done: false });
    }
}

/// A client of a server that always gives one answer.
async fn client_of(protocol: Protocol, answer: fn() -> Response) -> Client {
    let origin = serve(Router::new().fallback(any(async move || answer()))).await;
    client_at(protocol, origin)
}

fn client_at(protocol: Protocol, origin: String) -> Client {
    let builder = Client::builder(Credentials::new("AVANGATE", "SECRET_KEY")).base_url(origin);
    builder.protocol(protocol).timeout(Duration::from_secs(2)).build().unwrap()
}

#[tokio::test]
async fn a_session_that_rest_speaks_of_is_no_matter_of_the_credentials() {
    let cases =
        [("SESSION_EXPIRED", unavailable(None, false)), ("AUTHENTICATION_ERROR", Error::Unauthorised(SignIn::Unknown))];
    let answers: [fn() -> Response; 2] = [
        || (StatusCode::UNAUTHORIZED, axum::Json(json!({"error_code": "SESSION_EXPIRED"}))).into_response(),
        || (StatusCode::UNAUTHORIZED, axum::Json(json!({"error_code": "AUTHENTICATION_ERROR"}))).into_response(),
    ];
    for ((code, expected), answer) in cases.into_iter().zip(answers) {
        let client = client_of(Protocol::Rest, answer).await;
        assert_eq!(client.add_lead(&minimal()).await.unwrap_err(), expected, "{code}");
    }
}

#[tokio::test]
async fn answers_that_are_none_of_the_api_are_malformed() {
    let client = client_of(Protocol::Rest, || Redirect::permanent("https://example.com/").into_response()).await;
    assert_eq!(client.add_lead(&minimal()).await.unwrap_err(), Error::Malformed { maybe_done: false });
    let client = client_of(Protocol::Rest, || StatusCode::NO_CONTENT.into_response()).await;
    assert_eq!(client.add_lead(&minimal()).await.unwrap_err(), Error::Malformed { maybe_done: true });
    let client = client_of(Protocol::Rest, || vec![b' '; 1024 * 1024 + 1].into_response()).await;
    assert_eq!(client.add_lead(&minimal()).await.unwrap_err(), Error::Malformed { maybe_done: true });
    let client = client_of(Protocol::Rest, || axum::Json(json!({"LeadResponse": {}})).into_response()).await;
    assert_eq!(client.add_lead(&minimal()).await.unwrap_err(), Error::Malformed { maybe_done: true });
    // A gateway's 404 does not say that the lead is gone.
    let client = client_of(Protocol::Rest, || (StatusCode::NOT_FOUND, "<html>").into_response()).await;
    let error = client.update_lead("0123456789", &minimal()).await.unwrap_err();
    assert_eq!(error, Error::Malformed { maybe_done: false });
}

#[tokio::test]
async fn a_refused_connection_has_done_nothing() {
    for protocol in BOTH {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let error = client_at(protocol, origin).add_lead(&minimal()).await.unwrap_err();
        assert_eq!(error, unavailable(None, false));
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_may_have_been_done() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 8192]).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"LeadResponse\":").await.unwrap();
    });
    let error = client_at(Protocol::Rest, origin).add_lead(&minimal()).await.unwrap_err();
    assert_eq!(error, unavailable(None, true));
}

#[derive(Debug, Default)]
struct Heard(std::sync::Mutex<Vec<Option<Cause>>>);

impl Observer for Heard {
    fn answered(&self) {
        self.0.lock().unwrap().push(None);
    }

    fn unavailable(&self, cause: Cause) {
        self.0.lock().unwrap().push(Some(cause));
    }
}

#[tokio::test]
async fn an_observer_hears_why_no_answer_came() {
    let deaf = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let no_tls = serve(Router::new().fallback(any(|| async { "{}" }))).await;
    let (deaf_at, closed_at) = (deaf.local_addr().unwrap(), closed.local_addr().unwrap());
    drop(closed);
    let html = serve(Router::new().fallback(any(|| async { "<html>" }))).await;
    let busy = serve(Router::new().fallback(any(|| async { StatusCode::SERVICE_UNAVAILABLE }))).await;
    let no = serve(Router::new().fallback(any(|| async { (StatusCode::BAD_REQUEST, "{}") }))).await;
    let cases = [
        (format!("http://{closed_at}"), Some(Cause::Refused)),
        (format!("http://{deaf_at}"), Some(Cause::Timeout)),
        (no_tls.replace("http://", "https://"), Some(Cause::Tls)),
        ("https://no-such-name.invalid".to_owned(), Some(Cause::Dns)),
        (html, Some(Cause::NotTheApi)),
        (busy, Some(Cause::Status(503))),
        (no, None),
    ];
    for (url, expected) in cases {
        let heard = std::sync::Arc::new(Heard::default());
        let client = Client::builder(Credentials::new("M", SECRET_KEY)).base_url(&url).observer(heard.clone());
        let client = client.timeout(Duration::from_secs(2)).build().unwrap();
        assert!(client.check().await.is_err(), "{url}");
        assert_eq!(heard.0.lock().unwrap().first(), Some(&expected), "{url}");
    }
}
