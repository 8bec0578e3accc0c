//! Who a request is from: the address at the other end of the connection, or what a reverse proxy says of it.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use sha2::{Digest, Sha256};

/// What reverse proxies add without being asked.
static FORWARDING_HEADERS: [HeaderName; 3] =
    [HeaderName::from_static("x-forwarded-for"), HeaderName::from_static("x-real-ip"), header::FORWARDED];

/// The client of a request; put on each by [`super::rate::check`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Client {
    pub(super) address: IpAddr,
    /// Whether no limit applies to it: this machine, in the demo.
    pub(super) is_exempt: bool,
}

impl Client {
    /// What counts as one client: an IPv4 address, or the /64 that an IPv6 subscriber has at least (RFC 6177).
    pub(super) fn subscriber(self) -> IpAddr {
        subscriber(self.address)
    }

    /// The network around it, of which one customer of a provider may have all: an IPv4 /24, an IPv6 /48.
    pub(super) fn network(self) -> IpAddr {
        masked(self.address, 24, 48)
    }

    /// Eight hexadecimal digits that stand for the subscriber in the logs of this run: the key of the hash is new with each
    /// start, so that nobody can try out all addresses on an old log.
    pub(super) fn log_id(self) -> String {
        static KEY: LazyLock<[u8; 16]> = LazyLock::new(|| uuid::Uuid::new_v4().into_bytes());
        let digest = Sha256::new().chain_update(*KEY).chain_update(self.subscriber().to_string()).finalize();
        hex::encode(digest.get(..4).unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let unknown = Self { address: IpAddr::V6(Ipv6Addr::UNSPECIFIED), is_exempt: false };
        Ok(parts.extensions.get().copied().unwrap_or(unknown))
    }
}

/// What counts as one client.
pub(crate) fn subscriber(address: IpAddr) -> IpAddr {
    masked(address, 32, 64)
}

fn masked(address: IpAddr, bits_of_v4: u32, bits_of_v6: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(bits_of_v4)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(bits_of_v6)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
        }
    }
}

/// Whether an address is of this machine or of the network around it: where reverse proxies are.
pub(crate) fn is_local(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local(),
    }
}

/// Finds the client of each request. Tells the operator once where a reverse proxy and the settings do not fit.
#[derive(Debug)]
pub(super) struct Clients {
    /// The header in which a reverse proxy names the client. `None`: the connection's own address counts.
    header: Option<HeaderName>,
    exempt_loopback: bool,
    has_warned: AtomicBool,
}

impl Clients {
    pub(super) fn new(header: Option<HeaderName>, exempt_loopback: bool) -> Self {
        Self { header, exempt_loopback, has_warned: AtomicBool::new(false) }
    }

    pub(super) fn of(&self, headers: &HeaderMap, peer: SocketAddr) -> Client {
        let address = match &self.header {
            Some(name) => self.told(headers, name).unwrap_or_else(|| peer.ip()),
            None => {
                self.look_for_a_reverse_proxy(headers, peer);
                peer.ip()
            }
        };
        Client { address, is_exempt: self.exempt_loopback && address.to_canonical().is_loopback() }
    }

    /// Of a list the last entry is the reverse proxy's own; what stands before it the client may have written.
    fn told(&self, headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
        let value = headers.get_all(name).iter().next_back()?;
        let last = value.to_str().ok().and_then(|value| value.rsplit(',').next());
        let address = last.and_then(parse);
        if address.is_none() && !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                header = %name,
                "the header of --client-ip-header (LEADKEEP_CLIENT_IP_HEADER) holds no IP address; such a request counts as one of \
                 the reverse proxy itself, so the limits for a client apply to all of them together"
            );
        }
        address
    }

    fn look_for_a_reverse_proxy(&self, headers: &HeaderMap, peer: SocketAddr) {
        let Some(header) = FORWARDING_HEADERS.iter().find(|name| headers.contains_key(*name)) else { return };
        if is_local(peer.ip()) && !self.exempt_loopback && !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %header,
                "a reverse proxy forwards requests, but no --client-ip-header (LEADKEEP_CLIENT_IP_HEADER) is set: all shoppers count \
                 as one client, and the limits for a client apply to all of them together"
            );
        }
    }
}

/// `192.0.2.1`, `192.0.2.1:5555`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:443`, and those as `for=` of a
/// `Forwarded` header (RFC 7239).
fn parse(text: &str) -> Option<IpAddr> {
    let named = text.split(';').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    });
    let text = named.unwrap_or(text).trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(address: &str) -> Client {
        Client { address: address.parse().unwrap(), is_exempt: false }
    }

    #[test]
    fn an_address_is_read_with_and_without_port_and_brackets() {
        const CASES: &[(&str, Option<&str>)] = &[
            ("192.0.2.9", Some("192.0.2.9")),
            (" 192.0.2.9 ", Some("192.0.2.9")),
            ("192.0.2.9:5555", Some("192.0.2.9")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("for=192.0.2.9;proto=https", Some("192.0.2.9")),
            ("proto=https; For=\"[2001:db8::1]:443\"", Some("2001:db8::1")),
            ("unknown", None),
            ("_hidden", None),
            ("192.0.2.9:port", None),
            ("", None),
        ];
        for (text, expected) in CASES {
            assert_eq!(parse(text), expected.map(|text| text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_header_counts_only_when_configured_and_then_its_last_entry() {
        let header = HeaderName::from_static("x-forwarded-for");
        let headers = HeaderMap::from_iter([(header.clone(), HeaderValue::from_static("6.6.6.6, 192.0.2.9:80"))]);
        let peer: SocketAddr = "10.0.0.1:1".parse().unwrap();
        let behind = Clients::new(Some(header.clone()), false);
        assert_eq!(behind.of(&headers, peer).address, IpAddr::from([192, 0, 2, 9]));
        assert_eq!(behind.of(&HeaderMap::new(), peer).address, peer.ip());
        assert_eq!(Clients::new(None, false).of(&headers, peer).address, peer.ip());
        let unreadable = HeaderMap::from_iter([(header, HeaderValue::from_static("6.6.6.6, unknown"))]);
        assert_eq!(behind.of(&unreadable, peer).address, peer.ip(), "never what the client wrote before it");
    }

    #[test]
    fn a_subscriber_and_a_network_are_prefixes() {
        const CASES: &[(&str, &str, &str)] = &[
            ("203.0.113.77", "203.0.113.77", "203.0.113.0"),
            ("::ffff:203.0.113.77", "203.0.113.77", "203.0.113.0"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::", "2001:db8:1::"),
        ];
        for (address, subscriber, network) in CASES {
            assert_eq!(client(address).subscriber().to_string(), *subscriber);
            assert_eq!(client(address).network().to_string(), *network);
        }
    }

    #[test]
    fn the_log_tells_clients_apart_and_names_none() {
        let (one, other) = (client("2001:db8:0:1::1"), client("2001:db8:0:2::1"));
        assert_eq!(one.log_id(), client("2001:db8:0:1::2").log_id(), "one subscriber");
        assert_ne!(one.log_id(), other.log_id());
        assert_eq!(one.log_id().len(), 8);
    }

    #[test]
    fn only_this_machine_is_exempt_and_only_in_the_demo() {
        let exempt = |demo, peer: &str| Clients::new(None, demo).of(&HeaderMap::new(), peer.parse().unwrap()).is_exempt;
        assert!(exempt(true, "127.0.0.1:1") && exempt(true, "[::1]:1"));
        assert!(!exempt(false, "127.0.0.1:1") && !exempt(true, "192.0.2.1:1"));
    }
}
