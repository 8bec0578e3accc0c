//! Which fields are read, and how.

use leadkeep::core::config::Config;
use leadkeep::core::session::Event;
use leadkeep::core::status::State;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::*;

const DELIVERY: &str = r#"
<form id="checkout">
  <input name="email" type="email" autocomplete="email">
  <input name="city" autocomplete="billing address-level2">
  <fieldset id="delivery"><input name="delivery-city" autocomplete="shipping address-level2"></fieldset>
</form>"#;

#[wasm_bindgen_test]
async fn fields_in_open_shadow_roots_are_read_and_their_change_is_heard() {
    let _page =
        open(r#"<form id="checkout"><input name="email" autocomplete="email"><div id="outer"></div></form>"#).await;
    let outer = with_shadow(&element("#outer"), r#"<div id="inner"></div>"#);
    let inner = outer.query_selector("#inner").unwrap().unwrap();
    with_shadow(&inner, r#"<input name="city" autocomplete="address-level2">"#);
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    set_silently("city", CITY);
    fire(&control("city"), "change");
    assert_eq!(sent(2).await.text("BillingDetails.City"), CITY);
}

#[wasm_bindgen_test]
async fn a_shadow_root_attached_later_is_heard_as_well() {
    let _page = open(&CHECKOUT.replace("</form>", r#"<div id="late"></div></form>"#)).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    with_shadow(&element("#late"), r#"<input name="zip" autocomplete="postal-code">"#);
    type_into("city", CITY);
    sent(2).await;
    saved(&capture).await;
    set_silently("zip", "10121");
    fire(&control("zip"), "change");
    assert_eq!(sent(3).await.text("BillingDetails.Zip"), "10121");
}

#[wasm_bindgen_test]
async fn fields_tied_by_the_form_attribute_belong_in_document_order() {
    let _page = open(
        r#"<input name="a" form="checkout" autocomplete="given-name"><input name="stranger" autocomplete="given-name">
        <form id="checkout"><input name="b" autocomplete="email"><select name="c"></select></form>
        <textarea name="d" form="checkout" autocomplete="street-address"></textarea><button form="checkout"></button>
        <input name="e" form="checkout" autocomplete="address-level2">"#,
    )
    .await;
    let widget = start(r##"{"form":"#checkout","consent":"granted"}"##);
    assert_eq!(inspected(&widget, "name"), ["a", "b", "c", "d", "e"]);
    type_into("b", EMAIL);
    sent(1).await;
    type_into("e", CITY);
    let second = sent(2).await;
    assert_eq!(second.text("BillingDetails.City"), CITY, "its events are heard outside the form");
}

#[wasm_bindgen_test]
async fn fields_tied_to_a_form_stand_in_document_order_beside_those_within() {
    let _page = open(
        r#"<div><form id="checkout"><input name="a" autocomplete="email"></form>
        <input name="b" form="checkout"><input name="c" form="checkout"></div>"#,
    )
    .await;
    let widget = start(r#"{"consent":"granted"}"#);
    // No form has two fields of a lead: the page as a whole is the root.
    assert_eq!(state_of(&widget), "off");
    let widget = start(r##"{"form":"#checkout","consent":"granted"}"##);
    assert_eq!(inspected(&widget, "name"), ["a", "b", "c"]);
}

/// A property of the element of each finding.
fn inspected(widget: &JsValue, property: &str) -> Vec<String> {
    let get = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).unwrap();
    let inspect: js_sys::Function = get(widget, "inspect").unchecked_into();
    let rows: js_sys::Array = inspect.call0(widget).unwrap().unchecked_into();
    rows.iter().map(|row| get(&get(&row, "element"), property).as_string().unwrap()).collect()
}

#[wasm_bindgen_test]
async fn the_value_of_a_forbidden_field_is_never_asked_for() {
    let _page = open(
        r#"<form id="checkout">
        <input name="email" type="email" autocomplete="email"><input name="city" autocomplete="address-level2">
        <input name="cardnumber" value="4111111111111111"><input name="number" autocomplete="cc-number" value="4111">
        <input name="name-on-card" autocomplete="billing cc-name" data-lead="BillingDetails.LastName" value="A">
        <select name="exp-month" data-lead="BillingDetails.State"><option>12</option></select>
        <input name="cvv" value="123" data-lead="BillingDetails.Zip"><input name="pw" type="password" value="secret">
        <input name="otp" autocomplete="one-time-code" value="1"><input name="born" autocomplete="bday" value="1815">
        <input name="note" value="unmarked"><textarea name="remark" data-lead="ignore">ignored</textarea>
        </form>"#,
    )
    .await;
    let reads = note_reads();
    let widget = start(r#"{"consent":"granted"}"#);
    for name in ["cardnumber", "pw", "cvv"] {
        for event in ["focusin", "input", "change"] {
            fire(&control(name), event);
        }
    }
    type_into("email", EMAIL);
    sent(1).await;
    inspected(&widget, "localName");
    fire(&element("#checkout"), "submit");
    hide_page();
    a_while().await;
    assert_eq!(ask(&reads), "city email");
}

#[wasm_bindgen_test]
async fn a_card_number_in_an_ordinary_field_never_travels_or_is_kept() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    type_into("city", CITY);
    sent(1).await;
    saved(&capture).await;
    answer_with("rejects with nothing");
    for number in ["4111 1111 1111 1111", "my card is 4111-1111-1111-1111, thanks"] {
        type_into("city", number);
        type_into("given", number);
        hide_page();
        a_while().await;
        show_page();
    }
    let second = &sent_so_far()[1];
    assert_eq!(second.text("BillingDetails.City"), "null", "the field counts as emptied");
    // Two groups: ids and the time of day may hold one of them.
    let holds_number = |text: &str| ["1111 1111", "1111-1111", "11111111"].iter().any(|part| text.contains(part));
    assert!(sent_so_far().iter().all(|sent| !holds_number(sent.told("body"))));
    assert!(!holds_number(&stored()), "{}", stored());
}

#[wasm_bindgen_test]
async fn a_delivery_block_that_is_disabled_or_hidden_means_same_as_billing() {
    for (how, attribute, value) in [
        ("disabled", "disabled", ""),
        ("not displayed", "style", "display:none"),
        ("hidden", "hidden", ""),
        ("invisible", "style", "visibility:hidden"),
        ("transparent", "style", "opacity:0"),
    ] {
        let _page = open(DELIVERY).await;
        let capture = watch(granted());
        type_into("email", EMAIL);
        type_into("delivery-city", "Rome");
        assert_eq!(sent(1).await.text("DeliveryDetails.City"), "Rome");
        saved(&capture).await;
        element("#delivery").set_attribute(attribute, value).unwrap();
        capture.handle(Event::Flush);
        let second = sent(2).await;
        assert_eq!(second.text("DeliveryDetails.City"), "null", "{how}");
        saved(&capture).await;
        element("#delivery").remove_attribute(attribute).unwrap();
        capture.handle(Event::Flush);
        assert_eq!(sent(3).await.text("DeliveryDetails.City"), "Rome", "{how}, and back");
    }
}

#[wasm_bindgen_test]
async fn a_form_that_is_hidden_as_a_whole_says_nothing_of_its_delivery() {
    let _page = open(DELIVERY).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    type_into("delivery-city", "Rome");
    sent(1).await;
    saved(&capture).await;
    element("#checkout").set_attribute("style", "display:none").unwrap();
    capture.handle(Event::Flush);
    a_while().await;
    assert_eq!(sent_so_far().len(), 1, "the next step of a wizard");
}

#[wasm_bindgen_test]
async fn a_single_disabled_field_is_unchanged() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    type_into("city", CITY);
    saved(&capture).await;
    set_silently("city", "");
    control("city").set_attribute("disabled", "").unwrap();
    capture.handle(Event::Flush);
    a_while().await;
    assert_eq!(sent_so_far().len(), 1);
}

#[wasm_bindgen_test]
async fn a_numbered_choice_is_sent_by_its_label() {
    let _page = open(
        r#"<form id="checkout"><input name="email" autocomplete="email">
        <select name="country" autocomplete="country"><option value="">Choose<option value="81">
          Germany </option></select>
        <select name="state" autocomplete="address-level1"><option value="">Choose<option value="9">Bavaria</select>
        <select name="where" autocomplete="shipping country"><option value="DE">Deutschland</select></form>"#,
    )
    .await;
    watch(granted());
    set_silently("country", "81");
    set_silently("state", "9");
    type_into("email", EMAIL);
    let sent = sent(1).await;
    assert_eq!(sent.text("BillingDetails.CountryCode"), "Germany");
    assert_eq!(sent.text("BillingDetails.State"), "Bavaria");
    assert_eq!(sent.text("DeliveryDetails.CountryCode"), "DE", "a code speaks for itself");
}

#[wasm_bindgen_test]
async fn a_text_without_an_ascii_letter_arrives_as_it_was_typed() {
    let _page = open(CHECKOUT).await;
    watch(granted());
    type_into("email", EMAIL);
    type_into("city", "  東京 \"\\ \u{2028}𝄞 ");
    assert_eq!(sent(1).await.text("BillingDetails.City"), "東京 \"\\ \u{2028}𝄞");
}

#[wasm_bindgen_test]
async fn the_page_keeps_its_values_and_its_focus() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    control("given").unchecked_ref::<web_sys::HtmlElement>().focus().unwrap();
    type_into("email", EMAIL);
    type_into("city", " Turin ");
    saved(&capture).await;
    assert_eq!(capture.status().state, State::Saved);
    let value = js_sys::Reflect::get(&control("city"), &"value".into()).unwrap();
    assert_eq!(value.as_string().as_deref(), Some(" Turin "));
    assert!(document().active_element().is_some_and(|focused| focused == control("given")));
}

#[wasm_bindgen_test]
async fn the_option_fields_names_what_nothing_else_does() {
    let _page = open(r#"<form id="checkout"><input name="mail"><input name="town"></form>"#).await;
    let fields = vec![
        ("[name=mail]".to_owned(), "BillingDetails.Email".to_owned()),
        ("[name=town]".to_owned(), "BillingDetails.City".to_owned()),
    ];
    watch(Config { fields, ..granted() });
    type_into("town", CITY);
    type_into("mail", EMAIL);
    let sent = sent(1).await;
    assert_eq!((sent.text("BillingDetails.Email"), sent.text("BillingDetails.City")), (EMAIL.into(), CITY.into()));
}
