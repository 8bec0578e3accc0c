//! What is to be done next for a cart. Pure.
//!
//! Between the store, which holds the cart, and the courier, which makes the call.

use twocheckout::Lead;

use super::{Claim, Claimant, Timing};
use crate::cart::{Adding, Cart, Millis, Status, essentials};

/// One call to 2Checkout.
///
/// `Debug` shows no value.
#[derive(Debug, Clone, PartialEq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Call {
    /// An `addLead` was sent and its answer is not known: look whether the lead is there.
    Find(Adding),
    /// `getLead`: what 2Checkout has of a lead, of which more is there than here, or of which it is not known whether it is the
    /// cart's.
    Read {
        /// Which.
        lead_code: String,
    },
    /// `addLead`
    Add(Lead),
    /// `updateLead` with the whole lead.
    Update {
        /// Which.
        lead_code: String,
        /// All of it.
        lead: Lead,
    },
    /// `updateLead` of a withdrawn lead, with nothing of the shopper.
    Empty {
        /// Which.
        lead_code: String,
        /// What is left of it.
        lead: Lead,
    },
    /// Looks whether 2Checkout counts the lead as used: its code is the answer if it does.
    CheckUsed {
        /// Which.
        lead_code: String,
    },
    /// `markLeads`; the follow-ups of the lead are stopped.
    Mark {
        /// Which.
        lead_code: String,
        /// Whether it was bought.
        used: bool,
    },
}

impl Call {
    /// For logs and metrics.
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

/// A call, and which version of the cart 2Checkout has after it.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What to call.
    pub call: Call,
    /// See [`Cart::version`].
    pub version: u64,
    /// By which the cart was claimed for it.
    pub claim: Claim,
}

impl Step {
    /// Whether the call may still be made, `elapsed` milliseconds after the claim: later, another proxy could take this
    /// one for dead before the call has ended.
    pub fn may_be_sent(&self, elapsed: Millis, timing: &Timing) -> bool {
        elapsed <= timing.begin_ms()
    }
}

/// The next step of a cart, if one is due and nobody else is at it. Must be on disk before the call is made: the cart is
/// claimed, and an `addLead` leaves its mark in [`Cart::adding`].
///
/// `now` is of the store's clock, `own` of the claimant's: see [`Claimant::may_claim`].
pub fn begin(cart: &mut Cart, claimant: &mut Claimant, own: Millis, now: Millis, timing: &Timing) -> Option<Step> {
    if !cart.is_due(now) || !claimant.may_claim(cart, own, timing) {
        return None;
    }
    if cart.is_withheld && cart.status == Status::Open {
        cart.holder = None;
        cart.next_attempt_at = None;
        return None;
    }
    let call = match (&cart.lead_code, &cart.adding) {
        (Some(code), _) => of_known_lead(cart, code.clone()),
        (None, Some(adding)) => Call::Find(adding.clone()),
        (None, None) if cart.proposed_lead_code.is_some() => {
            Call::Read { lead_code: cart.proposed_lead_code.clone().unwrap_or_default() }
        }
        (None, None) if cart.status != Status::Open => {
            cart.holder = None;
            cart.bury();
            return None;
        }
        (None, None) => {
            let lead = cart.lead();
            let Some(email) = Cart::address_of_add(&lead).map(str::to_owned) else {
                cart.holder = None;
                cart.next_attempt_at = None;
                return None;
            };
            let lead = if cart.is_tried_with_essentials() { essentials(&lead) } else { lead };
            cart.adding = Some(Adding { since: now, email });
            Call::Add(lead)
        }
    };
    Some(Step { call, version: cart.version, claim: claimant.claim(cart, now, timing) })
}

fn of_known_lead(cart: &Cart, lead_code: String) -> Call {
    match cart.status {
        Status::Open if cart.quiet_since.is_some() => Call::CheckUsed { lead_code },
        // The mails stop first, whatever comes of the rest.
        Status::Open if cart.lacks_marks() => Call::Mark { lead_code, used: false },
        Status::Open if cart.needs_read_back => Call::Read { lead_code },
        Status::Open => Call::Update { lead_code, lead: cart.lead() },
        Status::Completed | Status::Withdrawn if !cart.marked => {
            Call::Mark { lead_code, used: cart.status == Status::Completed }
        }
        Status::Completed | Status::Withdrawn if cart.needs_read_back => Call::Read { lead_code },
        Status::Completed => Call::Update { lead_code, lead: cart.lead() },
        Status::Withdrawn => Call::Empty { lead_code, lead: cart.lead().emptied() },
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use wire::{Path, Stamped};

    use super::{Adding, Call, Cart, Claimant, Millis, Status, Step, Timing};
    use crate::cart::{KeyHash, close};

    pub(crate) const ID: &str = "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10";

    /// A cart that may be added and was not yet.
    pub(crate) fn ready() -> Cart {
        let mut cart = Cart::new(ID, KeyHash::of("k"), 1);
        cart.state = [
            (Path::Items, Stamped::json(r#"[{"Code":"A","Quantity":1}]"#, 1)),
            (Path::Currency, Stamped::text("EUR", 1)),
            ("BillingDetails.Email".parse().unwrap(), Stamped::text("ada@example.com", 1)),
        ]
        .into_iter()
        .collect();
        cart.version = 1;
        cart.next_attempt_at = Some(1);
        cart
    }

    pub(crate) fn known() -> Cart {
        Cart { lead_code: Some("L1".into()), ..ready() }
    }

    pub(crate) fn closed(cart: Cart, end: Status) -> Cart {
        let mut cart = Some(cart);
        close(&mut cart, ID, KeyHash::of("k"), end, None, 1);
        cart.unwrap()
    }

    /// A lead whose order waits for its payment.
    pub(crate) fn unpaid() -> Cart {
        Cart { followups_stopped: true, ..known() }
    }

    /// [`super::begin`] of a proxy that is alone.
    pub(crate) fn begin(cart: &mut Cart, now: Millis, timing: &Timing) -> Option<Step> {
        super::begin(cart, &mut Claimant::new("alone"), 0, now, timing)
    }

    /// A lead of which nothing that was typed is left here.
    pub(crate) fn erased() -> Cart {
        Cart { state: Default::default(), delivered: 1, next_attempt_at: None, ..known() }
    }

    /// A cart that is not known here, and whose browser names a lead.
    pub(crate) fn named() -> Cart {
        Cart { proposed_lead_code: Some("L7".into()), ..ready() }
    }

    fn adding() -> Cart {
        Cart { adding: Some(Adding { since: 1, email: "ada@example.com".into() }), ..ready() }
    }

    #[test]
    fn each_state_of_a_cart_has_one_next_call() {
        let cases: Vec<(&str, Cart, Option<&str>)> = vec![
            ("ready", ready(), Some("add")),
            ("delivered", Cart { delivered: 1, ..known() }, None),
            ("not yet", Cart { next_attempt_at: Some(11), ..known() }, None),
            ("parked", Cart { next_attempt_at: None, ..known() }, None),
            ("known", known(), Some("update")),
            ("known, quiet for long", Cart { quiet_since: Some(1), ..known() }, Some("check_used")),
            ("unpaid", unpaid(), Some("mark")),
            ("unpaid, marked", Cart { marked: true, ..unpaid() }, Some("update")),
            ("unpaid, delivered", Cart { delivered: 1, ..unpaid() }, Some("mark")),
            ("unpaid, delivered, marked", Cart { delivered: 1, marked: true, ..unpaid() }, None),
            ("answer lost", adding(), Some("find")),
            ("completed", closed(known(), Status::Completed), Some("mark")),
            ("completed, marked", Cart { marked: true, ..closed(known(), Status::Completed) }, Some("update")),
            ("withdrawn", closed(known(), Status::Withdrawn), Some("mark")),
            ("withdrawn, marked", Cart { marked: true, ..closed(known(), Status::Withdrawn) }, Some("empty")),
            ("erased, and changed since", Cart { needs_read_back: true, ..known() }, Some("read")),
            (
                "erased, bought elsewhere?",
                Cart { needs_read_back: true, quiet_since: Some(1), ..known() },
                Some("check_used"),
            ),
            ("named by a browser", Cart { proposed_lead_code: Some("L7".into()), ..ready() }, Some("read")),
            ("named, answer lost", Cart { proposed_lead_code: Some("L7".into()), ..adding() }, Some("find")),
            ("named, withdrawn", closed(named(), Status::Withdrawn), Some("read")),
            ("erased, withdrawn", closed(erased(), Status::Withdrawn), Some("mark")),
            ("erased, withdrawn, marked", Cart { marked: true, ..closed(erased(), Status::Withdrawn) }, Some("read")),
            ("erased, completed", closed(erased(), Status::Completed), Some("mark")),
            ("withdrawn, answer lost", closed(adding(), Status::Withdrawn), Some("find")),
            ("withdrawn, no lead", closed(ready(), Status::Withdrawn), None),
        ];
        for (name, mut cart, expected) in cases {
            let step = begin(&mut cart, 10, &Timing::default());
            assert_eq!(step.map(|step| step.call.name()), expected, "{name}");
        }
    }

    #[test]
    fn an_add_leaves_its_mark_before_it_is_sent() {
        let mut cart = ready();
        begin(&mut cart, 10, &Timing::default()).unwrap();
        assert_eq!(cart.adding, Some(Adding { since: 10, email: "ada@example.com".into() }));
        assert_eq!(cart.next_attempt_at, Some(2_010));
    }

    #[test]
    fn a_lead_whose_address_was_cleared_is_still_updated() {
        let mut cart = known();
        cart.state.change("BillingDetails.Email".parse().unwrap(), Stamped::cleared(2));
        let Some(Step { call: Call::Update { lead, .. }, .. }) = begin(&mut cart, 10, &Timing::default()) else {
            panic!("expected an update");
        };
        assert_eq!(lead.billing_details.email.as_deref(), Some(""));
        assert_eq!(lead.items.len(), 1);
    }

    #[test]
    fn a_cart_that_lost_its_address_before_it_was_added_waits_again() {
        let mut cart = ready();
        cart.state.change("BillingDetails.Email".parse().unwrap(), Stamped::cleared(2));
        assert_eq!(begin(&mut cart, 10, &Timing::default()), None);
        assert_eq!((cart.next_attempt_at, cart.adding), (None, None));
    }
}
