//! What became of the leads, hour by hour: counted here, and added to the store every few seconds, so that it survives a restart.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::clock::now_ms;
use crate::store::{HOUR_MS, HourCount, Store, StoreError};

/// A lead was made.
pub const MADE: &str = "made";
/// A lead was bought more than twenty minutes after its last change.
pub const RECOVERED: &str = "recovered";
/// A lead was withdrawn.
pub const WITHDRAWN: &str = "withdrawn";
/// 2Checkout has refused a lead twice in a row.
pub const REFUSED: &str = "refused";
/// An operator said that a lead was bought.
pub const COMPLETED_BY_OPERATOR: &str = "completed_operator";

/// A lead was bought, by who reported it.
pub(crate) fn completed(by: &str) -> &'static str {
    match by {
        "browser" => "completed_browser",
        "shop" => "completed_shop",
        _ => "completed_2checkout",
    }
}

/// One event, now.
pub fn once(event: &str) -> HourCount {
    HourCount { hour: now_ms() / HOUR_MS, event: event.to_owned(), count: 1 }
}

/// What the store has not been told yet.
#[derive(Debug, Default)]
pub(crate) struct History(Mutex<BTreeMap<(u64, &'static str), u64>>);

impl History {
    fn counts(&self) -> MutexGuard<'_, BTreeMap<(u64, &'static str), u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, event: &'static str) {
        *self.counts().entry((now_ms() / HOUR_MS, event)).or_default() += 1;
    }

    /// What was counted since the last flush.
    pub(crate) fn pending(&self) -> Vec<HourCount> {
        let count =
            |(&(hour, event), &count): (&(u64, &'static str), &u64)| HourCount { hour, event: event.to_owned(), count };
        self.counts().iter().map(count).collect()
    }

    /// Adds it to the store.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: it is kept for the next time.
    pub(crate) async fn flush(&self, store: &dyn Store) -> Result<(), StoreError> {
        let pending = self.pending();
        if pending.is_empty() {
            return Ok(());
        }
        store.count(&pending).await?;
        let mut counts = self.counts();
        for HourCount { hour, event, count } in pending {
            counts.retain(|key, left| {
                if *key == (hour, event.as_str()) {
                    *left = left.saturating_sub(count);
                }
                *left > 0
            });
        }
        Ok(())
    }
}
