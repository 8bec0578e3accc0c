//! The simulated store, as the rule of reports asks it. Every answer is there at once.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use leadkeep_proxy::cart::{Admission, Admitted, Cart, Retention, Status};
use leadkeep_proxy::store::{Backlog, CartQuery, Edit, FirstReport, Purged, Store, StoreError};

use crate::timeline::Millis;

type Carts = BTreeMap<String, Cart>;
type Orders = BTreeMap<String, Millis>;

#[derive(Debug)]
pub(super) struct ReportedStore {
    carts: Mutex<Carts>,
    orders: Mutex<Orders>,
    now: Millis,
}

impl ReportedStore {
    pub(super) fn new(carts: Carts, orders: &Orders, now: Millis) -> Self {
        Self { carts: Mutex::new(carts), orders: Mutex::new(orders.clone()), now }
    }

    pub(super) fn into_parts(self) -> (Carts, Orders) {
        let carts = self.carts.into_inner().unwrap_or_else(PoisonError::into_inner);
        (carts, self.orders.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Store for ReportedStore {
    async fn edit(&self, cart: &str, edit: Edit<'_>) -> Result<(), StoreError> {
        let mut carts = self.carts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known = carts.remove(cart);
        edit(&mut known);
        carts.extend(known.map(|row| (cart.to_owned(), row)));
        Ok(())
    }

    fn now(&self) -> Millis {
        self.now
    }

    async fn load(&self, cart: &str) -> Result<Option<Cart>, StoreError> {
        Ok(self.carts.lock().unwrap_or_else(PoisonError::into_inner).get(cart).cloned())
    }

    async fn find(&self, by: &CartQuery<'_>) -> Result<Vec<String>, StoreError> {
        let is_one = |cart: &&Cart| match by {
            CartQuery::ExternalReference { reference, begun_by } => {
                cart.external_reference.as_deref() == Some(*reference) && cart.created_at <= *begun_by
            }
            CartQuery::Email { hash, begun_by } => {
                cart.email_hash == Some(*hash) && cart.status == Status::Open && cart.created_at <= *begun_by
            }
            CartQuery::LeadCode(code) => cart.lead_code.as_deref() == Some(*code),
        };
        let carts = self.carts.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(carts.values().filter(is_one).map(|cart| cart.id.clone()).collect())
    }

    async fn first_report(&self, order: &str, now: Millis) -> Result<FirstReport, StoreError> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let is_this = !orders.contains_key(order);
        Ok(FirstReport { at: *orders.entry(order.to_owned()).or_insert(now), is_this })
    }

    // A report asks nothing else.

    async fn edit_admitting(
        &self,
        cart: &str,
        _: &Admission<'_>,
        edit: Edit<'_>,
    ) -> Result<Option<Admitted>, StoreError> {
        self.edit(cart, edit).await.map(|()| None)
    }

    async fn due_closings(&self, _: Millis, _: u32) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn due_others(&self, _: Millis, _: u32) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn due_refused(&self, _: Millis, _: u32) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn release(&self, _: Millis, _: Millis) -> Result<u64, StoreError> {
        Ok(0)
    }

    async fn probe(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        Ok(Backlog::default())
    }

    async fn purge(&self, _: Millis, _: &Retention, _: u32) -> Result<Purged, StoreError> {
        Ok(Purged::default())
    }

    async fn tidy(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn close(&self) {}
}

/// What a future is that never waits.
pub(super) fn now_or_never<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
