//! Every call over both protocols: the client, real HTTP, the sandbox.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use serde_json::{Value, json};
use support::{BOTH, Stand, maximal, minimal};
use twocheckout::sandbox::{MERCHANT_CODE, SECRET_KEY};
use twocheckout::{Algorithm, Error, Mark, Protocol, Search};

#[tokio::test]
async fn a_lead_is_added_updated_read_marked_and_found_over_both_protocols() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.client(protocol);

        let added = client.add_lead(&minimal()).await.unwrap();
        assert_eq!(added.lead_code.len(), 10);
        assert!(added.created_at.is_some() && added.updated_at.is_none());

        let updated = client.update_lead(&added.lead_code, &maximal()).await.unwrap();
        assert_eq!((&updated.lead_code, &updated.created_at), (&added.lead_code, &added.created_at));
        assert!(updated.updated_at.is_some());

        let mut expected = maximal();
        // These do not come back.
        (expected.source, expected.customer_reference) = (None, None);
        if protocol == Protocol::Rest {
            expected.items[0].price_options[0].required = None;
        }
        let read = client.get_lead(&added.lead_code).await.unwrap();
        assert_eq!((&read.lead_code, read.generated_from.as_deref()), (&added.lead_code, Some("API")));
        assert_eq!(json!(read.lead), json!(expected), "{protocol}");

        let mark = Mark { lead_code: added.lead_code.clone(), used: true, stop_followups: true };
        client.mark_leads(&[mark]).await.unwrap();
        let kept = &stand.leads().await[0];
        assert_eq!((&kept["Used"], &kept["StopFollowups"]), (&json!(true), &json!(true)));

        let search = Search { email: Some("Ada@example.com".into()), kind: Some("Used".into()), ..Search::default() };
        let found = client.search_leads(&search).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((&found[0].lead_code, json!(found[0].lead)), (&added.lead_code, json!(expected)));

        let mut calls = vec!["addLead", "updateLead", "getLead", "markLeads", "searchLeads"];
        if protocol == Protocol::JsonRpc {
            calls.insert(0, "login");
        }
        assert_eq!(stand.calls().await, calls, "{protocol}");
        assert!(stand.log().await.iter().all(|call| call["outcome"]["done"] == true));
    }
}

#[tokio::test]
async fn the_log_shows_params_without_the_session_and_secrets_as_stars() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.client(protocol);
        let code = client.add_lead(&minimal()).await.unwrap().lead_code;
        client.update_lead(&code, &minimal()).await.unwrap();
        client.mark_leads(&[Mark { lead_code: code.clone(), used: false, stop_followups: true }]).await.unwrap();

        for (method, length) in [("addLead", 1), ("updateLead", 2), ("markLeads", 1)] {
            let call = &stand.calls_of(method).await[0];
            let keys: Vec<&String> = call.as_object().unwrap().keys().collect();
            assert_eq!(keys, ["at", "method", "outcome", "params", "protocol"]);
            assert_eq!(call["protocol"], protocol.to_string());
            assert_eq!(call["params"].as_array().unwrap().len(), length);
            assert_eq!(call["outcome"], json!({"done": true, "lead_code": code}));
        }
        let update = &stand.calls_of("updateLead").await[0];
        assert_eq!(update["params"][1], json!(code));
        let marks = &stand.calls_of("markLeads").await[0]["params"];
        assert_eq!(*marks, json!([[{"LeadCode": code, "Used": false, "StopFollowups": true}]]));
        for login in stand.calls_of("login").await {
            let params = &login["params"];
            assert_eq!((&params[0], &params[2], &params[3]), (&json!("SANDBOX"), &json!("***"), &json!("sha256")));
        }
    }
}

#[tokio::test]
async fn amounts_arrive_with_the_digits_they_had() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        stand.client(protocol).add_lead(&maximal()).await.unwrap();
        let item = &stand.calls_of("addLead").await[0]["params"][0]["Items"][0];
        assert_eq!(item["Price"]["Amount"].to_string(), "19.99");
        assert_eq!(item["RecurringOptions"]["CycleAmount"].to_string(), "12.2");
    }
}

#[tokio::test]
async fn an_update_replaces_everything() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.client(protocol);
        let code = client.add_lead(&maximal()).await.unwrap().lead_code;
        client.update_lead(&code, &minimal()).await.unwrap();
        let lead = client.get_lead(&code).await.unwrap().lead;
        assert_eq!((lead.cart_id, lead.billing_details.city, lead.items.len()), (None, None, 1));
        // A copy of billing, where the lead has no delivery details.
        assert_eq!(lead.delivery_details.email.as_deref(), Some("ada@example.com"));
    }
}

#[tokio::test]
async fn both_algorithms_are_accepted() {
    for protocol in BOTH {
        for algorithm in [Algorithm::Sha256, Algorithm::Sha3_256] {
            let stand = Stand::new().await;
            let client = stand.builder(SECRET_KEY).protocol(protocol).algorithm(algorithm).build().unwrap();
            client.check().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_lead_code_that_is_not_known_is_said_so() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.client(protocol);
        let mark = |code: &str| Mark { lead_code: code.into(), used: true, stop_followups: true };
        for code in ["0123456789", "../login", ""] {
            assert_eq!(client.update_lead(code, &minimal()).await.unwrap_err(), Error::UnknownLead, "{code}");
            assert_eq!(client.get_lead(code).await.unwrap_err(), Error::UnknownLead, "{code}");
            assert_eq!(client.mark_leads(&[mark(code)]).await.unwrap_err(), Error::UnknownLead, "{code}");
        }
        let known = client.add_lead(&minimal()).await.unwrap().lead_code;
        let marks = [mark(&known), mark("0123456789")];
        assert_eq!(client.mark_leads(&marks).await.unwrap_err(), Error::UnknownLead);
        assert_eq!(stand.leads().await[0]["Used"], true);
        assert_eq!(stand.calls_of("markLeads").await.last().unwrap()["outcome"], json!({"done": false}));
    }
}

#[tokio::test]
async fn a_lead_that_is_not_complete_is_not_sent() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let error = stand.client(protocol).add_lead(&twocheckout::Lead::default()).await.unwrap_err();
        assert!(matches!(error, Error::Rejected { ref code, .. } if code == "leadkeep/incomplete"), "{error:?}");
        assert_eq!(stand.calls().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_emptied_lead_is_accepted() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.client(protocol);
        let code = client.add_lead(&maximal()).await.unwrap().lead_code;
        client.update_lead(&code, &maximal().emptied()).await.unwrap();
        let kept = stand.leads().await.remove(0).to_string();
        assert!(!kept.contains("Ada") && !kept.contains("Lovelace"), "{kept}");
    }
}

#[tokio::test]
async fn the_newest_lead_stands_first_and_pages_follow() {
    let stand = Stand::new().await;
    let client = stand.client(Protocol::JsonRpc);
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.insert(0, client.add_lead(&minimal()).await.unwrap().lead_code);
    }
    let shown: Vec<Value> = stand.leads().await.into_iter().map(|lead| lead["LeadCode"].clone()).collect();
    assert_eq!(json!(shown), json!(codes));
    let search = Search { page: Some(2), limit: Some(2), ..Search::default() };
    let found = client.search_leads(&search).await.unwrap();
    assert_eq!(found.iter().map(|lead| &lead.lead_code).collect::<Vec<_>>(), [&codes[2]]);
}

#[tokio::test]
async fn nothing_is_shown_of_secrets_and_shoppers() {
    let stand = Stand::new().await;
    let client = stand.client(Protocol::JsonRpc);
    let code = client.add_lead(&maximal()).await.unwrap().lead_code;
    let search = Search { email: Some("ada@example.com".into()), ..Search::default() };
    let stored = client.get_lead(&code).await.unwrap();
    let shown = format!("{client:?} {search:?} {stored:?}");
    assert!(shown.contains(MERCHANT_CODE), "{shown}");
    for secret in [SECRET_KEY, "ada@", "Ada", "Lovelace", "London"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn a_product_is_known_by_its_code_or_not_over_both_protocols() {
    for protocol in BOTH {
        let stand = Stand::new().await;
        let client = stand.client(protocol);
        let settings = json!({"products": ["BOOK-1", "a/b c?d"]});
        let set = stand.http().put(stand.url("/sandbox/settings")).json(&settings).send().await.unwrap();
        assert_eq!(set.status(), 200);
        for code in ["BOOK-1", "a/b c?d"] {
            let product = client.get_product(code).await.unwrap();
            assert_eq!((product.code.as_str(), product.enabled), (code, Some(true)), "{protocol}");
        }
        for code in ["BOOK-2", "", ".", ".."] {
            assert_eq!(client.get_product(code).await, Err(Error::UnknownProduct), "{protocol} {code:?}");
        }
        stand.fault("getProductByCode", "unavailable_503").await;
        assert!(client.get_product("BOOK-1").await.unwrap_err().is_transient(), "{protocol}");
    }
}
