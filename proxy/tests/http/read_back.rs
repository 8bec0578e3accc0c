//! Leads that 2Checkout knows more of than the store: after the retention, and after a backup was restored.

use std::sync::Arc;
use std::time::{Duration, Instant};

use leadkeep_proxy::cart::{Cart as StoredCart, Retention};
use leadkeep_proxy::config::Config;
use leadkeep_proxy::store::{Location, Store};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::stand::{Cart, Stand, changes, count, done, enough, quick};

const DAY: u64 = 86_400_000;

async fn beside(stand: &Stand) -> Arc<dyn Store> {
    Location::Sqlite(stand.folder.path().join("leads.sqlite")).open_beside().await.unwrap()
}

/// Changes a cart in the store, from outside.
async fn edit(stand: &Stand, cart: &Cart, change: impl Fn(&mut StoredCart) + Send + Sync) {
    let store = beside(stand).await;
    store.edit(&cart.id, &mut |known| known.as_mut().into_iter().for_each(&change)).await.unwrap();
    store.close().await;
}

/// A lead whose content has outlived the retention.
async fn erased(stand: &mut Stand) -> (Cart, String) {
    let cart = Cart::new();
    let mut values = enough("ada@example.com");
    values["BillingDetails.City"] = json!("Turin");
    let (_, saved) = stand.save(&cart, values).await;
    edit(stand, &cart, |cart| cart.updated_at -= 40 * DAY).await;
    stand.restart().await;
    let store = beside(stand).await;
    let deadline = Instant::now() + Duration::from_secs(10);
    while !store.load(&cart.id).await.unwrap().unwrap().state.is_empty() {
        assert!(Instant::now() < deadline, "it was not erased");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    store.close().await;
    (cart, saved["lead_code"].as_str().unwrap().to_owned())
}

async fn with_a_month() -> Stand {
    Stand::with(Config { retention: Retention::days(30), ..quick() }).await
}

fn billing(lead: &Value, field: &str) -> Value {
    lead["lead"]["BillingDetails"][field].clone()
}

#[tokio::test]
async fn a_shopper_who_returns_after_the_retention_adds_to_the_lead_and_wipes_nothing() {
    let mut stand = with_a_month().await;
    let (cart, code) = erased(&mut stand).await;
    let (status, answer) = stand.save(&cart, json!({"BillingDetails.Phone": "+39 011 1"})).await;
    assert_eq!((status, answer["lead_code"].as_str()), (StatusCode::OK, Some(code.as_str())));
    let log = stand.log().await;
    assert_eq!((count(&log, "getLead"), count(&log, "updateLead"), count(&log, "addLead")), (1, 1, 1), "{log:#?}");
    let lead = stand.leads().await.remove(0);
    assert_eq!((billing(&lead, "City"), billing(&lead, "Phone")), (json!("Turin"), json!("+39 011 1")));
    assert_eq!(
        (billing(&lead, "Email"), &lead["lead"]["Items"][0]["Code"]),
        (json!("ada@example.com"), &json!("KLD-1"))
    );
    // The next one needs no further look.
    stand.save(&cart, json!({"BillingDetails.City": "Rome"})).await;
    assert_eq!(count(&stand.log().await, "getLead"), 1);
}

#[tokio::test]
async fn a_withdrawal_after_the_retention_empties_the_lead_all_the_same() {
    for fault in [None, Some("unavailable_503"), Some("lost_answer")] {
        let mut stand = with_a_month().await;
        let (cart, _) = erased(&mut stand).await;
        if let Some(fault) = fault {
            stand.faults(json!([{"on": "getLead", "fault": fault, "times": 1}])).await;
        }
        assert_eq!(stand.close("withdraw", &cart).await.0, StatusCode::OK);
        stand.until(|log| done(log, "updateLead") && count(log, "markLeads") >= 2).await;
        let lead = stand.leads().await.remove(0);
        let text = lead.to_string();
        assert!(!text.contains("ada@") && !text.contains("Turin") && !text.contains("Ada"), "{text}");
        assert_eq!((&lead["Used"], &lead["StopFollowups"]), (&json!(false), &json!(true)));
        assert_eq!(lead["lead"]["Items"][0]["Code"], "KLD-1");
        stand.stop().await;
        assert!(!String::from_utf8_lossy(&stand.stored_bytes()).contains("ada@example.com"));
    }
}

/// A save that names its lead, as a browser with a record does.
async fn save_naming(stand: &Stand, cart: &Cart, code: &str, values: Value) -> (StatusCode, Value) {
    let body = json!({"cart": cart.id, "key": cart.key, "lead_code": code, "changes": changes(values)});
    stand.post("/api/lead", &body).await
}

#[tokio::test]
async fn after_a_restored_backup_the_browser_names_its_lead_and_2checkout_says_that_it_is_so() {
    // The cart began after the backup, or its lead was made after it.
    for is_known in [false, true] {
        let stand = Stand::new().await;
        let cart = Cart::new();
        let (_, saved) = stand.save(&cart, enough("ada@example.com")).await;
        let code = saved["lead_code"].as_str().unwrap();
        if is_known {
            edit(&stand, &cart, |cart| (cart.lead_code, cart.delivered) = (None, 0)).await;
        } else {
            stand.sql("DELETE FROM carts").await;
        }
        let (status, answer) = save_naming(&stand, &cart, code, json!({"BillingDetails.City": "Turin"})).await;
        assert_eq!((status, answer["lead_code"].as_str()), (StatusCode::OK, Some(code)), "known: {is_known}");
        let leads = stand.leads().await;
        assert_eq!(leads.len(), 1, "known: {is_known}");
        assert_eq!(
            (billing(&leads[0], "City"), billing(&leads[0], "Email")),
            (json!("Turin"), json!("ada@example.com"))
        );
    }
}

#[tokio::test]
async fn a_lead_of_another_cart_is_nobodys_by_its_code() {
    let stand = Stand::new().await;
    let (victim, stranger) = (Cart::new(), Cart::new());
    let (_, saved) = stand.save(&victim, enough("ada@example.com")).await;
    let code = saved["lead_code"].as_str().unwrap();
    for named in [code, "NOSUCHLEAD", "../x", ""] {
        let (status, answer) = save_naming(&stand, &stranger, named, enough("eve@example.com")).await;
        assert!(status.is_success());
        assert_ne!(answer["lead_code"].as_str(), Some(code), "{named}");
    }
    for how in ["complete", "withdraw"] {
        let other = Cart::new();
        let body = json!({"cart": other.id, "key": other.key, "lead_code": code});
        assert_eq!(stand.post(&format!("/api/lead/{how}"), &body).await.0, StatusCode::OK);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let leads = stand.leads().await;
    assert_eq!(leads.len(), 2);
    let theirs = leads.iter().find(|lead| lead["LeadCode"] == code).unwrap();
    assert_eq!((billing(theirs, "Email"), &theirs["StopFollowups"]), (json!("ada@example.com"), &json!(false)));
}

#[tokio::test]
async fn after_a_restored_backup_an_end_reaches_the_lead_that_the_browser_names() {
    for (how, is_used) in [("complete", true), ("withdraw", false)] {
        let stand = Stand::new().await;
        let cart = Cart::new();
        let (_, saved) = stand.save(&cart, enough("ada@example.com")).await;
        stand.sql("DELETE FROM carts").await;
        stand.faults(json!([{"on": "getLead", "fault": "unavailable_503", "times": 1}])).await;
        let body = json!({"cart": cart.id, "key": cart.key, "lead_code": saved["lead_code"]});
        assert_eq!(stand.post(&format!("/api/lead/{how}"), &body).await.0, StatusCode::OK);
        stand.until(|log| done(log, "markLeads") && (is_used || count(log, "markLeads") >= 2)).await;
        let lead = stand.leads().await.remove(0);
        assert_eq!((&lead["Used"], &lead["StopFollowups"]), (&json!(is_used), &json!(true)), "{how}");
        assert_eq!(billing(&lead, "Email") == "", !is_used, "{how}");
    }
}
