//! What follows an answer, or the lack of one. One pure function: [`classify_response`].

use crate::core::error::Error;
use crate::core::shortfall::Shortfall;

/// How a request ended, as the transport saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestOutcome {
    /// The proxy answered as a proxy does.
    Answered(Answer),
    /// A status that is none of ours, with `Retry-After` in milliseconds where it was given.
    Status(u16, Option<u64>),
    /// 2xx, but not the JSON of a proxy: a log-in page, an empty body, somebody else's service.
    Nonsense,
    /// No answer: the network, a timeout, a `fetch` the page has patched.
    NoAnswer,
}

/// An answer of the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// `saved` or `queued`: the change is in safe hands.
    Kept {
        /// The code of the lead, once 2Checkout has made it.
        lead_code: Option<String>,
        /// What of the lead is not as the shop would have it.
        shortfall: Shortfall,
    },
    /// The cart is completed or withdrawn.
    Closed {
        /// Whether the shopper had withdrawn.
        withdrawn: bool,
    },
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseClass {
    /// It is done.
    Done(Answer),
    /// The same is to be tried again.
    TryAgain {
        /// After so many milliseconds.
        after_ms: u64,
        /// Nothing at all is to be sent before, in milliseconds: the proxy has asked for it with `Retry-After`.
        not_before_ms: Option<u64>,
        /// What went wrong.
        error: Error,
    },
    /// Trying the same again is pointless; wait for the shopper, the network or the next page.
    Refused(Error),
}

/// First and longest time to wait, and the number of attempts after which it becomes a matter of minutes.
const FIRST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 60_000;
const ATTEMPTS: u32 = 8;
const MINUTES_MS: u64 = 300_000;
/// A `Retry-After` is honoured up to five minutes.
const LONGEST_RETRY_AFTER_MS: u64 = 300_000;

/// Says what follows from how a request ended. `attempt` counts from 1; `random` spreads the waiting (full jitter), so that many tabs
/// that come back online together do not call together.
pub fn classify_response(outcome: RequestOutcome, attempt: u32, random: u64) -> ResponseClass {
    let (error, retry_after) = match outcome {
        RequestOutcome::Answered(answer) => return ResponseClass::Done(answer),
        RequestOutcome::NoAnswer => (Error::OFFLINE, None),
        RequestOutcome::Nonsense => (Error::NOT_A_PROXY, None),
        // RFC 9110 and 6585: come back later. 425: RFC 8470.
        RequestOutcome::Status(408 | 425 | 429 | 500..=599, retry_after) => (Error::UNAVAILABLE, retry_after),
        // A redirect is followed by the browser; one that still shows is a log-in page or a mistake.
        RequestOutcome::Status(300..=399, _) => (Error::NOT_A_PROXY, None),
        RequestOutcome::Status(..) => return ResponseClass::Refused(Error::REFUSED),
    };
    let longest = if attempt < ATTEMPTS { LONGEST_MS } else { MINUTES_MS };
    let ceiling = (FIRST_MS << attempt.min(20)).min(longest);
    let jitter = random % ceiling;
    let not_before_ms = retry_after.map(|ms| ms.min(LONGEST_RETRY_AFTER_MS));
    let after_ms = match not_before_ms {
        Some(ms) => ms + jitter.min(FIRST_MS),
        None => jitter.max(FIRST_MS / 4),
    };
    ResponseClass::TryAgain { after_ms, not_before_ms, error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_has_its_consequence() {
        let kept = Answer::Kept { lead_code: None, shortfall: Shortfall::default() };
        let again = |after_ms, error| ResponseClass::TryAgain { after_ms, not_before_ms: None, error };
        let later = |after_ms, least, error| ResponseClass::TryAgain { after_ms, not_before_ms: Some(least), error };
        let cases = [
            ("an answer", RequestOutcome::Answered(kept.clone()), ResponseClass::Done(kept)),
            ("offline", RequestOutcome::NoAnswer, again(500, Error::OFFLINE)),
            ("a log-in page", RequestOutcome::Nonsense, again(500, Error::NOT_A_PROXY)),
            (
                "lead/closed",
                RequestOutcome::Answered(Answer::Closed { withdrawn: false }),
                ResponseClass::Done(Answer::Closed { withdrawn: false }),
            ),
            ("a redirect that is not followed", RequestOutcome::Status(304, None), again(500, Error::NOT_A_PROXY)),
            ("400", RequestOutcome::Status(400, None), ResponseClass::Refused(Error::REFUSED)),
            ("401", RequestOutcome::Status(401, None), ResponseClass::Refused(Error::REFUSED)),
            ("403", RequestOutcome::Status(403, None), ResponseClass::Refused(Error::REFUSED)),
            ("404", RequestOutcome::Status(404, None), ResponseClass::Refused(Error::REFUSED)),
            ("408", RequestOutcome::Status(408, None), again(500, Error::UNAVAILABLE)),
            ("409 of somebody else", RequestOutcome::Status(409, None), ResponseClass::Refused(Error::REFUSED)),
            ("413", RequestOutcome::Status(413, None), ResponseClass::Refused(Error::REFUSED)),
            ("415", RequestOutcome::Status(415, None), ResponseClass::Refused(Error::REFUSED)),
            ("425", RequestOutcome::Status(425, None), again(500, Error::UNAVAILABLE)),
            ("429", RequestOutcome::Status(429, None), again(500, Error::UNAVAILABLE)),
            ("429 in 2 s", RequestOutcome::Status(429, Some(2_000)), later(2_500, 2_000, Error::UNAVAILABLE)),
            (
                "429 in a day",
                RequestOutcome::Status(429, Some(86_400_000)),
                later(300_500, 300_000, Error::UNAVAILABLE),
            ),
            ("500", RequestOutcome::Status(500, None), again(500, Error::UNAVAILABLE)),
            ("501", RequestOutcome::Status(501, None), again(500, Error::UNAVAILABLE)),
            ("502", RequestOutcome::Status(502, None), again(500, Error::UNAVAILABLE)),
            ("503 in 1 s", RequestOutcome::Status(503, Some(1_000)), later(1_500, 1_000, Error::UNAVAILABLE)),
            ("503", RequestOutcome::Status(503, None), again(500, Error::UNAVAILABLE)),
        ];
        for (name, outcome, expected) in cases {
            assert_eq!(classify_response(outcome, 1, 500), expected, "{name}");
        }
    }

    #[test]
    fn waiting_grows_stays_bounded_and_does_not_end() {
        let mut longest = 0;
        for attempt in 1..1_000 {
            let ResponseClass::TryAgain { after_ms: ms, .. } =
                classify_response(RequestOutcome::NoAnswer, attempt, 299_999)
            else {
                panic!("attempt {attempt}")
            };
            assert!((FIRST_MS / 4..=MINUTES_MS).contains(&ms));
            longest = longest.max(ms);
        }
        assert_eq!(longest, 299_999);
    }

    #[test]
    fn fifty_tabs_that_failed_together_do_not_come_back_together() {
        // A hundredth of the wait apart, on average, is what full jitter gives; all at once is what none would give.
        let mut seed = 7_u64;
        let mut waits: Vec<u64> = (0..50)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                match classify_response(RequestOutcome::NoAnswer, 4, seed >> 20) {
                    ResponseClass::TryAgain { after_ms: ms, .. } => ms,
                    other => panic!("{other:?}"),
                }
            })
            .collect();
        waits.sort_unstable();
        let most_in_a_second =
            waits.iter().map(|from| waits.iter().filter(|at| (*from..from + 1_000).contains(at)).count()).max();
        assert!(waits.iter().all(|ms| *ms < FIRST_MS << 4));
        assert!(most_in_a_second < Some(12), "{most_in_a_second:?} of fifty in one second: {waits:?}");
    }

    #[test]
    fn a_day_without_an_answer_costs_a_bounded_number_of_requests() {
        let (mut now, mut requests) = (0, 0);
        while now < 24 * 3_600_000 {
            requests += 1;
            // Half of each ceiling: what chance gives on average.
            let half =
                (FIRST_MS << u32::min(requests, 20)).min(if requests < ATTEMPTS { LONGEST_MS } else { MINUTES_MS }) / 2;
            let ResponseClass::TryAgain { after_ms: ms, .. } =
                classify_response(RequestOutcome::NoAnswer, requests, half)
            else {
                panic!("request {requests}")
            };
            now += ms;
        }
        assert!(requests < 600, "{requests} requests in a day");
    }
}
