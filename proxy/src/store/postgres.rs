//! The store that any number of proxies share: a PostgreSQL database.
//!
//! Edits of one cart are serialised by a lock on its row (`SELECT ... FOR UPDATE`), and its birth by the primary key:
//! of two proxies that hear of a cart at once one inserts, and the other one begins its edit anew on that row. A commit
//! has reached the disk of the database when it is confirmed. The clock of the store is the database's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{Connection, Executor, Postgres as Db};

use super::row::{Row, signed, unsigned};
use super::shared_clock::SharedClock;
use super::sql::{
    BACKLOG, BY_EMAIL, BY_EXTERNAL_REFERENCE, BY_LEAD_CODE, COUNT, COUNTED_SINCE, DUE, DUE_CLOSINGS, DUE_REFUSED,
    INSERT, INSERT_ORDER, LIVE_LEADS, LOAD, LOAD_LOCKED, LOAD_ORDER, OLDEST_PENDING, PAGE, PARTS, PURGE_HISTORY,
    PURGE_ORDERS, RELEASED_AT_ONCE, UPDATE, VERSIONS, bind, purge, release,
};
use super::{
    Backlog, CartQuery, Edit, FirstReport, HISTORY_MS, HOUR_MS, HourCount, Purged, Statistics, Store, StoreError,
};
use crate::cart::{Admission, Admitted, Cart, DAY_MS, Millis, Retention};

/// Connections of one proxy. More would only wait for the disk of the database together.
const CONNECTIONS: u32 = 16;
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that nobody has used for so long is asked whether it is still there before it is used.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// The rules of every connection. A proxy that is frozen in the midst of an edit keeps its row locked for five seconds
/// at most; and nothing is confirmed before it is on disk, whatever the server's own default is.
const SESSION: &str = "\
SET statement_timeout = '5s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '5s'; \
SELECT set_config('synchronous_commit', 'on', FALSE) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

/// So often in a row an edit may find that a cart was born, or purged, since it looked.
const BIRTHS: u32 = 5;

const CLOCK: &str = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";

static MIGRATOR: Migrator = sqlx::migrate!("migrations/postgres");

/// A PostgreSQL database.
#[derive(Debug, Clone)]
pub struct Postgres {
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
        super::check_version(&MIGRATOR, sqlx::query_scalar(VERSIONS).fetch_all(&opened.pool).await)?;
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
        Ok(Self { pool, clock: Arc::new(SharedClock::new(moment, asked, answered)) })
    }
}

async fn read_clock(pool: &PgPool) -> Result<(Millis, Instant, Instant), StoreError> {
    let mut connection = pool.acquire().await?;
    let asked = Instant::now();
    let moment: i64 = sqlx::query_scalar(CLOCK).fetch_one(&mut *connection).await?;
    Ok((unsigned(moment), asked, Instant::now()))
}

async fn read(connection: &mut PgConnection, sql: &str, cart: &str) -> Result<Option<Cart>, StoreError> {
    let row: Option<Row> = sqlx::query_as(sql).bind(cart).fetch_optional(connection).await?;
    row.map(Row::into_cart).transpose()
}

/// Of those who ask for one address one counts after the other, until its transaction ends.
const LOCK_ADDRESS: &str = "SELECT pg_advisory_xact_lock($1)";

impl Postgres {
    async fn ids(&self, sql: &'static str, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(sql).bind(signed(now)).bind(i64::from(limit)).fetch_all(&self.pool).await?)
    }

    async fn edit_with(
        &self,
        cart: &str,
        rule: Option<&Admission<'_>>,
        edit: Edit<'_>,
    ) -> Result<Option<Admitted>, StoreError> {
        for _ in 0..BIRTHS {
            let mut transaction = self.pool.begin().await?;
            let before = read(&mut transaction, LOAD_LOCKED, cart).await?;
            let mut after = before.clone();
            edit(&mut after);
            let mut admitted = None;
            if let (Some(rule), Some(cart)) = (rule, after.as_mut().filter(|cart| cart.asks_for_admission())) {
                let live = live_leads(&mut transaction, cart, rule, self.clock.now()).await?;
                admitted = Some(cart.admit(rule, live, self.clock.now()));
            }
            let Some(cart) = after.as_ref().filter(|cart| before.as_ref() != Some(cart)) else {
                // Nothing to write, so nothing to wait for.
                transaction.rollback().await?;
                return Ok(admitted);
            };
            let sql = if before.is_some() { UPDATE } else { INSERT };
            let row = Row::of(cart)?;
            let written = bind!(sqlx::query::<Db>(sql), row).execute(&mut *transaction).await?;
            if written.rows_affected() == 1 {
                transaction.commit().await?;
                return Ok(admitted);
            }
            transaction.rollback().await?;
        }
        Err(StoreError::Database("a cart is born again and again".to_owned()))
    }
}

/// The other live leads of a cart's address.
async fn live_leads(
    connection: &mut PgConnection,
    cart: &Cart,
    rule: &Admission<'_>,
    now: Millis,
) -> Result<u32, StoreError> {
    let Some(hash) = cart.email_hash.filter(|_| rule.leads_per_address.is_some()) else { return Ok(0) };
    let bytes = hash.as_bytes();
    let lock = bytes.first_chunk().map_or(0, |first| i64::from_be_bytes(*first));
    sqlx::query(LOCK_ADDRESS).bind(lock).execute(&mut *connection).await?;
    let since = signed(now.saturating_sub(DAY_MS));
    let live: i64 =
        sqlx::query_scalar(LIVE_LEADS).bind(bytes.to_vec()).bind(&cart.id).bind(since).fetch_one(connection).await?;
    Ok(u32::try_from(live).unwrap_or(u32::MAX))
}

#[async_trait]
impl Store for Postgres {
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
        self.clock.now()
    }

    async fn load(&self, cart: &str) -> Result<Option<Cart>, StoreError> {
        read(&mut *self.pool.acquire().await?, LOAD, cart).await
    }

    async fn find(&self, by: &CartQuery<'_>) -> Result<Vec<String>, StoreError> {
        Ok(match by {
            CartQuery::ExternalReference { reference, begun_by } => {
                let query = sqlx::query_scalar(BY_EXTERNAL_REFERENCE).bind(*reference).bind(signed(*begun_by));
                query.fetch_all(&self.pool).await?
            }
            CartQuery::Email { hash, begun_by } => {
                let query = sqlx::query_scalar(BY_EMAIL).bind(hash.as_bytes()).bind(signed(*begun_by));
                query.fetch_all(&self.pool).await?
            }
            CartQuery::LeadCode(code) => sqlx::query_scalar(BY_LEAD_CODE).bind(*code).fetch_all(&self.pool).await?,
        })
    }

    async fn first_report(&self, order: &str, now: Millis) -> Result<FirstReport, StoreError> {
        let inserted = sqlx::query(INSERT_ORDER).bind(order).bind(signed(now)).execute(&self.pool).await?;
        let at: i64 = sqlx::query_scalar(LOAD_ORDER).bind(order).fetch_one(&self.pool).await?;
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
        // In parts, each within the time that a statement has; and proxies that start at once do not wait for one another.
        let release = release!(" FOR UPDATE SKIP LOCKED");
        let at = signed(now.saturating_add(settle_ms));
        while sqlx::query(release).bind(at).execute(&self.pool).await?.rows_affected() == RELEASED_AT_ONCE {}
        Ok(self.backlog().await?.waiting)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        // After a failover this may be a standby. A database whose disk is full does not answer.
        let takes_writes = "SELECT current_setting('transaction_read_only') = 'off'";
        let takes_writes: bool = sqlx::query_scalar(takes_writes).fetch_one(&self.pool).await?;
        if takes_writes { Ok(()) } else { Err(StoreError::Database("it takes no writes".to_owned())) }
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let (waiting, parked): (i64, i64) = sqlx::query_as(BACKLOG).fetch_one(&self.pool).await?;
        Ok(Backlog { waiting: unsigned(waiting), parked: unsigned(parked) })
    }

    async fn statistics(&self) -> Result<Statistics, StoreError> {
        let parts = sqlx::query_as(PARTS).fetch_all(&self.pool).await?;
        let oldest = sqlx::query_scalar(OLDEST_PENDING).fetch_one(&self.pool).await?;
        let bytes = sqlx::query_scalar("SELECT pg_total_relation_size('carts')").fetch_one(&self.pool).await?;
        Ok(Statistics::of(parts, oldest, bytes))
    }

    async fn page(&self, after: &str, limit: u32) -> Result<Vec<Cart>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(PAGE).bind(after).bind(i64::from(limit)).fetch_all(&self.pool).await?;
        rows.into_iter().map(Row::into_cart).collect()
    }

    async fn count(&self, counts: &[HourCount]) -> Result<(), StoreError> {
        let mut transaction = self.pool.begin().await?;
        for HourCount { hour, event, count } in counts {
            let add = sqlx::query(COUNT).bind(signed(*hour)).bind(event).bind(signed(*count));
            add.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn counted_since(&self, hour: u64) -> Result<Vec<HourCount>, StoreError> {
        let rows: Vec<(i64, String, i64)> =
            sqlx::query_as(COUNTED_SINCE).bind(signed(hour)).fetch_all(&self.pool).await?;
        let read = |(hour, event, count)| HourCount { hour: unsigned(hour), event, count: unsigned(count) };
        Ok(rows.into_iter().map(read).collect())
    }

    async fn purge(&self, now: Millis, retention: &Retention, limit: u32) -> Result<Purged, StoreError> {
        let [erase, forget, forget_early, in_advance, unprove, bury] = purge!(" FOR UPDATE SKIP LOCKED");
        let before = |age| signed(now.saturating_sub(age));
        let run = async |sql, age| {
            let done = sqlx::query(sql).bind(before(age)).bind(i64::from(limit)).execute(&self.pool).await?;
            Ok::<_, StoreError>(done.rows_affected())
        };
        let erased = run(erase, retention.content_ms).await?
            + run(unprove, retention.consent_ms.max(retention.content_ms)).await?;
        let deleted = run(forget, retention.content_ms).await?
            + run(forget_early, retention.without_address_ms).await?
            + run(in_advance, retention.in_advance_ms).await?
            + run(bury, retention.tombstone_ms).await?;
        let oldest_hour = now.saturating_sub(HISTORY_MS) / HOUR_MS;
        sqlx::query(PURGE_HISTORY).bind(signed(oldest_hour)).execute(&self.pool).await?;
        sqlx::query(PURGE_ORDERS).bind(before(retention.tombstone_ms)).execute(&self.pool).await?;
        Ok(Purged { erased, deleted })
    }

    /// The database overwrites by itself (autovacuum). What is done here is to set the clock by its.
    async fn tidy(&self) -> Result<(), StoreError> {
        let (moment, asked, answered) = read_clock(&self.pool).await?;
        self.clock.set(moment, asked, answered);
        Ok(())
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
