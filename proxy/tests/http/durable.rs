//! What was answered is there, whatever happens to the proxy and to its disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use leadkeep_proxy::config::Config;
use leadkeep_proxy::delivery::worker::Pace;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::CLUSTER;
use super::running::{self, Running, Upstream, program};
use super::stand::{Cart, Stand, changes, count, enough, quick};

fn sqlite(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("leads.sqlite").display())
}

/// A browser that saves without end, one change after the other, whether the proxy is there or not.
struct Browser {
    cart: Cart,
    /// The last number that was answered with success.
    answered: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl Browser {
    fn start(origin: &str, stop: Arc<AtomicBool>) -> Self {
        let (cart, answered) = (Cart::new(), Arc::new(AtomicU64::new(0)));
        let (mine, told) = (cart.clone(), Arc::clone(&answered));
        let url = format!("{origin}/api/lead");
        let task = tokio::spawn(async move {
            let http = reqwest::Client::new();
            for number in 1.. {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let mut values = enough("ada@example.com");
                values["BillingDetails.Zip"] = json!(format!("{number:06}"));
                let body = json!({"cart": mine.id, "key": mine.key, "changes": changes(values)});
                match http.post(&url).json(&body).send().await {
                    Ok(answer) if answer.status().is_success() => told.store(number, Ordering::SeqCst),
                    Ok(answer) => panic!("{}", answer.status()),
                    // There is no proxy at this moment, or it was killed before it had answered.
                    Err(_) => tokio::time::sleep(Duration::from_millis(2)).await,
                }
            }
        });
        Self { cart, answered, task }
    }
}

async fn nothing_answered_is_lost(store: String) {
    const KILLS: u64 = 12;
    let upstream = Upstream::new().await;
    // Slow enough to be killed in the midst of each kind of call.
    let port = running::lasting_port();
    let start = || {
        let (url, store) = (upstream.url.clone(), store.clone());
        // The browsers do not wait between two saves.
        let rate = [("LEADKEEP_RATE_PER_MINUTE", "100000"), ("LEADKEEP_RATE_BURST", "100000")];
        let settings = [("LEADKEEP_CALL_TIMEOUT_MS", "1000"), rate[0], rate[1]];
        tokio::task::spawn_blocking(move || running::serve_by(program(), port, &url, &store, &settings))
    };
    let mut proxy: Running = start().await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let browsers: Vec<_> = (0..4).map(|_| Browser::start(&proxy.url, Arc::clone(&stop))).collect();
    for kill in 0..KILLS {
        let before: u64 = browsers.iter().map(|browser| browser.answered.load(Ordering::SeqCst)).sum();
        // After a few answers more, each time at another distance from the last one.
        let deadline = Instant::now() + Duration::from_secs(60);
        while browsers.iter().map(|browser| browser.answered.load(Ordering::SeqCst)).sum::<u64>() < before + 8 {
            assert!(Instant::now() < deadline, "no answers after kill {kill}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_micros(fastrand::u64(0..8_000))).await;
        proxy.kill();
        proxy = start().await.unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    for browser in browsers {
        browser.task.await.unwrap();
        let last = browser.answered.load(Ordering::SeqCst);
        assert!(last > KILLS, "{last}");
        // Whether what was not answered was kept is open; that what was answered is there is not.
        upstream
            .until(&browser.cart, |lead| {
                lead["lead"]["BillingDetails"]["Zip"].as_str().is_some_and(|zip| zip.parse::<u64>().unwrap() >= last)
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_outlives_kills_at_any_moment_over_sqlite() {
    nothing_answered_is_lost(sqlite(&TempDir::new().unwrap())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_outlives_kills_at_any_moment_over_postgres() {
    nothing_answered_is_lost(CLUSTER.database().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_nothing_is_pretended_and_nothing_of_before_is_lost() {
    let (upstream, folder) = (Upstream::new().await, TempDir::new().unwrap());
    let (store, url) = (sqlite(&folder), upstream.url.clone());
    upstream.faults(json!([{"on": "*", "fault": "unavailable_503", "times": 1_000_000}])).await;
    let proxy = {
        let (store, url) = (store.clone(), url.clone());
        tokio::task::spawn_blocking(move || {
            // No file may grow beyond 2 MB, and a write that would is an error instead of the end.
            let mut limited = std::process::Command::new("sh");
            limited.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
            let limit = r#"trap "" XFSZ; ulimit -S -f 4096; exec "$0" "$@""#;
            limited.args(["-c", limit]).arg(program().get_program());
            running::serve_by(limited, 0, &url, &store, &[])
        })
    };
    let mut proxy = proxy.await.unwrap();
    let http = reqwest::Client::new();
    let healthy =
        async |proxy: &Running| http.get(format!("{}/healthz", proxy.operators)).send().await.unwrap().status();
    assert_eq!(healthy(&proxy).await, StatusCode::OK);
    let (mut kept, mut refused) = (Vec::new(), 0);
    while refused < 3 {
        let cart = Cart::new();
        let mut values = enough("ada@example.com");
        values["BillingDetails.Company"] = json!("A".repeat(500));
        let (status, answer) = proxy.save(&cart, values).await;
        if status == StatusCode::ACCEPTED {
            assert!(kept.len() < 2_000, "the limit does not hold");
            kept.push(cart);
        } else {
            assert_eq!((status, answer["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("lead/store")));
            assert!(answer["request_id"].is_string(), "{answer}");
            refused += 1;
        }
    }
    assert!(kept.len() > 10, "{}", kept.len());
    assert_eq!(healthy(&proxy).await, StatusCode::SERVICE_UNAVAILABLE, "an operator is told");
    // There is room again, and nobody has to start the proxy anew.
    let id = proxy.child.id().to_string();
    assert!(
        std::process::Command::new("prlimit").args(["--fsize=unlimited", "--pid", &id]).status().unwrap().success()
    );
    let cart = Cart::new();
    let (status, answer) = proxy.save(&cart, enough("ada@example.com")).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{answer}");
    kept.push(cart);
    proxy.kill();
    upstream.faults(json!([])).await;
    let settings = [("LEADKEEP_DELIVERIES_PER_SECOND", "1000")];
    let _proxy = tokio::task::spawn_blocking(move || running::serve(&url, &store, &settings)).await.unwrap();
    for cart in kept.iter().take(5).chain(kept.iter().rev().take(5)) {
        upstream.until(cart, |_| true).await;
    }
}

#[tokio::test]
async fn an_absence_of_2checkout_costs_one_delivery_for_each_lead_at_the_pace_that_was_set() {
    const CARTS: usize = 12;
    let pace = Pace { deliveries_per_second: 10.0, ..quick().pace };
    let stand = Stand::with(Config { pace, ..quick() }).await;
    stand.faults(json!([{"on": "*", "fault": "unavailable_503", "times": 1_000_000}])).await;
    let carts: Vec<Cart> = (0..CARTS).map(|_| Cart::new()).collect();
    for round in 0..10 {
        for cart in &carts {
            let mut values = enough("ada@example.com");
            values["BillingDetails.City"] = json!(format!("City {round}"));
            assert_eq!(stand.save(cart, values).await.0, StatusCode::ACCEPTED);
        }
    }
    stand.faults(json!([])).await;
    let came = |log: &[Value]| log.iter().filter(|call| call["outcome"]["done"] == true).count();
    stand.until(|log| came(log) >= CARTS).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let done: Vec<Value> = stand.log().await.into_iter().filter(|call| call["outcome"]["done"] == true).collect();
    assert_eq!((done.len(), count(&done, "addLead")), (CARTS, CARTS), "{done:#?}");
    assert!(done.iter().all(|call| call["params"][0]["BillingDetails"]["City"] == "City 9"));
    let moments: Vec<i64> = done.iter().map(|call| call["at"].as_i64().unwrap()).collect();
    // A machine that is busy delivers later, never sooner; the first may have been begun before.
    let took = moments.iter().max().unwrap() - moments.iter().min().unwrap();
    assert!(took >= 100 * (CARTS as i64 - 3), "{took} ms for {CARTS} deliveries");
}
