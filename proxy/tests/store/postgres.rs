//! What is of PostgreSQL alone.

use std::time::{Duration, Instant};

use leadkeep_proxy::store::{Location, StoreError};
use sqlx::{Connection, Executor, PgConnection};

use super::CLUSTER;
use super::suite::{Place, keep, ready, set};

/// Runs SQL on a database from outside.
async fn sql(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn proxies_that_start_at_once_make_the_tables_once() {
    for _ in 0..3 {
        let url = CLUSTER.database().await;
        let starts: Vec<_> = (0..6)
            .map(|_| {
                let location: Location = url.parse().unwrap();
                tokio::spawn(async move { location.open().await.map(|store| async move { store.close().await }) })
            })
            .collect();
        for start in starts {
            start.await.unwrap().unwrap().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_is_frozen_in_an_edit_holds_up_its_cart_for_five_seconds_at_most() {
    let place = Place::postgres().await;
    let (frozen, other) = (place.open().await, place.open().await);
    keep(&*frozen, "cart-1", &ready(), 5).await;
    let edit = tokio::spawn(async move {
        frozen
            .edit("cart-1", &mut |cart| {
                std::thread::sleep(Duration::from_secs(8));
                cart.as_mut().unwrap().attempts = 99;
            })
            .await
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    // Others are not in its way, and the cart itself is free after the time.
    keep(&*other, "cart-2", &ready(), 5).await;
    let mut tries = 0;
    while other.edit("cart-1", &mut |cart| cart.as_mut().unwrap().attempts = 1).await.is_err() {
        tries += 1;
        assert!(tries < 3, "the lock was not let go");
    }
    assert!(edit.await.unwrap().is_err(), "what it left was not kept");
    assert_eq!(other.load("cart-1").await.unwrap().unwrap().attempts, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_connection_is_replaced() {
    let place = Place::postgres().await;
    let store = place.open().await;
    keep(&*store, "cart-1", &ready(), 5).await;
    sql(&place.url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'leadkeep-proxy' AND datname = current_database()").await;
    // One of a connection that was used this very moment fails, and is told so; then they are all new.
    let deadline = Instant::now() + Duration::from_secs(10);
    while store.edit("cart-1", &mut |cart| cart.as_mut().unwrap().attempts = 1).await.is_err() {
        assert!(Instant::now() < deadline);
    }
    set(&*store, "cart-1", |cart| cart.attempts = 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_the_databases() {
    let place = Place::postgres().await;
    let store = place.open().await;
    let mut connection = PgConnection::connect(&place.url).await.unwrap();
    let ask = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";
    let before: i64 = sqlx::query_scalar(ask).fetch_one(&mut connection).await.unwrap();
    let here = i64::try_from(store.now()).unwrap();
    let after: i64 = sqlx::query_scalar(ask).fetch_one(&mut connection).await.unwrap();
    // What a question and its answer take, and what a busy machine adds, is all that may lie between.
    assert!((before - 2_000..=after + 2_000).contains(&here), "{before} {here} {after}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_cannot_be_used_is_told_without_its_password() {
    let url = CLUSTER.database().await;
    let nowhere = url.replace("leads_", "no_leads_").replace("leadkeep@", "leadkeep:hunter2@");
    let location: Location = nowhere.parse().unwrap();
    let Err(StoreError::Database(why)) = location.open().await else { panic!("expected a refusal") };
    assert!(why.contains("does not exist") && why.contains("3D000"), "{why}");
    assert!(!why.contains("hunter2") && !location.to_string().contains("hunter2"));
    sql(&url, "CREATE TABLE carts (id INT)").await;
    let Err(error) = url.parse::<Location>().unwrap().open().await else { panic!("expected a refusal") };
    assert!(error.to_string().contains("already exists"), "{error}");
}
