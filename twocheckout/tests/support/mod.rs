//! A sandbox on a port of its own, and what a test does with it.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

use std::time::Duration;

use axum::Router;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use twocheckout::sandbox::{MERCHANT_CODE, SECRET_KEY, Sandbox};
use twocheckout::{Client, ClientBuilder, Credentials, Protocol};

pub const BOTH: [Protocol; 2] = [Protocol::JsonRpc, Protocol::Rest];

/// A server on 127.0.0.1, on a port that was free.
pub async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    origin
}

pub struct Stand {
    pub origin: String,
    http: reqwest::Client,
}

impl Stand {
    pub async fn new() -> Self {
        Self::of(&Sandbox::new(None)).await
    }

    pub async fn of(sandbox: &Sandbox) -> Self {
        Self { origin: serve(sandbox.router()).await, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    pub fn builder(&self, secret: &str) -> ClientBuilder {
        Client::builder(Credentials::new(MERCHANT_CODE, secret)).base_url(format!("{}/sandbox", self.origin))
    }

    pub fn client(&self, protocol: Protocol) -> Client {
        self.builder(SECRET_KEY).protocol(protocol).timeout(Duration::from_secs(2)).build().unwrap()
    }

    pub async fn log(&self) -> Vec<Value> {
        serde_json::from_value(self.get("/sandbox/log").await).unwrap()
    }

    /// The names of the calls that arrived.
    pub async fn calls(&self) -> Vec<String> {
        self.log().await.iter().map(|call| call["method"].as_str().unwrap().to_owned()).collect()
    }

    /// The calls of one method.
    pub async fn calls_of(&self, method: &str) -> Vec<Value> {
        self.log().await.into_iter().filter(|call| call["method"] == method).collect()
    }

    pub async fn leads(&self) -> Vec<Value> {
        serde_json::from_value(self.get("/sandbox/leads").await).unwrap()
    }

    pub async fn faults(&self, list: Value) {
        let answer = self.http.put(self.url("/sandbox/faults")).json(&list).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    pub async fn fault(&self, on: &str, fault: &str) {
        self.faults(json!([{"on": on, "fault": fault, "times": 1}])).await;
    }

    pub async fn get(&self, path: &str) -> Value {
        self.http.get(self.url(path)).send().await.unwrap().json().await.unwrap()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }
}

/// A lead with the least a lead needs.
pub fn minimal() -> twocheckout::Lead {
    read(&json!({
        "Currency": "EUR",
        "Items": [{"Code": "04C26C50F8", "Quantity": 1}],
        "BillingDetails": {"Email": "ada@example.com"},
    }))
}

/// A lead with every field set; it fits each protocol.
pub fn maximal() -> twocheckout::Lead {
    let address = |name: &str| {
        json!({
            "FirstName": name, "LastName": "Lovelace", "Phone": "+44 20 7946 0000", "Company": "Engines Ltd",
            "FiscalCode": "GB123456789", "Email": "ada@example.com", "Address1": "1 St James's Square",
            "Address2": "Flat 2", "City": "London", "Zip": "SW1Y 4JU", "CountryCode": "GB", "State": "London",
        })
    };
    let text = json!({
        "CartId": "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", "Currency": "EUR", "Language": "EN",
        "ExternalReference": "REST_API_2CHECKOUT", "Source": "shop.example", "CustomerReference": "c-17",
        "MachineId": "132", "LocalTime": "2025-01-31 14:05:09",
        "Items": [
            {
                "Code": "04C26C50F8", "Quantity": 2, "SKU": "S-1", "Name": "Engine", "Description": "Analytical",
                "IsDynamic": false, "Tangible": true, "PurchaseType": "PRODUCT",
                "PriceOptions": [{"Name": "group name 1", "Required": false,
                    "Options": [{"Name": "add25", "Value": "add25", "Surcharge": 10.36}]}],
                "RecurringOptions": {"CycleLength": 6, "CycleUnit": "MONTH", "CycleAmount": 12.2, "ContractLength": 2,
                    "ContractUnit": "YEAR"},
                "MarketingCampaigns": {"Type": 23, "ParentCode": "m", "CampaignCode": 23},
                "Price": {"Amount": 19.99, "Type": "CUSTOM"},
                "AdditionalFields": [{"Code": "TestFieldOne", "Text": "test text", "Value": "test value"}],
                "SubscriptionStartDate": "2025-02-01 00:00:00", "Trial": {"Period": 7, "Price": 0.5},
            },
            {"Quantity": 1, "Name": "Manual", "IsDynamic": true, "Price": {"Amount": 20, "Type": "CUSTOM"}},
        ],
        "BillingDetails": address("Ada"), "DeliveryDetails": address("Annabella"),
        "DeliveryInformation": {"ShippingMethod": {"Code": "sdfsd"}},
        "PaymentDetails": {"Type": "CC", "Currency": "EUR", "RecurringEnabled": true, "CustomerIP": "1.2.3.4"},
        "Promotions": ["FJ34JK9", "OIU546KH0"],
    });
    read(&text)
}

fn read(lead: &Value) -> twocheckout::Lead {
    serde_json::from_str(&lead.to_string()).unwrap()
}
