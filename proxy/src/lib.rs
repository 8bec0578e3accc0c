#![doc = include_str!("../README.md")]
//!
//! # Flow
//!
//! ```text
//! browser -> http (origin, rate, body) -> changes -> cart::save -> store
//!                                                                    |
//!              2Checkout <- upstream <- courier <- delivery::begin <-+  (and back through delivery::finish)
//! ```

mod absence;
pub mod cart;
pub mod changes;
mod clock;
pub mod config;
mod connections;
pub mod content;
mod country;
pub mod delivery;
pub mod history;
pub mod http;
pub mod leads;
mod limit;
pub mod metrics;
pub mod orders;
pub mod origin;
pub mod page_token;
mod private;
mod serve;
pub mod store;
pub mod widget;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use absence::Absence;
use config::Config;
use connections::Connections;
use delivery::{Courier, Upstream, worker};
use http::App;
use metrics::Metrics;
pub use private::short as log_id;
use store::Store;

/// A running proxy: what it accepts on, what it delivers with.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    courier: Courier,
    store: Arc<dyn Store>,
    stop: CancellationToken,
    server: JoinHandle<()>,
    worker: JoinHandle<()>,
}

impl Proxy {
    /// Starts to serve on a listener and to deliver what is undelivered. `operators` is where operators are served; `None`: on
    /// the same listener. `others` are routes beside the API's own.
    ///
    /// # Errors
    ///
    /// When the listener has no address.
    pub fn start(
        listener: TcpListener,
        operators: Option<TcpListener>,
        config: Config,
        store: Arc<dyn Store>,
        upstream: Arc<dyn Upstream>,
        others: Option<Router>,
    ) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let metrics = Arc::new(Metrics::default());
        let (calls, leads_per_hour) = (config.calls_at_once, config.limits.leads_per_hour);
        let (timing, email_key) = (config.timing, config.orders.email_key.clone());
        let (kept, counted, told) = (Arc::clone(&store), Arc::clone(&metrics), Arc::clone(&metrics));
        let courier = Courier::new(kept, upstream, counted, timing, email_key, calls, leads_per_hour);
        let (pace, retention) = (config.pace, config.retention);
        // An answer under way may wait for 2Checkout, so may the stop.
        let grace = config.answer_within;
        let connections = Arc::new(Connections::new(config.connections.clone(), Arc::clone(&metrics)));
        let app = App::new(config, Arc::clone(&store), courier.clone(), metrics);
        let routers = http::routers(&app, others, operators.is_some());
        let stop = CancellationToken::new();
        let public = serve::serve(listener, routers.public, connections, stop.clone().cancelled_owned(), grace);
        let apart = operators.zip(routers.operators).map(|(listener, router)| {
            let connections = Arc::new(Connections::of_operators());
            serve::serve(listener, router, connections, stop.clone().cancelled_owned(), grace)
        });
        let server = tokio::spawn(async move {
            match apart {
                Some(apart) => _ = tokio::join!(public, apart),
                None => public.await,
            }
        });
        let worker = {
            let (store, courier) = (Arc::clone(&store), courier.clone());
            tokio::spawn(async move {
                tokio::join!(
                    worker::run(&*store, &courier, pace, retention),
                    worker::tell_history(&*store, &courier, told.history())
                );
            })
        };
        Ok(Self { address, courier, store, stop, server, worker })
    }

    /// What it delivers with.
    pub fn courier(&self) -> Courier {
        self.courier.clone()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts nothing more, finishes the answers and the deliveries under way, and lets go of the store; all within
    /// `deadline`. What was not delivered by then is delivered after the next start.
    pub async fn stop(self, deadline: Duration) {
        self.stop.cancel();
        let finish = async {
            let courier = self.courier.stop();
            let _ = tokio::join!(self.server, courier, self.worker);
        };
        if tokio::time::timeout(deadline, finish).await.is_err() {
            tracing::warn!("some deliveries did not end in time; they are repeated after the next start");
        }
        self.store.close().await;
    }
}
