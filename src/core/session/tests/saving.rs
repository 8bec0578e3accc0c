use super::*;

#[test]
fn a_lead_is_sent_after_the_pause_and_then_only_what_changed() {
    let mut page = Page::open(Consent::Granted, None, 1_000_000);
    page.type_into(CITY, "Turin");
    page.wait(10_000);
    assert_eq!(page.sent, 0, "no e-mail yet");
    page.type_into(EMAIL, "ada@example.com");
    assert_eq!(page.state(), State::Pending);
    page.wait(799);
    assert_eq!((page.sent, &page.stored), (0, &None));
    page.wait(101);
    assert_eq!(page.state(), State::Saving);
    let first = page.save();
    assert_eq!(first["changes"]["BillingDetails.City"]["value"], "Turin");
    assert_eq!(first["changes"]["Currency"]["value"], "EUR");
    assert_eq!(first["changes"]["Items"]["value"][0]["Code"], "A");
    page.type_into(CITY, "Rome");
    page.wait(900);
    let second = page.save();
    assert_eq!(second["lead_code"], "L1");
    let names: Vec<_> = second["changes"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["BillingDetails.City", "LocalTime"]);
    page.wait(20_000);
    assert_eq!(page.sent, 2, "nothing changed, nothing sent");
}

#[test]
fn typing_on_sends_once_for_each_longest_wait_and_once_at_the_end() {
    let mut page = saved(Consent::Granted);
    for i in 0..60 {
        page.type_into(CITY, &"x".repeat(i + 1));
        page.wait(200);
        while !page.requests.is_empty() {
            page.save();
        }
    }
    page.wait(5_000);
    while !page.requests.is_empty() {
        page.save();
    }
    assert_eq!(page.sent - 1, 3, "twelve seconds of typing");
}

#[test]
fn one_request_at_a_time_with_a_trailing_one() {
    let mut page = Page::open(Consent::Granted, None, 1_000_000);
    page.type_into(EMAIL, "ada@example.com");
    page.wait(900);
    page.type_into(CITY, "Turin");
    page.event(Event::Flush);
    page.type_into(CITY, "Rome");
    page.wait(20_000);
    assert_eq!(page.requests.len(), 1, "the first has no answer yet");
    page.save();
    page.wait(900);
    assert_eq!(page.requests.len(), 1);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Rome");
    assert_eq!(page.state(), State::Saved);
}

#[test]
fn a_flush_that_finds_a_request_under_way_is_done_after_it() {
    let mut page = Page::open(Consent::Granted, None, 1_000_000);
    page.type_into(EMAIL, "ada@example.com");
    page.wait(900);
    page.type_into(CITY, "Turin");
    page.event(Event::Flush);
    assert!(!page.session.is_settled());
    page.save();
    page.wait(0);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Turin");
    assert!(page.session.is_settled());
}

#[test]
fn after_an_answer_that_never_came_the_old_content_is_sent_again() {
    let mut page = saved(Consent::Granted);
    page.type_into(EMAIL, "bob@example.com");
    page.wait(900);
    // The tab dies here: nobody knows whether Bob arrived.
    let mut reloaded = Page::open(Consent::Granted, page.stored.clone(), page.now + 1);
    reloaded.type_into(EMAIL, "ada@example.com");
    reloaded.wait(900);
    assert_eq!(reloaded.save()["changes"]["BillingDetails.Email"]["value"], "ada@example.com");
}

#[test]
fn a_failure_is_tried_again_and_the_change_is_not_lost() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    page.answer(RequestOutcome::NoAnswer);
    assert_eq!(page.state(), State::Retrying);
    assert!(page.session.is_settled(), "it is safely kept");
    page.wait(20_000);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Turin");
    assert_eq!(page.state(), State::Saved);
    assert_eq!(page.session.status().last_error, None);
}

#[test]
fn after_a_refusal_it_is_idle_with_an_error_until_the_next_edit() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    page.answer(RequestOutcome::Status(400, None));
    assert_eq!(page.state(), State::Idle);
    assert_eq!(page.session.status().last_error, Some(Error::REFUSED));
    page.wait(600_000);
    assert_eq!(page.sent, 2, "the same is not sent again");
    page.type_into(CITY, "Rome");
    page.wait(900);
    page.save();
    assert_eq!(page.state(), State::Saved);
}

#[test]
fn same_as_billing_undoes_what_an_earlier_page_has_sent() {
    let before = saved(Consent::Granted);
    let mut page = Page::open(Consent::Granted, before.stored.clone(), before.now + 1);
    let sends_clearing = |page: &mut Page, delivery: bool| {
        page.delivery = Some(delivery);
        page.event(Event::Edited);
        page.wait(900);
        let body = if page.requests.is_empty() { serde_json::Value::Null } else { page.save() };
        body["changes"].get("DeliveryDetails.City").is_some_and(|change| change["value"].is_null())
    };
    assert!(!sends_clearing(&mut page, false), "as the page came: it says nothing");
    assert!(!sends_clearing(&mut page, true));
    assert!(sends_clearing(&mut page, false), "the shopper has ticked it");
}

#[test]
fn settings_alone_are_no_change() {
    let page = saved(Consent::Granted);
    let mut untouched = Page::open_untouched(Consent::Granted, page.stored.clone(), page.now + 1);
    untouched.draft = Draft::default();
    untouched.event(Event::Flush);
    untouched.event(Event::Hidden);
    untouched.wait(20_000);
    assert_eq!(untouched.sent, 0);
}

#[test]
fn a_preview_is_what_the_next_save_carries_and_changes_nothing() {
    let mut page = Page::open(Consent::Ask, None, 1_000);
    page.draft.insert(EMAIL, Some(Value::Text("ada@example.com".into())));
    let rows = |page: &Page| -> Vec<(String, bool)> {
        let preview = page.session.preview(page.draft.clone());
        preview.lead().iter().map(|(path, change)| (path.name(), preview.is_unsent(path, change))).collect()
    };
    let paths = ["BillingDetails.Email", "Items", "Currency"];
    let unsent = |all: bool| paths.map(|path| (path.to_owned(), all));
    let mut shown = rows(&page);
    shown.sort();
    let mut expected = unsent(true).to_vec();
    expected.sort();
    assert_eq!(shown, expected, "before consent too");
    assert!(page.requests.is_empty() && page.stored.is_none());

    page.event(Event::Consent(true));
    page.wait(5_000);
    let body = page.save();
    for path in paths {
        assert!(body["changes"][path].is_object(), "{path}");
    }
    let held = rows(&page);
    assert!(paths.iter().all(|path| held.contains(&((*path).to_owned(), false))), "{held:?}");
    // A step of a wizard that is gone is in the lead all the same.
    page.draft.remove(EMAIL);
    page.draft.insert(CITY, Some(Value::Text("Turin".into())));
    let held = rows(&page);
    assert!(held.contains(&(EMAIL.name(), false)) && held.contains(&(CITY.name(), true)), "{held:?}");
}

#[test]
fn what_a_page_says_again_is_sent_again() {
    let mut page = saved(Consent::Granted);
    for in_use in [true, false, true] {
        page.delivery = Some(in_use);
        page.event(Event::Edited);
        page.wait(900);
        while !page.requests.is_empty() {
            page.save();
        }
    }
    // Another tab may have filled the delivery address meanwhile.
    page.delivery = Some(false);
    page.event(Event::Edited);
    page.wait(900);
    assert!(page.save()["changes"]["DeliveryDetails.City"]["value"].is_null());
}

#[test]
fn status_says_what_a_lead_lacks_until_there_is_a_cart() {
    let mut page = Page::open(Consent::Granted, None, 1_000);
    assert_eq!(page.session.status().missing, ["Email"]);
    page.type_into(EMAIL, "ada@example.com");
    page.wait(900);
    let status = page.session.status();
    assert!(status.missing.is_empty() && status.cart.is_some());
}

#[test]
fn an_alarm_looks_at_storage_once_and_wakes_the_page_once() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    let (reads, alarms) = (page.storage_reads, page.alarms_set);
    page.wait(900);
    assert_eq!((page.requests.len(), page.storage_reads - reads), (1, 1));
    assert_eq!(page.alarms_set - alarms, 1, "for a request that never ends");
    page.save();
    assert_eq!(page.alarm, None, "nothing is due any more");
}

#[test]
fn an_alarm_that_rings_too_early_costs_nothing() {
    let mut page = saved(Consent::Granted);
    for text in ["T", "Tu", "Tur"] {
        page.type_into(CITY, text);
        page.wait(500);
    }
    let reads = page.storage_reads;
    page.type_into(CITY, "Turi");
    page.wait(700);
    assert_eq!((page.storage_reads, page.sent), (reads, 1), "it has rung for the keys before");
}

#[test]
fn a_request_that_never_ends_is_given_up() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    let (lost, ..) = page.requests.pop_front().expect("a request");
    page.wait(crate::core::outbox::DEADLINE_MS + 5_000);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Turin");
    page.event(Event::Answered { id: lost, outcome: RequestOutcome::NoAnswer });
    assert_eq!(page.state(), State::Saved, "what it says in the end is of no interest");
}

#[test]
fn a_form_that_cannot_be_read_holds_nothing_up() {
    let mut page = saved(Consent::Granted);
    page.is_unreadable = true;
    page.type_into(CITY, "Turin");
    page.event(Event::Flush);
    page.wait(10_000);
    page.is_unreadable = false;
    page.event(Event::Flush);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Turin");
}

#[test]
fn retry_after_is_honoured_whatever_the_shopper_does_but_as_the_page_goes() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "T");
    page.wait(900);
    page.answer(RequestOutcome::Status(429, Some(6_000)));
    for text in ["Tu", "Tur", "Turi", "Turin"] {
        page.type_into(CITY, text);
        page.event(Event::Flush);
        page.event(Event::Awake { restored: false });
        page.wait(1_400);
        assert_eq!((page.requests.len(), page.state()), (0, State::Retrying));
        assert!(page.session.is_settled(), "it is safely kept");
    }
    page.wait(3_000);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Turin");

    page.type_into(CITY, "R");
    page.wait(900);
    page.answer(RequestOutcome::Status(503, Some(60_000)));
    page.type_into(CITY, "Rome");
    page.event(Event::Hidden);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Rome");
}

#[test]
fn a_completion_waits_for_retry_after_in_the_record() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    page.answer(RequestOutcome::Status(429, Some(6_000)));
    page.event(Event::Complete { order_reference: None });
    assert_eq!((page.requests.len(), page.session.is_settled()), (0, true));
    assert!(page.stored.as_ref().is_some_and(Record::is_pending));
    page.wait(7_000);
    assert_eq!(page.requests.front().map(|request| request.1), Some(Route::Complete));
}
