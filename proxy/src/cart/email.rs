//! Finds the carts of an e-mail address without keeping an index of addresses.

use hmac::{KeyInit, Mac, SimpleHmac};
use sha2::Sha256;

/// The key of the hashes. It is derived from the account's secret key, so whoever has a copy of the store alone cannot try
/// out addresses. With another secret key a cart is found again after its next change.
#[derive(Clone, derive_more::Debug)]
#[debug("***")]
pub struct EmailKey([u8; 32]);

/// The keyed hash of an address.
#[derive(Clone, Copy, PartialEq, Eq, derive_more::Debug)]
#[debug("***")]
pub struct EmailHash([u8; 32]);

impl EmailKey {
    /// What [`twocheckout::Credentials::derive_key`] is asked for.
    const PURPOSE: &str = "leadkeep: the index of e-mail addresses";

    /// The key of an account.
    pub fn of(credentials: &twocheckout::Credentials) -> Self {
        Self(credentials.derive_key(Self::PURPOSE))
    }

    /// The hash of an address, which is the same however it is cased and whatever follows a `+` in it: `ada+shop@example.com`
    /// reaches `ada@example.com`.
    pub fn hash(&self, email: &str) -> EmailHash {
        let normal = normalize(email);
        // HMAC takes a key of any length (RFC 2104, section 2), so this never is an error.
        let mac = <SimpleHmac<Sha256> as KeyInit>::new_from_slice(&self.0);
        EmailHash(mac.map(|mac| mac.chain_update(normal).finalize().into_bytes().into()).unwrap_or_default())
    }
}

/// Lower case, without what follows a `+` in the part before the `@`.
pub(crate) fn normalize(email: &str) -> String {
    let lower = email.trim().to_lowercase();
    match lower.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or_default()),
        None => lower,
    }
}

impl EmailHash {
    /// As it stands in the store; `None` when those are not 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// For the store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use twocheckout::Credentials;

    use super::*;

    #[test]
    fn an_address_has_one_hash_however_it_is_cased_and_another_one_in_another_account() {
        let key = EmailKey::of(&Credentials::new("M", "secret"));
        assert_eq!(key.hash("Zoë@Example.com"), key.hash(" zoË@example.COM "));
        assert_eq!(key.hash("zoe+shop+1@example.com"), key.hash("Zoe@example.com"));
        assert_ne!(key.hash("zoe@example.com"), key.hash("zoé@example.com"));
        let other = EmailKey::of(&Credentials::new("M", "another secret"));
        assert_ne!(key.hash("zoe@example.com"), other.hash("zoe@example.com"));
        assert_eq!(format!("{key:?} {:?}", key.hash("a@b.example")), "*** ***");
        assert_eq!(EmailHash::from_bytes(key.hash("a").as_bytes()), Some(key.hash("a")));
    }
}
