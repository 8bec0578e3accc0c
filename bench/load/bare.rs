//! The least that keeps anything: an axum route that writes one row, as durably as the proxy does.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::Value;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

const TABLE: &str = "CREATE TABLE rows (id TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL)";
const WRITE: &str = "INSERT INTO rows (id, body) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET body = excluded.body";

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Serves until it is killed; says where in its first line.
pub async fn serve(store: &str) {
    let pool = match store.strip_prefix("sqlite://") {
        Some(file) => {
            let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
            let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
            let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
            sqlx::query(TABLE).execute(&pool).await.unwrap();
            Pool::Sqlite(pool)
        }
        None => {
            let pool =
                PgPoolOptions::new().max_connections(16).test_before_acquire(false).connect(store).await.unwrap();
            sqlx::query(TABLE).execute(&pool).await.unwrap();
            Pool::Postgres(pool)
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("ready: http://{}/", listener.local_addr().unwrap());
    axum::serve(listener, Router::new().route("/api/lead", post(write)).with_state(pool)).await.unwrap();
}

async fn write(State(pool): State<Pool>, body: String) -> StatusCode {
    let read: Value = serde_json::from_str(&body).unwrap();
    let id = read["cart"].as_str().unwrap().to_owned();
    match pool {
        Pool::Sqlite(pool) => drop(sqlx::query(WRITE).bind(id).bind(body).execute(&pool).await.unwrap()),
        Pool::Postgres(pool) => drop(sqlx::query(WRITE).bind(id).bind(body).execute(&pool).await.unwrap()),
    }
    StatusCode::OK
}
