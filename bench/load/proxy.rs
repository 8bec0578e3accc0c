//! The processes that are measured, and the stand-in for 2Checkout.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use twocheckout::sandbox::Sandbox;

/// A process that serves.
pub struct Process {
    child: Child,
    pub url: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    pub async fn bare(store: &str) -> Self {
        Self::this(&["bare", store])
    }

    /// The proxy in a process that counts its allocations: `GET /allocations`.
    pub async fn counted(store: &str, upstream: &str) -> Self {
        Self::this(&["counted", store, upstream])
    }

    fn this(arguments: &[&str]) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(arguments).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().trim_start_matches("ready: ").trim_end_matches('/').to_owned();
        Self { child, url }
    }

    /// `serve` as in production, but for the rate limit: all browsers here have one address.
    pub async fn proxy(store: &str, upstream: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leadkeep-proxy"));
        command
            .env_clear()
            .args(["serve", "--port", "0", "--operator-listen", "127.0.0.1:0", "--api-url", upstream, "--store", store])
            .envs([("LEADKEEP_MERCHANT_CODE", "SANDBOX"), ("LEADKEEP_SECRET_KEY", "sandbox-secret")])
            .envs([("LEADKEEP_RATE_PER_MINUTE", "4000000000"), ("LEADKEEP_RATE_BURST", "4000000000")])
            .envs(["CLIENT", "NETWORK", "HOUR"].map(|limit| (format!("LEADKEEP_NEW_CARTS_PER_{limit}"), "0")))
            .envs(["ADDRESS", "HOUR"].map(|limit| (format!("LEADKEEP_LEADS_PER_{limit}"), "0")))
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines.by_ref().find_map(|line| {
            let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
            (line["message"] == "ready").then(|| line["address"].as_str().unwrap().to_owned())
        });
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url: format!("http://{}", address.unwrap()) }
    }

    /// Processor time so far, of all threads.
    pub fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap_or_default();
        // After the name, which stands in brackets: the twelfth and thirteenth are the time as user and as system.
        let numbers = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: u64 = numbers.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// Memory in use, in megabytes.
    pub fn resident_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1_024.0
    }
}

/// The stand-in for 2Checkout, without its memory: it would be what is measured.
pub struct Upstream {
    pub url: String,
    calls: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl Upstream {
    pub async fn new(delay: Duration) -> Self {
        use axum::extract::Request;
        use axum::middleware::{Next, from_fn};
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/sandbox", listener.local_addr().unwrap());
        let calls = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let counted = std::sync::Arc::clone(&calls);
        let count = from_fn(move |request: Request, next: Next| {
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            async move {
                tokio::time::sleep(delay).await;
                next.run(request).await
            }
        });
        tokio::spawn(async move { axum::serve(listener, Sandbox::new(None).router().layer(count)).await });
        Self { url, calls }
    }

    /// The calls that came, when no more come.
    pub async fn settled(&self) -> u64 {
        let count = || self.calls.load(std::sync::atomic::Ordering::Relaxed);
        let mut before = 0;
        for _ in 0..60 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if count() == before {
                break;
            }
            before = count();
        }
        count()
    }
}
