//! Browsers that save, each waiting for its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// What is saved.
#[derive(Clone, Copy)]
pub enum Load {
    /// A cart without an address yet: the proxy keeps it, 2Checkout is not told.
    Kept,
    /// A lead, of which 2Checkout is told before the browser is answered.
    Delivered,
}

/// Saves of one cart before the next one begins.
const SAVES_OF_A_CART: u64 = 5;

/// Changes of a checkout: twelve fields and the items.
pub const CHANGES: u64 = 13;

/// What came of it.
#[derive(Default)]
pub struct Measured {
    micros: Vec<u64>,
    took: Duration,
}

impl Measured {
    pub fn saves(&self) -> u64 {
        self.micros.len() as u64
    }

    pub fn rate(&self) -> f64 {
        self.micros.len() as f64 / self.took.as_secs_f64()
    }

    /// In milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() * percent / 100).map_or(0.0, |micros| *micros as f64 / 1_000.0)
    }
}

/// Saves for some time, or so often, whichever ends first.
pub async fn run(url: &str, load: Load, browsers: usize, time: Duration, saves: u64) -> Measured {
    let (begun, left) = (Instant::now(), Arc::new(AtomicU64::new(saves)));
    let http = reqwest::Client::new();
    let tasks: Vec<_> = (0..browsers)
        .map(|_| {
            let (http, url, left) = (http.clone(), format!("{url}/api/lead"), Arc::clone(&left));
            tokio::spawn(async move {
                let mut micros = Vec::new();
                let (mut cart, mut key) = (id(), id());
                let take = |left: u64| left.checked_sub(1);
                while begun.elapsed() < time && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
                    let number = micros.len() as u64;
                    if number.is_multiple_of(SAVES_OF_A_CART) {
                        (cart, key) = (id(), id());
                    }
                    let body = json!({"cart": cart, "key": key, "changes": changes(load, number)});
                    let asked = Instant::now();
                    let answer = http.post(&url).json(&body).send().await.unwrap();
                    assert!(answer.status().is_success(), "{}", answer.status());
                    answer.bytes().await.unwrap();
                    micros.push(u64::try_from(asked.elapsed().as_micros()).unwrap());
                }
                micros
            })
        })
        .collect();
    let mut measured = Measured::default();
    for task in tasks {
        measured.micros.extend(task.await.unwrap());
    }
    measured.took = begun.elapsed();
    measured
}

fn id() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

fn changes(load: Load, number: u64) -> Value {
    let at = 1_700_000_000_000 + number;
    let mut changes = json!({
        "BillingDetails.FirstName": {"value": "Ada", "at": at},
        "BillingDetails.LastName": {"value": "Lovelace", "at": at},
        "BillingDetails.City": {"value": format!("City {number}"), "at": at},
        "Items": {"value": [{"Code": "KLD-1", "Quantity": 2}], "at": at},
        "Currency": {"value": "EUR", "at": at},
    });
    if let Load::Delivered = load {
        changes["BillingDetails.Email"] = json!({"value": "ada@example.com", "at": at});
    }
    changes
}

/// So many checkouts, each of [`CHANGES`] in so many saves, and an order at the end.
pub async fn checkouts(url: &str, checkouts: u64, saves: u64, browsers: usize) {
    let left = Arc::new(AtomicU64::new(checkouts));
    let http = reqwest::Client::new();
    let tasks: Vec<_> = (0..browsers)
        .map(|_| {
            let (http, url, left) = (http.clone(), url.to_owned(), Arc::clone(&left));
            tokio::spawn(async move {
                while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                    checkout(&http, &url, saves).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn checkout(http: &reqwest::Client, url: &str, saves: u64) {
    const FIELDS: [&str; 12] = [
        "Email",
        "FirstName",
        "LastName",
        "Phone",
        "Company",
        "FiscalCode",
        "Address1",
        "Address2",
        "City",
        "Zip",
        "CountryCode",
        "State",
    ];
    let (cart, key, mut at) = (id(), id(), 1_700_000_000_000_u64);
    let mut waiting = vec![("Items".to_owned(), json!([{"Code": "KLD-1", "Quantity": 2}]))];
    waiting.extend(FIELDS.iter().map(|field| {
        let value = match *field {
            "Email" => "ada@example.com",
            "CountryCode" => "IT",
            _ => "Text",
        };
        (format!("BillingDetails.{field}"), json!(value))
    }));
    let each = waiting.len().div_ceil(usize::try_from(saves).unwrap());
    for part in waiting.chunks(each) {
        at += 1;
        let changes = part.iter().map(|(path, value)| (path.clone(), json!({"value": value, "at": at})));
        let changes: serde_json::Map<String, Value> = changes.collect();
        let body = json!({"cart": cart, "key": key, "changes": changes});
        let answer = http.post(format!("{url}/api/lead")).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }
    let body = json!({"cart": cart, "key": key, "order_reference": "A-1"});
    let answer = http.post(format!("{url}/api/lead/complete")).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}
