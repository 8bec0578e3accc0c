//! The proxy over real HTTP, against the sandbox on a port of its own, with a real SQLite file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, missing_docs, missing_debug_implementations, reason = "tests")]

#[cfg(unix)]
#[path = "../support/postgres.rs"]
mod cluster;
mod running;
mod stand;

mod answers;
mod closing;
mod connections;
mod contract;
#[cfg(unix)]
mod desk;
#[cfg(unix)]
mod durable;
mod faults;
mod leads;
mod operators;
mod orders;
mod program;
mod read_back;
mod refusals;
mod secrecy;
#[cfg(unix)]
mod several;
mod stops;
mod strangers;
mod trying;
mod widget;

/// The tests' PostgreSQL, started with its first use. It does not wait for the disk: tests kill proxies, not it.
#[cfg(unix)]
static CLUSTER: std::sync::LazyLock<cluster::Cluster> =
    std::sync::LazyLock::new(|| cluster::Cluster::start(&["-c", "fsync=off"]));
