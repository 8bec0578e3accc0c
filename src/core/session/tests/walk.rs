//! Whatever happens in whatever order.

use proptest::prelude::*;

use super::*;
use crate::core::outbox::DEADLINE_MS;

/// One that may die with its page, and those that outlive it.
const MOST_IN_FLIGHT: usize = 4;

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
                    page.answer(if ms % 3 == 0 { RequestOutcome::Status(503, Some(ms)) } else { RequestOutcome::NoAnswer });
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
            let is_in_flight = |id: &u32| page.sent_at[id] + DEADLINE_MS > page.now;
            let saves = page.requests.iter().filter(|(id, route, _)| *route == Route::Save && is_in_flight(id)).count();
            let most = if parted { MOST_IN_FLIGHT } else { 1 };
            prop_assert!(saves <= most);
            prop_assert!(page.session.has_consent() || page.sent == 0);
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
        if page.session.has_consent() && !closed && !typed.is_empty() {
            prop_assert_eq!(server.text(CITY), Some(typed.as_str()));
            prop_assert!(!page.stored.as_ref().unwrap().is_pending());
        }
    }
}
