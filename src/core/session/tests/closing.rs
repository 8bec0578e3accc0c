use super::*;

#[test]
fn a_completed_cart_is_never_sent_again_and_the_next_purchase_is_a_new_cart() {
    let mut page = saved(Consent::Granted);
    let cart = page.stored.as_ref().unwrap().cart.owner.cart.clone();
    page.type_into(CITY, "Turin");
    page.event(Event::Complete { order_reference: Some("A-1".into()) });
    page.type_into(CITY, "Rome");
    page.event(Event::Hidden);
    page.wait(20_000);
    let (id, route, body) = page.requests.pop_front().unwrap();
    assert_eq!((route, body["order_reference"].as_str(), page.requests.len()), (Route::Complete, Some("A-1"), 0));
    page.event(Event::Answered { id, outcome: RequestOutcome::Answered(Answer::Closed { withdrawn: false }) });
    assert_eq!(page.state(), State::Closed);

    let mut next = Page::open(Consent::Granted, page.stored.clone(), page.now + 1_000);
    assert_eq!(next.state(), State::Closed);
    next.wait(10_000);
    next.type_into(EMAIL, "ada@example.com");
    next.wait(900);
    assert_ne!(next.save()["cart"].as_str(), Some(cart.as_str()));

    page.stored = next.stored.clone();
    page.find_stored(next.stored.clone());
    page.type_into(CITY, "Oslo");
    page.wait(10_000);
    assert_eq!((page.requests.len(), page.state()), (0, State::Closed), "the page of the first purchase stays closed");
    page.event(Event::Items { any: true });
    page.wait(10_000);
    assert_eq!(page.requests.len(), 1, "unless it is given another cart");
}

#[test]
fn a_completion_that_is_refused_is_told_by_the_next_page() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: None });
    page.answer(RequestOutcome::Status(404, None));
    assert!(page.session.is_settled());
    let mut next = Page::open(Consent::Granted, page.stored.clone(), page.now + 1_000);
    next.event(Event::Awake { restored: false });
    next.wait(2_000);
    assert_eq!(next.requests.front().map(|request| request.1), Some(Route::Complete));
}

#[test]
fn a_closed_answer_ends_the_cart() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    page.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: false }));
    page.type_into(CITY, "Rome");
    page.wait(20_000);
    assert_eq!((page.requests.len(), page.state()), (0, State::Closed));
}

#[test]
fn a_pause_that_finds_the_cart_closed_elsewhere_is_over() {
    let mut other = saved(Consent::Granted);
    other.event(Event::Complete { order_reference: None });
    let mut page = Page::open(Consent::Granted, None, other.now);
    page.type_into(CITY, "Turin");
    page.stored = other.stored.clone();
    page.find_stored(other.stored.clone());
    page.wait(10_000);
    assert_eq!((page.alarm, page.sent, page.state()), (None, 0, State::Closed));
}

#[test]
fn a_next_purchase_waits_until_the_proxy_knows_of_the_last_one() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: Some("A-1".into()) });
    page.answer(RequestOutcome::NoAnswer);
    page.event(Event::Items { any: true });
    let mut next = Page::open(Consent::Granted, page.stored.clone(), page.now + 1);
    for page in [&mut page, &mut next] {
        page.type_into(EMAIL, "ada@example.com");
        page.wait(20_000);
        let (id, route, _) = page.requests.pop_front().expect("the completion");
        assert_eq!((route, page.requests.len()), (Route::Complete, 0));
        assert!(page.stored.as_ref().is_some_and(Record::is_pending));
        page.event(Event::Answered { id, outcome: RequestOutcome::Answered(Answer::Closed { withdrawn: false }) });
        page.wait(1_000);
        assert_eq!(page.requests.front().map(|request| request.1), Some(Route::Save), "and then it begins by itself");
    }
}

#[test]
fn a_completion_that_is_refused_does_not_hold_up_the_next_purchase() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: None });
    page.answer(RequestOutcome::Status(403, None));
    page.event(Event::Items { any: true });
    page.wait(1_000);
    assert_eq!(page.requests.front().map(|request| request.1), Some(Route::Save));
}

#[test]
fn what_the_proxy_is_still_to_be_told_stays_what_it_is() {
    let mut bought = saved(Consent::Ask);
    bought.event(Event::Complete { order_reference: None });
    bought.answer(RequestOutcome::NoAnswer);
    bought.event(Event::Consent(false));
    bought.wait(20_000);
    assert_eq!(bought.requests.front().map(|request| request.1), Some(Route::Complete), "a no after the order");
    bought.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: false }));
    assert!(
        !Page::open(Consent::Granted, bought.stored.clone(), bought.now + 1).session.has_consent(),
        "is remembered"
    );

    let mut withdrawn = saved(Consent::Ask);
    withdrawn.event(Event::Consent(false));
    withdrawn.answer(RequestOutcome::NoAnswer);
    withdrawn.event(Event::Complete { order_reference: None });
    withdrawn.event(Event::Consent(true));
    withdrawn.wait(20_000);
    assert_eq!(withdrawn.requests.front().map(|request| request.1), Some(Route::Withdraw), "a tick after the no");
}

#[test]
fn an_end_that_storage_did_not_take_is_written_again() {
    let mut page = saved(Consent::Granted);
    let open = page.stored.clone();
    page.event(Event::Consent(false));
    page.stored = open.clone();
    page.answer(RequestOutcome::NoAnswer);
    page.wait(20_000);
    assert!(page.stored.as_ref().is_some_and(Record::is_pending), "with the next attempt");
    page.stored = open;
    page.event(Event::Hidden);
    assert!(page.stored.as_ref().is_some_and(Record::is_pending), "and when the page goes");
}

#[test]
fn an_alarm_of_a_thawed_page_leaves_the_next_cart_alone() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: None });
    page.answer(RequestOutcome::NoAnswer);
    assert!(page.alarm.is_some(), "it is tried again");
    let mut next = saved(Consent::Granted);
    next.stored.as_mut().expect("a record").cart.owner.cart = "another".into();
    page.stored.clone_from(&next.stored);
    page.wait(20_000);
    assert_eq!(page.stored, next.stored);
}

#[test]
fn no_cart_that_was_left_is_taken_up_again() {
    let mut page = saved(Consent::Granted);
    // Storage takes nothing from here on.
    let stuck = page.stored.clone();
    for _ in 0..2 {
        page.event(Event::Complete { order_reference: None });
        page.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: false }));
        page.stored.clone_from(&stuck);
        page.event(Event::Items { any: true });
        page.wait(5_000);
        page.stored.clone_from(&stuck);
        assert_ne!(page.save()["cart"], stuck.as_ref().expect("a record").cart.owner.cart.as_str());
    }
}

#[test]
fn a_page_loaded_before_the_order_begins_no_next_purchase_when_its_module_comes_after_it() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: None });
    page.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: false }));
    let ordered = page.now;
    for (loaded, begins) in [(ordered - 1_000, false), (ordered, true), (ordered + 1_000, true)] {
        let mut other = Page::loaded_at(loaded, Consent::Granted, page.stored.clone(), ordered + 2_000);
        other.event(Event::Touched);
        other.type_into(EMAIL, "ada@example.com");
        other.wait(5_000);
        assert_eq!(other.sent > 0, begins, "loaded at {loaded}, ordered at {ordered}");
        if !begins {
            other.event(Event::Items { any: true });
            other.wait(5_000);
            assert!(other.sent > 0, "another cart is the next purchase");
        }
    }
}
