//! Reports of orders: the settings, and what a report does to the carts it may be of.

mod matching;
mod token;

use std::time::Duration;

use twocheckout::Credentials;
use twocheckout::ipn::Verifier;

pub use matching::{Ended, Report, end};
pub use token::ShopToken;

use crate::cart::EmailKey;

/// Who may report an order, and how its carts are found.
#[derive(Debug, Clone)]
pub struct Orders {
    /// Verifies 2Checkout's notifications; without it `/api/ipn` is no path.
    pub verifier: Option<Verifier>,
    /// Hashes e-mail addresses; without it no cart is found by its buyer.
    pub email_key: Option<EmailKey>,
    /// What the shop's own server proves itself by; without it `/api/orders` is no path.
    pub shop_token: Option<ShopToken>,
    /// After the shopper was away for so long, 2Checkout is asked whether the lead is used before it is updated (default 7
    /// days).
    pub quiet: Duration,
}

impl Default for Orders {
    fn default() -> Self {
        Self { verifier: None, email_key: None, shop_token: None, quiet: Duration::from_secs(7 * 24 * 3_600) }
    }
}

impl Orders {
    /// As 2Checkout's account allows; no token.
    pub fn of(credentials: &Credentials) -> Self {
        Self {
            verifier: Some(Verifier::new(credentials)),
            email_key: Some(EmailKey::of(credentials)),
            ..Self::default()
        }
    }

    pub(crate) fn quiet_ms(&self) -> u64 {
        u64::try_from(self.quiet.as_millis()).unwrap_or(u64::MAX)
    }
}
