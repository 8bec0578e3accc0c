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
