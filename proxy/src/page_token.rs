//! The page token: the shop's own server renders it into the page (`data-token`), so that only who has loaded the page can
//! begin a cart. `SECONDS.HEX`: a moment of the Unix epoch, and its HMAC-SHA256 with the secret in hexadecimal.

use hmac::{KeyInit, Mac, SimpleHmac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::cart::Millis;

/// A page may have been rendered so much later than this machine's clock says.
const SKEW_S: u64 = 300;

/// What page tokens are checked with. `Debug` prints `***`.
#[derive(Clone, derive_more::Debug)]
#[debug("***")]
pub struct PageToken {
    secret: SecretString,
    max_age_s: u64,
}

impl PageToken {
    /// The secret that the shop's server has too, and how many hours a token lasts.
    pub fn new(secret: &str, hours: u32) -> Self {
        Self { secret: secret.into(), max_age_s: u64::from(hours).saturating_mul(3_600) }
    }

    /// Whether this is a token, rendered not too long ago.
    pub(crate) fn admits(&self, token: Option<&str>, now: Millis) -> bool {
        let Some((seconds, signature)) = token.and_then(|token| token.split_once('.')) else { return false };
        let (Ok(at), Ok(signature)) = (seconds.parse::<u64>(), hex::decode(signature)) else { return false };
        let now = now / 1_000;
        let is_of_now = at <= now.saturating_add(SKEW_S) && now <= at.saturating_add(self.max_age_s);
        // HMAC takes a key of any length (RFC 2104, section 2), so this never is an error. Compares in constant time.
        let mac = <SimpleHmac<Sha256> as KeyInit>::new_from_slice(self.secret.expose_secret().as_bytes());
        is_of_now && mac.is_ok_and(|mac| mac.chain_update(seconds).verify_slice(&signature).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf 1700000000 | openssl dgst -sha256 -hmac hunter2-hunter2`
    const TOKEN: &str = "1700000000.8847a543db3d4731e6ece9ad26f66b909e596e64ce2f259c6aa55396207e2b37";

    #[test]
    fn a_token_is_of_the_secret_and_lasts_for_a_day() {
        let checks = PageToken::new("hunter2-hunter2", 24);
        let at = 1_700_000_000_000;
        let day = 24 * 3_600_000;
        for (now, expected) in
            [(at, true), (at - 300_000, true), (at - 301_000, false), (at + day, true), (at + day + 1_000, false)]
        {
            assert_eq!(checks.admits(Some(TOKEN), now), expected, "{now}");
        }
        let moved = TOKEN.replace("1700000000", "1700000001");
        for token in [None, Some(""), Some("1700000000"), Some("1700000000."), Some("x.y"), Some(moved.as_str())] {
            assert!(!checks.admits(token, at), "{token:?}");
        }
        assert!(!PageToken::new("another secret", 24).admits(Some(TOKEN), at));
        assert_eq!(format!("{checks:?}"), "***");
    }
}
