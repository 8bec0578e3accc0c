//! The sandbox by itself, spoken to without the client.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{BOTH, Stand, maximal, minimal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use twocheckout::sandbox::Sandbox;
use twocheckout::{Error, Protocol};

/// A JSON-RPC call as written, with a session that the client opened.
async fn rpc(stand: &Stand, method: &str, params: Value) -> Value {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    stand.http().post(stand.url("/sandbox/rpc/6.0/")).json(&body).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_call_without_a_session_is_refused_and_logged() {
    let stand = Stand::new().await;
    let answer = rpc(&stand, "addLead", json!(["no-session", {}])).await;
    assert_eq!(answer["error"]["data"]["error_code"], "INVALID_SESSION");
    let call = &stand.log().await[0];
    assert_eq!(
        (&call["method"], &call["params"], &call["outcome"]),
        (&json!("addLead"), &json!([{}]), &json!({"done": false}))
    );
}

#[tokio::test]
async fn a_login_with_md5_or_without_an_algorithm_is_refused() {
    let stand = Stand::new().await;
    for params in
        [json!(["SANDBOX", "2010-05-13 12:12:12", "00"]), json!(["SANDBOX", "2010-05-13 12:12:12", "00", "md5"])]
    {
        let answer = rpc(&stand, "login", params).await;
        assert!(answer["result"].is_null() && !answer["error"].is_null());
    }
    for call in stand.log().await {
        assert_eq!((&call["params"][2], &call["outcome"]["done"]), (&json!("***"), &json!(false)));
    }
}

#[tokio::test]
async fn what_is_no_json_rpc_is_refused_and_logged() {
    let stand = Stand::new().await;
    let url = stand.url("/sandbox/rpc/6.0/");
    for body in [
        "",
        "[]",
        "{}",
        r#"{"jsonrpc":"6.0","id":1,"method":"login","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":"1","method":"login","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"login","params":{}}"#,
    ] {
        let request = stand.http().post(&url).header("content-type", "application/json").body(body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["error"]["data"]["error_code"], "INPUT_ERROR", "{body}");
    }
    let calls = stand.log().await;
    assert_eq!(calls.len(), 6);
    assert!(calls.iter().all(|call| call["method"] == "unknown" && call["outcome"]["done"] == false));
}

#[tokio::test]
async fn a_rest_call_without_a_signature_is_refused_and_logged() {
    let stand = Stand::new().await;
    for path in ["/sandbox/rest/6.0/leads", "/sandbox/rest/6.0/leads/"] {
        let answer = stand.http().post(stand.url(path)).json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error_code"], "AUTHENTICATION_ERROR");
    }
    for path in ["/sandbox/rest/6.0/leads/A", "/sandbox/rest/6.0/leads/A/"] {
        assert_eq!(stand.http().get(stand.url(path)).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(stand.calls().await, ["addLead", "addLead", "getLead", "getLead"]);
}

#[tokio::test]
async fn a_misspelt_field_is_refused_over_both_protocols_and_logged() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let (origin, sent) = spelling(&stand, r#""FirstName""#, r#""Firstname""#).await;
        let client = stand.builder("sandbox-secret").protocol(protocol).base_url(origin).build().unwrap();
        let error = client.add_lead(&maximal()).await.unwrap_err();
        let Error::Rejected { code, message } = error else { panic!("{error:?}") };
        assert_eq!(code, "INPUT_ERROR");
        assert!(message.contains("Lead.BillingDetails.Firstname: unknown"), "{message}");
        assert!(!message.contains("Lovelace"), "{message}");
        let call = &stand.calls_of("addLead").await[0];
        assert_eq!(call["outcome"], json!({"done": false}));
        assert_eq!(call["params"][0]["BillingDetails"]["Firstname"], "Ada");
        assert!(sent.load(std::sync::atomic::Ordering::SeqCst) > 0);
    }
}

/// A go-between that misspells what passes through.
async fn spelling(
    stand: &Stand,
    right: &'static str,
    wrong: &'static str,
) -> (String, std::sync::Arc<std::sync::atomic::AtomicU32>) {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, Method, Uri};
    let sent = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let (http, origin, count) = (stand.http().clone(), stand.origin.clone(), sent.clone());
    let pass = async move |method: Method, uri: Uri, mut headers: HeaderMap, body: Bytes| {
        headers.remove("content-length");
        let body = String::from_utf8(body.to_vec()).unwrap().replace(right, wrong);
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let answer = http.request(method, format!("{origin}{uri}")).headers(headers).body(body).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    (format!("{}/sandbox", support::serve(axum::Router::new().fallback(pass)).await), sent)
}

#[tokio::test]
async fn faults_are_listed_replaced_and_cleared_and_a_wrong_list_is_refused() {
    let stand = Stand::new().await;
    let url = stand.url("/sandbox/faults");
    assert_eq!(stand.get("/sandbox/faults").await, json!([]));
    let put = async |body: &str| {
        let answer = stand.http().put(&url).body(body.to_owned()).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let list = json!([{"on": "addLead", "fault": "html", "times": 2}]);
    assert_eq!(put(&list.to_string()).await, (StatusCode::OK, list.clone()));
    let (status, answer) = put(r#"[{"on": "addLead", "fault": "nap"}]"#).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(answer["message"].as_str().unwrap().starts_with("[0]: expected fault: lost_answer"), "{answer}");
    assert_eq!(put("nonsense").await.0, StatusCode::BAD_REQUEST);
    assert_eq!(stand.get("/sandbox/faults").await, list);
    // Emptying the log leaves the faults.
    stand.http().delete(stand.url("/sandbox/log")).send().await.unwrap();
    assert_eq!(stand.get("/sandbox/faults").await, list);
    assert_eq!(put("[]").await, (StatusCode::OK, json!([])));
}

#[tokio::test]
async fn emptying_the_log_empties_the_leads_too() {
    let stand = Stand::new().await;
    let client = stand.client(Protocol::JsonRpc);
    let code = client.add_lead(&minimal()).await.unwrap().lead_code;
    let answer = stand.http().delete(stand.url("/sandbox/log")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    assert!(stand.log().await.is_empty() && stand.leads().await.is_empty());
    // The session is still there.
    assert_eq!(client.update_lead(&code, &minimal()).await.unwrap_err(), Error::UnknownLead);
    assert_eq!(stand.calls().await, ["updateLead"]);
}

#[tokio::test]
async fn leads_and_log_survive_a_restart_and_the_client_logs_in_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.json");
    let stand = Stand::of(&Sandbox::new(Some(file.clone()))).await;
    let code = stand.client(Protocol::JsonRpc).add_lead(&maximal()).await.unwrap().lead_code;
    let (log, leads) = (stand.log().await, stand.leads().await);

    let again = Stand::of(&Sandbox::new(Some(file))).await;
    assert_eq!((again.log().await, again.leads().await), (log, leads));
    again.client(Protocol::JsonRpc).update_lead(&code, &minimal()).await.unwrap();
    assert_eq!(again.calls().await, ["login", "addLead", "login", "updateLead"]);
}

#[tokio::test]
async fn a_lost_answer_is_not_a_single_byte() {
    let stand = Stand::new().await;
    stand.fault("*", "lost_answer").await;
    let mut stream = tokio::net::TcpStream::connect(stand.origin.trim_start_matches("http://")).await.unwrap();
    let request = b"GET /sandbox/rest/6.0/leads/ HTTP/1.1\r\nhost: sandbox\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    // Closed or reset, but without an answer.
    let _ = stream.read_to_end(&mut answer).await;
    assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
    assert_eq!(stand.log().await[0]["outcome"]["fault"], "lost_answer");
}

#[tokio::test]
async fn a_body_of_more_than_1_mib_is_refused() {
    let stand = Stand::new().await;
    let request = stand.http().post(stand.url("/sandbox/rpc/6.0/")).body(vec![b' '; 1024 * 1024 + 1]);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_update_keeps_the_marks_of_a_lead_or_clears_them_as_the_setting_says() {
    for clears in [false, true] {
        let stand = Stand::new().await;
        let put = |body: Value| stand.http().put(stand.url("/sandbox/settings")).json(&body).send();
        assert_eq!(put(json!({"update_clears_marks": clears})).await.unwrap().status(), 200);
        assert_eq!(put(json!({"updates_clear_marks": true})).await.unwrap().status(), 400);
        assert_eq!(stand.get("/sandbox/settings").await, json!({"update_clears_marks": clears}));
        let client = stand.client(Protocol::JsonRpc);
        let lead_code = client.add_lead(&minimal()).await.unwrap().lead_code;
        let mark = twocheckout::Mark { lead_code: lead_code.clone(), used: true, stop_followups: true };
        client.mark_leads(&[mark]).await.unwrap();
        client.update_lead(&lead_code, &minimal()).await.unwrap();
        let lead = &stand.leads().await[0];
        assert_eq!((&lead["Used"], &lead["StopFollowups"]), (&json!(!clears), &json!(!clears)));
    }
}

#[tokio::test]
async fn a_notification_is_sent_signed_and_what_comes_back_is_shown() {
    use axum::routing::post;
    use twocheckout::Credentials;
    use twocheckout::ipn::Verifier;
    use twocheckout::sandbox::{MERCHANT_CODE, SECRET_KEY};
    let shop = axum::Router::new().route(
        "/hook",
        post(|body: axum::body::Bytes| async move {
            let verifier = Verifier::new(&Credentials::new(MERCHANT_CODE, SECRET_KEY)).allow_md5(true);
            let read = verifier.verify(&body).unwrap();
            assert_eq!((read.external_reference(), read.customer_email()), (Some("A-1"), Some("ada@example.com")));
            verifier.receipt(&read, jiff::Timestamp::now())
        }),
    );
    let (stand, to) = (Stand::new().await, format!("{}/hook", support::serve(shop).await));
    let send = |body: Value| stand.http().post(stand.url("/sandbox/ipn")).json(&body).send();
    for algorithm in ["sha256", "sha3-256", "md5"] {
        let wanted =
            json!({"external_reference": "A-1", "email": "ada@example.com", "algorithm": algorithm, "to": to.as_str()});
        let answer: Value = send(wanted).await.unwrap().json().await.unwrap();
        assert_eq!((&answer["status"], &answer["receipt"]), (&json!(200), &json!(true)), "{algorithm}");
    }
    let nobody: Value = send(json!({})).await.unwrap().json().await.unwrap();
    assert_eq!((&nobody["status"], &nobody["receipt"]), (&json!(404), &json!(false)), "this origin has no /api/ipn");
    for refused in [json!({"algorithm": "crc32"}), json!({"to": "http://shop.example/"}), json!({"mail": "x"})] {
        assert_eq!(send(refused).await.unwrap().status(), 400);
    }
}
