//! What is of SQLite alone.

use leadkeep_proxy::store::{Location, StoreError};

use super::suite::{Place, keep, ready};

#[tokio::test]
async fn a_file_is_of_one_proxy_at_a_time() {
    let place = Place::sqlite().await;
    let store = place.open().await;
    let location: Location = place.url.parse().unwrap();
    let Err(StoreError::Database(why)) = location.open().await else { panic!("expected a refusal") };
    assert!(why.starts_with("another leadkeep-proxy has it open"), "{why}");
    keep(&*store, "cart-1", &ready(), 5).await;
    // One that is about to stop is waited for.
    let waiting = tokio::spawn(async move { location.open().await.map(|_| ()) });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    store.close().await;
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn files_that_are_there_already_are_of_their_owner_alone_too() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::sqlite().await;
    let file = place.url.trim_start_matches("sqlite://").to_owned();
    let store = place.open().await;
    keep(&*store, "cart-1", &ready(), 5).await;
    // As after `cp backup/* .`: the write-ahead log of a proxy that was killed lies there too.
    let files = ["", "-wal", "-shm"].map(|ending| format!("{file}{ending}"));
    let copy = tempfile::TempDir::new().unwrap();
    for file in &files {
        let name = std::path::Path::new(file).file_name().unwrap();
        std::fs::copy(file, copy.path().join(name)).unwrap();
        std::fs::set_permissions(copy.path().join(name), std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let copied = copy.path().join("leads.sqlite");
    let opened = Location::Sqlite(copied).open().await.unwrap();
    assert!(opened.load("cart-1").await.unwrap().is_some());
    for file in std::fs::read_dir(copy.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}
