//! Two thousand seeds keep every promise, and a run is the same each time.

use std::sync::atomic::{AtomicU64, Ordering};

use simulation::{Report, run};

const SEEDS: u64 = 2_000;

#[test]
fn two_thousand_seeds_keep_every_promise() {
    let next = AtomicU64::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || -> Option<Report> {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= SEEDS {
                return None;
            }
            let report = run(seed, None, false);
            if report.violation.is_some() {
                return Some(report);
            }
        }
    };
    let failed: Vec<Report> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().unwrap()).collect()
    });
    if let Some(report) = failed.first() {
        let trace = run(report.seed, None, true).trace.join("\n");
        let violation = report.violation.as_ref().unwrap();
        panic!("{trace}\n{violation:?}\nagain: npm run simulate -- --seed {}", report.seed);
    }
}

#[test]
fn a_seed_is_the_same_run_each_time() {
    for seed in [3, 141, 364] {
        let (one, other) = (run(seed, None, true), run(seed, None, true));
        assert!(one.trace.len() > 10, "seed {seed}");
        assert_eq!(one.trace, other.trace, "seed {seed}");
    }
}

#[test]
fn the_runs_do_what_they_are_for() {
    let reports: Vec<Report> = (0..200).map(|seed| run(seed, None, false)).collect();
    let sum = |count: fn(&Report) -> u64| reports.iter().map(count).sum::<u64>();
    assert!(sum(|report| report.requests) > 2_000);
    assert!(sum(|report| report.calls) > 500);
    assert!(sum(|report| report.leads as u64) > 100);
}
