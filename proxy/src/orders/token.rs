//! What the shop's own server proves itself by.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The shop's token, as a hash: it stands nowhere in the clear once it was read. `Debug` prints `***`.
#[derive(Clone, derive_more::Debug)]
#[debug("***")]
pub struct ShopToken([u8; 32]);

impl ShopToken {
    /// A token.
    pub fn new(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Whether this is it; takes the same time wherever they differ.
    pub(crate) fn is(&self, token: &[u8]) -> bool {
        Sha256::digest(token).as_slice().ct_eq(&self.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_itself_alone_and_shows_nothing() {
        let token = ShopToken::new("hunter2-hunter2-hunter2");
        assert!(token.is(b"hunter2-hunter2-hunter2"));
        for other in ["", "hunter2-hunter2-hunter", "hunter2-hunter2-hunter22", "HUNTER2-hunter2-hunter2"] {
            assert!(!token.is(other.as_bytes()), "{other}");
        }
        assert_eq!(format!("{token:?}"), "***");
    }
}
