//! After completion or withdrawal: the lead is marked, nothing is sent any more, nothing personal stays.

use std::time::{Duration, Instant};

use leadkeep_proxy::config::Config;
use leadkeep_proxy::delivery::Timing;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::stand::{Cart, Stand, count, done, enough, impatient, quick};

fn marks(log: &[Value]) -> Vec<Value> {
    log.iter().filter(|call| call["method"] == "markLeads").map(|call| call["params"][0][0].clone()).collect()
}

#[tokio::test]
async fn a_completed_lead_is_used_and_its_follow_ups_stop_once() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let (_, saved) = stand.save(&cart, enough("ada@example.com")).await;
    for _ in 0..3 {
        assert_eq!(stand.close("complete", &cart).await, (StatusCode::OK, json!({"state": "closed"})));
    }
    assert_eq!(stand.close("withdraw", &cart).await, (StatusCode::OK, json!({"state": "closed"})), "the first counts");
    assert_eq!(stand.methods().await, ["addLead", "markLeads"]);
    let mark = json!({"LeadCode": saved["lead_code"], "Used": true, "StopFollowups": true});
    assert_eq!(marks(&stand.log().await), [mark]);
    let (status, answer) = stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!((answer["code"].as_str(), answer["reason"].as_str()), (Some("lead/closed"), Some("completed")));
    assert_eq!(stand.methods().await.len(), 2);
}

#[tokio::test]
async fn a_withdrawn_lead_is_emptied_and_its_follow_ups_stop() {
    let (mut stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("canary-mail@example.com")).await;
    assert_eq!(stand.close("withdraw", &cart).await.0, StatusCode::OK);
    let calls = ["addLead", "markLeads", "updateLead", "markLeads"];
    assert_eq!(stand.methods().await, calls, "the mails stop first, and stay stopped");
    let log = stand.log().await;
    assert_eq!([&marks(&log)[0]["Used"], &marks(&log)[0]["StopFollowups"]], [false, true]);
    let lead = &stand.leads().await[0]["lead"];
    assert!(!lead.to_string().contains("canary") && !lead.to_string().contains("Ada"), "{lead}");
    assert_eq!(lead["Items"][0]["Code"], "KLD-1");
    let (status, answer) = stand.save(&cart, enough("ada@example.com")).await;
    assert_eq!((status, answer["reason"].as_str()), (StatusCode::CONFLICT, Some("withdrawn")));
    stand.stop().await;
    assert!(!String::from_utf8_lossy(&stand.stored_bytes()).contains("canary-mail"), "the store forgets");
}

#[tokio::test]
async fn a_cart_may_be_closed_before_it_is_known() {
    for (how, reason) in [("complete", "completed"), ("withdraw", "withdrawn")] {
        let (stand, cart) = (Stand::new().await, Cart::new());
        assert_eq!(stand.close(how, &cart).await, (StatusCode::OK, json!({"state": "closed"})));
        let (status, answer) = stand.save(&cart, enough("ada@example.com")).await;
        assert_eq!((status, answer["reason"].as_str()), (StatusCode::CONFLICT, Some(reason)));
        assert_eq!(stand.methods().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_cart_that_never_became_a_lead_is_closed_without_a_call() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, json!({"BillingDetails.Email": "ada@example.com"})).await;
    assert_eq!(stand.close("withdraw", &cart).await.0, StatusCode::OK);
    assert_eq!(stand.methods().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_withdrawal_during_an_add_that_hangs_is_carried_out_after_it() {
    let mut stand = Stand::with(impatient()).await;
    stand.call_timeout = Duration::from_millis(600);
    stand.restart().await;
    let cart = Cart::new();
    stand.faults(json!([{"on": "addLead", "fault": "hang", "times": 1}])).await;
    assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    assert_eq!(stand.close("withdraw", &cart).await, (StatusCode::OK, json!({"state": "closed"})));
    stand.until(|log| done(log, "searchLeads")).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(stand.methods().await, ["addLead", "searchLeads"], "there is none, so nothing is to be closed");
    assert_eq!(stand.leads().await.len(), 0);
}

#[tokio::test]
async fn whoever_closes_is_answered_in_time_however_long_2checkout_takes() {
    let config = Config { close_within: Duration::from_millis(150), ..quick() };
    for how in ["complete", "withdraw"] {
        let mut stand = Stand::with(config.clone()).await;
        stand.call_timeout = Duration::from_secs(3);
        stand.restart().await;
        let cart = Cart::new();
        stand.save(&cart, enough("ada@example.com")).await;
        stand.faults(json!([{"on": "*", "fault": "hang", "times": 1}])).await;
        let started = Instant::now();
        assert_eq!(stand.close(how, &cart).await, (StatusCode::OK, json!({"state": "closed"})));
        assert!(started.elapsed() < Duration::from_millis(1_500), "{how} {:?}", started.elapsed());
        stand.until(|log| done(log, "markLeads")).await;
    }
}

#[tokio::test]
async fn a_withdrawal_after_a_lost_answer_of_an_add_empties_the_lead_that_was_made() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.faults(json!([{"on": "addLead", "fault": "lost_answer", "times": 1}])).await;
    assert_eq!(stand.save(&cart, enough("canary-mail@example.com")).await.0, StatusCode::ACCEPTED);
    assert_eq!(stand.close("withdraw", &cart).await.0, StatusCode::OK);
    let log = stand.until(|log| done(log, "updateLead")).await;
    assert_eq!(count(&log, "addLead"), 1);
    assert_eq!(marks(&log)[0]["StopFollowups"], true);
    assert!(!stand.leads().await[0]["lead"].to_string().contains("canary"));
}

#[tokio::test]
async fn a_closing_that_2checkout_cannot_take_now_is_delivered_later() {
    for name in ["error_500", "unavailable_503", "html", "lost_answer"] {
        let (stand, cart) = (Stand::new().await, Cart::new());
        stand.save(&cart, enough("ada@example.com")).await;
        stand.faults(json!([{"on": "updateLead", "fault": name}, {"on": "markLeads", "fault": name}])).await;
        assert_eq!(stand.close("withdraw", &cart).await.0, StatusCode::OK);
        let log =
            stand.until(|log| log.iter().any(|c| c["method"] == "markLeads" && c["outcome"]["fault"].is_null())).await;
        assert_eq!(count(&log, "addLead"), 1, "{name}");
        assert_eq!(stand.leads().await[0]["StopFollowups"], true, "{name}");
    }
}

#[tokio::test]
async fn what_2checkout_refuses_at_a_closing_is_tried_again() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("canary-mail@example.com")).await;
    let refused = |on| json!({"on": on, "fault": "errors", "times": 3});
    stand.faults(json!([refused("markLeads"), refused("updateLead")])).await;
    assert_eq!(stand.close("withdraw", &cart).await.0, StatusCode::OK);
    let log = stand.until(|log| done(log, "updateLead") && count(log, "markLeads") == 5).await;
    assert_eq!(count(&log, "updateLead"), 4);
    assert_eq!(stand.leads().await[0]["StopFollowups"], true);
    assert!(!stand.leads().await[0]["lead"].to_string().contains("canary"));
}

#[tokio::test]
async fn the_last_edit_before_a_completion_arrives_after_the_mails_were_stopped() {
    let timing = Timing { settle_ms: 500, ..quick().timing };
    let mut stand = Stand::with(Config { timing, ..quick() }).await;
    let cart = Cart::new();
    stand.save(&cart, enough("canary-mail@example.com")).await;
    stand.faults(json!([{"on": "updateLead", "fault": "error_500", "times": 1}])).await;
    assert_eq!(stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await.0, StatusCode::ACCEPTED);
    assert_eq!(stand.close("complete", &cart).await.0, StatusCode::OK);
    stand.until(|log| count(log, "markLeads") == 2).await;
    assert_eq!(stand.methods().await, ["addLead", "updateLead", "markLeads", "updateLead", "markLeads"]);
    let lead = &stand.leads().await[0];
    assert_eq!((&lead["lead"]["BillingDetails"]["City"], &lead["Used"]), (&json!("Turin"), &json!(true)));
    stand.stop().await;
    assert!(!String::from_utf8_lossy(&stand.stored_bytes()).contains("canary-mail"), "the store forgets");
}

#[tokio::test]
async fn whoever_does_not_hold_the_key_can_do_nothing() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    let thief = Cart { key: Cart::new().key, ..cart.clone() };
    for (status, answer) in [
        stand.save(&thief, json!({"BillingDetails.Email": "thief@example.com"})).await,
        stand.close("complete", &thief).await,
        stand.close("withdraw", &thief).await,
    ] {
        assert_eq!((status, answer["code"].as_str()), (StatusCode::FORBIDDEN, Some("lead/key")));
        assert!(!answer.to_string().contains("ada@"));
    }
    assert_eq!(stand.methods().await, ["addLead"]);
    assert_eq!(stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await.0, StatusCode::OK);
}

#[tokio::test]
async fn marked_stays_marked_whether_an_update_keeps_the_marks_or_clears_them() {
    for clears_marks in [false, true] {
        for (how, used) in [("complete", true), ("withdraw", false)] {
            let (stand, cart) = (Stand::new().await, Cart::new());
            stand.settings(json!({"update_clears_marks": clears_marks})).await;
            stand.save(&cart, enough("ada@example.com")).await;
            // The last edit reaches the lead after it was marked; for a withdrawal that is what empties it.
            stand.faults(json!([{"on": "updateLead", "fault": "error_500", "times": 1}])).await;
            assert_eq!(stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await.0, StatusCode::ACCEPTED);
            stand.close(how, &cart).await;
            stand.until(|log| count(log, "markLeads") == 2).await;
            let lead = &stand.leads().await[0];
            assert_eq!((&lead["Used"], &lead["StopFollowups"]), (&json!(used), &json!(true)), "{how} {clears_marks}");
        }
    }
}

#[tokio::test]
async fn a_lead_whose_last_update_was_lost_is_marked_again() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.settings(json!({"update_clears_marks": true})).await;
    stand.save(&cart, enough("ada@example.com")).await;
    stand.faults(json!([{"on": "updateLead", "fault": "lost_answer", "times": 1}])).await;
    stand.close("withdraw", &cart).await;
    stand.until(|log| count(log, "markLeads") == 3).await;
    assert_eq!(stand.leads().await[0]["StopFollowups"], true);
}
