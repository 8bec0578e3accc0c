//! How many requests a client address may make.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use lru::LruCache;

use super::error::ApiError;
use super::{App, Peer, body};
use crate::config::Rate;

/// A limiter for each address, of a bounded number of addresses.
pub(super) struct Limits {
    rate: Rate,
    clock: DefaultClock,
    known: Mutex<LruCache<IpAddr, DefaultDirectRateLimiter>>,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limits").field("rate", &self.rate).finish_non_exhaustive()
    }
}

impl Limits {
    pub(super) fn new(rate: Rate) -> Self {
        let addresses = NonZeroUsize::new(rate.addresses).unwrap_or(NonZeroUsize::MIN);
        Self { rate, clock: DefaultClock::default(), known: Mutex::new(LruCache::new(addresses)) }
    }

    /// # Errors  [`ApiError::Rate`] with the seconds to wait, rounded up.
    fn admit(&self, address: IpAddr) -> Result<(), ApiError> {
        if self.rate.exempt_loopback && address.to_canonical().is_loopback() {
            return Ok(());
        }
        let quota = Quota::per_minute(self.rate.per_minute).allow_burst(self.rate.burst);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let limiter = known.get_or_insert(subscriber(address), || RateLimiter::direct(quota));
        limiter.check().map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            ApiError::Rate { retry_after_s: wait.as_secs().saturating_add(1) }
        })
    }
}

/// An IPv6 subscriber has at least a /64 to himself (RFC 6177).
fn subscriber(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

/// The client's address: the connection's, or what a reverse proxy says. Of a list the last entry is the reverse proxy's
/// own; what stands before it the client may have written.
fn client(headers: &HeaderMap, rate: &Rate, peer: SocketAddr) -> IpAddr {
    let told = rate.client_ip_header.as_ref().and_then(|name| headers.get_all(name).iter().next_back());
    let last = told.and_then(|value| value.to_str().ok()).and_then(|value| value.rsplit(',').next());
    last.and_then(|text| text.trim().parse().ok()).unwrap_or_else(|| peer.ip())
}

/// Refuses what is too much.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    if let (Some(limits), Some(Peer(peer))) = (app.limits(), request.extensions().get::<Peer>()) {
        let admitted = limits.admit(client(request.headers(), &limits.rate, *peer));
        if let Err(error) = admitted {
            body::drain(&app, request).await;
            return error.into_response();
        }
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn limits(burst: u32, addresses: usize) -> Limits {
        Limits::new(Rate { burst: burst.try_into().unwrap(), addresses, ..Rate::default() })
    }

    #[test]
    fn an_address_has_its_own_burst() {
        let limits = limits(2, 10);
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        assert!(limits.admit(one).is_ok() && limits.admit(one).is_ok());
        assert!(matches!(limits.admit(one), Err(ApiError::Rate { retry_after_s: 1 })));
        assert!(limits.admit(other).is_ok());
    }

    #[test]
    fn an_ipv6_subscriber_is_one_client() {
        let limits = limits(1, 10);
        assert!(limits.admit("2001:db8::1".parse().unwrap()).is_ok());
        assert!(limits.admit("2001:db8::2".parse().unwrap()).is_err());
        assert!(limits.admit("2001:db8:0:1::1".parse().unwrap()).is_ok());
    }

    #[test]
    fn the_number_of_addresses_is_bounded() {
        let limits = limits(1, 2);
        for last in 1..=5 {
            assert!(limits.admit(IpAddr::from([192, 0, 2, last])).is_ok());
        }
        assert_eq!(limits.known.lock().unwrap().len(), 2);
    }

    #[test]
    fn the_header_counts_only_when_configured_and_then_its_last_entry() {
        let header = HeaderName::from_static("x-forwarded-for");
        let headers = HeaderMap::from_iter([(header.clone(), HeaderValue::from_static("6.6.6.6, 192.0.2.9"))]);
        let peer: SocketAddr = "10.0.0.1:1".parse().unwrap();
        let behind = Rate { client_ip_header: Some(header), ..Rate::default() };
        assert_eq!(client(&headers, &behind, peer), IpAddr::from([192, 0, 2, 9]));
        assert_eq!(client(&headers, &Rate::default(), peer), peer.ip());
        assert_eq!(client(&HeaderMap::new(), &behind, peer), peer.ip());
    }
}
