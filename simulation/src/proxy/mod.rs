//! The proxies: what `http::lead`, the courier and the worker do between the pure functions, on simulated time.

mod delivery;
mod requests;

use std::collections::BTreeMap;

use leadkeep_proxy::cart::Cart;
use leadkeep_proxy::delivery::{Claimant, Gate, Outcome, Step};

use crate::plan::Protection;
use crate::timeline::Millis;
use crate::trace::START;
use crate::world::{Event, Request, World};

/// What a proxy goes on with.
#[derive(Debug)]
pub(crate) enum Work {
    /// It begins with a request.
    Request(Request),
    /// It has claimed a cart at this moment, and is about to call.
    Call { cart: String, step: Box<Step>, claimed: Millis },
    /// A call has ended.
    Outcome { cart: String, step: Box<Step>, outcome: Outcome },
    /// A browser has waited for long enough.
    Deadline(u64),
    /// The worker looks for due carts.
    Look,
}

/// The delivery of a cart while it is under way.
#[derive(Debug, Default)]
pub(crate) struct Round {
    pub(crate) asked: u64,
    pub(crate) seen: u64,
}

/// A request whose answer waits for 2Checkout.
#[derive(Debug)]
pub(crate) struct Waiter {
    pub(crate) number: u64,
    pub(crate) request: Request,
    pub(crate) cart: String,
    pub(crate) version: u64,
}

/// A proxy.
#[derive(Debug)]
pub(crate) struct Proxy {
    pub(crate) up: bool,
    pub(crate) frozen: bool,
    /// Counts its starts: what a killed one had under way is nobody's any more.
    pub(crate) epoch: u32,
    pub(crate) gate: Gate,
    pub(crate) claimant: Claimant,
    pub(crate) rounds: BTreeMap<String, Round>,
    pub(crate) waiters: Vec<Waiter>,
    /// When the worker looks next.
    looks_at: Option<Millis>,
    /// What comes while it stands still.
    held: Vec<Work>,
}

impl Proxy {
    /// A run of it, by a name that no other run has.
    pub(crate) fn new(number: usize, epoch: u32) -> Self {
        Self {
            up: true,
            frozen: false,
            epoch,
            gate: Gate::default(),
            claimant: Claimant::new(format!("{number}.{epoch}")),
            rounds: BTreeMap::new(),
            waiters: Vec::new(),
            looks_at: None,
            held: Vec::new(),
        }
    }
}

/// How often the worker looks, at most.
const LOOK_MS: Millis = 250;

impl World {
    /// The moment by the clock of the store, which all proxies go by.
    pub(crate) fn store_clock(&self) -> Millis {
        self.now.saturating_add_signed(self.store_offset)
    }

    /// The monotonic clock of a proxy: it agrees with no other.
    pub(crate) fn own_clock(&self, proxy: usize) -> Millis {
        self.now - START + 7_777 * proxy as u64
    }

    /// A proxy goes on, if it is still the one that began.
    pub(crate) fn work(&mut self, id: usize, epoch: u32, work: Work) {
        let Some(proxy) = self.proxies.get_mut(id).filter(|proxy| proxy.up && proxy.epoch == epoch) else { return };
        if proxy.frozen {
            return proxy.held.push(work);
        }
        match work {
            Work::Request(request) => self.begin_request(id, request),
            Work::Call { cart, step, claimed } => self.call_in_time(id, &cart, *step, claimed),
            Work::Outcome { cart, step, outcome } => self.end_call(id, &cart, &step, &outcome),
            Work::Deadline(number) => self.give_up_waiting(id, number),
            Work::Look => self.look(id),
        }
    }

    pub(crate) fn kill_proxy(&mut self, id: usize) {
        let Some(proxy) = self.proxies.get_mut(id).filter(|proxy| proxy.up) else { return };
        self.deaths.insert((id, proxy.epoch), self.now);
        *proxy = Proxy { up: false, ..Proxy::new(id, proxy.epoch + 1) };
        self.note(|| format!("proxy {id} is killed"));
        let ms = self.chance.between(200, 60_000);
        self.after(ms, Event::ProxyStarts(id));
    }

    pub(crate) fn start_proxy(&mut self, id: usize) {
        let Some(proxy) = self.proxies.get_mut(id).filter(|proxy| !proxy.up) else { return };
        proxy.up = true;
        self.note(|| format!("proxy {id} starts"));
        let (now, alone) = (self.store_clock(), self.proxies.len() == 1);
        for cart in self.store.values_mut() {
            cart.requeue(now + self.timing.settle_ms, alone);
        }
        self.wake_worker(id, 0);
        self.wake_worker(id, self.timing.settle_ms);
    }

    pub(crate) fn freeze_proxy(&mut self, id: usize) {
        let Some(proxy) = self.proxies.get_mut(id).filter(|proxy| proxy.up && !proxy.frozen) else { return };
        proxy.frozen = true;
        self.note(|| format!("proxy {id} stands still"));
        let ms = self.chance.between(500, 90_000);
        self.after(ms, Event::ProxyThaws(id));
    }

    pub(crate) fn thaw_proxy(&mut self, id: usize) {
        let Some(proxy) = self.proxies.get_mut(id).filter(|proxy| proxy.frozen) else { return };
        proxy.frozen = false;
        let (held, epoch) = (std::mem::take(&mut proxy.held), proxy.epoch);
        self.note(|| format!("proxy {id} goes on"));
        for work in held {
            self.work(id, epoch, work);
        }
    }

    /// Edits a cart alone, as a store does, and sees to the worker.
    pub(crate) fn edit<T>(&mut self, cart: &str, change: impl FnOnce(&mut Option<Cart>) -> T) -> T {
        let mut known = self.store.remove(cart);
        let result = change(&mut known);
        if let Some(row) = known {
            // Without its tombstone a cart that is over is forgotten.
            let over = row.status != leadkeep_proxy::cart::Status::Open && row.is_delivered();
            if !(over && self.is_without(Protection::Tombstone)) {
                self.store.insert(cart.to_owned(), row);
            }
        }
        for id in 0..self.proxies.len() {
            self.wake_worker_for(id, cart);
        }
        result
    }

    /// The worker looks when the cart is due, not each quarter of a second: the same, with fewer events.
    fn wake_worker_for(&mut self, id: usize, cart: &str) {
        let Some(at) = self.store.get(cart).filter(|row| !row.is_delivered()).and_then(|row| row.next_attempt_at)
        else {
            return;
        };
        let ms = at.saturating_sub(self.store_clock());
        self.wake_worker(id, ms);
    }

    pub(crate) fn wake_worker(&mut self, id: usize, ms: Millis) {
        let at = self.now + ms + self.chance.between(1, LOOK_MS);
        let Some(proxy) = self.proxies.get_mut(id) else { return };
        if !proxy.up || proxy.looks_at.is_some_and(|before| before <= at) {
            return;
        }
        proxy.looks_at = Some(at);
        let epoch = proxy.epoch;
        self.timeline.enter(at, Event::Work { proxy: id, epoch, work: Work::Look });
    }

    fn look(&mut self, id: usize) {
        let Some(proxy) = self.proxies.get_mut(id) else { return };
        // One that was put off has another one after it.
        if proxy.looks_at.is_none_or(|at| at > self.now) {
            return;
        }
        proxy.looks_at = None;
        let (now, own) = (self.store_clock(), self.own_clock(id));
        let is_shut = self.proxies.get(id).is_none_or(|proxy| proxy.gate.is_shut(own));
        let due: Vec<String> = self
            .store
            .values()
            .filter(|cart| cart.next_attempt_at.is_some_and(|at| at <= now))
            .map(|cart| cart.id.clone())
            .collect();
        if is_shut && !due.is_empty() {
            return self.wake_worker(id, 500);
        }
        let any = !due.is_empty();
        for cart in due {
            let busy = self.proxies.get(id).is_some_and(|proxy| proxy.rounds.contains_key(&cart));
            if !busy {
                self.deliver(id, &cart);
            }
        }
        // Others may hold what is due; whether they are dead takes a while to see.
        let next = self.store.values().filter_map(|cart| cart.next_attempt_at).filter(|at| *at > now).min();
        if let Some(ms) = next.map(|at| at - now).or(any.then_some(2_000)) {
            self.wake_worker(id, if any { ms.min(2_000) } else { ms });
        }
    }
}
