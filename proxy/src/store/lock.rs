//! One proxy for one SQLite file.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::StoreError;
use super::check::lock_of;
use super::sqlite::private;

/// After a restart the one before may still be stopping.
const PATIENCE: Duration = Duration::from_secs(5);

/// Held while a store is open. The system lets go of it when the program ends, however it ends.
#[derive(Debug, Clone)]
pub(super) struct Lock(Arc<Mutex<Option<File>>>);

impl Lock {
    /// Locks the file `STORE-lock`: on some systems a lock on the database itself would be SQLite's business too.
    pub(super) async fn take(store: &Path) -> Result<Self, StoreError> {
        let failed = |error: std::io::Error| StoreError::Database(error.to_string());
        let file = private(&lock_of(store)).map_err(failed)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(Arc::new(Mutex::new(Some(file))))),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    let why = "another leadkeep-proxy has it open; several proxies share a PostgreSQL (postgres://...)";
                    return Err(StoreError::Database(why.to_owned()));
                }
                // A file system without locks: then it is up to the operator.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {
                    return Ok(Self(Arc::default()));
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }

    /// Of whoever opens a store beside the proxy that holds the lock.
    pub(super) fn of_nobody() -> Self {
        Self(Arc::default())
    }

    pub(super) fn release(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
