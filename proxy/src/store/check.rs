//! `leadkeep-proxy check`: whether a store could be used, without making or changing anything.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::{Location, StoreError};

impl Location {
    /// Looks whether it could be used, and says what it found. Nothing is made, nothing is changed: who checks may be
    /// another user than who serves.
    ///
    /// # Errors
    ///
    /// As those of [`Location::open`].
    pub async fn check(&self) -> Result<&'static str, StoreError> {
        match self {
            Self::Sqlite(file) => sqlite(file).await,
            Self::Postgres(options) => postgres(options).await,
        }
    }
}

async fn sqlite(file: &Path) -> Result<&'static str, StoreError> {
    if !file.exists() {
        return Ok("is made at the first start");
    }
    let failed = |error: std::io::Error| StoreError::Database(error.to_string());
    File::options().append(true).open(file).map_err(failed)?;
    if let Ok(lock) = File::open(lock_of(file))
        && let Err(TryLockError::WouldBlock) = lock.try_lock()
    {
        return Ok("is in use by a proxy");
    }
    // After a kill part of the store is in the write-ahead log; the file by itself may look damaged and is not.
    if std::fs::metadata(beside(file, "-wal")).is_ok_and(|log| log.len() > 0) {
        return Ok("was not closed in order; the next start checks and mends it");
    }
    // Immutable: as another user, not even SQLite's side files may be made. Nobody else is at it.
    let mut connection = SqliteConnectOptions::new().filename(file).read_only(true).immutable(true).connect().await?;
    let sound: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    SqliteConnection::close(connection).await?;
    if sound == "ok" { Ok("is sound") } else { Err(StoreError::Damaged("its check found an error".to_owned())) }
}

/// The file that a proxy holds a lock on while it has a SQLite file open.
pub(super) fn lock_of(file: &Path) -> PathBuf {
    beside(file, "-lock")
}

/// A file that lies beside the store, by the ending of its name.
pub(super) fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

async fn postgres(options: &PgConnectOptions) -> Result<&'static str, StoreError> {
    const ASK: &str = "SELECT current_setting('transaction_read_only') = 'on', to_regclass('carts') IS NOT NULL, \
                       COALESCE(has_schema_privilege(current_schema(), 'CREATE'), FALSE)";
    let mut connection = PgConnection::connect_with(options).await?;
    let (read_only, has_tables, may_make): (bool, bool, bool) = sqlx::query_as(ASK).fetch_one(&mut connection).await?;
    connection.close().await?;
    match (read_only, has_tables, may_make) {
        (true, _, _) => Err(StoreError::Database("it takes no writes: a standby, or set to read only".to_owned())),
        (_, true, _) => Ok("is there"),
        (_, _, true) => Ok("is empty, its tables are made at the first start"),
        _ => Err(StoreError::Database("expected the right to make tables (GRANT CREATE ON SCHEMA)".to_owned())),
    }
}
