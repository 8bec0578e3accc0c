//! The delivery of a cart, as the courier does it.

use leadkeep_proxy::cart::{Cart, Status};
use leadkeep_proxy::delivery::{Call, Claimant, Entered, Outcome, Step, begin, finish};

use super::{Round, Work};
use crate::plan::Protection;
use crate::timeline::Millis;
use crate::trace::short;
use crate::world::{Event, World};

impl World {
    /// Begins the delivery of a cart, or joins the one under way.
    pub(crate) fn deliver(&mut self, id: usize, cart: &str) {
        let alone = self.is_without(Protection::SingleFlight);
        let Some(proxy) = self.proxies.get_mut(id) else { return };
        if let Some(round) = proxy.rounds.get_mut(cart) {
            round.asked += 1;
            if !alone {
                return;
            }
        }
        proxy.rounds.entry(cart.to_owned()).or_default();
        self.round(id, cart);
    }

    /// Goes on with a round: one call, if one is due; otherwise it ends, unless somebody asked since.
    fn round(&mut self, id: usize, cart: &str) {
        loop {
            let Some(round) = self.proxies.get_mut(id).and_then(|proxy| proxy.rounds.get_mut(cart)) else { return };
            round.seen = round.asked;
            if let Some(step) = self.begin(id, cart) {
                let epoch = self.proxies.get(id).map_or(0, |proxy| proxy.epoch);
                let work = Work::Call { cart: cart.to_owned(), step: Box::new(step), claimed: self.own_clock(id) };
                let ms = self.chance.between(0, 5);
                return self.after(ms, Event::Work { proxy: id, epoch, work });
            }
            let Some(proxy) = self.proxies.get_mut(id) else { return };
            if proxy.rounds.get(cart).is_none_or(|round: &Round| round.asked == round.seen) {
                proxy.rounds.remove(cart);
                return self.answer_waiters(id, |waiter| waiter.cart == cart);
            }
        }
    }

    fn begin(&mut self, id: usize, cart: &str) -> Option<Step> {
        let (now, own, timing) = (self.store_clock(), self.own_clock(id), self.timing);
        let alone = self.is_without(Protection::SingleFlight);
        // Taken out for the edit: they are the proxy's own.
        let proxy = self.proxies.get_mut(id)?;
        let gate = std::mem::take(&mut proxy.gate);
        let mut claimant = std::mem::replace(&mut proxy.claimant, Claimant::new(String::new()));
        let step = self.edit(cart, |known| {
            let row = known.as_mut()?;
            if alone && row.holder.take().is_some() {
                row.next_attempt_at = row.next_attempt_at.map(|at| at.min(now));
            }
            let mut begun = Some(&mut *row).filter(|row| row.is_due(now))?.clone();
            let step = begin(&mut begun, &mut claimant, own, now, &timing);
            if step.is_some() && !gate.admit(own, timing.pause_ms) {
                return None;
            }
            *row = begun;
            step
        });
        if let Some(proxy) = self.proxies.get_mut(id) {
            (proxy.gate, proxy.claimant) = (gate, claimant);
        }
        step
    }

    /// A proxy that was held up since its claim does not call.
    pub(super) fn call_in_time(&mut self, id: usize, cart: &str, step: Step, claimed: Millis) {
        if step.may_be_sent(self.own_clock(id).saturating_sub(claimed), &self.timing) {
            let begun = self.now - self.own_clock(id).saturating_sub(claimed);
            return self.call(id, cart, step, begun);
        }
        self.note(|| format!("  proxy {id} is too late with {} for cart {}", step.call.name(), short(cart)));
        self.end_call(id, cart, &step, &Outcome::Transient { retry_after_ms: None, maybe_done: false });
    }

    /// A call has ended.
    pub(super) fn end_call(&mut self, id: usize, cart: &str, step: &Step, outcome: &Outcome) {
        let (now, own) = (self.store_clock(), self.own_clock(id));
        let (timing, dice) = (self.timing, self.chance.unit());
        self.note(|| format!("  proxy {id}: {} of cart {} is {}", step.call.name(), short(cart), outcome.name()));
        let marks_once = self.is_without(Protection::MarkAgain);
        let finished = self.edit(cart, |known| {
            let row = known.as_mut()?;
            let entered = finish(row, step, outcome, now, dice, &timing);
            if marks_once
                && matches!((&step.call, outcome), (Call::Update { .. } | Call::Empty { .. }, Outcome::Done(_)))
            {
                believe_the_marks(row);
            }
            Some((entered, row.delivered))
        });
        if let Some((entered, delivered)) = finished {
            if let Entered::Stray(code) = entered {
                self.violate("one lead for a cart", format!("{code} is a second lead of cart {}", short(cart)));
            }
            self.answer_waiters(id, |waiter| waiter.cart == cart && waiter.version <= delivered);
        }
        if let Some(proxy) = self.proxies.get(id) {
            if matches!(outcome, Outcome::Unauthorised(_)) {
                proxy.gate.refuse(own, timing.first_pause_ms, timing.pause_ms);
            } else {
                proxy.gate.open();
            }
        }
        self.round(id, cart);
    }
}

/// What a proxy would do that takes an update to keep the marks of a lead.
fn believe_the_marks(row: &mut Cart) {
    row.marked = row.followups_stopped;
    if row.status != Status::Open && row.state.is_empty() {
        (row.delivered, row.next_attempt_at) = (row.version, None);
    }
    if row.is_delivered() {
        row.next_attempt_at = None;
    }
}
