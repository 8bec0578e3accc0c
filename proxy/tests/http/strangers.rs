//! What strangers may do at most.

use std::time::{Duration, Instant};

use leadkeep_proxy::config::{Config, Limits};
use leadkeep_proxy::delivery::Timing;
use leadkeep_proxy::delivery::worker::Pace;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::running::{self, Running};
use super::stand::{Cart, Stand, changes, done, enough, quick};

/// A proxy behind a reverse proxy, with the limits of production.
async fn behind_a_reverse_proxy(limits: Limits) -> Stand {
    Stand::with(Config { limits, client_ip_header: Some("x-real-ip".parse().unwrap()), ..quick() }).await
}

impl Stand {
    /// A post by way of a reverse proxy, for a client of this address.
    pub async fn post_from(&self, client: &str, path: &str, body: &Value) -> (StatusCode, u64, Value) {
        let answer = self.http.post(self.url(path)).header("x-real-ip", client).json(body).send().await.unwrap();
        let retry_after =
            answer.headers().get("retry-after").map_or(0, |value| value.to_str().unwrap().parse().unwrap());
        (answer.status(), retry_after, answer.json().await.unwrap())
    }

    pub async fn save_from(&self, client: &str, cart: &Cart, values: Value) -> (StatusCode, u64, Value) {
        let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(values)});
        self.post_from(client, "/api/lead", &body).await
    }

    pub async fn metrics(&self) -> String {
        self.http.get(self.url("/metrics")).send().await.unwrap().text().await.unwrap()
    }
}

#[tokio::test]
async fn a_client_begins_ten_carts_and_goes_on_editing_them() {
    let stand = behind_a_reverse_proxy(Limits::default()).await;
    let carts: Vec<Cart> = (0..10).map(|_| Cart::new()).collect();
    for cart in &carts {
        assert_eq!(stand.save_from("203.0.113.7", cart, json!({"Currency": "EUR"})).await.0, StatusCode::ACCEPTED);
    }
    for path in ["/api/lead", "/api/lead/complete", "/api/lead/withdraw"] {
        let cart = Cart::new();
        let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(enough("ada@example.com"))});
        let (status, retry_after, answer) = stand.post_from("203.0.113.7", path, &body).await;
        assert_eq!((status, answer["code"].as_str()), (StatusCode::TOO_MANY_REQUESTS, Some("lead/rate")), "{path}");
        assert!((1..=61).contains(&retry_after), "{retry_after}");
        assert!(answer["message"].is_string() && answer["request_id"].is_string());
    }
    for cart in &carts {
        let (status, ..) = stand.save_from("203.0.113.7", cart, enough(&format!("{}@example.com", cart.key))).await;
        assert_eq!(status, StatusCode::OK, "an edit is no new cart");
    }
    assert_eq!(stand.save_from("203.0.113.8", &Cart::new(), enough("b@example.com")).await.0, StatusCode::OK);
    let metrics = stand.metrics().await;
    assert!(metrics.contains(r#"leadkeep_limit_hits_total{limit="new_carts_per_client"} 3"#), "{metrics}");
}

#[tokio::test]
async fn a_network_of_many_addresses_is_bounded_too() {
    let stand = behind_a_reverse_proxy(Limits::default()).await;
    for block in ["203.0.113.%", "2001:db8:1:%::1"] {
        let mut begun = 0;
        for n in 1..=60 {
            let client = block.replace('%', &n.to_string());
            let (status, ..) = stand.save_from(&client, &Cart::new(), json!({"Currency": "EUR"})).await;
            begun += usize::from(status == StatusCode::ACCEPTED);
        }
        assert_eq!(begun, 40, "{block}");
    }
    let honest = stand.save_from("198.51.100.7", &Cart::new(), enough("ada@example.com")).await;
    assert_eq!(honest.0, StatusCode::OK);
}

#[tokio::test]
async fn the_store_grows_by_a_bounded_number_of_carts_in_an_hour() {
    let limits = Limits { new_carts_per_hour: std::num::NonZeroU32::new(3), ..Limits::default() };
    let stand = behind_a_reverse_proxy(limits).await;
    for n in 1..=3 {
        let client = format!("198.51.{n}.1");
        assert_eq!(stand.save_from(&client, &Cart::new(), json!({"Currency": "EUR"})).await.0, StatusCode::ACCEPTED);
    }
    let (status, retry_after, answer) = stand.save_from("198.51.9.1", &Cart::new(), json!({"Currency": "EUR"})).await;
    assert_eq!((status, answer["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("lead/busy")));
    assert!(retry_after > 60, "{retry_after}");
}

#[tokio::test]
async fn what_begins_no_cart_counts_for_none() {
    let stand = behind_a_reverse_proxy(Limits::default()).await;
    for _ in 0..30 {
        let (status, ..) = stand.save_from("203.0.113.7", &Cart::new(), json!({"BillingDetails.CVC": "1"})).await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
}

#[tokio::test]
async fn in_the_demo_no_limit_applies_to_this_machine() {
    let demo = Config { limits: Limits::default(), exempt_loopback: true, ..quick() };
    let stand = Stand::with(demo).await;
    for _ in 0..50 {
        assert_eq!(stand.save(&Cart::new(), json!({"Currency": "EUR"})).await.0, StatusCode::ACCEPTED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reverse_proxy_that_does_not_fit_the_settings_is_told_once() {
    const MISSING: &str = "no --client-ip-header (LEADKEEP_CLIENT_IP_HEADER) is set";
    const UNREADABLE: &str = "holds no IP address";
    let (upstream, folder) = (running::Upstream::new().await, tempfile::TempDir::new().unwrap());
    let store = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let http = reqwest::Client::new();
    let post = async |proxy: &Running, header: &str, value: &str| {
        let request = http.post(format!("{}/api/lead", proxy.url)).header(header, value).json(&json!({}));
        assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    };
    let told = async |proxy: &Running, message: &str| {
        for _ in 0..100 {
            if !proxy.logged(message).is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        proxy.logged(message)
    };
    let without = running::serve(&upstream.url, &store("a.sqlite"), &[]);
    for header in ["x-forwarded-for", "x-real-ip", "forwarded"] {
        post(&without, header, "203.0.113.77").await;
    }
    let lines = told(&without, MISSING).await;
    assert_eq!((lines.len(), &lines[0]["level"]), (1, &json!("WARN")));
    assert!(!lines[0].to_string().contains("203.0.113"), "{lines:?}");
    let with = running::serve(&upstream.url, &store("b.sqlite"), &[("LEADKEEP_CLIENT_IP_HEADER", "x-real-ip")]);
    for value in ["203.0.113.7", "203.0.113.7:5555", "[2001:db8::1]:443"] {
        post(&with, "x-real-ip", value).await;
    }
    for _ in 0..2 {
        post(&with, "x-real-ip", "unknown, of-nobody").await;
    }
    let lines = told(&with, UNREADABLE).await;
    assert_eq!((lines.len(), with.logged(MISSING).len()), (1, 0));
    assert!(!lines[0].to_string().contains("of-nobody"), "{lines:?}");
}

#[tokio::test]
async fn the_demo_answers_to_the_host_names_of_this_machine_alone() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html><title>Shop</title>").unwrap();
    let demo = running::demo(folder.path(), &folder.path().join("data"));
    let port = demo.url.rsplit(':').next().unwrap();
    let http = reqwest::Client::new();
    for path in ["/", "/sandbox/leads", "/sandbox/log", "/healthz", "/api/openapi.json"] {
        for (host, allowed) in [
            (format!("localhost:{port}"), true),
            (format!("127.0.0.1:{port}"), true),
            (format!("[::1]:{port}"), true),
            (format!("rebind.evil.example:{port}"), false),
            ("localhost.evil.example".to_owned(), false),
        ] {
            let request = http.get(format!("{}{path}", demo.url)).header("host", &host);
            let status = request.send().await.unwrap().status();
            assert_eq!(status, if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{path} at {host}");
        }
    }
    let evil = format!("http://rebind.evil.example:{port}");
    let (host, cart) = (evil.trim_start_matches("http://"), Cart::new());
    let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(enough("ada@example.com"))});
    let post = http.post(format!("{}/api/lead", demo.url)).header("host", host).header("origin", &evil).json(&body);
    let answer = post.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "lead/host");
}

#[tokio::test]
async fn what_a_stranger_writes_for_others_to_read_does_not_become_a_mail() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let mut values = enough("ada@example.com");
    values["BillingDetails.FirstName"] = json!("You won EUR 1000! https://evil.example/x");
    values["BillingDetails.LastName"] = json!("Lovelace\r\nBcc: all@example.com");
    values["BillingDetails.Company"] = json!("\u{202E}moc.live \u{200B}& <Söhne>  „AG“");
    values["Items"] = json!([
        {"Code": "KLD-1", "Price": {"Amount": -5, "Type": "CUSTOM"}, "Description": "d".repeat(20_000)},
        {"Code": "KLD-2", "Name": "Mug\r\nSubject: x"},
    ]);
    let (status, answer) = stand.save(&cart, values).await;
    assert_eq!(
        (status, &answer["dropped"]),
        (StatusCode::OK, &json!(["BillingDetails.FirstName", "Items[0].Description", "Items[0].Price"])),
        "{answer}"
    );
    let lead = &stand.leads().await[0]["lead"];
    let billing = &lead["BillingDetails"];
    assert_eq!(
        (&billing["LastName"], &billing["Company"]),
        (&json!("Lovelace Bcc: all@example.com"), &json!("moc.live & <Söhne>  „AG“"))
    );
    assert!(!lead.to_string().contains("evil.example"), "{lead}");
    assert_eq!(lead["Items"][1]["Name"], "Mug Subject: x");
    assert!(lead["Items"][0].get("Price").is_none_or(Value::is_null), "{lead}");
}

#[tokio::test]
async fn items_are_few_and_short_or_dropped_and_the_rest_is_kept() {
    let stand = Stand::new().await;
    let rows = |n: usize| vec![json!({"Code": "KLD-1", "SKU": "s".repeat(400)}); n];
    for (path, value) in [
        ("Items", json!(rows(100))),
        ("Items", json!(vec![json!({"Code": "A"}); 101])),
        ("Promotions", json!(vec!["SPRING"; 2_000])),
        ("Promotions", json!(["x".repeat(400)])),
    ] {
        let cart = Cart::new();
        let (status, answer) = stand.save(&cart, json!({path: value, "BillingDetails.City": "Turin"})).await;
        assert_eq!((status, &answer["dropped"]), (StatusCode::ACCEPTED, &json!([path])), "{answer}");
    }
}

#[tokio::test]
async fn with_a_catalogue_only_its_products_are_led_at_its_prices() {
    use leadkeep_proxy::content::{Catalogue, ContentRules};
    let catalogue = Catalogue { codes: ["KLD-1".to_owned()].into(), takes_details: false };
    let content = ContentRules { catalogue: Some(catalogue) };
    let (stand, cart) = (Stand::with(Config { content, ..quick() }).await, Cart::new());
    let mut values = enough("ada@example.com");
    values["Items"] = json!([
        {"Code": "KLD-1", "Quantity": 2, "Name": "Free phone", "Price": {"Amount": 0.01, "Type": "CUSTOM"}},
        {"Code": "OTHER"},
        {"IsDynamic": true, "Name": "Anything", "Price": {"Amount": 0.01}},
    ]);
    let (status, answer) = stand.save(&cart, values).await;
    assert_eq!((status, &answer["dropped"]), (StatusCode::OK, &json!(["Items[1]", "Items[2]"])), "{answer}");
    let items = &stand.leads().await[0]["lead"]["Items"];
    assert_eq!(
        (items.as_array().unwrap().len(), &items[0]["Code"], &items[0]["Quantity"]),
        (1, &json!("KLD-1"), &json!(2))
    );
    assert!(!items.to_string().contains("Free phone") && !items.to_string().contains("0.01"), "{items}");
}

fn three_for_an_address() -> Limits {
    Limits { leads_per_address: std::num::NonZeroU32::new(3), ..Limits::none() }
}

/// The addresses of the leads at 2Checkout.
async fn led(stand: &Stand) -> Vec<String> {
    let leads = stand.leads().await;
    leads.iter().map(|lead| lead["lead"]["BillingDetails"]["Email"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn nobody_gets_more_than_three_leads_a_day_from_strangers() {
    let mut stand = behind_a_reverse_proxy(three_for_an_address()).await;
    let carts: Vec<Cart> = (0..30).map(|_| Cart::new()).collect();
    for (n, cart) in carts.iter().enumerate() {
        let email = format!("{}+{n}@example.com", if n % 2 == 0 { "ada" } else { "ADA" });
        let (status, _, answer) = stand.save_from(&format!("198.51.{n}.1"), cart, enough(&email)).await;
        let expected = if n < 3 { StatusCode::OK } else { StatusCode::ACCEPTED };
        assert_eq!(status, expected, "{n}: {answer}");
    }
    assert_eq!(stand.save_from("198.51.99.1", &Cart::new(), enough("b@example.com")).await.0, StatusCode::OK);
    let metrics = stand.metrics().await;
    assert!(metrics.contains(r#"leadkeep_limit_hits_total{limit="leads_per_address"} 27"#), "{metrics}");
    stand.restart().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let again = stand.save_from("198.51.9.1", &carts[9], json!({"BillingDetails.City": "Turin"})).await;
    assert_eq!(
        (again.0, led(&stand).await.len()),
        (StatusCode::ACCEPTED, 4),
        "not with a restart, nor with another edit"
    );
    // An end makes room, and what was kept is there.
    stand.close("complete", &carts[0]).await;
    assert_eq!(stand.save_from("198.51.9.1", &carts[9], json!({"BillingDetails.Zip": "1"})).await.0, StatusCode::OK);
    let leads = stand.leads().await;
    let kept = leads.iter().find(|lead| lead["lead"]["BillingDetails"]["Email"] == "ADA+9@example.com").unwrap();
    assert_eq!(kept["lead"]["BillingDetails"]["City"], "Turin");
}

#[tokio::test]
async fn a_lead_is_not_turned_to_an_address_that_has_three() {
    let stand = behind_a_reverse_proxy(three_for_an_address()).await;
    for n in 0..3 {
        stand.save_from(&format!("198.51.{n}.1"), &Cart::new(), enough("ada@example.com")).await;
    }
    let cart = Cart::new();
    assert_eq!(stand.save_from("198.51.9.1", &cart, enough("eve@example.com")).await.0, StatusCode::OK);
    let turned = json!({"BillingDetails.Email": "Ada+x@example.com", "BillingDetails.City": "Turin"});
    assert_eq!(stand.save_from("198.51.9.1", &cart, turned).await.0, StatusCode::ACCEPTED);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut led_now = led(&stand).await;
    led_now.sort();
    assert_eq!(led_now, ["ada@example.com", "ada@example.com", "ada@example.com", "eve@example.com"]);
    let back = json!({"BillingDetails.Email": "eve@example.com"});
    assert_eq!(stand.save_from("198.51.9.1", &cart, back).await.0, StatusCode::OK);
    assert!(stand.log().await.last().unwrap().to_string().contains("Turin"));
}

#[tokio::test]
async fn a_domain_that_is_blocked_never_gets_a_lead() {
    let stand =
        behind_a_reverse_proxy(Limits { blocked_domains: Limits::default().blocked_domains, ..Limits::none() }).await;
    let bot = enough("johnsmith001@storebotmail.joonix.net");
    assert_eq!(stand.save_from("198.51.1.1", &Cart::new(), bot).await.0, StatusCode::ACCEPTED);
    assert_eq!(stand.save_from("198.51.1.1", &Cart::new(), enough("ada@joonix.net")).await.0, StatusCode::OK);
    assert_eq!(led(&stand).await, ["ada@joonix.net"]);
}

#[tokio::test]
async fn the_whole_proxy_makes_a_bounded_number_of_leads_in_an_hour() {
    let limits = Limits { leads_per_hour: std::num::NonZeroU32::new(3), ..Limits::none() };
    let stand = behind_a_reverse_proxy(limits).await;
    let carts: Vec<Cart> = (0..5).map(|_| Cart::new()).collect();
    for (n, cart) in carts.iter().enumerate() {
        let (status, ..) = stand.save_from("198.51.1.1", cart, enough(&format!("a{n}@example.com"))).await;
        assert_eq!(status, if n < 3 { StatusCode::OK } else { StatusCode::ACCEPTED });
    }
    assert_eq!(
        stand.save_from("198.51.1.1", &carts[0], json!({"BillingDetails.City": "Turin"})).await.0,
        StatusCode::OK
    );
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(led(&stand).await.len(), 3);
    let metrics = stand.metrics().await;
    assert!(metrics.contains(r#"leadkeep_limit_hits_total{limit="leads_per_hour"} 2"#), "{metrics}");
    assert!(metrics.contains("leadkeep_carts_waiting 2"), "they are delivered later: {metrics}");
}

#[tokio::test]
async fn in_the_demo_an_address_may_have_many_leads() {
    let stand = Stand::with(Config { limits: three_for_an_address(), exempt_loopback: true, ..quick() }).await;
    for _ in 0..6 {
        assert_eq!(stand.save(&Cart::new(), enough("ada@example.com")).await.0, StatusCode::OK);
    }
}

/// Answers that refuse every lead with the items that strangers send, and take all others.
async fn refuse_leads(stand: &Stand, times: usize) {
    stand.faults(json!([{"on": "addLead", "fault": "errors", "times": times}])).await;
}

#[tokio::test]
async fn leads_that_are_refused_do_not_keep_a_buyers_mails_going() {
    let pace = Pace { deliveries_per_second: 20.0, ..quick().pace };
    let timing = Timing { backoff_ms: 300, backoff_max_ms: 300, ..quick().timing };
    let stand = Stand::with(Config { pace, timing, answer_within: Duration::from_millis(100), ..quick() }).await;
    let buyer = Cart::new();
    assert_eq!(stand.save(&buyer, enough("ada@example.com")).await.0, StatusCode::OK);
    refuse_leads(&stand, 1_000_000).await;
    for n in 0..60 {
        stand.save(&Cart::new(), enough(&format!("eve{n}@example.com"))).await;
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while !stand.metrics().await.contains("leadkeep_carts_parked 60") {
        assert!(Instant::now() < deadline, "{}", stand.metrics().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stand
        .faults(json!([
            {"on": "addLead", "fault": "errors", "times": 1_000_000},
            {"on": "markLeads", "fault": "unavailable_503", "times": 1},
        ]))
        .await;
    let before = stand.log().await.len();
    stand.close("complete", &buyer).await;
    let log = stand.until(|log| done(log, "markLeads")).await;
    let between = log.iter().skip(before).filter(|call| call["method"] == "addLead").count();
    assert!(between < 30, "{between} refused tries came before it");
}

#[tokio::test]
async fn a_refused_lead_is_given_up_until_its_next_change() {
    let timing = Timing { backoff_ms: 1, backoff_max_ms: 1, ..quick().timing };
    let (stand, cart) = (Stand::with(Config { timing, ..quick() }).await, Cart::new());
    refuse_leads(&stand, 1_000_000).await;
    stand.save(&cart, enough("ada@example.com")).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while !stand.metrics().await.contains("leadkeep_carts_waiting 0") {
        assert!(Instant::now() < deadline, "it is tried for ever");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let tries = stand.log().await.len();
    assert!((20..=21).contains(&tries), "{tries}");
    stand.faults(json!([])).await;
    let (status, answer) = stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
}

#[tokio::test]
async fn a_half_typed_fiscal_code_does_not_cost_the_lead() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    refuse_leads(&stand, 1).await;
    let mut values = enough("ada@example.com");
    values["BillingDetails.Company"] = json!("Ada AG");
    values["BillingDetails.FiscalCode"] = json!("DE12");
    let (status, answer) = stand.save(&cart, values).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let lead = &stand.leads().await[0]["lead"]["BillingDetails"];
    assert_eq!((&lead["Email"], &lead["FirstName"]), (&json!("ada@example.com"), &json!("Ada")));
    assert!(lead["FiscalCode"].as_str().unwrap_or_default().is_empty(), "{lead}");
    let whole = json!({"BillingDetails.FiscalCode": "DE123456789"});
    assert_eq!(stand.save(&cart, whole).await.0, StatusCode::OK);
    assert_eq!(stand.leads().await[0]["lead"]["BillingDetails"]["FiscalCode"], "DE123456789");
}

#[tokio::test]
async fn a_fiscal_code_waits_for_its_company() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let mut values = enough("ada@example.com");
    values["BillingDetails.FiscalCode"] = json!("DE123456789");
    assert_eq!(stand.save(&cart, values).await.0, StatusCode::OK);
    assert!(!stand.log().await[0].to_string().contains("DE123456789"));
    assert_eq!(stand.save(&cart, json!({"BillingDetails.Company": "Ada AG"})).await.0, StatusCode::OK);
    assert!(stand.log().await[1].to_string().contains("DE123456789"));
}

#[tokio::test]
async fn what_waits_for_2checkout_is_bounded_and_the_rest_is_the_workers() {
    let stand = Stand::with(Config { calls_at_once: 1, answer_within: Duration::from_millis(50), ..quick() }).await;
    stand.faults(json!([{"on": "addLead", "fault": "hang", "times": 1}])).await;
    for n in 0..40 {
        let (status, _) = stand.save(&Cart::new(), enough(&format!("a{n}@example.com"))).await;
        assert_eq!(status, StatusCode::ACCEPTED);
    }
    assert!(stand.metrics().await.contains("leadkeep_carts_waiting 40"));
}

#[tokio::test]
async fn where_pages_carry_a_token_a_cart_begins_with_one_and_goes_on_without() {
    use hmac::{KeyInit, Mac, SimpleHmac};
    const SECRET: &str = "hunter2-hunter2-hunter2";
    let page_token = Some(leadkeep_proxy::page_token::PageToken::new(SECRET, 24));
    let (stand, cart) = (Stand::with(Config { page_token, ..quick() }).await, Cart::new());
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let token = |at: u64, secret: &str| {
        let mac = <SimpleHmac<sha2::Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
        format!("{at}.{}", hex::encode(mac.chain_update(at.to_string()).finalize().into_bytes()))
    };
    let save = |token: Value| json!({"cart": cart.id, "key": cart.key, "token": token, "changes": changes(enough("ada@example.com"))});
    for bad in
        [Value::Null, json!("x"), json!(7), json!(token(now - 25 * 3_600, SECRET)), json!(token(now, "another secret"))]
    {
        let (status, answer) = stand.post("/api/lead", &save(bad)).await;
        assert_eq!((status, &answer["code"]), (StatusCode::FORBIDDEN, &json!("lead/token")), "{answer}");
    }
    assert_eq!(stand.post("/api/lead", &save(json!(token(now, SECRET)))).await.0, StatusCode::OK);
    assert_eq!(
        stand.save(&cart, json!({"BillingDetails.City": "Turin"})).await.0,
        StatusCode::OK,
        "an edit of its own"
    );
}
