//! What is refused: with a code and a request id, nothing stored, nothing sent on.

use std::time::Duration;

use leadkeep_proxy::config::{Config, Rate};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::stand::{Cart, Stand, changes, enough, impatient, quick};

async fn send(
    stand: &Stand,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (StatusCode, HeaderMap, Value) {
    let mut request = stand.http.request(method, stand.url(path)).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.unwrap();
    (status, headers, serde_json::from_str(&text).unwrap_or(Value::Null))
}

const JSON: (&str, &str) = ("content-type", "application/json");

fn body(cart: &Cart) -> String {
    json!({"cart": cart.id, "key": cart.key, "changes": changes(enough("ada@example.com"))}).to_string()
}

async fn nothing_happened(stand: &Stand) {
    assert_eq!(stand.methods().await, Vec::<String>::new());
    let metrics = stand.http.get(stand.url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("leadkeep_carts_waiting 0"), "{metrics}");
}

#[tokio::test]
async fn what_is_no_request_is_refused_with_a_code_and_an_id() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let (good, key) = (body(&cart), cart.key.clone());
    let long = format!("{good}{}", " ".repeat(65_536));
    let very_long = format!("{good}{}", " ".repeat(3_000_000));
    let cases: Vec<(&str, &str, &str, StatusCode, &str)> = vec![
        ("POST", "application/json", "", StatusCode::BAD_REQUEST, "lead/malformed"),
        ("POST", "application/json", "{", StatusCode::BAD_REQUEST, "lead/malformed"),
        ("POST", "application/json", "[]", StatusCode::BAD_REQUEST, "lead/malformed"),
        ("POST", "application/json", "{}", StatusCode::BAD_REQUEST, "lead/identity"),
        ("POST", "application/json", r#"{"cart":7,"key":7,"changes":{}}"#, StatusCode::BAD_REQUEST, "lead/identity"),
        ("POST", "text/html", &good, StatusCode::UNSUPPORTED_MEDIA_TYPE, "lead/content-type"),
        ("POST", "application/x-www-form-urlencoded", &good, StatusCode::UNSUPPORTED_MEDIA_TYPE, "lead/content-type"),
        ("POST", "application/json", &long, StatusCode::PAYLOAD_TOO_LARGE, "lead/too-large"),
        ("POST", "text/plain", &long, StatusCode::PAYLOAD_TOO_LARGE, "lead/too-large"),
        ("GET", "application/json", "", StatusCode::METHOD_NOT_ALLOWED, "lead/method"),
        ("PUT", "application/json", &good, StatusCode::METHOD_NOT_ALLOWED, "lead/method"),
    ];
    for (method, content_type, body, status, code) in cases {
        let headers = [("content-type", content_type)];
        let (got, headers, answer) = send(&stand, method.parse().unwrap(), "/api/lead", &headers, body).await;
        assert_eq!((got, answer["code"].as_str()), (status, Some(code)), "{method} {content_type} {:.60}", body);
        assert_eq!(answer["request_id"].as_str(), headers["x-request-id"].to_str().ok());
        assert_eq!(answer.as_object().unwrap().len(), 3);
        assert!(!answer.to_string().contains("ada@") && !answer.to_string().contains(&key));
    }
    // Of a body that is far too long no more is read than a bound.
    let request = stand.http.post(stand.url("/api/lead")).header(JSON.0, JSON.1).body(very_long).send().await;
    assert!(request.map_or(true, |answer| answer.status() == StatusCode::PAYLOAD_TOO_LARGE));
    nothing_happened(&stand).await;
}

#[tokio::test]
async fn a_cart_and_a_key_have_a_form() {
    let stand = Stand::new().await;
    let cart = Cart::new();
    for (id, key) in [
        ("short", cart.key.as_str()),
        (&cart.id, "short"),
        (&cart.id, "' or 1=1 -- aaaaaaaaaaaaaaaaa"),
        ("../../../../etc/passwd", &cart.key),
    ] {
        for path in ["/api/lead", "/api/lead/complete", "/api/lead/withdraw"] {
            let request = json!({"cart": id, "key": key, "changes": {}});
            let (status, answer) = stand.post(path, &request).await;
            assert_eq!((status, answer["code"].as_str()), (StatusCode::BAD_REQUEST, Some("lead/identity")), "{id}");
        }
    }
    let (status, answer) = stand.post("/api/lead", &json!({"cart": cart.id, "key": cart.key})).await;
    assert_eq!((status, answer["code"].as_str()), (StatusCode::BAD_REQUEST, Some("lead/malformed")));
    nothing_happened(&stand).await;
}

#[tokio::test]
async fn exactly_64_kib_are_read() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let good = body(&cart);
    let padded = format!("{good}{}", " ".repeat(65_536 - good.len()));
    let (status, _, answer) = send(&stand, Method::POST, "/api/lead", &[JSON], &padded).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_and_may_not_read_why() {
    let config = Config { allowed_origins: vec!["https://shop.example".parse().unwrap()], ..quick() };
    let (stand, cart) = (Stand::with(config).await, Cart::new());
    for origin in ["https://evil.example", "null", "http://shop.example", "https://shop.example.evil.example"] {
        for (method, path) in [("POST", "/api/lead"), ("POST", "/api/lead/withdraw"), ("OPTIONS", "/api/lead")] {
            let headers = [JSON, ("origin", origin), ("access-control-request-method", "POST")];
            let (status, headers, answer) = send(&stand, method.parse().unwrap(), path, &headers, &body(&cart)).await;
            assert_eq!((status, answer["code"].as_str()), (StatusCode::FORBIDDEN, Some("lead/origin")), "{origin}");
            assert!(headers.keys().all(|name| !name.as_str().starts_with("access-control")), "{headers:?}");
            // The page that prints it knows its own origin.
            let message =
                "the proxy does not accept pages from this origin; start it with --allow-origin, or pass Host on";
            assert_eq!(answer["message"], message);
        }
    }
    nothing_happened(&stand).await;
}

#[tokio::test]
async fn a_configured_origin_may_post_and_read_and_its_preflight_is_answered() {
    let config = Config { allowed_origins: vec!["https://shop.example".parse().unwrap()], ..quick() };
    let (stand, cart) = (Stand::with(config).await, Cart::new());
    let origin = ("origin", "https://shop.example");
    let preflight =
        [origin, ("access-control-request-method", "POST"), ("access-control-request-headers", "content-type")];
    let (status, headers, _) = send(&stand, Method::OPTIONS, "/api/lead", &preflight, "").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(headers["access-control-allow-origin"], "https://shop.example");
    assert_eq!(headers["access-control-allow-methods"], "POST");
    assert_eq!(headers["access-control-allow-headers"], "content-type");
    assert_eq!(headers["access-control-max-age"], "600");
    for body in [body(&cart), "{".to_owned()] {
        let (_, headers, _) = send(&stand, Method::POST, "/api/lead", &[JSON, origin], &body).await;
        assert_eq!(headers["access-control-allow-origin"], "https://shop.example");
        assert_eq!(headers["vary"], "origin");
        assert!(!headers.contains_key("access-control-allow-credentials"));
    }
    assert_eq!(stand.methods().await, ["addLead"]);
}

#[tokio::test]
async fn a_page_of_the_proxys_own_origin_may_post() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let own = stand.url("");
    let (status, headers, _) = send(&stand, Method::POST, "/api/lead", &[JSON, ("origin", &own)], &body(&cart)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_browser_that_names_another_site_is_refused_and_one_behind_another_host_is_not() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let (status, _, answer) =
        send(&stand, Method::POST, "/api/lead", &[JSON, ("sec-fetch-site", "cross-site")], &body(&cart)).await;
    assert_eq!((status, answer["code"].as_str()), (StatusCode::FORBIDDEN, Some("lead/origin")));
    nothing_happened(&stand).await;
    // A development server that changes Host.
    let headers = [JSON, ("origin", "http://localhost:5173"), ("sec-fetch-site", "same-origin")];
    let (status, headers, _) = send(&stand, Method::POST, "/api/lead", &headers, &body(&cart)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(!headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn too_many_requests_from_one_address_are_told_when_to_come_back() {
    let rate = Rate { burst: 3.try_into().unwrap(), ..Rate::default() };
    let stand = Stand::with(Config { rate: Some(rate.clone()), ..quick() }).await;
    for allowed in [true, true, true, false] {
        let (status, headers, answer) = send(&stand, Method::POST, "/api/lead", &[JSON], "{}").await;
        assert_eq!(status == StatusCode::TOO_MANY_REQUESTS, !allowed);
        if !allowed {
            assert_eq!((answer["code"].as_str(), &headers["retry-after"]), (Some("lead/rate"), &"1".parse().unwrap()));
        }
    }
    let stand = Stand::with(Config { rate: Some(rate), exempt_loopback: true, ..quick() }).await;
    for _ in 0..5 {
        let (status, ..) = send(&stand, Method::POST, "/api/lead", &[JSON], "{}").await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn paths_that_are_none_answer_in_the_same_shape_with_the_same_headers() {
    let stand = Stand::new().await;
    for path in ["/api", "/api/nothing", "/api/lead/", "/nothing", "/api/lead/ada@example.com"] {
        let (status, headers, answer) = send(&stand, Method::GET, path, &[], "").await;
        assert_eq!((status, answer["code"].as_str()), (StatusCode::NOT_FOUND, Some("lead/not-found")), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(answer["request_id"].as_str(), headers["x-request-id"].to_str().ok());
    }
    let (status, headers, _) = send(&stand, Method::POST, "/healthz", &[], "").await;
    assert_eq!((status, &headers["allow"]), (StatusCode::METHOD_NOT_ALLOWED, &"GET, HEAD".parse().unwrap()));
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let stand = Stand::with(Config { body_within: Duration::from_millis(100), ..quick() }).await;
    let address = stand.url("").trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /api/lead HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("lead/timeout"), "{answer}");
}

#[tokio::test]
async fn one_request_too_many_is_told_to_come_back() {
    let stand = Stand::with(Config { requests_at_once: 1, answer_within: Duration::from_secs(2), ..impatient() }).await;
    stand.faults(json!([{"on": "addLead", "fault": "hang", "times": 1}])).await;
    let (first, second) = (Cart::new(), Cart::new());
    let (first, second) = tokio::join!(stand.save(&first, enough("ada@example.com")), async {
        stand.until(|log| log.len() == 1).await;
        stand.save(&second, enough("ada@example.com")).await
    });
    assert_eq!(first.0, StatusCode::ACCEPTED);
    assert_eq!((second.0, second.1["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("lead/busy")));
}
