//! Which carts an order ends: the one that it names, else those with its reference, else the lead's, else its buyer's.

use crate::cart::{Cart, EmailKey, Millis, OrderEnd, Status, close_in_advance, end_by_order};
use crate::store::{self, CartQuery, FirstReport, Store, StoreError};

/// What was reported of an order. `Debug` shows nothing of its buyer.
#[derive(Clone, derive_more::Debug)]
pub struct Report {
    /// What the order means for its carts.
    pub end: OrderEnd,
    /// A CartId.
    #[debug("***")]
    pub cart: Option<String>,
    /// Whether a cart that is not known under that id is closed in advance.
    pub is_cart_for_certain: bool,
    /// The order's own reference in the shop, which its cart may have as well.
    #[debug("***")]
    pub external_reference: Option<String>,
    /// What 2Checkout calls the lead.
    #[debug("***")]
    pub lead_code: Option<String>,
    /// The buyer's address.
    #[debug("***")]
    pub email: Option<String>,
    /// What the closed carts keep.
    #[debug("***")]
    pub order_reference: Option<String>,
    /// Tells this order from every other one, whoever reports it; by it a repetition is known.
    #[debug("***")]
    pub identity: Option<String>,
    /// The order was placed no later, as far as is known.
    pub placed_by: Option<Millis>,
}

/// What a report came to.
#[derive(Debug, Default)]
pub struct Ended {
    /// The carts that it has changed; empty where they were over before.
    pub carts: Vec<Cart>,
    /// For each lead among them that is completed: how long its last change was ago.
    pub completed: Vec<Millis>,
    /// Whether a cart of this order is known.
    pub is_matched: bool,
    /// Whether this order was reported before.
    pub is_repeated: bool,
}

/// Ends the carts of an order. However often it is reported, and in whatever order the reports come, the outcome is that of
/// the first one: a cart that begins after the order was reported is never of it.
///
/// # Errors
///
/// [`StoreError`]: the report has to come again. What it has ended by then stays ended.
pub async fn end(store: &dyn Store, key: Option<&EmailKey>, report: &Report) -> Result<Ended, StoreError> {
    let now = store.now();
    let first = match &report.identity {
        Some(identity) => store.first_report(identity, now).await?,
        None => FirstReport { at: now, is_this: true },
    };
    let mut ended = Ended { is_repeated: !first.is_this, ..Ended::default() };
    // Who names the cart means that cart, whenever it began.
    if let Some(id) = &report.cart
        && store.load(id).await?.is_some()
    {
        ended.is_matched = true;
        enter(store, report, id, None, &mut ended).await?;
        return Ok(ended);
    }
    // In a first report a date in the future says no more than that the order is placed.
    let placed_by = report.placed_by.unwrap_or(first.at).min(first.at);
    let queries = [
        report
            .external_reference
            .as_deref()
            .map(|reference| (CartQuery::ExternalReference { reference, begun_by: first.at }, first.at)),
        report.lead_code.as_deref().map(|code| (CartQuery::LeadCode(code), Millis::MAX)),
        key.zip(report.email.as_deref())
            .map(|(key, email)| (CartQuery::Email { hash: key.hash(email), begun_by: placed_by }, placed_by)),
    ];
    for (query, begun_by) in queries.into_iter().flatten() {
        let carts = store.find(&query).await?;
        for id in &carts {
            enter(store, report, id, Some(begun_by), &mut ended).await?;
        }
        if !carts.is_empty() {
            ended.is_matched = true;
            break;
        }
    }
    if let Some(id) = report.cart.as_deref().filter(|_| report.is_cart_for_certain && report.end == OrderEnd::Completed)
    {
        let reference = report.order_reference.as_deref();
        store::edit(store, id, |known| {
            known.get_or_insert_with(|| close_in_advance(id, reference, now));
        })
        .await?;
    }
    Ok(ended)
}

async fn enter(
    store: &dyn Store,
    report: &Report,
    id: &str,
    begun_by: Option<Millis>,
    ended: &mut Ended,
) -> Result<(), StoreError> {
    let reference = report.order_reference.as_deref();
    let changed = store::edit(store, id, |known| {
        let cart = known.as_mut()?;
        let quiet_ms = store.now().saturating_sub(cart.updated_at);
        end_by_order(cart, report.end, reference, begun_by, store.now()).then(|| (cart.clone(), quiet_ms))
    });
    if let Some((cart, quiet_ms)) = changed.await? {
        if cart.status == Status::Completed && cart.lead_code.is_some() {
            ended.completed.push(quiet_ms);
        }
        ended.carts.push(cart);
    }
    Ok(())
}
