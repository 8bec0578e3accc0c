//! A request at a proxy, as `http::lead` works on it.

use leadkeep::core::retry::{Answer, RequestOutcome};
use leadkeep::core::session::Route;
use leadkeep::core::shortfall::Shortfall;
use leadkeep_proxy::cart::{self, Cart, KeyHash, Saved, Status};
use leadkeep_proxy::changes::{self, RawSave};
use leadkeep_proxy::content::ContentRules;
use wire::{CloseRequest, LeadState, Stamped};

use super::{Waiter, Work};
use crate::browser::Life;
use crate::oracle::End;
use crate::plan::Protection;
use crate::timeline::Millis;
use crate::trace::short;
use crate::world::{Event, Request, World, values};

/// How long an answer to a save, and to a closing, waits for 2Checkout.
const ANSWER_WITHIN_MS: Millis = 8_000;
const CLOSE_WITHIN_MS: Millis = 1_000;

impl World {
    /// A request reaches a proxy.
    pub(crate) fn receive(&mut self, id: usize, request: Request) {
        let is_left = self.tabs.get(request.tab).is_some_and(|tab| matches!(tab.life, Life::Cached | Life::Gone));
        if is_left && !request.outlives_page {
            return self.note(|| format!("    request {} of tab {} dies with its page", request.id, request.tab));
        }
        let Some(proxy) = self.proxies.get(id) else { return };
        if !proxy.up {
            // The connection is refused, or what stands before the proxies says so.
            let outcome =
                if self.chance.percent(50) { RequestOutcome::NoAnswer } else { RequestOutcome::Status(502, None) };
            return self.answer(&request, outcome);
        }
        let epoch = proxy.epoch;
        self.work(id, epoch, Work::Request(request));
    }

    pub(super) fn begin_request(&mut self, id: usize, request: Request) {
        match request.route {
            Route::Save => self.save(id, request),
            Route::Complete => self.close(id, request, Status::Completed),
            Route::Withdraw => self.close(id, request, Status::Withdrawn),
        }
    }

    fn save(&mut self, id: usize, request: Request) {
        let Ok(read) = serde_json::from_str::<RawSave>(&request.body) else {
            return self.answer(&request, RequestOutcome::Status(400, None));
        };
        let (mut good, dropped) = changes::validated(&read.changes, &ContentRules::default(), "USD");
        if !dropped.is_empty() {
            self.violate("the proxy takes what the widget sends", format!("{dropped:?} dropped"));
        }
        if self.is_without(Protection::FieldTime) {
            // What arrives last is the newest.
            let arrival = self.unique();
            good = good.iter().map(|(path, change)| (path, Stamped { at: arrival, ..change.clone() })).collect();
        }
        let (name, key) = (read.cart.as_str(), KeyHash::of(&read.key));
        let (now, email_key) = (self.store_clock(), self.email_key.clone());
        let (saved, known) = self.edit(name, |known| {
            let saved = cart::save(known, name, key, &good, now);
            if let Some(cart) = known {
                cart.index(Some(&email_key));
            }
            (saved, known.clone())
        });
        self.note(|| format!("  proxy {id} saves cart {}: {saved:?}", short(name)));
        match (saved, known) {
            (Saved::Merged { version }, Some(known)) => {
                self.commit(name, &good);
                self.oracle.begun_at.entry(name.to_owned()).or_insert(self.now);
                self.settle(
                    id,
                    Waiter { number: 0, request, cart: name.to_owned(), version },
                    &known,
                    ANSWER_WITHIN_MS,
                );
            }
            (Saved::Closed(status), _) => self.answer(&request, closed(status)),
            (Saved::WrongKey, _) => self.answer(&request, RequestOutcome::Status(403, None)),
            _ => self.answer(&request, kept(None)),
        }
    }

    fn commit(&mut self, cart: &str, good: &LeadState) {
        for (path, value) in values(good) {
            self.oracle.committed.insert((cart.to_owned(), path, value), self.now);
        }
    }

    fn close(&mut self, id: usize, request: Request, end: Status) {
        let Ok(read) = serde_json::from_str::<CloseRequest>(&request.body) else {
            return self.answer(&request, RequestOutcome::Status(400, None));
        };
        let (name, key) = (read.cart.as_str(), KeyHash::of(&read.key));
        let now = self.store_clock();
        let lead = self.row(name).map(Cart::lead).unwrap_or_default();
        let known = self.edit(name, |known| {
            cart::close(known, name, key, end, read.order_reference.as_deref(), now).then(|| known.clone()).flatten()
        });
        let Some(known) = known else { return self.answer(&request, RequestOutcome::Status(403, None)) };
        self.note(|| format!("  proxy {id} closes cart {}: {}", short(name), known.status.name()));
        let (at, status) = (self.now, known.status);
        self.oracle.ends.entry(name.to_owned()).or_insert(End { at, status, lead });
        let version = known.version;
        self.settle(id, Waiter { number: 0, request, cart: name.to_owned(), version }, &known, CLOSE_WITHIN_MS);
    }

    /// As `http::lead::settle`: waits for the delivery of a version if one is under way or can begin.
    fn settle(&mut self, id: usize, mut waiter: Waiter, known: &Cart, within: Millis) {
        let (now, own) = (self.store_clock(), self.own_clock(id));
        let cart = waiter.cart.clone();
        let number = self.unique();
        let Some(proxy) = self.proxies.get(id) else { return };
        let can_begin = known.is_due(now) && !proxy.gate.is_shut(own);
        let busy = proxy.rounds.contains_key(&cart);
        if known.delivered >= waiter.version || (!can_begin && !busy) {
            return self.reply(&waiter);
        }
        waiter.number = number;
        let epoch = proxy.epoch;
        if let Some(proxy) = self.proxies.get_mut(id) {
            proxy.waiters.push(waiter);
        }
        self.after(within, Event::Work { proxy: id, epoch, work: Work::Deadline(number) });
        self.deliver(id, &cart);
    }

    pub(super) fn give_up_waiting(&mut self, id: usize, number: u64) {
        self.answer_waiters(id, |waiter| waiter.number == number);
    }

    /// Answers those who wait and need not any more.
    pub(super) fn answer_waiters(&mut self, id: usize, is_over: impl Fn(&Waiter) -> bool) {
        let Some(proxy) = self.proxies.get_mut(id) else { return };
        let (over, waiting) = std::mem::take(&mut proxy.waiters).into_iter().partition(|waiter| is_over(waiter));
        proxy.waiters = waiting;
        let over: Vec<Waiter> = over;
        for waiter in over {
            self.reply(&waiter);
        }
    }

    /// The row tells what came of it.
    fn reply(&mut self, waiter: &Waiter) {
        let outcome = match (waiter.request.route, self.row(&waiter.cart)) {
            (Route::Complete, _) => closed(Status::Completed),
            (Route::Withdraw, _) => closed(Status::Withdrawn),
            (Route::Save, Some(row)) if row.status != Status::Open => closed(row.status),
            (Route::Save, row) => kept(row.and_then(|row| row.lead_code.clone())),
        };
        let request = waiter.request.clone();
        self.answer(&request, outcome);
    }
}

fn kept(lead_code: Option<String>) -> RequestOutcome {
    RequestOutcome::Answered(Answer::Kept { lead_code, shortfall: Shortfall::default() })
}

fn closed(status: Status) -> RequestOutcome {
    RequestOutcome::Answered(Answer::Closed { withdrawn: status == Status::Withdrawn })
}
