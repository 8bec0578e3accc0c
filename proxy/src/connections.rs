//! Which connections are held: a bounded number in all and for each client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::config;
use crate::http::{is_local, subscriber};
use crate::limit::Limit;
use crate::metrics::Metrics;

/// The connections that are held.
#[derive(Debug)]
pub(crate) struct Connections {
    config: config::Connections,
    metrics: Arc<Metrics>,
    permits: Arc<Semaphore>,
    last: AtomicU64,
    of_clients: Mutex<HashMap<IpAddr, Vec<Arc<Held>>>>,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Held {
    id: u64,
    /// Whether a complete header has arrived on it.
    is_in_use: AtomicBool,
    /// Set when it has to make room.
    pub(crate) evicted: CancellationToken,
}

impl Held {
    /// A request has arrived on it.
    pub(crate) fn used(&self) {
        self.is_in_use.store(true, Ordering::Relaxed);
    }

    /// Whether one ever did.
    pub(crate) fn is_in_use(&self) -> bool {
        self.is_in_use.load(Ordering::Relaxed)
    }
}

/// Ends with the connection.
#[derive(Debug)]
pub(crate) struct Guard {
    connections: Arc<Connections>,
    client: IpAddr,
    pub(crate) held: Arc<Held>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.connections.metrics.connections(-1);
        let mut clients = self.connections.clients();
        if let Some(held) = clients.get_mut(&self.client) {
            held.retain(|one| one.id != self.held.id);
            if held.is_empty() {
                clients.remove(&self.client);
            }
        }
    }
}

impl Connections {
    pub(crate) fn new(config: config::Connections, metrics: Arc<Metrics>) -> Self {
        let permits = Arc::new(Semaphore::new(config.at_once.clamp(1, Semaphore::MAX_PERMITS)));
        Self { config, metrics, permits, last: AtomicU64::default(), of_clients: Mutex::default() }
    }

    /// Those of operators, who are few and are not counted.
    pub(crate) fn of_operators() -> Self {
        let config = config::Connections { at_once: 100, ..config::Connections::default() };
        Self::new(config, Arc::default())
    }

    pub(crate) fn config(&self) -> &config::Connections {
        &self.config
    }

    fn clients(&self) -> MutexGuard<'_, HashMap<IpAddr, Vec<Arc<Held>>>> {
        self.of_clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until one more may be held. `None`: never again.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.permits).acquire_owned().await.ok()
    }

    /// Holds a connection of a client. `None`: that client has too many that are in use.
    pub(crate) fn hold(self: &Arc<Self>, peer: IpAddr, permit: OwnedSemaphorePermit) -> Option<Guard> {
        let client = subscriber(peer);
        let id = self.last.fetch_add(1, Ordering::Relaxed);
        let held = Arc::new(Held { id, is_in_use: AtomicBool::default(), evicted: CancellationToken::new() });
        {
            let mut clients = self.clients();
            let of_client = clients.entry(client).or_default();
            if of_client.len() >= self.config.per_client {
                self.metrics.limit_hit(Limit::Connections, None);
                // The oldest comes first.
                match of_client.iter().position(|one| !one.is_in_use()) {
                    Some(idle) => of_client.remove(idle).evicted.cancel(),
                    None if is_local(peer) => {}
                    None => return None,
                }
            }
            of_client.push(Arc::clone(&held));
        }
        self.metrics.connections(1);
        Some(Guard { connections: Arc::clone(self), client, held, _permit: permit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn hold(connections: &Arc<Connections>, peer: &str) -> Option<Guard> {
        let permit = connections.permit().await.unwrap();
        connections.hold(peer.parse().unwrap(), permit)
    }

    #[tokio::test]
    async fn the_oldest_idle_connection_of_a_client_makes_room_and_one_in_use_does_not() {
        let config = config::Connections { per_client: 2, ..Default::default() };
        let connections = Arc::new(Connections::new(config, Arc::default()));
        let [one, two] =
            [hold(&connections, "203.0.113.7").await.unwrap(), hold(&connections, "203.0.113.7").await.unwrap()];
        one.held.used();
        let three = hold(&connections, "203.0.113.7").await.unwrap();
        assert!(two.held.evicted.is_cancelled() && !one.held.evicted.is_cancelled());
        three.held.used();
        assert!(hold(&connections, "203.0.113.7").await.is_none(), "all are in use");
        assert!(hold(&connections, "203.0.113.8").await.is_some(), "others are not touched");
        drop(one);
        assert!(hold(&connections, "203.0.113.7").await.is_some());
    }

    #[tokio::test]
    async fn a_reverse_proxy_is_not_refused() {
        let config = config::Connections { per_client: 1, ..Default::default() };
        let connections = Arc::new(Connections::new(config, Arc::default()));
        let mut held = Vec::new();
        for _ in 0..5 {
            held.push(hold(&connections, "10.0.0.1").await.unwrap());
            held.iter().for_each(|guard| guard.held.used());
        }
        drop(held);
        assert!(connections.clients().is_empty());
    }
}
