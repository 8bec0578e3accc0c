//! What a store looks for it finds by an index, however many carts there are: the plans of both databases.

use sqlx::{Connection, Executor, PgConnection, Row, SqliteConnection};
use tempfile::TempDir;

use super::sql::{
    AGED, BACKLOG, BY_EMAIL, BY_EXTERNAL_REFERENCE, BY_LEAD_CODE, DUE, GIVEN_UP, LIVE_LEADS, LOAD, OLDEST_PENDING,
    PAGE, STAGES, TO_REQUEUE,
};
use super::{Location, Postgres, Sqlite};

#[path = "../../tests/support/postgres.rs"]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    missing_docs,
    missing_debug_implementations,
    dead_code,
    reason = "shared with the other tests"
)]
mod cluster;

/// Each statement, values for it, and the index that it reads.
const STATEMENTS: &[(&str, &[&str], &str)] = &[
    (DUE, &["1", "5000", "100"], "carts_queue"),
    (TO_REQUEUE, &["1", "500", "'cart-7'", "5000", "100"], "carts_queue"),
    (GIVEN_UP, &["3", "'cart-7'", "100"], "carts_queue"),
    (BACKLOG, &[], "carts_queue"),
    (AGED, &["5", "2", "100"], "carts_retention"),
    (STAGES, &[], "carts_retention"),
    (OLDEST_PENDING, &[], "carts_retention"),
    (BY_EXTERNAL_REFERENCE, &["'A-7'", "5000"], "carts_external_reference"),
    (BY_EMAIL, &["'\\x07'", "5000"], "carts_email_hash"),
    (LIVE_LEADS, &["'\\x07'", "'cart-7'", "5000"], "carts_email_hash"),
    (BY_LEAD_CODE, &["'L7'"], "carts_lead_code"),
    (LOAD, &["'cart-7'"], ""),
    (PAGE, &["'cart-7'", "100"], ""),
];

/// One in twenty carts is due, one in a hundred was given up, the others are old. `JSON`: as long as that of a cart.
const FILL: &str = "\
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) \
INSERT INTO carts (cart, revision, data, stage, queue, next_attempt_at, parked, held, retention, updated_minute, erased, \
lead_code, external_reference, created_at, updated_at) SELECT 'cart-' || i, 1, 'JSON', 'open', \
CASE WHEN i % 20 = 0 THEN 1 WHEN i % 100 = 1 THEN 3 END, CASE WHEN i % 20 = 0 THEN i END, FALSE, FALSE, \
CASE WHEN i % 20 = 0 THEN 0 ELSE 5 END, i / 100, FALSE, 'L' || i, 'A-' || i, i, i FROM n";

fn with_values(sql: &str, values: &[&str]) -> String {
    let mut sql = sql.to_owned();
    for (at, value) in values.iter().enumerate().rev() {
        sql = sql.replace(&format!("${}", at + 1), value);
    }
    sql
}

#[tokio::test]
async fn sqlite_reads_an_index_for_whatever_it_looks_for() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("leads.sqlite");
    let _store = Sqlite::open(&file).await.unwrap();
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    connection.execute(FILL.replace("JSON", &"x".repeat(600)).as_str()).await.unwrap();
    for (sql, values, index) in STATEMENTS {
        let plan = format!("EXPLAIN QUERY PLAN {}", with_values(sql, values));
        let plan = connection.fetch_all(plan.as_str()).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.get("detail")).collect();
        let plan = plan.join("\n");
        let reads_rows = plan.lines().any(|line| line.contains("SCAN carts") && !line.contains("USING COVERING INDEX"));
        assert!(!reads_rows && plan.contains(index), "{sql}\n{plan}");
        let sorts = plan.contains("TEMP B-TREE");
        assert!(!sorts || [STAGES, BY_EXTERNAL_REFERENCE, BY_EMAIL, BY_LEAD_CODE].contains(sql), "{sql}\n{plan}");
    }
}

#[tokio::test]
async fn postgresql_reads_an_index_for_whatever_it_looks_for() {
    let cluster = cluster::Cluster::start(&["-c", "fsync=off"]);
    let url = cluster.database().await;
    let Ok(Location::Postgres(options)) = url.parse::<Location>() else { panic!("expected a PostgreSQL") };
    let _store = Postgres::open(&options).await.unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    connection.execute(FILL.replace("JSON", &"x".repeat(600)).as_str()).await.unwrap();
    connection.execute("VACUUM ANALYZE carts").await.unwrap();
    for (sql, values, index) in STATEMENTS {
        let plan = format!("EXPLAIN {}", with_values(sql, values));
        let plan: Vec<String> = sqlx::query_scalar(&plan).fetch_all(&mut connection).await.unwrap();
        let plan = plan.join("\n");
        assert!(!plan.contains("Seq Scan on carts") || *sql == STAGES, "{sql}\n{plan}");
        assert!(plan.contains(index) || *sql == STAGES, "{sql}\n{plan}");
        assert!(
            !plan.contains("Sort") || [BY_EXTERNAL_REFERENCE, BY_EMAIL, BY_LEAD_CODE, STAGES].contains(sql),
            "{sql}\n{plan}"
        );
    }
}
