//! What a page is told, and what it may do while it is told.

use std::cell::RefCell;
use std::rc::Rc;

use leadkeep::core::session::Event;
use leadkeep::core::status::State;
use leadkeep::view::Widget;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::page::*;

const GRANTED: &str = r#"{"consent":"granted"}"#;

#[wasm_bindgen_test]
async fn each_state_is_told_once_and_without_personal_data() {
    let _page = open(CHECKOUT).await;
    hear_status();
    let widget = start(GRANTED);
    type_into("email", EMAIL);
    type_into("city", CITY);
    until(|| state_of(&widget) == "saved", "saved").await;
    answer_with("rejects with a string");
    type_into("city", "Rome");
    until(|| state_of(&widget) == "retrying", "retrying").await;
    call(&widget, "stop", JsValue::UNDEFINED);
    let (mut states, json) = heard();
    let told: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert!(told.windows(2).all(|two| two[0] != two[1]), "the same status twice: {json}");
    // A state is told again where what is missing changed.
    states.dedup();
    let expected = ["idle", "pending", "saving", "saved", "pending", "saving", "retrying"];
    assert_eq!(states[..expected.len()], expected, "{json}");
    assert_eq!(states.last().map(String::as_str), Some("off"), "{json}");
    for personal in [EMAIL, CITY, "Rome"] {
        assert!(!json.contains(personal), "{json}");
    }
    assert!(json.contains(r#""leadCode":"L1""#) && json.contains(r#""code":"transport/offline""#), "{json}");
}

#[wasm_bindgen_test]
async fn a_wrong_option_is_thrown_with_its_code_and_nothing_listens() {
    let _page = open(CHECKOUT).await;
    let held = count_what_is_held();
    let before = ask(&held);
    for (options, message) in [
        (r#"{}"#, "expected endpoint to be the URL of the proxy, such as \"/api/lead\", received nothing"),
        (
            r#"{"endpoint":"/api/lead","currency":"Euro"}"#,
            "expected currency to be an ISO 4217 code, such as \"EUR\", received \"Euro\"",
        ),
        (
            r#"{"endpoint":"/api/lead","form":"]"}"#,
            "expected form to be a CSS selector, such as \"#checkout\", received \"]\"",
        ),
    ] {
        let error: js_sys::Error =
            Widget::new(js_sys::JSON::parse(options).unwrap(), false, false).err().unwrap().unchecked_into();
        assert_eq!(String::from(error.message()), message);
        let code = js_sys::Reflect::get(&error, &"code".into()).unwrap();
        assert_eq!(code.as_string().as_deref(), Some("config/option"));
    }
    assert_eq!(ask(&held), before);
}

#[wasm_bindgen_test]
async fn a_listener_may_call_back_at_any_moment() {
    for method in ["flush", "stop", "withdraw", "complete", "inspect", "status"] {
        for at in ["pending", "saving", "saved"] {
            let _page = open(CHECKOUT).await;
            let widget = start(GRANTED);
            let thrown = Rc::new(RefCell::new(String::new()));
            let (object, seen) = (widget.clone(), thrown.clone());
            on_status(move |state| {
                if state == at {
                    let failed = call(&object, method, JsValue::UNDEFINED);
                    seen.borrow_mut().push_str(&failed);
                }
            });
            type_into("email", EMAIL);
            // From a call, not from a timer: the object is in use while the listener runs.
            let called = call(&widget, "flush", JsValue::UNDEFINED);
            a_while().await;
            assert_eq!(*thrown.borrow(), "", "{method} while {at}");
            assert_eq!((called, thrown_into_the_page()), (String::new(), String::new()), "{method} while {at}");
            // A request may be under way still, on a machine that is slow.
            until(|| state_of(&widget) != "saving", "the answer").await;
            let state = state_of(&widget);
            match method {
                "stop" => assert_eq!(state, "off", "at {at}"),
                "withdraw" | "complete" => assert_eq!(state, "closed", "{method} at {at}"),
                _ => assert_eq!(state, "saved", "{method} at {at}"),
            }
        }
    }
}

#[wasm_bindgen_test]
async fn a_listener_that_stops_in_the_middle_leaves_nothing_behind() {
    for at in ["pending", "saving", "saved"] {
        let _page = open(CHECKOUT).await;
        let held = count_what_is_held();
        let before = ask(&held);
        let capture = watch(granted());
        let of = capture.clone();
        capture.watch(move |status| {
            if status.state.name() == at {
                of.stop();
            }
        });
        type_into("email", EMAIL);
        a_while().await;
        // A request that was under way goes to its end.
        until(|| ask(&held) == before, "nothing held").await;
        assert_eq!(capture.status().state, State::Off, "at {at}");
        assert_eq!(thrown_into_the_page(), "", "at {at}");
    }
}

#[wasm_bindgen_test]
async fn an_edit_made_while_a_listener_runs_is_heard() {
    let _page = open(CHECKOUT).await;
    start(GRANTED);
    on_status(|state| {
        if state == "pending" {
            // A page that formats what was typed and says so with an event of its own.
            type_into("city", CITY);
        }
    });
    type_into("email", EMAIL);
    assert_eq!(sent(1).await.text("BillingDetails.City"), CITY);
    assert_eq!((thrown_into_the_page(), console_lines()), (String::new(), String::new()));
}

#[wasm_bindgen_test]
async fn a_listener_that_throws_harms_nobody_but_itself() {
    let _page = open(CHECKOUT).await;
    let widget = start(GRANTED);
    let throws = js_sys::Function::new_no_args("throw new Error('the page\\'s own')");
    document().add_event_listener_with_callback("leadkeep:status", &throws).unwrap();
    type_into("email", EMAIL);
    until(|| state_of(&widget) == "saved", "saved").await;
    document().remove_event_listener_with_callback("leadkeep:status", &throws).unwrap();
}

#[wasm_bindgen_test]
async fn nobody_is_told_an_older_state_after_a_newer_one() {
    let _page = open(CHECKOUT).await;
    let capture = watch(granted());
    let of = capture.clone();
    capture.watch(move |status| {
        if status.state == State::Pending {
            of.handle(Event::Flush);
        }
    });
    let told = Rc::new(RefCell::new(Vec::new()));
    let later = told.clone();
    capture.watch(move |status| later.borrow_mut().push(status.state));
    type_into("email", EMAIL);
    saved(&capture).await;
    let told = told.take();
    let saving = told.iter().position(|state| *state == State::Saving).unwrap();
    assert!(!told[saving..].contains(&State::Pending), "{told:?}");
}

#[wasm_bindgen_test]
async fn promises_settle_when_what_they_ask_for_has_happened_or_is_kept() {
    for answer in ["saved", "rejects with a string"] {
        let _page = open(CHECKOUT).await;
        answer_with(answer);
        let widget = start(GRANTED);
        type_into("email", EMAIL);
        let flush: js_sys::Function = js_sys::Reflect::get(&widget, &"flush".into()).unwrap().unchecked_into();
        let promise: js_sys::Promise = flush.call0(&widget).unwrap().unchecked_into();
        wasm_bindgen_futures::JsFuture::from(promise).await.unwrap();
        assert_eq!(sent_so_far().len(), 1, "{answer}");
        assert_eq!(stored().contains(EMAIL), answer != "saved", "{answer}");
    }
}

#[wasm_bindgen_test]
async fn what_a_script_has_put_on_the_prototype_of_objects_is_no_option() {
    let _page = open(CHECKOUT).await;
    js_sys::eval("Object.prototype.consent = 'granted'; Object.prototype.slot = '#1!'").unwrap();
    let widget = start("{}");
    let state = state_of(&widget);
    js_sys::eval("delete Object.prototype.consent; delete Object.prototype.slot").unwrap();
    assert_eq!(state, "waiting", "nobody has agreed");
}
