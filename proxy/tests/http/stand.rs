//! A sandbox, a proxy before it, and a browser's requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use leadkeep_proxy::Proxy;
use leadkeep_proxy::config::{Config, Limits};
use leadkeep_proxy::delivery::Timing;
use leadkeep_proxy::delivery::worker::Pace;
use leadkeep_proxy::orders::{Orders, ShopToken};
use leadkeep_proxy::store::Sqlite;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use twocheckout::sandbox::{MERCHANT_CODE, SECRET_KEY, Sandbox};
use twocheckout::{Client, Credentials};

/// A cart and its key, as a browser makes them.
#[derive(Clone)]
pub struct Cart {
    pub id: String,
    pub key: String,
}

impl Cart {
    pub fn new() -> Self {
        Self { id: uuid::Uuid::new_v4().to_string(), key: uuid::Uuid::new_v4().simple().to_string() }
    }
}

/// Moments of a shopper, each later than the one before.
fn at() -> u64 {
    static NOW: AtomicU64 = AtomicU64::new(1_700_000_000_000);
    NOW.fetch_add(1, Ordering::Relaxed)
}

/// `{path: {value, at}}`
pub fn changes(values: Value) -> Value {
    let Value::Object(values) = values else { panic!("expected an object") };
    Value::Object(values.into_iter().map(|(path, value)| (path, json!({"value": value, "at": at()}))).collect())
}

/// What is enough for an `addLead`.
pub fn enough(email: &str) -> Value {
    json!({
        "BillingDetails.Email": email,
        "BillingDetails.FirstName": "Ada",
        "Items": [{"Code": "KLD-1", "Quantity": 2}],
        "Currency": "EUR",
    })
}

/// What the shop's server proves itself by.
pub const SHOP_TOKEN: &str = "shop-token-of-the-tests";

pub struct Stand {
    pub config: Config,
    pub shop_token: Option<&'static str>,
    pub call_timeout: Duration,
    pub http: reqwest::Client,
    pub folder: TempDir,
    sandbox: String,
    secret: String,
    proxy: Option<Proxy>,
}

/// Settings with which a test need not wait.
pub fn quick() -> Config {
    Config {
        answer_within: Duration::from_secs(5),
        close_within: Duration::from_secs(5),
        rate: None,
        limits: Limits::none(),
        timing: Timing {
            backoff_ms: 20,
            backoff_max_ms: 50,
            settle_ms: 60,
            call_ms: 20_000,
            first_pause_ms: 50,
            pause_ms: 100,
        },
        pace: Pace { deliveries_per_second: 1_000.0, look_every: Duration::from_millis(20) },
        ..Config::default()
    }
}

/// Settings with which a browser does not wait for a 2Checkout that hangs.
pub fn impatient() -> Config {
    Config { answer_within: Duration::from_millis(150), ..quick() }
}

impl Stand {
    pub async fn new() -> Self {
        Self::with(quick()).await
    }

    pub async fn with(config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sandbox = format!("http://{}/sandbox", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Sandbox::new(None).router()).await });
        let mut stand = Self {
            config,
            shop_token: Some(SHOP_TOKEN),
            call_timeout: Duration::from_secs(20),
            http: reqwest::Client::new(),
            folder: TempDir::new().unwrap(),
            sandbox,
            secret: SECRET_KEY.to_owned(),
            proxy: None,
        };
        stand.start().await;
        stand
    }

    pub async fn start(&mut self) {
        let credentials = Credentials::new(MERCHANT_CODE, self.secret.clone());
        let orders = Orders {
            shop_token: self.shop_token.map(ShopToken::new),
            quiet: self.config.orders.quiet,
            ..Orders::of(&credentials)
        };
        let config = Config { orders, ..self.config.clone() };
        let client = Client::builder(credentials).base_url(&self.sandbox).timeout(self.call_timeout).build().unwrap();
        let store = Sqlite::open(&self.folder.path().join("leads.sqlite")).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::start(listener, None, config, Arc::new(store), Arc::new(client), None).unwrap();
        self.proxy = Some(proxy);
    }

    pub async fn stop(&mut self) {
        self.stop_within(Duration::from_millis(500)).await;
    }

    pub async fn stop_within(&mut self, deadline: Duration) {
        if let Some(proxy) = self.proxy.take() {
            proxy.stop(deadline).await;
        }
    }

    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// With another secret key from here on.
    pub async fn restart_with_secret(&mut self, secret: &str) {
        self.secret = secret.to_owned();
        self.restart().await;
    }

    pub fn right_secret() -> &'static str {
        SECRET_KEY
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.proxy.as_ref().expect("a running proxy").address())
    }

    pub async fn post(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        let answer = self.http.post(self.url(path)).json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    pub async fn save(&self, cart: &Cart, values: Value) -> (StatusCode, Value) {
        self.save_raw(cart, changes(values)).await
    }

    pub async fn save_raw(&self, cart: &Cart, changes: Value) -> (StatusCode, Value) {
        self.post("/api/lead", &json!({"cart": cart.id, "key": cart.key, "changes": changes})).await
    }

    pub async fn close(&self, how: &str, cart: &Cart) -> (StatusCode, Value) {
        self.post(&format!("/api/lead/{how}"), &json!({"cart": cart.id, "key": cart.key})).await
    }

    pub async fn faults(&self, faults: Value) {
        let answer = self.http.put(format!("{}/faults", self.sandbox)).json(&faults).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    /// How 2Checkout is to be read where its pages leave that open.
    pub async fn settings(&self, settings: Value) {
        let answer = self.http.put(format!("{}/settings", self.sandbox)).json(&settings).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    /// Has 2Checkout notify this proxy of an order.
    pub async fn sandbox_notifies(&self, mut order: Value) -> Value {
        order["to"] = json!(self.url("/api/ipn"));
        self.http.post(format!("{}/ipn", self.sandbox)).json(&order).send().await.unwrap().json().await.unwrap()
    }

    /// A shopper buys through the mail's own cart, and 2Checkout knows it.
    pub async fn mark_as_used(&self, lead_code: &str) {
        let credentials = Credentials::new(MERCHANT_CODE, SECRET_KEY);
        let client = Client::builder(credentials).base_url(&self.sandbox).build().unwrap();
        let mark = twocheckout::Mark { lead_code: lead_code.to_owned(), used: true, stop_followups: false };
        client.mark_leads(&[mark]).await.unwrap();
    }

    /// What 2Checkout received, without the logins.
    pub async fn log(&self) -> Vec<Value> {
        let log: Vec<Value> =
            self.http.get(format!("{}/log", self.sandbox)).send().await.unwrap().json().await.unwrap();
        log.into_iter().filter(|call| call["method"] != "login").collect()
    }

    pub async fn methods(&self) -> Vec<String> {
        self.log().await.iter().map(|call| call["method"].as_str().unwrap().to_owned()).collect()
    }

    /// The leads that 2Checkout holds.
    pub async fn leads(&self) -> Vec<Value> {
        self.http.get(format!("{}/leads", self.sandbox)).send().await.unwrap().json().await.unwrap()
    }

    /// Waits until 2Checkout has seen what is expected, and gives its log.
    pub async fn until(&self, expected: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let log = self.log().await;
            if expected(&log) {
                return log;
            }
            assert!(Instant::now() < deadline, "it did not happen; 2Checkout saw {log:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What is in the store's files, as bytes.
    pub fn stored_bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    /// Runs SQL on the store from outside.
    pub async fn sql(&self, sql: &str) {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.folder.path().join("leads.sqlite"));
        let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
        sqlx::query(sql).execute(&mut connection).await.unwrap();
        sqlx::Connection::close(connection).await.unwrap();
    }
}

/// Changes every cart of a store, from outside.
pub async fn edit_carts(store: &str, change: impl Fn(&mut leadkeep_proxy::cart::Cart) + Send + Sync) {
    let location: leadkeep_proxy::store::Location = store.parse().unwrap();
    let store = location.open_beside().await.unwrap();
    for cart in store.page("", 1_000).await.unwrap() {
        store.edit(&cart.id, &mut |cart| change(cart.as_mut().unwrap())).await.unwrap();
    }
    store.close().await;
}

impl Stand {
    /// Changes every cart of the store, from outside.
    pub async fn edit_carts(&self, change: impl Fn(&mut leadkeep_proxy::cart::Cart) + Send + Sync) {
        edit_carts(self.folder.path().join("leads.sqlite").to_str().unwrap(), change).await;
    }
}

/// Whether a call with this method was carried out.
pub fn done(log: &[Value], method: &str) -> bool {
    log.iter().any(|call| call["method"] == method && call["outcome"]["done"] == true)
}

pub fn count(log: &[Value], method: &str) -> usize {
    log.iter().filter(|call| call["method"] == method).count()
}

impl Stand {
    /// 2Checkout loses every lead and its log.
    pub async fn forget_leads(&self) {
        self.http.delete(format!("{}/log", self.sandbox)).send().await.unwrap();
    }
}
