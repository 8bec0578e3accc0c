//! What one client, one network, and everybody together may ask for.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use lru::LruCache;

use super::client::Client;
use super::error::ApiError;
use super::{App, Peer, body};
use crate::config::Config;
use crate::limit::Limit;
use crate::private::short;

/// Clients that are remembered; beyond that the one seen longest ago is forgotten.
const REMEMBERED: usize = 50_000;

/// New carts are counted in windows of this length.
const NEW_CARTS_WINDOW: Duration = Duration::from_secs(600);

const HOUR: Duration = Duration::from_secs(3_600);

/// The limits. One that is `None` is off.
#[derive(Debug)]
pub(super) struct Limits {
    requests: Option<Buckets<IpAddr>>,
    new_carts_per_client: Option<Buckets<IpAddr>>,
    new_carts_per_network: Option<Buckets<IpAddr>>,
    new_carts: Option<Buckets<()>>,
}

impl Limits {
    pub(super) fn new(config: &Config) -> Self {
        let limits = &config.limits;
        Self {
            requests: config.rate.as_ref().map(|rate| {
                let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
                Buckets::new(quota, rate.addresses)
            }),
            new_carts_per_client: Buckets::in_window(limits.new_carts_per_client, NEW_CARTS_WINDOW, REMEMBERED),
            new_carts_per_network: Buckets::in_window(limits.new_carts_per_network, NEW_CARTS_WINDOW, REMEMBERED),
            new_carts: Buckets::in_window(limits.new_carts_per_hour, HOUR, 1),
        }
    }

    /// # Errors  The limit that was met, and how long to wait.
    fn admit_request(&self, client: Client) -> Result<(), (Limit, Duration)> {
        if client.is_exempt {
            return Ok(());
        }
        check(self.requests.as_ref(), client.subscriber(), Limit::Requests)
    }

    /// # Errors  The limit that was met, and how long to wait.
    fn admit_new_cart(&self, client: Client) -> Result<(), (Limit, Duration)> {
        if client.is_exempt {
            return Ok(());
        }
        check(self.new_carts_per_client.as_ref(), client.subscriber(), Limit::NewCartsPerClient)?;
        check(self.new_carts_per_network.as_ref(), client.network(), Limit::NewCartsPerNetwork)?;
        check(self.new_carts.as_ref(), (), Limit::NewCartsPerHour)
    }
}

fn check<K: Hash + Eq>(buckets: Option<&Buckets<K>>, key: K, limit: Limit) -> Result<(), (Limit, Duration)> {
    buckets.map_or(Ok(()), |buckets| buckets.check(key)).map_err(|wait| (limit, wait))
}

/// A rate for each of many keys, of which a bounded number is remembered.
struct Buckets<K> {
    quota: Quota,
    clock: DefaultClock,
    known: Mutex<LruCache<K, DefaultDirectRateLimiter>>,
}

impl<K> std::fmt::Debug for Buckets<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Buckets").field("quota", &self.quota).finish_non_exhaustive()
    }
}

impl<K: Hash + Eq> Buckets<K> {
    fn new(quota: Quota, keys: usize) -> Self {
        let keys = NonZeroUsize::new(keys).unwrap_or(NonZeroUsize::MIN);
        Self { quota, clock: DefaultClock::default(), known: Mutex::new(LruCache::new(keys)) }
    }

    /// So many at once, and in the long run so many in each window.
    fn in_window(limit: Option<NonZeroU32>, window: Duration, keys: usize) -> Option<Self> {
        let limit = limit?;
        let quota = Quota::with_period(window / limit.get())?;
        Some(Self::new(quota.allow_burst(limit), keys))
    }

    /// # Errors  How long to wait.
    fn check(&self, key: K) -> Result<(), Duration> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let limiter = known.get_or_insert(key, || RateLimiter::direct(self.quota));
        limiter.check().map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }
}

/// Finds the client of a request, and refuses one that asks too often.
pub(super) async fn check_requests(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if let Some(Peer(peer)) = request.extensions().get::<Peer>().copied() {
        let client = app.0.clients.of(request.headers(), peer);
        if let Err(error) = refused(&app, client, app.0.limits.admit_request(client)) {
            body::drain(&app, request).await;
            return error.into_response();
        }
        request.extensions_mut().insert(client);
    }
    next.run(request).await
}

/// A cart that may be about to begin. An edit of the store may run more than once; the cart counts once.
pub(super) struct Newcomer<'a> {
    app: &'a App,
    client: Client,
    admitted: Option<Result<(), ApiError>>,
}

impl<'a> Newcomer<'a> {
    pub(super) fn new(app: &'a App, client: Client) -> Self {
        Self { app, client, admitted: None }
    }

    /// Whether this client may begin a cart now.
    ///
    /// # Errors  [`ApiError::Rate`], [`ApiError::Crowded`].
    pub(super) fn admit(&mut self, cart: &str) -> Result<(), ApiError> {
        let (app, client) = (self.app, self.client);
        self.admitted
            .get_or_insert_with(|| {
                refused(app, client, app.0.limits.admit_new_cart(client))?;
                tracing::info!(cart = short(cart), client = client.log_id(), "a cart begins");
                Ok(())
            })
            .clone()
    }
}

fn refused(app: &App, client: Client, admitted: Result<(), (Limit, Duration)>) -> Result<(), ApiError> {
    admitted.map_err(|(limit, wait)| {
        app.metrics().limit_hit(limit, Some(&client.log_id()));
        let retry_after_s = wait.as_secs().saturating_add(1);
        match limit {
            Limit::NewCartsPerHour => ApiError::Crowded { retry_after_s },
            _ => ApiError::Rate { retry_after_s },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    fn client(address: &str) -> Client {
        Client { address: address.parse().unwrap(), is_exempt: false }
    }

    fn limits(config: Config) -> Limits {
        Limits::new(&config)
    }

    #[test]
    fn a_client_has_its_own_burst_of_requests() {
        let rate = config::Rate { burst: 2.try_into().unwrap(), ..config::Rate::default() };
        let limits = limits(Config { rate: Some(rate), ..Config::default() });
        let admit = |address| limits.admit_request(client(address));
        assert!(admit("192.0.2.1").is_ok() && admit("192.0.2.1").is_ok());
        assert!(matches!(admit("192.0.2.1"), Err((Limit::Requests, _))));
        assert!(admit("192.0.2.2").is_ok());
        assert!(admit("2001:db8::1").is_ok() && admit("2001:db8::2").is_ok());
        assert!(admit("2001:db8::3").is_err(), "an IPv6 subscriber is one client");
        assert!(admit("2001:db8:0:1::1").is_ok());
    }

    #[test]
    fn new_carts_are_bounded_for_a_client_for_its_network_and_for_all() {
        for [same, next] in [["203.0.113.1", "203.0.113.%"], ["2001:db8:1:1::1", "2001:db8:1:%::1"]] {
            let limits = limits(Config::default());
            let admit = |address: &str| limits.admit_new_cart(client(address)).map_err(|(limit, _)| limit);
            for _ in 0..10 {
                assert_eq!(admit(same), Ok(()));
            }
            assert_eq!(admit(same), Err(Limit::NewCartsPerClient));
            let others = (2..200).filter(|n| admit(&next.replace('%', &n.to_string())).is_ok()).count();
            assert_eq!(others, 30, "forty for the network");
            assert_eq!(admit(&next.replace('%', "250")), Err(Limit::NewCartsPerNetwork));
            assert_eq!(admit("198.51.100.1"), Ok(()), "others are not touched");
        }
        let one_an_hour = config::Limits { new_carts_per_hour: NonZeroU32::new(1), ..config::Limits::default() };
        let limits = limits(Config { limits: one_an_hour, ..Config::default() });
        assert!(limits.admit_new_cart(client("192.0.2.1")).is_ok());
        let (limit, wait) = limits.admit_new_cart(client("198.51.100.1")).unwrap_err();
        assert!(limit == Limit::NewCartsPerHour && wait <= HOUR);
    }

    #[test]
    fn no_limit_applies_to_an_exempt_client() {
        let limits = limits(Config::default());
        let client = Client { is_exempt: true, ..client("127.0.0.1") };
        assert!((0..1_000).all(|_| limits.admit_new_cart(client).is_ok() && limits.admit_request(client).is_ok()));
    }

    #[test]
    fn the_number_of_remembered_clients_is_bounded() {
        let buckets = Buckets::in_window(NonZeroU32::new(1), HOUR, 2).unwrap();
        assert!((0..5).all(|key| buckets.check(key).is_ok()));
        assert_eq!(buckets.known.lock().unwrap().len(), 2);
    }
}
