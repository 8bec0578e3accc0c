//! Makes the calls: one at a time for each cart, in a task of its own, so that no browser that goes away cancels one.
//!
//! Where several proxies share the store, a claim in the row keeps the others away, see [`super::Claim`].
//!
//! What is saved while a call is under way waits for it and goes out together, newest state, with the next one.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{
    Budget, Call, Claimant, Entered, Gate, Outcome, Spent, Step, Timing, Upstream, begin, finish, is_given_up,
};
use crate::cart::{Cart, EmailKey};
use crate::clock::{Stopwatch, own_ms};
use crate::history;
use crate::limit::Limit;
use crate::metrics::Metrics;
use crate::private::short;
use crate::store::{self, Store, StoreError};

/// After the store could not be written: one delivery tries in this time.
const STORE_PAUSE_MS: u64 = 5_000;

/// So many deliveries may be under way, or wait for their turn, for each call that may be made at the same time.
const ROUNDS_FOR_EACH_CALL: usize = 16;

/// Delivers carts. A clone is the same courier.
#[derive(Debug, Clone)]
pub struct Courier(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Arc<dyn Store>,
    upstream: Arc<dyn Upstream>,
    metrics: Arc<Metrics>,
    timing: Timing,
    /// Hashes an address that was read back.
    email_key: Option<EmailKey>,
    gate: Gate,
    credentials_refused: AtomicBool,
    /// New leads in an hour.
    budget: Option<Mutex<Budget>>,
    claimant: Mutex<Claimant>,
    /// Calls to 2Checkout at the same time.
    permits: Semaphore,
    rounds: Mutex<HashMap<String, Round>>,
    most_rounds: usize,
    last_round: AtomicU64,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// The delivery of one cart while it is under way.
#[derive(Debug)]
struct Round {
    /// Tells it from a later round of the same cart.
    id: u64,
    /// Counts who asked for it. Whoever asks after the last look at the cart is looked for once more.
    asked: u64,
    /// The cart after the last call. Ends with the round.
    delivered: Delivered,
}

/// A cart as the last call of a delivery left it; `None`: none has ended yet.
pub type Delivered = watch::Receiver<Option<Arc<Cart>>>;

impl Courier {
    /// A courier that makes at most `calls` calls at the same time.
    pub fn new(
        store: Arc<dyn Store>,
        upstream: Arc<dyn Upstream>,
        metrics: Arc<Metrics>,
        timing: Timing,
        email_key: Option<EmailKey>,
        calls: usize,
        leads_per_hour: Option<NonZeroU32>,
    ) -> Self {
        Self(Arc::new(Inner {
            store,
            upstream,
            metrics,
            timing,
            email_key,
            gate: Gate::default(),
            credentials_refused: AtomicBool::new(false),
            budget: leads_per_hour.map(|limit| Mutex::new(Budget::new(limit.get()))),
            claimant: Mutex::new(Claimant::new(uuid::Uuid::new_v4().to_string())),
            permits: Semaphore::new(calls.clamp(1, Semaphore::MAX_PERMITS)),
            rounds: Mutex::default(),
            most_rounds: calls.saturating_mul(ROUNDS_FOR_EACH_CALL),
            last_round: AtomicU64::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }))
    }

    /// The times of delivery.
    pub fn timing(&self) -> &Timing {
        &self.0.timing
    }

    /// Whether deliveries have to wait at present, whatever cart they are of.
    pub fn is_held(&self) -> bool {
        self.0.gate.is_shut(own_ms()) || self.0.stop.is_cancelled()
    }

    /// Whether 2Checkout did not accept the credentials when it was last asked.
    pub fn are_credentials_refused(&self) -> bool {
        self.0.credentials_refused.load(Ordering::Relaxed)
    }

    /// 2Checkout accepts the credentials, or it does not.
    pub fn credentials(&self, are_accepted: bool) {
        self.0.credentials_refused.store(!are_accepted, Ordering::Relaxed);
    }

    /// Whether a delivery of this cart is under way.
    pub fn is_busy_with(&self, cart: &str) -> bool {
        self.0.rounds().contains_key(cart)
    }

    /// Begins the delivery of a cart, or joins the one under way. What is returned shows the cart after each call, so that
    /// nobody who waits has to read it, and ends with the delivery, in success or in failure.
    pub fn deliver(&self, cart: &str) -> Delivered {
        let mut rounds = self.0.rounds();
        if let Some(round) = rounds.get_mut(cart) {
            round.asked += 1;
            return round.delivered.clone();
        }
        let (tell, delivered) = watch::channel(None);
        // What would wait too long for its turn is left to the worker: what waits here takes memory, without bound while 2Checkout
        // hangs.
        if rounds.len() >= self.0.most_rounds {
            return delivered;
        }
        let id = self.0.last_round.fetch_add(1, Ordering::Relaxed);
        rounds.insert(cart.to_owned(), Round { id, asked: 0, delivered: delivered.clone() });
        drop(rounds);
        let inner = Arc::clone(&self.0);
        let cart = cart.to_owned();
        self.0.tasks.spawn(async move {
            let _end = End { inner: &inner, cart: &cart, id };
            inner.round(&cart, &tell).await;
        });
        delivered
    }

    /// Runs an operation that nobody can cancel, not even by going away; a stop waits for it.
    pub fn spawn<T: Send + 'static>(
        &self,
        task: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.0.tasks.spawn(task)
    }

    /// Begins nothing new and waits for the calls under way.
    pub async fn stop(&self) {
        self.0.stop.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Ends when the courier is told to stop.
    pub async fn stopped(&self) {
        self.0.stop.cancelled().await;
    }
}

/// Takes a round off the list however it ends, in a panic too.
struct End<'a> {
    inner: &'a Inner,
    cart: &'a str,
    id: u64,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        let mut rounds = self.inner.rounds();
        // Most often it is off already, and the next one of the same cart may be on.
        if rounds.get(self.cart).is_some_and(|round| round.id == self.id) {
            rounds.remove(self.cart);
        }
    }
}

impl Inner {
    fn rounds(&self) -> MutexGuard<'_, HashMap<String, Round>> {
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claimant(&self) -> MutexGuard<'_, Claimant> {
        self.claimant.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn round(&self, cart: &str, tell: &watch::Sender<Option<Arc<Cart>>>) {
        let mut seen = 0;
        loop {
            if let Some(round) = self.rounds().get(cart) {
                seen = round.asked;
            }
            match self.step(cart, tell).await {
                Ok(true) => {}
                Ok(false) => {
                    // Decided under the lock, so that nobody joins a round that has just ended.
                    let mut rounds = self.rounds();
                    if self.stop.is_cancelled() || rounds.get(cart).is_none_or(|round| round.asked == seen) {
                        rounds.remove(cart);
                        return;
                    }
                }
                Err(error) => {
                    self.gate.shut(own_ms().saturating_add(STORE_PAUSE_MS));
                    tracing::error!(cart = short(cart), %error, "a delivery could not be recorded");
                    return;
                }
            }
        }
    }

    /// One call, if one is due. Returns whether there was one.
    async fn step(&self, cart: &str, tell: &watch::Sender<Option<Arc<Cart>>>) -> Result<bool, StoreError> {
        let Ok(_permit) = self.permits.acquire().await else { return Ok(false) };
        if self.stop.is_cancelled() {
            return Ok(false);
        }
        let mut claimed = Stopwatch::start();
        let step = store::edit(&*self.store, cart, |known| {
            claimed = Stopwatch::start();
            let (now, own) = (self.store.now(), own_ms());
            let cart = known.as_mut().filter(|cart| cart.is_due(now))?;
            let mut begun = cart.clone();
            let step = begin(&mut begun, &mut self.claimant(), own, now, &self.timing);
            // Asked last, so that a gate whose time is over lets one pass that has something to deliver.
            if step.is_some() && !self.gate.admit(own, self.timing.pause_ms) {
                return None;
            }
            if step.as_ref().is_some_and(|step| matches!(step.call, Call::Add(_)))
                && let Some(wait_ms) = self.wait_for_budget(own)
            {
                cart.next_attempt_at = Some(now.saturating_add(wait_ms));
                return None;
            }
            *cart = begun;
            step
        });
        let Some(step) = step.await? else { return Ok(false) };
        let outcome = self.call(cart, &step, claimed).await;
        let dice = fastrand::f64();
        let finished = store::edit(&*self.store, cart, |known| {
            let cart = known.as_mut()?;
            let entered = finish(cart, &step, &outcome, self.store.now(), dice, &self.timing);
            if matches!(outcome, Outcome::Read(_)) {
                cart.index(self.email_key.as_ref());
            }
            // A first refusal may be mended by the try with the essentials.
            let is_refused = outcome == Outcome::Rejected && cart.parked && cart.attempts == 2;
            Some((entered, Arc::new(cart.clone()), is_given_up(cart, &step, &outcome), is_refused))
        });
        if let Some((entered, delivered, given_up, is_refused)) = finished.await? {
            if matches!((&step.call, &outcome), (Call::Add(_) | Call::Find(_), Outcome::Done(Some(_)))) {
                self.metrics.history().add(history::MADE);
            }
            if is_refused {
                self.metrics.history().add(history::REFUSED);
            }
            match entered {
                Entered::Whole => {}
                Entered::Late => {
                    tracing::warn!(cart = short(cart), "a delivery ended after another proxy took it over")
                }
                Entered::Stray(lead_code) => self.silence(cart, lead_code).await,
            }
            if given_up {
                tracing::error!(
                    cart = short(cart),
                    call = step.call.name(),
                    "2Checkout keeps refusing the last call for a closed lead: its mails are stopped, the rest is given up"
                );
            }
            tell.send_replace(Some(delivered));
        }
        self.judge_gate(&outcome);
        Ok(true)
    }

    /// Spends one of the new leads of this hour; how long to wait if there is none.
    fn wait_for_budget(&self, own: u64) -> Option<u64> {
        let spent = self.budget.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner).spend(own);
        match spent {
            Spent::Few => None,
            Spent::Half => {
                tracing::warn!(
                    "half of the new leads that an hour may have are made: --leads-per-hour (LEADKEEP_LEADS_PER_HOUR); what is more \
                     is delivered later"
                );
                None
            }
            Spent::All { wait_ms } => {
                self.metrics.limit_hit(Limit::LeadsPerHour, None);
                // Not all at once when there are new ones.
                Some(wait_ms.saturating_add(fastrand::u64(0..60_000)))
            }
        }
    }

    /// The call, if the claim is still young enough and for as long as it lasts.
    async fn call(&self, cart: &str, step: &Step, claimed: Stopwatch) -> Outcome {
        let elapsed = claimed.elapsed_ms();
        if !step.may_be_sent(elapsed, &self.timing) {
            tracing::warn!(cart = short(cart), ms = elapsed, "a delivery was held up before it began; it begins anew");
            return Outcome::Transient { retry_after_ms: None, maybe_done: false };
        }
        let started = Stopwatch::start();
        let call = self.upstream.call(cart, &step.call);
        let outcome = tokio::time::timeout(Duration::from_millis(self.timing.call_ms), call).await;
        let outcome = outcome.unwrap_or(Outcome::Transient { retry_after_ms: None, maybe_done: true });
        let (ms, call, told) = (started.elapsed_ms(), step.call.name(), outcome.name());
        self.metrics.delivery(call, told, Duration::from_millis(ms));
        tracing::info!(cart = short(cart), call, outcome = told, ms, "delivery");
        outcome
    }

    /// Stops the mails of a second lead of a cart.
    async fn silence(&self, cart: &str, lead_code: String) {
        let mark = Call::Mark { lead_code: lead_code.clone(), used: false };
        let outcome = self.upstream.call(cart, &mark).await.name();
        tracing::error!(
            cart = short(cart),
            lead_code,
            outcome,
            "2Checkout has a second lead of a cart; its mails are stopped"
        );
    }

    fn judge_gate(&self, outcome: &Outcome) {
        // What did not reach 2Checkout says nothing of them.
        let answered = outcome.is_answer();
        if answered {
            self.credentials_refused.store(false, Ordering::Relaxed);
        }
        if let Outcome::Unauthorised(why) = outcome {
            self.credentials_refused.store(true, Ordering::Relaxed);
            if self.gate.refuse(own_ms(), self.timing.first_pause_ms, self.timing.pause_ms) {
                tracing::error!(
                    "2Checkout does not accept the credentials: {why}. Changes are kept; one delivery is tried from time to \
                     time, each minute in the end"
                );
            }
        } else if (answered || !self.credentials_refused.load(Ordering::Relaxed)) && self.gate.open() {
            tracing::info!("deliveries go on");
        }
    }
}
