//! What a merchant tries before going live: a shop of one's own with the sandbox, a product's code, a test lead.

use std::process::Output;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::running::{self, Upstream, program};
use super::stand::{Cart, changes, enough};

async fn check(upstream: &Upstream, arguments: &[&str]) -> Output {
    let mut command = program();
    command.args(["check", "--api-url", &upstream.url]).args(arguments);
    command.envs([("LEADKEEP_MERCHANT_CODE", "SANDBOX"), ("LEADKEEP_SECRET_KEY", "sandbox-secret")]);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn told(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), text(&output.stderr))
}

async fn methods(upstream: &Upstream) -> Vec<String> {
    upstream.log().await.iter().map(|call| call["method"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_says_which_products_2checkout_knows() {
    let upstream = Upstream::new().await;
    for protocol in ["json-rpc", "rest"] {
        let known = check(&upstream, &["--protocol", protocol, "--product", "BRV-GROTESK,BRV-SPECIMEN"]).await;
        let (out, err) = told(&known);
        assert_eq!(known.status.code(), Some(0), "{out}{err}");
        assert!(
            out.ends_with(
                "ok: 2Checkout knows the product BRV-GROTESK\nok: 2Checkout knows the product BRV-SPECIMEN\n"
            ),
            "{out}"
        );

        let unknown =
            check(&upstream, &["--protocol", protocol, "--product", "NOPE", "--product", "BRV-GROTESK", "--lead"])
                .await;
        let (out, err) = told(&unknown);
        assert_eq!(unknown.status.code(), Some(1), "{out}{err}");
        assert!(out.contains("wrong: 2Checkout does not know a product with the code NOPE"), "{out}");
        assert!(out.contains("ok: 2Checkout knows the product BRV-GROTESK"), "{out}");
        assert!(err.starts_with("leadkeep-proxy: unknown products: NOPE. ") && err.lines().count() == 1, "{err}");
    }
    assert!(!methods(&upstream).await.contains(&"addLead".to_owned()), "no lead of an unknown product");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_takes_one_lead_through_everything_and_leaves_nothing_in_it() {
    for protocol in ["json-rpc", "rest"] {
        let upstream = Upstream::new().await;
        let output = check(&upstream, &["--protocol", protocol, "--lead", "--email", "me@shop.example"]).await;
        let (out, err) = told(&output);
        assert_eq!(output.status.code(), Some(0), "{out}{err}");
        for step in
            ["addLead made the lead ", "getLead returned it", "markLeads stopped", "updateLead emptied", "without name"]
        {
            assert!(out.contains(step), "{step} in {out}");
        }
        assert!(out.lines().all(|line| line.starts_with("ok: ")), "{out}");
        let mut calls = methods(&upstream).await;
        calls.retain(|call| call != "searchLeads");
        assert_eq!(calls, ["addLead", "getLead", "markLeads", "updateLead", "markLeads", "getLead"], "{protocol}");
        let [lead] = upstream.leads().await.try_into().unwrap();
        let text = lead.to_string();
        assert!(!text.contains("me@shop.example") && !text.contains("Leadkeep"), "{text}");
        assert_eq!((&lead["StopFollowups"], &lead["Used"]), (&json!(true), &json!(false)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_is_named_and_no_mail_follows() {
    for (on, fault, expected, leads) in [
        ("addLead", "errors", "addLead: 2Checkout rejected the request (SANDBOX_FAULT)", 0),
        ("addLead", "lost_answer", "the lead may have been made", 1),
        ("getLead", "html", "getLead: the answer is not one of 2Checkout's API", 1),
        ("updateLead", "error_500", "updateLead: 2Checkout is not available", 1),
    ] {
        let upstream = Upstream::new().await;
        upstream.faults(json!([{"on": on, "fault": fault, "times": 1}])).await;
        let output = check(&upstream, &["--lead"]).await;
        let (out, err) = told(&output);
        assert_eq!(output.status.code(), Some(1), "{on} {fault}: {out}{err}");
        assert!(err.starts_with("leadkeep-proxy: ") && err.contains(expected) && err.lines().count() == 1, "{err}");
        let held = upstream.leads().await;
        assert_eq!(held.len(), leads, "{on} {fault}");
        if on != "addLead" {
            assert!(err.contains("its mails are stopped"), "{err}");
            assert_eq!(held[0]["StopFollowups"], true, "{on} {fault}");
        }
    }
}

#[test]
fn an_address_that_is_none_is_refused_before_anything_is_sent() {
    let output = program().args(["check", "--lead", "--email", "me"]).output().unwrap();
    let (_, err) = told(&output);
    assert_eq!((output.status.code(), err.lines().count()), (Some(2), 1), "{err}");
    assert!(err.starts_with("leadkeep-proxy: --email: expected an e-mail address"), "{err}");
}

#[test]
fn a_folder_that_is_no_shop_is_refused_in_one_line() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("page.html");
    std::fs::write(&file, "<!doctype html>").unwrap();
    for (www, expected) in [
        (folder.path().join("nowhere"), "expected a folder with the shop's files (No such file"),
        (file, "expected a folder with the shop's files, not a file"),
        (folder.path().to_owned(), "expected a folder with an index.html"),
        (folder.path().join("../../../../../../../nowhere"), "expected a folder with the shop's files (No such file"),
    ] {
        let output = program().args(["demo", "--port", "0", "--www"]).arg(&www).output().unwrap();
        let (out, err) = told(&output);
        assert_eq!((output.status.code(), err.lines().count()), (Some(2), 1), "{out}{err}");
        assert!(err.starts_with(&format!("leadkeep-proxy: --www: {expected}")), "{err}");
    }
}

#[tokio::test]
async fn a_shop_of_ones_own_is_tried_with_nothing_but_a_folder() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html><title>Mine</title>").unwrap();
    let beside = TempDir::new_in(folder.path().parent().unwrap()).unwrap();
    std::fs::write(beside.path().join("secret.txt"), "secret").unwrap();
    let name = beside.path().file_name().unwrap().to_str().unwrap();
    let demo = running::demo_of(folder.path(), None);
    let http = reqwest::Client::new();
    let get = |path: &str| http.get(format!("{}{path}", demo.url)).send();
    assert!(get("/").await.unwrap().text().await.unwrap().contains("Mine"));

    let panel = get("/sandbox").await.unwrap();
    assert_eq!((panel.status(), panel.url().path()), (StatusCode::OK, "/sandbox/"));
    assert!(panel.text().await.unwrap().contains("What 2Checkout holds"));
    for (file, kind) in
        [("panel.js", "text/javascript"), ("panel-view.js", "text/javascript"), ("panel.css", "text/css")]
    {
        let answer = get(&format!("/sandbox/{file}")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{file}");
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(kind), "{file}");
    }
    for path in [format!("/%2e%2e/{name}/secret.txt"), format!("/..%2f{name}/secret.txt"), "/nowhere".to_owned()] {
        let answer = get(&path).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }

    let cart = Cart::new();
    let body = json!({"cart": cart.id, "key": cart.key, "changes": changes(enough("ada@example.com"))});
    let save = http.post(format!("{}/api/lead", demo.url)).header("origin", &demo.url).json(&body);
    let saved: Value = save.send().await.unwrap().json().await.unwrap();
    assert_eq!(saved["state"], "saved");
    let leads: Vec<Value> = get("/sandbox/leads").await.unwrap().json().await.unwrap();
    assert_eq!(leads.len(), 1);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is written beside the shop");
}

/// Whether this program holds the widget depends on whether it was built before; each has its answer.
#[tokio::test]
async fn the_shops_own_loader_comes_before_the_one_inside_the_program() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    let demo = running::demo_of(folder.path(), None);
    let get = |demo: &running::Running| reqwest::get(format!("{}/leadkeep.js", demo.url));
    let inside = get(&demo).await.unwrap();
    let holds = !leadkeep_proxy::widget::WidgetFiles::embedded().is_empty();
    assert_eq!(inside.status(), if holds { StatusCode::OK } else { StatusCode::NOT_FOUND });
    std::fs::write(folder.path().join("leadkeep.js"), "mine").unwrap();
    assert_eq!(get(&demo).await.unwrap().text().await.unwrap(), "mine");
}
