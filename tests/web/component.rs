//! `LeadCapture` in a storefront that is itself a Leptos application.

use leadkeep::LeadCapture;
use leadkeep::core::config::{Config, Consent};
use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlInputElement};

use super::page::*;

fn asking() -> Config {
    Config { consent: Consent::Ask, items: Some("#items".into()), ..granted() }
}

/// A storefront: its form, and the component after it.
fn storefront(config: Config) {
    let mounted = mount_to(element("#app").unchecked_into::<HtmlElement>(), move || {
        view! {
            <form id="checkout">
                <label>"E-mail " <input name="email" type="email" autocomplete="email" /></label>
                <label>"City " <input name="city" autocomplete="address-level2" /></label>
            </form>
            <script id="items" type="application/json">r#"[{"Code":"A","Quantity":1}]"#</script>
            <LeadCapture config=config />
        }
    });
    keep_mounted(mounted);
}

const APP: &str = r#"<div id="app"></div>"#;

fn checkbox() -> HtmlInputElement {
    element("#app input[type=checkbox]").unchecked_into()
}

fn status_text() -> String {
    element("#app [role=status]").text_content().unwrap_or_default()
}

#[wasm_bindgen_test]
async fn its_checkbox_is_unticked_and_labelled() {
    let _page = open(APP).await;
    storefront(asking());
    let checkbox = checkbox();
    assert!(!checkbox.checked());
    let labels = checkbox.labels().expect("a checkbox has labels");
    assert_eq!(labels.length(), 1);
    let text = labels.item(0).unwrap().text_content().unwrap();
    assert_eq!(text, "Save my details and e-mail me a reminder if I don't finish my order.");
    assert_eq!(checkbox.tab_index(), 0, "reached by the keyboard");
    assert_eq!(status_text(), "");
}

#[wasm_bindgen_test]
async fn ticking_begins_and_unticking_withdraws() {
    let _page = open(APP).await;
    storefront(asking());
    type_into("email", EMAIL);
    a_while().await;
    assert_eq!((sent_so_far().len(), stored().as_str()), (0, ""));
    checkbox().click();
    assert_eq!(sent(1).await.text("BillingDetails.Email"), EMAIL);
    until(|| status_text() == "Saved", "the status").await;
    checkbox().click();
    let withdrawal = sent(2).await;
    assert_eq!(withdrawal.told("url"), "/api/lead/withdraw");
    assert_eq!(withdrawal.body()["lead_code"], "L1");
    until(|| status_text().is_empty(), "the status to go").await;
    type_into("city", CITY);
    hide_page();
    a_while().await;
    assert_eq!(sent_so_far().len(), 2, "no is no");
    show_page();
    checkbox().click();
    let anew = sent(3).await;
    assert_ne!(anew.body()["cart"], withdrawal.body()["cart"], "a new tick begins again");
    assert_eq!(anew.text("BillingDetails.City"), CITY);
}

#[wasm_bindgen_test]
async fn a_tick_from_the_page_before_still_stands() {
    let page = open(APP).await;
    storefront(asking());
    type_into("email", EMAIL);
    checkbox().click();
    until(|| status_text() == "Saved", "the status").await;
    let record = stored();
    drop(page);

    let _page = open(APP).await;
    web_sys::window().unwrap().local_storage().unwrap().unwrap().set_item("leadkeep", &record).unwrap();
    storefront(asking());
    assert!(checkbox().checked());
    type_into("city", CITY);
    assert_eq!(sent(1).await.text("BillingDetails.City"), CITY);
}

#[wasm_bindgen_test]
async fn unmounting_sends_what_is_unsent_and_lets_go() {
    let _page = open(APP).await;
    let held = count_what_is_held();
    let before = ask(&held);
    storefront(Config { consent: Consent::Granted, quiet_ms: 60_000, max_wait_ms: 60_000, ..asking() });
    type_into("email", EMAIL);
    unmount();
    let sent = sent(1).await;
    assert_eq!((sent.text("BillingDetails.Email"), sent.keepalive()), (EMAIL.into(), true));
    a_while().await;
    assert_eq!(ask(&held), before);
    assert_eq!(element("#app").child_element_count(), 0);
    assert_eq!((thrown_into_the_page(), console_lines()), (String::new(), String::new()));
}

#[wasm_bindgen_test]
async fn an_answer_after_unmounting_harms_nobody() {
    let _page = open(APP).await;
    storefront(asking());
    type_into("email", EMAIL);
    checkbox().click();
    sent(1).await;
    unmount();
    a_while().await;
    assert_eq!((thrown_into_the_page(), console_lines()), (String::new(), String::new()));
}

#[wasm_bindgen_test]
async fn a_wrong_setting_is_one_line_in_the_console_and_the_page_goes_on() {
    let _page = open(APP).await;
    storefront(Config { currency: Some("Euro".into()), ..asking() });
    assert_eq!(
        console_lines(),
        "leadkeep: expected currency to be an ISO 4217 code, such as \"EUR\", received \"Euro\" \
         https://github.com/leadkeep/leadkeep#config/option"
    );
    assert_eq!(count("#app input[type=checkbox]"), 0);
    type_into("email", EMAIL);
    a_while().await;
    assert_eq!(sent_so_far().len(), 0);
}

#[wasm_bindgen_test]
async fn it_asks_nothing_of_a_shopper_who_need_not_be_asked_whatever_the_page_says_of_labels() {
    let _page = open(&["<style>label{display:block}</style>", APP].concat()).await;
    storefront(Config { consent: Consent::Granted, ..asking() });
    let shown = count("#app input[type=checkbox]") > 0 && checkbox().get_client_rects().length() > 0;
    assert!(!shown);
    type_into("email", EMAIL);
    until(|| status_text() == "Saved", "the status").await;
}
