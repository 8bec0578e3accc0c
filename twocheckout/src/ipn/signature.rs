//! The HMAC over the values of a notification, or of its receipt.

use hmac::{KeyInit, Mac, SimpleHmac};

use super::form::Form;

/// A hash that signs notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// In field `SIGNATURE_SHA3_256`.
    Sha3_256,
    /// In field `SIGNATURE_SHA2_256`.
    Sha256,
    /// In field `HASH`. 2Checkout retired it.
    Md5,
}

impl SignatureAlgorithm {
    /// The strongest first.
    pub(super) const ALL: [Self; 3] = [Self::Sha3_256, Self::Sha256, Self::Md5];

    /// The field of a notification that holds the signature.
    pub fn field(self) -> &'static str {
        match self {
            Self::Sha3_256 => "SIGNATURE_SHA3_256",
            Self::Sha256 => "SIGNATURE_SHA2_256",
            Self::Md5 => "HASH",
        }
    }

    /// Lower-case hexadecimal of the HMAC.
    pub(super) fn sign<'a>(self, key: &[u8], values: impl Iterator<Item = &'a [u8]>) -> String {
        match self {
            Self::Sha3_256 => hex_of::<SimpleHmac<sha3::Sha3_256>>(key, values),
            Self::Sha256 => hex_of::<SimpleHmac<sha2::Sha256>>(key, values),
            Self::Md5 => hex_of::<SimpleHmac<md5::Md5>>(key, values),
        }
    }

    /// Whether a signature, in hexadecimal of either case, is that of the values. Takes the same time wherever it differs.
    pub(crate) fn verify<'a>(self, key: &[u8], values: impl Iterator<Item = &'a [u8]>, signature: &[u8]) -> bool {
        let Ok(signature) = hex::decode(signature) else { return false };
        match self {
            Self::Sha3_256 => is_of::<SimpleHmac<sha3::Sha3_256>>(key, values, &signature),
            Self::Sha256 => is_of::<SimpleHmac<sha2::Sha256>>(key, values, &signature),
            Self::Md5 => is_of::<SimpleHmac<md5::Md5>>(key, values, &signature),
        }
    }

    /// Whether a form carries the signature of its own values.
    pub(super) fn is_signature_of(self, key: &[u8], form: &Form) -> bool {
        let signature = form.first(self.field()).trim_ascii();
        self.verify(key, form.signed_values(), signature) || self.verify(key, form.signed_values_as_php(), signature)
    }
}

/// Each value with its length in bytes before it; an empty one is `0`.
fn mac_of<'a, M: Mac + KeyInit>(key: &[u8], values: impl Iterator<Item = &'a [u8]>) -> Option<M> {
    // HMAC takes a key of any length (RFC 2104, section 2), so this never is `None`.
    let mut mac = <M as KeyInit>::new_from_slice(key).ok()?;
    for value in values {
        mac.update(value.len().to_string().as_bytes());
        mac.update(value);
    }
    Some(mac)
}

fn hex_of<'a, M: Mac + KeyInit>(key: &[u8], values: impl Iterator<Item = &'a [u8]>) -> String {
    mac_of::<M>(key, values).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default()
}

fn is_of<'a, M: Mac + KeyInit>(key: &[u8], values: impl Iterator<Item = &'a [u8]>, signature: &[u8]) -> bool {
    mac_of::<M>(key, values).is_some_and(|mac| mac.verify_slice(signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"AABBCCDDEEFF";

    // The MD5 of the first is 2Checkout's own example; the others were computed with Python's hmac and hashlib.
    #[test]
    fn the_signature_is_that_of_the_vectors() {
        // 1116Software program14200503031234341420050303123434
        let first: &[&str] = &["1", "Software program", "20050303123434", "20050303123434"];
        // 710000379cart-7f3a8COMPLETE4Zoë015zoe@example.com1116Software program101420050303123434
        let second: &[&str] = &[
            "1000037",
            "cart-7f3a",
            "COMPLETE",
            "Zoë",
            "",
            "zoe@example.com",
            "1",
            "Software program",
            "0",
            "20050303123434",
        ];
        let cases = [
            (first, SignatureAlgorithm::Md5, "7bf97ed39681027d0c45aa45e3ea98f0"),
            (first, SignatureAlgorithm::Sha256, "ea6f44c39b3d204b59500998fcb9221c92744d9721a94b45fc6d5cda99980176"),
            (first, SignatureAlgorithm::Sha3_256, "85180497aaaa4844a278b52b1ce257d2820dbf5857470a5f678fef2266d0d4a8"),
            (second, SignatureAlgorithm::Md5, "52b43d1d257c997d52ed52bb1d50c3ff"),
            (second, SignatureAlgorithm::Sha256, "f858cd6762576650fcf81b2a19529d29c42d493164fa9a72aff08d4459f4875b"),
            (second, SignatureAlgorithm::Sha3_256, "fef6796e57d0d228106a4373d637511df7faee432a31974958aca70b422d18e1"),
        ];
        for (values, algorithm, expected) in cases {
            let values = || values.iter().map(|value| value.as_bytes());
            assert_eq!(algorithm.sign(KEY, values()), expected);
            let (upper, longer) = (expected.to_uppercase(), format!("{expected}00"));
            for (signature, fits) in [
                (expected, true),
                (upper.as_str(), true),
                ("", false),
                ("zz", false),
                (longer.as_str(), false),
                (expected.get(..16).unwrap(), false),
            ] {
                assert_eq!(algorithm.verify(KEY, values(), signature.as_bytes()), fits, "{algorithm:?} {signature}");
            }
            assert!(!algorithm.verify(b"another", values(), expected.as_bytes()), "{algorithm:?}");
        }
    }
}
