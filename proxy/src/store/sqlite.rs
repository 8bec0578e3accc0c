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
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, QueryBuilder, Sqlite as Db, SqlitePool};

use super::check::beside;
use super::lanes::{Backend, Lanes};
use super::lock::Lock;
use super::row::{MINUTE_MS, Queue, Row, read, retention, signed, unsigned};
use super::sampled::{BACKLOG_TRUSTED_FOR, STATISTICS_TRUSTED_FOR, Sampled};
use super::sql::{
    AGED, BACKLOG, BY_EMAIL, BY_EXTERNAL_REFERENCE, BY_LEAD_CODE, COUNT, COUNTED_SINCE, DELETE, DUE, GIVEN_UP,
    INSERT_ORDER, LIVE_LEADS, LOAD, LOAD_ORDER, OLDEST_PENDING, PAGE, PURGE_HISTORY, PURGE_ORDERS, STAGES, TO_REQUEUE,
    VERSIONS, WRITE,
};
use super::sweep::{each_to_purge, each_to_requeue};
use super::{
    Backlog, CartQuery, Edit, FirstReport, HISTORY_MS, HOUR_MS, HourCount, Purged, Statistics, Store, StoreError,
};
use crate::cart::{Admission, Admitted, Cart, DAY_MS, EmailHash, Millis, Retention};
use crate::clock::now_ms;

const READERS: u32 = 4;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// While one batch is flushed the next one is read and edited.
const LANES: usize = 2;

/// Rows of one statement. Each number of rows up to this is a statement of its own, which stays prepared.
const ROWS: usize = 16;

/// A start waits so long for the check of the file; one that takes longer goes on beside it.
const CHECKED_WITHIN: Duration = Duration::from_secs(1);

/// A SQLite file.
#[derive(Debug, Clone)]
pub struct Sqlite {
    pools: Pools,
    lanes: Lanes,
    lock: Lock,
    /// Set once the check has found an error.
    is_damaged: Arc<OnceLock<()>>,
    backlog: Arc<Sampled<Backlog>>,
    statistics: Arc<Sampled<Statistics>>,
}

#[derive(Debug, Clone)]
struct Pools {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Sqlite {
    /// Opens the file, or makes it, readable by its owner alone; brings its tables up to date; checks every page, if that
    /// takes long after it has returned.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] when it is damaged or no SQLite file, [`StoreError::Database`] when it cannot be opened.
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        let lock = Lock::take(file).await?;
        private(file).map_err(|error| StoreError::Database(error.to_string()))?;
        let options = options(file);
        // Not from a pool: on a busy disk the first connection and the tables may take longer than an edit may wait.
        let mut first = options.clone().connect().await?;
        let is_damaged = Arc::new(OnceLock::new());
        let check = tokio::spawn(check(options.clone().read_only(true), Arc::clone(&is_damaged)));
        if let Ok(Ok(checked)) = tokio::time::timeout(CHECKED_WITHIN, check).await {
            checked?;
        }
        // Not `run`, with which no future of this is `Send`.
        MIGRATOR.run_direct(&mut first).await?;
        let writer = pool(1).connect_with(options.clone()).await?;
        let readers = pool(READERS).connect_with(options.read_only(true)).await?;
        first.close().await?;
        Ok(Self::with(Pools { writer, readers }, lock, is_damaged))
    }

    fn with(pools: Pools, lock: Lock, is_damaged: Arc<OnceLock<()>>) -> Self {
        let lanes = Lanes::new(&pools, LANES);
        let backlog = Arc::new(Sampled::new(BACKLOG_TRUSTED_FOR));
        let statistics = Arc::new(Sampled::new(STATISTICS_TRUSTED_FOR));
        Self { pools, lanes, lock, is_damaged, backlog, statistics }
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
        Ok(Self::with(Pools { writer, readers }, Lock::of_nobody(), Arc::default()))
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
    let options = SqlitePoolOptions::new().max_connections(connections).acquire_timeout(BUSY_TIMEOUT);
    // It is in this process: there is no way it could have gone away.
    options.test_before_acquire(false)
}

/// Reads every page.
async fn check(options: SqliteConnectOptions, is_damaged: Arc<OnceLock<()>>) -> Result<(), StoreError> {
    let checked = quick_check(options).await;
    if let Err(error @ StoreError::Damaged(_)) = &checked {
        let _ = is_damaged.set(());
        tracing::error!(%error, "stop the proxy and restore the store from a backup");
    }
    checked
}

async fn quick_check(options: SqliteConnectOptions) -> Result<(), StoreError> {
    let mut connection = options.connect().await?;
    let sound: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(&mut connection).await?;
    connection.close().await?;
    if sound == "ok" { Ok(()) } else { Err(damaged()) }
}

fn damaged() -> StoreError {
    StoreError::Damaged("its check found an error".to_owned())
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

impl Backend for Pools {
    /// The one connection that writes.
    type Guard = PoolConnection<Db>;

    async fn read(&self, carts: &[String]) -> Result<Vec<(String, i64, String)>, StoreError> {
        const READ: &str = "SELECT cart, revision, data FROM carts WHERE cart IN (SELECT value FROM json_each($1))";
        let carts = serde_json::to_string(carts).map_err(|_| StoreError::Database("ids are no JSON".to_owned()))?;
        Ok(sqlx::query_as(READ).bind(carts).fetch_all(&self.readers).await?)
    }

    async fn guard(&self, _: &[EmailHash]) -> Result<Self::Guard, StoreError> {
        Ok(self.writer.acquire().await?)
    }

    async fn live(&self, guard: &mut Self::Guard, cart: &str, address: EmailHash) -> Result<u32, StoreError> {
        let since = signed(now_ms().saturating_sub(DAY_MS));
        let live = sqlx::query_scalar(LIVE_LEADS).bind(address.as_bytes().to_vec()).bind(cart).bind(since);
        Ok(live.fetch_one(&mut **guard).await?)
    }

    async fn write(&self, guard: Option<Self::Guard>, rows: Vec<Row>) -> Result<Vec<String>, StoreError> {
        let mut connection = match guard {
            Some(guard) => guard,
            None => self.writer.acquire().await?,
        };
        let written = write(&mut connection, rows).await;
        if written.is_err() {
            // SQLite ends the transaction of a COMMIT that fails, on a full disk for one, and the driver does not notice: no
            // further transaction could begin on this connection.
            connection.close_on_drop();
        }
        written
    }

    async fn delete(&self, cart: &str, revision: i64) -> Result<bool, StoreError> {
        let done = sqlx::query(DELETE).bind(cart).bind(revision).execute(&self.writer).await?;
        Ok(done.rows_affected() == 1)
    }
}

async fn write(connection: &mut SqliteConnection, rows: Vec<Row>) -> Result<Vec<String>, StoreError> {
    if rows.len() <= ROWS {
        return write_on(connection, rows).await;
    }
    // IMMEDIATE: another process on the same file waits here instead of failing at its first write.
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let (mut written, mut rows) = (Vec::with_capacity(rows.len()), rows.into_iter());
    loop {
        let part: Vec<Row> = rows.by_ref().take(ROWS).collect();
        if part.is_empty() {
            break;
        }
        written.extend(write_on(&mut transaction, part).await?);
    }
    transaction.commit().await?;
    Ok(written)
}

async fn write_on(connection: &mut SqliteConnection, rows: Vec<Row>) -> Result<Vec<String>, StoreError> {
    let [begin, end] = &*WRITE;
    let mut query = QueryBuilder::new(begin);
    query.push_values(rows, |mut values, row| row.bind(&mut values));
    query.push(end);
    Ok(query.build_query_scalar().fetch_all(connection).await?)
}

impl Sqlite {
    async fn due(&self, queue: Queue, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        let due = sqlx::query_scalar(DUE).bind(queue.number()).bind(signed(now)).bind(i64::from(limit));
        Ok(due.fetch_all(&self.pools.readers).await?)
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn edit(&self, cart: &str, edit: Edit<'_>) -> Result<(), StoreError> {
        self.lanes.edit(cart, None, now_ms, edit).await.map(|_| ())
    }

    async fn edit_admitting(
        &self,
        cart: &str,
        rule: &Admission<'_>,
        edit: Edit<'_>,
    ) -> Result<Option<Admitted>, StoreError> {
        self.lanes.edit(cart, Some(rule), now_ms, edit).await
    }

    fn now(&self) -> Millis {
        now_ms()
    }

    async fn load(&self, cart: &str) -> Result<Option<Cart>, StoreError> {
        let data: Option<String> = sqlx::query_scalar(LOAD).bind(cart).fetch_optional(&self.pools.readers).await?;
        data.as_deref().map(read).transpose()
    }

    async fn find(&self, by: &CartQuery<'_>) -> Result<Vec<String>, StoreError> {
        let query = match by {
            CartQuery::ExternalReference { reference, begun_by } => {
                sqlx::query_scalar(BY_EXTERNAL_REFERENCE).bind(*reference).bind(signed(*begun_by))
            }
            CartQuery::Email { hash, begun_by } => {
                sqlx::query_scalar(BY_EMAIL).bind(hash.as_bytes()).bind(signed(*begun_by))
            }
            CartQuery::LeadCode(code) => sqlx::query_scalar(BY_LEAD_CODE).bind(*code),
        };
        Ok(query.fetch_all(&self.pools.readers).await?)
    }

    async fn first_report(&self, order: &str, now: Millis) -> Result<FirstReport, StoreError> {
        let writer = &self.pools.writer;
        let inserted = sqlx::query(INSERT_ORDER).bind(order).bind(signed(now)).execute(writer).await?;
        let at: i64 = sqlx::query_scalar(LOAD_ORDER).bind(order).fetch_one(writer).await?;
        Ok(FirstReport { at: unsigned(at), is_this: inserted.rows_affected() == 1 })
    }

    async fn due_closings(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        self.due(Queue::Closings, now, limit).await
    }

    async fn due_others(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        self.due(Queue::Others, now, limit).await
    }

    async fn due_refused(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        self.due(Queue::Refused, now, limit).await
    }

    async fn release(&self, now: Millis, settle_ms: Millis) -> Result<u64, StoreError> {
        each_to_requeue!(self.pools.readers, self.lanes, now.saturating_add(settle_ms), true);
        Ok(self.backlog().await?.waiting)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        if self.is_damaged.get().is_some() {
            return Err(damaged());
        }
        // The number is ours to use; what counts is that a page has to reach the disk.
        sqlx::query("PRAGMA user_version = 1").execute(&self.pools.writer).await?;
        Ok(())
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        if let Some(backlog) = self.backlog.get() {
            return Ok(backlog);
        }
        let (waiting, parked): (i64, i64) = sqlx::query_as(BACKLOG).fetch_one(&self.pools.readers).await?;
        let backlog = Backlog { waiting: unsigned(waiting), parked: unsigned(parked) };
        Ok(self.backlog.set(backlog, backlog.waiting.saturating_add(backlog.parked)))
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        if let Some(statistics) = self.statistics.get() {
            return Ok(statistics);
        }
        let stages = sqlx::query_as(STAGES).fetch_all(&self.pools.readers).await?;
        let oldest = sqlx::query_scalar(OLDEST_PENDING).fetch_one(&self.pools.readers).await?;
        let bytes = sqlx::query_scalar("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
            .fetch_one(&self.pools.readers)
            .await?;
        let statistics = Statistics::of(stages, oldest, bytes);
        let carts = statistics.carts();
        Ok(self.statistics.set(statistics, carts))
    }

    async fn page(&self, after: &str, limit: u32) -> Result<Vec<Cart>, StoreError> {
        let page = sqlx::query_scalar(PAGE).bind(after).bind(i64::from(limit));
        let rows: Vec<String> = page.fetch_all(&self.pools.readers).await?;
        rows.iter().map(|data| read(data)).collect()
    }

    async fn count(&self, counts: &[HourCount]) -> Result<(), StoreError> {
        let mut transaction = self.pools.writer.begin().await?;
        for HourCount { hour, event, count } in counts {
            let add = sqlx::query(COUNT).bind(signed(*hour)).bind(event).bind(signed(*count));
            add.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn counted_since(&self, hour: u64) -> Result<Vec<HourCount>, StoreError> {
        let rows: Vec<(i64, String, i64)> =
            sqlx::query_as(COUNTED_SINCE).bind(signed(hour)).fetch_all(&self.pools.readers).await?;
        let read = |(hour, event, count)| HourCount { hour: unsigned(hour), event, count: unsigned(count) };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn purge(&self, now: Millis, retention: &Retention, limit: u32) -> Result<Purged, StoreError> {
        let purged = each_to_purge!(self.pools.readers, self.lanes, now, retention, limit);
        let oldest_hour = now.saturating_sub(HISTORY_MS) / HOUR_MS;
        sqlx::query(PURGE_HISTORY).bind(signed(oldest_hour)).execute(&self.pools.writer).await?;
        let oldest_order = signed(now.saturating_sub(retention.tombstone_ms));
        sqlx::query(PURGE_ORDERS).bind(oldest_order).execute(&self.pools.writer).await?;
        Ok(purged)
    }

    /// The write-ahead log holds pages as they were before the erasure until it is emptied.
    async fn tidy(&self) -> Result<(), StoreError> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.pools.writer).await?;
        Ok(())
    }

    async fn close(&self) {
        self.pools.readers.close().await;
        // Not left to the last connection that closes: a reader's may be that, and it may not write.
        if let Err(error) = self.tidy().await {
            tracing::warn!(%error, "the write-ahead log could not be emptied");
        }
        self.pools.writer.close().await;
        self.lock.release();
    }
}
