//! Completion and withdrawal: the end of a cart.

use wire::{LeadState, Path, Stamped};

use super::assemble::assemble;
use super::{Cart, KeyHash, Millis, Status};

/// Ends a cart, for good. A cart that is not known yet is closed in advance; of several closings the first counts.
/// `false` when the key is not that of the cart.
///
/// What the shopper typed is erased here and now, except what a completed lead still lacks at 2Checkout: that is erased
/// when it was delivered. For a withdrawal there remain, until the lead is emptied, the fields without which `updateLead`
/// is refused: items, currency, language; and after an `addLead` whose answer is not known the address to find it by.
pub fn close(
    known: &mut Option<Cart>,
    id: &str,
    key: KeyHash,
    end: Status,
    order_reference: Option<&str>,
    now: Millis,
) -> bool {
    let cart = known.get_or_insert_with(|| Cart::new(id, key, now));
    if !cart.key.opens(&key) {
        return false;
    }
    end_cart(cart, end, order_reference, now);
    true
}

/// As [`close()`], by somebody who needs no key. Returns whether the cart was open.
pub(super) fn end_cart(cart: &mut Cart, end: Status, order_reference: Option<&str>, now: Millis) -> bool {
    if cart.status != Status::Open {
        return false;
    }
    cart.status = end;
    cart.updated_at = now;
    cart.order_reference = order_reference.map(str::to_owned);
    cart.version += 1;
    // Those it has are of an order that waited for its payment.
    cart.marked = false;
    cart.erase_address();
    if end == Status::Withdrawn {
        cart.external_reference = None;
    }
    if cart.may_have_lead() || cart.proposed_lead_code.is_some() {
        // What 2Checkout cannot be without is erased here as well: it is read back, to empty the lead.
        cart.needs_read_back |= end == Status::Withdrawn && cart.is_erased();
        cart.state = remains(cart);
        cart.schedule(now);
    } else {
        cart.bury();
    }
    true
}

fn remains(cart: &Cart) -> LeadState {
    if cart.status == Status::Completed {
        return if cart.lacks_only_its_closing() { LeadState::default() } else { cart.state.clone() };
    }
    without_person(&cart.state)
}

/// What a lead cannot be without: items, currency and language, and nothing of its shopper.
pub(crate) fn without_person(state: &LeadState) -> LeadState {
    let mut state = state.clone();
    state.retain(|path, _| matches!(path, Path::Items | Path::Currency | Path::Language));
    // The merchant's own fields on an item may hold what a shopper typed.
    if let (Some(at), Ok(items)) =
        (state.get(Path::Items).map(|change| change.at), serde_json::to_string(&assemble("", &state).emptied().items))
    {
        state.change(Path::Items, Stamped::json(items, at.saturating_add(1)));
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cart::{Saved, save};

    const ID: &str = "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10";

    fn known(lead_code: Option<&str>) -> Option<Cart> {
        let items = r#"[{"Code":"A","Quantity":1,"AdditionalFields":[{"Code":"x","Text":"t","Value":"For Ada"}]}]"#;
        let mut cart = Cart::new(ID, KeyHash::of("k"), 1);
        cart.state = [
            (Path::Items, Stamped::json(items, 1)),
            (Path::Currency, Stamped::text("EUR", 1)),
            ("BillingDetails.Email".parse().unwrap(), Stamped::text("ada@example.com", 1)),
        ]
        .into_iter()
        .collect();
        cart.version = 1;
        cart.lead_code = lead_code.map(str::to_owned);
        Some(cart)
    }

    #[test]
    fn without_a_lead_only_the_tombstone_stays() {
        for end in [Status::Completed, Status::Withdrawn] {
            let mut cart = known(None);
            assert!(close(&mut cart, ID, KeyHash::of("k"), end, None, 5));
            let cart = cart.unwrap();
            assert!(cart.state.is_empty() && cart.is_delivered() && cart.status == end);
        }
    }

    #[test]
    fn a_withdrawal_erases_at_once_what_the_shopper_typed() {
        let mut cart = known(Some("L1"));
        assert!(close(&mut cart, ID, KeyHash::of("k"), Status::Withdrawn, None, 5));
        let cart = cart.unwrap();
        let left = serde_json::to_string(&cart.lead()).unwrap();
        assert!(!left.to_lowercase().contains("ada"), "{left}");
        assert!(cart.is_due(5) && cart.lead().items.len() == 1 && cart.lead().currency.as_deref() == Some("EUR"));
    }

    #[test]
    fn a_completion_keeps_what_2checkout_lacks_and_nothing_else() {
        for (delivered, kept) in [(0, true), (1, false)] {
            let mut cart = known(Some("L1")).map(|cart| Cart { delivered, ..cart });
            assert!(close(&mut cart, ID, KeyHash::of("k"), Status::Completed, None, 5));
            assert_eq!(!cart.unwrap().state.is_empty(), kept);
        }
    }

    #[test]
    fn the_first_closing_counts_and_every_one_succeeds() {
        for (first, second) in [(Status::Completed, Status::Withdrawn), (Status::Withdrawn, Status::Completed)] {
            let mut cart = known(Some("L1"));
            assert!(close(&mut cart, ID, KeyHash::of("k"), first, Some("A-1"), 5));
            assert!(close(&mut cart, ID, KeyHash::of("k"), second, Some("A-2"), 6));
            let cart = cart.unwrap();
            assert_eq!((cart.status, cart.order_reference.as_deref()), (first, Some("A-1")));
        }
    }

    #[test]
    fn a_cart_closed_in_advance_takes_no_save_but_with_its_key() {
        let mut cart = None;
        assert!(close(&mut cart, ID, KeyHash::of("k"), Status::Withdrawn, None, 5));
        assert!(cart.as_ref().unwrap().is_delivered());
        let changes = [(Path::Currency, Stamped::text("EUR", 9))].into_iter().collect();
        assert_eq!(save(&mut cart, ID, KeyHash::of("k"), &changes, 9), Saved::Closed(Status::Withdrawn));
        assert_eq!(save(&mut cart, ID, KeyHash::of("x"), &changes, 9), Saved::WrongKey);
        assert!(!close(&mut cart, ID, KeyHash::of("x"), Status::Completed, None, 9));
    }
}
