//! `localStorage`: what is kept in it, and what happens without it.

use leadkeep::core::config::Config;
use leadkeep::core::session::Event;
use leadkeep::core::status::State;
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::*;

fn store(text: &str) {
    web_sys::window().unwrap().local_storage().unwrap().unwrap().set_item("leadkeep", text).unwrap();
}

#[wasm_bindgen_test]
async fn blocked_storage_is_survived_and_reported_once() {
    for how in ["getter throws", "is null", "setItem throws"] {
        let _page = open(CHECKOUT).await;
        block_storage(how);
        let capture = watch(granted());
        type_into("email", EMAIL);
        saved(&capture).await;
        type_into("city", CITY);
        let second = sent(2).await;
        assert_eq!(second.body()["lead_code"], "L1", "one cart, as long as the page lives: {how}");
        saved(&capture).await;
        assert_eq!(
            console_lines(),
            "leadkeep: localStorage is not available, so the lead ends with this page \
             https://github.com/leadkeep/leadkeep#storage/blocked",
            "{how}"
        );
        assert_eq!(thrown_into_the_page(), "", "{how}");
    }
}

#[wasm_bindgen_test]
async fn storage_that_cannot_be_read_is_survived() {
    let _page = open(CHECKOUT).await;
    block_storage("getItem throws");
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    assert_eq!((sent_so_far().len(), thrown_into_the_page()), (1, String::new()));
}

#[wasm_bindgen_test]
async fn what_is_foreign_damaged_or_older_is_ignored() {
    let good = r#"{"v":1,"cart":"6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10","key":"00112233445566778899aabbccddeeff""#;
    let rest = |exp: u64| format!(r#","exp":{exp},"newest":1,"consent":true}}"#);
    let now = js_sys::Date::now() as u64;
    let soon = now + 1_000_000;
    for text in [
        "",
        "null",
        "42",
        "\"text\"",
        "[]",
        "{}",
        "{\"v\":1",
        "not JSON",
        "\u{feff}",
        &good.replace("\"v\":1", "\"v\":0").to_string(),
        &[&good.replace("\"v\":1", "\"v\":0"), rest(soon).as_str()].concat(),
        &[&good.replace("\"v\":1", "\"v\":2"), rest(soon).as_str()].concat(),
        &[&good.replace("6f1c", "no id "), rest(soon).as_str()].concat(),
        &[good, &rest(now - 1)].concat(),
        &[good, &rest(u64::MAX)].concat(),
        &[good, r#","exp":"soon","newest":1}"#].concat(),
        &[good, r#","exp":1e400,"newest":-1}"#].concat(),
        &[good, &format!(r#","exp":{soon},"newest":null}}"#)].concat(),
    ] {
        let _page = open(CHECKOUT).await;
        store(text);
        let capture = watch(granted());
        assert_eq!((capture.status().state, capture.status().lead_code.clone()), (State::Idle, None), "{text}");
        type_into("email", EMAIL);
        let cart = sent(1).await.body()["cart"].as_str().unwrap().to_owned();
        assert_ne!(cart, "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", "{text}");
        saved(&capture).await;
        assert!(stored().contains(&cart), "its place is taken: {text}");
        assert_eq!((console_lines(), thrown_into_the_page()), (String::new(), String::new()), "{text}");
    }
}

#[wasm_bindgen_test]
async fn a_damaged_part_does_not_cost_the_rest() {
    let _page = open(CHECKOUT).await;
    let now = js_sys::Date::now() as u64;
    let soon = now + 1_000_000;
    store(&format!(
        r#"{{"v":1,"cart":"6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10","key":"00112233445566778899aabbccddeeff","exp":{soon},
        "newest":{now},"lead_code":7,"hash":[],"unsent":{{"until":{soon},"changes":[null,["Nonsense","x",1],
        ["BillingDetails.City","{CITY}",{now}],["BillingDetails.Zip",{{}}],7]}}}}"#
    ));
    let capture = watch(granted());
    saved(&capture).await;
    let sent = sent(1).await;
    assert_eq!(sent.text("BillingDetails.City"), CITY, "work from before is done at once");
    assert_eq!(sent.body()["cart"], "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10");
    assert!(!stored().contains(CITY));
}

#[wasm_bindgen_test]
async fn the_record_of_a_saved_lead_holds_no_personal_data() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    type_into("given", "Ada");
    type_into("city", CITY);
    hide_page();
    saved(&capture).await;
    let record = stored();
    for personal in [EMAIL, "Ada", CITY, "unsent", "changes"] {
        assert!(!record.contains(personal), "{record}");
    }
    assert!(record.contains(r#""lead_code":"L1""#) && record.len() < 1_024, "{record}");
    let storage = web_sys::window().unwrap().local_storage().unwrap().unwrap();
    assert_eq!(storage.length().unwrap(), 1, "one key");
}

#[wasm_bindgen_test]
async fn nothing_is_stored_before_the_shopper_says_yes() {
    let _page = open(CHECKOUT).await;
    let capture = watch(Config { consent: leadkeep::core::config::Consent::Ask, ..granted() });
    type_into("email", EMAIL);
    hide_page();
    come_out_of_the_bfcache();
    a_while().await;
    assert_eq!((stored().as_str(), sent_so_far().len(), capture.status().state), ("", 0, State::Waiting));
    capture.handle(Event::Consent(true));
    assert_eq!(sent(1).await.text("BillingDetails.Email"), EMAIL);
}

#[wasm_bindgen_test]
async fn what_is_unsent_when_the_page_goes_is_kept_and_sent_by_the_next_page() {
    let page = open(CHECKOUT).await;
    answer_with("never settles");
    let capture = watch(granted());
    type_into("email", EMAIL);
    type_into("city", CITY);
    hide_page();
    let first = sent(1).await.body();
    let kept = stored();
    assert!(kept.contains(EMAIL) && kept.contains(CITY), "{kept}");
    capture.stop();
    drop(page);

    let _page = open("<main>another page of the shop</main>").await;
    store(&kept);
    let capture = watch(granted());
    let again = sent(1).await;
    assert_eq!(again.body()["changes"]["BillingDetails.City"], first["changes"]["BillingDetails.City"]);
    assert_eq!(again.body()["cart"], first["cart"]);
    until(|| !stored().contains(CITY), "the kept change to be forgotten").await;
    assert_eq!(capture.status().last_error.as_ref().map(|error| error.code()), Some("form/missing"));
}

#[wasm_bindgen_test]
async fn what_is_unsent_takes_four_kilobytes_at_most_and_large_items_give_way() {
    let _page = open(CHECKOUT).await;
    answer_with("rejects with a string");
    let large = format!(r#"[{{"Code":"A","Quantity":1,"Description":"{}"}}]"#, "x".repeat(6_000));
    let capture = watch_with(granted(), js_sys::JSON::parse(&large).unwrap());
    type_into("email", EMAIL);
    type_into("city", &"ä".repeat(400));
    hide_page();
    until(|| capture.status().state == State::Retrying, "the failure").await;
    let record = stored();
    assert!(record.len() <= 4_096, "{} bytes", record.len());
    assert!(record.contains(EMAIL), "what the shopper typed stays: {record}");
    assert!(!record.contains("xxxx"), "the page will show its items again");
    assert!(sent_so_far()[0].told("body").contains("xxxx"), "what is sent is whole");
}

#[wasm_bindgen_test]
async fn a_second_capture_joins_the_cart_that_is_there() {
    let _page =
        open(&[CHECKOUT, &CHECKOUT.replace("checkout", "other").replace("name=\"", "name=\"other-")].concat()).await;
    let first = watch(Config { form: Some("#checkout".into()), ..granted() });
    let second = watch(Config { form: Some("#other".into()), ..granted() });
    type_into("email", EMAIL);
    saved(&first).await;
    type_into("other-city", CITY);
    saved(&second).await;
    let (a, b) = (sent_so_far()[0].body(), sent(2).await);
    assert_eq!((&a["cart"], &a["key"]), (&b.body()["cart"], &b.body()["key"]), "one cart, one lead");
    assert_eq!((b.text("BillingDetails.City"), b.body()["lead_code"].as_str()), (CITY.into(), Some("L1")));
}

#[wasm_bindgen_test]
async fn a_reload_that_shows_the_same_has_nothing_to_send() {
    let page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    type_into("city", CITY);
    saved(&capture).await;
    let record = stored();
    capture.stop();
    drop(page);

    let _page = open(CHECKOUT).await;
    store(&record);
    let capture = watch(granted());
    set_silently("email", EMAIL);
    set_silently("city", CITY);
    fire(&control("email"), "focusin");
    capture.handle(Event::Flush);
    a_while().await;
    assert_eq!(sent_so_far().len(), 0);
    type_into("city", "Rome");
    let sent = sent(1).await;
    assert_eq!((sent.text("BillingDetails.City"), sent.body()["lead_code"].as_str()), ("Rome".into(), Some("L1")));
}
