//! What operators are told, and where.

use std::time::Duration;

use leadkeep_proxy::config::{Config, Limits};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::running::{self, Running, Upstream, program};
use super::stand::{Cart, Stand, enough, quick};

fn store(folder: &TempDir) -> String {
    folder.path().join("leads.sqlite").to_str().unwrap().to_owned()
}

async fn status(url: &str, path: &str) -> StatusCode {
    reqwest::get(format!("{url}{path}")).await.unwrap().status()
}

/// Waits until the proxy has logged it.
async fn logged(proxy: &Running, message: &str) -> Vec<Value> {
    for _ in 0..200 {
        if !proxy.logged(message).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    proxy.logged(message)
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_have_an_address_of_their_own_and_their_scrapes_are_not_logged() {
    let (upstream, folder) = (Upstream::new().await, TempDir::new().unwrap());
    let proxy = running::serve(&upstream.url, &store(&folder), &[]);
    for path in ["/healthz", "/livez", "/metrics"] {
        assert_eq!(status(&proxy.operators, path).await, StatusCode::OK, "{path}");
        assert_eq!(status(&proxy.url, path).await, StatusCode::NOT_FOUND, "{path} is not for browsers");
    }
    assert_eq!(status(&proxy.operators, "/api/openapi.json").await, StatusCode::NOT_FOUND);
    assert_eq!(proxy.save(&Cart::new(), enough("ada@example.com")).await.0, StatusCode::OK);
    logged(&proxy, "delivery").await;
    let lines = proxy.logged("request");
    assert!(lines.iter().all(|line| line["status"] != 200 || line["route"] == "/api/lead"), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_for_operators_that_is_taken_is_refused_in_one_line() {
    let (upstream, folder) = (Upstream::new().await, TempDir::new().unwrap());
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut command = program();
    command.args(["serve", "--port", "0", "--api-url", &upstream.url, "--store", &store(&folder)]);
    command.env("LEADKEEP_OPERATOR_LISTEN", taken.local_addr().unwrap().to_string()).env("LEADKEEP_LOG", "error");
    command.envs([("LEADKEEP_MERCHANT_CODE", "SANDBOX"), ("LEADKEEP_SECRET_KEY", "hunter2")]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), text.lines().count()), (Some(1), 1), "{text}");
    assert!(text.starts_with("leadkeep-proxy: --operator-listen (LEADKEEP_OPERATOR_LISTEN): 127.0.0.1:"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_show_at_once_to_whoever_looks_at_the_code() {
    let (upstream, folder) = (Upstream::new().await, TempDir::new().unwrap());
    let proxy = running::serve(&upstream.url, &store(&folder), &[("LEADKEEP_SECRET_KEY", "wrong")]);
    logged(&proxy, "does not accept the credentials").await;
    let answer = reqwest::get(format!("{}/healthz", proxy.operators)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    let problem: Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "lead/credentials");
    assert_eq!(status(&proxy.operators, "/livez").await, StatusCode::OK, "changes are kept, so browsers may come");
    assert_eq!(proxy.save(&Cart::new(), enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_variable_is_named() {
    let (upstream, folder) = (Upstream::new().await, TempDir::new().unwrap());
    let proxy = running::serve(&upstream.url, &store(&folder), &[("LEADKEEP_RETENTION_DAY", "3")]);
    let lines = proxy.logged("no setting of leadkeep-proxy");
    assert_eq!((lines.len(), &lines[0]["variable"]), (1, &json!("LEADKEEP_RETENTION_DAY")));
    assert!(lines[0]["message"].as_str().unwrap().ends_with("did you mean LEADKEEP_RETENTION_DAYS?"), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absence_of_2checkout_is_a_warning_with_its_cause_when_it_begins_and_when_it_ends() {
    let (upstream, folder) = (Upstream::new().await, TempDir::new().unwrap());
    upstream.faults(json!([{"on": "addLead", "fault": "unavailable_503", "times": 2}])).await;
    let proxy = running::serve(&upstream.url, &store(&folder), &[]);
    let cart = Cart::new();
    assert_eq!(proxy.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    upstream.until(&cart, |_| true).await;
    let ends = logged(&proxy, "2Checkout is available again").await;
    let begins = proxy.logged("2Checkout is not available");
    assert_eq!((begins.len(), ends.len()), (1, 1));
    assert_eq!((&begins[0]["level"], &begins[0]["cause"]), (&json!("WARN"), &json!("HTTP 503")));
    assert_eq!(ends[0]["level"], "WARN");

    let nobody = running::serve("http://127.0.0.1:1", &store(&TempDir::new().unwrap()), &[]);
    let begins = logged(&nobody, "2Checkout is not available").await;
    assert_eq!(begins[0]["cause"], "connection refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_asks_the_proxy_whether_it_is_well() {
    let (upstream, folder) = (Upstream::new().await, TempDir::new().unwrap());
    let mut proxy = running::serve(&upstream.url, &store(&folder), &[("LEADKEEP_SECRET_KEY", "wrong")]);
    let address = proxy.operators.trim_start_matches("http://").to_owned();
    let health = || program().arg("health").env("LEADKEEP_OPERATOR_LISTEN", &address).output().unwrap();
    let well = health();
    assert_eq!(well.status.code(), Some(0), "also while 2Checkout refuses the credentials");
    assert_eq!(String::from_utf8_lossy(&well.stdout), format!("ok: the proxy at {address} keeps changes\n"));
    proxy.kill();
    let gone = health();
    let text = String::from_utf8_lossy(&gone.stderr).into_owned();
    assert_eq!((gone.status.code(), text.lines().count()), (Some(1), 1), "{text}");
    assert!(text.starts_with(&format!("leadkeep-proxy: no proxy answers at {address}: ")), "{text}");
}

/// The names of metrics in a text.
fn metrics_in(text: &str) -> std::collections::BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("leadkeep_") && *word != "leadkeep_proxy").map(str::to_owned).collect()
}

#[tokio::test]
async fn alerts_dashboard_and_the_list_of_metrics_name_metrics_that_there_are() {
    const ALERTS: &str = include_str!("../../../docs/operations/alerts.yml");
    const DASHBOARD: &str = include_str!("../../../docs/operations/dashboard.json");
    const LIST: &str = include_str!("../../../docs/operations.md");
    let config =
        Config { limits: Limits { leads_per_hour: std::num::NonZeroU32::new(1), ..Limits::none() }, ..quick() };
    let stand = Stand::with(config).await;
    // Each family appears with its first count.
    let (lead, unpaid) = (Cart::new(), Cart::new());
    stand.save(&lead, enough("ada@example.com")).await;
    stand.save(&unpaid, enough("b@example.com")).await;
    stand.save(&lead, json!({"BillingDetails.CountryCode": "Narnia", "no path": 1})).await;
    stand.close("complete", &lead).await;
    for path in ["/api/orders", "/api/ipn"] {
        stand.http.post(stand.url(path)).body("nothing").send().await.unwrap();
    }
    let text = stand.http.get(stand.url("/metrics")).send().await.unwrap().text().await.unwrap();
    let real: std::collections::BTreeSet<String> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .map(str::to_owned)
        .collect();
    for (name, text) in [("alerts.yml", ALERTS), ("dashboard.json", DASHBOARD)] {
        let unknown: Vec<_> = metrics_in(text).difference(&real).cloned().collect();
        assert_eq!(unknown, Vec::<String>::new(), "{name}; there are {real:#?}");
    }
    serde_json::from_str::<Value>(DASHBOARD).unwrap();
    let listed = metrics_in(LIST);
    let base = |name: &String| {
        ["_bucket", "_sum", "_count"].iter().fold(name.clone(), |name, end| name.trim_end_matches(end).to_owned())
    };
    let real: std::collections::BTreeSet<String> =
        real.iter().map(base).filter(|name| name.starts_with("leadkeep_")).collect();
    assert_eq!(listed, real, "docs/operations.md lists all of them");
    for line in [
        r#"leadkeep_leads_completed_total{by="browser"} 1"#,
        r#"leadkeep_changes_dropped_total{path="BillingDetails.CountryCode"} 1"#,
        r#"leadkeep_changes_dropped_total{path="other"} 1"#,
        r#"leadkeep_leads{state="completed"} 1"#,
        r#"leadkeep_leads{state="collecting"} 1"#,
        "leadkeep_leads_recovered_total 0",
        "leadkeep_credentials_accepted 1",
        "leadkeep_delivering 1",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(
        !text.contains("leadkeep_store_bytes 0\n") && !text.contains("leadkeep_oldest_pending_seconds 0.0\n"),
        "{text}"
    );
}

#[tokio::test]
async fn who_buys_long_after_the_last_change_was_brought_back() {
    let (mut stand, cart) = (Stand::new().await, Cart::new());
    stand.save(&cart, enough("ada@example.com")).await;
    stand.stop().await;
    stand.edit_carts(|cart| cart.updated_at -= 21 * 60_000).await;
    stand.start().await;
    for _ in 0..2 {
        stand.close("complete", &cart).await;
    }
    let text = stand.http.get(stand.url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(text.contains("leadkeep_leads_recovered_total 1\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_counts_what_became_of_the_leads_also_after_a_restart_and_shows_nobody() {
    let folder = tempfile::TempDir::new().unwrap();
    let store = folder.path().join("leads.sqlite").display().to_string();
    let upstream = super::running::Upstream::new().await;
    let start = async || {
        let (url, store) = (upstream.url.clone(), store.clone());
        tokio::task::spawn_blocking(move || super::running::serve(&url, &store, &[])).await.unwrap()
    };
    let mut proxy = start().await;
    let carts = [super::stand::Cart::new(), super::stand::Cart::new(), super::stand::Cart::new()];
    for cart in &carts {
        proxy.save(cart, super::stand::enough("ada@example.com")).await;
    }
    proxy.close("complete", &carts[0]).await;
    proxy.close("withdraw", &carts[1]).await;
    let http = reqwest::Client::new();
    for is_restarted in [false, true] {
        if is_restarted {
            proxy.signal("TERM");
            proxy.child.wait().unwrap();
            proxy = start().await;
        }
        let answer = http.get(format!("{}/dashboard/data.json", proxy.operators)).send().await.unwrap();
        let text = answer.text().await.unwrap();
        assert!(!text.contains("ada@") && !text.contains(&carts[0].id), "{text}");
        let data: serde_json::Value = serde_json::from_str(&text).unwrap();
        let count = |event: &str| -> u64 {
            let hours = data["history"].as_array().unwrap().iter();
            hours.filter(|hour| hour[1] == event).map(|hour| hour[2].as_u64().unwrap()).sum()
        };
        let counts = ["made", "completed_browser", "withdrawn", "refused", "recovered"].map(count);
        assert_eq!(counts, [3, 1, 1, 0, 0], "restarted: {is_restarted}");
        assert_eq!(data["stuck"], serde_json::json!([]));
    }
    for path in ["", "/app.js", "/style.css", "/uplot.js", "/uplot.css"] {
        let answer = http.get(format!("{}/dashboard{path}", proxy.operators)).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(
            answer.status().is_success() && policy.starts_with("default-src 'none'; script-src 'self'"),
            "{path}: {policy}"
        );
        let public = http.get(format!("{}/dashboard{path}", proxy.url)).send().await.unwrap();
        assert_eq!(public.status(), 404, "not where browsers are served: {path}");
    }
}
