//! Where the carts are kept. A small interface: the rules are functions of a [`Cart`], and a store runs them inside one
//! transaction.

mod location;
mod row;
mod sqlite;

use async_trait::async_trait;

pub use location::{Location, UnknownLocation};
pub use sqlite::Sqlite;

use crate::cart::{Cart, Millis};

/// What is done to a cart inside a transaction. It may run more than once, so it must give the same each time.
pub type Edit<'a> = &'a mut (dyn FnMut(&mut Option<Cart>) + Send);

/// The store cannot be read or written. What was to be done was not done.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said so: disk full, locked for too long, input or output.
    #[error("the store does not work: {0}")]
    Database(String),
    /// It is no store of this program, or a damaged one.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

/// How many carts 2Checkout does not have in full.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// To be delivered, now or after a back-off.
    pub waiting: u64,
    /// Refused; tried again after a back-off and with the next change. Part of `waiting` while there is a back-off.
    pub parked: u64,
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

    /// A cart as it stands.
    async fn load(&self, cart: &str) -> Result<Option<Cart>, StoreError>;

    /// Ids of carts to be delivered at this moment, the one changed longest ago first.
    async fn due(&self, now: Millis, limit: u32) -> Result<Vec<String>, StoreError>;

    /// Ends every back-off and every parking: for a start. Returns how many carts are to be delivered.
    async fn release(&self, now: Millis) -> Result<u64, StoreError>;

    /// See [`Backlog`]. Fails when the store does not answer.
    async fn backlog(&self) -> Result<Backlog, StoreError>;

    /// Makes what was erased leave the files for good.
    async fn tidy(&self) -> Result<(), StoreError>;

    /// Writes everything to its place and lets go of it.
    async fn close(&self);
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
