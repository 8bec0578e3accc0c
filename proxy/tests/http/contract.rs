//! `/api/openapi.json` is true: real answers are held against it.

use leadkeep_proxy::config::Config;
use leadkeep_proxy::delivery::Timing;
use reqwest::Method;
use serde_json::{Value, json};

use super::stand::{Cart, Stand, changes, enough, quick};

struct Contract(Value);

impl Contract {
    async fn of(stand: &Stand) -> Self {
        Self(stand.http.get(stand.url("/api/openapi.json")).send().await.unwrap().json().await.unwrap())
    }

    /// OpenAPI 3.1 schemas are JSON Schema 2020-12, so the document itself can be the schema's root.
    fn check(&self, schema: &Value, value: &Value, what: &str) {
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": self.0["components"],
        });
        let errors: Vec<String> =
            jsonschema::validator_for(&root).unwrap().iter_errors(value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{what}: {errors:?} in {value}");
    }

    fn operation(&self, path: &str, method: &str) -> &Value {
        let operation = &self.0["paths"][path][method];
        assert!(operation.is_object(), "{method} {path} is not in the document");
        operation
    }

    async fn post(&self, stand: &Stand, path: &str, body: &Value, expected: u16) {
        let operation = self.operation(path, "post");
        let answer = stand.http.post(stand.url(path)).json(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{path}");
        let value: Value = answer.json().await.unwrap();
        let schema = &operation["responses"][expected.to_string()]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{expected} of {path} is not in the document");
        self.check(schema, &value, path);
        if expected < 400 {
            self.check(&operation["requestBody"]["content"]["application/json"]["schema"], body, path);
        }
    }
}

#[tokio::test]
async fn real_requests_and_answers_match_the_document() {
    let (stand, cart) = (Stand::new().await, Cart::new());
    let contract = Contract::of(&stand).await;
    assert_eq!(contract.0["openapi"], "3.1.0");
    let save = |values: Value| json!({"cart": cart.id, "key": cart.key, "lead_code": null, "changes": changes(values)});
    let close = json!({"cart": cart.id, "key": cart.key, "order_reference": "A-1"});
    let thief = json!({"cart": cart.id, "key": Cart::new().key, "changes": {}});
    contract.post(&stand, "/api/lead", &save(json!({"BillingDetails.City": "Turin"})), 202).await;
    contract.post(&stand, "/api/lead", &save(enough("ada@example.com")), 200).await;
    contract.post(&stand, "/api/lead", &save(json!({"Nonsense": "x", "BillingDetails.City": null})), 200).await;
    contract.post(&stand, "/api/lead", &json!({}), 400).await;
    contract.post(&stand, "/api/lead", &thief, 403).await;
    contract.post(&stand, "/api/lead/complete", &close, 200).await;
    contract.post(&stand, "/api/lead/withdraw", &close, 200).await;
    contract.post(&stand, "/api/lead", &save(enough("ada@example.com")), 409).await;
    stand.sql("ALTER TABLE carts RENAME TO gone").await;
    contract.post(&stand, "/api/lead/complete", &close, 503).await;
}

#[tokio::test]
async fn every_documented_path_is_served_and_every_refusal_is_documented() {
    let stand = Stand::new().await;
    let contract = Contract::of(&stand).await;
    let paths = contract.0["paths"].as_object().unwrap();
    let mut names: Vec<&str> = paths.keys().map(String::as_str).collect();
    names.sort_unstable();
    let posts = ["/api/lead", "/api/lead/complete", "/api/lead/withdraw"];
    assert_eq!(names, ["/api/ipn", posts[0], posts[1], posts[2], "/api/orders", "/healthz", "/livez", "/metrics"]);
    for (name, statuses, allow) in [
        ("/api/ipn", ["200", "400", "404", "405", "413", "503"].as_slice(), "GET, HEAD, POST"),
        ("/api/orders", ["200", "400", "401", "404", "405", "413", "503"].as_slice(), "POST"),
    ] {
        let documented = contract.operation(name, "post")["responses"].as_object().unwrap();
        assert!(statuses.iter().all(|status| documented.contains_key(*status)), "{name}");
        let answer = stand.http.request(Method::DELETE, stand.url(name)).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().unwrap()), (405, allow));
    }
    for name in posts {
        let documented: Vec<&String> =
            contract.operation(name, "post")["responses"].as_object().unwrap().keys().collect();
        for status in ["200", "400", "403", "405", "408", "413", "415", "429", "500", "503"] {
            assert!(documented.iter().any(|known| *known == status), "{status} of {name}");
        }
        let answer = stand.http.request(Method::DELETE, stand.url(name)).send().await.unwrap();
        assert_eq!(answer.status(), 405);
        assert_eq!(answer.headers()["allow"], "POST, OPTIONS");
    }
}

#[tokio::test]
async fn health_and_metrics_tell_operators_what_waits() {
    let timing = Timing { backoff_ms: 1_000_000_000, backoff_max_ms: 1_000_000_000, ..quick().timing };
    let (stand, cart) = (Stand::with(Config { timing, ..quick() }).await, Cart::new());
    let contract = Contract::of(&stand).await;
    stand.faults(json!([{"on": "addLead", "fault": "errors", "times": 1}])).await;
    stand.save(&cart, enough("ada@example.com")).await;
    let health: Value = stand.http.get(stand.url("/healthz")).send().await.unwrap().json().await.unwrap();
    let schema = &contract.operation("/healthz", "get")["responses"]["200"]["content"]["application/json"]["schema"];
    contract.check(schema, &health, "/healthz");
    assert_eq!(health, json!({"status": "ok", "waiting": 1, "parked": 1, "delivering": true}));
    let metrics = stand.http.get(stand.url("/metrics")).send().await.unwrap();
    assert!(metrics.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
    let text = metrics.text().await.unwrap();
    for line in [
        r#"leadkeep_requests_total{route="/api/lead",code="ok"} 1"#,
        r#"leadkeep_deliveries_total{call="add",outcome="rejected"} 1"#,
        "leadkeep_carts_parked 1",
        "leadkeep_delivery_seconds_count 1",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
}
