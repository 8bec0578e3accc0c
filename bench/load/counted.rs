//! The proxy, in a process that counts its allocations.

use std::alloc::System;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use leadkeep_proxy::Proxy;
use leadkeep_proxy::config::{Config, Limits};
use leadkeep_proxy::store::Location;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use twocheckout::{Client, Credentials};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Serves until it is killed; says where in its first line. `GET /allocations` is how many there were.
pub async fn serve(store: &str, upstream: &str) {
    let store = store.parse::<Location>().unwrap().open().await.unwrap();
    let client = Client::builder(Credentials::new("SANDBOX", "sandbox-secret")).base_url(upstream).build().unwrap();
    let limits = Limits { leads_per_address: None, leads_per_hour: None, ..Limits::default() };
    let config = Config { rate: None, exempt_loopback: true, limits, ..Config::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let count = || async { ALLOCATOR.stats().allocations.to_string() };
    let others = Router::new().route("/allocations", get(count));
    let proxy = Proxy::start(listener, None, config, store, Arc::new(client), Some(others)).unwrap();
    println!("ready: http://{}/", proxy.address());
    std::future::pending::<()>().await;
}
