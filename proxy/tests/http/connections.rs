//! Connections: how many are held, and for how long.

use std::time::Duration;

use leadkeep_proxy::config::{Config, Connections};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::stand::{Stand, quick};

async fn with(connections: Connections) -> Stand {
    Stand::with(Config { connections, ..quick() }).await
}

async fn connect(stand: &Stand) -> TcpStream {
    TcpStream::connect(stand.url("").trim_start_matches("http://")).await.unwrap()
}

/// A request on a connection that stays, and whether it was answered.
async fn ask(stream: &mut TcpStream) -> bool {
    let request =
        b"POST /api/lead HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
    let mut answer = vec![0; 4_096];
    stream.write_all(request).await.is_ok()
        && stream.read(&mut answer).await.is_ok_and(|read| answer[..read].starts_with(b"HTTP/1.1 400"))
}

/// Whether the other end has closed it.
async fn is_closed(stream: &mut TcpStream) -> bool {
    !matches!(stream.read(&mut [0; 1]).await, Ok(1..))
}

#[tokio::test]
async fn a_connection_that_sends_no_header_goes_soon_and_one_that_did_may_wait() {
    let stand = with(Connections { first_header_within: Duration::from_millis(200), ..Default::default() }).await;
    let (mut idle, mut slow, mut used) = (connect(&stand).await, connect(&stand).await, connect(&stand).await);
    slow.write_all(b"POST /api/lead HT").await.unwrap();
    assert!(ask(&mut used).await);
    assert!(is_closed(&mut idle).await && is_closed(&mut slow).await);
    assert!(ask(&mut used).await, "between two requests there is more time");
}

#[tokio::test]
async fn many_idle_connections_keep_nobody_away() {
    let stand = with(Connections { per_client: 10, ..Default::default() }).await;
    let mut idle = Vec::new();
    for _ in 0..50 {
        idle.push(connect(&stand).await);
    }
    assert!(ask(&mut connect(&stand).await).await);
    assert!(is_closed(&mut idle[0]).await, "the oldest made room");
    let metrics = stand.http.get(stand.url("/metrics")).send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains(r#"leadkeep_limit_hits_total{limit="connections_per_client"}"#), "{metrics}");
}

#[tokio::test]
async fn a_stop_is_heard_while_no_more_connections_may_be_held() {
    let mut stand = with(Connections { at_once: 1, ..Default::default() }).await;
    let mut held = connect(&stand).await;
    assert!(ask(&mut held).await);
    let _waiting = connect(&stand).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let stopped = tokio::time::timeout(Duration::from_secs(20), stand.stop_within(Duration::from_secs(60))).await;
    assert!(stopped.is_ok(), "it did not stop");
    assert!(is_closed(&mut held).await);
}
