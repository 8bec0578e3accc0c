//! The store that any number of proxies share: a PostgreSQL database.
//!
//! Of two proxies that edit a cart at once one writes its row, and the other one begins its edit anew on what that left: a
//! row is written over the revision that was read alone. No row stays locked between two statements. A commit has reached
//! the disk of the database when it is confirmed. The clock of the store is the database's.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection, Executor, Postgres as Db, Transaction};

use super::lanes::{Backend, Lanes};
use super::row::{COLUMNS, Columns, MINUTE_MS, Queue, Row, read, retention, signed, unsigned};
use super::sampled::{BACKLOG_TRUSTED_FOR, STATISTICS_TRUSTED_FOR, Sampled};
use super::shared_clock::SharedClock;
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

/// Connections of one proxy. More would only wait for the disk of the database together.
const CONNECTIONS: u32 = 16;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that nobody has used for so long is asked whether it is still there before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// The rules of every connection. A proxy that is frozen while it counts the leads of an address holds up that address for
/// five seconds at most; and nothing is confirmed before it is on disk, whatever the server's own default is.
const SESSION: &str = "\
SET statement_timeout = '5s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '5s'; \
SELECT set_config('synchronous_commit', 'on', FALSE) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// While one batch is flushed others are read, edited and written. More would be smaller batches.
const LANES: usize = 4;

const CLOCK: &str = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";

static MIGRATOR: Migrator = sqlx::migrate!("migrations/postgres");

/// A PostgreSQL database.
#[derive(Debug, Clone)]
pub struct Postgres {
    database: Database,
    lanes: Lanes,
    backlog: Arc<Sampled<Backlog>>,
    statistics: Arc<Sampled<Statistics>>,
}

#[derive(Debug, Clone)]
struct Database {
    pool: PgPool,
    clock: Arc<SharedClock>,
}

impl Postgres {
    /// Connects, and brings the tables up to date; proxies that start at once do that one after the other.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] when it cannot be reached, [`StoreError::Damaged`] when its tables are not this program's.
    pub async fn open(options: &PgConnectOptions) -> Result<Self, StoreError> {
        let options = options.clone().application_name("leadkeep-proxy");
        // Not from the pool: whoever waits for another one's migration waits longer than its connections may.
        let migrate = async {
            let mut connection = PgConnection::connect_with(&options).await?;
            // Not `run`, with which no future of this is `Send`.
            MIGRATOR.run_direct(&mut connection).await?;
            connection.close().await?;
            Ok::<_, StoreError>(())
        };
        migrate.await?;
        Self::connect(options).await
    }

    /// As [`Postgres::open`], and leaves the tables as they are.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] when it cannot be reached, or its tables are not of this version.
    pub async fn open_beside(options: &PgConnectOptions) -> Result<Self, StoreError> {
        let opened = Self::connect(options.clone().application_name("leadkeep-proxy leads")).await?;
        super::check_version(&MIGRATOR, sqlx::query_scalar(VERSIONS).fetch_all(&opened.database.pool).await)?;
        Ok(opened)
    }

    async fn connect(options: PgConnectOptions) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(BUSY_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move {
                    // One that broke is replaced: an error here would be none of the caller's.
                    Ok(meta.idle_for < TRUSTED_FOR || connection.ping().await.is_ok())
                })
            })
            .after_connect(|connection, _| Box::pin(async move { connection.execute(SESSION).await.map(|_| ()) }))
            .connect_with(options)
            .await?;
        let (moment, asked, answered) = read_clock(&pool).await?;
        let database = Database { pool, clock: Arc::new(SharedClock::new(moment, asked, answered)) };
        let lanes = Lanes::new(&database, LANES);
        let backlog = Arc::new(Sampled::new(BACKLOG_TRUSTED_FOR));
        let statistics = Arc::new(Sampled::new(STATISTICS_TRUSTED_FOR));
        Ok(Self { database, lanes, backlog, statistics })
    }
}

async fn read_clock(pool: &PgPool) -> Result<(Millis, Instant, Instant), StoreError> {
    let mut connection = pool.acquire().await?;
    let asked = Instant::now();
    let moment: i64 = sqlx::query_scalar(CLOCK).fetch_one(&mut *connection).await?;
    Ok((unsigned(moment), asked, Instant::now()))
}

/// Of those who ask for an address one counts after the other, until its transaction ends.
const LOCK_ADDRESS: &str = "SELECT pg_advisory_xact_lock($1)";

/// Rows come as a column of each, in the order of their carts.
static WRITE_COLUMNS: LazyLock<String> = LazyLock::new(|| {
    let columns = COLUMNS.iter().enumerate();
    let columns: Vec<String> = columns.map(|(at, (_, column))| format!("${}::{column}[]", at + 1)).collect();
    let [begin, end] = &*WRITE;
    format!("{begin}SELECT * FROM UNNEST({}){end}", columns.join(", "))
});

impl Backend for Database {
    /// A transaction that holds the locks of some addresses.
    type Guard = Transaction<'static, Db>;

    async fn read(&self, carts: &[String]) -> Result<Vec<(String, i64, String)>, StoreError> {
        const READ: &str = "SELECT cart, revision, data FROM carts WHERE cart = ANY($1)";
        Ok(sqlx::query_as(READ).bind(carts).fetch_all(&self.pool).await?)
    }

    async fn guard(&self, addresses: &[EmailHash]) -> Result<Self::Guard, StoreError> {
        let first = |hash: &EmailHash| hash.as_bytes().first_chunk().map_or(0, |first| i64::from_be_bytes(*first));
        let locks: BTreeSet<i64> = addresses.iter().map(first).collect();
        let mut transaction = self.pool.begin().await?;
        // In one order, so that no two wait for each other.
        for lock in locks {
            sqlx::query(LOCK_ADDRESS).bind(lock).execute(&mut *transaction).await?;
        }
        Ok(transaction)
    }

    async fn live(&self, guard: &mut Self::Guard, cart: &str, address: EmailHash) -> Result<u32, StoreError> {
        let since = signed(self.clock.now().saturating_sub(DAY_MS));
        let live = sqlx::query_scalar(LIVE_LEADS).bind(address.as_bytes().to_vec()).bind(cart).bind(since);
        let live: i64 = live.fetch_one(&mut **guard).await?;
        Ok(u32::try_from(live).unwrap_or(u32::MAX))
    }

    async fn write(&self, guard: Option<Self::Guard>, rows: Vec<Row>) -> Result<Vec<String>, StoreError> {
        let write = Columns::from_iter(rows).bind(sqlx::query_scalar(&WRITE_COLUMNS));
        let Some(mut transaction) = guard else { return Ok(write.fetch_all(&self.pool).await?) };
        let written = write.fetch_all(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(written)
    }

    async fn delete(&self, cart: &str, revision: i64) -> Result<bool, StoreError> {
        let done = sqlx::query(DELETE).bind(cart).bind(revision).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }
}

impl Postgres {
    async fn due(&self, queue: Queue, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        let due = sqlx::query_scalar(DUE).bind(queue.number()).bind(signed(now)).bind(i64::from(limit));
        Ok(due.fetch_all(&self.database.pool).await?)
    }
}

#[async_trait]
impl Store for Postgres {
    async fn edit(&self, cart: &str, edit: Edit<'_>) -> Result<(), StoreError> {
        self.lanes.edit(cart, None, || self.database.clock.now(), edit).await.map(|_| ())
    }

    async fn edit_admitting(
        &self,
        cart: &str,
        rule: &Admission<'_>,
        edit: Edit<'_>,
    ) -> Result<Option<Admitted>, StoreError> {
        self.lanes.edit(cart, Some(rule), || self.database.clock.now(), edit).await
    }

    fn now(&self) -> Millis {
        self.database.clock.now()
    }

    async fn load(&self, cart: &str) -> Result<Option<Cart>, StoreError> {
        let data: Option<String> = sqlx::query_scalar(LOAD).bind(cart).fetch_optional(&self.database.pool).await?;
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
        Ok(query.fetch_all(&self.database.pool).await?)
    }

    async fn first_report(&self, order: &str, now: Millis) -> Result<FirstReport, StoreError> {
        let writer = &self.database.pool;
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
        each_to_requeue!(self.database.pool, self.lanes, now.saturating_add(settle_ms), false);
        Ok(self.backlog().await?.waiting)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        // After a failover this may be a standby. A database whose disk is full does not answer.
        let takes_writes = "SELECT current_setting('transaction_read_only') = 'off'";
        let takes_writes: bool = sqlx::query_scalar(takes_writes).fetch_one(&self.database.pool).await?;
        if takes_writes { Ok(()) } else { Err(StoreError::Database("it takes no writes".to_owned())) }
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        if let Some(backlog) = self.backlog.get() {
            return Ok(backlog);
        }
        let (waiting, parked): (i64, i64) = sqlx::query_as(BACKLOG).fetch_one(&self.database.pool).await?;
        let backlog = Backlog { waiting: unsigned(waiting), parked: unsigned(parked) };
        Ok(self.backlog.set(backlog, backlog.waiting.saturating_add(backlog.parked)))
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        if let Some(statistics) = self.statistics.get() {
            return Ok(statistics);
        }
        let stages = sqlx::query_as(STAGES).fetch_all(&self.database.pool).await?;
        let oldest = sqlx::query_scalar(OLDEST_PENDING).fetch_one(&self.database.pool).await?;
        let bytes = "SELECT pg_total_relation_size('carts')";
        let bytes = sqlx::query_scalar(bytes).fetch_one(&self.database.pool).await?;
        let statistics = Statistics::of(stages, oldest, bytes);
        let carts = statistics.carts();
        Ok(self.statistics.set(statistics, carts))
    }

    async fn page(&self, after: &str, limit: u32) -> Result<Vec<Cart>, StoreError> {
        let page = sqlx::query_scalar(PAGE).bind(after).bind(i64::from(limit));
        let rows: Vec<String> = page.fetch_all(&self.database.pool).await?;
        rows.iter().map(|data| read(data)).collect()
    }

    async fn count(&self, counts: &[HourCount]) -> Result<(), StoreError> {
        let mut transaction = self.database.pool.begin().await?;
        for HourCount { hour, event, count } in counts {
            let add = sqlx::query(COUNT).bind(signed(*hour)).bind(event).bind(signed(*count));
            add.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn counted_since(&self, hour: u64) -> Result<Vec<HourCount>, StoreError> {
        let rows: Vec<(i64, String, i64)> =
            sqlx::query_as(COUNTED_SINCE).bind(signed(hour)).fetch_all(&self.database.pool).await?;
        let read = |(hour, event, count)| HourCount { hour: unsigned(hour), event, count: unsigned(count) };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn purge(&self, now: Millis, retention: &Retention, limit: u32) -> Result<Purged, StoreError> {
        let purged = each_to_purge!(self.database.pool, self.lanes, now, retention, limit);
        let oldest_hour = now.saturating_sub(HISTORY_MS) / HOUR_MS;
        sqlx::query(PURGE_HISTORY).bind(signed(oldest_hour)).execute(&self.database.pool).await?;
        let oldest_order = signed(now.saturating_sub(retention.tombstone_ms));
        sqlx::query(PURGE_ORDERS).bind(oldest_order).execute(&self.database.pool).await?;
        Ok(purged)
    }

    /// The database overwrites by itself (autovacuum). What is done here is to set the clock by its.
    async fn tidy(&self) -> Result<(), StoreError> {
        let (moment, asked, answered) = read_clock(&self.database.pool).await?;
        self.database.clock.set(moment, asked, answered);
        Ok(())
    }

    async fn close(&self) {
        self.database.pool.close().await;
    }
}
