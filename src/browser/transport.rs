//! Requests: the only file that calls `fetch` and `sendBeacon`.
//!
//! gloo-net builds a request and reads its answer. Between the two the page's own `fetch` is called here: gloo-net knows no
//! `keepalive`, and traps when a page's patched `fetch` rejects with something that is no `Error`.

use gloo_net::http::{Request, Response};
use gloo_timers::callback::Timeout;
use js_sys::{Array, Date, Function, Promise};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, window};

use super::{json, object, property};
use crate::core::loose::Loose;
use crate::core::retry::{Answer, RequestOutcome};
use crate::core::shortfall::Shortfall;

#[wasm_bindgen(module = "/src/browser/given.js")]
extern "C" {
    /// One line in the console about an answer that is a failure.
    fn explain(response: &web_sys::Response);
}

/// An answer that takes longer is none. The proxy answers within ten seconds, with 202 if need be.
const TIMEOUT_MS: u32 = 20_000;

/// Posts JSON. With `keepalive` the request outlives its page; `unloading`: the page may be gone before the answer.
pub(super) async fn post(url: &str, body: &str, keepalive: bool, unloading: bool) -> RequestOutcome {
    let Ok(controller) = AbortController::new() else { return RequestOutcome::NoAnswer };
    let signal = controller.signal();
    let deadline = Deadline::new(controller);
    match exchange(url, body, keepalive, &signal, &deadline).await {
        Ok(outcome) => outcome,
        Err(_) => {
            if unloading {
                // No answer can be read, so the change counts as undelivered until a page hears otherwise.
                beacon(url, body);
            }
            RequestOutcome::NoAnswer
        }
    }
}

/// How a request ended; `Err` for whatever the page's `fetch` throws or rejects with.
async fn exchange(
    url: &str,
    body: &str,
    keepalive: bool,
    signal: &AbortSignal,
    deadline: &Deadline,
) -> Result<RequestOutcome, JsValue> {
    let request = request(url, signal).ok_or(JsValue::NULL)?;
    // In its parts: Firefox forgets `keepalive` where a request is made of another one.
    let init = object(&[
        ("method", request.method().into()),
        ("headers", request.headers().into()),
        ("credentials", "same-origin".into()),
        ("signal", signal.into()),
        ("body", body.into()),
        ("keepalive", keepalive.into()),
    ]);
    let window = window().ok_or(JsValue::NULL)?;
    let fetch: Function = property(&window, "fetch").dyn_into()?;
    let answer = deadline.race(&fetch.call2(&window, &request.url().into(), &init)?).await?;
    let response: web_sys::Response = answer.dyn_into()?;
    Ok(outcome(response, deadline).await.unwrap_or(RequestOutcome::NoAnswer))
}

/// Covers the answer and its body. Dropping it takes the timer away.
struct Deadline {
    expired: Promise,
    _timer: Option<Timeout>,
}

impl Deadline {
    fn new(controller: AbortController) -> Self {
        let (mut controller, mut timer) = (Some(controller), None);
        let expired = Promise::new(&mut |resolve, _| {
            let controller = controller.take();
            timer = Some(Timeout::new(TIMEOUT_MS, move || {
                // A patched `fetch` may not heed its signal.
                controller.iter().for_each(AbortController::abort);
                _ = resolve.call0(&JsValue::NULL);
            }));
        });
        Self { expired, _timer: timer }
    }

    /// What is promised, if it comes in time. A promise of another library is one too; so is whatever the page's `fetch`
    /// gives.
    async fn race(&self, promised: &JsValue) -> Result<JsValue, JsValue> {
        JsFuture::from(Promise::race(&Array::of2(promised, &self.expired))).await
    }
}

fn request(url: &str, signal: &AbortSignal) -> Option<web_sys::Request> {
    let request = Request::post(url)
        .header("accept", "application/json")
        .header("content-type", "application/json")
        .abort_signal(Some(signal))
        .build();
    Some(request.ok()?.into())
}

/// `text/plain`, so that another origin needs no preflight, for which a page that goes has no time.
fn beacon(url: &str, body: &str) {
    if let Some(window) = window() {
        _ = window.navigator().send_beacon_with_opt_str(url, Some(body));
    }
}

async fn outcome(raw: web_sys::Response, deadline: &Deadline) -> Result<RequestOutcome, JsValue> {
    let response = Response::from(Clone::clone(&raw));
    let status = response.status();
    let retry_after = response.headers().get("retry-after").as_deref().and_then(retry_after_ms);
    if !matches!(status, 200..=299 | 409) {
        explain(&raw);
        return Ok(RequestOutcome::Status(status, retry_after));
    }
    // By the response itself: gloo-net traps where a page has patched it and it fails otherwise than with an `Error`.
    let text = deadline.race(&raw.text()?.into()).await?.as_string().ok_or(JsValue::NULL)?;
    let answer: Loose = json::read(&text).unwrap_or_default();
    let closed =
        || RequestOutcome::Answered(Answer::Closed { withdrawn: answer.get("reason").text() == Some("withdrawn") });
    Ok(match (status, answer.get("state").text(), answer.get("code").text()) {
        (409, _, Some(code)) if code == wire::ErrorCode::Closed.name() => closed(),
        (409, ..) => {
            explain(&raw);
            RequestOutcome::Status(status, retry_after)
        }
        (_, Some("saved" | "queued"), _) => {
            let lead_code = answer.get("lead_code").text().filter(|code| code.len() <= 64);
            RequestOutcome::Answered(Answer::Kept {
                lead_code: lead_code.map(str::to_owned),
                shortfall: shortfall(&answer),
            })
        }
        (_, Some("closed"), _) => closed(),
        _ => RequestOutcome::Nonsense,
    })
}

/// What the answer names; whatever else stands there is left out.
fn shortfall(answer: &Loose) -> Shortfall {
    let texts = |name| answer.get(name).list().iter().map(|text| text.text().unwrap_or_default().to_owned());
    let reasons = texts("dropped_reasons").chain(std::iter::repeat_with(|| "no reason given".to_owned()));
    Shortfall { missing: texts("missing").collect(), dropped: texts("dropped").zip(reasons).collect() }
}

/// RFC 9110, section 10.2.3: seconds, or a date.
fn retry_after_ms(text: &str) -> Option<u64> {
    match text.trim().parse::<u64>() {
        Ok(seconds) => Some(seconds.saturating_mul(1_000)),
        Err(_) => {
            let at = Date::parse(text);
            (!at.is_nan()).then(|| (at - Date::now()).max(0.0) as u64)
        }
    }
}
