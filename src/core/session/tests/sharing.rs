use super::*;

#[test]
fn a_reload_updates_the_same_lead_and_sends_nothing_when_nothing_changed() {
    let page = saved(Consent::Granted);
    let cart = page.stored.as_ref().unwrap().cart.owner.cart.clone();
    let mut reloaded = Page::open(Consent::Granted, page.stored.clone(), page.now + 1);
    reloaded.type_into(EMAIL, "ada@example.com");
    reloaded.wait(900);
    assert_eq!(reloaded.sent, 0, "the proxy has confirmed just this");
    reloaded.type_into(CITY, "Turin");
    reloaded.wait(900);
    let body = reloaded.save();
    assert_eq!((body["cart"].as_str(), body["lead_code"].as_str()), (Some(cart.as_str()), Some("L1")));
}

#[test]
fn a_reload_to_an_empty_form_clears_nothing() {
    let page = saved(Consent::Granted);
    let mut reloaded = Page::open(Consent::Granted, page.stored.clone(), page.now + 1);
    reloaded.type_into(EMAIL, "");
    reloaded.type_into(CITY, "Turin");
    reloaded.wait(900);
    assert!(reloaded.save()["changes"].get("BillingDetails.Email").is_none());
}

#[test]
fn a_page_that_wakes_up_leaves_the_record_of_the_next_purchase_alone() {
    let mut old = saved(Consent::Granted);
    let next = new_record(wire::request::Owner { cart: "next-purchase-cart".into(), key: "k".repeat(32) }, old.now);
    old.stored = Some(next.clone());
    old.find_stored(old.stored.clone());
    old.type_into(CITY, "Turin");
    old.wait(900);
    old.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: false }));
    assert_eq!(old.stored, Some(next));
    assert_eq!(old.state(), State::Closed);
}

#[test]
fn a_tab_that_has_sent_nothing_joins_the_cart_of_the_other() {
    let page = saved(Consent::Granted);
    let mut other = Page::open(Consent::Granted, None, page.now);
    other.stored = page.stored.clone();
    other.type_into(EMAIL, "ada@example.org");
    other.wait(900);
    assert_eq!(other.save()["cart"].as_str(), page.stored.as_ref().map(|r| r.cart.owner.cart.as_str()));
}

#[test]
fn tabs_that_begin_together_begin_one_cart() {
    let (mut a, mut b) = (Page::open(Consent::Granted, None, 1_000_000), Page::open(Consent::Granted, None, 1_000_001));
    a.type_into(EMAIL, "ada@example.com");
    b.type_into(EMAIL, "ada@example.org");
    a.wait(800);
    b.wait(800);
    assert!(a.stored.is_some() && b.stored.is_some(), "neither knew of the other");
    a.stored = b.stored.clone(); // storage keeps what was written last
    a.wait(100);
    b.wait(100);
    assert_eq!(a.save()["cart"], b.save()["cart"]);
}

#[test]
fn a_page_keeps_its_cart_when_storage_is_cleared() {
    let mut page = saved(Consent::Granted);
    let cart = page.stored.take().unwrap().cart.owner.cart;
    page.type_into(CITY, "Turin");
    page.wait(900);
    assert_eq!(page.save()["cart"].as_str(), Some(cart.as_str()));
    assert!(page.stored.is_some(), "and writes it down again");
}

#[test]
fn a_page_writes_its_record_again_when_the_one_of_another_page_is_gone() {
    let mut page = saved(Consent::Granted);
    let own = page.stored.clone().map(|record| record.cart.owner);
    let other = new_record(wire::request::Owner { cart: "another-pages-cart".into(), key: "k".repeat(32) }, page.now);
    page.find_stored(Some(other));
    page.stored = None;
    page.type_into(CITY, "Turin");
    page.event(Event::Hidden);
    assert_eq!(page.stored.clone().map(|record| record.cart.owner), own);
}

#[test]
fn a_record_that_another_script_took_away_is_written_again() {
    let mut page = Page::open(Consent::Granted, None, 1_000);
    page.find_stored(None);
    assert_eq!(page.stored, None, "a page without a cart has nothing to write");
    page.type_into(EMAIL, "ada@example.com");
    page.wait(5_000);
    let record = page.stored.take();
    assert!(record.is_some());
    page.find_stored(None);
    assert_eq!(page.stored.clone().map(|record| record.cart.owner), record.map(|record| record.cart.owner));
}

#[test]
fn a_cart_that_begins_outlives_the_record_of_one_that_is_over() {
    let mut old = saved(Consent::Granted);
    old.event(Event::Complete { order_reference: None });
    // Storage has failed for a while, and takes the record of the older page just now.
    let mut page = Page::open(Consent::Granted, None, old.now);
    page.type_into(EMAIL, "ada@example.com");
    page.wait(800);
    assert_eq!((page.sent, page.stored.is_some()), (0, true), "it begins");
    page.stored.clone_from(&old.stored);
    page.wait(1_000);
    let body = page.save();
    assert_ne!(body["cart"], old.stored.as_ref().expect("a record").cart.owner.cart.as_str());
    assert_eq!(page.stored, old.stored, "which the older page still needs");
}

#[test]
fn pages_that_wake_together_with_something_unsent_do_not_call_together() {
    let mut first = saved(Consent::Granted);
    first.type_into(CITY, "Turin");
    first.wait(900);
    first.answer(RequestOutcome::NoAnswer);
    let mut sent_at = BTreeSet::new();
    for tab in 0..20 {
        let mut page = Page::open_untouched(Consent::Granted, first.stored.clone(), first.now + tab);
        // Shorter than the time over which they spread.
        page.session.outbox.debounce = Debounce::new(100, 5_000);
        let woken = page.now;
        page.event(Event::Awake { restored: false });
        while page.requests.is_empty() {
            page.wait(10);
        }
        sent_at.insert((page.now - woken) / 100);
    }
    assert!(sent_at.len() > 3, "in these tenths of a second: {sent_at:?}");
}
