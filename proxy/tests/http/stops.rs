//! Stopping and starting.

use std::time::{Duration, Instant};

use leadkeep_proxy::store::{Sqlite, StoreError};
use reqwest::StatusCode;
use serde_json::json;
use tempfile::TempDir;

use super::stand::{Cart, Stand, done, enough, impatient};

#[tokio::test]
async fn a_stop_waits_for_the_call_under_way_but_not_for_ever() {
    let mut stand = Stand::with(impatient()).await;
    let cart = Cart::new();
    stand.faults(json!([{"on": "addLead", "fault": "hang", "times": 1}])).await;
    assert_eq!(stand.save(&cart, enough("ada@example.com")).await.0, StatusCode::ACCEPTED);
    let started = Instant::now();
    stand.stop().await;
    assert!(
        (Duration::from_millis(400)..Duration::from_secs(10)).contains(&started.elapsed()),
        "{:?}",
        started.elapsed()
    );
    stand.start().await;
    stand.until(|log| done(log, "addLead")).await;
    assert_eq!(stand.leads().await.len(), 1);
}

#[tokio::test]
async fn a_damaged_store_is_refused() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("leads.sqlite");
    std::fs::write(&file, "this is no database, whatever its name says; it never was. ".repeat(40)).unwrap();
    assert!(matches!(Sqlite::open(&file).await, Err(StoreError::Damaged(_))));
}

#[tokio::test]
async fn a_store_with_damaged_pages_is_refused() {
    let mut stand = Stand::new().await;
    for _ in 0..40 {
        stand.save(&Cart::new(), enough("ada@example.com")).await;
    }
    stand.stop().await;
    let file = stand.folder.path().join("leads.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    let len = bytes.len();
    bytes[4_096 * 2..len - 100].fill(0x5A);
    std::fs::write(&file, bytes).unwrap();
    assert!(matches!(Sqlite::open(&file).await, Err(StoreError::Damaged(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn the_store_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let stand = Stand::new().await;
    stand.save(&Cart::new(), enough("ada@example.com")).await;
    for file in std::fs::read_dir(stand.folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.file_name());
    }
}

#[tokio::test]
async fn what_a_shopper_typed_goes_by_itself_after_the_retention_and_the_lead_stays_one() {
    let (mut stand, cart) = (Stand::new().await, Cart::new());
    let (_, first) = stand.save(&cart, enough("ada@example.com")).await;
    stand.stop().await;
    assert!(String::from_utf8_lossy(&stand.stored_bytes()).contains("ada@example.com"));
    stand.edit_carts(|cart| cart.updated_at -= 91 * 86_400_000).await;
    stand.start().await;
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        stand.sql("PRAGMA wal_checkpoint(TRUNCATE)").await;
        if !String::from_utf8_lossy(&stand.stored_bytes()).contains("ada@example.com") {
            break;
        }
        assert!(Instant::now() < deadline, "it is still there");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (status, again) = stand.save(&cart, enough("ada@example.com")).await;
    assert_eq!((status, &again["lead_code"]), (StatusCode::OK, &first["lead_code"]));
    assert_eq!(
        stand.methods().await,
        ["addLead", "searchLeads", "getLead", "updateLead"],
        "it may have been bought meanwhile"
    );
}
