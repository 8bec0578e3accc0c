//! What a call to 2Checkout came to, and what follows from it. Pure.

use super::step::{Call, Step};
use super::{Timing, backoff};
use twocheckout::SignIn;
use wire::LeadState;

use crate::cart::{Cart, Millis, Status, without_person};

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Carried out. An `addLead` and a search that found something tell the lead's code.
    Done(Option<String>),
    /// It may work later.
    Transient {
        /// How long 2Checkout asked to wait. Counts up to [`Timing::backoff_max_ms`].
        retry_after_ms: Option<Millis>,
        /// It may have been carried out although no answer came.
        maybe_done: bool,
    },
    /// 2Checkout said no. It may be the lead, or a setting of the account that somebody mends.
    Rejected,
    /// Not sent: the lead lacks what 2Checkout requires.
    Incomplete,
    /// 2Checkout does not know the lead code.
    UnknownLead,
    /// 2Checkout does not accept the credentials. Nothing was carried out.
    Unauthorised(SignIn),
    /// The lead as 2Checkout has it.
    Read(ReadBack),
}

impl Outcome {
    /// Whether 2Checkout has answered, and so accepts the credentials: not what was never sent, and not what got no answer.
    pub fn is_answer(&self) -> bool {
        match self {
            Self::Done(_) | Self::Read(_) | Self::Rejected | Self::UnknownLead => true,
            Self::Transient { .. } | Self::Incomplete | Self::Unauthorised(_) => false,
        }
    }

    /// For logs and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Transient { maybe_done: true, .. } => "lost",
            Self::Transient { .. } => "transient",
            Self::Rejected => "rejected",
            Self::Incomplete => "incomplete",
            Self::UnknownLead => "unknown_lead",
            Self::Unauthorised(_) => "unauthorised",
            Self::Read(_) => "done",
        }
    }
}

/// What 2Checkout has of a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBack {
    /// Whether it names the cart as its own.
    pub is_of_cart: bool,
    /// What stands in it, older than anything a page may say.
    pub state: LeadState,
}

/// What became of an outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// It is in the cart.
    Whole,
    /// The cart was taken over meanwhile: nothing was entered but the code of a lead, where the cart had none.
    Late,
    /// As the others, and 2Checkout has a second lead of this cart, by this code: its mails have to be stopped.
    Stray(String),
}

/// Enters an outcome into the cart, which may have changed, been closed or been taken over while the call was under way.
///
/// `now` is of the store's clock, `dice` between 0 and 1.
#[must_use]
pub fn finish(cart: &mut Cart, step: &Step, outcome: &Outcome, now: Millis, dice: f64, timing: &Timing) -> Entered {
    let stray = stray(cart, step, outcome);
    if step.claim.is_of(cart) {
        cart.holder = None;
        enter(cart, step, outcome, now, dice, timing);
        return stray.map_or(Entered::Whole, Entered::Stray);
    }
    if let (Call::Add(_), Outcome::Done(Some(code)), None) = (&step.call, outcome, &cart.lead_code) {
        // Nobody looks at a cart that has nothing to deliver, and it may be a tombstone.
        if cart.is_delivered() {
            cart.version += 1;
        }
        cart.lead_code = Some(code.clone());
        cart.schedule(now);
    }
    stray.map_or(Entered::Late, Entered::Stray)
}

/// The code of a lead that was just made beside the one the cart has.
fn stray(cart: &Cart, step: &Step, outcome: &Outcome) -> Option<String> {
    match (&step.call, outcome, &cart.lead_code) {
        (Call::Add(_), Outcome::Done(Some(made)), Some(known)) if made != known => Some(made.clone()),
        _ => None,
    }
}

fn enter(cart: &mut Cart, step: &Step, outcome: &Outcome, now: Millis, dice: f64, timing: &Timing) {
    match outcome {
        Outcome::Done(code) => done(cart, step, code.as_deref(), now),
        Outcome::Transient { retry_after_ms, maybe_done } => {
            if *maybe_done {
                marks_may_be_gone(cart, &step.call);
            } else {
                not_added(cart, &step.call);
            }
            cart.parked = false;
            cart.attempts = cart.attempts.saturating_add(1);
            let settle = if *maybe_done { timing.settle_ms } else { 0 };
            // 2Checkout's word counts, but not for longer than any failure of its own would.
            let asked = retry_after_ms.unwrap_or(0).min(timing.backoff_max_ms);
            let wait = backoff(timing, cart.attempts, dice).max(settle).max(asked);
            cart.next_attempt_at = Some(now.saturating_add(wait));
        }
        Outcome::Read(read) => read_back(cart, step, read, now),
        Outcome::Unauthorised(_) => {
            not_added(cart, &step.call);
            cart.parked = false;
            // The gate holds it back for longer where it has to.
            cart.next_attempt_at = Some(now.saturating_add(timing.first_pause_ms.min(timing.pause_ms)));
        }
        Outcome::Rejected => rejected(cart, step, now, dice, timing),
        Outcome::Incomplete => incomplete(cart, step, now),
        // The cart has no lead by this code, whoever says so.
        Outcome::UnknownLead if is_proposal(cart, &step.call) => unproven(cart, now),
        Outcome::UnknownLead => lost(cart, step, now, dice, timing),
    }
    if cart.status != Status::Open && !cart.may_have_lead() && cart.proposed_lead_code.is_none() {
        cart.bury();
    }
}

fn not_added(cart: &mut Cart, call: &Call) {
    if matches!(call, Call::Add(_)) {
        cart.adding = None;
    }
}

/// "All the existing data for that lead will be overwritten", 2Checkout says of an update: the marks may be among them.
fn marks_may_be_gone(cart: &mut Cart, call: &Call) {
    if matches!(call, Call::Update { .. } | Call::Empty { .. }) {
        cart.marked = false;
    }
}

fn done(cart: &mut Cart, step: &Step, code: Option<&str>, now: Millis) {
    cart.attempts = 0;
    cart.parked = false;
    marks_may_be_gone(cart, &step.call);
    // A call that began before the cart was closed has said nothing of its end.
    let is_closed = cart.status != Status::Open && step.version == cart.version;
    match &step.call {
        Call::Add(_) => {
            // The code of an earlier one may have come meanwhile, see `finish`.
            if cart.lead_code.is_none() {
                cart.lead_code = code.map(str::to_owned);
                cart.delivered = cart.delivered.max(step.version);
            }
            cart.adding = None;
        }
        // What the lost addLead carried may be older than what stands here: an update follows.
        Call::Find(_) => {
            cart.lead_code = cart.lead_code.take().or_else(|| code.map(str::to_owned));
            cart.adding = None;
        }
        // 2Checkout has the last of it: what is left is to mark it again.
        Call::Update { .. } | Call::Empty { .. } if is_closed => cart.state = LeadState::default(),
        Call::Update { .. } | Call::Empty { .. } => {
            cart.delivered = cart.delivered.max(step.version);
            cart.renewed = false;
        }
        Call::CheckUsed { .. } => {
            let since = cart.quiet_since.take();
            if code.is_some() && cart.status == Status::Open {
                bought_elsewhere(cart, since.unwrap_or(now));
            }
        }
        // A mark of an order that waited for its payment, and the cart was closed meanwhile.
        Call::Mark { used, .. } if *used != (cart.status == Status::Completed) => {}
        // What the lead holds is read back, to be emptied.
        Call::Mark { .. } if is_closed && cart.needs_read_back && cart.status == Status::Withdrawn => {
            cart.marked = true
        }
        Call::Mark { used, .. } if is_closed && (cart.state.is_empty() || (*used && cart.lacks_only_its_closing())) => {
            return cart.bury();
        }
        Call::Mark { .. } => cart.marked = true,
        // Its outcome is another one.
        Call::Read { .. } => {}
    }
    cart.next_attempt_at = (!cart.is_delivered()).then_some(now);
}

/// Whether the call asks whose lead it is that a browser has named.
fn is_proposal(cart: &Cart, call: &Call) -> bool {
    matches!(call, Call::Read { .. }) && cart.lead_code.is_none()
}

/// What 2Checkout has of the lead is older than what was typed since. Of a withdrawn one nothing that was typed comes back.
fn read_back(cart: &mut Cart, step: &Step, read: &ReadBack, now: Millis) {
    let Call::Read { lead_code } = &step.call else { return };
    (cart.attempts, cart.parked) = (0, false);
    if is_proposal(cart, &step.call) {
        if !read.is_of_cart {
            return unproven(cart, now);
        }
        cart.proposed_lead_code = None;
        cart.lead_code = Some(lead_code.clone());
        if cart.status == Status::Open {
            // This store does not know how the cart has ended meanwhile; 2Checkout may.
            cart.quiet_since.get_or_insert(cart.created_at);
        }
    }
    cart.needs_read_back = false;
    let mut state = read.state.clone();
    match cart.status {
        Status::Open => {}
        Status::Withdrawn => state = without_person(&state),
        // The mark is all that it lacks.
        Status::Completed if cart.state.is_empty() => state = LeadState::default(),
        Status::Completed => {}
    }
    cart.state.merge(state);
    cart.next_attempt_at = (!cart.is_delivered()).then_some(now);
}

/// The lead that a browser has named is not this cart's, or 2Checkout does not say so: the cart goes on without it.
fn unproven(cart: &mut Cart, now: Millis) {
    (cart.attempts, cart.parked) = (0, false);
    cart.proposed_lead_code = None;
    cart.next_attempt_at = (!cart.is_delivered()).then_some(now);
}

/// The lead was bought through one of its mails, at some time after the shopper left: what was typed since he came back
/// belongs to the next purchase.
fn bought_elsewhere(cart: &mut Cart, left: Millis) {
    cart.status = Status::Completed;
    cart.updated_at = left;
    cart.state = LeadState::default();
    cart.erase_address();
    cart.marked = false;
    cart.version += 1;
}

/// So often in a row 2Checkout may refuse a call before it is given up: an open cart until its next change, an operator or a
/// restart has it tried again; the last call for a closed lead, which is marked by then, for good. With the default times
/// that is about half an hour. A mark is never given up: it stops the mails.
const REFUSALS: u32 = 20;

fn rejected(cart: &mut Cart, step: &Step, now: Millis, dice: f64, timing: &Timing) {
    // An account that may not search is no reason to keep an edit back.
    if matches!(step.call, Call::CheckUsed { .. }) {
        return done(cart, step, None, now);
    }
    // Nor is one that may not read.
    if is_proposal(cart, &step.call) {
        return unproven(cart, now);
    }
    not_added(cart, &step.call);
    // Failures of another kind are no refusals.
    let before = if cart.parked { cart.attempts } else { 0 };
    cart.parked = true;
    cart.attempts = before.saturating_add(1);
    if is_the_last(cart, &step.call) && cart.attempts >= REFUSALS {
        return cart.bury();
    }
    let mut wait = backoff(timing, cart.attempts, dice);
    if cart.is_tried_with_essentials() {
        wait = 0;
    }
    let is_mark = matches!(step.call, Call::Mark { .. });
    if cart.status == Status::Open && !is_mark && cart.version == step.version && cart.attempts >= REFUSALS {
        cart.next_attempt_at = None;
        return;
    }
    if cart.version > step.version {
        // What came in the meantime has not been refused yet.
        (cart.parked, cart.attempts, wait) = (false, 0, 0);
    }
    cart.next_attempt_at = Some(now.saturating_add(wait));
}

fn incomplete(cart: &mut Cart, step: &Step, now: Millis) {
    not_added(cart, &step.call);
    // A closed cart does not change any more.
    if is_the_last(cart, &step.call) {
        return cart.bury();
    }
    let newer = cart.version > step.version;
    cart.attempts = 0;
    cart.parked = !newer;
    cart.next_attempt_at = newer.then_some(now);
}

/// Whether nothing but this call is left to do for a closed cart.
fn is_the_last(cart: &Cart, call: &Call) -> bool {
    cart.status != Status::Open
        && cart.marked
        && matches!(call, Call::Empty { .. } | Call::Update { .. } | Call::Read { .. })
}

/// Whether the cart was given up with this outcome: its lead is marked, but was not emptied or misses its last edit.
pub fn is_given_up(cart: &Cart, step: &Step, outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Rejected | Outcome::Incomplete) && is_the_last(cart, &step.call) && cart.is_delivered()
}

fn lost(cart: &mut Cart, step: &Step, now: Millis, dice: f64, timing: &Timing) {
    match &step.call {
        // There is nothing left to close.
        _ if cart.marked && cart.status != Status::Open => cart.bury(),
        Call::Mark { .. } if cart.status != Status::Open => cart.bury(),
        Call::Update { .. } | Call::Mark { .. } | Call::Read { .. } if !cart.renewed => {
            cart.needs_read_back = false;
            cart.renewed = true;
            cart.lead_code = None;
            cart.marked = false;
            cart.attempts = 0;
            cart.next_attempt_at = Some(now);
        }
        _ => rejected(cart, step, now, dice, timing),
    }
}

#[cfg(test)]
mod tests {
    use super::super::step::Call;
    use super::super::step::tests::{ID, begin, closed, erased, known, named, ready, unpaid};
    use super::*;
    use crate::cart::{KeyHash, close};

    const NOW: Millis = 10;
    const LOST: Outcome = Outcome::Transient { retry_after_ms: None, maybe_done: true };
    const AWAY: Outcome = Outcome::Transient { retry_after_ms: None, maybe_done: false };

    fn after(mut cart: Cart, outcome: &Outcome) -> Cart {
        let timing = Timing::default();
        let step = begin(&mut cart, NOW, &timing).expect("a step");
        assert_eq!(finish(&mut cart, &step, outcome, NOW, 1.0, &timing), Entered::Whole);
        cart
    }

    /// What is tried next, and when.
    fn next(cart: &Cart) -> (Option<Millis>, Option<&'static str>) {
        let mut cart = cart.clone();
        let at = cart.next_attempt_at;
        (at, at.and_then(|at| begin(&mut cart, at, &Timing::default())).map(|step| step.call.name()))
    }

    fn finding() -> Cart {
        let mut cart = after(ready(), &LOST);
        cart.next_attempt_at = Some(NOW);
        cart
    }

    #[test]
    fn every_outcome_of_every_call_has_one_consequence() {
        let code = || Outcome::Done(Some("L9".into()));
        let withdrawn = || closed(known(), Status::Withdrawn);
        let marked = || Cart { marked: true, ..withdrawn() };
        let bought = || closed(Cart { delivered: 1, ..known() }, Status::Completed);
        let bought_unsaid = || closed(known(), Status::Completed);
        let last_edit = || Cart { marked: true, ..bought_unsaid() };
        let empty = |cart| Cart { state: LeadState::default(), ..cart };
        let (emptied, edited) = (|| empty(withdrawn()), || empty(bought_unsaid()));
        let unpaid_marked = || Cart { marked: true, ..unpaid() };
        let quiet = || Cart { quiet_since: Some(1), ..known() };
        let erased_and_changed = || Cart { needs_read_back: true, ..known() };
        let named_withdrawn = || closed(named(), Status::Withdrawn);
        let erased_withdrawn = || closed(erased(), Status::Withdrawn);
        let read = |is_of_cart| Outcome::Read(ReadBack { is_of_cart, state: ready().state });
        let refused = |attempts, cart| Cart { parked: true, attempts, ..cart };
        let more = || {
            let mut cart = ready();
            cart.state.change("BillingDetails.FiscalCode".parse().unwrap(), wire::Stamped::text("DE12", 1));
            cart.state.change("BillingDetails.Company".parse().unwrap(), wire::Stamped::text("Ada AG", 1));
            cart
        };
        let wait = Outcome::Transient { retry_after_ms: Some(7_000), maybe_done: false };
        let a_day = Outcome::Transient { retry_after_ms: Some(86_400_000), maybe_done: false };
        type Case = (&'static str, Cart, Outcome, (Option<Millis>, Option<&'static str>));
        let cases: Vec<Case> = vec![
            ("add, done", ready(), code(), (None, None)),
            ("add, away", ready(), AWAY, (Some(NOW + 1_000), Some("add"))),
            ("add, asked to wait", ready(), wait.clone(), (Some(NOW + 7_000), Some("add"))),
            ("add, asked to wait a day", ready(), a_day, (Some(NOW + 300_000), Some("add"))),
            ("add, lost", ready(), LOST, (Some(NOW + 2_000), Some("find"))),
            ("add, rejected", ready(), Outcome::Rejected, (Some(NOW + 1_000), Some("add"))),
            ("add, rejected again", refused(5, ready()), Outcome::Rejected, (Some(NOW + 32_000), Some("add"))),
            ("add, rejected 19 times", refused(18, ready()), Outcome::Rejected, (Some(NOW + 300_000), Some("add"))),
            ("add, rejected 20 times", refused(19, ready()), Outcome::Rejected, (None, None)),
            ("add of more than the essentials, rejected", more(), Outcome::Rejected, (Some(NOW), Some("add"))),
            ("the essentials rejected too", refused(1, more()), Outcome::Rejected, (Some(NOW + 2_000), Some("add"))),
            ("update, rejected 20 times", refused(19, known()), Outcome::Rejected, (None, None)),
            ("add, incomplete", ready(), Outcome::Incomplete, (None, None)),
            ("add, unauthorised", ready(), Outcome::Unauthorised(SignIn::Unknown), (Some(NOW + 2_000), Some("add"))),
            ("find, found", finding(), code(), (Some(NOW), Some("update"))),
            ("find, not found", finding(), Outcome::Done(None), (Some(NOW), Some("add"))),
            ("find, away", finding(), AWAY, (Some(NOW + 2_000), Some("find"))),
            ("find, rejected", finding(), Outcome::Rejected, (Some(NOW + 1_000), Some("find"))),
            (
                "find, unauthorised",
                finding(),
                Outcome::Unauthorised(SignIn::Unknown),
                (Some(NOW + 2_000), Some("find")),
            ),
            ("update, done", known(), Outcome::Done(None), (None, None)),
            ("update, away", known(), AWAY, (Some(NOW + 1_000), Some("update"))),
            ("update, lost", known(), LOST, (Some(NOW + 2_000), Some("update"))),
            ("update, rejected", known(), Outcome::Rejected, (Some(NOW + 1_000), Some("update"))),
            ("update, incomplete", known(), Outcome::Incomplete, (None, None)),
            ("update, unknown", known(), Outcome::UnknownLead, (Some(NOW), Some("add"))),
            (
                "update, unknown again",
                Cart { renewed: true, ..known() },
                Outcome::UnknownLead,
                (Some(NOW + 1_000), Some("update")),
            ),
            (
                "update, unauthorised",
                known(),
                Outcome::Unauthorised(SignIn::Unknown),
                (Some(NOW + 2_000), Some("update")),
            ),
            ("mark, done", withdrawn(), Outcome::Done(None), (Some(NOW), Some("empty"))),
            ("mark, away", withdrawn(), AWAY, (Some(NOW + 1_000), Some("mark"))),
            ("mark, rejected", withdrawn(), Outcome::Rejected, (Some(NOW + 1_000), Some("mark"))),
            (
                "mark, rejected for ever", // the mails have to stop
                refused(99, withdrawn()),
                Outcome::Rejected,
                (Some(NOW + 300_000), Some("mark")),
            ),
            ("mark, unknown", withdrawn(), Outcome::UnknownLead, (None, None)),
            ("empty, done", marked(), Outcome::Done(None), (Some(NOW), Some("mark"))),
            ("empty, lost", marked(), LOST, (Some(NOW + 2_000), Some("mark"))),
            ("emptied, marked again", emptied(), Outcome::Done(None), (None, None)),
            ("emptied, mark rejected", emptied(), Outcome::Rejected, (Some(NOW + 1_000), Some("mark"))),
            ("empty, away", marked(), AWAY, (Some(NOW + 1_000), Some("empty"))),
            ("empty, rejected", marked(), Outcome::Rejected, (Some(NOW + 1_000), Some("empty"))),
            (
                "empty, rejected 19 times",
                refused(18, marked()),
                Outcome::Rejected,
                (Some(NOW + 300_000), Some("empty")),
            ),
            ("empty, rejected 20 times", refused(19, marked()), Outcome::Rejected, (None, None)),
            (
                "empty, rejected after an outage",
                Cart { attempts: 99, ..marked() },
                Outcome::Rejected,
                (Some(NOW + 1_000), Some("empty")),
            ),
            ("empty, incomplete", marked(), Outcome::Incomplete, (None, None)),
            ("empty, unknown", marked(), Outcome::UnknownLead, (None, None)),
            ("bought, marked", bought(), Outcome::Done(None), (None, None)),
            ("bought with an edit, marked", bought_unsaid(), Outcome::Done(None), (Some(NOW), Some("update"))),
            ("bought, last edit done", last_edit(), Outcome::Done(None), (Some(NOW), Some("mark"))),
            ("bought, last edit lost", last_edit(), LOST, (Some(NOW + 2_000), Some("mark"))),
            ("bought, last edit there, marked again", edited(), Outcome::Done(None), (None, None)),
            ("read, its own", erased_and_changed(), read(true), (Some(NOW), Some("update"))),
            ("read, away", erased_and_changed(), AWAY, (Some(NOW + 1_000), Some("read"))),
            ("read, rejected", erased_and_changed(), Outcome::Rejected, (Some(NOW + 1_000), Some("read"))),
            ("read, gone", erased_and_changed(), Outcome::UnknownLead, (Some(NOW), Some("add"))),
            ("named, its own", named(), read(true), (Some(NOW), Some("check_used"))),
            ("named, another cart's", named(), read(false), (Some(NOW), Some("add"))),
            ("named, unknown", named(), Outcome::UnknownLead, (Some(NOW), Some("add"))),
            ("named, may not be read", named(), Outcome::Rejected, (Some(NOW), Some("add"))),
            ("named, away", named(), AWAY, (Some(NOW + 1_000), Some("read"))),
            ("named and withdrawn, its own", named_withdrawn(), read(true), (Some(NOW), Some("mark"))),
            ("named and withdrawn, another cart's", named_withdrawn(), read(false), (None, None)),
            ("named and withdrawn, away", named_withdrawn(), AWAY, (Some(NOW + 1_000), Some("read"))),
            ("erased and withdrawn, marked", erased_withdrawn(), Outcome::Done(None), (Some(NOW), Some("read"))),
            (
                "erased and withdrawn, marked, read",
                Cart { marked: true, ..erased_withdrawn() },
                read(true),
                (Some(NOW), Some("empty")),
            ),
            (
                "erased and withdrawn, may not be read",
                refused(19, Cart { marked: true, ..erased_withdrawn() }),
                Outcome::Rejected,
                (None, None),
            ),
            ("unpaid, marked", unpaid(), Outcome::Done(None), (Some(NOW), Some("update"))),
            ("unpaid, marked, updated", unpaid_marked(), Outcome::Done(None), (Some(NOW), Some("mark"))),
            ("unpaid, update lost", unpaid_marked(), LOST, (Some(NOW + 2_000), Some("mark"))),
            (
                "unpaid, mark rejected for ever",
                refused(99, unpaid()),
                Outcome::Rejected,
                (Some(NOW + 300_000), Some("mark")),
            ),
            ("unpaid, of no lead", unpaid(), Outcome::UnknownLead, (Some(NOW), Some("add"))),
            ("unpaid, marked, of no lead", unpaid_marked(), Outcome::UnknownLead, (Some(NOW), Some("add"))),
            ("unpaid, marked, incomplete", unpaid_marked(), Outcome::Incomplete, (None, None)),
            ("quiet, not used", quiet(), Outcome::Done(None), (Some(NOW), Some("update"))),
            ("quiet, used", quiet(), code(), (Some(NOW), Some("mark"))),
            ("quiet, away", quiet(), AWAY, (Some(NOW + 1_000), Some("check_used"))),
            ("quiet, may not search", quiet(), Outcome::Rejected, (Some(NOW), Some("update"))),
            ("bought, last edit away", last_edit(), AWAY, (Some(NOW + 1_000), Some("update"))),
            ("bought, last edit rejected", last_edit(), Outcome::Rejected, (Some(NOW + 1_000), Some("update"))),
            ("bought, last edit given up", refused(19, last_edit()), Outcome::Rejected, (None, None)),
            ("bought, last edit of no lead", last_edit(), Outcome::UnknownLead, (None, None)),
        ];
        for (name, cart, outcome, expected) in cases {
            assert_eq!(next(&after(cart, &outcome)), expected, "{name}");
        }
    }

    #[test]
    fn a_cart_closed_while_its_add_was_under_way_is_closed_after_it() {
        let timing = Timing::default();
        for end in [Status::Completed, Status::Withdrawn] {
            let mut cart = Some(ready());
            let step = begin(cart.as_mut().unwrap(), NOW, &timing).unwrap();
            assert!(close(&mut cart, ID, KeyHash::of("k"), end, None, NOW));
            let mut cart = cart.unwrap();
            assert_eq!(finish(&mut cart, &step, &Outcome::Done(Some("L1".into())), NOW, 1.0, &timing), Entered::Whole);
            assert_eq!(next(&cart), (Some(NOW), Some("mark")));
        }
    }

    #[test]
    fn a_cart_closed_while_its_add_failed_for_certain_leaves_only_the_tombstone() {
        let timing = Timing::default();
        for outcome in [AWAY, Outcome::Rejected, Outcome::Unauthorised(SignIn::Unknown)] {
            let mut cart = Some(ready());
            let step = begin(cart.as_mut().unwrap(), NOW, &timing).unwrap();
            close(&mut cart, ID, KeyHash::of("k"), Status::Withdrawn, None, NOW);
            let mut cart = cart.unwrap();
            assert_eq!(finish(&mut cart, &step, &outcome, NOW, 1.0, &timing), Entered::Whole);
            assert!(cart.is_delivered() && cart.state.is_empty() && cart.adding.is_none());
        }
    }

    #[test]
    fn after_a_refusal_the_essentials_are_tried_alone_and_the_next_change_tries_all() {
        let timing = Timing::default();
        let change = |cart: &mut Cart, path: &str, text: &str| {
            cart.state.change(path.parse().unwrap(), wire::Stamped::text(text, 2));
        };
        let mut cart = ready();
        change(&mut cart, "BillingDetails.FirstName", "Ada");
        change(&mut cart, "BillingDetails.FiscalCode", "DE12");
        change(&mut cart, "BillingDetails.Company", "Ada AG");
        let mut cart = after(cart, &Outcome::Rejected);
        let step = begin(&mut cart, NOW, &timing).unwrap();
        let Call::Add(lead) = &step.call else { panic!("expected an add") };
        let billing = &lead.billing_details;
        assert_eq!((billing.first_name.as_deref(), billing.email.as_deref()), (Some("Ada"), Some("ada@example.com")));
        assert_eq!((&billing.fiscal_code, &billing.company, lead.items.len()), (&None, &None, 1));
        let added = Outcome::Done(Some("L1".into()));
        assert_eq!(finish(&mut cart, &step, &added, NOW, 1.0, &timing), Entered::Whole);
        assert!(cart.is_delivered() && !cart.parked);
        cart.version += 1;
        cart.schedule(NOW);
        let Call::Update { lead, .. } = begin(&mut cart, NOW, &timing).unwrap().call else {
            panic!("expected an update")
        };
        assert_eq!(lead.billing_details.fiscal_code.as_deref(), Some("DE12"));
    }

    #[test]
    fn what_came_while_a_change_was_refused_is_tried() {
        let timing = Timing::default();
        let mut cart = known();
        let step = begin(&mut cart, NOW, &timing).unwrap();
        cart.version += 1;
        assert_eq!(finish(&mut cart, &step, &Outcome::Rejected, NOW, 1.0, &timing), Entered::Whole);
        assert!(cart.is_due(NOW) && !cart.parked);
    }

    #[test]
    fn what_came_during_an_update_is_still_to_be_delivered() {
        let timing = Timing::default();
        let mut cart = known();
        let step = begin(&mut cart, NOW, &timing).unwrap();
        cart.version += 2;
        assert_eq!(finish(&mut cart, &step, &Outcome::Done(None), NOW, 1.0, &timing), Entered::Whole);
        assert_eq!((cart.delivered, cart.is_due(NOW)), (1, true));
    }

    #[test]
    fn a_mark_of_an_unpaid_order_does_not_count_for_the_end_of_its_cart() {
        let timing = Timing::default();
        let mut cart = unpaid();
        let step = begin(&mut cart, NOW, &timing).unwrap();
        let mut cart = closed(cart, Status::Completed);
        assert_eq!(finish(&mut cart, &step, &Outcome::Done(None), NOW, 1.0, &timing), Entered::Whole);
        assert_eq!(next(&cart), (Some(NOW), Some("mark")));
        assert!(!cart.marked);
    }

    #[test]
    fn what_was_typed_after_a_lead_was_bought_elsewhere_does_not_reach_it() {
        let cart = after(Cart { quiet_since: Some(1), ..known() }, &Outcome::Done(Some("L1".into())));
        assert!(cart.status == Status::Completed && cart.state.is_empty() && cart.updated_at == 1);
        let cart = after(cart, &Outcome::Done(None));
        assert!(cart.is_delivered() && cart.next_attempt_at.is_none());
    }

    #[test]
    fn a_lead_that_was_updated_since_its_renewal_may_be_renewed_again() {
        let cart = after(Cart { renewed: true, ..known() }, &Outcome::Done(None));
        let lost = after(Cart { version: 2, next_attempt_at: Some(NOW), ..cart }, &Outcome::UnknownLead);
        assert_eq!(next(&lost), (Some(NOW), Some("add")));
    }

    #[test]
    fn a_marked_lead_leaves_a_tombstone_with_its_code() {
        let cart = after(closed(Cart { delivered: 1, ..known() }, Status::Completed), &Outcome::Done(None));
        assert!(cart.state.is_empty() && cart.is_delivered());
        assert_eq!(cart.lead_code.as_deref(), Some("L1"));
        assert!(matches!(Call::Mark { lead_code: "L1".into(), used: true }, Call::Mark { used: true, .. }));
    }
}
