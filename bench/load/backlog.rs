//! Many carts that wait: what choosing the next ones, counting them and a start take.

use std::time::{Duration, Instant};

use leadkeep_proxy::store::{Location, Store};
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;

/// So many are chosen at once.
const CHOSEN: u32 = 100;

/// Carts that are due, as a proxy writes them but for their JSON, which nobody reads here.
fn fill(from: u64, to: u64) -> String {
    format!(
        "WITH RECURSIVE n (i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {to}) \
         INSERT INTO carts (cart, revision, data, stage, queue, next_attempt_at, parked, held, retention, updated_minute, \
         erased, lead_code, created_at, updated_at) \
         SELECT 'cart-' || i, 1, '{{}}', 'open', 1, 1000 + i, FALSE, FALSE, 0, i / 1000, FALSE, 'L' || i, i, i FROM n"
    )
}

async fn run(url: &str, sql: &str) {
    if url.starts_with("sqlite://") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        connection.execute(sql).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        connection.execute(sql).await.unwrap();
        connection.execute("VACUUM ANALYZE carts").await.unwrap();
        connection.close().await.unwrap();
    }
}

async fn choosing(store: &dyn Store) -> Duration {
    let mut took = Vec::new();
    for _ in 0..300 {
        let began = Instant::now();
        assert_eq!(store.due(u64::from(u32::MAX), CHOSEN).await.unwrap().len(), CHOSEN as usize);
        took.push(began.elapsed());
    }
    took.sort_unstable();
    took[took.len() / 2]
}

pub async fn measure(name: &str, url: &str) {
    let location: Location = url.parse().unwrap();
    let store = location.open().await.unwrap();
    run(url, &fill(0, FEW)).await;
    let few = choosing(&*store).await;
    store.close().await;
    for part in 0..10 {
        let (from, to) = (FEW + part * (MANY - FEW) / 10, FEW + (part + 1) * (MANY - FEW) / 10);
        run(url, &fill(from, to)).await;
    }
    let began = Instant::now();
    let store = location.open().await.unwrap();
    let opened = began.elapsed();
    let many = choosing(&*store).await;
    let began = Instant::now();
    let backlog = store.backlog().await.unwrap();
    let counted = began.elapsed();
    store.close().await;
    assert_eq!(backlog.waiting, MANY);
    println!(
        "{name:<9} {CHOSEN} due of {FEW}: {} µs, of {MANY}: {} µs; counting them {} ms, at most each ten seconds; a start {} ms",
        few.as_micros(),
        many.as_micros(),
        counted.as_millis(),
        opened.as_millis()
    );
    println!("ratio {name} due-{MANY} 1 {:.2}", many.as_secs_f64() / few.as_secs_f64());
}
