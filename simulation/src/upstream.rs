//! The way of a call from a proxy to 2Checkout and back.

use leadkeep_proxy::cart::{Status, state_of};
use leadkeep_proxy::delivery::{Call as Delivered, Outcome, ReadBack, Step};

use crate::plan::Protection;
use crate::proxy::Work;
use crate::timeline::Millis;
use crate::trace::short;
use crate::twocheckout::{Asked, Said, TwoCheckout};
use crate::world::{Event, World};

/// A call that is under way.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) proxy: usize,
    pub(crate) epoch: u32,
    pub(crate) cart: String,
    pub(crate) step: Step,
    /// When the proxy began it.
    pub(crate) begun: Millis,
    /// The answer arrives so long after the work; `None` when it is lost.
    pub(crate) answer: Option<Millis>,
}

impl World {
    /// A proxy calls, for what it claimed at `begun`.
    pub(crate) fn call(&mut self, proxy: usize, cart: &str, step: Step, begun: Millis) {
        let Some(epoch) = self.proxies.get(proxy).map(|proxy| proxy.epoch) else { return };
        self.note(|| format!("  proxy {proxy} calls {} for cart {}", step.call.name(), short(cart)));
        let is_find = matches!(step.call, Delivered::Find(_));
        let mut call = Call { proxy, epoch, cart: cart.to_owned(), step, begun, answer: None };
        if is_find && self.is_without(Protection::Reconciliation) {
            return self.hears(1, &call, Outcome::Done(None));
        }
        let faults = self.plan.faults;
        let call_ms = TwoCheckout::LONGEST;
        let quick = self.chance.delay(150, 2_000);
        if self.chance.percent(faults.call_unauthorised) {
            return self.hears(quick, &call, Outcome::Unauthorised(twocheckout::SignIn::Unknown));
        }
        if self.chance.percent(faults.call_refused) {
            let retry_after_ms = self.chance.percent(30).then_some(2_000);
            return self.hears(quick, &call, Outcome::Transient { retry_after_ms, maybe_done: false });
        }
        let work =
            if self.chance.percent(faults.call_slow) { self.chance.between(1_000, call_ms - 1_000) } else { quick };
        let lost = self.chance.percent(faults.call_lost);
        let answer_lost = lost || self.chance.percent(faults.call_answer_lost);
        if answer_lost {
            // The connection breaks at some moment; 2Checkout ends what it has received within `settle_ms`.
            let broken = self.chance.between(1, call_ms);
            let lost_outcome = Outcome::Transient { retry_after_ms: None, maybe_done: !is_find };
            self.hears(broken, &call, lost_outcome);
            if lost {
                return;
            }
            let work = work.min(broken + self.timing.settle_ms - 1);
            return self.after(work, Event::CarryOut(Box::new(call)));
        }
        call.answer = Some(self.chance.between(1, 500));
        self.after(work, Event::CarryOut(Box::new(call)));
    }

    fn hears(&mut self, ms: Millis, call: &Call, outcome: Outcome) {
        let work = Work::Outcome { cart: call.cart.clone(), step: Box::new(call.step.clone()), outcome };
        self.after(ms, Event::Work { proxy: call.proxy, epoch: call.epoch, work });
    }

    /// 2Checkout does what it was asked.
    pub(crate) fn carry_out(&mut self, call: Call) {
        // A caller that dies hangs up: what 2Checkout had received it ends within `settle_ms`, or not at all.
        let died = self.deaths.get(&(call.proxy, call.epoch));
        if died.is_some_and(|died| self.now > died + self.timing.settle_ms.saturating_sub(1)) {
            return;
        }
        let asked = match &call.step.call {
            Delivered::Find(adding) => Asked::Find { email: adding.email.clone(), cart: call.cart.clone() },
            Delivered::CheckUsed { lead_code } => Asked::CheckUsed { lead_code: lead_code.clone() },
            Delivered::Read { lead_code } => Asked::Read { lead_code: lead_code.clone() },
            Delivered::Add(lead) => Asked::Add(lead.clone()),
            Delivered::Update { lead_code, lead } | Delivered::Empty { lead_code, lead } => {
                Asked::Update { lead_code: lead_code.clone(), lead: lead.clone() }
            }
            Delivered::Mark { lead_code, used } => Asked::Mark { lead_code: lead_code.clone(), used: *used },
        };
        self.check_call(&call, &asked);
        let said = self.upstream.carry_out(&asked);
        self.note(|| format!("  2Checkout: {} for cart {}: {said:?}", call.step.call.name(), short(&call.cart)));
        self.check_leads(&call.cart);
        let outcome = match said {
            Said::Lead(code) => Outcome::Done(code),
            Said::Done => Outcome::Done(None),
            Said::Read(lead) => Outcome::Read(ReadBack {
                is_of_cart: lead.cart_id.as_deref() == Some(call.cart.as_str()),
                state: state_of(&lead),
            }),
            Said::UnknownLead => Outcome::UnknownLead,
            Said::Refused => Outcome::Rejected,
        };
        if let Some(ms) = call.answer {
            self.hears(ms, &call, outcome);
        }
    }

    fn check_call(&mut self, call: &Call, asked: &Asked) {
        if let Asked::Add(lead) | Asked::Update { lead, .. } = asked
            && lead.items.is_empty()
        {
            self.violate("no empty Items", format!("{} of cart {}", call.step.call.name(), short(&call.cart)));
        }
        let Some((at, status)) = self.oracle.closed_at(&call.cart).filter(|(at, _)| call.begun > *at) else { return };
        let allowed = matches!(
            (&call.step.call, status),
            (Delivered::Find(_) | Delivered::Read { .. } | Delivered::Mark { .. }, _)
                | (Delivered::Update { .. }, Status::Completed)
                | (Delivered::Empty { .. }, Status::Withdrawn)
        );
        if !allowed {
            let how = format!(
                "{} of cart {}, {} ms after it was {}",
                call.step.call.name(),
                short(&call.cart),
                call.begun - at,
                status.name()
            );
            self.violate("nothing after the end", how);
        }
    }

    fn check_leads(&mut self, cart: &str) {
        let count = self.upstream.of_cart(cart).count();
        if count > 1 {
            self.violate("one lead for a cart", format!("{count} leads of cart {}", short(cart)));
        }
    }
}
