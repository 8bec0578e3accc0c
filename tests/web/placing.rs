//! Where the component stands on a page that is not a Leptos application.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlInputElement};

use super::page::*;

fn host() -> Option<Element> {
    document().query_selector("[data-leadkeep]").unwrap()
}

fn checkbox() -> HtmlInputElement {
    let shadow = host().expect("the component is on the page").shadow_root().unwrap();
    shadow.query_selector("input[type=checkbox]").unwrap().unwrap().unchecked_into()
}

#[wasm_bindgen_test]
async fn it_stands_after_the_row_of_the_email_field() {
    for (html, before) in [
        (CHECKOUT, "#row"),
        (r#"<form id="f"><input id="mail" autocomplete="email"><input autocomplete="given-name"></form>"#, "#mail"),
        (
            r#"<form id="f"><section><div id="deep"><div><label>E-mail</label><input autocomplete="email"></div></div>
            </section><p><input autocomplete="given-name"></p></form>"#,
            "#deep",
        ),
    ] {
        let _page = open(html).await;
        start("{}");
        let previous = host().and_then(|host| host.previous_element_sibling());
        assert_eq!(previous, Some(element(before)), "{html}");
    }
}

#[wasm_bindgen_test]
async fn in_a_table_or_a_list_it_has_a_row_of_its_own() {
    for (html, row) in [
        (
            r#"<form id="f"><table><tbody><tr id="row"><td>E-mail</td><td><input name="mail" autocomplete="email"></td></tr>
            <tr><td>Name</td><td><input autocomplete="given-name"></td></tr></tbody></table></form>"#,
            "tr#row + tr > td > [data-leadkeep]",
        ),
        (
            r#"<form id="f"><ul><li id="row"><label>E-mail <input name="mail" autocomplete="email"></label></li>
            <li><input autocomplete="given-name"></li></ul></form>"#,
            "li#row + li > [data-leadkeep]",
        ),
        (
            r#"<form id="f"><table><tr><td id="row"><input name="mail" autocomplete="email"></td>
            <td><input autocomplete="given-name"></td></tr></table></form>"#,
            "td#row > [data-leadkeep]",
        ),
    ] {
        let page = open(html).await;
        start("{}");
        assert_eq!(count(row), 1, "{html}");
        page.render(html);
        type_into("mail", EMAIL);
        assert_eq!((count(row), count("[data-leadkeep]")), (1, 1), "put back after the page has rendered anew: {html}");
    }
}

#[wasm_bindgen_test]
async fn it_stands_in_the_slot_where_the_merchant_gives_one() {
    let _page = open(&[CHECKOUT, r#"<aside id="here"><b></b></aside>"#].concat()).await;
    start(r##"{"slot":"#here"}"##);
    assert_eq!(host().and_then(|host| host.parent_element()), Some(element("#here")));
}

#[wasm_bindgen_test]
async fn it_is_put_back_when_the_page_has_removed_it() {
    for options in ["{}", r##"{"slot":"#row"}"##] {
        let page = open(CHECKOUT).await;
        start(options);
        host().unwrap().remove();
        type_into("email", EMAIL);
        assert!(host().is_some(), "{options}");
        page.render(CHECKOUT);
        type_into("city", CITY);
        assert!(host().is_some(), "{options}: with the new form");
        assert_eq!(count("[data-leadkeep]"), 1);
        checkbox().click();
        set_silently("email", EMAIL);
        fire(&control("email"), "change");
        assert_eq!(sent(1).await.text("BillingDetails.Email"), EMAIL, "and it works");
    }
}

#[wasm_bindgen_test]
async fn it_appears_with_a_form_that_appears_later() {
    let page = open("<main></main>").await;
    start("{}");
    assert!(host().is_none());
    page.render(CHECKOUT);
    until(|| host().is_some(), "the component").await;
}

#[wasm_bindgen_test]
async fn it_shows_nothing_where_nobody_is_asked() {
    for consent in ["granted", "external"] {
        let _page = open(CHECKOUT).await;
        start(&format!(r#"{{"consent":"{consent}"}}"#));
        assert!(host().is_none(), "{consent}");
    }
    let _page = open(CHECKOUT).await;
    start(r##"{"consent":"granted","slot":"#row"}"##);
    let shadow = host().unwrap().shadow_root().unwrap();
    let shown = shadow.query_selector("input").unwrap().is_some_and(|input| input.get_client_rects().length() > 0);
    assert!(!shown, "no question, and the status in the slot");
    assert!(shadow.query_selector("[role=status]").unwrap().is_some());
}

#[wasm_bindgen_test]
async fn its_checkbox_is_no_field_of_the_page() {
    let _page = open(CHECKOUT).await;
    let widget = start(r##"{"form":"#checkout"}"##);
    let inspect: js_sys::Function = js_sys::Reflect::get(&widget, &"inspect".into()).unwrap().unchecked_into();
    let rows: js_sys::Array = inspect.call0(&widget).unwrap().unchecked_into();
    assert_eq!(rows.length(), 3);
    let heard = js_sys::Array::new();
    let hear = heard.clone();
    let listener = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        hear.push(&event.type_().into());
    });
    let form = element("#checkout");
    for name in ["input", "change"] {
        form.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref()).unwrap();
    }
    checkbox().click();
    assert_eq!(heard.length(), 0, "the page's listeners need not know it: {heard:?}");
    assert!(checkbox().checked());
    assert_eq!(state_of(&widget), "idle");
}

#[wasm_bindgen_test]
async fn consent_given_by_the_page_ticks_the_box_and_withdrawal_unticks_it() {
    let _page = open(CHECKOUT).await;
    let widget = start("{}");
    type_into("email", EMAIL);
    call(&widget, "consent", true);
    until(|| state_of(&widget) == "saved", "saved").await;
    assert!(checkbox().checked());
    call(&widget, "withdraw", JsValue::UNDEFINED);
    until(|| !checkbox().checked(), "the tick to go").await;
    until(|| sent_so_far().len() == 2, "the withdrawal").await;
    assert_eq!(sent_so_far()[1].told("url"), "/api/lead/withdraw");
}

#[wasm_bindgen_test]
async fn stopping_takes_it_away_and_lets_go() {
    let _page = open(CHECKOUT).await;
    let held = count_what_is_held();
    let before = ask(&held);
    let widget = start("{}");
    type_into("email", EMAIL);
    checkbox().click();
    assert_eq!(call(&widget, "stop", JsValue::UNDEFINED), "");
    assert!(host().is_none());
    a_while().await;
    assert_eq!(sent_so_far().len(), 1, "what was unsent is sent");
    assert_eq!(ask(&held), before);
    assert_eq!(thrown_into_the_page(), "");
}

#[wasm_bindgen_test]
async fn merchants_say_it_in_their_own_words() {
    let _page = open(CHECKOUT).await;
    start(r#"{"consentText":"<b>Merken</b>","savedText":"Gesichert"}"#);
    let shadow = host().unwrap().shadow_root().unwrap();
    assert_eq!(shadow.query_selector("label").unwrap().unwrap().text_content().as_deref(), Some("<b>Merken</b>"));
    type_into("email", EMAIL);
    checkbox().click();
    let status = shadow.query_selector("[part=status]").unwrap().unwrap();
    until(|| status.text_content().as_deref() == Some("Gesichert"), "the status").await;
}
