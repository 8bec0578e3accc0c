//! A simulation that cannot fail proves nothing: with each protection taken away it finds what that one is for.

use simulation::{Protection, run};

/// So many seeds are enough to find each.
const MOST_SEEDS: u64 = 2_000;

/// Whether what is found first is one of these promises, broken.
fn finds(without: Protection, promises: &[&str]) -> bool {
    let broken = (0..MOST_SEEDS).find_map(|seed| run(seed, Some(without), false).violation);
    broken.is_some_and(|violation| promises.contains(&violation.promise))
}

#[test]
fn without_single_flight_a_cart_gets_two_leads_or_an_older_update_wins() {
    assert!(finds(Protection::SingleFlight, &["one lead for a cart", "what the proxy has reaches 2Checkout"]));
}

#[test]
fn without_the_search_after_a_lost_add_a_cart_gets_two_leads() {
    assert!(finds(Protection::Reconciliation, &["one lead for a cart"]));
}

#[test]
fn without_the_tombstone_a_late_save_brings_a_closed_cart_back() {
    assert!(finds(Protection::Tombstone, &["nothing after the end", "the end reaches 2Checkout"]));
}

#[test]
fn without_the_moment_of_each_field_an_older_value_wins() {
    assert!(finds(Protection::FieldTime, &["the newest value of every field"]));
}

#[test]
fn without_another_mark_after_an_update_a_buyer_gets_mails() {
    assert!(finds(
        Protection::MarkAgain,
        &["the end reaches 2Checkout", "only an end, or an order that waits for its payment, stops the mails"]
    ));
}

#[test]
fn without_the_time_of_an_order_it_ends_the_next_purchase() {
    assert!(finds(Protection::OrderTime, &["an order ends no cart that began after it"]));
}

#[test]
fn without_the_record_before_the_request_a_purchase_gets_two_carts_or_an_edit_is_lost() {
    assert!(finds(
        Protection::DirtyFlag,
        &["one cart for one purchase", "the last edit arrives", "the newest value of every field", "the end arrives"]
    ));
}

#[test]
fn without_keepalive_the_last_edit_dies_with_its_page() {
    assert!(finds(Protection::Keepalive, &["the last edit leaves with its page"]));
}
