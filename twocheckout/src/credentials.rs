//! Who the merchant is.

use std::fmt;

use hmac::{KeyInit, Mac, SimpleHmac};

/// A merchant code and its secret key, from Control Panel > Integrations > Webhooks & API. (The secret *word* of buy
/// links is another secret.)
///
/// `Debug` prints the key as `***`.
#[derive(Clone)]
pub struct Credentials {
    merchant_code: String,
    secret_key: String,
}

impl Credentials {
    /// The two texts as the Control Panel shows them.
    pub fn new(merchant_code: impl Into<String>, secret_key: impl Into<String>) -> Self {
        Self { merchant_code: merchant_code.into(), secret_key: secret_key.into() }
    }

    /// The merchant code, which is no secret.
    pub fn merchant_code(&self) -> &str {
        &self.merchant_code
    }

    /// A key for a purpose of one's own, derived from the secret key by HMAC-SHA256: the secret key cannot be had back from
    /// it, nor the key of another purpose.
    pub fn derive_key(&self, purpose: &str) -> [u8; 32] {
        // HMAC takes a key of any length (RFC 2104, section 2), so this never is an error.
        let mac = <SimpleHmac<sha2::Sha256> as KeyInit>::new_from_slice(self.secret_key.as_bytes());
        mac.map(|mac| mac.chain_update(purpose).finalize().into_bytes().into()).unwrap_or_default()
    }

    pub(crate) fn secret_key(&self) -> &str {
        &self.secret_key
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("merchant_code", &self.merchant_code).field("secret_key", &"***").finish()
    }
}
