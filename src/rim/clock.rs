//! Time: the only file that reads a clock. Timers are `gloo_timers`; dropping one cancels it.

use js_sys::Date;

/// Milliseconds of the Unix epoch.
pub(super) fn now() -> u64 {
    Date::now() as u64
}

/// The shopper's clock as 2Checkout's `LocalTime`: `YYYY-MM-DD HH:MM:SS`, without a zone.
pub(super) fn local_time() -> String {
    let date = Date::new_0();
    let parts = [
        (date.get_full_year(), 4, "-"),
        (date.get_month() + 1, 2, "-"),
        (date.get_date(), 2, " "),
        (date.get_hours(), 2, ":"),
        (date.get_minutes(), 2, ":"),
        (date.get_seconds(), 2, ""),
    ];
    let mut text = String::with_capacity(19);
    for (number, width, after) in parts {
        let mut divisor = 10_u32.pow(width - 1);
        while divisor > 0 {
            text.push(char::from(b'0' + ((number / divisor) % 10) as u8));
            divisor /= 10;
        }
        text.push_str(after);
    }
    text
}
