//! Sees to what no request waits for: back-offs that ended, and everything undelivered at a start.

use std::time::{Duration, Instant};

use super::Courier;
use crate::cart::Retention;
use crate::history::History;
use crate::store::{Purged, Store};

/// At most so many carts are taken from the store at once; no more than are delivered in a second, so that a cart that is
/// closed meanwhile is next.
const BATCH: u32 = 100;

/// Carts that 2Checkout has refused are tried at a pace of their own, this part of the other's.
const REFUSED_PACE: f64 = 0.1;

/// How often what was erased is made to leave the files.
const TIDY_EVERY: Duration = Duration::from_secs(60);

/// The pace of the worker.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// It begins at most so many deliveries in a second.
    pub deliveries_per_second: f64,
    /// How often it looks for due carts.
    pub look_every: Duration,
}

/// How often what is too old is let go of; and at a start.
const PURGE_EVERY: Duration = Duration::from_secs(3_600);

/// So many carts are let go of in one go, with a pause after it: others write too.
const PURGE_BATCH: u32 = 500;

/// Delivers due carts, closed ones first, at a pace, until the courier is stopped.
pub async fn run(store: &dyn Store, courier: &Courier, pace: Pace, retention: Retention) {
    tokio::join!(
        deliver(store, courier, pace),
        deliver_refused(store, courier, pace),
        purge(store, courier, retention)
    );
}

/// So often the store is told what became of the leads.
const TELL_HISTORY_EVERY: Duration = Duration::from_secs(10);

/// Adds what became of the leads to the store, until the courier is stopped, and then once more.
pub(crate) async fn tell_history(store: &dyn Store, courier: &Courier, history: &History) {
    loop {
        let goes_on = pause(courier, TELL_HISTORY_EVERY).await;
        if let Err(error) = history.flush(store).await {
            tracing::warn!(%error, "the store was not told what became of the leads; it is tried again");
        }
        if !goes_on {
            return;
        }
    }
}

async fn deliver(store: &dyn Store, courier: &Courier, pace: Pace) {
    match store.release(store.now(), courier.timing().settle_ms).await {
        Ok(0) => {}
        Ok(carts) => tracing::info!(carts, "undelivered carts from before are delivered now"),
        Err(error) => tracing::error!(%error, "the store does not tell what is undelivered"),
    }
    let gap = gap(pace.deliveries_per_second);
    let batch = (pace.deliveries_per_second as u32).clamp(1, BATCH);
    let mut tidied = Instant::now();
    loop {
        if !pause(courier, pace.look_every).await {
            return;
        }
        if tidied.elapsed() >= TIDY_EVERY {
            tidied = Instant::now();
            if let Err(error) = store.tidy().await {
                tracing::warn!(%error, "the store could not be tidied");
            }
        }
        if courier.is_held() {
            continue;
        }
        let due = match store.due(store.now(), batch).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "the store does not tell what is due");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        if !deliver_all(courier, &due, gap).await {
            return;
        }
    }
}

fn gap(per_second: f64) -> Duration {
    Duration::try_from_secs_f64(1.0 / per_second).unwrap_or(Duration::from_secs(1))
}

/// One after the other; `false` when the courier was stopped meanwhile.
async fn deliver_all(courier: &Courier, carts: &[String], gap: Duration) -> bool {
    for cart in carts.iter().filter(|cart| !courier.is_busy_with(cart)) {
        let next = tokio::time::Instant::now() + gap;
        let mut delivered = courier.deliver(cart);
        // Ends without a word where there was no call to make: another proxy was faster, and costs no pause.
        let idle = tokio::time::timeout_at(next, delivered.changed()).await.is_ok_and(|told| told.is_err());
        if !idle && !pause(courier, next.saturating_duration_since(tokio::time::Instant::now())).await {
            return false;
        }
        if courier.is_held() {
            break;
        }
    }
    true
}

/// Tries what 2Checkout has refused again, so slowly that it holds up nobody else.
async fn deliver_refused(store: &dyn Store, courier: &Courier, pace: Pace) {
    let gap = gap(pace.deliveries_per_second * REFUSED_PACE);
    while pause(courier, pace.look_every).await {
        if courier.is_held() {
            continue;
        }
        match store.due_refused(store.now(), 1).await {
            Ok(due) if !deliver_all(courier, &due, gap).await => return,
            Ok(_) => {}
            // The other one tells of it.
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
    }
}

/// Lets go of what is too old, until the courier is stopped. Of several proxies each does it; none gets into the way of
/// another.
async fn purge(store: &dyn Store, courier: &Courier, retention: Retention) {
    loop {
        let (mut erased, mut deleted) = (0, 0);
        loop {
            match store.purge(store.now(), &retention, PURGE_BATCH).await {
                Ok(purged) if purged == Purged::default() => break,
                Ok(purged) => (erased, deleted) = (erased + purged.erased, deleted + purged.deleted),
                Err(error) => {
                    tracing::warn!(%error, "what is too old could not be let go of");
                    break;
                }
            }
            if !pause(courier, Duration::from_millis(100)).await {
                return;
            }
        }
        if erased + deleted > 0 {
            tracing::info!(erased, deleted, "carts older than the retention");
        }
        if !pause(courier, PURGE_EVERY).await {
            return;
        }
    }
}

/// Waits; `false` when the courier was stopped meanwhile.
async fn pause(courier: &Courier, time: Duration) -> bool {
    tokio::select! {
        () = courier.stopped() => false,
        () = tokio::time::sleep(time) => true,
    }
}
