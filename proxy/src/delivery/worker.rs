//! Sees to what no request waits for: back-offs that ended, and everything undelivered at a start.

use std::time::{Duration, Instant};

use super::Courier;
use crate::clock::now_ms;
use crate::store::Store;

/// So many carts are taken from the store at once.
const BATCH: u32 = 100;

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

/// Delivers due carts, the one changed longest ago first, at a pace, until the courier is stopped.
pub async fn run(store: &dyn Store, courier: &Courier, pace: Pace) {
    match store.release(now_ms()).await {
        Ok(0) => {}
        Ok(carts) => tracing::info!(carts, "undelivered carts from before are delivered now"),
        Err(error) => tracing::error!(%error, "the store does not tell what is undelivered"),
    }
    let gap = Duration::try_from_secs_f64(1.0 / pace.deliveries_per_second).unwrap_or(Duration::from_secs(1));
    let mut tidied = Instant::now();
    loop {
        tokio::select! {
            () = courier.stopped() => return,
            () = tokio::time::sleep(pace.look_every) => {}
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
        let due = match store.due(now_ms(), BATCH).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "the store does not tell what is due");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        for cart in due.iter().filter(|cart| !courier.is_busy_with(cart)) {
            courier.deliver(cart);
            tokio::select! {
                () = courier.stopped() => return,
                () = tokio::time::sleep(gap) => {}
            }
            if courier.is_held() {
                break;
            }
        }
    }
}
