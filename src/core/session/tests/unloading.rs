use super::*;

#[test]
fn what_could_not_be_delivered_is_kept_and_delivered_by_the_next_page() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.event(Event::Hidden);
    assert_eq!(page.requests.len(), 1, "sent at once");
    assert!(page.stored.as_ref().unwrap().is_pending(), "and kept");
    let mut next = Page::open(Consent::Granted, page.stored.clone(), page.now + 60_000);
    next.draft = Draft::default();
    next.event(Event::Awake { restored: false });
    next.wait(2_000);
    assert_eq!(next.save()["changes"]["BillingDetails.City"]["value"], "Turin");
    assert!(!next.stored.as_ref().unwrap().is_pending(), "removed on confirmation");
}

#[test]
fn leaving_sends_the_last_change_even_while_another_request_is_under_way() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turi");
    page.wait(900);
    page.type_into(CITY, "Turin");
    page.event(Event::Hidden);
    page.event(Event::Hidden);
    assert_eq!(page.requests.len(), 2, "once each");
    page.save();
    assert!(page.stored.as_ref().unwrap().is_pending(), "the older answer confirms only the older change");
    page.save();
    assert!(!page.stored.as_ref().unwrap().is_pending());
}

#[test]
fn a_page_out_of_the_cache_asks_again_what_was_never_answered() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.event(Event::Hidden);
    let (lost, ..) = page.requests.pop_front().expect("the parting save");
    page.event(Event::Awake { restored: true });
    page.wait(2_000);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Turin");
    assert_eq!((page.state(), page.requests.len()), (State::Saved, 0));
    page.event(Event::Answered { id: lost, outcome: RequestOutcome::NoAnswer });
    assert_eq!(page.state(), State::Saved, "an answer that comes after all says nothing");

    page.event(Event::Complete { order_reference: None });
    page.requests.clear();
    page.event(Event::Awake { restored: true });
    page.wait(2_000);
    assert_eq!(page.requests.front().map(|(_, route, _)| *route), Some(Route::Complete));
}

#[test]
fn the_last_edit_leaves_with_its_page_while_the_same_change_is_in_flight_without_keepalive() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    // The network is gone for a moment: the next attempt goes without `keepalive`, and would die with its page.
    page.answer(RequestOutcome::NoAnswer);
    page.wait(5_000);
    let (dying, ..) = page.requests[0];
    assert!(!page.outliving.contains(&dying));
    page.event(Event::Hidden);
    let (last, _, body) = page.requests.back().expect("the last request");
    assert!(page.outliving.contains(last));
    assert_eq!(body["changes"]["BillingDetails.City"]["value"], "Turin");
    page.event(Event::Hidden);
    assert_eq!(page.requests.len(), 2, "once");
}

#[test]
fn one_request_that_failed_does_not_turn_keepalive_off_for_the_life_of_the_page() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    page.answer(RequestOutcome::NoAnswer);
    page.wait(5_000);
    page.save();
    page.type_into(CITY, "Rome");
    page.wait(900);
    assert!(page.outliving.contains(&page.requests[0].0));
}
