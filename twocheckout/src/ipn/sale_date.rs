//! When an order was placed.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Without `TIMEZONE_OFFSET` the account's zone is not known: it is at most 14 hours from UTC, and a day of slack.
pub const GRACE_WITHOUT_ZONE: SignedDuration = SignedDuration::from_hours(48);

/// No zone is farther from UTC.
const MAX_OFFSET_SECONDS: i32 = 15 * 3_600;

/// `SALEDATE`, in the zone that `TIMEZONE_OFFSET` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleDate {
    /// The time; as if it were UTC where the zone is not known.
    pub at: Timestamp,
    /// Whether the zone is known.
    pub has_zone: bool,
}

impl SaleDate {
    /// Reads `YYYY-MM-DD HH:MM:SS` and a zone such as `GMT+02:00`. A zone that cannot be read counts as none.
    pub(super) fn read(date: &str, zone: Option<&str>) -> Option<Self> {
        let civil = DateTime::strptime("%Y-%m-%d %H:%M:%S", date.trim()).ok()?;
        let offset = zone.and_then(offset);
        let zoned = civil.to_zoned(TimeZone::fixed(offset.unwrap_or(Offset::UTC))).ok()?;
        Some(Self { at: zoned.timestamp(), has_zone: offset.is_some() })
    }

    /// The order was placed no later than this: a cart that begins after it belongs to the next order. It is the end of the
    /// second that the date names.
    pub fn latest(self) -> Timestamp {
        let grace = if self.has_zone { SignedDuration::ZERO } else { GRACE_WITHOUT_ZONE };
        self.at.saturating_add(grace + SignedDuration::from_millis(999)).unwrap_or(Timestamp::MAX)
    }
}

/// `GMT+02:00`, `GMT-3`, `UTC`, `+0530`.
fn offset(zone: &str) -> Option<Offset> {
    let zone = zone.trim();
    let (named, rest) = match zone.get(..3) {
        Some(name) if name.eq_ignore_ascii_case("GMT") || name.eq_ignore_ascii_case("UTC") => (true, zone.get(3..)?),
        _ => (false, zone),
    };
    let rest = rest.trim();
    if rest.is_empty() {
        return named.then_some(Offset::UTC);
    }
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let digits = rest.trim_start_matches(['+', '-', '\u{2212}']);
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some((hours, minutes)), _) => (hours, minutes),
        (None, 4) => digits.split_at_checked(2)?,
        (None, _) => (digits, "0"),
    };
    let number = |text: &str, below: i32| {
        let fits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|number| fits && *number < below)
    };
    let seconds = sign * (number(hours, 24)? * 3_600 + number(minutes, 60)? * 60);
    (seconds.abs() <= MAX_OFFSET_SECONDS).then(|| Offset::from_seconds(seconds).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_counts_in_its_zone() {
        type Case = (&'static str, Option<&'static str>, Option<(&'static str, bool)>);
        const CASES: &[Case] = &[
            ("2026-03-01 00:30:00", Some("GMT+02:00"), Some(("2026-02-28T22:30:00Z", true))),
            ("2026-03-01 00:30:00", Some("GMT-03:30"), Some(("2026-03-01T04:00:00Z", true))),
            ("2026-03-01 00:30:00", Some("GMT"), Some(("2026-03-01T00:30:00Z", true))),
            ("2026-03-01 00:30:00", Some("gmt+2"), Some(("2026-02-28T22:30:00Z", true))),
            ("2026-03-01 00:30:00", Some("UTC+0530"), Some(("2026-02-28T19:00:00Z", true))),
            ("2026-03-01 00:30:00", Some("+14:00"), Some(("2026-02-28T10:30:00Z", true))),
            (" 2026-03-01 00:30:00 ", Some("GMT\u{2212}01:00"), Some(("2026-03-01T01:30:00Z", true))),
            ("2026-03-01 00:30:00", None, Some(("2026-03-01T00:30:00Z", false))),
            ("2026-03-01 00:30:00", Some(""), Some(("2026-03-01T00:30:00Z", false))),
            ("2026-03-01 00:30:00", Some("Europe/Bucharest"), Some(("2026-03-01T00:30:00Z", false))),
            ("2026-03-01 00:30:00", Some("GMT+99:00"), Some(("2026-03-01T00:30:00Z", false))),
            ("2026-03-01 00:30:00", Some("GMT+02:75"), Some(("2026-03-01T00:30:00Z", false))),
            ("2026-03-01 00:30:00", Some("GMT+é2"), Some(("2026-03-01T00:30:00Z", false))),
            ("2026-03-01", Some("GMT"), None),
            ("2026-02-30 00:30:00", Some("GMT"), None),
            ("0000-00-00 00:00:00", Some("GMT"), None),
            ("", None, None),
        ];
        for (date, zone, expected) in CASES {
            let read = SaleDate::read(date, *zone).map(|read| (read.at.to_string(), read.has_zone));
            assert_eq!(read, expected.map(|(at, has_zone)| (at.to_owned(), has_zone)), "{date} {zone:?}");
        }
    }

    #[test]
    fn two_days_of_grace_are_given_where_the_zone_is_not_known() {
        let latest = |zone| SaleDate::read("2026-03-01 00:30:00", zone).unwrap().latest().to_string();
        assert_eq!(latest(Some("GMT+02:00")), "2026-02-28T22:30:00.999Z");
        assert_eq!(latest(None), "2026-03-03T00:30:00.999Z");
        let last = SaleDate { at: Timestamp::MAX, has_zone: false };
        assert_eq!(last.latest(), Timestamp::MAX);
    }
}
