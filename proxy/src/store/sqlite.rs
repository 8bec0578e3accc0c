//! The store of one proxy: a SQLite file.
//!
//! Write-ahead log with `synchronous=FULL`: what an edit leaves has reached the disk when the edit returns, so an answer
//! given after it outlives `kill -9` and a power cut. One connection writes, in the order of asking, the others read.
//!
//! Source: <https://www.sqlite.org/pragma.html#pragma_synchronous>, <https://www.sqlite.org/wal.html>.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite as Db, SqlitePool};

use super::row::{Row, signed};
use super::{Backlog, Edit, Store, StoreError};
use crate::cart::{Cart, Millis};

const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const UPSERT: &str = "\
INSERT INTO carts (cart, key_hash, status, state, lead_code, adding_since, adding_email, version, delivered, marked, \
renewed, parked, attempts, next_attempt_at, order_reference, created_at, updated_at) \
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
ON CONFLICT (cart) DO UPDATE SET status = excluded.status, state = excluded.state, lead_code = excluded.lead_code, \
adding_since = excluded.adding_since, adding_email = excluded.adding_email, version = excluded.version, \
delivered = excluded.delivered, marked = excluded.marked, renewed = excluded.renewed, parked = excluded.parked, \
attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at, \
order_reference = excluded.order_reference, updated_at = excluded.updated_at";

/// A SQLite file.
#[derive(Debug, Clone)]
pub struct Sqlite {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Sqlite {
    /// Opens the file, or makes it, readable by its owner alone; brings its tables up to date; checks every page.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] when it is damaged or no SQLite file, [`StoreError::Database`] when it cannot be opened.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        make_private(file).map_err(|error| StoreError::Database(format!("{}: {error}", file.display())))?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            // What was erased is overwritten in the file too.
            .pragma("secure_delete", "ON");
        let pool = |connections| SqlitePoolOptions::new().max_connections(connections).acquire_timeout(BUSY_TIMEOUT);
        let writer = pool(1).connect_with(options.clone()).await?;
        let sound: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&writer).await?;
        if sound != "ok" {
            return Err(StoreError::Damaged("its check found an error".to_owned()));
        }
        sqlx::migrate!("migrations/sqlite").run(&writer).await.map_err(|error| match error {
            sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
                error.into()
            }
            other => StoreError::Damaged(other.to_string()),
        })?;
        let readers = pool(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, readers })
    }
}

/// The file holds personal data: nobody but its owner may read it. SQLite gives its side files the same mode.
fn make_private(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| *folder != PathBuf::new()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}

async fn read(connection: &mut SqliteConnection, cart: &str) -> Result<Option<Cart>, StoreError> {
    let row: Option<Row> =
        sqlx::query_as("SELECT * FROM carts WHERE cart = $1").bind(cart).fetch_optional(connection).await?;
    row.map(Row::into_cart).transpose()
}

async fn write(connection: &mut SqliteConnection, cart: &Cart) -> Result<(), StoreError> {
    let row = Row::of(cart)?;
    sqlx::query::<Db>(UPSERT)
        .bind(row.cart)
        .bind(row.key_hash)
        .bind(row.status)
        .bind(row.state)
        .bind(row.lead_code)
        .bind(row.adding_since)
        .bind(row.adding_email)
        .bind(row.version)
        .bind(row.delivered)
        .bind(row.marked)
        .bind(row.renewed)
        .bind(row.parked)
        .bind(row.attempts)
        .bind(row.next_attempt_at)
        .bind(row.order_reference)
        .bind(row.created_at)
        .bind(row.updated_at)
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait]
impl Store for Sqlite {
    async fn edit(&self, cart: &str, edit: Edit<'_>) -> Result<(), StoreError> {
        // IMMEDIATE: another process on the same file waits here instead of failing at its first write.
        let mut transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let before = read(&mut transaction, cart).await?;
        let mut after = before.clone();
        edit(&mut after);
        match &after {
            Some(cart) if before.as_ref() != Some(cart) => {
                write(&mut transaction, cart).await?;
                transaction.commit().await?;
            }
            // Nothing to write, so nothing to wait for.
            _ => transaction.rollback().await?,
        }
        Ok(())
    }

    async fn load(&self, cart: &str) -> Result<Option<Cart>, StoreError> {
        read(&mut *self.readers.acquire().await?, cart).await
    }

    async fn due(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        let due = "SELECT cart FROM carts WHERE next_attempt_at <= $1 ORDER BY updated_at LIMIT $2";
        Ok(sqlx::query_scalar(due).bind(signed(now)).bind(limit).fetch_all(&self.readers).await?)
    }

    async fn release(&self, now: Millis) -> Result<u64, StoreError> {
        // A lost addLead keeps its time to settle.
        let release = "UPDATE carts SET next_attempt_at = $1, parked = FALSE, attempts = 0 \
                       WHERE parked OR (next_attempt_at > $1 AND adding_since IS NULL)";
        sqlx::query(release).bind(signed(now)).execute(&self.writer).await?;
        Ok(self.backlog().await?.waiting)
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let count = "SELECT (SELECT COUNT(*) FROM carts WHERE next_attempt_at IS NOT NULL), \
                     (SELECT COUNT(*) FROM carts WHERE parked)";
        let (waiting, parked): (i64, i64) = sqlx::query_as(count).fetch_one(&self.readers).await?;
        Ok(Backlog { waiting: u64::try_from(waiting).unwrap_or(0), parked: u64::try_from(parked).unwrap_or(0) })
    }

    /// The write-ahead log holds pages as they were before the erasure until it is emptied.
    async fn tidy(&self) -> Result<(), StoreError> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await?;
        Ok(())
    }

    async fn close(&self) {
        self.readers.close().await;
        // Not left to the last connection that closes: a reader's may be that, and it may not write.
        if let Err(error) = self.tidy().await {
            tracing::warn!(%error, "the write-ahead log could not be emptied");
        }
        self.writer.close().await;
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            // SQLITE_CORRUPT and SQLITE_NOTADB, https://www.sqlite.org/rescode.html
            sqlx::Error::Database(database)
                if database
                    .code()
                    .is_some_and(|code| code.parse().is_ok_and(|code: u32| matches!(code & 0xFF, 11 | 26))) =>
            {
                Self::Damaged(database.message().to_owned())
            }
            // SQLite's messages name tables and constraints, never values.
            sqlx::Error::Database(database) => Self::Database(database.message().to_owned()),
            sqlx::Error::PoolTimedOut => Self::Database("no connection became free in time".to_owned()),
            sqlx::Error::Io(error) => Self::Database(error.to_string()),
            sqlx::Error::ColumnDecode { index, .. } => Self::Damaged(format!("column {index} is of another type")),
            _ => Self::Database("the database driver failed".to_owned()),
        }
    }
}
