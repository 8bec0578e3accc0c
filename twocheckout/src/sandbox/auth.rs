//! Checks a hash, with the recipe of 2Checkout's page "API Authentication" and not with the client's code.

use hmac::{KeyInit, Mac, SimpleHmac};
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

use super::refusal::Refusal;
use super::{MERCHANT_CODE, SECRET_KEY};

/// How far the caller's clock may be off. 2Checkout does not say what it allows.
const MAX_SKEW: SignedDuration = SignedDuration::from_mins(10);

/// Who the caller says to be, and its proof.
pub(super) struct Proof<'a> {
    pub(super) code: &'a str,
    pub(super) date: &'a str,
    pub(super) hash: &'a str,
    /// Required since API 6.0's upgrade: `sha256` or `sha3-256`.
    pub(super) algo: &'a str,
}

impl<'a> Proof<'a> {
    /// `code="..." date="..." hash="..." algo="..."`: double quotes, spaces, no commas.
    pub(super) fn of_header(header: &'a str) -> Option<Self> {
        let (mut code, mut date, mut hash, mut algo) = (None, None, None, None);
        let mut rest = header.trim();
        while !rest.is_empty() {
            let (name, after) = rest.split_once("=\"")?;
            let (value, after) = after.split_once('"')?;
            let slot = match name {
                "code" => &mut code,
                "date" => &mut date,
                "hash" => &mut hash,
                "algo" => &mut algo,
                _ => return None,
            };
            if slot.replace(value).is_some() || !(after.is_empty() || after.starts_with(' ')) {
                return None;
            }
            rest = after.trim_start();
        }
        Some(Self { code: code?, date: date?, hash: hash?, algo: algo? })
    }

    pub(super) fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        let date = moment(self.date).ok_or(Refusal::Credentials)?;
        let timely = now.duration_since(date).abs() <= MAX_SKEW;
        let source = format!("{}{}{}{}", self.code.len(), self.code, self.date.len(), self.date);
        let proven = match self.algo {
            "sha256" => proves::<SimpleHmac<sha2::Sha256>>(&source, self.hash),
            "sha3-256" => proves::<SimpleHmac<sha3::Sha3_256>>(&source, self.hash),
            _ => false,
        };
        match (self.code == MERCHANT_CODE && proven, timely) {
            (true, true) => Ok(()),
            (_, false) => Err(Refusal::Clock),
            (false, true) => Err(Refusal::Credentials),
        }
    }
}

/// `YYYY-MM-DD HH:MM:SS`, exactly, in UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let read = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    let same = read.strftime("%Y-%m-%d %H:%M:%S").to_string() == text;
    same.then(|| read.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()))?
}

fn proves<M: Mac + KeyInit>(source: &str, hash: &str) -> bool {
    let lower = !hash.bytes().any(|b| b.is_ascii_uppercase());
    let (Ok(mac), Ok(claimed)) = (<M as KeyInit>::new_from_slice(SECRET_KEY.as_bytes()), hex::decode(hash)) else {
        return false;
    };
    lower && mac.chain_update(source).verify_slice(&claimed).is_ok()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;

    const DATE: &str = "2010-05-13 12:12:12";
    // Of `7SANDBOX192010-05-13 12:12:12` with the key `sandbox-secret`, computed with Python's hmac and hashlib.
    const SHA256: &str = "2e5e68d62b8da519a3ddda707a4ef5aa4a0d268c73492ad38a2676322124ceac";
    const SHA3: &str = "3b42a995a2841502e6f1a1221251523a703c5bf4648104fd9757db61da05ba03";
    const MD5: &str = "51a15d1eac658a1425177a3bab79625c";

    fn passes(code: &str, date: &str, hash: &str, algo: &str) -> bool {
        let now: Timestamp = "2010-05-13T12:12:12Z".parse().unwrap();
        Proof { code, date, hash, algo }.check(now).is_ok()
    }

    #[test]
    fn the_hash_of_the_secret_passes_and_nothing_else() {
        assert!(passes("SANDBOX", DATE, SHA256, "sha256"));
        assert!(passes("SANDBOX", DATE, SHA3, "sha3-256"));
        for (code, date, hash, algo) in [
            ("SANDBOX", DATE, SHA256, "sha3-256"),
            ("SANDBOX", DATE, SHA256, ""),
            ("SANDBOX", DATE, SHA256, "SHA256"),
            ("SANDBOX", DATE, MD5, "md5"),
            ("SANDBOX", "2010-05-13 12:12:13", SHA256, "sha256"),
            ("SANDBOX", "2010-05-13T12:12:12Z", SHA256, "sha256"),
            ("SANDBOX", DATE, "", "sha256"),
            ("OTHER", DATE, SHA256, "sha256"),
        ] {
            assert!(!passes(code, date, hash, algo), "{code} {date} {algo}");
        }
    }

    #[test]
    fn a_clock_may_be_ten_minutes_off() {
        let proof = Proof { code: "SANDBOX", date: DATE, hash: SHA256, algo: "sha256" };
        let then: Timestamp = "2010-05-13T12:12:12Z".parse().unwrap();
        assert!(proof.check(then + 10.minutes()).is_ok() && proof.check(then - 10.minutes()).is_ok());
        assert!(proof.check(then + 601.seconds()).is_err() && proof.check(then - 601.seconds()).is_err());
    }

    #[test]
    fn a_header_has_four_quoted_parts_and_no_commas() {
        let fits = |header: &str| Proof::of_header(header).is_some();
        assert!(fits(r#"code="A" date="D" hash="H" algo="sha256""#));
        assert!(fits(r#"date="D" code="A" algo="sha256" hash="H""#));
        assert!(!fits(r#"code="A" date="D" hash="H""#));
        assert!(!fits(r#"code="A", date="D", hash="H", algo="sha256""#));
        assert!(!fits(r#"code=A date=D hash=H algo=sha256"#));
        assert!(!fits(r#"code="A" code="B" date="D" hash="H" algo="sha256""#));
        assert!(!fits(""));
    }
}
