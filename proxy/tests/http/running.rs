//! The program as it runs: real processes of the built binary.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};
use twocheckout::sandbox::Sandbox;

use super::stand::{Cart, changes};

/// The program, with nothing of this shell's environment.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadkeep-proxy"));
    command.env_clear();
    command
}

/// A process, and the origin it serves.
pub struct Running {
    pub child: Child,
    pub url: String,
    /// Where operators are served.
    pub operators: String,
    http: reqwest::Client,
    logged: Arc<Mutex<Vec<Value>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Running {
    fn new(child: Child, url: String) -> Self {
        Self { child, operators: url.clone(), url, http: reqwest::Client::new(), logged: Arc::default() }
    }

    /// The lines it has logged so far that have this in their message.
    pub fn logged(&self, message: &str) -> Vec<Value> {
        let lines = self.logged.lock().unwrap();
        lines.iter().filter(|line| line["message"].as_str().unwrap().contains(message)).cloned().collect()
    }

    /// As `kill -9` does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends it a signal by its name: `STOP`, `CONT`, `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// A save, or why there was no answer.
    pub async fn try_save(&self, cart: &Cart, values: Value) -> reqwest::Result<Response> {
        let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(values)});
        self.http.post(format!("{}/api/lead", self.url)).json(&body).send().await
    }

    pub async fn save(&self, cart: &Cart, values: Value) -> (StatusCode, Value) {
        let answer = self.try_save(cart, values).await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    pub async fn close(&self, how: &str, cart: &Cart) -> (StatusCode, Value) {
        let body = json!({"cart": cart.id, "key": cart.key});
        let answer = self.http.post(format!("{}/api/lead/{how}", self.url)).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}

/// `demo` on a free port.
pub fn demo(www: &Path, data: &Path) -> Running {
    demo_of(www, Some(data))
}

/// [`demo`], also without a folder for what it keeps.
pub fn demo_of(www: &Path, data: Option<&Path>) -> Running {
    let mut command = program();
    command.args(["demo", "--port", "0", "--www"]).arg(www);
    if let Some(data) = data {
        command.arg("--data").arg(data);
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.strip_prefix("ready: ").unwrap_or_else(|| panic!("{line}")).trim().trim_end_matches('/').to_owned();
    Running::new(child, url)
}

/// `serve` on a free port, and its URL from the log line that says it is ready.
pub fn serve(api_url: &str, store: &str, settings: &[(&str, &str)]) -> Running {
    serve_by(program(), 0, api_url, store, settings)
}

/// A free port that no system gives to whoever asks for any: while a proxy that was killed is away, nobody else listens
/// there.
pub fn lasting_port() -> u16 {
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    std::iter::repeat_with(|| fastrand::u16(12_000..30_000)).find(free).unwrap()
}

/// [`serve`] on a port of one's own, by a command that may have been given limits.
pub fn serve_by(mut command: Command, port: u16, api_url: &str, store: &str, settings: &[(&str, &str)]) -> Running {
    let mut child = command
        .args(["serve", "--port", &port.to_string(), "--api-url", api_url, "--store", store])
        .envs([("LEADKEEP_MERCHANT_CODE", "SANDBOX"), ("LEADKEEP_SECRET_KEY", "sandbox-secret")])
        .env("LEADKEEP_OPERATOR_LISTEN", "127.0.0.1:0")
        // Every shopper of a test is this machine, and most have one address.
        .envs(
            ["NEW_CARTS_PER_CLIENT", "NEW_CARTS_PER_NETWORK", "LEADS_PER_ADDRESS"]
                .map(|limit| (format!("LEADKEEP_{limit}"), "0")),
        )
        .envs(settings.iter().copied())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let logged = Arc::<Mutex<Vec<Value>>>::default();
    let read = |line: std::io::Result<String>, logged: &Mutex<Vec<Value>>| {
        let line = line.unwrap();
        let told: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("expected a line of JSON: {line}"));
        logged.lock().unwrap().push(told.clone());
        let url = |name: &str| format!("http://{}", told[name].as_str().unwrap());
        (told["message"] == "ready").then(|| [url("address"), url("operators")])
    };
    let ready = lines.by_ref().find_map(|line| read(line, &logged));
    let rest = Arc::clone(&logged);
    std::thread::spawn(move || lines.for_each(|line| _ = read(line, &rest)));
    let [url, operators] = ready.expect("a line that says ready");
    let mut running = Running::new(child, url);
    (running.operators, running.logged) = (operators, logged);
    running
}

/// A sandbox on a port of its own, for proxies that are processes of their own.
pub struct Upstream {
    pub url: String,
    http: reqwest::Client,
}

impl Upstream {
    pub async fn new() -> Self {
        Self::through(|router| router).await
    }

    /// With something in its way.
    pub async fn through(layer: impl FnOnce(Router) -> Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/sandbox", listener.local_addr().unwrap());
        let router = layer(Sandbox::new(None).router());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, http: reqwest::Client::new() }
    }

    async fn get(&self, path: &str) -> Vec<Value> {
        self.http.get(format!("{}/{path}", self.url)).send().await.unwrap().json().await.unwrap()
    }

    pub async fn faults(&self, faults: Value) {
        assert!(
            self.http.put(format!("{}/faults", self.url)).json(&faults).send().await.unwrap().status().is_success()
        );
    }

    /// All leads.
    pub async fn leads(&self) -> Vec<Value> {
        self.get("leads").await
    }

    /// The leads of a cart.
    pub async fn leads_of(&self, cart: &Cart) -> Vec<Value> {
        self.get("leads").await.into_iter().filter(|lead| lead["lead"]["CartId"] == cart.id.as_str()).collect()
    }

    /// The calls that were carried out, or begun, for a cart.
    pub async fn log(&self) -> Vec<Value> {
        self.get("log").await.into_iter().filter(|call| call["method"] != "login").collect()
    }

    /// Waits until a cart's one lead is as expected. There is never more than one.
    pub async fn until(&self, cart: &Cart, expected: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let mut leads = self.leads_of(cart).await;
            assert!(leads.len() <= 1, "{leads:#?}");
            if let Some(lead) = leads.pop().filter(|lead| expected(lead)) {
                return lead;
            }
            assert!(Instant::now() < deadline, "it did not happen; 2Checkout saw {:#?}", self.log().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Whether a lead's billing details have this city.
pub fn is_in(city: &str) -> impl Fn(&Value) -> bool + '_ {
    move |lead| lead["lead"]["BillingDetails"]["City"] == city
}
