//! What follows an answer, or the lack of one. One pure function: see [`judge`].

use crate::core::error::Error;

/// How a request ended, as the transport saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
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
    },
    /// The cart is completed or withdrawn.
    Closed {
        /// Whether the shopper had withdrawn.
        withdrawn: bool,
    },
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is done.
    Done(Answer),
    /// Try the same again after so many milliseconds.
    Again(u64, Error),
    /// Trying the same again is pointless; wait for the shopper, the network or the next page.
    Stop(Error),
}

/// First and longest time to wait, and the number of attempts after which it becomes a matter of minutes.
const FIRST_MS: u64 = 1_000;
const LONGEST_MS: u64 = 60_000;
const ATTEMPTS: u32 = 8;
const MINUTES_MS: u64 = 300_000;
/// A `Retry-After` is honoured up to five minutes.
const LONGEST_RETRY_AFTER_MS: u64 = 300_000;

/// Judges how a request ended. `attempt` counts from 1; `random` spreads the waiting (full jitter), so that many tabs
/// that come back online together do not call together.
pub fn judge(outcome: Outcome, attempt: u32, random: u64) -> Verdict {
    let (error, retry_after) = match outcome {
        Outcome::Answered(answer) => return Verdict::Done(answer),
        Outcome::NoAnswer => (Error::OFFLINE, None),
        Outcome::Nonsense => (Error::NOT_A_PROXY, None),
        // RFC 9110 and 6585: come back later. 425: RFC 8470.
        Outcome::Status(408 | 425 | 429 | 500..=599, retry_after) => (Error::UNAVAILABLE, retry_after),
        // A redirect is followed by the browser; one that still shows is a log-in page or a mistake.
        Outcome::Status(300..=399, _) => (Error::NOT_A_PROXY, None),
        Outcome::Status(..) => return Verdict::Stop(Error::REFUSED),
    };
    let longest = if attempt < ATTEMPTS { LONGEST_MS } else { MINUTES_MS };
    let ceiling = (FIRST_MS << attempt.min(20)).min(longest);
    let jitter = random % ceiling;
    let wait = match retry_after {
        Some(ms) => ms.min(LONGEST_RETRY_AFTER_MS) + jitter.min(FIRST_MS),
        None => jitter.max(FIRST_MS / 4),
    };
    Verdict::Again(wait, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_has_its_consequence() {
        let kept = Answer::Kept { lead_code: None };
        let cases = [
            ("an answer", Outcome::Answered(kept.clone()), Verdict::Done(kept)),
            ("offline", Outcome::NoAnswer, Verdict::Again(500, Error::OFFLINE)),
            ("a log-in page", Outcome::Nonsense, Verdict::Again(500, Error::NOT_A_PROXY)),
            (
                "lead/closed",
                Outcome::Answered(Answer::Closed { withdrawn: false }),
                Verdict::Done(Answer::Closed { withdrawn: false }),
            ),
            ("a redirect that is not followed", Outcome::Status(304, None), Verdict::Again(500, Error::NOT_A_PROXY)),
            ("400", Outcome::Status(400, None), Verdict::Stop(Error::REFUSED)),
            ("401", Outcome::Status(401, None), Verdict::Stop(Error::REFUSED)),
            ("403", Outcome::Status(403, None), Verdict::Stop(Error::REFUSED)),
            ("404", Outcome::Status(404, None), Verdict::Stop(Error::REFUSED)),
            ("408", Outcome::Status(408, None), Verdict::Again(500, Error::UNAVAILABLE)),
            ("409 of somebody else", Outcome::Status(409, None), Verdict::Stop(Error::REFUSED)),
            ("413", Outcome::Status(413, None), Verdict::Stop(Error::REFUSED)),
            ("415", Outcome::Status(415, None), Verdict::Stop(Error::REFUSED)),
            ("425", Outcome::Status(425, None), Verdict::Again(500, Error::UNAVAILABLE)),
            ("429", Outcome::Status(429, None), Verdict::Again(500, Error::UNAVAILABLE)),
            ("429 in 2 s", Outcome::Status(429, Some(2_000)), Verdict::Again(2_500, Error::UNAVAILABLE)),
            ("429 in a day", Outcome::Status(429, Some(86_400_000)), Verdict::Again(300_500, Error::UNAVAILABLE)),
            ("500", Outcome::Status(500, None), Verdict::Again(500, Error::UNAVAILABLE)),
            ("501", Outcome::Status(501, None), Verdict::Again(500, Error::UNAVAILABLE)),
            ("502", Outcome::Status(502, None), Verdict::Again(500, Error::UNAVAILABLE)),
            ("503 in 1 s", Outcome::Status(503, Some(1_000)), Verdict::Again(1_500, Error::UNAVAILABLE)),
            ("503", Outcome::Status(503, None), Verdict::Again(500, Error::UNAVAILABLE)),
        ];
        for (name, outcome, expected) in cases {
            assert_eq!(judge(outcome, 1, 500), expected, "{name}");
        }
    }

    #[test]
    fn waiting_grows_stays_bounded_and_does_not_end() {
        let mut longest = 0;
        for attempt in 1..1_000 {
            let Verdict::Again(ms, _) = judge(Outcome::NoAnswer, attempt, 299_999) else { panic!("attempt {attempt}") };
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
                match judge(Outcome::NoAnswer, 4, seed >> 20) {
                    Verdict::Again(ms, _) => ms,
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
            let Verdict::Again(ms, _) = judge(Outcome::NoAnswer, requests, half) else { panic!("request {requests}") };
            now += ms;
        }
        assert!(requests < 600, "{requests} requests in a day");
    }
}
