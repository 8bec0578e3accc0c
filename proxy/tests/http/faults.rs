//! Whatever 2Checkout does: the change is kept, arrives, and there is one lead.

use std::time::{Duration, Instant};

use leadkeep_proxy::cart::Adding;
use leadkeep_proxy::config::Config;
use leadkeep_proxy::delivery::Timing;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::stand::{Cart, Stand, count, done, enough, impatient, quick};

fn fault(on: &str, fault: &str) -> Value {
    json!([{"on": on, "fault": fault, "times": 1}])
}

#[tokio::test]
async fn a_lost_answer_of_an_add_is_looked_for_and_adopted() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.faults(fault("addLead", "lost_answer")).await;
    let (status, answer) = stand.save(&cart, enough("ada@example.com")).await;
    assert_eq!((status, answer), (StatusCode::ACCEPTED, json!({"state": "queued", "lead_code": null})));
    let log = stand.until(|log| done(log, "updateLead")).await;
    assert_eq!(count(&log, "addLead"), 1);
    let leads = stand.leads().await;
    assert_eq!(leads.len(), 1);
    let (status, answer) = stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    assert_eq!((status, &answer["lead_code"]), (StatusCode::OK, &leads[0]["LeadCode"]));
}

#[tokio::test]
async fn another_cart_with_the_same_address_is_not_adopted() {
    let (stand, other, cart) = (Stand::new().await, Cart::new(), Cart::new());
    stand.save(&other, enough("ada@example.com")).await;
    stand.faults(fault("addLead", "error_500")).await;
    stand.save(&cart, enough("ada@example.com")).await;
    let log =
        stand.until(|log| log.iter().filter(|c| c["method"] == "addLead" && c["outcome"]["done"] == true).count() == 2);
    assert_eq!(count(&log.await, "searchLeads"), 1, "it was looked for");
    assert_eq!(stand.leads().await.len(), 2);
}

#[tokio::test]
async fn a_lost_lead_is_found_among_all_the_other_carts_of_the_same_shopper() {
    let timing = Timing { settle_ms: 2_000, ..quick().timing };
    let (stand, cart) = (Stand::with(Config { timing, ..quick() }).await, Cart::new());
    let mut others = Vec::new();
    let mut other = async |stand: &Stand| {
        let cart = Cart::new();
        assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::OK);
        others.push(cart);
    };
    for _ in 0..10 {
        other(&stand).await;
    }
    stand.faults(fault("addLead", "lost_answer")).await;
    assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    // Newer ones too, so that it is not on the first page of what is found.
    for _ in 0..60 {
        other(&stand).await;
    }
    let log = stand.until(|log| done(log, "updateLead")).await;
    let adds = log.iter().filter(|call| call["method"] == "addLead" && call["params"][0]["CartId"] == cart.id.as_str());
    assert_eq!(adds.count(), 1);
    assert_eq!(stand.leads().await.len(), others.len() + 1);
    let (_, answer) = stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    let ours = stand.leads().await.into_iter().find(|lead| lead["LeadCode"] == answer["lead_code"]).unwrap();
    assert_eq!(ours["lead"]["CartId"], cart.id.as_str());
}

#[tokio::test]
async fn what_2checkout_cannot_take_now_is_delivered_later() {
    for name in ["error_500", "unavailable_503", "html", "session_expired"] {
        let (stand, cart) = (Stand::new().await, Cart::new());
        for (method, values) in
            [("addLead", enough("ada@example.com")), ("updateLead", json!({"BillingDetails.City": "Turin"}))]
        {
            stand.faults(fault(method, name)).await;
            let (status, _) = stand.save(&cart, values).await;
            match name {
                // A session that is over is renewed within the same call.
                "session_expired" => assert_eq!(status, StatusCode::OK, "{method}"),
                // The jitter of the back-off may be next to nothing, and the browser still there.
                "unavailable_503" => assert!(status.is_success(), "{method}"),
                _ => assert_eq!(status, StatusCode::ACCEPTED, "{method} {name}"),
            }
            stand.until(|log| done(log, method)).await;
        }
        assert_eq!(stand.leads().await.len(), 1, "{name}");
        assert_eq!(stand.leads().await[0]["lead"]["BillingDetails"]["City"], "Turin", "{name}");
    }
}

#[tokio::test]
async fn a_2checkout_that_asks_to_wait_is_left_alone_for_that_long() {
    let timing = Timing { backoff_max_ms: 10_000, ..quick().timing };
    let (stand, cart) = (Stand::with(Config { timing, ..quick() }).await, Cart::new());
    stand.faults(fault("addLead", "rate_limited")).await;
    let started = Instant::now();
    assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    let log = stand.until(|log| done(log, "addLead")).await;
    assert!(started.elapsed() >= Duration::from_secs(2));
    assert_eq!(log.len(), 2, "one refused, one done, no search");
}

#[tokio::test]
async fn a_refused_lead_is_tried_again_without_a_change() {
    for method in ["addLead", "updateLead"] {
        let (stand, cart) = (Stand::new().await, Cart::new());
        if method == "updateLead" {
            stand.save(&cart, enough("ada@example.com")).await;
        }
        stand.faults(json!([{"on": method, "fault": "errors", "times": 3}])).await;
        assert!(stand.save(&cart, enough("eva@example.com")).await.0.is_success());
        let log = stand.until(|log| done(log, method)).await;
        assert_eq!(count(&log, "searchLeads"), 0, "a refusal is certain");
        assert_eq!(stand.leads().await[0]["lead"]["BillingDetails"]["Email"], "eva@example.com");
        assert_eq!(stand.leads().await.len(), 1);
    }
}

#[tokio::test]
async fn a_change_of_a_refused_lead_is_tried_at_once() {
    let timing = Timing { backoff_ms: 1_000_000_000, backoff_max_ms: 1_000_000_000, ..quick().timing };
    let (stand, cart) = (Stand::with(Config { timing, ..quick() }).await, Cart::new());
    stand.faults(fault("addLead", "errors")).await;
    assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    assert_eq!(stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await.0, StatusCode::OK);
    assert_eq!(stand.leads().await.len(), 1);
}

#[tokio::test]
async fn a_browser_is_answered_in_time_and_a_hanging_add_makes_one_lead() {
    let mut stand = Stand::with(impatient()).await;
    stand.call_timeout = Duration::from_secs(2);
    stand.restart().await;
    let cart = Cart::new();
    stand.faults(fault("addLead", "hang")).await;
    let started = Instant::now();
    assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    assert!(started.elapsed() < Duration::from_millis(1_500), "{:?}", started.elapsed());
    // Saved while the add hangs: kept, and part of what goes out.
    assert_eq!(stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await.0, StatusCode::ACCEPTED);
    let log = stand.until(|log| done(log, "addLead")).await;
    assert_eq!(count(&log, "searchLeads"), 1);
    assert_eq!(stand.leads().await[0]["lead"]["BillingDetails"]["City"], "Turin");
    assert_eq!(stand.leads().await.len(), 1);
}

#[tokio::test]
async fn a_browser_that_goes_away_cancels_nothing() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let body = json!({"cart": cart.id, "key": cart.key, "changes": super::stand::changes(enough("ada@example.com"))});
    let request = stand.http.post(stand.url("/api/lead")).json(&body).timeout(Duration::from_millis(3)).send();
    // Whether it was fast enough to be answered makes no difference, so send it again if it never arrived.
    let _ = request.await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    stand.save_raw(&cart, body["changes"].clone()).await;
    let log = stand.until(|log| done(log, "addLead")).await;
    assert_eq!(count(&log, "addLead"), 1);
}

#[tokio::test]
async fn a_lead_code_that_2checkout_no_longer_knows_leads_to_one_new_lead() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let (_, first) = stand.save(&cart, enough("ada@example.com")).await;
    stand.forget_leads().await;
    let (status, second) = stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    assert_eq!(status, StatusCode::OK);
    assert_ne!(first["lead_code"], second["lead_code"]);
    assert_eq!(stand.methods().await, ["updateLead", "addLead"]);
    stand.forget_leads().await;
    assert_eq!(stand.save(&cart, json!({"BillingDetails.City": "Rome"})).await.0, StatusCode::ACCEPTED);
    assert!(stand.methods().await.iter().all(|method| method == "updateLead"), "one new lead in a row");
}

#[tokio::test]
async fn wrong_credentials_keep_the_change_and_the_right_ones_deliver_it() {
    let (mut stand, cart) = (Stand::new().await, Cart::new());
    stand.restart_with_secret("wrong").await;
    assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    let ask = async |path| stand.http.get(stand.url(path)).send().await.unwrap();
    let refused = ask("/healthz").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE, "a monitor looks at the code");
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "lead/credentials");
    let health: Value = ask("/livez").await.json().await.unwrap();
    assert_eq!(
        (&health["status"], &health["delivering"], &health["waiting"]),
        (&json!("ok"), &json!(false), &json!(1))
    );
    stand.restart_with_secret(Stand::right_secret()).await;
    stand.until(|log| done(log, "addLead")).await;
    assert_eq!(stand.http.get(stand.url("/healthz")).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn everything_undelivered_goes_out_after_a_start_newest_state_once() {
    let mut stand = Stand::with(Config { calls_at_once: 1, ..quick() }).await;
    stand.faults(json!([{"on": "*", "fault": "unavailable_503", "times": 1_000_000}])).await;
    let carts: Vec<Cart> = (0..5).map(|_| Cart::new()).collect();
    for cart in &carts {
        assert_eq!(stand.save(cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
        assert_eq!(stand.save(cart, json!({"BillingDetails.City": "Turin"})).await.0, StatusCode::ACCEPTED);
    }
    stand.stop().await;
    stand.faults(json!([])).await;
    let before = stand.log().await.len();
    stand.start().await;
    let log = stand.until(|log| log[before..].iter().filter(|call| call["outcome"]["done"] == true).count() == 5).await;
    let after = &log[before..];
    assert!(after.iter().all(|call| call["method"] == "addLead"), "{after:#?}");
    let sent = |cart: &Cart| after.iter().filter(|call| call["params"][0]["CartId"] == cart.id.as_str()).count();
    assert!(carts.iter().all(|cart| sent(cart) == 1), "{after:#?}");
    assert!(after.iter().all(|call| call["params"][0]["BillingDetails"]["City"] == "Turin"));
}

/// As `kill -9` leaves it: the mark of an add is on disk, its answer was never entered.
#[tokio::test]
async fn a_proxy_that_died_while_adding_finds_its_lead() {
    let (mut stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    stand.stop().await;
    stand.edit_carts(died_while_adding).await;
    stand.start().await;
    let log = stand.until(|log| done(log, "updateLead")).await;
    assert_eq!(stand.leads().await.len(), 1);
    assert_eq!((count(&log, "addLead"), count(&log, "searchLeads")), (1, 1));
}

#[tokio::test]
async fn a_proxy_that_died_before_its_add_arrived_adds() {
    let (mut stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    stand.stop().await;
    stand.forget_leads().await;
    stand.edit_carts(died_while_adding).await;
    stand.start().await;
    stand.until(|log| done(log, "addLead")).await;
    assert_eq!(stand.methods().await, ["searchLeads", "addLead"]);
}

#[tokio::test]
async fn a_store_that_fails_keeps_nothing_and_says_so() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.sql("ALTER TABLE carts RENAME TO gone").await;
    let (status, answer) = stand.save(&cart, enough("ada@example.com")).await;
    assert_eq!((status, answer["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("lead/store")));
    let health = stand.http.get(stand.url("/healthz")).send().await.unwrap();
    assert_eq!(health.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(stand.methods().await, Vec::<String>::new());
    stand.sql("ALTER TABLE gone RENAME TO carts").await;
    assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::OK);
}

/// As a proxy leaves a cart that dies while its `addLead` is under way.
fn died_while_adding(cart: &mut leadkeep_proxy::cart::Cart) {
    (cart.lead_code, cart.delivered, cart.next_attempt_at) = (None, 0, Some(1));
    cart.adding = Some(Adding { since: cart.updated_at, email: "ada@example.com".into() });
}
