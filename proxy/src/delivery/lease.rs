//! Who delivers a cart, where several proxies share a store. Pure.
//!
//! Before a call is made, the row is claimed: it names its holder, and counts its claims. What a call came to is entered
//! only while that claim is still the row's (a fencing token), so a proxy that was frozen and wakes late writes over
//! nothing that was done since.
//!
//! **When a claim is taken over.** The holder is taken for dead when another proxy has *seen the same claim* for
//! [`Timing::lease_ms`] on its own monotonic clock. No moment that one machine wrote is compared with the clock of
//! another, so a wrong clock, or one that jumps, takes no claim away too early. The row's `next_attempt_at` says only
//! from when on it is worth looking; it is counted on the clock of the store ([`crate::store::Store::now`]), which all
//! proxies of a store share.
//!
//! **Why that makes no second lead.** 2Checkout recognises no cart again, so two `addLead`s of one cart are two leads, and
//! a fencing token cannot hold back a request that is on its way. Therefore:
//!
//! 1. That an `addLead` is about to be sent is in the row first ([`crate::cart::Adding`]). Whoever takes over looks for
//!    the lead before it would add one.
//! 2. A holder sends only within [`Timing::begin_ms`] of its claim ([`Step::may_be_sent`]), and hangs up
//!    [`Timing::call_ms`] after sending. Together they are shorter than the lease by [`Timing::settle_ms`], which
//!    2Checkout has to finish what it had received. A proxy that was frozen between claim and call finds its time over, and sends nothing.
//! 3. What remains is a freeze of the whole lease between two instructions: after the last look at the clock, before
//!    the request is handed to the network. The code of such a late lead is adopted where the cart has none; where it
//!    has another one, the late lead is a stray ([`Entered::Stray`]), and its mails are stopped.
//!
//! [`Step::may_be_sent`]: super::Step::may_be_sent
//! [`Entered::Stray`]: super::Entered::Stray

use std::collections::HashMap;

use super::Timing;
use crate::cart::{Cart, Millis};

/// One claim of one cart: the fencing token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The proxy that made it: a random name of this run of it.
    pub holder: String,
    /// The how-manieth of its cart it is.
    pub number: u64,
}

impl Claim {
    /// Whether it is still the one in the row.
    pub fn is_of(&self, cart: &Cart) -> bool {
        cart.claims == self.number && cart.holder.as_deref() == Some(self.holder.as_str())
    }
}

/// A run of a proxy, as one who claims carts, and what it has seen of the claims of others.
#[derive(Debug)]
pub struct Claimant {
    holder: String,
    seen: HashMap<String, Seen>,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    number: u64,
    since: Millis,
    last: Millis,
}

/// So many claims are remembered before those that have not been seen for two leases are forgotten.
const MANY: usize = 1_024;

impl Claimant {
    /// A claimant by the name of `holder`, which no other run of a proxy has.
    pub fn new(holder: impl Into<String>) -> Self {
        Self { holder: holder.into(), seen: HashMap::new() }
    }

    /// Whether the cart may be claimed: nobody holds it, or whoever does has not been heard of for a lease.
    ///
    /// `own` is in milliseconds of a clock of this run that never runs backwards; it need not agree with any other.
    pub fn may_claim(&mut self, cart: &Cart, own: Millis, timing: &Timing) -> bool {
        if cart.holder.is_none() {
            self.seen.remove(&cart.id);
            return true;
        }
        let fresh = Seen { number: cart.claims, since: own, last: own };
        let seen = self.seen.entry(cart.id.clone()).or_insert(fresh);
        if seen.number != cart.claims {
            *seen = fresh;
        }
        seen.last = own;
        let over = own.saturating_sub(seen.since) >= timing.lease_ms();
        if over {
            self.seen.remove(&cart.id);
        } else if self.seen.len() > MANY {
            let long_ago = own.saturating_sub(timing.lease_ms().saturating_mul(2));
            self.seen.retain(|_, seen| seen.last >= long_ago);
        }
        over
    }

    /// Claims a cart. Others do not look at it for [`Timing::settle_ms`], and take it over a lease after they did.
    pub(super) fn claim(&self, cart: &mut Cart, now: Millis, timing: &Timing) -> Claim {
        cart.claims = cart.claims.saturating_add(1);
        cart.holder = Some(self.holder.clone());
        cart.next_attempt_at = Some(now.saturating_add(timing.settle_ms));
        Claim { holder: self.holder.clone(), number: cart.claims }
    }
}

#[cfg(test)]
mod tests {
    use super::super::step::tests::ready;
    use super::super::{Call, Entered, Outcome, begin, finish};
    use super::*;
    use crate::cart::Status;

    const TIMING: Timing = Timing {
        backoff_ms: 1_000,
        backoff_max_ms: 300_000,
        settle_ms: 2_000,
        call_ms: 20_000,
        first_pause_ms: 1,
        pause_ms: 1,
    };
    const LEASE: Millis = 32_000;

    fn done(code: &str) -> Outcome {
        Outcome::Done(Some(code.into()))
    }

    #[test]
    fn a_cart_that_is_held_is_not_claimed_again() {
        let (mut a, mut b, mut cart) = (Claimant::new("a"), Claimant::new("b"), ready());
        assert!(begin(&mut cart, &mut a, 0, 10, &TIMING).is_some());
        for own in [0, 1_000, LEASE - 1] {
            assert_eq!(begin(&mut cart, &mut b, own, 10_000, &TIMING), None, "{own}");
            assert_eq!(begin(&mut cart, &mut a, own, 10_000, &TIMING), None, "{own}: not by its own holder either");
        }
    }

    #[test]
    fn a_claim_that_stands_for_a_lease_is_taken_over_whatever_the_clocks_say() {
        for (now_of_a, now_of_b, own) in
            [(10, 10_000, 0), (1 << 40, 1 << 41, 7_777_777), (1 << 40, (1 << 40) + 2_000, 5)]
        {
            let (mut a, mut b, mut cart) = (Claimant::new("a"), Claimant::new("b"), ready());
            begin(&mut cart, &mut a, 0, now_of_a, &TIMING).unwrap();
            assert_eq!(begin(&mut cart, &mut b, own, now_of_b, &TIMING), None);
            assert_eq!(begin(&mut cart, &mut b, own + LEASE - 1, now_of_b, &TIMING), None);
            let step = begin(&mut cart, &mut b, own + LEASE, now_of_b, &TIMING).unwrap();
            assert_eq!((step.call.name(), cart.holder.as_deref(), cart.claims), ("find", Some("b"), 2));
        }
    }

    #[test]
    fn a_holder_that_goes_on_is_not_taken_for_dead() {
        let (mut a, mut b, mut cart) = (Claimant::new("a"), Claimant::new("b"), ready());
        let mut now = 10;
        for round in 0..10 {
            cart.version += 1;
            cart.next_attempt_at = Some(now);
            let step = begin(&mut cart, &mut a, now, now, &TIMING).unwrap();
            now += LEASE - 1;
            assert_eq!(begin(&mut cart, &mut b, now, now, &TIMING), None, "{round}");
            let _ = finish(&mut cart, &step, &done("L1"), now, 1.0, &TIMING);
        }
    }

    #[test]
    fn what_comes_late_changes_nothing_of_what_was_done_since() {
        let (mut a, mut b, mut cart) = (Claimant::new("a"), Claimant::new("b"), ready());
        let late = begin(&mut cart, &mut a, 0, 10, &TIMING).unwrap();
        begin(&mut cart, &mut b, 0, 10_000, &TIMING);
        let find = begin(&mut cart, &mut b, LEASE, 10_000, &TIMING).unwrap();
        let _ = finish(&mut cart, &find, &done("L1"), 10_000, 1.0, &TIMING);
        let lost = Outcome::Transient { retry_after_ms: None, maybe_done: true };
        for outcome in [
            lost,
            Outcome::Rejected,
            Outcome::UnknownLead,
            Outcome::Unauthorised(twocheckout::SignIn::Unknown),
            done("L1"),
        ] {
            let before = cart.clone();
            assert_eq!(finish(&mut cart, &late, &outcome, 10_001, 1.0, &TIMING), Entered::Late, "{outcome:?}");
            assert_eq!(cart, before, "{outcome:?}");
        }
    }

    /// A freeze of a whole lease after the last look at the clock: it cannot be prevented, but it is noticed.
    #[test]
    fn the_lead_of_an_add_that_comes_late_is_adopted_or_known_for_a_stray() {
        let taken_over = || {
            let (mut a, mut b, mut cart) = (Claimant::new("a"), Claimant::new("b"), ready());
            let late = begin(&mut cart, &mut a, 0, 10, &TIMING).unwrap();
            begin(&mut cart, &mut b, 0, 10_000, &TIMING);
            let find = begin(&mut cart, &mut b, LEASE, 10_000, &TIMING).unwrap();
            (cart, late, find, b)
        };
        // It comes while the other one looks, which finds nothing: the cart keeps the code.
        let (mut cart, late, find, _) = taken_over();
        assert_eq!(finish(&mut cart, &late, &done("L1"), 10_000, 1.0, &TIMING), Entered::Late);
        assert_eq!(finish(&mut cart, &find, &Outcome::Done(None), 10_001, 1.0, &TIMING), Entered::Whole);
        assert_eq!((cart.lead_code.as_deref(), cart.is_due(10_001)), (Some("L1"), true));
        // It comes while the other one adds: the other's is the stray.
        let (mut cart, late, find, mut b) = taken_over();
        let _ = finish(&mut cart, &find, &Outcome::Done(None), 10_000, 1.0, &TIMING);
        let add = begin(&mut cart, &mut b, LEASE, 10_000, &TIMING).unwrap();
        assert!(matches!(add.call, Call::Add(_)));
        assert_eq!(finish(&mut cart, &late, &done("L1"), 10_001, 1.0, &TIMING), Entered::Late);
        assert_eq!(finish(&mut cart, &add, &done("L2"), 10_002, 1.0, &TIMING), Entered::Stray("L2".into()));
        assert_eq!(cart.lead_code.as_deref(), Some("L1"));
        // It comes after the other one has added: it is the stray itself.
        let (mut cart, late, find, mut b) = taken_over();
        let _ = finish(&mut cart, &find, &Outcome::Done(None), 10_000, 1.0, &TIMING);
        let add = begin(&mut cart, &mut b, LEASE, 10_000, &TIMING).unwrap();
        let _ = finish(&mut cart, &add, &done("L2"), 10_001, 1.0, &TIMING);
        assert_eq!(finish(&mut cart, &late, &done("L1"), 10_002, 1.0, &TIMING), Entered::Stray("L1".into()));
        assert_eq!(cart.lead_code.as_deref(), Some("L2"));
    }

    #[test]
    fn the_lead_of_an_add_that_comes_after_the_withdrawal_is_closed_still() {
        let (mut a, mut b, cart) = (Claimant::new("a"), Claimant::new("b"), ready());
        let mut cart = cart;
        let late = begin(&mut cart, &mut a, 0, 10, &TIMING).unwrap();
        let mut cart = super::super::step::tests::closed(cart, Status::Withdrawn);
        begin(&mut cart, &mut b, 0, 10_000, &TIMING);
        let find = begin(&mut cart, &mut b, LEASE, 10_000, &TIMING).unwrap();
        let _ = finish(&mut cart, &find, &Outcome::Done(None), 10_000, 1.0, &TIMING);
        assert!(cart.is_delivered(), "only the tombstone");
        assert_eq!(finish(&mut cart, &late, &done("L1"), 10_001, 1.0, &TIMING), Entered::Late);
        let step = begin(&mut cart, &mut b, LEASE, 10_001, &TIMING).unwrap();
        assert_eq!(step.call, Call::Mark { lead_code: "L1".into(), used: false });
    }

    #[test]
    fn a_proxy_that_was_frozen_between_claim_and_call_sends_nothing() {
        let (mut a, mut cart) = (Claimant::new("a"), ready());
        let step = begin(&mut cart, &mut a, 0, 10, &TIMING).unwrap();
        assert!(step.may_be_sent(10_000, &TIMING));
        assert!(!step.may_be_sent(10_001, &TIMING));
    }

    #[test]
    fn claims_that_are_no_longer_seen_are_forgotten() {
        let (mut a, mut b) = (Claimant::new("a"), Claimant::new("b"));
        for number in 0..3_000_u64 {
            let mut cart = Cart { id: format!("cart-{number}"), ..ready() };
            begin(&mut cart, &mut a, 0, 10, &TIMING);
            assert!(!b.may_claim(&cart, number * LEASE, &TIMING));
        }
        assert!(b.seen.len() <= MANY + 1, "{}", b.seen.len());
    }
}
