//! What travels, how it travels, and what a page's network may do to it.

use leadkeep::core::config::Config;
use leadkeep::core::session::Event;
use leadkeep::core::status::State;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::*;

#[wasm_bindgen_test]
async fn a_save_is_a_post_of_json_that_outlives_the_page() {
    let _page = open(CHECKOUT).await;
    let capture = watch(Config { currency: Some("eur".into()), language: Some("it-IT".into()), ..granted() });
    type_into("email", EMAIL);
    let sent = sent(1).await;
    assert_eq!((sent.told("by"), sent.told("method"), sent.told("url")), ("fetch", "POST", "/api/lead"));
    assert_eq!(sent.told("type"), "application/json");
    assert_eq!((sent.text("Currency"), sent.text("Language")), ("EUR".into(), "IT".into()));
    let body = sent.body();
    assert!(wire::is_cart_id(body["cart"].as_str().unwrap()) && wire::is_cart_key(body["key"].as_str().unwrap()));
    assert_eq!(body.get("lead_code"), None);
    let at = body["changes"]["BillingDetails.Email"]["at"].as_f64().unwrap();
    assert!((js_sys::Date::now() - at).abs() < 5_000.0, "milliseconds of the Unix epoch: {at}");
    saved(&capture).await;
    assert_eq!(capture.status().lead_code.as_deref(), Some("L1"));
}

#[wasm_bindgen_test]
async fn local_time_is_the_clock_of_the_shopper() {
    let _page = open(CHECKOUT).await;
    watch(granted());
    type_into("email", EMAIL);
    let text = sent(1).await.text("LocalTime");
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00 00:00:00", "{text}");
    // ECMAScript reads a date with a time and without a zone as local time.
    let read = js_sys::Date::new(&JsValue::from(text.replace(' ', "T"))).get_time();
    assert!((js_sys::Date::now() - read).abs() < 5_000.0, "{text}");
}

#[wasm_bindgen_test]
async fn typing_on_is_one_request_and_nothing_changed_is_none() {
    let _page = open(CHECKOUT).await;
    let capture = watch(Config { max_wait_ms: 5_000, quiet_ms: 60, ..granted() });
    for end in 1..=EMAIL.len() {
        type_into("email", &EMAIL[..end]);
        wait(3).await;
    }
    assert_eq!(sent(1).await.text("BillingDetails.Email"), EMAIL);
    saved(&capture).await;
    type_into("email", EMAIL);
    fire(&control("email"), "change");
    capture.handle(Event::Flush);
    hide_page();
    a_while().await;
    assert_eq!(sent_so_far().len(), 1);
}

#[wasm_bindgen_test]
async fn hiding_the_page_sends_at_once_with_keepalive() {
    let _page = open(CHECKOUT).await;
    watch(Config { quiet_ms: 60_000, max_wait_ms: 60_000, ..granted() });
    type_into("email", EMAIL);
    hide_page();
    let sent = sent(1).await;
    assert_eq!((sent.told("by"), sent.keepalive()), ("fetch", true));
    assert_eq!(sent.text("BillingDetails.Email"), EMAIL);
}

#[wasm_bindgen_test]
async fn leaving_sends_the_last_change_once_although_two_events_say_so() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    set_silently("city", CITY);
    hide_page();
    leave_for_the_bfcache();
    a_while().await;
    assert_eq!(sent(2).await.text("BillingDetails.City"), CITY);
}

#[wasm_bindgen_test]
async fn a_change_is_sent_as_the_page_goes_although_another_request_is_under_way() {
    let _page = open(CHECKOUT).await;
    answer_with("never settles");
    watch(granted());
    type_into("email", EMAIL);
    sent(1).await;
    type_into("city", CITY);
    a_while().await;
    assert_eq!(sent_so_far().len(), 1, "one request at a time");
    hide_page();
    assert_eq!(sent(2).await.text("BillingDetails.City"), CITY);
}

#[wasm_bindgen_test]
async fn a_beacon_goes_where_fetch_throws_as_the_page_goes() {
    for how in ["throws", "rejects with a string"] {
        let _page = open(CHECKOUT).await;
        answer_with(how);
        watch(Config { quiet_ms: 60_000, max_wait_ms: 60_000, ..granted() });
        type_into("email", EMAIL);
        hide_page();
        until(|| sent_so_far().len() == 2, "a beacon").await;
        let beacon = &sent_so_far()[1];
        assert_eq!((beacon.told("by"), beacon.told("url")), ("beacon", "/api/lead"));
        assert_eq!(beacon.text("BillingDetails.Email"), EMAIL);
        assert!(stored().contains("unsent"), "nobody knows whether it arrived");
    }
}

#[wasm_bindgen_test]
async fn a_large_body_takes_the_keepalive_budget_only_as_the_page_goes() {
    let many = format!("[{}]", vec![r#"{"Code":"A-LONG-PRODUCT-CODE","Quantity":1}"#; 900].join(","));
    for parting in [false, true] {
        let _page = open(CHECKOUT).await;
        watch_with(granted(), js_sys::JSON::parse(&many).unwrap());
        type_into("email", EMAIL);
        if parting {
            hide_page();
        }
        let sent = sent(1).await;
        assert!(sent.told("body").len() > 32 * 1024);
        assert_eq!(sent.keepalive(), parting);
    }
}

#[wasm_bindgen_test]
async fn whatever_fetch_does_the_change_is_kept_and_sent_again() {
    for how in ["throws", "rejects with a string", "rejects with nothing", "is no promise", "is no response", "html"] {
        let _page = open(CHECKOUT).await;
        answer_with(how);
        let capture = watch(granted());
        type_into("email", EMAIL);
        until(|| capture.status().state == State::Retrying, how).await;
        assert_eq!(console_lines().lines().count(), 1, "{how}: {}", console_lines());
        assert!(!console_lines().contains(EMAIL));
        assert!(stored().contains(EMAIL), "kept until it is delivered: {how}");
        answer_with("saved");
        capture.handle(Event::Flush);
        saved(&capture).await;
        assert!(!stored().contains(EMAIL), "{how}: {}", stored());
        assert_eq!(capture.status().last_error, None);
        assert_eq!(thrown_into_the_page(), "", "{how}");
    }
}

#[wasm_bindgen_test]
async fn a_page_without_fetch_is_a_page_without_network() {
    let _page = open(CHECKOUT).await;
    take_fetch_away();
    let capture = watch(granted());
    type_into("email", EMAIL);
    until(|| capture.status().state == State::Retrying, "retrying").await;
    assert_eq!(capture.status().last_error.as_ref().map(|error| error.code()), Some("transport/offline"));
    assert_eq!(thrown_into_the_page(), "");
}

#[wasm_bindgen_test]
async fn another_scripts_promise_is_a_promise() {
    let _page = open(CHECKOUT).await;
    answer_with("thenable");
    let capture = watch(granted());
    type_into("email", EMAIL);
    until(|| capture.status().state != State::Saving && !sent_so_far().is_empty(), "the answer").await;
    assert_eq!(capture.status().state, State::Saved, "the proxy has it, and said so");
}

#[wasm_bindgen_test]
async fn a_fetch_that_never_settles_holds_up_nothing_else() {
    let _page = open(CHECKOUT).await;
    answer_with("never settles");
    let capture = watch(granted());
    type_into("email", EMAIL);
    sent(1).await;
    type_into("city", CITY);
    a_while().await;
    assert_eq!((sent_so_far().len(), capture.status().state), (1, State::Saving));
    capture.stop();
    assert_eq!((thrown_into_the_page(), console_lines()), (String::new(), String::new()));
}

#[wasm_bindgen_test]
async fn an_answer_that_does_not_come_or_does_not_end_is_none() {
    for how in ["hangs until aborted", "heeds no signal", "sends headers and hangs"] {
        let _page = open(CHECKOUT).await;
        hurry_long_timers();
        answer_with(how);
        let capture = watch(granted());
        type_into("email", EMAIL);
        until(|| capture.status().state == State::Retrying, how).await;
        assert!(stored().contains(EMAIL), "{how}");
        answer_with("saved");
        capture.handle(Event::Flush);
        saved(&capture).await;
    }
}

#[wasm_bindgen_test]
async fn the_network_coming_back_sends_what_waits() {
    let _page = open(CHECKOUT).await;
    answer_with("rejects with nothing, saved");
    let capture = watch(granted());
    type_into("email", EMAIL);
    until(|| capture.status().state == State::Retrying, "retrying").await;
    let first = sent(1).await.body();
    web_sys::window().unwrap().dispatch_event(&web_sys::Event::new("online").unwrap()).unwrap();
    saved(&capture).await;
    let second = sent(2).await.body();
    assert_eq!((&first["cart"], &first["key"]), (&second["cart"], &second["key"]), "one cart, one lead");
    assert_eq!(first["changes"]["BillingDetails.Email"], second["changes"]["BillingDetails.Email"]);
}

#[wasm_bindgen_test]
async fn a_closed_cart_is_never_sent_again() {
    let _page = open(CHECKOUT).await;
    answer_with("saved, closed");
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    type_into("city", CITY);
    until(|| capture.status().state == State::Closed, "closed").await;
    for name in ["city", "given"] {
        type_into(name, "x");
    }
    capture.handle(Event::Flush);
    hide_page();
    come_out_of_the_bfcache();
    a_while().await;
    assert_eq!(sent_so_far().len(), 2);
    assert!(!stored().contains("unsent"), "{}", stored());
    assert_eq!(console_lines(), "");
}

#[wasm_bindgen_test]
async fn a_queued_lead_is_in_safe_hands_and_a_refused_one_is_not_saved() {
    let page = open(CHECKOUT).await;
    answer_with("queued");
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    assert_eq!(capture.status().lead_code, None);
    drop((capture, page));

    let _page = open(CHECKOUT).await;
    answer_with("refused");
    let capture = watch(granted());
    type_into("email", EMAIL);
    until(|| capture.status().last_error.is_some(), "the refusal").await;
    assert_eq!(capture.status().state, State::Idle);
    a_while().await;
    assert_eq!(
        console_lines(),
        "leadkeep: POST  was refused (400) https://github.com/leadkeep/leadkeep#transport/refused"
    );
    assert_eq!(sent_so_far().len(), 1, "the same again would be refused again");
}

#[wasm_bindgen_test]
async fn a_page_back_from_the_bfcache_knows_that_the_cart_was_closed() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    leave_for_the_bfcache();
    let closed = stored().replacen('{', r#"{"closed":{"withdrawn":false},"#, 1);
    web_sys::window().unwrap().local_storage().unwrap().unwrap().set_item("leadkeep", &closed).unwrap();
    come_out_of_the_bfcache();
    assert_eq!(capture.status().state, State::Closed);
    type_into("city", CITY);
    a_while().await;
    assert_eq!(sent_so_far().len(), 1);
}

#[wasm_bindgen_test]
async fn another_tab_that_closes_the_cart_is_heard_at_once() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    type_into("city", CITY);
    other_tab_writes(&stored().replacen('{', r#"{"closed":{"withdrawn":true},"#, 1));
    assert_eq!(capture.status().state, State::Closed);
    a_while().await;
    assert_eq!(sent_so_far().len(), 1);
}
