//! No log line, error or metric holds what a shopper typed, a key, or the secret.

use std::io::Write;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::stand::{Cart, SHOP_TOKEN, Stand, enough};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// With the filter of the program at its most talkative.
#[tokio::test]
async fn no_log_line_holds_what_a_shopper_typed() {
    let lines = Lines::default();
    let writer = lines.clone();
    let targets = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("leadkeep_proxy", LevelFilter::TRACE)
        .with_target("twocheckout", LevelFilter::TRACE);
    let layer = tracing_subscriber::fmt::layer().json().with_writer(move || writer.clone());
    tracing_subscriber::registry().with(targets).with(layer).init();

    let (stand, cart) = (Stand::new().await, Cart::new());
    let canary = "Canary7f3a";
    for fault in ["errors", "error_500", "html", "lost_answer", "unavailable_503"] {
        stand.faults(json!([{"on": "*", "fault": fault, "times": 2}])).await;
        let mut values = enough(&format!("{canary}@example.com"));
        values["BillingDetails.City"] = json!(format!("{canary} {fault}"));
        values[format!("BillingDetails.{canary}")] = json!("x");
        values["BillingDetails.CountryCode"] = json!(canary);
        stand.save(&cart, values).await;
    }
    stand.faults(json!([])).await;
    let thief = Cart { key: Cart::new().key, ..cart.clone() };
    stand.save(&thief, enough(&format!("{canary}@example.com"))).await;
    let url = stand.url(&format!("/api/{canary}?{canary}={canary}"));
    stand.http.get(url).header("x-request-id", canary).header("origin", canary).send().await.unwrap();
    let request = json!({"cart": cart.id, "key": cart.key, "order_reference": canary});
    stand.post("/api/lead/complete", &request).await;
    for status in ["PENDING", "COMPLETE"] {
        let buyer = format!("{canary}@example.com");
        stand
            .sandbox_notifies(json!({"email": buyer, "external_reference": canary, "refno": canary, "status": status}))
            .await;
        stand.sandbox_notifies(json!({"email": buyer, "algorithm": "md5", "fields": {canary: canary}})).await;
    }
    let order =
        json!({"email": format!("{canary}@example.com"), "order_reference": canary, "external_reference": canary});
    for token in [SHOP_TOKEN, canary] {
        let answer = stand.http.post(stand.url("/api/orders")).bearer_auth(token).json(&order).send().await.unwrap();
        assert!(!answer.text().await.unwrap().contains(canary));
    }
    stand.sql("ALTER TABLE carts RENAME TO gone").await;
    stand.save(&cart, enough(&format!("{canary}@example.com"))).await;

    let metrics = stand.http.get(stand.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("\"delivery\"") && text.contains("request failed"), "it was captured");
    for secret in [canary, &cart.key, &thief.key, &cart.id, Stand::right_secret(), SHOP_TOKEN] {
        let line = text.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret}: {line:?}");
        assert!(!metrics.contains(secret));
    }
}
