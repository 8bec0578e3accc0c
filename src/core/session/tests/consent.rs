use super::*;

#[test]
fn nothing_is_sent_or_stored_before_consent() {
    for consent in [Consent::Ask, Consent::External] {
        let mut page = Page::open(consent, None, 1_000_000);
        page.type_into(EMAIL, "ada@example.com");
        page.event(Event::Hidden);
        page.event(Event::Flush);
        page.event(Event::Awake { restored: false });
        page.wait(20_000);
        assert_eq!((page.sent, &page.stored, page.state()), (0, &None, State::Waiting));
        page.event(Event::Consent(true));
        page.wait(900);
        assert_eq!(page.sent, 1, "what stands in the form counts as changed then");
    }
}

#[test]
fn a_withdrawal_outlives_granted_and_only_a_new_yes_begins_again() {
    let mut page = saved(Consent::Granted);
    let cart = page.stored.as_ref().unwrap().cart.owner.cart.clone();
    page.event(Event::Consent(false));
    let (id, route, _) = page.requests.pop_front().unwrap();
    assert_eq!(route, Route::Withdraw);
    page.event(Event::Answered { id, outcome: RequestOutcome::NoAnswer });
    page.wait(20_000);
    let (id, route, _) = page.requests.pop_front().expect("tried again");
    assert_eq!(route, Route::Withdraw);
    page.event(Event::Answered { id, outcome: RequestOutcome::Answered(Answer::Closed { withdrawn: true }) });

    let mut next = Page::open(Consent::Granted, page.stored.clone(), page.now + 1_000);
    next.type_into(EMAIL, "ada@example.com");
    next.event(Event::Items { any: true });
    next.event(Event::Hidden);
    next.wait(20_000);
    assert_eq!((next.sent, next.state()), (0, State::Closed));
    next.event(Event::Consent(true));
    next.wait(900);
    assert_ne!(next.save()["cart"].as_str(), Some(cart.as_str()));
}

#[test]
fn a_no_in_one_tab_is_a_no_in_all() {
    let mut page = saved(Consent::Ask);
    let mut other = Page::open(Consent::Ask, page.stored.clone(), page.now + 1);
    assert!(other.session.has_consent());
    page.event(Event::Consent(false));
    other.stored = page.stored.clone();
    other.find_stored(page.stored.clone());
    assert!(!other.session.has_consent(), "its checkbox shows the no");
    other.type_into(EMAIL, "ada@example.com");
    other.wait(20_000);
    assert_eq!(other.sent, 0);
    other.event(Event::Consent(true));
    other.wait(20_000);
    let told = other.requests.front().map(|request| request.1);
    assert_eq!((told, other.sent), (Some(Route::Withdraw), 1), "nothing begins before the proxy knows of the no");
    other.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: true }));
    other.wait(1_000);
    assert_eq!(other.sent, 2, "and then the tick begins again");
}

#[test]
fn a_no_before_anything_was_sent_is_remembered_only_where_it_must_be() {
    let cases = [(Consent::Granted, true), (Consent::Ask, false), (Consent::External, false)];
    for ((consent, stored), ordered) in cases.into_iter().flat_map(|case| [(case, false), (case, true)]) {
        let mut page = Page::open(consent, None, 1_000_000);
        if ordered {
            page.event(Event::Complete { order_reference: None });
        }
        page.event(Event::Consent(false));
        page.type_into(EMAIL, "ada@example.com");
        page.wait(20_000);
        assert_eq!((page.sent, page.stored.is_some()), (0, stored), "{consent:?}");
    }
}

#[test]
fn consent_given_by_tick_is_remembered_and_by_call_is_not() {
    let asked = saved(Consent::Ask);
    assert!(Page::open(Consent::Ask, asked.stored.clone(), asked.now + 1).session.has_consent());
    let external = saved(Consent::External);
    assert!(!Page::open(Consent::External, external.stored.clone(), external.now + 1).session.has_consent());
}

#[test]
fn a_save_says_when_and_to_which_words_the_shopper_agreed_on_this_page() {
    for (consent, text) in [(Consent::Ask, Some("Remind me")), (Consent::External, None), (Consent::Granted, None)] {
        let mut page = Page::open(consent, None, 1_000_000);
        page.type_into(EMAIL, "ada@example.com");
        page.event(Event::Consent(true));
        let agreed = if consent == Consent::Granted { 1_000_000 } else { page.now };
        page.wait(900);
        let sent = page.save();
        assert_eq!(sent["consent"]["mode"], consent.name());
        assert_eq!(
            (sent["consent"]["at"].as_u64(), sent["consent"]["text"].as_str()),
            (Some(agreed), text),
            "{consent:?}"
        );
        assert_eq!(sent["consent"]["language"].as_str(), text.map(|_| "en"));
    }
    let asked = saved(Consent::Ask);
    let mut next = Page::open(Consent::Ask, asked.stored.clone(), asked.now + 1);
    next.type_into(EMAIL, "grace@example.com");
    next.wait(900);
    assert!(next.save()["consent"].is_null(), "another page was told");
}

#[test]
fn a_no_in_another_tab_takes_back_a_yes_that_waits() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Consent(false));
    page.answer(RequestOutcome::NoAnswer);
    page.event(Event::Consent(true));
    let mut other = Page::open(Consent::Granted, page.stored.clone(), page.now + 1);
    other.event(Event::Consent(false));
    page.stored = other.stored.clone();
    page.find_stored(other.stored.clone());
    page.wait(20_000);
    page.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: true }));
    page.type_into(CITY, "Turin");
    page.wait(20_000);
    assert_eq!((page.requests.len(), page.session.has_consent()), (0, false));
}

#[test]
fn a_no_to_the_cart_that_was_left_is_one_to_the_next() {
    let mut first = saved(Consent::Ask);
    first.event(Event::Complete { order_reference: None });
    first.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: false }));
    let mut page = Page::open(Consent::Ask, first.stored.clone(), first.now);
    page.type_into(EMAIL, "ada@example.com");
    first.event(Event::Consent(false));
    page.stored.clone_from(&first.stored);
    page.wait(5_000);
    assert_eq!((page.sent, page.state()), (0, State::Waiting));
    page.event(Event::Consent(true));
    page.wait(5_000);
    assert_eq!(page.sent, 1, "a tick after it counts");
}

#[test]
fn a_second_no_counts_as_the_first_did() {
    let mut first = Page::open(Consent::Granted, None, 1_000_000);
    first.event(Event::Consent(false));
    let mut page = Page::open(Consent::Granted, first.stored.clone(), first.now);
    page.event(Event::Consent(true));
    first.stored.clone_from(&page.stored);
    first.event(Event::Consent(false));
    page.stored.clone_from(&first.stored);
    page.type_into(EMAIL, "ada@example.com");
    page.wait(5_000);
    assert_eq!((page.sent, page.state()), (0, State::Waiting));
}

#[test]
fn a_no_on_the_page_of_an_order_leaves_the_cart_of_another_page_alone() {
    let other = saved(Consent::Granted);
    let mut page = Page::open(Consent::Granted, None, other.now);
    page.event(Event::Complete { order_reference: None });
    page.stored.clone_from(&other.stored);
    page.event(Event::Consent(false));
    assert_eq!((page.sent, &page.stored), (0, &other.stored));
}

#[test]
fn a_no_after_the_order_is_remembered_and_a_tick_makes_no_second_lead_of_it() {
    for consent in [Consent::Ask, Consent::Granted] {
        let mut page = saved(consent);
        page.event(Event::Complete { order_reference: None });
        page.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: false }));
        page.event(Event::Consent(false));
        let mut next = Page::open(consent, page.stored.clone(), page.now + 1_000);
        next.type_into(EMAIL, "ada@example.com");
        next.wait(20_000);
        assert_eq!((next.sent, next.session.has_consent()), (0, false), "{consent:?}");
        page.event(Event::Consent(true));
        page.type_into(EMAIL, "ada@example.com");
        page.wait(20_000);
        assert_eq!((page.requests.len(), page.state()), (0, State::Closed), "{consent:?}");
    }
}

#[test]
fn a_tick_counts_though_storage_did_not_take_it() {
    let mut page = saved(Consent::Ask);
    page.event(Event::Consent(false));
    page.answer(RequestOutcome::Answered(Answer::Closed { withdrawn: true }));
    page.is_storage_full = true;
    page.event(Event::Consent(true));
    // The old "no" still stands in storage, and is no new one.
    page.event(Event::Stored);
    page.wait(5_000);
    assert_eq!((page.requests.front().map(|request| request.1), page.session.has_consent()), (Some(Route::Save), true));
}
