//! The hash that proves the secret key: of a JSON-RPC login and of every REST request.

use hmac::{KeyInit, Mac, SimpleHmac};
use jiff::Timestamp;

use crate::{Algorithm, Credentials};

/// One signature. The date is formed once: the same text goes into the hash and beside it.
pub(crate) struct Signature {
    /// `YYYY-MM-DD HH:MM:SS`, UTC.
    pub(crate) date: String,
    /// Lower-case hexadecimal.
    pub(crate) hash: String,
}

/// The date as 2Checkout's page "REST Authentication" has it: GMT, without a zone.
fn date(now: Timestamp) -> String {
    now.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `HMAC(algorithm, secret key, len(code) code len(date) date)`, lengths in bytes (page "API Authentication").
fn hash(credentials: &Credentials, algorithm: Algorithm, date: &str) -> String {
    let code = credentials.merchant_code();
    let source = format!("{}{code}{}{date}", code.len(), date.len());
    let key = credentials.secret_key().as_bytes();
    match algorithm {
        Algorithm::Sha256 => digest::<SimpleHmac<sha2::Sha256>>(key, source.as_bytes()),
        Algorithm::Sha3_256 => digest::<SimpleHmac<sha3::Sha3_256>>(key, source.as_bytes()),
    }
}

fn digest<M: Mac + KeyInit>(key: &[u8], source: &[u8]) -> String {
    // HMAC takes a key of any length (RFC 2104, section 2), so this never is an error.
    <M as KeyInit>::new_from_slice(key)
        .map(|mac| hex::encode(mac.chain_update(source).finalize().into_bytes()))
        .unwrap_or_default()
}

impl Signature {
    pub(crate) fn at(now: Timestamp, credentials: &Credentials, algorithm: Algorithm) -> Self {
        let date = date(now);
        let hash = hash(credentials, algorithm, &date);
        Self { date, hash }
    }

    /// The value of `X-Avangate-Authentication`.
    pub(crate) fn header(&self, credentials: &Credentials, algorithm: Algorithm) -> String {
        let Self { date, hash } = self;
        format!(r#"code="{}" date="{date}" hash="{hash}" algo="{algorithm}""#, credentials.merchant_code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // 2Checkout publishes bf763db7d333e9c3038698cf59ada3e6 as the SHA-256 hash of the first source; it is its MD5. These
    // were computed with Python's hmac and hashlib.
    const VECTORS: &[(&str, &str, &str, &str)] = &[
        (
            "AVANGATE",
            "2010-05-13 12:12:12",
            "29e85dbf92ce0113e7755c31c0438a7db98a4de9f910bf0a527e005f35e43739",
            "0c7e9c0c96148e5bf8e199a0a0e27977edc099ff0b27794e761853b96e04c7fb",
        ),
        (
            "YOURCODE123",
            "2020-06-18 08:05:46",
            "483fc633a309cadc65b89519f55cc55e0d0611a6e1dfa62ac4d48fc3703a6a42",
            "89cff582a336094aa0a917003e383016c173b0bcb38d812375b2b10ea6ce99ed",
        ),
        // Four characters, five bytes.
        (
            "TËST",
            "2024-01-02 03:04:05",
            "d7ce57026f7e64abfe5863b1fa012f59af90a50cd7c6ff912b54608724f86a69",
            "3ab6776eb4a4b86a008f76d4200999284d65bd1d9f0ae66d04ea414d6a47bd9e",
        ),
    ];

    #[test]
    fn the_hash_is_that_of_the_vectors() {
        for (code, date, sha256, sha3) in VECTORS {
            let credentials = Credentials::new(*code, "SECRET_KEY");
            assert_eq!(hash(&credentials, Algorithm::Sha256, date), *sha256, "{code}");
            assert_eq!(hash(&credentials, Algorithm::Sha3_256, date), *sha3, "{code}");
        }
    }

    #[test]
    fn the_header_is_quoted_and_has_no_commas() {
        let credentials = Credentials::new("AVANGATE", "SECRET_KEY");
        let now: Timestamp = "2010-05-13T12:12:12.9Z".parse().unwrap();
        let signature = Signature::at(now, &credentials, Algorithm::Sha256);
        assert_eq!(
            signature.header(&credentials, Algorithm::Sha256),
            "code=\"AVANGATE\" date=\"2010-05-13 12:12:12\" \
             hash=\"29e85dbf92ce0113e7755c31c0438a7db98a4de9f910bf0a527e005f35e43739\" algo=\"sha256\""
        );
    }
}
