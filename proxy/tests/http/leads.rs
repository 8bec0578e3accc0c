//! One cart, one lead, always whole.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::stand::{Cart, Stand, changes, count, enough};

#[tokio::test]
async fn the_first_save_adds_and_every_further_one_updates_the_whole_lead() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let (status, answer) = stand.save(&cart, enough("ada@example.com")).await;
    assert_eq!((status, answer["state"].as_str()), (StatusCode::OK, Some("saved")));
    let code = answer["lead_code"].as_str().unwrap().to_owned();
    assert!(answer.get("dropped").is_none());

    let (status, answer) = stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    assert_eq!((status, answer["lead_code"].as_str()), (StatusCode::OK, Some(code.as_str())));
    stand.save(&cart, json!({"BillingDetails.LastName": "Lovelace"})).await;

    let log = stand.log().await;
    assert_eq!(stand.methods().await, ["addLead", "updateLead", "updateLead"]);
    let lead = &log[2]["params"][0];
    assert_eq!(log[2]["params"][1], code);
    assert_eq!(lead["CartId"], cart.id);
    assert_eq!(lead["Currency"], "EUR");
    assert_eq!(lead["Items"][0]["Code"], "KLD-1");
    let billing = &lead["BillingDetails"];
    assert_eq!([&billing["FirstName"], &billing["LastName"], &billing["City"]], ["Ada", "Lovelace", "Turin"]);
    assert_eq!(billing["Email"], "ada@example.com");
    assert_eq!(lead["DeliveryDetails"], lead["BillingDetails"], "delivery is a copy of billing");
}

#[tokio::test]
async fn a_lead_waits_in_the_proxy_for_an_address_and_an_item() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let (status, answer) = stand.save(&cart, json!({"BillingDetails.FirstName": "Ada", "Currency": "EUR"})).await;
    let waits = json!({"state": "queued", "lead_code": null, "missing": ["Email", "Items"]});
    assert_eq!((status, answer), (StatusCode::ACCEPTED, waits));
    assert_eq!(stand.methods().await, Vec::<String>::new());
    let mut rest = enough("ada@example.com");
    rest.as_object_mut().unwrap().remove("BillingDetails.FirstName");
    rest.as_object_mut().unwrap().remove("Currency");
    assert_eq!(stand.save(&cart, rest).await.0, StatusCode::OK);
    assert_eq!(stand.log().await[0]["params"][0]["BillingDetails"]["FirstName"], "Ada");
}

#[tokio::test]
async fn a_repeated_request_costs_no_call() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let request = changes(enough("ada@example.com"));
    for _ in 0..3 {
        assert_eq!(stand.save_raw(&cart, request.clone()).await.0, StatusCode::OK);
    }
    assert_eq!(stand.methods().await, ["addLead"]);
}

#[tokio::test]
async fn an_older_change_never_replaces_a_newer_one() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let early = changes(json!({"BillingDetails.City": "Rome"}));
    stand.save(&cart, enough("ada@example.com")).await;
    stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    let (status, _) = stand.save_raw(&cart, early).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(stand.methods().await, ["addLead", "updateLead"]);
    assert_eq!(stand.leads().await[0]["lead"]["BillingDetails"]["City"], "Turin");
}

#[tokio::test]
async fn a_cleared_field_is_sent_empty() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    stand.save(&cart, json!({"BillingDetails.Company": "Acme"})).await;
    stand.save(&cart, json!({"BillingDetails.Company": null, "BillingDetails.Email": null})).await;
    let log = stand.log().await;
    let billing = &log[2]["params"][0]["BillingDetails"];
    assert_eq!([&billing["Company"], &billing["Email"]], ["", ""]);
    assert_eq!(log[2]["outcome"]["done"], true);
    assert_eq!(log[2]["params"][0]["Items"][0]["Quantity"], 2, "items are never sent empty");
}

#[tokio::test]
async fn what_may_not_enter_is_named_and_the_rest_is_kept() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let mut values = enough("ada@example.com");
    for (path, value) in [
        ("BillingDetails.CVC", json!("123")),
        ("BillingDetails.Company", json!("4111 1111 1111 1111")),
        ("BillingDetails.Zip", json!(10117)),
        ("BillingDetails.CountryCode", json!("united kingdom")),
        ("DeliveryDetails.CountryCode", json!("Narnia")),
        ("BillingDetails.City", json!("x".repeat(501))),
    ] {
        values[path] = value;
    }
    let (status, answer) = stand.save(&cart, values).await;
    assert_eq!(status, StatusCode::OK);
    let dropped = [
        "BillingDetails.CVC",
        "BillingDetails.City",
        "BillingDetails.Company",
        "BillingDetails.Zip",
        "DeliveryDetails.CountryCode",
    ];
    assert_eq!(answer["dropped"], json!(dropped));
    let reasons = ["unknown-path", "too-long", "card-number", "wrong-type", "unknown-country"];
    assert_eq!(answer["dropped_reasons"], json!(reasons));
    let log = stand.log().await;
    assert_eq!(log[0]["params"][0]["BillingDetails"]["CountryCode"], "GB");
    assert!(!log[0].to_string().contains("4111"));
    let stored = String::from_utf8_lossy(&stand.stored_bytes()).into_owned();
    assert!(!stored.contains("4111"));
}

#[tokio::test]
async fn plain_text_is_read_like_json() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(enough("ada@example.com"))}).to_string();
    let request = stand.http.post(stand.url("/api/lead")).header("content-type", "text/plain;charset=UTF-8");
    let answer = request.body(body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(stand.methods().await, ["addLead"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn saves_of_one_cart_at_once_make_one_lead_with_everything() {
    let (stand, cart) = (std::sync::Arc::new(Stand::new().await), Cart::new());
    let fields = ["FirstName", "LastName", "Phone", "Company", "FiscalCode", "Address1", "Address2", "City", "Zip"];
    let tasks: Vec<_> = fields
        .into_iter()
        .map(|field| {
            let (stand, cart) = (stand.clone(), cart.clone());
            tokio::spawn(async move {
                let mut values = enough("ada@example.com");
                values.as_object_mut().unwrap().remove("BillingDetails.FirstName");
                values[format!("BillingDetails.{field}")] = json!(format!("v-{field}"));
                stand.save(&cart, values).await
            })
        })
        .collect();
    let mut codes = Vec::new();
    for task in tasks {
        let (status, answer) = task.await.unwrap();
        assert_eq!(status, StatusCode::OK);
        codes.push(answer["lead_code"].clone());
    }
    codes.dedup();
    assert_eq!(codes.len(), 1);
    let log = stand.log().await;
    assert_eq!(count(&log, "addLead"), 1);
    assert!(log.len() <= fields.len(), "at most one call for a save: {:?}", stand.methods().await);
    let last = &log.last().unwrap()["params"][0]["BillingDetails"];
    for field in fields {
        assert_eq!(last[field], format!("v-{field}"));
    }
}

#[tokio::test]
async fn a_proxy_started_anew_goes_on_with_the_same_lead() {
    let (mut stand, cart) = (Stand::new().await, Cart::new());
    let (_, before) = stand.save(&cart, enough("ada@example.com")).await;
    stand.restart().await;
    let (status, after) = stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    assert_eq!((status, &after["lead_code"]), (StatusCode::OK, &before["lead_code"]));
    assert_eq!(stand.methods().await, ["addLead", "updateLead"]);
    assert_eq!(stand.leads().await[0]["lead"]["BillingDetails"]["FirstName"], "Ada");
}

#[tokio::test]
async fn amounts_arrive_as_they_were_written() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let mut values = enough("ada@example.com");
    values["Items"] = serde_json::from_str::<Value>(
        r#"[{"Name":"Tea","Quantity":1,"IsDynamic":true,"Tangible":true,"PurchaseType":"PRODUCT","Price":{"Amount":19.99,"Type":"CUSTOM"}}]"#,
    )
    .unwrap();
    let (status, answer) = stand.save(&cart, values).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert!(stand.log().await[0].to_string().contains("19.99"));
}
