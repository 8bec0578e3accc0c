//! Time: the only file that reads a clock. Timers are `gloo_timers`; dropping one cancels it.

use js_sys::Date;
use wasm_bindgen::JsValue;

use super::property;

/// Milliseconds of the Unix epoch.
pub(super) fn now() -> u64 {
    Date::now() as u64
}

/// When the page was loaded, in milliseconds of the Unix epoch; 0 where the browser does not say.
pub(super) fn page_loaded() -> u64 {
    let performance = property(&js_sys::global(), "performance");
    property(&performance, "timeOrigin").as_f64().unwrap_or_default() as u64
}

/// The shopper's clock as 2Checkout's `LocalTime`: `YYYY-MM-DD HH:MM:SS`, without a zone.
pub(super) fn local_time() -> String {
    let now = Date::new_0();
    // What the clock on the wall shows, written as if it were UTC.
    let shown = Date::new(&JsValue::from_f64(now.get_time() - now.get_timezone_offset() * 60_000.0));
    let iso = String::from(shown.to_iso_string());
    match (iso.get(..10), iso.get(11..19)) {
        (Some(date), Some(time)) => wire::concat(&[date, " ", time]),
        _ => String::new(),
    }
}
