//! An order ends its lead, whoever reports it: 2Checkout at `/api/ipn`, the shop's server at `/api/orders`.

use std::time::Duration;

use leadkeep_proxy::config::Config;
use leadkeep_proxy::orders::Orders;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use twocheckout::Credentials;
use twocheckout::ipn::{OutgoingNotification, SignatureAlgorithm};
use twocheckout::sandbox::{MERCHANT_CODE, SECRET_KEY};

use super::stand::{Cart, SHOP_TOKEN, Stand, count, done, enough, quick};

/// A notification with these fields, as 2Checkout signs it.
fn signed(fields: &[(&str, &str)]) -> String {
    let outgoing = fields.iter().fold(OutgoingNotification::new(), |all, (name, value)| all.field(name, value));
    let outgoing = outgoing.field("IPN_PID[]", "1").field("IPN_PNAME[]", "Software program");
    outgoing.signed(&Credentials::new(MERCHANT_CODE, SECRET_KEY), SignatureAlgorithm::Sha256)
}

async fn post(stand: &Stand, body: impl Into<reqwest::Body>) -> (StatusCode, String) {
    let request = stand.http.post(stand.url("/api/ipn")).header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(body).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn notify(stand: &Stand, fields: &[(&str, &str)]) {
    let (status, body) = post(stand, signed(fields)).await;
    assert!(status == StatusCode::OK && body.starts_with("<sig algo=\"sha256\" date=\""), "{status} {body}");
}

fn order(stand: &Stand, order: &Value) -> RequestBuilder {
    stand.http.post(stand.url("/api/orders")).json(order)
}

async fn ordered(stand: &Stand, report: Value) -> (StatusCode, Value) {
    let answer = order(stand, &report).bearer_auth(SHOP_TOKEN).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// So many of them are counted.
async fn counted(stand: &Stand, line: &str) -> bool {
    let text = stand.http.get(stand.url("/metrics")).send().await.unwrap().text().await.unwrap();
    text.lines().any(|known| known == line)
}

async fn is_open(stand: &Stand, cart: &Cart) -> bool {
    stand.save(cart, json!({"BillingDetails.City": uuid::Uuid::new_v4().to_string()})).await.0 != StatusCode::CONFLICT
}

/// `Used` and `StopFollowups` of the only lead.
async fn marks(stand: &Stand) -> [bool; 2] {
    let leads = stand.leads().await;
    assert_eq!(leads.len(), 1);
    ["Used", "StopFollowups"].map(|mark| leads[0][mark].as_bool().unwrap())
}

const LONG_AGO: &str = "2020-01-01 10:00:00";

#[tokio::test]
async fn a_notification_ends_the_cart_that_it_names_by_id_reference_or_buyer() {
    type Fields = fn(&Cart) -> [(&'static str, String); 2];
    let ways: [Fields; 4] = [
        |cart| [("REFNOEXT", cart.id.clone()), ("CUSTOMEREMAIL", String::new())],
        |_| [("REFNOEXT", "SHOP-7".to_owned()), ("CUSTOMEREMAIL", String::new())],
        |_| [("REFNOEXT", String::new()), ("CUSTOMEREMAIL", " ADA@example.com ".to_owned())],
        |_| [("REFNOEXT", "unknown".to_owned()), ("CUSTOMEREMAIL", "ada@example.com".to_owned())],
    ];
    for (way, fields) in ways.iter().enumerate() {
        let (stand, cart) = (Stand::new().await, Cart::new());
        let mut typed = enough("Ada@Example.com");
        typed["ExternalReference"] = json!("SHOP-7");
        stand.save(&cart, typed).await;
        let [one, two] = fields(&cart);
        let report: [(&str, &str); 4] =
            [("REFNO", "7"), ("ORDERSTATUS", "PAYMENT_AUTHORIZED"), (one.0, &one.1), (two.0, &two.1)];
        for _ in 0..3 {
            notify(&stand, &report).await;
        }
        assert_eq!(marks(&stand).await, [true, true], "way {way}");
        assert!(!is_open(&stand, &cart).await);
        assert_eq!(stand.methods().await, ["addLead", "markLeads"], "way {way}: the others change nothing");
        assert!(counted(&stand, "leadkeep_ipn_total{outcome=\"completed\"} 1").await);
        assert!(counted(&stand, "leadkeep_ipn_total{outcome=\"repeated\"} 2").await);
    }
}

#[tokio::test]
async fn the_sandbox_sends_what_the_proxy_takes() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    for algorithm in ["sha3-256", "sha256"] {
        let answer = stand.sandbox_notifies(json!({"email": "ada@example.com", "algorithm": algorithm})).await;
        assert_eq!((&answer["status"], &answer["receipt"]), (&json!(200), &json!(true)), "{answer}");
    }
    assert_eq!(marks(&stand).await, [true, true]);
    let md5 = stand.sandbox_notifies(json!({"email": "ada@example.com", "algorithm": "md5"})).await;
    assert_eq!((&md5["status"], &md5["receipt"]), (&json!(400), &json!(false)), "it is not allowed here");
}

#[tokio::test]
async fn an_order_that_waits_for_its_payment_stops_the_mails_and_leaves_the_cart_open() {
    for clears_marks in [false, true] {
        let (stand, cart) = (Stand::new().await, Cart::new());
        stand.settings(json!({"update_clears_marks": clears_marks})).await;
        stand.save(&cart, enough("ada@example.com")).await;
        for status in ["PENDING", "PURCHASE_PENDING"] {
            notify(&stand, &[("REFNO", "7"), ("ORDERSTATUS", status), ("CUSTOMEREMAIL", "ada@example.com")]).await;
        }
        assert_eq!((marks(&stand).await, count(&stand.log().await, "markLeads")), ([false, true], 1));
        assert!(is_open(&stand, &cart).await, "the payment may fail");
        stand.until(|log| count(log, "updateLead") == 1 && count(log, "markLeads") == 2).await;
        assert_eq!(marks(&stand).await, [false, true], "an update clears marks: {clears_marks}");
        notify(&stand, &[("REFNO", "7"), ("ORDERSTATUS", "COMPLETE"), ("CUSTOMEREMAIL", "ada@example.com")]).await;
        assert_eq!(marks(&stand).await, [true, true]);
        notify(&stand, &[("REFNO", "7"), ("ORDERSTATUS", "PENDING"), ("CUSTOMEREMAIL", "ada@example.com")]).await;
        assert_eq!(marks(&stand).await, [true, true], "a late notification changes nothing");
        assert!(!is_open(&stand, &cart).await);
    }
}

#[tokio::test]
async fn mails_that_are_to_stop_stop_as_soon_as_there_is_a_lead() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, json!({"BillingDetails.Email": "ada@example.com"})).await;
    notify(&stand, &[("REFNO", "7"), ("ORDERSTATUS", "PENDING"), ("CUSTOMEREMAIL", "ada@example.com")]).await;
    assert_eq!(stand.methods().await, Vec::<String>::new());
    stand.save(&cart, enough("ada@example.com")).await;
    stand.until(|log| done(log, "markLeads")).await;
    assert_eq!(marks(&stand).await, [false, true]);
}

#[tokio::test]
async fn what_is_no_order_of_this_cart_changes_nothing() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("ORDERSTATUS", "COMPLETE"), ("ORIGINAL_REFNOEXT[]", "A-0")], "renewal"),
        (&[("ORDERSTATUS", "COMPLETE"), ("TEST_ORDER", "1")], "test_order"),
        (&[("ORDERSTATUS", "COMPLETE"), ("FRAUD_STATUS", "DENIED")], "denied"),
        (&[("ORDERSTATUS", "REFUND")], "no_effect"),
        (&[("ORDERSTATUS", "CANCELED")], "no_effect"),
        (&[("ORDERSTATUS", "COMPLETE"), ("SALEDATE", LONG_AGO), ("TIMEZONE_OFFSET", "GMT+02:00")], "not_matched"),
        (&[("ORDERSTATUS", "COMPLETE"), ("SALEDATE", LONG_AGO)], "not_matched"),
    ];
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    for (number, (fields, outcome)) in cases.iter().enumerate() {
        let number = number.to_string();
        let fields = [fields, [("REFNO", number.as_str()), ("CUSTOMEREMAIL", "ada@example.com")].as_slice()].concat();
        notify(&stand, &fields).await;
        let line = |n| format!("leadkeep_ipn_total{{outcome=\"{outcome}\"}} {n}");
        assert!(counted(&stand, &line(1)).await || counted(&stand, &line(2)).await, "{outcome}");
    }
    assert_eq!(stand.methods().await, ["addLead"]);
    assert!(is_open(&stand, &cart).await);
}

#[tokio::test]
async fn a_cart_that_began_after_an_order_is_not_of_it_however_often_it_is_reported() {
    let stand = Stand::new().await;
    // Without a zone there are two days of grace, a date in the future proves nothing, and none says nothing.
    for (number, date) in ["2099-01-01 10:00:00", "", &jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%S").to_string()]
        .into_iter()
        .enumerate()
    {
        let (first, next, number) = (Cart::new(), Cart::new(), number.to_string());
        let email = format!("ada{number}@example.com");
        let report =
            [("REFNO", number.as_str()), ("ORDERSTATUS", "COMPLETE"), ("CUSTOMEREMAIL", &email), ("SALEDATE", date)];
        stand.save(&first, enough(&email)).await;
        notify(&stand, &report).await;
        assert!(!is_open(&stand, &first).await, "{date}");
        tokio::time::sleep(Duration::from_millis(5)).await;
        stand.save(&next, enough(&email)).await;
        notify(&stand, &report).await;
        assert!(is_open(&stand, &next).await, "{date}");
    }
}

#[tokio::test]
async fn what_is_not_signed_by_this_account_gets_no_receipt_and_no_echo() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    let fields = "ORDERSTATUS=COMPLETE&CUSTOMEREMAIL=ada%40example.com";
    let stranger =
        OutgoingNotification::new().field("ORDERSTATUS", "COMPLETE").field("CUSTOMEREMAIL", "ada@example.com");
    let stranger = stranger.signed(&Credentials::new("OTHER", "another key"), SignatureAlgorithm::Sha3_256);
    let cases = [
        (stranger, StatusCode::BAD_REQUEST, "ipn/signature"),
        (fields.to_owned(), StatusCode::BAD_REQUEST, "ipn/signature"),
        (format!("{fields}&SIGNATURE_SHA2_256={}", "0".repeat(64)), StatusCode::BAD_REQUEST, "ipn/signature"),
        (format!("{}&EXTRA=1", signed(&[("ORDERSTATUS", "COMPLETE")])), StatusCode::BAD_REQUEST, "ipn/signature"),
        (format!("{fields}%4"), StatusCode::BAD_REQUEST, "ipn/malformed"),
        (format!("{fields}&ORDERSTATUS=COMPLETE"), StatusCode::BAD_REQUEST, "ipn/malformed"),
        ("x".repeat(300 * 1024), StatusCode::PAYLOAD_TOO_LARGE, "ipn/too-large"),
        (String::new(), StatusCode::BAD_REQUEST, "ipn/signature"),
    ];
    for (body, status, code) in cases {
        let (answered, text) = post(&stand, body).await;
        assert_eq!((answered, text.contains(code)), (status, true), "{text}");
        assert!(!text.contains("example") && !text.contains("<sig"), "{text}");
    }
    assert!(is_open(&stand, &cart).await);
    assert!(counted(&stand, "leadkeep_ipn_total{outcome=\"bad_signature\"} 5").await);
    assert!(counted(&stand, "leadkeep_ipn_total{outcome=\"malformed\"} 3").await);
    assert_eq!(stand.http.get(stand.url("/api/ipn")).send().await.unwrap().status(), StatusCode::OK, "the set-up");
}

#[tokio::test]
async fn a_store_that_cannot_write_gives_no_receipt_and_the_repetition_is_taken() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    let report = signed(&[("REFNO", "7"), ("ORDERSTATUS", "COMPLETE"), ("CUSTOMEREMAIL", "ada@example.com")]);
    stand.sql("CREATE TRIGGER full BEFORE UPDATE ON carts BEGIN SELECT RAISE(FAIL, 'full'); END").await;
    let (status, text) = post(&stand, report.clone()).await;
    assert_eq!((status, text.contains("<sig")), (StatusCode::SERVICE_UNAVAILABLE, false), "{text}");
    stand.sql("DROP TRIGGER full").await;
    assert_eq!(post(&stand, report).await.0, StatusCode::OK);
    assert_eq!(marks(&stand).await, [true, true]);
}

#[tokio::test]
async fn the_shops_server_ends_a_cart_by_whatever_it_knows_of_it() {
    for way in ["cart", "external_reference", "lead_code", "email"] {
        let (stand, cart) = (Stand::new().await, Cart::new());
        let mut typed = enough("ada@example.com");
        typed["ExternalReference"] = json!("SHOP-7");
        let (_, saved) = stand.save(&cart, typed).await;
        let value = match way {
            "cart" => json!(cart.id),
            "external_reference" => json!("SHOP-7"),
            "lead_code" => saved["lead_code"].clone(),
            _ => json!("ADA@example.com"),
        };
        let report = json!({way: value, "order_reference": "ORDER-7"});
        assert_eq!(ordered(&stand, report.clone()).await, (StatusCode::OK, json!({"closed": 1})), "{way}");
        assert_eq!(marks(&stand).await, [true, true], "{way}");
        assert_eq!(ordered(&stand, report).await, (StatusCode::OK, json!({"closed": 0})), "{way}: it was over");
        assert_eq!(stand.methods().await, ["addLead", "markLeads"]);
    }
}

#[tokio::test]
async fn an_address_that_is_of_forty_carts_closes_them_all_but_those_that_began_later() {
    let stand = Stand::new().await;
    for _ in 0..40 {
        stand.save(&Cart::new(), json!({"BillingDetails.Email": "ada@example.com"})).await;
    }
    let placed_at = jiff::Timestamp::now().as_millisecond();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let (later, other) = (Cart::new(), Cart::new());
    stand.save(&later, json!({"BillingDetails.Email": "ada@example.com"})).await;
    stand.save(&other, json!({"BillingDetails.Email": "bob@example.com"})).await;
    let report = json!({"email": "ada@example.com", "placed_at": placed_at});
    assert_eq!(ordered(&stand, report).await, (StatusCode::OK, json!({"closed": 40})));
    assert!(is_open(&stand, &later).await && is_open(&stand, &other).await);
}

#[tokio::test]
async fn a_cart_that_is_not_known_yet_is_closed_in_advance() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    assert_eq!(ordered(&stand, json!({"cart": cart.id})).await, (StatusCode::OK, json!({"closed": 0})));
    let (status, answer) = stand.save(&cart, enough("ada@example.com")).await;
    assert_eq!((status, answer["code"].as_str()), (StatusCode::CONFLICT, Some("lead/closed")));
    assert_eq!(stand.close("complete", &cart).await, (StatusCode::OK, json!({"state": "closed"})));
    assert_eq!(stand.methods().await, Vec::<String>::new());
    let named = Cart::new();
    notify(&stand, &[("ORDERSTATUS", "COMPLETE"), ("REFNOEXT", &named.id)]).await;
    assert!(!is_open(&stand, &named).await, "2Checkout was faster than the browser");
}

#[tokio::test]
async fn a_cart_need_not_be_of_leadkeeps_own_widget_to_be_named_by_its_id() {
    let stand = Stand::new().await;
    let cart = Cart { id: "my-own-widget-4711".to_owned(), ..Cart::new() };
    // A number of the shop that only looks like a CartId closes nothing in advance.
    notify(&stand, &[("REFNO", "6"), ("ORDERSTATUS", "COMPLETE"), ("REFNOEXT", &cart.id)]).await;
    assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::OK);
    notify(&stand, &[("REFNO", "7"), ("ORDERSTATUS", "COMPLETE"), ("REFNOEXT", &cart.id)]).await;
    assert_eq!(marks(&stand).await, [true, true]);
}

#[tokio::test]
async fn whoever_does_not_have_the_token_ends_nothing() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    let report = json!({"cart": cart.id});
    let basic = order(&stand, &report).basic_auth("shop", Some(SHOP_TOKEN));
    let requests = [order(&stand, &report), order(&stand, &report).bearer_auth("wrong"), basic];
    for request in requests.into_iter().chain([order(&stand, &report).bearer_auth(format!("{SHOP_TOKEN}x"))]) {
        let answer = request.send().await.unwrap();
        assert_eq!(
            (answer.status(), answer.headers()["www-authenticate"].to_str().unwrap()),
            (StatusCode::UNAUTHORIZED, "Bearer")
        );
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "orders/token");
    }
    assert!(counted(&stand, "leadkeep_orders_total{outcome=\"bad_token\"} 4").await);
    assert!(is_open(&stand, &cart).await);
    for bad in [json!({}), json!({"email": ""}), json!({"cart": "short"}), json!([1])] {
        let (status, answer) = ordered(&stand, bad).await;
        assert_eq!((status, answer["code"].as_str()), (StatusCode::BAD_REQUEST, Some("orders/malformed")));
    }
}

#[tokio::test]
async fn without_a_token_there_is_no_such_path() {
    let mut stand = Stand::new().await;
    stand.shop_token = None;
    stand.restart().await;
    let answer = order(&stand, &json!({"email": "ada@example.com"})).bearer_auth(SHOP_TOKEN).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

/// A proxy that asks 2Checkout before every update.
fn always_quiet() -> Config {
    Config { orders: Orders { quiet: Duration::ZERO, ..Orders::default() }, ..quick() }
}

#[tokio::test]
async fn a_lead_that_was_bought_through_its_mail_is_closed_before_it_is_updated() {
    let (stand, cart) = (Stand::with(always_quiet()).await, Cart::new());
    let (_, saved) = stand.save(&cart, enough("canary@example.com")).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await.0, StatusCode::OK);
    assert_eq!(stand.methods().await, ["addLead", "searchLeads", "updateLead"], "it is not used yet");
    stand.mark_as_used(saved["lead_code"].as_str().unwrap()).await;
    tokio::time::sleep(Duration::from_millis(5)).await;
    let (status, answer) = stand.save(&cart, json!({"BillingDetails.City": "Rome"})).await;
    assert_eq!((status, answer["reason"].as_str()), (StatusCode::CONFLICT, Some("completed")), "{answer}");
    assert_eq!(marks(&stand).await, [true, true]);
    assert_eq!(stand.leads().await[0]["lead"]["BillingDetails"]["City"], "Turin", "the edit is of the next purchase");
}

#[tokio::test]
async fn a_cart_that_was_in_use_until_now_costs_no_search() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    assert_eq!(stand.methods().await, ["addLead", "updateLead"]);
}

#[tokio::test]
async fn no_plain_index_of_addresses_stands_in_the_store() {
    let (mut stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("canary@example.com")).await;
    stand.save(&cart, json!({"BillingDetails.Email": "other@example.com"})).await;
    notify(&stand, &[("REFNO", "7"), ("ORDERSTATUS", "COMPLETE"), ("CUSTOMEREMAIL", "other@example.com")]).await;
    stand.stop().await;
    let stored = String::from_utf8_lossy(&stand.stored_bytes()).into_owned();
    assert!(!stored.contains("canary@") && !stored.contains("other@"), "the store forgets");
}
