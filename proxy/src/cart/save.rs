//! A save: the changes of one request enter the cart.

use wire::LeadState;

use super::{Cart, KeyHash, Millis, Status};

/// What a save did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It is the cart of somebody else.
    WrongKey,
    /// The cart was completed or withdrawn before; nothing was kept.
    Closed(Status),
    /// There was nothing to keep and the cart is unknown: no record is made of it.
    Nothing,
    /// Merged. 2Checkout has it when it has this `version`.
    Merged {
        /// See [`Cart::version`].
        version: u64,
    },
}

/// Merges changes into a cart, which begins here if it is not known yet.
///
/// Only what makes another lead counts: the same text typed again is kept with its new moment, but 2Checkout is not told
/// twice.
pub fn save(known: &mut Option<Cart>, id: &str, key: KeyHash, changes: &LeadState, now: Millis) -> Saved {
    if known.is_none() && changes.is_empty() {
        return Saved::Nothing;
    }
    let cart = known.get_or_insert_with(|| Cart::new(id, key, now));
    if !cart.key.opens(&key) {
        return Saved::WrongKey;
    }
    if cart.status != Status::Open {
        return Saved::Closed(cart.status);
    }
    let before = cart.lead();
    let was_erased = cart.is_erased();
    if cart.state.merge(changes.clone()) {
        cart.updated_at = now;
        cart.needs_read_back |= was_erased;
        let lead = cart.lead();
        if lead != before {
            cart.version += 1;
            if cart.may_have_lead() || cart.proposed_lead_code.is_some() || Cart::address_of_add(&lead).is_some() {
                cart.schedule(now);
            }
        }
    }
    Saved::Merged { version: cart.version }
}

#[cfg(test)]
mod tests {
    use wire::{Path, Stamped};

    use super::*;

    const ID: &str = "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10";

    fn changes(at: u64, list: &[(&str, &str)]) -> LeadState {
        list.iter()
            .map(|(path, text)| {
                let path: Path = path.parse().unwrap();
                (path, if path.is_json() { Stamped::json(*text, at) } else { Stamped::text(*text, at) })
            })
            .collect()
    }

    fn ready() -> LeadState {
        let items = ("Items", r#"[{"Code":"A","Quantity":1}]"#);
        changes(1, &[("BillingDetails.Email", "ada@example.com"), items, ("Currency", "EUR")])
    }

    #[test]
    fn a_cart_waits_for_an_address_an_item_and_a_currency() {
        for missing in ["BillingDetails.Email", "Items", "Currency"] {
            let mut part = ready();
            part.retain(|path, _| path.name() != missing);
            let mut cart = None;
            assert_eq!(save(&mut cart, ID, KeyHash::of("k"), &part, 7), Saved::Merged { version: 1 });
            assert!(!cart.as_ref().unwrap().is_due(7), "without {missing}");
            save(&mut cart, ID, KeyHash::of("k"), &ready(), 8);
            assert!(cart.unwrap().is_due(8), "with {missing}");
        }
    }

    #[test]
    fn what_makes_no_other_lead_is_not_told_again() {
        let mut cart = None;
        save(&mut cart, ID, KeyHash::of("k"), &ready(), 7);
        let same_text_later = changes(9, &[("Currency", "EUR")]);
        assert_eq!(save(&mut cart, ID, KeyHash::of("k"), &same_text_later, 9), Saved::Merged { version: 1 });
        assert_eq!(cart.as_ref().unwrap().state.get(Path::Currency).unwrap().at, 9);
        let older = changes(8, &[("Currency", "USD")]);
        assert_eq!(save(&mut cart, ID, KeyHash::of("k"), &older, 10), Saved::Merged { version: 1 });
    }

    #[test]
    fn a_wrong_key_changes_nothing() {
        let mut cart = None;
        save(&mut cart, ID, KeyHash::of("k"), &ready(), 7);
        let before = cart.clone();
        let changes = changes(9, &[("Currency", "USD")]);
        assert_eq!(save(&mut cart, ID, KeyHash::of("other"), &changes, 9), Saved::WrongKey);
        assert_eq!(cart, before);
    }

    #[test]
    fn nothing_to_keep_makes_no_record() {
        let mut cart = None;
        assert_eq!(save(&mut cart, ID, KeyHash::of("k"), &LeadState::default(), 7), Saved::Nothing);
        assert_eq!(cart, None);
    }

    #[test]
    fn a_change_ends_the_parking_but_not_a_back_off() {
        let mut cart = None;
        save(&mut cart, ID, KeyHash::of("k"), &ready(), 7);
        let record = cart.as_mut().unwrap();
        (record.parked, record.next_attempt_at, record.attempts) = (true, None, 3);
        save(&mut cart, ID, KeyHash::of("k"), &changes(9, &[("Currency", "USD")]), 9);
        let record = cart.as_mut().unwrap();
        assert!(record.is_due(9) && !record.parked && record.attempts == 0);
        record.next_attempt_at = Some(500);
        save(&mut cart, ID, KeyHash::of("k"), &changes(10, &[("Currency", "RON")]), 10);
        assert_eq!(cart.unwrap().next_attempt_at, Some(500));
    }
}
