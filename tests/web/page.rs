//! A page with a checkout, and what a shopper, a browser or another script does on it. Tests run one after the other, so
//! the page is theirs alone.

use std::any::Any;
use std::cell::RefCell;

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use leadkeep::browser::{Capture, Given};
use leadkeep::core::config::{Config, Consent};
use leadkeep::core::status::State;
use leadkeep::view::Widget;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Element, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

/// The form of most tests.
pub(crate) const CHECKOUT: &str = r#"
<form id="checkout">
  <p id="row"><label>E-mail <input name="email" type="email" autocomplete="email"></label></p>
  <p><label>First name <input name="given" autocomplete="given-name"></label></p>
  <p><label>City <input name="city" autocomplete="address-level2"></label></p>
</form>"#;

/// What shoppers type in these tests; none of it may stand where no personal data belongs.
pub(crate) const EMAIL: &str = "ada@example.com";
pub(crate) const CITY: &str = "Turin";

/// The pause of the tests, in milliseconds.
const QUIET_MS: u64 = 20;

#[wasm_bindgen(module = "/tests/web/page.js")]
extern "C" {
    fn begin();
    fn reset();
    fn keep(widget: &JsValue);
    fn pause(ms: u32) -> Promise;
    #[wasm_bindgen(js_name = requestsSoFar)]
    fn requests_so_far() -> String;
    /// The body of the first request.
    #[wasm_bindgen(js_name = firstBody)]
    pub(crate) fn requests_of_a_patched_page() -> String;
    #[wasm_bindgen(js_name = statusesHeard)]
    fn statuses_heard() -> String;
    #[wasm_bindgen(js_name = hearStatus)]
    fn hear_status_with(then: Option<&Function>);

    /// What the next requests get, separated by commas; the last goes on for ever. See `page.js` for the names.
    #[wasm_bindgen(js_name = answerWith)]
    pub(crate) fn answer_with(names: &str);
    #[wasm_bindgen(js_name = takeFetchAway)]
    pub(crate) fn take_fetch_away();
    #[wasm_bindgen(js_name = consoleLines)]
    pub(crate) fn console_lines() -> String;
    #[wasm_bindgen(js_name = thrownIntoThePage)]
    pub(crate) fn thrown_into_the_page() -> String;
    #[wasm_bindgen(js_name = setHidden)]
    fn set_hidden(hidden: bool);
    #[wasm_bindgen(js_name = leaveForTheBfcache)]
    pub(crate) fn leave_for_the_bfcache();
    #[wasm_bindgen(js_name = comeOutOfTheBfcache)]
    pub(crate) fn come_out_of_the_bfcache();
    #[wasm_bindgen(js_name = otherTabWrites)]
    pub(crate) fn other_tab_writes(text: &str);
    #[wasm_bindgen(js_name = blockStorage)]
    pub(crate) fn block_storage(how: &str);
    #[wasm_bindgen(js_name = noteReads)]
    pub(crate) fn note_reads() -> Function;
    #[wasm_bindgen(js_name = countWhatIsHeld)]
    pub(crate) fn count_what_is_held() -> Function;
    #[wasm_bindgen(js_name = hurryLongTimers)]
    pub(crate) fn hurry_long_timers();
    pub(crate) fn control(name: &str) -> Element;
    pub(crate) fn fire(target: &Element, name: &str);
    #[wasm_bindgen(js_name = type)]
    pub(crate) fn type_in(field: &Element, text: &str);
    #[wasm_bindgen(variadic)]
    pub(crate) fn gtag(arguments: &Array);
    #[wasm_bindgen(variadic)]
    fn attempt(object: &JsValue, name: &str, arguments: &Array) -> String;
}

thread_local! {
    static CAPTURES: RefCell<Vec<Capture>> = const { RefCell::new(Vec::new()) };
    static MOUNTED: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// The page, cleaned up when dropped, and by the next one when its test did not get so far.
pub(crate) struct Page(HtmlElement);

/// Opens a page with this in its body.
pub(crate) async fn open(html: &str) -> Page {
    close();
    // What the page before sent as it went is no request of this one.
    wait(0).await;
    begin();
    let element: HtmlElement = document().create_element("div").unwrap().unchecked_into();
    element.set_id("page");
    element.set_inner_html(html);
    document().body().unwrap().append_child(&element).unwrap();
    Page(element)
}

impl Page {
    /// The page's framework renders everything anew.
    pub(crate) fn render(&self, html: &str) {
        self.0.set_inner_html(html);
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        close();
    }
}

/// Keeps what Leptos has mounted.
pub(crate) fn keep_mounted(mounted: impl Sized + 'static) {
    MOUNTED.replace(Some(Box::new(mounted)));
}

/// The storefront takes its view away.
pub(crate) fn unmount() {
    drop(MOUNTED.take());
}

fn close() {
    unmount();
    for capture in CAPTURES.take() {
        capture.stop();
    }
    reset();
    if let Some(page) = document().get_element_by_id("page") {
        page.remove();
    }
}

pub(crate) fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

/// The element of a selector.
pub(crate) fn element(selector: &str) -> Element {
    document().query_selector(selector).unwrap().unwrap_or_else(|| panic!("{selector} is on the page"))
}

/// How many elements of the page match a selector.
pub(crate) fn count(selector: &str) -> u32 {
    document().query_selector_all(selector).unwrap().length()
}

/// Settings with a short pause and without a question.
pub(crate) fn granted() -> Config {
    Config { consent: Consent::Granted, quiet_ms: QUIET_MS, max_wait_ms: 100, ..Config::new("/api/lead") }
}

/// One item, as `start()` gets it.
pub(crate) fn items() -> JsValue {
    JSON::parse(r#"[{"Code":"A","Quantity":1}]"#).unwrap()
}

/// Watches the page for a cart with one item.
pub(crate) fn watch(config: Config) -> Capture {
    watch_with(config, items())
}

/// Watches the page for a cart with these items: an array or a function.
pub(crate) fn watch_with(config: Config, items: JsValue) -> Capture {
    let capture = Capture::start(config, Given { items, ..Given::default() }).unwrap();
    CAPTURES.with_borrow_mut(|captures| captures.push(capture.clone()));
    capture
}

/// The object JavaScript gets, with these options beside `endpoint`, a short pause and one item.
pub(crate) fn start(options: &str) -> JsValue {
    let given: Object =
        JSON::parse(r#"{"endpoint":"/api/lead","quietMs":20,"maxWaitMs":100}"#).unwrap().unchecked_into();
    let options: Object = JSON::parse(options).unwrap().unchecked_into();
    Reflect::set(&given, &"items".into(), &items()).unwrap();
    let given: JsValue = Object::assign(&given, &options).into();
    let widget: JsValue = Widget::new(given, false, false).unwrap().into();
    keep(&widget);
    widget
}

/// Calls a method as a page would, and says what was thrown, or nothing.
pub(crate) fn call(widget: &JsValue, method: &str, argument: impl Into<JsValue>) -> String {
    attempt(widget, method, &Array::of1(&argument.into()))
}

/// A word of `status()`.
pub(crate) fn state_of(widget: &JsValue) -> String {
    let status: Function = Reflect::get(widget, &"status".into()).unwrap().unchecked_into();
    Reflect::get(&status.call0(widget).unwrap(), &"state".into()).unwrap().as_string().unwrap()
}

pub(crate) fn type_into(name: &str, text: &str) {
    type_in(&control(name), text);
}

/// A script of the page fills a field, and no event says so.
pub(crate) fn set_silently(name: &str, text: &str) {
    Reflect::set(&control(name), &"value".into(), &text.into()).unwrap();
}

pub(crate) fn hide_page() {
    set_hidden(true);
}

pub(crate) fn show_page() {
    set_hidden(false);
}

/// Takes down every `leadkeep:status`.
pub(crate) fn hear_status() {
    hear_status_with(None);
}

/// Does what a page's own listener does, given the state. It may be called again while it runs.
pub(crate) fn on_status(then: impl Fn(String) + 'static) {
    let then = Closure::<dyn Fn(String)>::new(then).into_js_value();
    hear_status_with(Some(then.unchecked_ref()));
}

/// The states told so far, and the whole of what was told, as JSON.
pub(crate) fn heard() -> (Vec<String>, String) {
    let json = statuses_heard();
    let details: Vec<Value> = serde_json::from_str(&json).unwrap();
    (details.iter().map(|detail| detail["state"].as_str().unwrap().to_owned()).collect(), json)
}

/// The text of a function that takes nothing.
pub(crate) fn ask(function: &Function) -> String {
    function.call0(&JsValue::NULL).unwrap().as_string().unwrap()
}

/// What stands in `localStorage`, or nothing.
pub(crate) fn stored() -> String {
    web_sys::window().unwrap().local_storage().unwrap().unwrap().get_item("leadkeep").unwrap().unwrap_or_default()
}

/// A request, as the network saw it.
pub(crate) struct Sent(Value);

impl Sent {
    /// `by` (fetch or beacon), `url`, `method`, `type`, `body`.
    pub(crate) fn told(&self, what: &str) -> &str {
        self.0[what].as_str().unwrap_or_default()
    }

    pub(crate) fn keepalive(&self) -> bool {
        self.0["keepalive"] == true
    }

    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(self.told("body")).unwrap()
    }

    /// The value of a change; absent when there is no such change.
    pub(crate) fn value(&self, path: &str) -> Option<Value> {
        self.body()["changes"].get(path).map(|change| change["value"].clone())
    }

    /// The text of a change, `null` when it is cleared, empty when there is none.
    pub(crate) fn text(&self, path: &str) -> String {
        let of = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.value(path).map(of).unwrap_or_default()
    }
}

pub(crate) fn sent_so_far() -> Vec<Sent> {
    let all: Vec<Value> = serde_json::from_str(&requests_so_far()).unwrap();
    all.into_iter().map(Sent).collect()
}

/// Waits for the n-th request, which must be the last, and gives it.
pub(crate) async fn sent(n: usize) -> Sent {
    until(|| sent_so_far().len() >= n, "a request").await;
    let mut all = sent_so_far();
    assert_eq!(all.len(), n, "requests: {:?}", all.iter().map(|sent| sent.told("body").to_owned()).collect::<Vec<_>>());
    all.remove(n - 1)
}

/// Longer than the pause and the longest wait.
pub(crate) async fn a_while() {
    wait(150).await;
}

pub(crate) async fn wait(ms: u32) {
    JsFuture::from(pause(ms)).await.unwrap();
}

/// Waits for a condition, two seconds at the longest.
pub(crate) async fn until(is_so: impl Fn() -> bool, what: &str) {
    for _ in 0..400 {
        if is_so() {
            return;
        }
        wait(5).await;
    }
    panic!("waited in vain for {what}; console: {}", console_lines());
}

pub(crate) async fn saved(capture: &Capture) {
    until(|| capture.status().state == State::Saved, "saved").await;
}

/// Gives an element an open shadow root with this in it.
pub(crate) fn with_shadow(element: &Element, html: &str) -> ShadowRoot {
    let root = element.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).unwrap();
    root.set_inner_html(html);
    root
}
