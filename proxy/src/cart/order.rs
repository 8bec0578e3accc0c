//! An order ends the cart it came from, whoever reports it. Pure.

use super::close::end_cart;
use super::{Cart, KeyHash, Millis, Status};

/// What an order means for a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderEnd {
    /// It is bought: the cart is completed.
    Completed,
    /// The order waits for its payment: the mails stop, the cart stays open.
    FollowupsStopped,
}

/// Enters an order into a cart. `begun_by` is the latest moment at which its cart may have begun: one that began later
/// belongs to the next order. Returns whether anything has changed.
pub fn end_by_order(
    cart: &mut Cart,
    end: OrderEnd,
    order_reference: Option<&str>,
    begun_by: Option<Millis>,
    now: Millis,
) -> bool {
    if cart.status != Status::Open || begun_by.is_some_and(|latest| cart.created_at > latest) {
        return false;
    }
    match end {
        OrderEnd::Completed => end_cart(cart, Status::Completed, order_reference, now),
        OrderEnd::FollowupsStopped if cart.followups_stopped => false,
        OrderEnd::FollowupsStopped => {
            cart.followups_stopped = true;
            cart.marked = false;
            if cart.lacks_marks() {
                cart.schedule(now);
            }
            true
        }
    }
}

/// The end of a cart by an operator, who needs no key. Returns whether the cart was open.
pub fn end_by_operator(cart: &mut Cart, end: Status, order_reference: Option<&str>, now: Millis) -> bool {
    end_cart(cart, end, order_reference, now)
}

/// The end of a cart that no browser has told of yet: whatever it sends later finds the cart closed.
pub fn close_in_advance(id: &str, order_reference: Option<&str>, now: Millis) -> Cart {
    let mut cart = Cart::new(id, KeyHash::of_nobody(), now);
    end_cart(&mut cart, Status::Completed, order_reference, now);
    cart
}

#[cfg(test)]
mod tests {
    use wire::{LeadState, Path, Stamped};

    use super::*;
    use crate::cart::{EmailKey, Saved, close, save};

    const ID: &str = "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10";

    fn begun_at(now: Millis) -> Cart {
        let changes: LeadState = [
            (Path::Items, Stamped::json(r#"[{"Code":"A","Quantity":1}]"#, 1)),
            (Path::Currency, Stamped::text("EUR", 1)),
            (Path::ExternalReference, Stamped::text("A-1", 1)),
            ("BillingDetails.Email".parse().unwrap(), Stamped::text("ada@example.com", 1)),
        ]
        .into_iter()
        .collect();
        let mut cart = None;
        save(&mut cart, ID, KeyHash::of("k"), &changes, now);
        let mut cart = cart.unwrap();
        cart.index(Some(&EmailKey::of(&twocheckout::Credentials::new("M", "secret"))));
        Cart { lead_code: Some("L1".into()), delivered: cart.version, next_attempt_at: None, ..cart }
    }

    #[test]
    fn an_order_ends_a_cart_that_began_before_it_and_no_other() {
        for (begun_by, ends) in [(None, true), (Some(10), true), (Some(9), false)] {
            let mut cart = begun_at(10);
            assert_eq!(end_by_order(&mut cart, OrderEnd::Completed, Some("7"), begun_by, 20), ends);
            assert_eq!(cart.status == Status::Completed, ends, "{begun_by:?}");
            assert_eq!(cart.is_due(20), ends);
        }
    }

    #[test]
    fn reports_that_are_repeated_or_come_in_another_order_change_nothing() {
        let mut cart = begun_at(10);
        assert!(end_by_order(&mut cart, OrderEnd::Completed, Some("7"), Some(15), 20));
        let before = cart.clone();
        for (end, order) in [(OrderEnd::Completed, "7"), (OrderEnd::Completed, "8"), (OrderEnd::FollowupsStopped, "7")]
        {
            assert!(!end_by_order(&mut cart, end, Some(order), Some(25), 30));
        }
        assert_eq!(cart, before);
    }

    #[test]
    fn an_order_that_waits_for_its_payment_stops_the_mails_once_and_the_cart_stays_open() {
        let mut cart = begun_at(10);
        assert!(end_by_order(&mut cart, OrderEnd::FollowupsStopped, None, Some(15), 20));
        assert!(!end_by_order(&mut cart, OrderEnd::FollowupsStopped, None, Some(15), 21));
        assert!(cart.status == Status::Open && cart.is_due(20) && !cart.state.is_empty());
        assert!(end_by_order(&mut cart, OrderEnd::Completed, Some("7"), Some(15), 22), "it is paid later");
        assert!(cart.status == Status::Completed && cart.is_due(22));
    }

    #[test]
    fn a_closed_cart_is_found_by_its_order_and_not_by_its_buyer() {
        let mut cart = begun_at(10);
        assert!(cart.email_hash.is_some());
        end_by_order(&mut cart, OrderEnd::Completed, None, None, 20);
        assert_eq!((cart.external_reference.as_deref(), cart.email_hash), (Some("A-1"), None));
        let mut withdrawn = Some(begun_at(10));
        close(&mut withdrawn, ID, KeyHash::of("k"), Status::Withdrawn, None, 20);
        assert_eq!(withdrawn.map(|cart| (cart.external_reference, cart.email_hash)), Some((None, None)));
    }

    #[test]
    fn a_cart_that_was_ended_in_advance_is_closed_to_every_key() {
        let mut cart = Some(close_in_advance(ID, Some("7"), 5));
        let changes = [(Path::Currency, Stamped::text("EUR", 9))].into_iter().collect();
        for key in ["k", "another"] {
            assert_eq!(save(&mut cart, ID, KeyHash::of(key), &changes, 9), Saved::Closed(Status::Completed));
            assert!(close(&mut cart, ID, KeyHash::of(key), Status::Withdrawn, None, 9));
        }
        assert!(cart.is_some_and(|cart| cart.is_delivered() && cart.state.is_empty()));
    }
}
