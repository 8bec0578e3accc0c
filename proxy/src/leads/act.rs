//! What an operator does to a cart. Pure.

use wire::LeadState;

use crate::cart::{Cart, Millis, Status, end_by_operator};

/// What is to be done to a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Its order is placed.
    Complete {
        /// The order's number.
        order_reference: Option<String>,
    },
    /// Its shopper has taken the consent back.
    Withdraw,
    /// Its shopper wants to be forgotten.
    Erase {
        /// The proof of the consent goes too.
        with_consent: bool,
    },
    /// What 2Checkout refused, or has not answered, is tried again at once.
    Retry,
}

impl Act {
    /// For output and logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Complete { .. } => "complete",
            Self::Withdraw => "withdraw",
            Self::Erase { .. } => "erase",
            Self::Retry => "retry",
        }
    }
}

/// Does it. Returns whether it changed anything.
pub fn apply(cart: &mut Cart, act: &Act, now: Millis) -> bool {
    match act {
        Act::Complete { order_reference } => end_by_operator(cart, Status::Completed, order_reference.as_deref(), now),
        Act::Withdraw => end_by_operator(cart, Status::Withdrawn, None, now),
        Act::Erase { with_consent } => {
            let before = cart.clone();
            end_by_operator(cart, Status::Withdrawn, None, now);
            erase_the_rest(cart, *with_consent);
            *cart != before
        }
        Act::Retry => retry(cart, now),
    }
}

/// What a closed cart still has of the shopper. A withdrawn one has nothing by then that was typed; a completed one may have
/// the last edit, which 2Checkout lacks.
fn erase_the_rest(cart: &mut Cart, with_consent: bool) {
    cart.external_reference = None;
    if cart.status == Status::Completed && !cart.state.is_empty() {
        cart.state = LeadState::default();
        // The mark is all that is left to deliver.
        cart.delivered = cart.delivered.max(cart.version.saturating_sub(1));
        cart.marked = false;
    }
    if with_consent {
        cart.consent = None;
        cart.email_hash = None;
    }
}

fn retry(cart: &mut Cart, now: Millis) -> bool {
    // What somebody is at is being tried; what settles or is withheld has its reason.
    let waits = cart.holder.is_none() && !(cart.is_withheld && cart.status == Status::Open);
    let settles = cart.adding.is_some() && cart.next_attempt_at.is_some_and(|at| at > now);
    if cart.is_delivered() || !waits || settles {
        return false;
    }
    let is_ready = cart.may_have_lead() || Cart::address_of_add(&cart.lead()).is_some();
    if !is_ready || (cart.next_attempt_at.is_some_and(|at| at <= now) && !cart.parked) {
        return false;
    }
    (cart.parked, cart.attempts, cart.next_attempt_at) = (false, 0, Some(now));
    true
}

#[cfg(test)]
mod tests {
    use wire::{Path, Stamped};

    use super::*;
    use crate::cart::{Consent, EmailHash, KeyHash};

    fn lead() -> Cart {
        let mut cart = Cart::new("6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", KeyHash::of("k"), 1);
        cart.state = [
            (Path::Items, Stamped::json(r#"[{"Code":"A","Quantity":1}]"#, 1)),
            (Path::Currency, Stamped::text("EUR", 1)),
            ("BillingDetails.Email".parse().unwrap(), Stamped::text("ada@example.com", 1)),
        ]
        .into_iter()
        .collect();
        (cart.lead_code, cart.version, cart.delivered) = (Some("L1".into()), 2, 1);
        cart.external_reference = Some("A-1".into());
        let (mode, text, language) = (crate::cart::ConsentMode::Ask, Some("Yes".into()), Some("EN".into()));
        cart.consent = Some(Consent { mode, at: 1, text, language });
        cart.email_hash = EmailHash::from_bytes(&[7; 32]);
        cart
    }

    fn typed(cart: &Cart) -> String {
        serde_json::to_string(&cart.lead()).unwrap()
    }

    #[test]
    fn an_erasure_leaves_nothing_that_was_typed_whatever_the_state() {
        for before in [None, Some(Act::Complete { order_reference: Some("7".into()) }), Some(Act::Withdraw)] {
            for with_consent in [false, true] {
                let mut cart = lead();
                if let Some(act) = &before {
                    assert!(apply(&mut cart, act, 5));
                }
                assert!(apply(&mut cart, &Act::Erase { with_consent }, 6) || before == Some(Act::Withdraw));
                assert!(!typed(&cart).contains("ada"), "{before:?}");
                assert!(cart.is_due(6) && cart.status != Status::Open, "2Checkout has to know: {before:?}");
                assert_eq!(cart.consent.is_none() && cart.email_hash.is_none(), with_consent);
                assert!(!apply(&mut cart, &Act::Erase { with_consent }, 7), "once");
            }
        }
    }

    #[test]
    fn a_closed_cart_stays_closed_as_it_was() {
        let mut cart = lead();
        assert!(apply(&mut cart, &Act::Complete { order_reference: Some("7".into()) }, 5));
        assert!(!apply(&mut cart, &Act::Withdraw, 6));
        assert!(!apply(&mut cart, &Act::Complete { order_reference: None }, 6));
        assert_eq!((cart.status, cart.order_reference.as_deref()), (Status::Completed, Some("7")));
    }

    #[test]
    fn a_retry_is_for_what_was_refused_or_waits_and_for_nothing_else() {
        let refused = Cart { parked: true, attempts: 20, ..lead() };
        let cases = [
            ("given up", refused.clone(), true),
            ("backs off", Cart { next_attempt_at: Some(500), attempts: 3, ..lead() }, true),
            ("due", Cart { next_attempt_at: Some(4), ..lead() }, false),
            ("delivered", Cart { delivered: 2, ..lead() }, false),
            ("held", Cart { holder: Some("a".into()), next_attempt_at: Some(500), ..lead() }, false),
            ("withheld", Cart { is_withheld: true, ..refused.clone() }, false),
            ("no lead yet", Cart { lead_code: None, state: LeadState::default(), ..lead() }, false),
        ];
        for (name, mut cart, expected) in cases {
            assert_eq!(apply(&mut cart, &Act::Retry, 5), expected, "{name}");
            assert_eq!(cart.is_due(5) && !cart.parked, expected || name == "due", "{name}");
        }
    }
}
