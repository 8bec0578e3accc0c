//! The stores: what every one of them does, over each of them, and what is of one alone.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, missing_docs, missing_debug_implementations, reason = "tests")]

#[path = "../support/postgres.rs"]
mod cluster;

mod migration;
mod postgres;
mod sqlite;
mod suite;

/// The tests' PostgreSQL, started with its first use. It does not wait for the disk: tests kill proxies, not it.
static CLUSTER: std::sync::LazyLock<cluster::Cluster> =
    std::sync::LazyLock::new(|| cluster::Cluster::start(&["-c", "fsync=off"]));
