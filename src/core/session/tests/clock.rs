use super::*;

#[test]
fn time_never_runs_backwards_in_a_browser() {
    let mut page = saved(Consent::Granted);
    let first = page.stored.as_ref().unwrap().cart.newest;
    page.now -= 500_000;
    page.type_into(CITY, "Turin");
    page.wait(900);
    let at = page.save()["changes"]["BillingDetails.City"]["at"].as_u64().unwrap();
    assert!(at > first, "{at} {first}");
}

#[test]
fn a_clock_that_is_turned_back_puts_nothing_off() {
    const BACK_MS: u64 = 24 * 3_600_000;
    let mut page = saved(Consent::Granted);
    page.now += BACK_MS;
    page.type_into(CITY, "Turin");
    page.now -= BACK_MS;
    page.find_stored(page.stored.clone());
    page.wait(1_000);
    assert_eq!(page.requests.len(), 1, "neither the pause");
    page.now += BACK_MS;
    page.answer(RequestOutcome::NoAnswer);
    page.now -= BACK_MS;
    page.find_stored(page.stored.clone());
    page.wait(20_000);
    assert_eq!(page.requests.len(), 1, "nor the next attempt");
    page.now += BACK_MS;
    page.type_into(CITY, "Rome");
    page.now -= BACK_MS;
    page.find_stored(page.stored.clone());
    page.save();
    page.wait(1_000);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Rome", "nor what waits for a request");
}

#[test]
fn a_moment_that_was_given_is_in_the_record_before_the_change_is_sent() {
    let mut page = saved(Consent::Granted);
    page.draft.insert(CITY, Some(Value::Text("Turin".into())));
    page.now += 1_000;
    page.event(Event::Touched);
    assert_eq!((page.requests.len(), page.stored.as_ref().map(|record| record.cart.newest)), (0, Some(page.now)));
}

#[test]
fn a_repetition_is_the_same_request_also_in_its_local_time() {
    let mut page = Page::open(Consent::Granted, None, 1_000);
    page.type_into(EMAIL, "ada@example.com");
    page.wait(2_000);
    let first = page.answer(RequestOutcome::NoAnswer);
    page.wait(10_000);
    assert_eq!(page.save(), first, "what has arrived once costs no second call to 2Checkout");
    let mut stored = page.stored.clone().expect("a record");
    stored.cart.keep_unsent([(CITY, wire::Stamped::text("Turin", page.now))].into_iter().collect(), page.now);
    let mut other = Page::open_untouched(Consent::Granted, Some(stored), page.now);
    other.draft = Draft::default();
    other.event(Event::Awake { restored: false });
    other.wait(2_000);
    assert!(other.save()["changes"].get("LocalTime").is_none(), "a tab that changed nothing has no time of its own");
}
