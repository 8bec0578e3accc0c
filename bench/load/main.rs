//! `npm run bench:load`: what one proxy takes, beside a bare axum route that writes one row, on this machine, in this run.
//!
//! Everything is a process of its own on loopback: the proxy (release), the bare route (this program again), a
//! PostgreSQL. The stand-in for 2Checkout and the browsers are in this process and share the machine with them, so
//! the ratios tell more than the rates. The three take turns, so that a noisy machine slows all.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a measurement")]
#![allow(clippy::print_stdout, reason = "a measurement is told")]
#![allow(unreachable_pub, missing_docs, missing_debug_implementations, reason = "a measurement")]

mod bare;
mod browsers;
#[path = "../../proxy/tests/support/postgres.rs"]
mod cluster;
mod proxy;

use std::time::Duration;

use browsers::{Load, Measured};
use cluster::Cluster;
use proxy::{Process, Upstream};
use tempfile::TempDir;

/// Turns of each, and how long one takes.
const TURNS: usize = 3;
const TURN: Duration = Duration::from_secs(6);

/// Browsers at once, each waiting for its answer before it saves again.
const BROWSERS: usize = 32;

/// The saves of an hour at ten in a second.
const AN_HOURS_WORTH: u64 = 36_000;

/// ... but not for longer than this.
const AT_MOST: Duration = Duration::from_secs(150);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    match arguments.iter().position(|argument| argument == "bare") {
        Some(at) => runtime.block_on(bare::serve(&arguments[at + 1])),
        None => runtime.block_on(run()),
    }
}

async fn run() {
    let server = Cluster::start(&[]);
    println!(
        "{BROWSERS} browsers, {TURNS} turns of {} s each; saves in a second, median and 99th percentile",
        TURN.as_secs()
    );
    for store in ["SQLite", "PostgreSQL"] {
        let folder = TempDir::new().unwrap();
        let place = async |name: &str| match store {
            "SQLite" => format!("sqlite://{}", folder.path().join(name).display()),
            _ => server.database().await,
        };
        let upstream = Upstream::new().await;
        let bare = Process::bare(&place("bare.sqlite").await).await;
        let proxy = Process::proxy(&place("leads.sqlite").await, &upstream.url).await;
        let (mut row, mut kept, mut delivered) = (Measured::default(), Measured::default(), Measured::default());
        for turn in 0..=TURNS {
            let rounds = [
                (&mut row, &bare, Load::Kept),
                (&mut kept, &proxy, Load::Kept),
                (&mut delivered, &proxy, Load::Delivered),
            ];
            for (measured, process, load) in rounds {
                let this = browsers::run(&process.url, load, BROWSERS, TURN, u64::MAX).await;
                // The first turn warms up.
                if turn > 0 {
                    measured.add(this);
                }
            }
        }
        println!("\n{store}");
        for (name, measured) in
            [("bare route, one row", &row), ("save kept (202)", &kept), ("save delivered (200)", &delivered)]
        {
            println!("  {name:<22}{measured}   {:.2} of the bare route", measured.rate() / row.rate());
        }
        memory(&place("hour.sqlite").await, &upstream).await;
    }
    calls().await;
}

async fn memory(store: &str, upstream: &Upstream) {
    let proxy = Process::proxy(store, &upstream.url).await;
    browsers::run(&proxy.url, Load::Delivered, BROWSERS, Duration::from_secs(2), u64::MAX).await;
    let mut told = vec![(0, proxy.resident_mb())];
    let (mut done, mut left) = (0, AT_MOST);
    while done < AN_HOURS_WORTH && !left.is_zero() {
        let part = (AN_HOURS_WORTH / 4).min(AN_HOURS_WORTH - done);
        let measured = browsers::run(&proxy.url, Load::Delivered, BROWSERS, left, part).await;
        done += measured.saves();
        left = left.saturating_sub(measured.took());
        told.push((done, proxy.resident_mb()));
    }
    let told: Vec<_> = told.iter().map(|(saves, mb)| format!("{mb:.0} MB after {saves}")).collect();
    println!("  memory of the proxy     {} saves (an hour at 10/s is {AN_HOURS_WORTH})", told.join(", "));
}

/// Calls to 2Checkout for 1,000 checkouts, each of thirteen changes and an order.
async fn calls() {
    const CHECKOUTS: u64 = 1_000;
    println!("\n2Checkout calls for {CHECKOUTS} checkouts of {} changes and an order", browsers::CHANGES);
    let naive = CHECKOUTS * 2 * (browsers::CHANGES + 1);
    println!("  naive proxy            {naive:>8}   (a login and a call for each change, and for the order)");
    for (name, saves) in
        [("typed, a save each", browsers::CHANGES), ("typed, three saves", 3), ("filled by autofill", 1)]
    {
        let (folder, upstream) = (TempDir::new().unwrap(), Upstream::new().await);
        let store = format!("sqlite://{}", folder.path().join("leads.sqlite").display());
        let proxy = Process::proxy(&store, &upstream.url).await;
        browsers::checkouts(&proxy.url, CHECKOUTS, saves, BROWSERS).await;
        let calls = upstream.settled().await;
        println!("  leadkeep, {name:<19}{calls:>4}   1 of the naive proxy's {:.1}", naive as f64 / calls as f64);
    }
}
