//! Several proxies on one PostgreSQL, none of which is told of another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::CLUSTER;
use super::running::{Running, Upstream, is_in, serve};
use super::stand::{Cart, enough};

/// With these a proxy is taken for dead after 3.5 s, and no browser waits for a 2Checkout that hangs.
const IMPATIENT: &[(&str, &str)] = &[("LEADKEEP_CALL_TIMEOUT_MS", "1000"), ("LEADKEEP_ANSWER_WITHIN_MS", "200")];

async fn two(upstream: &Upstream, settings: &'static [(&'static str, &'static str)]) -> [Running; 2] {
    let store = CLUSTER.database().await;
    let start = || {
        let (url, store) = (upstream.url.clone(), store.clone());
        tokio::task::spawn_blocking(move || serve(&url, &store, settings))
    };
    // At once, on an empty database: both would make the tables.
    let (one, other) = (start(), start());
    [one.await.unwrap(), other.await.unwrap()]
}

#[tokio::test(flavor = "multi_thread")]
async fn one_cart_saved_to_both_at_once_is_one_lead_with_everything() {
    let upstream = Upstream::new().await;
    let [one, other] = two(&upstream, &[]).await;
    for _ in 0..5 {
        let cart = Cart::new();
        let parts = ["FirstName", "LastName", "City", "Zip", "Phone", "Company"];
        let saves = parts.iter().enumerate().map(|(n, part)| {
            let proxy = if n % 2 == 0 { &one } else { &other };
            let mut values = enough("ada@example.com");
            values[format!("BillingDetails.{part}")] = json!(format!("1{n}"));
            // What is not its own is older: each save carries its part alone after the first.
            if n > 1 {
                values = json!({format!("BillingDetails.{part}"): format!("1{n}")});
            }
            proxy.save(&cart, values)
        });
        for (status, answer) in futures(saves).await {
            assert!(status.is_success(), "{answer}");
        }
        let lead = upstream
            .until(&cart, |lead| parts[1..].iter().all(|part| lead["lead"]["BillingDetails"][part].is_string()))
            .await;
        assert_eq!(lead["lead"]["BillingDetails"]["Company"], "15");
        let adds = upstream
            .log()
            .await
            .iter()
            .filter(|call| call["method"] == "addLead" && call["params"][0]["CartId"] == cart.id.as_str())
            .count();
        assert_eq!(adds, 1, "2Checkout was asked for one lead");
    }
}

async fn futures<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in all.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(context) {
                *done = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cart_closed_at_one_is_closed_at_the_other() {
    let upstream = Upstream::new().await;
    let [one, other] = two(&upstream, &[]).await;
    let cart = Cart::new();
    assert_eq!(one.save(&cart, enough("ada@example.com")).await.0, StatusCode::OK);
    assert_eq!(other.save(&cart, json!({"BillingDetails.City": "Turin"})).await.0, StatusCode::OK);
    assert_eq!(other.close("complete", &cart).await.0, StatusCode::OK);
    assert_eq!(one.save(&cart, json!({"BillingDetails.City": "Rome"})).await.0, StatusCode::CONFLICT);
    upstream.until(&cart, |lead| lead["Used"] == true && lead["StopFollowups"] == true && is_in("Turin")(lead)).await;
}

/// Does the work, and keeps the answer back while it is told to.
#[derive(Clone)]
struct Withheld {
    method: &'static str,
    on: Arc<AtomicBool>,
    held: Arc<Semaphore>,
}

impl Withheld {
    async fn upstream(method: &'static str) -> (Upstream, Self) {
        let this = Self { method, on: Arc::default(), held: Arc::new(Semaphore::new(0)) };
        let gate = this.clone();
        let layer = from_fn(move |request: Request, next: Next| gate.clone().pass(request, next));
        (Upstream::through(|router| router.layer(layer)).await, this)
    }

    async fn pass(self, request: Request, next: Next) -> Response {
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let is_it = String::from_utf8_lossy(&body).contains(&format!("\"method\":\"{}\"", self.method));
        let answer = next.run(Request::from_parts(head, Body::from(body))).await;
        if is_it && self.on.load(Ordering::SeqCst) {
            self.held.add_permits(1);
            std::future::pending::<()>().await;
        }
        answer
    }

    fn withhold(&self, on: bool) {
        self.on.store(on, Ordering::SeqCst);
    }

    /// Waits until an answer is kept back.
    async fn has_one(&self) {
        let one = tokio::time::timeout(Duration::from_secs(30), self.held.acquire()).await;
        one.expect("a call whose answer is kept back").unwrap().forget();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_killed_while_it_adds_is_taken_over_and_there_is_one_lead() {
    let (upstream, answers) = Withheld::upstream("addLead").await;
    let [mut one, other] = two(&upstream, IMPATIENT).await;
    let cart = Cart::new();
    answers.withhold(true);
    assert_eq!(one.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    answers.has_one().await;
    one.kill();
    answers.withhold(false);
    // The other one hears of the cart too, but the lead is not its to add yet.
    let (status, answer) = other.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    assert_eq!((status, &answer["lead_code"]), (StatusCode::ACCEPTED, &Value::Null));
    upstream.until(&cart, is_in("Turin")).await;
    assert_eq!(calls(&upstream).await, ["addLead", "searchLeads", "updateLead"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_killed_before_its_add_arrives_is_taken_over() {
    let upstream = Upstream::new().await;
    let [mut one, _other] = two(&upstream, IMPATIENT).await;
    let cart = Cart::new();
    upstream.faults(json!([{"on": "addLead", "fault": "hang", "times": 1}])).await;
    assert_eq!(one.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    one.kill();
    upstream.until(&cart, |_| true).await;
    assert_eq!(calls(&upstream).await, ["addLead", "searchLeads", "addLead"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_killed_while_it_updates_is_taken_over() {
    let (upstream, answers) = Withheld::upstream("updateLead").await;
    let [mut one, other] = two(&upstream, IMPATIENT).await;
    let cart = Cart::new();
    one.save(&cart, enough("ada@example.com")).await;
    upstream.until(&cart, |_| true).await;
    answers.withhold(true);
    one.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    answers.has_one().await;
    one.kill();
    other.save(&cart, json!({"BillingDetails.City": "Rome"})).await;
    answers.withhold(false);
    upstream.until(&cart, is_in("Rome")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_frozen_while_it_delivers_and_wakes_late_changes_nothing() {
    let (upstream, answers) = Withheld::upstream("addLead").await;
    let [one, other] = two(&upstream, IMPATIENT).await;
    let cart = Cart::new();
    answers.withhold(true);
    assert_eq!(one.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    answers.has_one().await;
    one.signal("STOP");
    answers.withhold(false);
    other.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    let lead = upstream.until(&cart, is_in("Turin")).await;
    one.signal("CONT");
    // It wakes, takes its answer for lost, and has to leave the cart alone. A save shows that it is awake.
    let (status, answer) = one.save(&cart, json!({"BillingDetails.City": "Rome"})).await;
    assert_eq!((status, &answer["lead_code"]), (StatusCode::OK, &lead["LeadCode"]));
    assert_eq!(other.save(&cart, json!({"BillingDetails.Zip": "00184"})).await.0, StatusCode::OK);
    upstream.until(&cart, |lead| is_in("Rome")(lead) && lead["lead"]["BillingDetails"]["Zip"] == "00184").await;
}

async fn calls(upstream: &Upstream) -> Vec<String> {
    upstream.log().await.iter().map(|call| call["method"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_over_is_shared_out_and_delivered_once() {
    const CARTS: usize = 40;
    let upstream = Upstream::new().await;
    let proxies = two(&upstream, &[("LEADKEEP_DELIVERIES_PER_SECOND", "20")]).await;
    upstream.faults(json!([{"on": "*", "fault": "unavailable_503", "times": 1_000_000}])).await;
    let carts: Vec<Cart> = (0..CARTS).map(|_| Cart::new()).collect();
    for (n, cart) in carts.iter().enumerate() {
        assert_eq!(proxies[n % 2].save(cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    }
    upstream.faults(json!([])).await;
    for cart in &carts {
        upstream.until(cart, |_| true).await;
    }
    let done = upstream.log().await.iter().filter(|call| call["outcome"]["done"] == true).count();
    assert_eq!(done, CARTS, "each was delivered once, by one of them");
}
