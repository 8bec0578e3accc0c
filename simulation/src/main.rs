//! `npm run simulate`: runs seeds on every core, and shows what happened in the first one that fails.

use std::io::Write;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use clap::Parser;
use simulation::{Protection, Report, run};

/// Runs leadkeep under random faults, each run from a seed.
#[derive(Debug, Parser)]
struct Options {
    /// How many seeds to run.
    #[arg(long, default_value_t = 10_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Run this one seed and show all that happens in it.
    #[arg(long)]
    seed: Option<u64>,
    /// Take one protection away: single-flight, reconciliation, tombstone, field-time, dirty-flag, mark-again, order-time or
    /// keepalive.
    #[arg(long, value_parser = protection)]
    without: Option<Protection>,
}

fn protection(name: &str) -> Result<Protection, String> {
    Protection::from_name(name)
        .ok_or_else(|| format!("expected one of {}", Protection::ALL.map(Protection::name).join(", ")))
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut out = std::io::stdout().lock();
    let told = match options.seed {
        Some(seed) => show(&mut out, &run(seed, options.without, true)),
        None => many(&mut out, &options),
    };
    told.unwrap_or(ExitCode::FAILURE)
}

fn many(out: &mut impl Write, options: &Options) -> std::io::Result<ExitCode> {
    let begun = Instant::now();
    let next = AtomicU64::new(options.from);
    let end = options.from.saturating_add(options.seeds);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let work = || {
        let mut failed: Vec<Report> = Vec::new();
        let (mut requests, mut calls, mut leads) = (0_u64, 0_u64, 0_usize);
        while failed.is_empty() {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                break;
            }
            let report = run(seed, options.without, false);
            (requests, calls, leads) = (requests + report.requests, calls + report.calls, leads + report.leads);
            failed.extend(report.violation.is_some().then_some(report));
        }
        // The others stop as well.
        if !failed.is_empty() {
            next.store(end, Ordering::Relaxed);
        }
        (failed, requests, calls, leads)
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
    });
    let requests: u64 = results.iter().map(|result| result.1).sum();
    let calls: u64 = results.iter().map(|result| result.2).sum();
    let leads: usize = results.iter().map(|result| result.3).sum();
    let failed = results.into_iter().flat_map(|result| result.0).min_by_key(|report| report.seed);
    if let Some(report) = failed {
        return show(out, &run(report.seed, options.without, true));
    }
    let seconds = begun.elapsed().as_secs();
    writeln!(
        out,
        "{} seeds, every promise kept: {requests} requests, {calls} calls to 2Checkout, {leads} leads, {seconds} s",
        options.seeds
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The trace of a run, and how to see it again.
fn show(out: &mut impl Write, report: &Report) -> std::io::Result<ExitCode> {
    for line in &report.trace {
        writeln!(out, "{line}")?;
    }
    let Some(violation) = &report.violation else {
        writeln!(out, "seed {}: every promise kept", report.seed)?;
        return Ok(ExitCode::SUCCESS);
    };
    writeln!(out, "seed {} breaks a promise, {}: {}", report.seed, violation.promise, violation.how)?;
    writeln!(out, "again: npm run simulate -- --seed {}", report.seed)?;
    Ok(ExitCode::FAILURE)
}
