//! `npm run bench:load`: what one proxy takes, beside a bare axum route that writes one row, on this machine, in this run.
//!
//! Everything is a process of its own on loopback: the proxy (release), the bare route (this program again), a
//! PostgreSQL. The stand-in for 2Checkout and the browsers are in this process and share the machine with them, so
//! the ratios tell more than the rates. They take turns, so that a noisy machine slows all; a ratio is the median of those
//! of the turns. `LEADKEEP_BENCH_TURN_MS` and `LEADKEEP_BENCH_TURNS` set how long a turn is and how many there are.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a measurement")]
#![allow(clippy::print_stdout, reason = "a measurement is told")]
#![allow(unreachable_pub, missing_docs, missing_debug_implementations, reason = "a measurement")]

mod backlog;
mod bare;
mod browsers;
#[path = "../../proxy/tests/support/postgres.rs"]
mod cluster;
mod counted;
mod proxy;

use std::time::Duration;

use browsers::{Load, Measured};
use cluster::Cluster;
use proxy::{Process, Upstream};
use tempfile::TempDir;

/// Browsers at once, each waiting for its answer before it saves again.
const BROWSERS: [usize; 3] = [1, 32, 256];

/// How long a 2Checkout takes that takes its time.
const DELAY: Duration = Duration::from_millis(300);

/// So many carts wait for 2Checkout where the memory of one is measured.
const IN_FLIGHT: usize = 400;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let after = |name: &str| arguments.iter().position(|argument| argument == name).map(|at| &arguments[at + 1..]);
    match (after("bare"), after("counted")) {
        (Some(rest), _) => runtime.block_on(bare::serve(&rest[0])),
        (_, Some(rest)) => runtime.block_on(counted::serve(&rest[0], &rest[1])),
        _ => runtime.block_on(run()),
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// What is measured: a process under a load.
struct Series<'a> {
    what: &'static str,
    process: &'a Process,
    load: Load,
    turns: Vec<Turn>,
}

struct Turn {
    rate: f64,
    median: f64,
    p99: f64,
    cpu_micros: f64,
}

impl<'a> Series<'a> {
    fn new(what: &'static str, process: &'a Process, load: Load) -> Self {
        Self { what, process, load, turns: Vec::new() }
    }

    async fn turn(&mut self, browsers: usize, time: Duration, counts: bool) {
        let before = self.process.cpu();
        let measured: Measured = browsers::run(&self.process.url, self.load, browsers, time, u64::MAX).await;
        let cpu = self.process.cpu().saturating_sub(before);
        if counts {
            self.turns.push(Turn {
                rate: measured.rate(),
                median: measured.percentile(50),
                p99: measured.percentile(99),
                cpu_micros: cpu.as_micros() as f64 / measured.saves().max(1) as f64,
            });
        }
    }

    fn median(&self, of: impl Fn(&Turn) -> f64) -> f64 {
        median(self.turns.iter().map(of).collect())
    }

    /// Turn by turn: the least, the median and the greatest.
    fn ratio(&self, to: &Self, of: impl Fn(&Turn) -> f64) -> [f64; 3] {
        let mut ratios: Vec<f64> =
            self.turns.iter().zip(&to.turns).map(|(this, other)| of(this) / of(other).max(f64::MIN_POSITIVE)).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        [ratios[0], median(ratios.clone()), ratios[ratios.len() - 1]]
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

async fn run() {
    let time = Duration::from_millis(setting("LEADKEEP_BENCH_TURN_MS", 3_000));
    let turns = setting("LEADKEEP_BENCH_TURNS", 3);
    let server = Cluster::start(&[]);
    println!("{turns} turns of {} ms of each, after one that warms up; medians\n", time.as_millis());
    for store in ["sqlite", "postgres"] {
        let folder = TempDir::new().unwrap();
        let place = async |name: &str| match store {
            "sqlite" => format!("sqlite://{}", folder.path().join(name).display()),
            _ => server.database().await,
        };
        let (quick, slow) = (Upstream::new(Duration::ZERO).await, Upstream::new(DELAY).await);
        let bare = Process::bare(&place("bare.sqlite").await).await;
        let proxy = Process::proxy(&place("leads.sqlite").await, &quick.url).await;
        let waiting = Process::proxy(&place("waiting.sqlite").await, &slow.url).await;
        for browsers in BROWSERS {
            let mut all = [
                Series::new("bare", &bare, Load::Kept),
                Series::new("kept", &proxy, Load::Kept),
                Series::new("delivered", &proxy, Load::Delivered),
                Series::new("delivered-300ms", &waiting, Load::Delivered),
            ];
            for turn in 0..=turns {
                for series in &mut all {
                    series.turn(browsers, time, turn > 0).await;
                }
            }
            println!("{store:<9} {browsers:>3} browsers    saves/s   median      99th   CPU for a save");
            for series in &all {
                println!(
                    "  {:<20} {:>7.0}  {:>7.1} ms {:>7.1} ms  {:>8.0} µs",
                    series.what,
                    series.median(|turn| turn.rate),
                    series.median(|turn| turn.median),
                    series.median(|turn| turn.p99),
                    series.median(|turn| turn.cpu_micros)
                );
            }
            for series in &all[1..] {
                for (what, of) in [("", (|turn| turn.rate) as fn(&Turn) -> f64), ("-p99", |turn| turn.p99)] {
                    let [least, middle, greatest] = series.ratio(&all[0], of);
                    println!("  {}{what}: {middle:.2} of the bare route's, {least:.2} to {greatest:.2}", series.what);
                    println!("ratio {store} {}{what} {browsers} {middle:.2}", series.what);
                }
            }
            println!();
        }
        memory(store, &place("memory.sqlite").await).await;
        allocations(store, &place("counted.sqlite").await, &quick).await;
        backlog::measure(store, &place("backlog.sqlite").await).await;
        println!();
    }
    calls().await;
}

/// Of a cart whose delivery is under way, while 2Checkout does not answer.
async fn memory(store: &str, place: &str) {
    let hangs = Upstream::new(Duration::from_secs(60)).await;
    let proxy = Process::proxy(place, &hangs.url).await;
    browsers::run(&proxy.url, Load::Kept, IN_FLIGHT, Duration::from_secs(2), u64::MAX).await;
    let before = proxy.resident_mb();
    let url = proxy.url.clone();
    let saves =
        tokio::spawn(
            async move { browsers::run(&url, Load::Delivered, IN_FLIGHT, Duration::from_secs(1), u64::MAX).await },
        );
    tokio::time::sleep(Duration::from_secs(4)).await;
    let bytes = (proxy.resident_mb() - before) * 1_048_576.0 / IN_FLIGHT as f64;
    saves.await.unwrap();
    println!(
        "{store:<9} {:.0} MB before, {bytes:.0} bytes for an open cart in flight, its connection included",
        before
    );
}

async fn allocations(store: &str, place: &str, upstream: &Upstream) {
    const SAVES: u64 = 2_000;
    let proxy = Process::counted(place, &upstream.url).await;
    let count = async || -> u64 {
        reqwest::get(format!("{}/allocations", proxy.url)).await.unwrap().text().await.unwrap().parse().unwrap()
    };
    for (what, load) in [("kept", Load::Kept), ("delivered", Load::Delivered)] {
        browsers::run(&proxy.url, load, 32, Duration::from_secs(1), u64::MAX).await;
        let before = count().await;
        let saved = browsers::run(&proxy.url, load, 32, Duration::from_secs(60), SAVES).await.saves();
        println!("{store:<9} {} allocations for a save, {what}", (count().await - before) / saved.max(1));
    }
}

/// Calls to 2Checkout for 1,000 checkouts, each of thirteen changes and an order.
async fn calls() {
    const CHECKOUTS: u64 = 1_000;
    println!("2Checkout calls for {CHECKOUTS} checkouts of {} changes and an order", browsers::CHANGES);
    let naive = CHECKOUTS * 2 * (browsers::CHANGES + 1);
    println!("  naive proxy            {naive:>8}   (a login and a call for each change, and for the order)");
    for (name, saves) in
        [("typed, a save each", browsers::CHANGES), ("typed, three saves", 3), ("filled by autofill", 1)]
    {
        let (folder, upstream) = (TempDir::new().unwrap(), Upstream::new(Duration::ZERO).await);
        let store = format!("sqlite://{}", folder.path().join("leads.sqlite").display());
        let proxy = Process::proxy(&store, &upstream.url).await;
        browsers::checkouts(&proxy.url, CHECKOUTS, saves, 32).await;
        let calls = upstream.settled().await;
        println!("  leadkeep, {name:<19}{calls:>4}   1 of the naive proxy's {:.1}", naive as f64 / calls as f64);
    }
}
