//! The SQL that every database understands.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::row::COLUMNS;

/// The beginning and the end of the statement that writes rows; the rows stand between. A row is written over the revision
/// before it alone, and only those that were written are returned.
pub(super) static WRITE: LazyLock<[String; 2]> = LazyLock::new(|| {
    let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
    let mut end = String::from(" ON CONFLICT (cart) DO UPDATE SET ");
    for name in names.iter().skip(1) {
        let _ = write!(end, "{name} = excluded.{name}, ");
    }
    end.truncate(end.len().saturating_sub(2));
    end.push_str(" WHERE carts.revision = excluded.revision - 1 RETURNING cart");
    [format!("INSERT INTO carts ({}) ", names.join(", ")), end]
});

pub(super) const LOAD: &str = "SELECT data FROM carts WHERE cart = $1";

pub(super) const DELETE: &str = "DELETE FROM carts WHERE cart = $1 AND revision = $2";

/// Those of one queue, what is due for longest first.
pub(super) const DUE: &str = "\
SELECT cart FROM carts WHERE queue = $1 AND next_attempt_at <= $2 ORDER BY next_attempt_at, cart LIMIT $3";

pub(super) const BACKLOG: &str = "\
SELECT COUNT(next_attempt_at), COUNT(CASE WHEN parked THEN 1 END) FROM carts WHERE queue IS NOT NULL";

/// What [`crate::cart::Cart::requeue`] changes, of one queue, page by page.
pub(super) const TO_REQUEUE: &str = "\
SELECT cart, next_attempt_at FROM carts WHERE queue = $1 AND (next_attempt_at, cart) > ($2, $3) \
AND (held OR parked OR next_attempt_at > $4) ORDER BY next_attempt_at, cart LIMIT $5";

/// As [`TO_REQUEUE`], those without a time.
pub(super) const GIVEN_UP: &str = "\
SELECT cart FROM carts WHERE queue = $1 AND next_attempt_at IS NULL AND cart > $2 ORDER BY next_attempt_at, cart LIMIT $3";

pub(super) const STAGES: &str = "SELECT stage, COUNT(*) FROM carts GROUP BY stage";

pub(super) const OLDEST_PENDING: &str = "\
SELECT MIN(updated_at) FROM carts WHERE retention = 0 \
AND updated_minute = (SELECT MIN(updated_minute) FROM carts WHERE retention = 0)";

/// Those whose age it may be, of one kind, the oldest first.
pub(super) const AGED: &str = "\
SELECT cart FROM carts WHERE retention = $1 AND updated_minute <= $2 ORDER BY updated_minute LIMIT $3";

pub(super) const BY_EXTERNAL_REFERENCE: &str =
    "SELECT cart FROM carts WHERE external_reference = $1 AND created_at <= $2 ORDER BY created_at";

pub(super) const BY_EMAIL: &str = "\
SELECT cart FROM carts WHERE email_hash = $1 AND created_at <= $2 \
AND stage NOT IN ('completed', 'withdrawn') AND NOT erased ORDER BY created_at";

/// The other live leads of an address since a moment, or carts that are about to be some.
pub(super) const LIVE_LEADS: &str = "\
SELECT COUNT(*) FROM carts WHERE email_hash = $1 AND cart <> $2 AND admitted_at > $3 \
AND stage NOT IN ('completed', 'withdrawn')";

pub(super) const BY_LEAD_CODE: &str = "SELECT cart FROM carts WHERE lead_code = $1 ORDER BY created_at";

/// The first report of an order.
pub(super) const INSERT_ORDER: &str =
    "INSERT INTO orders (reference, reported_at) VALUES ($1, $2) ON CONFLICT (reference) DO NOTHING";

pub(super) const LOAD_ORDER: &str = "SELECT reported_at FROM orders WHERE reference = $1";

pub(super) const PURGE_ORDERS: &str = "DELETE FROM orders WHERE reported_at <= $1";

/// The migrations that were run.
pub(super) const VERSIONS: &str = "SELECT version FROM _sqlx_migrations WHERE success";

pub(super) const PAGE: &str = "SELECT data FROM carts WHERE cart > $1 ORDER BY cart LIMIT $2";

/// Another proxy may count the same hour.
pub(super) const COUNT: &str = "\
INSERT INTO history (hour, event, count) VALUES ($1, $2, $3) \
ON CONFLICT (hour, event) DO UPDATE SET count = history.count + excluded.count";

pub(super) const COUNTED_SINCE: &str = "SELECT hour, event, count FROM history WHERE hour >= $1 ORDER BY hour, event";

pub(super) const PURGE_HISTORY: &str = "DELETE FROM history WHERE hour <= $1";
