//! What is done to many carts: found by an index, a page at a time, and each edited by the rule that it has for one.
//! Macros, since the databases are types of their own.

/// So many at once: others write too.
pub(super) const PAGE: i64 = 200;

/// [`crate::cart::Cart::requeue`] for all it concerns. `$at`: when what is requeued is due.
macro_rules! each_to_requeue {
    ($pool:expr, $lanes:expr, $at:expr, $alone:expr) => {{
        let at = $at;
        let requeue = move |known: &mut Option<Cart>| {
            if let Some(cart) = known {
                cart.requeue(at, $alone);
            }
        };
        for queue in [Queue::Closings, Queue::Refused, Queue::Others] {
            let mut after = (i64::MIN, String::new());
            loop {
                let page = sqlx::query_as(TO_REQUEUE).bind(queue.number()).bind(after.0).bind(&after.1);
                let page = page.bind(signed(at)).bind(super::sweep::PAGE).fetch_all(&$pool);
                let page: Vec<(String, i64)> = page.await?;
                let Some((last, due)) = page.last() else { break };
                after = (*due, last.clone());
                $lanes.edit_each(page.into_iter().map(|(cart, _)| cart).collect(), requeue).await?;
            }
        }
        let mut after = String::new();
        loop {
            let page = sqlx::query_scalar(GIVEN_UP).bind(Queue::GivenUp.number()).bind(&after);
            let page: Vec<String> = page.bind(super::sweep::PAGE).fetch_all(&$pool).await?;
            let Some(last) = page.last() else { break };
            after = last.clone();
            $lanes.edit_each(page, requeue).await?;
        }
    }};
}
pub(super) use each_to_requeue;

/// [`crate::cart::apply_retention`] for those whose age it is, of each kind at most `$limit`.
macro_rules! each_to_purge {
    ($pool:expr, $lanes:expr, $now:expr, $rule:expr, $limit:expr) => {{
        use std::sync::atomic::{AtomicU64, Ordering};

        use crate::cart::{Kept, Retained, apply_retention};

        let counts = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
        for retained in Retained::ALL {
            let until = signed($now.saturating_sub(retained.age($rule)) / MINUTE_MS);
            let aged = sqlx::query_scalar(AGED).bind(retention(Some(retained))).bind(until);
            let aged: Vec<String> = aged.bind(i64::from($limit)).fetch_all(&$pool).await?;
            let (now, rule, counted) = ($now, *$rule, Arc::clone(&counts));
            let purge = move |known: &mut Option<Cart>| {
                let count = match apply_retention(known, &rule, now) {
                    Kept::Whole => return,
                    Kept::Tombstone => &counted.0,
                    Kept::Nothing => &counted.1,
                };
                count.fetch_add(1, Ordering::Relaxed);
            };
            $lanes.edit_each(aged, purge).await?;
        }
        Purged { erased: counts.0.load(Ordering::Relaxed), deleted: counts.1.load(Ordering::Relaxed) }
    }};
}
pub(super) use each_to_purge;
