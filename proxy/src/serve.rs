//! Accepts connections until told to stop; then lets those finish that are being answered.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use crate::connections::{Connections, Held};
use crate::http::Peer;

const MOST_HEADERS: usize = 64;
const MOST_HEADER_BYTES: usize = 32 * 1024;

/// Serves until `stop`; then waits up to `grace` for the answers under way.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    connections: Arc<Connections>,
    stop: impl Future<Output = ()>,
    grace: Duration,
) {
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // A stop is heard also while no more connections may be held.
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &connections) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        let Some(guard) = connections.hold(peer.ip(), permit) else { continue };
        let _ = stream.set_nodelay(true);
        let (router, held) = (router.clone(), Arc::clone(&guard.held));
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            held.used();
            request.extensions_mut().insert(Peer(peer));
            let router = router.clone();
            async move { Ok::<_, Infallible>(router.oneshot(request.map(Body::new)).await.unwrap_or_else(|e| match e {})) }
        });
        let config = connections.config().clone();
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(config.next_header_within)
            .max_headers(MOST_HEADERS)
            .max_buf_size(MOST_HEADER_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            tokio::select! {
                // A client that goes away is no error of ours.
                _ = connection => {}
                () = given_up(&guard.held, config.first_header_within) => {}
            }
            drop(guard);
        });
    }
    drop(listener);
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

/// The next connection, once one more may be held. `None`: there is none yet.
async fn accept(
    listener: &TcpListener,
    connections: &Connections,
) -> Option<(TcpStream, std::net::SocketAddr, tokio::sync::OwnedSemaphorePermit)> {
    let permit = connections.permit().await?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            // Most often out of file descriptors: give connections time to end.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(200)).await;
            None
        }
    }
}

/// Ends when a connection has to go: no complete header came in time, or it makes room for another one of its client.
async fn given_up(held: &Held, first_header_within: Duration) {
    tokio::select! {
        () = held.evicted.cancelled() => {}
        () = tokio::time::sleep(first_header_within) => {
            if held.is_in_use() {
                std::future::pending::<()>().await;
            }
        }
    }
}
