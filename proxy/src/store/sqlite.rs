//! The store of one proxy: a SQLite file.
//!
//! One proxy at a time: a lock file beside it sees to that.
//!
//! Write-ahead log with `synchronous=FULL`: what an edit leaves has reached the disk when the edit returns, so an answer
//! given after it outlives `kill -9` and a power cut. One connection writes, in the order of asking, the others read.
//!
//! Source: <https://www.sqlite.org/pragma.html#pragma_synchronous>, <https://www.sqlite.org/wal.html>.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite as Db, SqlitePool};

use super::check::beside;
use super::lock::Lock;
use super::row::{Row, signed, unsigned};
use super::sql::{
    BACKLOG, BY_EMAIL, BY_EXTERNAL_REFERENCE, BY_LEAD_CODE, COUNT, COUNTED_SINCE, DUE, DUE_CLOSINGS, DUE_REFUSED,
    INSERT, INSERT_ORDER, LIVE_LEADS, LOAD, LOAD_ORDER, OLDEST_PENDING, PAGE, PARTS, PURGE_HISTORY, PURGE_ORDERS,
    RELEASED_AT_ONCE, UPDATE, VERSIONS, bind, purge, release,
};
use super::{
    Backlog, CartQuery, Edit, FirstReport, HISTORY_MS, HOUR_MS, HourCount, Purged, Statistics, Store, StoreError,
};
use crate::cart::{Admission, Admitted, Cart, DAY_MS, Millis, Retention};
use crate::clock::now_ms;

const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A SQLite file.
#[derive(Debug, Clone)]
pub struct Sqlite {
    writer: SqlitePool,
    readers: SqlitePool,
    lock: Lock,
}

impl Sqlite {
    /// Opens the file, or makes it, readable by its owner alone; brings its tables up to date; checks every page.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] when it is damaged or no SQLite file, [`StoreError::Database`] when it cannot be opened.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let lock = Lock::take(file).await?;
        private(file).map_err(|error| StoreError::Database(error.to_string()))?;
        let options = options(file);
        let writer = pool(1).connect_with(options.clone()).await?;
        let sound: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&writer).await?;
        if sound != "ok" {
            return Err(StoreError::Damaged("its check found an error".to_owned()));
        }
        // Not `run`, with which no future of this is `Send`.
        MIGRATOR.run_direct(&mut *writer.acquire().await?).await?;
        let readers = pool(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, readers, lock })
    }

    /// Opens the file beside the proxy that has it open, or while none has. Of two who write one waits for the other.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] when there is no such file, or its tables are not of this version.
    pub async fn open_beside(file: &Path) -> Result<Self, StoreError> {
        if !file.exists() {
            return Err(StoreError::Database("there is no such file".to_owned()));
        }
        let options = options(file);
        let writer = pool(1).connect_with(options.clone()).await?;
        let versions = sqlx::query_scalar(VERSIONS).fetch_all(&writer).await;
        super::check_version(&MIGRATOR, versions)?;
        let readers = pool(READERS).connect_with(options.read_only(true)).await?;
        Ok(Self { writer, readers, lock: Lock::of_nobody() })
    }
}

static MIGRATOR: Migrator = sqlx::migrate!("migrations/sqlite");

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        // What was erased is overwritten in the file too.
        .pragma("secure_delete", "ON")
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).acquire_timeout(BUSY_TIMEOUT)
}

/// The file holds personal data: nobody but its owner may read it. SQLite gives the side files that it makes the same
/// mode; files that are there already, from a copy or a backup, are given it here.
pub(super) fn private(file: &Path) -> std::io::Result<File> {
    if let Some(folder) = file.parent().filter(|folder| *folder != PathBuf::new()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(file)?;
    #[cfg(unix)]
    for ending in ["", "-wal", "-shm", "-journal"] {
        use std::os::unix::fs::PermissionsExt;
        match std::fs::set_permissions(beside(file, ending), std::fs::Permissions::from_mode(0o600)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(opened)
}

async fn read(connection: &mut SqliteConnection, cart: &str) -> Result<Option<Cart>, StoreError> {
    let row: Option<Row> = sqlx::query_as(LOAD).bind(cart).fetch_optional(connection).await?;
    row.map(Row::into_cart).transpose()
}

async fn write(connection: &mut SqliteConnection, cart: &Cart, is_new: bool) -> Result<(), StoreError> {
    let row = Row::of(cart)?;
    let sql = if is_new { INSERT } else { UPDATE };
    bind!(sqlx::query::<Db>(sql), row).execute(connection).await?;
    Ok(())
}

impl Sqlite {
    async fn ids(&self, sql: &'static str, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(sql).bind(signed(now)).bind(i64::from(limit)).fetch_all(&self.readers).await?)
    }

    async fn edit_with(
        &self,
        cart: &str,
        rule: Option<&Admission<'_>>,
        edit: Edit<'_>,
    ) -> Result<Option<Admitted>, StoreError> {
        let mut connection = self.writer.acquire().await?;
        let edited = edit_on(&mut connection, cart, rule, edit).await;
        if edited.is_err() {
            // SQLite ends the transaction of a COMMIT that fails, on a full disk for one, and the driver does not notice: no
            // further transaction could begin on this connection.
            connection.close_on_drop();
        }
        edited
    }
}

async fn edit_on(
    connection: &mut SqliteConnection,
    cart: &str,
    rule: Option<&Admission<'_>>,
    edit: Edit<'_>,
) -> Result<Option<Admitted>, StoreError> {
    // IMMEDIATE: another process on the same file waits here instead of failing at its first write.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let before = read(&mut transaction, cart).await?;
    let mut after = before.clone();
    edit(&mut after);
    let mut admitted = None;
    if let (Some(rule), Some(cart)) = (rule, after.as_mut().filter(|cart| cart.asks_for_admission())) {
        let now = now_ms();
        let live = match cart.email_hash.filter(|_| rule.leads_per_address.is_some()) {
            Some(hash) => {
                let since = signed(now.saturating_sub(DAY_MS));
                let live = sqlx::query_scalar(LIVE_LEADS).bind(hash.as_bytes().to_vec()).bind(&cart.id).bind(since);
                live.fetch_one(&mut *transaction).await?
            }
            None => 0,
        };
        admitted = Some(cart.admit(rule, live, now));
    }
    match &after {
        Some(cart) if before.as_ref() != Some(cart) => {
            write(&mut transaction, cart, before.is_none()).await?;
            transaction.commit().await?;
        }
        // Nothing to write, so nothing to wait for.
        _ => transaction.rollback().await?,
    }
    Ok(admitted)
}

#[async_trait]
impl Store for Sqlite {
    async fn edit(&self, cart: &str, edit: Edit<'_>) -> Result<(), StoreError> {
        self.edit_with(cart, None, edit).await.map(|_| ())
    }

    async fn edit_admitting(
        &self,
        cart: &str,
        rule: &Admission<'_>,
        edit: Edit<'_>,
    ) -> Result<Option<Admitted>, StoreError> {
        self.edit_with(cart, Some(rule), edit).await
    }

    fn now(&self) -> Millis {
        now_ms()
    }

    async fn load(&self, cart: &str) -> Result<Option<Cart>, StoreError> {
        read(&mut *self.readers.acquire().await?, cart).await
    }

    async fn find(&self, by: &CartQuery<'_>) -> Result<Vec<String>, StoreError> {
        Ok(match by {
            CartQuery::ExternalReference { reference, begun_by } => {
                let query = sqlx::query_scalar(BY_EXTERNAL_REFERENCE).bind(*reference).bind(signed(*begun_by));
                query.fetch_all(&self.readers).await?
            }
            CartQuery::Email { hash, begun_by } => {
                let query = sqlx::query_scalar(BY_EMAIL).bind(hash.as_bytes()).bind(signed(*begun_by));
                query.fetch_all(&self.readers).await?
            }
            CartQuery::LeadCode(code) => sqlx::query_scalar(BY_LEAD_CODE).bind(*code).fetch_all(&self.readers).await?,
        })
    }

    async fn first_report(&self, order: &str, now: Millis) -> Result<FirstReport, StoreError> {
        let inserted = sqlx::query(INSERT_ORDER).bind(order).bind(signed(now)).execute(&self.writer).await?;
        let at: i64 = sqlx::query_scalar(LOAD_ORDER).bind(order).fetch_one(&self.writer).await?;
        Ok(FirstReport { at: unsigned(at), is_this: inserted.rows_affected() == 1 })
    }

    async fn due_closings(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        self.ids(DUE_CLOSINGS, now, limit).await
    }

    async fn due_others(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        self.ids(DUE, now, limit).await
    }

    async fn due_refused(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        self.ids(DUE_REFUSED, now, limit).await
    }

    async fn release(&self, now: Millis, settle_ms: Millis) -> Result<u64, StoreError> {
        let at = signed(now.saturating_add(settle_ms));
        while sqlx::query(release!("")).bind(at).execute(&self.writer).await?.rows_affected() == RELEASED_AT_ONCE {}
        // Whoever held them had this file before, and is gone.
        let free = "UPDATE carts SET holder = NULL, next_attempt_at = $1 WHERE holder IS NOT NULL";
        sqlx::query(free).bind(at).execute(&self.writer).await?;
        Ok(self.backlog().await?.waiting)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        // The number is ours to use; what counts is that a page has to reach the disk.
        sqlx::query("PRAGMA user_version = 1").execute(&self.writer).await?;
        Ok(())
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let (waiting, parked): (i64, i64) = sqlx::query_as(BACKLOG).fetch_one(&self.readers).await?;
        Ok(Backlog { waiting: u64::try_from(waiting).unwrap_or(0), parked: u64::try_from(parked).unwrap_or(0) })
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        let parts = sqlx::query_as(PARTS).fetch_all(&self.readers).await?;
        let oldest = sqlx::query_scalar(OLDEST_PENDING).fetch_one(&self.readers).await?;
        let bytes = sqlx::query_scalar("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            .fetch_one(&self.readers)
            .await?;
        Ok(Statistics::of(parts, oldest, bytes))
    }

    async fn page(&self, after: &str, limit: u32) -> Result<Vec<Cart>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(PAGE).bind(after).bind(i64::from(limit)).fetch_all(&self.readers).await?;
        rows.into_iter().map(Row::into_cart).collect()
    }

    async fn count(&self, counts: &[HourCount]) -> Result<(), StoreError> {
        let mut transaction = self.writer.begin().await?;
        for HourCount { hour, event, count } in counts {
            let add = sqlx::query(COUNT).bind(signed(*hour)).bind(event).bind(signed(*count));
            add.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn counted_since(&self, hour: u64) -> Result<Vec<HourCount>, StoreError> {
        let rows: Vec<(i64, String, i64)> =
            sqlx::query_as(COUNTED_SINCE).bind(signed(hour)).fetch_all(&self.readers).await?;
        let read = |(hour, event, count)| HourCount { hour: unsigned(hour), event, count: unsigned(count) };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn purge(&self, now: Millis, retention: &Retention, limit: u32) -> Result<Purged, StoreError> {
        let [erase, forget, forget_early, in_advance, unprove, bury] = purge!("");
        let before = |age| signed(now.saturating_sub(age));
        let run = async |sql, age| {
            let done = sqlx::query(sql).bind(before(age)).bind(i64::from(limit)).execute(&self.writer).await?;
            Ok::<_, StoreError>(done.rows_affected())
        };
        let erased = run(erase, retention.content_ms).await?
            + run(unprove, retention.consent_ms.max(retention.content_ms)).await?;
        let deleted = run(forget, retention.content_ms).await?
            + run(forget_early, retention.without_address_ms).await?
            + run(in_advance, retention.in_advance_ms).await?
            + run(bury, retention.tombstone_ms).await?;
        let oldest_hour = now.saturating_sub(HISTORY_MS) / HOUR_MS;
        sqlx::query(PURGE_HISTORY).bind(signed(oldest_hour)).execute(&self.writer).await?;
        sqlx::query(PURGE_ORDERS).bind(before(retention.tombstone_ms)).execute(&self.writer).await?;
        Ok(Purged { erased, deleted })
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
        self.lock.release();
    }
}
