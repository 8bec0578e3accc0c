//! Who the merchant is.

use hmac::{KeyInit, Mac, SimpleHmac};
use secrecy::{ExposeSecret, SecretString};

/// A merchant code and its secret key, from Control Panel > Integrations > Webhooks & API. (The secret *word* of buy
/// links is another secret.)
///
/// `Debug` prints the key as `***`.
#[derive(Clone, derive_more::Debug)]
pub struct Credentials {
    merchant_code: String,
    #[debug("***")]
    secret_key: SecretString,
}

impl Credentials {
    /// The two texts as the Control Panel shows them.
    pub fn new(merchant_code: impl Into<String>, secret_key: impl Into<String>) -> Self {
        let secret_key: String = secret_key.into();
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
        let mac = <SimpleHmac<sha2::Sha256> as KeyInit>::new_from_slice(self.secret_key().as_bytes());
        mac.map(|mac| mac.chain_update(purpose).finalize().into_bytes().into()).unwrap_or_default()
    }

    pub(crate) fn secret_key(&self) -> &str {
        self.secret_key.expose_secret()
    }
}
