//! `leadkeep-proxy leads`, beside a proxy that runs: what persons and operators ask for.

use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::running::{Running, Upstream, program, serve};
use super::stand::{Cart, changes, edit_carts, enough};

const ADA: &str = "Ada.Turing+shop@Example.com";

struct Desk {
    upstream: Upstream,
    proxy: Running,
    store: String,
    _folder: TempDir,
}

impl Desk {
    async fn new(store: Option<String>) -> Self {
        let folder = TempDir::new().unwrap();
        let upstream = Upstream::new().await;
        let store = store.unwrap_or_else(|| folder.path().join("leads.sqlite").display().to_string());
        let (url, named) = (upstream.url.clone(), store.clone());
        let proxy = tokio::task::spawn_blocking(move || serve(&url, &named, &[])).await.unwrap();
        Self { upstream, proxy, store, _folder: folder }
    }

    async fn both() -> [Self; 2] {
        [Self::new(None).await, Self::new(Some(super::CLUSTER.database().await)).await]
    }

    async fn run_with(&self, arguments: &[&str], credentials: &[(&str, &str)]) -> Output {
        let mut command = program();
        command.args(["leads"]).args(arguments).args(["--store", &self.store, "--api-url", &self.upstream.url]);
        command.envs(credentials.iter().copied());
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let credentials = [("LEADKEEP_MERCHANT_CODE", "SANDBOX"), ("LEADKEEP_SECRET_KEY", "sandbox-secret")];
        self.run_with(arguments, &credentials).await
    }

    async fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// A lead of somebody with this address; its cart and its code.
    async fn lead(&self, email: &str) -> (Cart, String) {
        let cart = Cart::new();
        let (_, saved) = self.proxy.save(&cart, enough(email)).await;
        (cart, saved["lead_code"].as_str().unwrap().to_owned())
    }

    async fn is_emptied(&self, cart: &Cart) {
        let mut lead = self.upstream.until(cart, |lead| lead["lead"]["BillingDetails"]["Email"] == "").await;
        // An id of hexadecimal digits may hold a name.
        lead["lead"]["CartId"].take();
        lead["LeadCode"].take();
        let text = lead.to_string().to_lowercase();
        assert!(!text.contains("ada") && !text.contains("turing"), "{lead}");
        let lead = self.upstream.until(cart, |lead| lead["StopFollowups"] == true).await;
        assert_eq!(lead["Used"], false);
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|cart| cart["cart"].as_str().unwrap()).collect()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn carts_are_listed_by_what_an_operator_knows_of_them_and_without_what_was_typed() {
    for desk in Desk::both().await {
        let (ada, code) = desk.lead(ADA).await;
        let bob = Cart::new();
        let mut values = enough("bob@example.com");
        values["ExternalReference"] = json!("ORDER-7");
        desk.proxy.save(&bob, values).await;
        let collecting = Cart::new();
        desk.proxy.save(&collecting, json!({"Currency": "EUR"})).await;
        let all = desk.json(&["list", "--json"]).await;
        assert_eq!(ids(&all).len(), 3);
        let listed = all.as_array().unwrap().iter().find(|cart| cart["cart"] == ada.id.as_str()).unwrap();
        assert_eq!((&listed["lead_code"], &listed["state"]), (&json!(code), &json!("open")));
        assert!(!all.to_string().to_lowercase().contains("turing"));
        let cases: [(&[&str], &[&str]); 9] = [
            (&["--email", "ada.turing@example.com"], &[&ada.id]),
            (&["--external-reference", "ORDER-7"], &[&bob.id]),
            (&["--state", "collecting"], &[&collecting.id]),
            (&["--lead-code", &code], &[&ada.id]),
            (&[&code], &[&ada.id]),
            (&[&bob.id], &[&bob.id]),
            (&["--since", "1h", "--state", "open,withdrawn", "--email", ADA], &[&ada.id]),
            (&["--since", "2999-01-01"], &[]),
            (&["--refused"], &[]),
        ];
        for (filter, expected) in cases {
            let found = desk.json(&[&["list", "--json"], filter].concat()).await;
            assert_eq!(ids(&found), expected, "{filter:?}");
        }
        let table = desk.run(&["list"]).await;
        let text = String::from_utf8(table.stdout.clone()).unwrap();
        assert!(text.starts_with("CART ") && text.lines().count() == 4 && text.contains(&code), "{text}");
        let shown = told(&desk.run(&["show", &ada.id]).await);
        assert!(shown.contains(&format!("BillingDetails.Email: {ADA}")) && !shown.contains(&ada.key), "{shown}");
        let shown = desk.json(&["show", "--lead-code", &code, "--json"]).await;
        assert_eq!(shown["fields"]["BillingDetails.Email"]["value"], ADA);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_shopper_agreed_to_is_kept_with_the_cart_and_outlives_what_was_typed() {
    for desk in Desk::both().await {
        let cart = Cart::new();
        let consent = json!({"mode": "ask", "at": 1_700_000_000_000_u64, "text": "Yes, remind me.", "language": "en"});
        let other = json!({"mode": "granted", "at": 1_700_000_009_000_u64});
        for (consent, values) in [(&consent, enough(ADA)), (&other, json!({"BillingDetails.City": "Turin"}))] {
            let body = json!({"cart": cart.id, "key": cart.key, "consent": consent, "changes": changes(values)});
            let url = format!("{}/api/lead", desk.proxy.url);
            assert!(reqwest::Client::new().post(url).json(&body).send().await.unwrap().status().is_success());
        }
        let expected =
            json!({"mode": "ask", "at": "2023-11-14T22:13:20Z", "text": "Yes, remind me.", "language": "en"});
        assert_eq!(desk.json(&["show", &cart.id, "--json"]).await["consent"], expected);
        desk.json(&["erase", "--email", ADA, "--yes", "--json"]).await;
        desk.is_emptied(&cart).await;
        // Found by the keyed hash alone: the address is erased.
        let export = desk.json(&["export", "--email", "ada.turing@example.com"]).await;
        assert_eq!(export["carts"][0]["consent"], expected);
        assert!(export["carts"][0]["fields"].get("BillingDetails.Email").is_none());
        desk.json(&["erase", "--email", ADA, "--with-consent", "--yes", "--json"]).await;
        assert_eq!(desk.json(&["list", "--email", ADA, "--json"]).await, json!([]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_by_an_operator_ends_every_lead_of_the_person_here_and_at_2checkout() {
    for desk in Desk::both().await {
        let (first, _) = desk.lead(ADA).await;
        let (second, _) = desk.lead("ada.turing@example.com").await;
        let (other, _) = desk.lead("eve@example.com").await;
        // One that this store knows nothing of any more, and one that was bought.
        let (lost, _) = desk.lead(ADA).await;
        let (bought, _) = desk.lead(ADA).await;
        desk.proxy.close("complete", &bought).await;
        desk.upstream.until(&bought, |lead| lead["Used"] == true).await;
        forget(&desk.store, &lost.id).await;
        let output = desk.run(&["withdraw", "--email", ADA, "--yes"]).await;
        assert!(output.status.success(), "{}", told(&output));
        assert!(!told(&output).to_lowercase().contains("turing"), "{}", told(&output));
        assert!(told(&output).contains("act=\"withdraw\""), "every act is a log line: {}", told(&output));
        for cart in [&first, &second, &lost] {
            desk.is_emptied(cart).await;
        }
        let lead = desk.upstream.until(&bought, |lead| lead["lead"]["BillingDetails"]["Email"] == "").await;
        assert_eq!((&lead["Used"], &lead["StopFollowups"]), (&json!(true), &json!(true)));
        let states = desk.json(&["list", "--json", "--state", "withdrawn"]).await;
        assert_eq!(ids(&states).len(), 2);
        let open = desk.json(&["list", "--json", "--state", "open"]).await;
        assert_eq!(ids(&open), [&other.id]);
        let (status, refused) = desk.proxy.save(&first, json!({"BillingDetails.City": "Turin"})).await;
        assert_eq!((status.as_u16(), &refused["code"]), (409, &json!("lead/closed")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_is_completed_or_withdrawn_by_its_code_also_where_the_store_does_not_know_it() {
    let desk = Desk::new(None).await;
    for (how, is_used) in [("complete", true), ("withdraw", false)] {
        let (known, known_code) = desk.lead(ADA).await;
        let (lost, lost_code) = desk.lead(ADA).await;
        forget(&desk.store, &lost.id).await;
        for code in [&known_code, &lost_code] {
            let done = desk.json(&[how, "--lead-code", code, "--yes", "--json"]).await;
            assert_eq!(done["leads_at_2checkout"], json!([{"lead_code": code, "done": true}]), "{how}");
        }
        for cart in [&known, &lost] {
            let lead = desk.upstream.until(cart, |lead| lead["StopFollowups"] == true).await;
            assert_eq!(lead["Used"], is_used, "{how}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_holds_all_that_is_kept_of_a_person_and_nothing_of_others() {
    let desk = Desk::new(None).await;
    let (ada, code) = desk.lead(ADA).await;
    desk.lead("eve@example.com").await;
    let export = desk.json(&["export", "--email", "ada.turing@example.com"]).await;
    assert_eq!(ids(&export["carts"]), [&ada.id]);
    assert_eq!(export["carts"][0]["fields"]["BillingDetails.FirstName"]["value"], "Ada");
    assert_eq!(export["leads_at_2checkout"][0]["LeadCode"], code);
    assert!(!export.to_string().contains("eve@") && !export.to_string().contains(&ada.key));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_leaves_nothing_that_was_typed() {
    let mut desk = Desk::new(None).await;
    let (ada, _) = desk.lead(ADA).await;
    let done = desk.json(&["erase", "--email", ADA, "--yes", "--json"]).await;
    assert_eq!(done["carts"][0]["state"], "withdrawn");
    desk.is_emptied(&ada).await;
    desk.proxy.signal("TERM");
    desk.proxy.child.wait().unwrap();
    for file in std::fs::read_dir(desk._folder.path()).unwrap() {
        let file = file.unwrap().path();
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).to_lowercase();
        assert!(!text.contains("turing"), "{}", file.display());
    }
    assert_eq!(desk.json(&["list", "--json", "--email", ADA]).await, json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_2checkout_refused_is_tried_again_at_once() {
    let desk = Desk::new(None).await;
    let cart = Cart::new();
    // Twice: the second try has names, address and items alone.
    desk.upstream.faults(json!([{"on": "addLead", "fault": "errors", "times": 50}])).await;
    desk.proxy.save(&cart, enough(ADA)).await;
    let refused = desk.json(&["list", "--json", "--refused"]).await;
    assert_eq!(ids(&refused), [&cart.id]);
    desk.upstream.faults(json!([])).await;
    edit_carts(&desk.store, |cart| (cart.next_attempt_at, cart.attempts) = (None, 20)).await;
    assert_eq!(desk.json(&["retry", "--json"]).await["carts"][0]["changed"], true);
    desk.upstream.until(&cart, |_| true).await;
}

/// As after a backup was restored that is older than the cart.
async fn forget(store: &str, cart: &str) {
    let sql = format!("DELETE FROM carts WHERE cart = '{cart}'");
    if store.starts_with("postgres") {
        let mut connection = <sqlx::PgConnection as sqlx::Connection>::connect(store).await.unwrap();
        sqlx::query(&sql).execute(&mut connection).await.unwrap();
    } else {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(store);
        let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
        sqlx::query(&sql).execute(&mut connection).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_undone_is_asked_for_and_what_cannot_be_done_is_told() {
    let desk = Desk::new(None).await;
    let (ada, _) = desk.lead(ADA).await;
    let refused = async |arguments: &[&str], code: i32, expected: &str| {
        let output = desk.run(arguments).await;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(text.contains(expected) && !text.to_lowercase().contains("turing"), "{arguments:?}: {text}");
    };
    refused(&["withdraw", "--email", ADA], 2, "expected --yes").await;
    refused(&["erase", "--yes"], 2, "expected --email, --cart, --lead-code").await;
    refused(&["list", "--state", "sold"], 2, "expected open, collecting").await;
    refused(&["show", &Cart::new().id], 1, "no cart was found").await;
    assert_eq!(desk.json(&["show", &ada.id, "--json"]).await["state"], "open", "nothing was done");
    // 2Checkout is away: the store is changed, and the exit code says that the rest is missing.
    desk.upstream.faults(json!([{"on": "searchLeads", "fault": "unavailable_503", "times": 9}])).await;
    refused(&["withdraw", "--email", ADA, "--yes"], 1, "2Checkout is not available").await;
    desk.upstream.faults(json!([])).await;
    desk.is_emptied(&ada).await;
    let without = desk.run_with(&["withdraw", "--email", ADA, "--yes"], &[]).await;
    assert!(without.status.success() && told(&without).contains("2Checkout is not asked"), "{}", told(&without));
    let nowhere = program().args(["leads", "list", "--store", "/nowhere/leads.sqlite"]).output().unwrap();
    assert!(
        told(&nowhere).contains("/nowhere/leads.sqlite cannot be used: there is no such file"),
        "{}",
        told(&nowhere)
    );
}
