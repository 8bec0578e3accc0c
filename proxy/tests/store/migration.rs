//! A store of the version before carts were JSON.

use std::borrow::Cow;
use std::path::Path;

use leadkeep_proxy::cart::{Cart, Status};
use leadkeep_proxy::store::{CartQuery, Store};
use sqlx::migrate::{Migrate, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor, Row};

use super::suite::Place;

/// The carts of before: what differs from one that was just begun, by column.
const CARTS: &[(&str, &[(&str, &str)])] = &[
    ("new", &[]),
    ("typed", &[("state", "'{\"BillingDetails.City\":{\"value\":\"Z\u{fc}rich \\\"A\\\"\",\"at\":3}}'")]),
    (
        "ready",
        &[
            (
                "state",
                "'{\"BillingDetails.Email\":{\"value\":\"ada@example.com\",\"at\":3},\"Items\":{\"value\":\"[{\\\"Code\\\":\\\"A\\\",\\\"Price\\\":{\\\"Amount\\\":19.90}}]\",\"at\":4}}'",
            ),
            ("next_attempt_at", "5"),
            ("version", "2"),
        ],
    ),
    (
        "held",
        &[
            ("state", "'{\"Currency\":{\"value\":\"EUR\",\"at\":3}}'"),
            ("next_attempt_at", "2005"),
            ("holder", "'p'"),
            ("claims", "3"),
            ("adding_since", "5"),
            ("adding_email", "'ada@example.com'"),
        ],
    ),
    (
        "refused",
        &[
            ("state", "'{\"Currency\":{\"value\":null,\"at\":3}}'"),
            ("next_attempt_at", "9"),
            ("parked", "TRUE"),
            ("attempts", "4"),
            ("lead_code", "'L4'"),
        ],
    ),
    ("given up", &[("state", "'{\"Currency\":{\"value\":null,\"at\":3}}'"), ("parked", "TRUE"), ("attempts", "20")]),
    (
        "lead",
        &[
            ("state", "'{\"Currency\":{\"value\":\"EUR\",\"at\":3}}'"),
            ("lead_code", "'L1'"),
            ("delivered", "1"),
            ("version", "1"),
            ("admitted_at", "6"),
            ("external_reference", "'A-7'"),
            ("consent", "'{\"mode\":\"ask\",\"at\":3,\"text\":\"Yes\",\"language\":\"EN\"}'"),
            ("quiet_since", "4"),
            ("followups_stopped", "TRUE"),
            ("needs_read_back", "TRUE"),
            ("proposed_lead_code", "'L9'"),
            ("renewed", "TRUE"),
        ],
    ),
    ("withheld", &[("state", "'{\"Currency\":{\"value\":\"EUR\",\"at\":3}}'"), ("is_withheld", "TRUE")]),
    (
        "closing",
        &[
            ("status", "'completed'"),
            ("lead_code", "'L2'"),
            ("next_attempt_at", "7"),
            ("order_reference", "'O-1'"),
            ("marked", "TRUE"),
        ],
    ),
    ("completed", &[("status", "'completed'"), ("lead_code", "'L3'"), ("updated_at", "120009")]),
    (
        "withdrawn",
        &[("status", "'withdrawn'"), ("consent", "'{\"mode\":\"ask\",\"at\":3,\"text\":\"Yes\",\"language\":\"EN\"}'")],
    ),
];

/// The columns that stand beside the JSON.
const BESIDE: &str = "cart, stage, queue, next_attempt_at, parked, held, retention, updated_minute, erased, lead_code, \
                      external_reference, email_hash, admitted_at, created_at, updated_at";

fn insert(cart: &str, set: &[(&str, &str)], bytes: &str) -> String {
    let hash = "11".repeat(32);
    let (key, email) = (bytes.replace("HEX", &hash), bytes.replace("HEX", &"07".repeat(32)));
    let begun = [
        ("cart", format!("'{cart}'")),
        ("key_hash", key),
        ("email_hash", email),
        ("status", "'open'".to_owned()),
        ("state", "'{}'".to_owned()),
        ("version", "0".to_owned()),
        ("delivered", "0".to_owned()),
        ("marked", "FALSE".to_owned()),
        ("renewed", "FALSE".to_owned()),
        ("parked", "FALSE".to_owned()),
        ("attempts", "0".to_owned()),
        ("claims", "0".to_owned()),
        ("created_at", "1".to_owned()),
        ("updated_at", "1".to_owned()),
    ];
    let is_set = |name: &str| set.iter().any(|(set, _)| *set == name);
    let mut columns: Vec<(&str, String)> = begun.into_iter().filter(|(name, _)| !is_set(name)).collect();
    columns.extend(set.iter().map(|(name, value)| (*name, (*value).to_owned())));
    let (names, values): (Vec<&str>, Vec<String>) = columns.into_iter().unzip();
    format!("INSERT INTO carts ({}) VALUES ({})", names.join(", "), values.join(", "))
}

async fn migrations_before(folder: &str, version: i64) -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let mut migrator = Migrator::new(folder.as_path()).await.unwrap();
    migrator.migrations =
        Cow::Owned(migrator.iter().filter(|migration| migration.version < version).cloned().collect());
    migrator
}

async fn fill<C>(connection: &mut C, migrator: &Migrator, bytes: &str)
where
    C: Connection + Migrate,
    for<'c> &'c mut C: Executor<'c, Database = C::Database>,
{
    migrator.run_direct(connection).await.unwrap();
    for (cart, set) in CARTS {
        connection.execute(insert(cart, set, bytes).as_str()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn carts_of_before_are_the_same_over_sqlite() {
    let place = Place::sqlite().await;
    let options: SqliteConnectOptions = place.url.parse().unwrap();
    let mut connection = options.clone().create_if_missing(true).connect().await.unwrap();
    fill(&mut connection, &migrations_before("sqlite", 10).await, "x'HEX'").await;
    SqliteConnection::close(connection).await.unwrap();
    let store = place.open().await;
    are_the_same(&*store).await;
    let mut connection = options.connect().await.unwrap();
    let beside = async |connection: &mut SqliteConnection| {
        let rows = connection.fetch_all(format!("SELECT {BESIDE} FROM carts ORDER BY cart").as_str()).await.unwrap();
        let text = |row: &sqlx::sqlite::SqliteRow, column: usize| {
            use sqlx::ValueRef;
            let value = row.try_get_raw(column).unwrap();
            (!value.is_null()).then(|| {
                let (number, text) = (row.try_get::<i64, _>(column), row.try_get::<Vec<u8>, _>(column));
                number.map_or_else(|_| format!("{:?}", text.unwrap()), |number| number.to_string())
            })
        };
        rows.iter().map(|row| (0..row.len()).map(|column| text(row, column)).collect()).collect::<Vec<Vec<_>>>()
    };
    let before = beside(&mut connection).await;
    rewrite(&*store).await;
    assert_eq!(beside(&mut connection).await, before, "what the migration wrote beside the JSON is what a write does");
    assert_eq!(before.len(), CARTS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn carts_of_before_are_the_same_over_postgresql() {
    let place = Place::postgres().await;
    let mut connection = PgConnection::connect(&place.url).await.unwrap();
    fill(&mut connection, &migrations_before("postgres", 7).await, "'\\xHEX'").await;
    let store = place.open().await;
    are_the_same(&*store).await;
    let beside = format!("SELECT ROW({BESIDE})::text FROM carts ORDER BY cart");
    let before: Vec<String> = sqlx::query_scalar(&beside).fetch_all(&mut connection).await.unwrap();
    rewrite(&*store).await;
    let after: Vec<String> = sqlx::query_scalar(&beside).fetch_all(&mut connection).await.unwrap();
    assert_eq!(after, before, "what the migration wrote beside the JSON is what a write does");
    assert_eq!(before.len(), CARTS.len());
}

/// Has every row written by this version, with the same in it.
async fn rewrite(store: &dyn Store) {
    for (cart, _) in CARTS {
        store.edit(cart, &mut |cart| cart.as_mut().unwrap().claims += 1).await.unwrap();
    }
}

async fn are_the_same(store: &dyn Store) {
    let load = async |cart: &str| store.load(cart).await.unwrap().unwrap();
    let new = load("new").await;
    assert_eq!((new.key.as_bytes(), new.status, new.state.is_empty()), (&[0x11; 32][..], Status::Open, true));
    assert_eq!(new.email_hash.unwrap().as_bytes(), [7; 32]);
    let text = |cart: &Cart, path: &str| cart.state.text(path.parse().unwrap()).map(str::to_owned);
    assert_eq!(text(&load("typed").await, "BillingDetails.City").as_deref(), Some("Z\u{fc}rich \"A\""));
    let ready = load("ready").await;
    assert_eq!(text(&ready, "Items").as_deref(), Some(r#"[{"Code":"A","Price":{"Amount":19.90}}]"#));
    assert_eq!((ready.version, ready.next_attempt_at), (2, Some(5)));
    let held = load("held").await;
    assert_eq!((held.holder.as_deref(), held.claims, held.adding.map(|adding| adding.since)), (Some("p"), 3, Some(5)));
    let lead = load("lead").await;
    assert_eq!((lead.lead_code.as_deref(), lead.consent.unwrap().text.as_deref()), (Some("L1"), Some("Yes")));
    assert_eq!((lead.delivered, lead.admitted_at, lead.quiet_since), (1, Some(6), Some(4)));
    assert!(lead.followups_stopped && lead.needs_read_back && lead.renewed && !lead.marked);
    let closing = load("closing").await;
    assert_eq!((closing.status, closing.order_reference.as_deref()), (Status::Completed, Some("O-1")));
    assert_eq!(store.due(10, 10).await.unwrap(), ["closing", "ready"]);
    assert_eq!(store.due_refused(10, 10).await.unwrap(), ["refused"]);
    assert_eq!(store.find(&CartQuery::LeadCode("L4")).await.unwrap(), ["refused"]);
    let statistics = store.statistics().await.unwrap();
    assert_eq!((statistics.open, statistics.collecting, statistics.refused, statistics.withheld), (1, 4, 2, 1));
    assert_eq!((statistics.completed, statistics.withdrawn, statistics.oldest_pending), (2, 1, Some(1)));
}
