//! The program as an operator runs it.

use std::process::{Command, Output};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::running::{self, program};
use super::stand::{Cart, changes, enough};

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    program().args(arguments).envs(environment.iter().copied()).output().unwrap()
}

fn refused(output: &Output, expected: &str) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.starts_with(expected), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_wrong_setting_is_refused_in_one_line() {
    refused(&run(&[], &[]), "leadkeep-proxy: --merchant-code (LEADKEEP_MERCHANT_CODE): expected the merchant code");
    let secret = ("LEADKEEP_SECRET_KEY", "hunter2");
    refused(&run(&["serve"], &[secret]), "leadkeep-proxy: --merchant-code (LEADKEEP_MERCHANT_CODE): expected");
    refused(&run(&["check"], &[("LEADKEEP_MERCHANT_CODE", "M")]), "leadkeep-proxy: LEADKEEP_SECRET_KEY (or");
    refused(
        &run(&[], &[("LEADKEEP_LISTEN", "8787")]),
        "leadkeep-proxy: --listen (LEADKEEP_LISTEN): expected an address",
    );
    let credentials = [("LEADKEEP_MERCHANT_CODE", "M"), secret];
    let store = [credentials[0], credentials[1], ("LEADKEEP_STORE", "mysql://u:hunter2@db/x")];
    refused(&run(&[], &store), "leadkeep-proxy: --store (LEADKEEP_STORE): expected sqlite://FILE");
    refused(&run(&["--api-url", "http://api.example"], &credentials), "leadkeep-proxy: --api-url (LEADKEEP_API_URL)");
    refused(&run(&["demo"], &[]), "leadkeep-proxy: the following required arguments were not provided");
}

#[test]
fn the_help_names_every_variable() {
    let text = String::from_utf8(run(&["--help"], &[]).stdout).unwrap();
    for name in ["LEADKEEP_LISTEN", "LEADKEEP_MERCHANT_CODE", "LEADKEEP_SECRET_KEY_FILE", "LEADKEEP_STORE", "Examples:"]
    {
        assert!(text.contains(name), "{name}");
    }
}

#[tokio::test]
async fn the_demo_serves_the_shop_the_api_and_the_sandbox_on_one_origin() {
    let folder = TempDir::new().unwrap();
    let (www, data) = (folder.path().join("www"), folder.path().join("data"));
    std::fs::create_dir(&www).unwrap();
    std::fs::write(www.join("index.html"), "<!doctype html><title>Shop</title>").unwrap();
    std::fs::write(www.join("leadkeep.js"), "plain").unwrap();
    std::fs::write(www.join("leadkeep.js.br"), "brotli").unwrap();
    std::fs::write(www.join("leadkeep.wasm"), "wasm").unwrap();
    let mut demo = running::demo(&www, &data);
    let http = reqwest::Client::new();
    let get = |path: &str| http.get(format!("{}{path}", demo.url));

    for (path, kind) in
        [("/", "text/html"), ("/leadkeep.js", "text/javascript"), ("/leadkeep.wasm", "application/wasm")]
    {
        let answer = get(path).send().await.unwrap();
        assert_eq!(
            (answer.status(), &answer.headers()["cache-control"]),
            (StatusCode::OK, &"no-cache".parse().unwrap())
        );
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(kind), "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
    let compressed = get("/leadkeep.js").header("accept-encoding", "br").send().await.unwrap();
    assert_eq!(compressed.headers()["content-encoding"], "br");
    assert_eq!(compressed.text().await.unwrap(), "brotli");

    let cart = Cart::new();
    let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(enough("ada@example.com"))});
    let save = http.post(format!("{}/api/lead", demo.url)).header("origin", &demo.url).json(&body);
    let saved: Value = save.send().await.unwrap().json().await.unwrap();
    assert_eq!(saved["state"], "saved");
    let log: Vec<Value> = get("/sandbox/log").send().await.unwrap().json().await.unwrap();
    assert_eq!(log.iter().map(|call| call["method"].as_str().unwrap()).collect::<Vec<_>>(), ["login", "addLead"]);
    for _ in 0..200 {
        let answer = http.post(format!("{}/api/lead", demo.url)).json(&json!({})).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "no rate limit on loopback");
    }
    assert!(data.join("leads.sqlite").exists() && data.join("sandbox.json").exists());

    // Killed and started anew, the same browser goes on with the same lead.
    demo.kill();
    let demo = running::demo(&www, &data);
    let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(json!({"BillingDetails.City": "Turin"}))});
    let again: Value =
        http.post(format!("{}/api/lead", demo.url)).json(&body).send().await.unwrap().json().await.unwrap();
    assert_eq!((&again["state"], &again["lead_code"]), (&json!("saved"), &saved["lead_code"]));
}

#[test]
fn a_damaged_store_is_told_in_one_line() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("leads.sqlite");
    std::fs::write(&file, "no database ".repeat(400)).unwrap();
    let credentials = [("LEADKEEP_MERCHANT_CODE", "M"), ("LEADKEEP_SECRET_KEY", "hunter2")];
    let output = run(&["--store", file.to_str().unwrap(), "--port", "0"], &credentials);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.starts_with("leadkeep-proxy: --store (LEADKEEP_STORE): expected a sound store of leadkeep"), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_in_one_line_whether_the_credentials_are_right() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/sandbox", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, twocheckout::sandbox::Sandbox::new(None).router()).await });
    for protocol in ["json-rpc", "rest"] {
        for (secret, code, expected) in [
            ("sandbox-secret", 0, "ok: 2Checkout accepts the credentials of SANDBOX"),
            ("hunter2", 1, "leadkeep-proxy: 2Checkout does not accept the credentials"),
        ] {
            let (url, protocol) = (url.clone(), protocol.to_owned());
            let environment = [("LEADKEEP_MERCHANT_CODE", "SANDBOX"), ("LEADKEEP_SECRET_KEY", secret)];
            let checked = tokio::task::spawn_blocking(move || {
                run(&["check", "--api-url", &url, "--protocol", &protocol], &environment)
            });
            let output = checked.await.unwrap();
            let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert_eq!(output.status.code(), Some(code), "{text}");
            assert!(text.starts_with(expected) && text.lines().count() == 1, "{text}");
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn check_looks_at_the_store_and_changes_nothing() {
    let upstream = running::Upstream::new().await;
    let (url, database) = (upstream.url.clone(), super::CLUSTER.database().await);
    let checks = tokio::task::spawn_blocking(move || {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("leads.sqlite");
        let file = file.to_str().unwrap();
        let credentials = [("LEADKEEP_MERCHANT_CODE", "SANDBOX"), ("LEADKEEP_SECRET_KEY", "sandbox-secret")];
        let check = |store: &str, code: i32, expected: &str| {
            let output = run(&["check", "--api-url", &url, "--store", store], &credentials);
            let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
            assert_eq!(output.status.code(), Some(code), "{text}");
            assert!(text.contains(expected) && text.lines().count() == 1 && !text.contains("hunter2"), "{text}");
        };
        check(file, 0, "leads.sqlite is made at the first start");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let mut proxy = running::serve(&url, file, &[]);
        check(file, 0, "leads.sqlite is in use by a proxy");
        proxy.kill();
        check(file, 0, "leads.sqlite was not closed in order");
        let mut proxy = running::serve(&url, file, &[]);
        proxy.signal("TERM");
        assert!(proxy.child.wait().unwrap().success());
        let before = std::fs::read_dir(folder.path()).unwrap().count();
        check(file, 0, "leads.sqlite is sound");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), before);
        std::fs::write(file, "no database ".repeat(400)).unwrap();
        check(file, 1, "expected a sound store of leadkeep");
        check(&database, 0, "is empty, its tables are made at the first start");
        drop(running::serve(&url, &database, &[]));
        check(&database, 0, "is there");
        check(&database.replace("leadkeep@", "nobody:hunter2@"), 1, "cannot be used");
    });
    checks.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_outlives_a_kill_at_any_moment_and_makes_one_lead() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/sandbox", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, twocheckout::sandbox::Sandbox::new(None).router()).await });
    let (folder, cart, http) = (TempDir::new().unwrap(), Cart::new(), reqwest::Client::new());
    let store = folder.path().join("leads.sqlite");
    let mut last = String::new();
    for round in 0..6 {
        let mut proxy = running::serve(&url, store.to_str().unwrap(), &[]);
        for step in 0..3 {
            let mut values = enough("ada@example.com");
            values["BillingDetails.City"] = json!(format!("City {round}.{step}"));
            let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(values.clone())});
            let save = http.post(format!("{}/api/lead", proxy.url)).json(&body);
            if step < 2 {
                assert!(save.send().await.unwrap().status().is_success());
                last = values["BillingDetails.City"].as_str().unwrap().to_owned();
            } else {
                // The kill meets this one somewhere between arrival and answer.
                let sent = tokio::spawn(save.send());
                tokio::time::sleep(std::time::Duration::from_millis(round * 2)).await;
                proxy.kill();
                if sent.await.unwrap().is_ok() {
                    last = values["BillingDetails.City"].as_str().unwrap().to_owned();
                }
            }
        }
    }
    let _proxy = running::serve(&url, store.to_str().unwrap(), &[]);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(15);
    loop {
        let leads: Vec<Value> = http.get(format!("{url}/leads")).send().await.unwrap().json().await.unwrap();
        assert_eq!(leads.len(), 1);
        let city = leads[0]["lead"]["BillingDetails"]["City"].as_str().unwrap().to_owned();
        // A save that was killed before its answer may have been kept too.
        if city >= last {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{city} instead of {last}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_in_order() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html><title>Shop</title>").unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut demo = running::demo(folder.path(), &folder.path().join("data"));
        let sent = Command::new("kill").args([signal, &demo.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert_eq!(demo.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn the_demo_does_not_listen_to_the_world() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_str().unwrap();
    let output = run(&["demo", "--www", path, "--data", path, "--host", "0.0.0.0", "--port", "0"], &[]);
    refused(&output, "leadkeep-proxy: --host: expected a loopback address");
}

#[tokio::test]
async fn in_the_demo_an_order_ends_its_lead_whoever_reports_it() {
    let folder = TempDir::new().unwrap();
    let (www, data) = (folder.path().join("www"), folder.path().join("data"));
    std::fs::create_dir(&www).unwrap();
    std::fs::write(www.join("index.html"), "<!doctype html><title>Shop</title>").unwrap();
    let demo = running::demo(&www, &data);
    let http = reqwest::Client::new();
    let post = |path: &str, body: Value| http.post(format!("{}{path}", demo.url)).json(&body).send();
    for way in ["browser", "shop", "2checkout"] {
        let (cart, email) = (Cart::new(), format!("{way}@example.com"));
        demo.save(&cart, enough(&email)).await;
        match way {
            "browser" => assert_eq!(demo.close("complete", &cart).await.0, StatusCode::OK),
            "shop" => {
                let answer = post("/demo/orders", json!({"cart": cart.id, "order_reference": "1"})).await.unwrap();
                assert_eq!(answer.json::<Value>().await.unwrap(), json!({"closed": 1}));
                let stranger = post("/api/orders", json!({"cart": cart.id})).await.unwrap();
                assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
            }
            _ => {
                let answer: Value = post("/sandbox/ipn", json!({"email": email})).await.unwrap().json().await.unwrap();
                assert_eq!((&answer["status"], &answer["receipt"]), (&json!(200), &json!(true)));
            }
        }
        let leads: Vec<Value> =
            http.get(format!("{}/sandbox/leads", demo.url)).send().await.unwrap().json().await.unwrap();
        assert_eq!((&leads[0]["Used"], &leads[0]["StopFollowups"]), (&json!(true), &json!(true)), "{way}");
    }
}
