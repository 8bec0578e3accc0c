//! What reaches leadkeep of what happens on a page, and what it holds on to.

use leadkeep::browser::{Capture, Given};
use leadkeep::core::config::Config;
use leadkeep::core::session::Event;
use leadkeep::core::status::State;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::EventTarget;

use super::page::*;

/// A form filled with these, as a framework would render it.
fn filled(email: &str, city: &str) -> String {
    CHECKOUT
        .replace("name=\"email\"", &format!("name=\"email\" value=\"{email}\""))
        .replace("name=\"city\"", &format!("name=\"city\" value=\"{city}\""))
}

#[wasm_bindgen_test]
async fn events_are_heard_although_the_page_stops_them() {
    let _page = open(CHECKOUT).await;
    let stop = Closure::<dyn FnMut(web_sys::Event)>::new(|event: web_sys::Event| event.stop_immediate_propagation());
    let form: EventTarget = element("#checkout").into();
    for name in ["input", "change", "focusin", "pointerdown"] {
        form.add_event_listener_with_callback_and_bool(name, stop.as_ref().unchecked_ref(), true).unwrap();
    }
    watch(granted());
    type_into("email", EMAIL);
    assert_eq!(sent(1).await.text("BillingDetails.Email"), EMAIL);
}

#[wasm_bindgen_test]
async fn an_untrusted_change_alone_is_enough() {
    let _page = open(CHECKOUT).await;
    watch(granted());
    set_silently("email", EMAIL);
    fire(&control("email"), "change");
    assert_eq!(sent(1).await.text("BillingDetails.Email"), EMAIL);
}

#[wasm_bindgen_test]
async fn a_value_set_without_any_event_is_read_at_the_next_flush() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    sent(1).await;
    saved(&capture).await;
    set_silently("city", CITY);
    a_while().await;
    assert_eq!(sent_so_far().len(), 1, "nobody said anything");
    capture.handle(Event::Flush);
    assert_eq!(sent(2).await.text("BillingDetails.City"), CITY);
}

#[wasm_bindgen_test]
async fn what_stands_in_the_form_at_the_first_touch_is_sent() {
    let _page = open(&filled(EMAIL, CITY)).await;
    watch(granted());
    a_while().await;
    assert_eq!(sent_so_far().len(), 0, "the shopper has not come near");
    fire(&control("given"), "pointerdown");
    let sent = sent(1).await;
    assert_eq!((sent.text("BillingDetails.Email"), sent.text("BillingDetails.City")), (EMAIL.into(), CITY.into()));
}

#[wasm_bindgen_test]
async fn events_outside_the_form_are_not_its_own() {
    let _page = open(&[CHECKOUT, r#"<input name="newsletter" type="email" autocomplete="email">"#].concat()).await;
    let capture = watch(Config { form: Some("#checkout".into()), ..granted() });
    type_into("newsletter", EMAIL);
    a_while().await;
    assert_eq!((sent_so_far().len(), capture.status().state), (0, State::Idle));
}

#[wasm_bindgen_test]
async fn a_submit_sends_at_once() {
    let _page = open(CHECKOUT).await;
    watch(Config { quiet_ms: 60_000, max_wait_ms: 60_000, ..granted() });
    type_into("email", EMAIL);
    fire(&element("#checkout"), "submit");
    assert_eq!(sent(1).await.text("BillingDetails.Email"), EMAIL);
}

#[wasm_bindgen_test]
async fn a_reset_clears_what_this_page_has_seen_filled() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    type_into("city", CITY);
    saved(&capture).await;
    element("#checkout").unchecked_into::<web_sys::HtmlFormElement>().reset();
    assert_eq!(sent(2).await.text("BillingDetails.City"), "null");
}

#[wasm_bindgen_test]
async fn a_form_that_appears_later_is_found() {
    for form in [None, Some("#checkout".to_owned())] {
        let page = open("<main>an empty cart</main>").await;
        let capture = watch(Config { form, ..granted() });
        assert_eq!(capture.status().state, State::Off);
        assert_eq!(capture.status().last_error.as_ref().map(|error| error.code()), Some("form/missing"));
        page.render(CHECKOUT);
        until(|| capture.status().state == State::Idle, "the form to be found").await;
        type_into("email", EMAIL);
        assert_eq!(sent(1).await.text("BillingDetails.Email"), EMAIL);
        assert_eq!(console_lines(), "", "a page without a form is no mistake");
    }
}

#[wasm_bindgen_test]
async fn a_form_that_was_rendered_anew_is_found_again_and_read() {
    for form in [None, Some("#checkout".to_owned())] {
        let page = open(CHECKOUT).await;
        let capture = watch(Config { form, ..granted() });
        type_into("email", EMAIL);
        page.render(&filled(EMAIL, CITY));
        let first = sent(1).await;
        assert_eq!(first.text("BillingDetails.City"), CITY, "read where it stands now");
        saved(&capture).await;
        page.render(&filled(EMAIL, CITY));
        type_into("city", "Rome");
        assert_eq!(sent(2).await.text("BillingDetails.City"), "Rome", "heard in the new form");
    }
}

#[wasm_bindgen_test]
async fn a_form_that_went_away_is_found_when_it_comes_back() {
    let page = open(CHECKOUT).await;
    let capture = watch(granted());
    type_into("email", EMAIL);
    saved(&capture).await;
    page.render("<main>a step without a form</main>");
    capture.handle(Event::Flush);
    a_while().await;
    assert_eq!(sent_so_far().len(), 1, "a field that is absent is unchanged");
    page.render(&filled(EMAIL, ""));
    type_into("city", CITY);
    assert_eq!(sent(2).await.text("BillingDetails.City"), CITY);
}

#[wasm_bindgen_test]
async fn stopping_lets_go_of_every_listener_observer_and_timer() {
    for html in [CHECKOUT, "<main>no form yet</main>", r#"<form id="checkout"><p id="host"></p></form>"#] {
        let _page = open(html).await;
        if let Some(host) = document().get_element_by_id("host") {
            with_shadow(
                &host,
                r#"<input name="email" autocomplete="email"><input name="city" autocomplete="address-level2">"#,
            );
        }
        let held = count_what_is_held();
        let before = ask(&held);
        let capture = watch(Config { form: Some("#checkout".into()), items: Some("#items".into()), ..granted() });
        capture.handle(Event::Edited);
        assert_ne!(ask(&held), before, "it does listen");
        capture.stop();
        assert_eq!(ask(&held), before, "{html}");
        assert_eq!(capture.status().state, State::Off);
    }
}

#[wasm_bindgen_test]
async fn dropping_the_last_capture_lets_go_as_well() {
    let _page = open(CHECKOUT).await;
    let held = count_what_is_held();
    let before = ask(&held);
    let capture = Capture::start(granted(), Given { items: items(), ..Given::default() }).unwrap();
    type_into("email", EMAIL);
    let other = capture.clone();
    drop(capture);
    assert_ne!(ask(&held), before, "a clone still captures");
    drop(other);
    assert_eq!(ask(&held), before);
    type_into("city", CITY);
    a_while().await;
    assert_eq!(sent_so_far().len(), 0);
    assert_eq!(thrown_into_the_page(), "");
}

#[wasm_bindgen_test]
async fn no_listener_can_prevent_anything_and_none_is_for_unload() {
    let _page = open(CHECKOUT).await;
    let prevented = Closure::<dyn FnMut(web_sys::Event)>::new(|event: web_sys::Event| {
        assert!(!event.default_prevented(), "{}", event.type_());
    });
    let window = web_sys::window().unwrap();
    watch(granted());
    for name in ["input", "change", "submit", "pointerdown"] {
        window.add_event_listener_with_callback(name, prevented.as_ref().unchecked_ref()).unwrap();
        fire(&control("email"), name);
        window.remove_event_listener_with_callback(name, prevented.as_ref().unchecked_ref()).unwrap();
    }
    for name in ["onbeforeunload", "onunload"] {
        assert!(js_sys::Reflect::get(&window, &name.into()).unwrap().is_null(), "{name}");
    }
    assert_eq!(thrown_into_the_page(), "");
}

#[wasm_bindgen_test]
async fn an_edit_is_not_lost_when_the_form_goes_away_within_the_pause() {
    let page = open(CHECKOUT).await;
    watch(granted());
    fire(&control("city"), "focusin");
    type_into("email", EMAIL);
    page.render("<main>the next step</main>");
    assert_eq!(sent(1).await.text("BillingDetails.Email"), EMAIL);
}
