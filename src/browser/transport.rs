//! Requests: the only file that calls `fetch` and `sendBeacon`.
//!
//! Not through gloo-net: it has no `keepalive`, and it panics when a page's patched `fetch` rejects with something that
//! is no `Error`.

use std::cell::Cell;

use gloo_timers::callback::Timeout;
use js_sys::{Date, Function, JSON, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, window};

use super::{object, property};
use crate::core::retry::{Answer, Outcome};

/// An answer that takes longer is none. The proxy answers within ten seconds, with 202 if need be.
const TIMEOUT_MS: u32 = 20_000;
/// The bodies of all requests that outlive the page share 64 KiB with the page's other scripts (Fetch, section 4.5), in
/// bytes; a body that would take more than half of it goes without, unless the page is about to go.
const MOST_KEEPALIVE_BYTES: usize = 32 * 1024;

thread_local! {
    /// A request with `keepalive` was rejected: the page has spent the 64 KiB, or forbids it.
    static KEEPALIVE_FAILED: Cell<bool> = const { Cell::new(false) };
}

/// Posts JSON. `parting`: the page may be gone before the answer.
pub(super) async fn post(url: &str, body: &str, parting: bool) -> Outcome {
    let keepalive = parting || (body.len() <= MOST_KEEPALIVE_BYTES && !KEEPALIVE_FAILED.get());
    match fetch(url, body, keepalive).await {
        Ok((response, _timeout)) => outcome(&response).await,
        Err(_) => {
            if keepalive {
                KEEPALIVE_FAILED.set(true);
            }
            if parting {
                // No answer can be read, so the change counts as undelivered until a page hears otherwise.
                beacon(url, body);
            }
            Outcome::NoAnswer
        }
    }
}

/// The answer, and the timeout that also covers its body; `Err` for whatever the page's `fetch` throws or rejects with.
async fn fetch(url: &str, body: &str, keepalive: bool) -> Result<(web_sys::Response, Timeout), JsValue> {
    let window = window().ok_or(JsValue::NULL)?;
    let controller = AbortController::new()?;
    let headers = object(&[("content-type", "application/json".into()), ("accept", "application/json".into())]);
    let init = object(&[
        ("method", "POST".into()),
        ("headers", headers),
        ("body", body.into()),
        ("credentials", "same-origin".into()),
        ("keepalive", keepalive.into()),
        ("signal", controller.signal().into()),
    ]);
    let timeout = Timeout::new(TIMEOUT_MS, move || controller.abort());
    let fetch: Function = property(&window, "fetch").dyn_into()?;
    // Whatever the page's `fetch` gives: a promise of another library is one too.
    let promise = Promise::resolve(&fetch.call2(&window, &url.into(), &init)?);
    Ok((JsFuture::from(promise).await?.dyn_into()?, timeout))
}

/// `text/plain`, so that another origin needs no preflight, for which a page that goes has no time.
fn beacon(url: &str, body: &str) {
    if let Some(window) = window() {
        _ = window.navigator().send_beacon_with_opt_str(url, Some(body));
    }
}

async fn outcome(response: &web_sys::Response) -> Outcome {
    let status = response.status();
    let retry_after = response.headers().get("retry-after").ok().flatten().as_deref().and_then(retry_after_ms);
    if !matches!(status, 200..=299 | 409) {
        return Outcome::Status(status, retry_after);
    }
    let Ok(reading) = response.text() else { return Outcome::NoAnswer };
    let body = match JsFuture::from(reading).await {
        Ok(text) => JSON::parse(&text.as_string().unwrap_or_default()).unwrap_or(JsValue::NULL),
        Err(_) => return Outcome::NoAnswer,
    };
    let field = |name: &str| property(&body, name).as_string();
    let withdrawn = || field("reason").as_deref() == Some("withdrawn");
    match (status, field("state").as_deref(), field("code").as_deref()) {
        (409, _, Some(code)) if code == wire::answer::CLOSED => {
            Outcome::Answered(Answer::Closed { withdrawn: withdrawn() })
        }
        (409, ..) => Outcome::Status(status, retry_after),
        (_, Some("saved" | "queued"), _) => {
            Outcome::Answered(Answer::Kept { lead_code: field("lead_code").filter(|code| code.len() <= 64) })
        }
        (_, Some("closed"), _) => Outcome::Answered(Answer::Closed { withdrawn: withdrawn() }),
        _ => Outcome::Nonsense,
    }
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
