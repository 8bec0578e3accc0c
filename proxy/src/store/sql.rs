//! The SQL that every database understands, and the columns in their order.

/// A new row; nothing happens where the cart has one already.
pub(super) const INSERT: &str = "\
INSERT INTO carts (cart, key_hash, status, state, lead_code, adding_since, adding_email, version, delivered, marked, \
renewed, parked, attempts, next_attempt_at, claims, holder, order_reference, created_at, updated_at, \
followups_stopped, quiet_since, external_reference, email_hash, admitted_at, is_withheld, consent, proposed_lead_code, needs_read_back) \
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28) \
ON CONFLICT (cart) DO NOTHING";

/// All of a row that is there. It takes the same values in the same order; key and birth of a cart never change.
pub(super) const UPDATE: &str = "\
UPDATE carts SET status = $3, state = $4, lead_code = $5, adding_since = $6, adding_email = $7, version = $8, \
delivered = $9, marked = $10, renewed = $11, parked = $12, attempts = $13, next_attempt_at = $14, claims = $15, \
holder = $16, order_reference = $17, updated_at = $19, followups_stopped = $20, quiet_since = $21, \
external_reference = $22, email_hash = $23, admitted_at = $24, is_withheld = $25, consent = $26, proposed_lead_code = $27, \
needs_read_back = $28 WHERE cart = $1 AND key_hash = $2 AND created_at = $18";

pub(super) const LOAD: &str = "SELECT * FROM carts WHERE cart = $1";

pub(super) const LOAD_LOCKED: &str = "SELECT * FROM carts WHERE cart = $1 FOR UPDATE";

/// Closed carts: their leads mail somebody who has bought, or does not want it.
pub(super) const DUE_CLOSINGS: &str = "SELECT cart FROM carts WHERE next_attempt_at <= $1 AND status <> 'open' ORDER BY next_attempt_at, updated_at LIMIT $2";

pub(super) const DUE: &str = "\
SELECT cart FROM carts WHERE next_attempt_at <= $1 AND status = 'open' AND NOT parked \
ORDER BY next_attempt_at, updated_at LIMIT $2";

pub(super) const DUE_REFUSED: &str = "\
SELECT cart FROM carts WHERE next_attempt_at <= $1 AND status = 'open' AND parked \
ORDER BY next_attempt_at, updated_at LIMIT $2";

pub(super) const BACKLOG: &str = "\
SELECT (SELECT COUNT(*) FROM carts WHERE next_attempt_at IS NOT NULL), (SELECT COUNT(*) FROM carts WHERE parked)";

pub(super) const PARTS: &str = "\
SELECT status, lead_code IS NOT NULL, is_withheld, parked, COUNT(*) FROM carts GROUP BY 1, 2, 3, 4";

pub(super) const OLDEST_PENDING: &str = "SELECT MIN(updated_at) FROM carts WHERE next_attempt_at IS NOT NULL";

pub(super) const BY_EXTERNAL_REFERENCE: &str =
    "SELECT cart FROM carts WHERE external_reference = $1 AND created_at <= $2 ORDER BY created_at";

pub(super) const BY_EMAIL: &str = "\
SELECT cart FROM carts WHERE email_hash = $1 AND created_at <= $2 AND status = 'open' AND state <> '{}' ORDER BY created_at";

/// The other live leads of an address since a moment, or carts that are about to be some.
pub(super) const LIVE_LEADS: &str = "\
SELECT COUNT(*) FROM carts WHERE email_hash = $1 AND cart <> $2 AND status = 'open' AND admitted_at > $3";

pub(super) const BY_LEAD_CODE: &str = "SELECT cart FROM carts WHERE lead_code = $1 ORDER BY created_at";

/// The first report of an order.
pub(super) const INSERT_ORDER: &str =
    "INSERT INTO orders (reference, reported_at) VALUES ($1, $2) ON CONFLICT (reference) DO NOTHING";

pub(super) const LOAD_ORDER: &str = "SELECT reported_at FROM orders WHERE reference = $1";

pub(super) const PURGE_ORDERS: &str = "DELETE FROM orders WHERE reported_at <= $1";

/// The migrations that were run.
pub(super) const VERSIONS: &str = "SELECT version FROM _sqlx_migrations WHERE success";

pub(super) const PAGE: &str = "SELECT * FROM carts WHERE cart > $1 ORDER BY cart LIMIT $2";

/// Another proxy may count the same hour.
pub(super) const COUNT: &str = "\
INSERT INTO history (hour, event, count) VALUES ($1, $2, $3) \
ON CONFLICT (hour, event) DO UPDATE SET count = history.count + excluded.count";

pub(super) const COUNTED_SINCE: &str = "SELECT hour, event, count FROM history WHERE hour >= $1 ORDER BY hour, event";

pub(super) const PURGE_HISTORY: &str = "DELETE FROM history WHERE hour <= $1";

/// Binds a row to [`INSERT`] or [`UPDATE`].
macro_rules! bind {
    ($query:expr, $row:expr) => {
        $query
            .bind($row.cart)
            .bind($row.key_hash)
            .bind($row.status)
            .bind($row.state)
            .bind($row.lead_code)
            .bind($row.adding_since)
            .bind($row.adding_email)
            .bind($row.version)
            .bind($row.delivered)
            .bind($row.marked)
            .bind($row.renewed)
            .bind($row.parked)
            .bind($row.attempts)
            .bind($row.next_attempt_at)
            .bind($row.claims)
            .bind($row.holder)
            .bind($row.order_reference)
            .bind($row.created_at)
            .bind($row.updated_at)
            .bind($row.followups_stopped)
            .bind($row.quiet_since)
            .bind($row.external_reference)
            .bind($row.email_hash)
            .bind($row.admitted_at)
            .bind($row.is_withheld)
            .bind($row.consent)
            .bind($row.proposed_lead_code)
            .bind($row.needs_read_back)
    };
}
pub(super) use bind;

/// The number in [`release`]. Fewer means that there are no more.
pub(super) const RELEASED_AT_ONCE: u64 = 10_000;

/// Ends back-offs and parkings, of a bounded number of carts. A lost `addLead` keeps its time to settle.
macro_rules! release {
    ($lock:literal) => {
        concat!(
            "UPDATE carts SET next_attempt_at = $1, parked = FALSE, attempts = 0 WHERE cart IN (SELECT cart FROM carts ",
            "WHERE holder IS NULL AND (parked OR (next_attempt_at > $1 AND adding_since IS NULL)) LIMIT 10000",
            $lock,
            ")"
        )
    };
}
pub(super) use release;

/// What [`crate::cart::kept`] says, for many carts at once: `$lock` keeps out of the way of whoever is at one of them.
macro_rules! purge {
    ($lock:literal) => {
        [
            // A lead, or a consent to prove: its tombstone stays.
            concat!(
                "UPDATE carts SET state = '{}', email_hash = CASE WHEN consent IS NULL THEN NULL ELSE email_hash END, ",
                "proposed_lead_code = NULL, needs_read_back = FALSE, external_reference = NULL, adding_since = NULL, adding_email = NULL, delivered = version, attempts = 0, ",
                "parked = FALSE WHERE cart IN (SELECT cart FROM carts WHERE state <> '{}' AND updated_at <= $1 ",
                "AND next_attempt_at IS NULL AND (lead_code IS NOT NULL OR (consent IS NOT NULL AND email_hash IS NOT NULL)) LIMIT $2",
                $lock,
                ")"
            ),
            // Never a lead.
            concat!(
                "DELETE FROM carts WHERE cart IN (SELECT cart FROM carts WHERE state <> '{}' AND updated_at <= $1 ",
                "AND next_attempt_at IS NULL AND lead_code IS NULL AND (consent IS NULL OR email_hash IS NULL) LIMIT $2",
                $lock,
                ")"
            ),
            // Never a lead, and never an address.
            concat!(
                "DELETE FROM carts WHERE cart IN (SELECT cart FROM carts WHERE state <> '{}' AND updated_at <= $1 ",
                "AND next_attempt_at IS NULL AND lead_code IS NULL AND adding_since IS NULL ",
                "AND state NOT LIKE '%\"BillingDetails.Email\":{\"value\":\"%' LIMIT $2",
                $lock,
                ")"
            ),
            // A cart that was ended before any browser had told of it.
            concat!(
                "DELETE FROM carts WHERE cart IN (SELECT cart FROM carts WHERE state = '{}' AND updated_at <= $1 ",
                "AND created_at = updated_at AND lead_code IS NULL AND consent IS NULL AND next_attempt_at IS NULL LIMIT $2",
                $lock,
                ")"
            ),
            // The proof of a consent.
            concat!(
                "UPDATE carts SET consent = NULL, email_hash = NULL WHERE cart IN (SELECT cart FROM carts ",
                "WHERE consent IS NOT NULL AND state = '{}' AND updated_at <= $1 AND next_attempt_at IS NULL LIMIT $2",
                $lock,
                ")"
            ),
            // A tombstone.
            concat!(
                "DELETE FROM carts WHERE cart IN (SELECT cart FROM carts WHERE state = '{}' AND updated_at <= $1 ",
                "AND next_attempt_at IS NULL AND consent IS NULL LIMIT $2",
                $lock,
                ")"
            ),
        ]
    };
}
pub(super) use purge;
