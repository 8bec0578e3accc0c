//! The cart's items, from wherever a merchant keeps them.

use leadkeep::browser::Capture;
use leadkeep::core::config::Config;
use leadkeep::core::session::Event;
use leadkeep::core::status::State;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::*;

fn from(source: &str) -> Capture {
    watch_with(Config { items: Some(source.into()), ..granted() }, JsValue::UNDEFINED)
}

fn function(body: &str) -> JsValue {
    js_sys::Function::new_no_args(body).into()
}

/// What the first request says of the items.
async fn first_items() -> Value {
    type_into("email", EMAIL);
    sent(1).await.value("Items").unwrap_or(Value::Null)
}

/// Pushes to the data layer what a tag manager's snippet would.
fn push(event: &str, items: &str) {
    js_sys::eval(&format!(
        r#"(window.dataLayer ??= []).push({{ event: "{event}", ecommerce: {{ currency: "EUR", items: {items} }} }})"#
    ))
    .unwrap();
}

#[wasm_bindgen_test]
async fn items_from_a_json_script_keep_their_amounts() {
    let script = r#"<script type="application/json" id="items">
      [{ "Code": "A", "Quantity": 1, "Price": { "Amount": 19.99, "Type": "CUSTOM" } }, { "Code": "B", "Price": { "Amount": "19.90" } }]
    </script>"#;
    let _page = open(&[CHECKOUT, script].concat()).await;
    from("#items");
    type_into("email", EMAIL);
    let body = sent(1).await.told("body").to_owned();
    assert!(body.contains(r#""Amount":19.99,"#) && body.contains(r#""Amount":"19.90""#), "{body}");
}

#[wasm_bindgen_test]
async fn a_json_script_that_is_written_anew_is_sent() {
    let script = r#"<script type="application/json" id="items">[{"Code":"A"}]</script>"#;
    let _page = open(&[CHECKOUT, script].concat()).await;
    let capture = from("#items");
    type_into("email", EMAIL);
    saved(&capture).await;
    element("#items").set_text_content(Some(r#"[{"Code":"A"},{"Code":"B"}]"#));
    assert_eq!(sent(2).await.value("Items"), Some(json!([{"Code": "A"}, {"Code": "B"}])));
    saved(&capture).await;
    element("#items").set_text_content(Some("[]"));
    a_while().await;
    assert_eq!(sent_so_far().len(), 2, "an empty cart never travels");
}

#[wasm_bindgen_test]
async fn the_same_cart_in_another_spelling_is_no_change() {
    let script =
        r#"<script type="application/json" id="items">[{"Code":"A","Price":{"Amount":5,"Type":"CUSTOM"}}]</script>"#;
    let _page = open(&[CHECKOUT, script].concat()).await;
    let capture = from("#items");
    type_into("email", EMAIL);
    saved(&capture).await;
    element("#items").set_text_content(Some(r#" [ {"Price": {"Type": "CUSTOM", "Amount": 5.0}, "Code": "A"} ] "#));
    a_while().await;
    assert_eq!(sent_so_far().len(), 1);
}

#[wasm_bindgen_test]
async fn a_page_whose_lists_write_themselves_as_texts_still_sends_lists() {
    let _page = open(CHECKOUT).await;
    js_sys::eval("Array.prototype.toJSON = function () { return 'mine' }").unwrap();
    watch_with(granted(), js_sys::JSON::parse(r#"[{"Code":"A","Name":"half \ud83d and \\ud83d"}]"#).unwrap());
    type_into("email", EMAIL);
    until(|| stored().contains("cart"), "the record").await;
    hide_page();
    let sent = sent_requests_of_such_a_page().await;
    js_sys::eval("delete Array.prototype.toJSON").unwrap();
    assert_eq!(sent, json!([{"Code": "A", "Name": "half \u{fffd} and \\ud83d"}]));
}

/// The page's own list of requests is a list as well.
async fn sent_requests_of_such_a_page() -> Value {
    until(|| !requests_of_a_patched_page().is_empty(), "a request").await;
    let body: Value = serde_json::from_str(&requests_of_a_patched_page()).unwrap();
    body["changes"]["Items"]["value"].clone()
}

#[wasm_bindgen_test]
async fn a_function_that_gives_items_by_hand_while_it_is_asked_traps_nothing() {
    let _page = open(CHECKOUT).await;
    let widget = start(r#"{"consent":"granted"}"#);
    js_sys::Reflect::set(&js_sys::global(), &"widget".into(), &widget).unwrap();
    let entry = "({ toJSON() { if (!window.once) { window.once = 1; widget.setItems([{ Code: 'B' }]) } return { Code: 'A' } } })";
    let list = js_sys::Array::of1(&js_sys::eval(entry).unwrap());
    assert_eq!(call(&widget, "setItems", list), "");
    type_into("email", EMAIL);
    until(|| !sent_so_far().is_empty(), "a request").await;
    assert_eq!(thrown_into_the_page(), "");
    js_sys::eval("delete window.once; delete window.widget").unwrap();
}

#[wasm_bindgen_test]
async fn items_that_are_none_begin_no_lead() {
    for text in ["[]", "{}", "null", "[{\"Code\":\"A\"", "", "<b>"] {
        let script = format!(r#"<script type="application/json" id="items">{text}</script>"#);
        let _page = open(&[CHECKOUT, &script].concat()).await;
        from("#items");
        type_into("email", EMAIL);
        a_while().await;
        assert_eq!((sent_so_far().len(), thrown_into_the_page()), (0, String::new()), "{text}");
    }
}

#[wasm_bindgen_test]
async fn a_begun_checkout_in_the_data_layer_is_the_cart() {
    let _page = open(CHECKOUT).await;
    push("add_to_cart", r#"[{ item_id: "OLD", quantity: 1 }]"#);
    push("begin_checkout", r#"[{ item_id: "A", item_name: "Specimen", price: 19.9, quantity: 2 }, { item_id: "B" }]"#);
    from("dataLayer");
    assert_eq!(
        first_items().await,
        json!([
            { "Code": "A", "Quantity": 2, "IsDynamic": false, "Name": "Specimen", "Price": { "Amount": 19.9, "Type": "CUSTOM" } },
            { "Code": "B", "Quantity": 1, "IsDynamic": false },
        ])
    );
}

#[wasm_bindgen_test]
async fn what_is_added_and_removed_counts_since_then() {
    let _page = open(CHECKOUT).await;
    push("view_cart", r#"[{ item_id: "A", quantity: 1 }, { item_id: "B", quantity: 1 }]"#);
    push("add_to_cart", r#"[{ item_id: "A", quantity: 2 }, { item_id: "C", price: "19.90" }]"#);
    push("remove_from_cart", r#"[{ item_id: "B", quantity: 1 }]"#);
    push("select_item", r#"[{ item_id: "D" }]"#);
    from("dataLayer");
    let items = first_items().await;
    let row = |item: &Value| (item["Code"].as_str().unwrap().to_owned(), item["Quantity"].as_u64().unwrap());
    assert_eq!(items.as_array().unwrap().iter().map(row).collect::<Vec<_>>(), [("A".into(), 3), ("C".into(), 1)]);
    assert_eq!(items[1]["Price"]["Amount"], "19.90", "a text stays a text");
}

#[wasm_bindgen_test]
async fn gtag_pushes_its_arguments_and_they_count_as_well() {
    let _page = open(CHECKOUT).await;
    let parameters = js_sys::JSON::parse(r#"{"currency":"EUR","items":[{"item_id":"G","quantity":3}]}"#).unwrap();
    gtag(&js_sys::Array::of2(&"js".into(), &js_sys::Date::new_0()));
    gtag(&js_sys::Array::of3(&"event".into(), &"add_to_cart".into(), &parameters));
    from("dataLayer");
    assert_eq!(first_items().await, json!([{ "Code": "G", "Quantity": 3, "IsDynamic": false }]));
}

#[wasm_bindgen_test]
async fn a_data_layer_full_of_other_things_is_survived() {
    let _page = open(CHECKOUT).await;
    js_sys::eval(
        r#"window.dataLayer = [null, 7, "x", [], {}, { event: "add_to_cart" }, { event: "add_to_cart", ecommerce: null },
        { event: "add_to_cart", ecommerce: { items: [null, {}, { item_id: {} }, { item_id: "A", quantity: "many" }] } },
        { get event() { throw new Error("a getter") } }]"#,
    )
    .unwrap();
    from("dataLayer");
    assert_eq!(first_items().await, json!([{ "Code": "A", "Quantity": 1, "IsDynamic": false }]));
    assert_eq!(thrown_into_the_page(), "");
}

#[wasm_bindgen_test]
async fn currency_and_coupons_of_the_data_layer_go_along() {
    let _page = open(CHECKOUT).await;
    js_sys::eval(
        r#"window.dataLayer = [{ event: "begin_checkout", ecommerce: { currency: "CZK", coupon: "SUMMER",
        items: [{ item_id: 45048, quantity: "3", price: 379 }] } }]"#,
    )
    .unwrap();
    from("dataLayer");
    type_into("email", EMAIL);
    let sent = sent(1).await;
    assert_eq!((sent.text("Currency"), sent.value("Promotions")), ("CZK".into(), Some(json!(["SUMMER"]))));
    let items = sent.value("Items").unwrap();
    assert_eq!((&items[0]["Code"], &items[0]["Quantity"]), (&json!("45048"), &json!(3)));
}

#[wasm_bindgen_test]
async fn the_currency_of_the_settings_comes_first() {
    let _page = open(CHECKOUT).await;
    push("begin_checkout", r#"[{ item_id: "A" }]"#);
    let config = Config { items: Some("dataLayer".into()), currency: Some("USD".into()), ..granted() };
    watch_with(config, JsValue::UNDEFINED);
    type_into("email", EMAIL);
    assert_eq!(sent(1).await.text("Currency"), "USD");
}

#[wasm_bindgen_test]
async fn promotions_are_given_as_a_text_by_a_function_or_on_a_field() {
    let _page = open(CHECKOUT).await;
    watch(Config { promotions: Some("SUMMER, TEN".into()), ..granted() });
    type_into("email", EMAIL);
    assert_eq!(sent(1).await.value("Promotions"), Some(json!(["SUMMER", "TEN"])));
    drop(_page);

    let field = CHECKOUT.replace("</form>", r#"<input name="coupon" data-lead="Promotions"></form>"#);
    let _page = open(&field).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    type_into("coupon", "WINTER");
    assert_eq!(sent(2).await.value("Promotions"), Some(json!(["WINTER"])));
    saved(&capture).await;
    type_into("coupon", "");
    assert_eq!(sent(3).await.value("Promotions"), Some(Value::Null), "taken back");
}

#[wasm_bindgen_test]
async fn an_order_in_the_data_layer_completes_and_another_cart_is_the_next_purchase() {
    let _page = open(CHECKOUT).await;
    push("add_to_cart", r#"[{ item_id: "A" }]"#);
    let capture = from("dataLayer");
    type_into("email", EMAIL);
    let first = sent(1).await.body()["cart"].clone();
    saved(&capture).await;
    js_sys::eval(r#"dataLayer.push({ event: "purchase", ecommerce: { transaction_id: 4711, items: [] } })"#).unwrap();
    let end = sent(2).await;
    assert!(end.told("url").ends_with("/complete"), "{}", end.told("url"));
    assert_eq!((&end.body()["cart"], &end.body()["order_reference"]), (&first, &json!("4711")));
    until(|| capture.status().state == State::Closed, "closed").await;
    push("view_item_list", "[]");
    a_while().await;
    assert_eq!((sent_so_far().len(), capture.status().state), (2, State::Closed), "an order is told once");
    push("add_to_cart", r#"[{ item_id: "B" }]"#);
    let next = sent(3).await;
    assert_ne!(next.body()["cart"], first);
    assert_eq!(next.value("Items"), Some(json!([{ "Code": "B", "Quantity": 1, "IsDynamic": false }])));
    assert_eq!(thrown_into_the_page(), "");
}

#[wasm_bindgen_test]
async fn a_cart_script_that_shows_the_same_cart_after_the_order_begins_nothing() {
    let script = r#"<script type="application/json" id="items">[{"Code":"A"}]</script>"#;
    let _page = open(&[CHECKOUT, script].concat()).await;
    let capture = from("#items");
    type_into("email", EMAIL);
    saved(&capture).await;
    capture.handle(Event::Complete { order_reference: None });
    sent(2).await;
    for same in ["[]", r#"[{ "Code": "A" }]"#] {
        element("#items").set_text_content(Some(same));
        a_while().await;
        assert_eq!((sent_so_far().len(), capture.status().state), (2, State::Closed), "{same}");
    }
    element("#items").set_text_content(Some(r#"[{"Code":"C"}]"#));
    assert_eq!(sent(3).await.value("Items"), Some(json!([{ "Code": "C" }])));
}

#[wasm_bindgen_test]
async fn a_purchase_in_the_data_layer_leaves_no_cart() {
    let _page = open(CHECKOUT).await;
    push("add_to_cart", r#"[{ item_id: "A" }]"#);
    push("purchase", r#"[{ item_id: "A" }]"#);
    from("dataLayer");
    type_into("email", EMAIL);
    a_while().await;
    assert_eq!(sent_so_far().len(), 0);
}

#[wasm_bindgen_test]
async fn a_function_is_asked_before_each_save() {
    let _page = open(CHECKOUT).await;
    let count = "window.carts = (window.carts ?? 0) + 1; return [{ Code: 'A', Quantity: window.full ? 2 : 1 }]";
    let capture = watch_with(granted(), function(count));
    assert_eq!(first_items().await[0]["Quantity"], 1);
    saved(&capture).await;
    js_sys::eval("window.full = true").unwrap();
    capture.handle(Event::Flush);
    assert_eq!(sent(2).await.value("Items").unwrap()[0]["Quantity"], 2);
    js_sys::eval("delete window.full; delete window.carts").unwrap();
}

#[wasm_bindgen_test]
async fn a_function_that_throws_is_survived_and_asked_again() {
    for broken in ["throw new Error('no cart')", "throw 'x'", "return null", "const a = []; a[0] = a; return a"] {
        let _page = open(CHECKOUT).await;
        let body = format!("if (!window.ready) {{ {broken} }} return [{{ Code: 'A' }}]");
        let capture = watch_with(granted(), function(&body));
        type_into("email", EMAIL);
        a_while().await;
        assert_eq!((sent_so_far().len(), capture.status().state), (0, State::Idle), "{broken}");
        js_sys::eval("window.ready = true").unwrap();
        type_into("city", CITY);
        assert_eq!(sent(1).await.value("Items"), Some(json!([{ "Code": "A" }])), "{broken}");
        js_sys::eval("delete window.ready").unwrap();
        assert_eq!(thrown_into_the_page(), "", "{broken}");
    }
}

#[wasm_bindgen_test]
async fn items_given_by_hand_are_sent_after_the_pause() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    capture.set_items(js_sys::JSON::parse(r#"[{"Code":"B","Quantity":7}]"#).unwrap());
    assert_eq!(capture.status().state, State::Pending);
    assert_eq!(sent(2).await.value("Items"), Some(json!([{ "Code": "B", "Quantity": 7 }])));
    assert_eq!(console_lines(), "");
}
