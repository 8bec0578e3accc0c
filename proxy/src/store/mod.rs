//! Where the carts are kept. A small interface: the rules are functions of a [`Cart`], and a store runs them one after the
//! other for each cart, and those that wait at the same moment in one write.

mod check;
mod error;
mod lanes;
mod location;
mod lock;
#[cfg(all(test, unix))]
mod plans;
mod postgres;
mod row;
mod sampled;
mod shared_clock;
mod sql;
mod sqlite;
mod sweep;

use async_trait::async_trait;
use sqlx::migrate::Migrator;

pub use error::StoreError;
pub use location::{Location, UnknownLocation};
pub use postgres::Postgres;
pub use sqlite::Sqlite;

use crate::cart::{Admission, Admitted, Cart, EmailHash, Millis, Retention};
use crate::leads::State;

/// What is done to a cart. It runs in the task of its caller, must not wait for anything, and may run more than once, so it must give the same each time.
pub type Edit<'a> = &'a mut (dyn FnMut(&mut Option<Cart>) + Send);

/// How many carts 2Checkout does not have in full.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// To be delivered, now or after a back-off.
    pub waiting: u64,
    /// Refused; tried again after a back-off and with the next change. Part of `waiting` while there is a back-off.
    pub parked: u64,
}

/// What is in a store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Open carts that are leads.
    pub open: u64,
    /// Open carts that are none yet.
    pub collecting: u64,
    /// Open carts that 2Checkout has refused.
    pub refused: u64,
    /// Open carts that are not delivered because of a limit for their address, or its domain.
    pub withheld: u64,
    /// Bought.
    pub completed: u64,
    /// Withdrawn.
    pub withdrawn: u64,
    /// When the oldest change was made that 2Checkout does not have.
    pub oldest_pending: Option<Millis>,
    /// The size of the store, in bytes.
    pub bytes: u64,
}

impl Statistics {
    fn of(stages: Vec<(String, i64)>, oldest_pending: Option<i64>, bytes: i64) -> Self {
        let mut statistics =
            Self { oldest_pending: oldest_pending.map(row::unsigned), bytes: row::unsigned(bytes), ..Self::default() };
        for (stage, carts) in stages {
            let count = match State::from_name(&stage) {
                Some(State::Completed) => &mut statistics.completed,
                Some(State::Withdrawn) => &mut statistics.withdrawn,
                Some(State::Withheld) => &mut statistics.withheld,
                Some(State::Refused) => &mut statistics.refused,
                Some(State::Open) => &mut statistics.open,
                Some(State::Collecting) | None => &mut statistics.collecting,
            };
            *count += row::unsigned(carts);
        }
        statistics
    }

    fn carts(&self) -> u64 {
        self.by_state().iter().map(|(_, carts)| carts).sum()
    }

    /// By the names of the states in `/metrics`.
    pub(crate) fn by_state(&self) -> [(&'static str, u64); 6] {
        [
            (State::Open.name(), self.open),
            (State::Collecting.name(), self.collecting),
            (State::Refused.name(), self.refused),
            (State::Withheld.name(), self.withheld),
            (State::Completed.name(), self.completed),
            (State::Withdrawn.name(), self.withdrawn),
        ]
    }
}

/// How many carts a purge met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Purged {
    /// Leads of which the tombstone stays.
    pub erased: u64,
    /// Carts of which nothing stays.
    pub deleted: u64,
}

/// Which carts a report of an order may be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CartQuery<'a> {
    /// Those with this reference, the closed ones too, that began no later.
    ExternalReference {
        /// See [`Cart::external_reference`].
        reference: &'a str,
        /// They began no later.
        begun_by: Millis,
    },
    /// The open ones of this buyer that began no later.
    Email {
        /// See [`Cart::email_hash`].
        hash: EmailHash,
        /// They began no later.
        begun_by: Millis,
    },
    /// The one whose lead 2Checkout calls so.
    LeadCode(&'a str),
}

/// When an order was reported first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstReport {
    /// The moment of it.
    pub at: Millis,
    /// Whether it is the present one.
    pub is_this: bool,
}

/// An hour of [`HourCount`].
pub(crate) const HOUR_MS: Millis = 3_600_000;

/// What is counted for each hour is kept for so long: thirteen months.
const HISTORY_MS: Millis = 400 * 24 * HOUR_MS;

/// How often something happened in an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourCount {
    /// Hours of the Unix epoch.
    pub hour: u64,
    /// What happened, by its name.
    pub event: String,
    /// How often.
    pub count: u64,
}

/// Where the carts are kept.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Runs `edit` on a cart, `None` if it is unknown, alone: no other edit of that cart sees it half done. What it
    /// leaves is on disk when this returns.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: nothing was changed, or (when only the confirmation failed) all of it.
    async fn edit(&self, cart: &str, edit: Edit<'_>) -> Result<(), StoreError>;

    /// As [`Store::edit`], and then the cart, if it asks for admission, is admitted or withheld: see [`Admission`]. Of many
    /// carts of one address at once none is admitted too many. Returns what came of it, if it asked.
    ///
    /// # Errors
    ///
    /// As those of [`Store::edit`].
    async fn edit_admitting(
        &self,
        cart: &str,
        rule: &Admission<'_>,
        edit: Edit<'_>,
    ) -> Result<Option<Admitted>, StoreError>;

    /// The clock of this store, in milliseconds of the Unix epoch: the one that every moment in it is of, also where
    /// several proxies share it.
    fn now(&self) -> Millis;

    /// A cart as it stands.
    async fn load(&self, cart: &str) -> Result<Option<Cart>, StoreError>;

    /// Ids of the carts that an order may be of, the oldest first.
    async fn find(&self, by: &CartQuery<'_>) -> Result<Vec<String>, StoreError>;

    /// When an order was reported first; at this moment, if it never was. Remembered as long as a tombstone.
    async fn first_report(&self, order: &str, now: Millis) -> Result<FirstReport, StoreError>;

    /// Ids of carts to be delivered at this moment: first the closed ones, then the others, those that 2Checkout refused left
    /// out; of each the one that is due for longest first. Those that somebody holds are among them from the moment on from
    /// which it is worth looking whether the holder is dead.
    async fn due(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError> {
        let mut due = self.due_closings(now, limit).await?;
        let rest = limit.saturating_sub(u32::try_from(due.len()).unwrap_or(limit));
        if rest > 0 {
            due.extend(self.due_others(now, rest).await?);
        }
        Ok(due)
    }

    /// As [`Store::due`], the closed ones alone.
    async fn due_closings(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError>;

    /// As [`Store::due`], all but the closed ones.
    async fn due_others(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError>;

    /// As [`Store::due`], those alone that 2Checkout refused.
    async fn due_refused(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError>;

    /// Ends every back-off and every parking after `settle_ms`, for a start: see [`Cart::requeue`]. Carts may be delivered
    /// meanwhile. Returns how many are to be delivered.
    async fn release(&self, now: Millis, settle_ms: Millis) -> Result<u64, StoreError>;

    /// Whether it takes writes, by trying one.
    async fn probe(&self) -> Result<(), StoreError>;

    /// See [`Backlog`]. Fails when the store does not answer.
    async fn backlog(&self) -> Result<Backlog, StoreError>;

    /// See [`Statistics`]. For operators, so it may take a while.
    async fn statistics(&self) -> Result<Statistics, StoreError> {
        Ok(Statistics::default())
    }

    /// Carts whose ids come after `after`, in the order of their ids: with the last id of each page all carts can be looked
    /// through, however many there are.
    async fn page(&self, _after: &str, _limit: u32) -> Result<Vec<Cart>, StoreError> {
        Ok(Vec::new())
    }

    /// Adds to what is counted for each hour.
    async fn count(&self, _counts: &[HourCount]) -> Result<(), StoreError> {
        Ok(())
    }

    /// What was counted in this hour and later, the oldest first.
    async fn counted_since(&self, _hour: u64) -> Result<Vec<HourCount>, StoreError> {
        Ok(Vec::new())
    }

    /// Lets go of what is older than the retention: see [`crate::cart::kept`]. Of each kind at most `limit` carts.
    async fn purge(&self, now: Millis, retention: &Retention, limit: u32) -> Result<Purged, StoreError>;

    /// Makes what was erased leave the files for good.
    async fn tidy(&self) -> Result<(), StoreError>;

    /// Writes everything to its place and lets go of it.
    async fn close(&self);
}

/// Whether the tables are those of this program: the migrations that were run are those it knows.
fn check_version(known: &Migrator, run: Result<Vec<i64>, sqlx::Error>) -> Result<(), StoreError> {
    let mut run = match run {
        Ok(run) => run,
        // There is no table of migrations, or none that can be read.
        Err(sqlx::Error::Database(_)) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    run.sort_unstable();
    if run.iter().copied().eq(known.iter().map(|migration| migration.version)) {
        return Ok(());
    }
    let why = "its tables are of another version; start leadkeep-proxy of this version on it once, then repeat this";
    Err(StoreError::Database(why.to_owned()))
}

/// [`Store::edit_admitting`] with a result.
pub(crate) async fn edit_admitting<T: Send>(
    store: &dyn Store,
    cart: &str,
    rule: &Admission<'_>,
    mut change: impl FnMut(&mut Option<Cart>) -> T + Send,
) -> Result<(T, Option<Admitted>), StoreError> {
    let mut result = None;
    let admitted = store.edit_admitting(cart, rule, &mut |known| result = Some(change(known))).await?;
    let result = result.ok_or_else(|| StoreError::Database("the edit did not run".to_owned()))?;
    Ok((result, admitted))
}

/// [`Store::edit`] with a result.
pub(crate) async fn edit<T: Send>(
    store: &dyn Store,
    cart: &str,
    mut change: impl FnMut(&mut Option<Cart>) -> T + Send,
) -> Result<T, StoreError> {
    let mut result = None;
    store.edit(cart, &mut |known| result = Some(change(known))).await?;
    result.ok_or_else(|| StoreError::Database("the edit did not run".to_owned()))
}
