//! One page, its storage and its proxy, without a browser.

use std::collections::VecDeque;

use proptest::prelude::*;
use wire::{Detail, Path, Value};

use super::*;
use crate::core::draft::Draft;
use crate::core::retry::{Answer, Outcome};

const EMAIL: Path = Path::Detail(wire::Block::Billing, Detail::Email);
const CITY: Path = Path::Detail(wire::Block::Billing, Detail::City);

/// A page under test: performs effects as the browser side would, and answers when it is told to.
struct Page {
    sync: Sync,
    now: u64,
    draft: Draft,
    delivery: Option<bool>,
    stored: Option<Record>,
    alarm: Option<u64>,
    /// Requests without an answer: number, route, body.
    requests: VecDeque<(u32, Route, serde_json::Value)>,
    sent: usize,
}

impl Page {
    fn open(consent: Consent, stored: Option<Record>, now: u64) -> Self {
        let mut page = Self::open_untouched(consent, stored, now);
        page.event(Event::Touched);
        page
    }

    fn open_untouched(consent: Consent, stored: Option<Record>, now: u64) -> Self {
        Self::loaded_at(now, consent, stored, now)
    }

    /// The module comes at `now` to a page that was loaded at `page_loaded`.
    fn loaded_at(page_loaded: u64, consent: Consent, stored: Option<Record>, now: u64) -> Self {
        let mut seed = now;
        let random = Box::new(move || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            seed
        });
        let constants = vec![(Path::Currency, "EUR".to_owned())];
        let settings = Settings { consent, quiet_ms: 800, max_wait_ms: 5_000, page_loaded, constants };
        let mut draft = Draft::default();
        draft.insert(Path::Items, Some(Value::Json("[{\"Code\":\"A\",\"Quantity\":1}]".into())));
        Self {
            sync: Sync::new(settings, stored.clone(), now, random),
            now,
            draft,
            delivery: None,
            stored,
            alarm: None,
            requests: VecDeque::new(),
            sent: 0,
        }
    }

    fn event(&mut self, event: Event) {
        if event.may_write() {
            self.event(Event::Stored(self.stored.clone()));
        }
        for effect in self.sync.handle(event, self.now) {
            match effect {
                Effect::Read => self.event(Event::Read(Box::new(Reading {
                    draft: self.draft.clone(),
                    delivery: self.delivery,
                    stored: self.stored.clone(),
                    local_time: format!("local {}", self.now),
                }))),
                Effect::Alarm(at) => self.alarm = Some(at),
                Effect::Store(record) => self.stored = record,
                Effect::Send { id, route, body, .. } => {
                    self.sent += 1;
                    self.requests.push_back((id, route, serde_json::from_str(&body).unwrap()));
                }
            }
        }
    }

    fn type_into(&mut self, path: Path, text: &str) {
        self.draft.insert(path, (!text.is_empty()).then(|| Value::Text(text.into())));
        self.event(Event::Edited);
    }

    fn wait(&mut self, ms: u64) {
        let until = self.now + ms;
        while let Some(at) = self.alarm.filter(|at| *at <= until) {
            self.now = at.max(self.now);
            self.alarm = None;
            self.event(Event::Alarm);
        }
        self.now = until;
    }

    fn answer(&mut self, outcome: Outcome) -> serde_json::Value {
        let (id, _, body) = self.requests.pop_front().expect("a request under way");
        self.event(Event::Ended { id, outcome });
        body
    }

    fn save(&mut self) -> serde_json::Value {
        self.answer(kept())
    }

    fn state(&self) -> State {
        self.sync.status().state
    }
}

fn kept() -> Outcome {
    Outcome::Answered(Answer::Kept { lead_code: Some("L1".into()) })
}

/// A page that has saved a lead.
fn saved(consent: Consent) -> Page {
    let mut page = Page::open(consent, None, 1_000_000);
    page.event(Event::Consent(true));
    page.type_into(EMAIL, "ada@example.com");
    page.wait(900);
    page.save();
    assert_eq!(page.state(), State::Saved);
    page
}

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
    page.wait(60_000);
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
fn nothing_is_sent_or_stored_before_consent() {
    for consent in [Consent::Ask, Consent::External] {
        let mut page = Page::open(consent, None, 1_000_000);
        page.type_into(EMAIL, "ada@example.com");
        page.event(Event::Hidden);
        page.event(Event::Flush);
        page.event(Event::Awake { restored: false });
        page.wait(60_000);
        assert_eq!((page.sent, &page.stored, page.state()), (0, &None, State::Waiting));
        page.event(Event::Consent(true));
        page.wait(900);
        assert_eq!(page.sent, 1, "what stands in the form counts as changed then");
    }
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
    assert!(!page.sync.is_settled());
    page.save();
    page.wait(0);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Turin");
    assert!(page.sync.is_settled());
}

#[test]
fn a_reload_updates_the_same_lead_and_sends_nothing_when_nothing_changed() {
    let page = saved(Consent::Granted);
    let cart = page.stored.as_ref().unwrap().owner.cart.clone();
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
fn a_failure_is_tried_again_and_the_change_is_not_lost() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    page.answer(Outcome::NoAnswer);
    assert_eq!(page.state(), State::Retrying);
    assert!(page.sync.is_settled(), "it is safely kept");
    page.wait(60_000);
    assert_eq!(page.save()["changes"]["BillingDetails.City"]["value"], "Turin");
    assert_eq!(page.state(), State::Saved);
    assert_eq!(page.sync.status().last_error, None);
}

#[test]
fn after_a_refusal_it_is_idle_with_an_error_until_the_next_edit() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    page.answer(Outcome::Status(400, None));
    assert_eq!(page.state(), State::Idle);
    assert_eq!(page.sync.status().last_error, Some(Error::REFUSED));
    page.wait(600_000);
    assert_eq!(page.sent, 2, "the same is not sent again");
    page.type_into(CITY, "Rome");
    page.wait(900);
    page.save();
    assert_eq!(page.state(), State::Saved);
}

#[test]
fn a_completed_cart_is_never_sent_again_and_the_next_purchase_is_a_new_cart() {
    let mut page = saved(Consent::Granted);
    let cart = page.stored.as_ref().unwrap().owner.cart.clone();
    page.type_into(CITY, "Turin");
    page.event(Event::Complete { order_reference: Some("A-1".into()) });
    page.type_into(CITY, "Rome");
    page.event(Event::Hidden);
    page.wait(60_000);
    let (id, route, body) = page.requests.pop_front().unwrap();
    assert_eq!((route, body["order_reference"].as_str(), page.requests.len()), (Route::Complete, Some("A-1"), 0));
    page.event(Event::Ended { id, outcome: Outcome::Answered(Answer::Closed { withdrawn: false }) });
    assert_eq!(page.state(), State::Closed);

    let mut next = Page::open(Consent::Granted, page.stored.clone(), page.now + 1_000);
    assert_eq!(next.state(), State::Closed);
    next.wait(10_000);
    next.type_into(EMAIL, "ada@example.com");
    next.wait(900);
    assert_ne!(next.save()["cart"].as_str(), Some(cart.as_str()));

    page.stored = next.stored.clone();
    page.event(Event::Stored(next.stored));
    page.type_into(CITY, "Oslo");
    page.wait(10_000);
    assert_eq!((page.requests.len(), page.state()), (0, State::Closed), "the page of the first purchase stays closed");
    page.event(Event::Items { any: true });
    page.wait(10_000);
    assert_eq!(page.requests.len(), 1, "unless it is given another cart");
}

#[test]
fn a_withdrawal_outlives_granted_and_only_a_new_yes_begins_again() {
    let mut page = saved(Consent::Granted);
    let cart = page.stored.as_ref().unwrap().owner.cart.clone();
    page.event(Event::Consent(false));
    let (id, route, _) = page.requests.pop_front().unwrap();
    assert_eq!(route, Route::Withdraw);
    page.event(Event::Ended { id, outcome: Outcome::NoAnswer });
    page.wait(60_000);
    let (id, route, _) = page.requests.pop_front().expect("tried again");
    assert_eq!(route, Route::Withdraw);
    page.event(Event::Ended { id, outcome: Outcome::Answered(Answer::Closed { withdrawn: true }) });

    let mut next = Page::open(Consent::Granted, page.stored.clone(), page.now + 1_000);
    next.type_into(EMAIL, "ada@example.com");
    next.event(Event::Items { any: true });
    next.event(Event::Hidden);
    next.wait(60_000);
    assert_eq!((next.sent, next.state()), (0, State::Closed));
    next.event(Event::Consent(true));
    next.wait(900);
    assert_ne!(next.save()["cart"].as_str(), Some(cart.as_str()));
}

#[test]
fn a_no_in_one_tab_is_a_no_in_all() {
    let mut page = saved(Consent::Ask);
    let mut other = Page::open(Consent::Ask, page.stored.clone(), page.now + 1);
    assert!(other.sync.has_consent());
    page.event(Event::Consent(false));
    other.stored = page.stored.clone();
    other.event(Event::Stored(page.stored.clone()));
    assert!(!other.sync.has_consent(), "its checkbox shows the no");
    other.type_into(EMAIL, "ada@example.com");
    other.wait(60_000);
    assert_eq!(other.sent, 0);
    other.event(Event::Consent(true));
    other.wait(60_000);
    let told = other.requests.front().map(|request| request.1);
    assert_eq!((told, other.sent), (Some(Route::Withdraw), 1), "nothing begins before the proxy knows of the no");
    other.answer(Outcome::Answered(Answer::Closed { withdrawn: true }));
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
        page.wait(60_000);
        assert_eq!((page.sent, page.stored.is_some()), (0, stored), "{consent:?}");
    }
}

#[test]
fn a_no_after_the_order_is_remembered_and_a_tick_makes_no_second_lead_of_it() {
    for consent in [Consent::Ask, Consent::Granted] {
        let mut page = saved(consent);
        page.event(Event::Complete { order_reference: None });
        page.answer(Outcome::Answered(Answer::Closed { withdrawn: false }));
        page.event(Event::Consent(false));
        let mut next = Page::open(consent, page.stored.clone(), page.now + 1_000);
        next.type_into(EMAIL, "ada@example.com");
        next.wait(60_000);
        assert_eq!((next.sent, next.sync.has_consent()), (0, false), "{consent:?}");
        page.event(Event::Consent(true));
        page.type_into(EMAIL, "ada@example.com");
        page.wait(60_000);
        assert_eq!((page.requests.len(), page.state()), (0, State::Closed), "{consent:?}");
    }
}

#[test]
fn a_page_loaded_before_the_order_begins_no_next_purchase_when_its_module_comes_after_it() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: None });
    page.answer(Outcome::Answered(Answer::Closed { withdrawn: false }));
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

#[test]
fn status_says_what_a_lead_lacks_until_there_is_a_cart() {
    let mut page = Page::open(Consent::Granted, None, 1_000);
    assert_eq!(page.sync.status().missing, ["Email"]);
    page.type_into(EMAIL, "ada@example.com");
    page.wait(900);
    let status = page.sync.status();
    assert!(status.missing.is_empty() && status.cart.is_some());
}

#[test]
fn a_page_that_wakes_up_leaves_the_record_of_the_next_purchase_alone() {
    let mut old = saved(Consent::Granted);
    let next = Record::new(wire::request::Owner { cart: "next-purchase-cart".into(), key: "k".repeat(32) }, old.now);
    old.stored = Some(next.clone());
    old.event(Event::Stored(old.stored.clone()));
    old.type_into(CITY, "Turin");
    old.wait(900);
    old.answer(Outcome::Answered(Answer::Closed { withdrawn: false }));
    assert_eq!(old.stored, Some(next));
    assert_eq!(old.state(), State::Closed);
}

#[test]
fn a_completion_that_is_refused_is_told_by_the_next_page() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: None });
    page.answer(Outcome::Status(404, None));
    assert!(page.sync.is_settled());
    let mut next = Page::open(Consent::Granted, page.stored.clone(), page.now + 1_000);
    next.event(Event::Awake { restored: false });
    next.wait(2_000);
    assert_eq!(next.requests.front().map(|request| request.1), Some(Route::Complete));
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
fn a_closed_answer_ends_the_cart() {
    let mut page = saved(Consent::Granted);
    page.type_into(CITY, "Turin");
    page.wait(900);
    page.answer(Outcome::Answered(Answer::Closed { withdrawn: false }));
    page.type_into(CITY, "Rome");
    page.wait(60_000);
    assert_eq!((page.requests.len(), page.state()), (0, State::Closed));
}

#[test]
fn a_tab_that_has_sent_nothing_joins_the_cart_of_the_other() {
    let page = saved(Consent::Granted);
    let mut other = Page::open(Consent::Granted, None, page.now);
    other.stored = page.stored.clone();
    other.type_into(EMAIL, "ada@example.org");
    other.wait(900);
    assert_eq!(other.save()["cart"].as_str(), page.stored.as_ref().map(|r| r.owner.cart.as_str()));
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
fn settings_alone_are_no_change() {
    let page = saved(Consent::Granted);
    let mut untouched = Page::open_untouched(Consent::Granted, page.stored.clone(), page.now + 1);
    untouched.draft = Draft::default();
    untouched.event(Event::Flush);
    untouched.event(Event::Hidden);
    untouched.wait(60_000);
    assert_eq!(untouched.sent, 0);
}

#[test]
fn a_preview_is_what_the_next_save_carries_and_changes_nothing() {
    let mut page = Page::open(Consent::Ask, None, 1_000);
    page.draft.insert(EMAIL, Some(Value::Text("ada@example.com".into())));
    let rows = |page: &Page| -> Vec<(String, bool)> {
        let preview = page.sync.preview(page.draft.clone());
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
fn a_page_keeps_its_cart_when_storage_is_cleared() {
    let mut page = saved(Consent::Granted);
    let cart = page.stored.take().unwrap().owner.cart;
    page.type_into(CITY, "Turin");
    page.wait(900);
    assert_eq!(page.save()["cart"].as_str(), Some(cart.as_str()));
    assert!(page.stored.is_some(), "and writes it down again");
}

#[test]
fn time_never_runs_backwards_in_a_browser() {
    let mut page = saved(Consent::Granted);
    let first = page.stored.as_ref().unwrap().newest;
    page.now -= 500_000;
    page.type_into(CITY, "Turin");
    page.wait(900);
    let at = page.save()["changes"]["BillingDetails.City"]["at"].as_u64().unwrap();
    assert!(at > first, "{at} {first}");
}

#[test]
fn consent_given_by_tick_is_remembered_and_by_call_is_not() {
    let asked = saved(Consent::Ask);
    assert!(Page::open(Consent::Ask, asked.stored.clone(), asked.now + 1).sync.has_consent());
    let external = saved(Consent::External);
    assert!(!Page::open(Consent::External, external.stored.clone(), external.now + 1).sync.has_consent());
}

#[test]
fn a_pause_that_finds_the_cart_closed_elsewhere_is_over() {
    let mut other = saved(Consent::Granted);
    other.event(Event::Complete { order_reference: None });
    let mut page = Page::open(Consent::Granted, None, other.now);
    page.type_into(CITY, "Turin");
    page.stored = other.stored.clone();
    page.event(Event::Stored(other.stored));
    page.wait(10_000);
    assert_eq!((page.alarm, page.sent, page.state()), (None, 0, State::Closed));
}

#[test]
fn a_next_purchase_waits_until_the_proxy_knows_of_the_last_one() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: Some("A-1".into()) });
    page.answer(Outcome::NoAnswer);
    page.event(Event::Items { any: true });
    let mut next = Page::open(Consent::Granted, page.stored.clone(), page.now + 1);
    for page in [&mut page, &mut next] {
        page.type_into(EMAIL, "ada@example.com");
        page.wait(120_000);
        let (id, route, _) = page.requests.pop_front().expect("the completion");
        assert_eq!((route, page.requests.len()), (Route::Complete, 0));
        assert!(page.stored.as_ref().is_some_and(Record::is_pending));
        page.event(Event::Ended { id, outcome: Outcome::Answered(Answer::Closed { withdrawn: false }) });
        page.wait(1_000);
        assert_eq!(page.requests.front().map(|request| request.1), Some(Route::Save), "and then it begins by itself");
    }
}

#[test]
fn a_completion_that_is_refused_does_not_hold_up_the_next_purchase() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: None });
    page.answer(Outcome::Status(403, None));
    page.event(Event::Items { any: true });
    page.wait(1_000);
    assert_eq!(page.requests.front().map(|request| request.1), Some(Route::Save));
}

#[test]
fn what_the_proxy_is_still_to_be_told_stays_what_it_is() {
    let mut bought = saved(Consent::Ask);
    bought.event(Event::Complete { order_reference: None });
    bought.answer(Outcome::NoAnswer);
    bought.event(Event::Consent(false));
    bought.wait(60_000);
    assert_eq!(bought.requests.front().map(|request| request.1), Some(Route::Complete), "a no after the order");
    bought.answer(Outcome::Answered(Answer::Closed { withdrawn: false }));
    assert!(!Page::open(Consent::Granted, bought.stored.clone(), bought.now + 1).sync.has_consent(), "is remembered");

    let mut withdrawn = saved(Consent::Ask);
    withdrawn.event(Event::Consent(false));
    withdrawn.answer(Outcome::NoAnswer);
    withdrawn.event(Event::Complete { order_reference: None });
    withdrawn.event(Event::Consent(true));
    withdrawn.wait(60_000);
    assert_eq!(withdrawn.requests.front().map(|request| request.1), Some(Route::Withdraw), "a tick after the no");
}

#[test]
fn a_no_in_another_tab_takes_back_a_yes_that_waits() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Consent(false));
    page.answer(Outcome::NoAnswer);
    page.event(Event::Consent(true));
    let mut other = Page::open(Consent::Granted, page.stored.clone(), page.now + 1);
    other.event(Event::Consent(false));
    page.stored = other.stored.clone();
    page.event(Event::Stored(other.stored));
    page.wait(60_000);
    page.answer(Outcome::Answered(Answer::Closed { withdrawn: true }));
    page.type_into(CITY, "Turin");
    page.wait(60_000);
    assert_eq!((page.requests.len(), page.sync.has_consent()), (0, false));
}

#[test]
fn an_end_that_storage_did_not_take_is_written_again() {
    let mut page = saved(Consent::Granted);
    let open = page.stored.clone();
    page.event(Event::Consent(false));
    page.stored = open.clone();
    page.answer(Outcome::NoAnswer);
    page.wait(60_000);
    assert!(page.stored.as_ref().is_some_and(Record::is_pending), "with the next attempt");
    page.stored = open;
    page.event(Event::Hidden);
    assert!(page.stored.as_ref().is_some_and(Record::is_pending), "and when the page goes");
}

#[test]
fn a_page_writes_its_record_again_when_the_one_of_another_page_is_gone() {
    let mut page = saved(Consent::Granted);
    let own = page.stored.clone().map(|record| record.owner);
    let other = Record::new(wire::request::Owner { cart: "another-pages-cart".into(), key: "k".repeat(32) }, page.now);
    page.event(Event::Stored(Some(other)));
    page.stored = None;
    page.type_into(CITY, "Turin");
    page.event(Event::Hidden);
    assert_eq!(page.stored.map(|record| record.owner), own);
}

#[test]
fn a_clock_that_is_turned_back_puts_nothing_off() {
    const BACK_MS: u64 = 24 * 3_600_000;
    let mut page = saved(Consent::Granted);
    page.now += BACK_MS;
    page.type_into(CITY, "Turin");
    page.now -= BACK_MS;
    page.event(Event::Stored(page.stored.clone()));
    page.wait(1_000);
    assert_eq!(page.requests.len(), 1, "neither the pause");
    page.now += BACK_MS;
    page.answer(Outcome::NoAnswer);
    page.now -= BACK_MS;
    page.event(Event::Stored(page.stored.clone()));
    page.wait(60_000);
    assert_eq!(page.requests.len(), 1, "nor the next attempt");
    page.now += BACK_MS;
    page.type_into(CITY, "Rome");
    page.now -= BACK_MS;
    page.event(Event::Stored(page.stored.clone()));
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
    assert_eq!((page.requests.len(), page.stored.as_ref().map(|record| record.newest)), (0, Some(page.now)));
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// Whatever happens in whatever order: one cart until it is closed, never two saves in flight unless the page is
    /// going, nothing without consent or after the end, and the last edit arrives once answers come.
    #[test]
    fn a_random_walk_keeps_the_promises(steps in proptest::collection::vec((0_u8..10, 0_u64..3_000), 1..80)) {
        let mut page = Page::open(Consent::External, None, 1_000_000);
        let (mut carts, mut parted, mut closed) = (std::collections::BTreeSet::new(), false, false);
        page.draft.insert(EMAIL, Some(Value::Text("ada@example.com".into())));
        let mut server = LeadState::default();
        let mut typed = String::new();
        let absorb = |body: &serde_json::Value, server: &mut LeadState| {
            if let Some(change) = body["changes"].get("BillingDetails.City") {
                let at = change["at"].as_u64().unwrap();
                let value = change["value"].as_str().map(|text| Value::Text(text.into()));
                server.change(CITY, wire::Stamped { at, value });
            }
        };
        for (step, ms) in steps {
            let before = page.sent;
            match step {
                0..=2 => {
                    typed = format!("city{ms}");
                    page.type_into(CITY, &typed.clone());
                }
                3 => page.event(Event::Hidden),
                4 => page.event(Event::Awake { restored: false }),
                5 => page.event(Event::Consent(true)),
                6 if !page.requests.is_empty() => {
                    let late = ms % 2 == 0; // the proxy has it, and its answer is lost
                    if late {
                        absorb(&page.requests[0].2, &mut server);
                    }
                    page.answer(if ms % 3 == 0 { Outcome::Status(503, Some(ms)) } else { Outcome::NoAnswer });
                }
                7 if !page.requests.is_empty() => {
                    let body = page.save();
                    absorb(&body, &mut server);
                }
                8 if ms < 40 => {
                    closed = true;
                    page.event(Event::Complete { order_reference: None });
                }
                _ => page.wait(ms),
            }
            parted |= step == 3;
            let saves = page.requests.iter().filter(|(_, route, _)| *route == Route::Save).count();
            let most = if parted { MOST_IN_FLIGHT } else { 1 };
            prop_assert!(saves <= most);
            prop_assert!(page.sync.has_consent() || page.sent == 0);
            prop_assert!(!closed || page.requests.iter().skip(page.requests.len().saturating_sub(page.sent - before)).all(|r| r.1 == Route::Complete));
            carts.extend(page.requests.iter().map(|(_, _, body)| body["cart"].to_string()));
            prop_assert!(carts.len() <= 1);
        }
        page.event(Event::Flush);
        for _ in 0..40 {
            while !page.requests.is_empty() {
                let body = page.save();
                absorb(&body, &mut server);
            }
            page.wait(60_000);
        }
        if page.sync.has_consent() && !closed && !typed.is_empty() {
            prop_assert_eq!(server.text(CITY), Some(typed.as_str()));
            prop_assert!(!page.stored.as_ref().unwrap().is_pending());
        }
    }
}

const MOST_IN_FLIGHT: usize = 3;

#[test]
fn a_record_that_another_script_took_away_is_written_again() {
    let mut page = Page::open(Consent::Granted, None, 1_000);
    page.event(Event::Stored(None));
    assert_eq!(page.stored, None, "a page without a cart has nothing to write");
    page.type_into(EMAIL, "ada@example.com");
    page.wait(5_000);
    let record = page.stored.take();
    assert!(record.is_some());
    page.event(Event::Stored(None));
    assert_eq!(page.stored.map(|record| record.owner), record.map(|record| record.owner));
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
    page.event(Event::Ended { id: lost, outcome: Outcome::NoAnswer });
    assert_eq!(page.state(), State::Saved, "an answer that comes after all says nothing");

    page.event(Event::Complete { order_reference: None });
    page.requests.clear();
    page.event(Event::Awake { restored: true });
    page.wait(2_000);
    assert_eq!(page.requests.front().map(|(_, route, _)| *route), Some(Route::Complete));
}

#[test]
fn a_repetition_is_the_same_request_also_in_its_local_time() {
    let mut page = Page::open(Consent::Granted, None, 1_000);
    page.type_into(EMAIL, "ada@example.com");
    page.wait(2_000);
    let first = page.answer(Outcome::NoAnswer);
    page.wait(10_000);
    assert_eq!(page.save(), first, "what has arrived once costs no second call to 2Checkout");
    let mut stored = page.stored.clone().expect("a record");
    stored.keep_unsent([(CITY, wire::Stamped::text("Turin", page.now))].into_iter().collect(), page.now);
    let mut other = Page::open_untouched(Consent::Granted, Some(stored), page.now);
    other.draft = Draft::default();
    other.event(Event::Awake { restored: false });
    other.wait(2_000);
    assert!(other.save()["changes"].get("LocalTime").is_none(), "a tab that changed nothing has no time of its own");
}

#[test]
fn a_no_to_the_cart_that_was_left_is_one_to_the_next() {
    let mut first = saved(Consent::Ask);
    first.event(Event::Complete { order_reference: None });
    first.answer(Outcome::Answered(Answer::Closed { withdrawn: false }));
    let mut page = Page::open(Consent::Ask, first.stored.clone(), first.now);
    page.type_into(EMAIL, "ada@example.com");
    first.event(Event::Consent(false));
    page.stored = first.stored;
    page.wait(5_000);
    assert_eq!((page.sent, page.state()), (0, State::Waiting));
    page.event(Event::Consent(true));
    page.wait(5_000);
    assert_eq!(page.sent, 1, "a tick after it counts");
}

#[test]
fn an_alarm_of_a_thawed_page_leaves_the_next_cart_alone() {
    let mut page = saved(Consent::Granted);
    page.event(Event::Complete { order_reference: None });
    page.answer(Outcome::NoAnswer);
    assert!(page.alarm.is_some(), "it is tried again");
    let mut next = saved(Consent::Granted);
    next.stored.as_mut().expect("a record").owner.cart = "another".into();
    page.stored.clone_from(&next.stored);
    page.wait(60_000);
    assert_eq!(page.stored, next.stored);
}

#[test]
fn no_cart_that_was_left_is_taken_up_again() {
    let mut page = saved(Consent::Granted);
    // Storage takes nothing from here on.
    let stuck = page.stored.clone();
    for _ in 0..2 {
        page.event(Event::Complete { order_reference: None });
        page.answer(Outcome::Answered(Answer::Closed { withdrawn: false }));
        page.stored.clone_from(&stuck);
        page.event(Event::Items { any: true });
        page.wait(5_000);
        page.stored.clone_from(&stuck);
        assert_ne!(page.save()["cart"], stuck.as_ref().expect("a record").owner.cart.as_str());
    }
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
    assert_eq!((page.sent, page.stored), (0, other.stored));
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
    assert_ne!(body["cart"], old.stored.as_ref().expect("a record").owner.cart.as_str());
    assert_eq!(page.stored, old.stored, "which the older page still needs");
}
