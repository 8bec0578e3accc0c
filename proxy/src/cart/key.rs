//! The proof that a browser owns its cart.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// SHA-256 of a cart's key. The key itself is never stored; being random it needs no salt and no slow hash.
#[derive(Clone, Copy, PartialEq, Eq, derive_more::Debug)]
#[debug("***")]
pub struct KeyHash([u8; 32]);

impl AsRef<[u8]> for KeyHash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl hex::FromHex for KeyHash {
    type Error = hex::FromHexError;

    fn from_hex<T: AsRef<[u8]>>(text: T) -> Result<Self, hex::FromHexError> {
        <[u8; 32]>::from_hex(text).map(Self)
    }
}

impl KeyHash {
    /// The hash of a key.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    /// As it stands in the store; `None` when those are not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The hash of no key: of a cart that was ended before any browser had said its key.
    pub fn of_nobody() -> Self {
        Self([0; 32])
    }

    /// Whether a cart with this key may be asked with the other one. Of a cart that nobody has the key of there is nothing
    /// to protect: it is over, and holds nothing.
    pub fn opens(&self, other: &Self) -> bool {
        self.is(other) || self.is(&Self::of_nobody())
    }

    /// Compares in constant time.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_only_its_own_keys_and_shows_nothing() {
        let hash = KeyHash::of("00112233445566778899aabbccddeeff");
        assert!(hash.is(&KeyHash::of("00112233445566778899aabbccddeeff")));
        assert!(!hash.is(&KeyHash::of("00112233445566778899aabbccddeefe")));
        assert_eq!(format!("{hash:?}"), "***");
        assert_eq!(KeyHash::from_bytes(hash.as_bytes()), Some(hash));
        assert_eq!(KeyHash::from_bytes(b"short"), None);
    }
}
