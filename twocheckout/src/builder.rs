//! Settings of a client, checked once.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Url, header::HeaderValue};

use crate::client::Client;
use crate::http::Http;
use crate::inner::Inner;
use crate::{Algorithm, Credentials, Error, Observer, Protocol};

const BASE_URL: &str = "https://api.2checkout.com";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(20);

/// Settings of a [`Client`]; made by [`Client::builder`].
#[derive(Debug, Clone)]
#[must_use = "nothing happens before build()"]
pub struct ClientBuilder {
    credentials: Credentials,
    protocol: Protocol,
    algorithm: Algorithm,
    base_url: String,
    timeout: Duration,
    observer: Option<Arc<dyn Observer>>,
}

impl ClientBuilder {
    pub(crate) fn new(credentials: Credentials) -> Self {
        Self {
            credentials,
            protocol: Protocol::default(),
            algorithm: Algorithm::default(),
            base_url: BASE_URL.to_owned(),
            timeout: TIMEOUT,
            observer: None,
        }
    }

    /// The protocol that carries the leads; JSON-RPC by default.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// The hash that signs; SHA-256 by default.
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Where 2Checkout is, `https://api.2checkout.com` by default. `/rpc/6.0/` and `/rest/6.0/leads/` are appended.
    /// Anything but `https` is refused, except towards this machine itself.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// The longest time one request may take, from connecting to the end of the answer; 20 seconds by default. Connecting
    /// alone may take 5 seconds of it. A call makes up to four requests: a login and the call itself, and both again
    /// when 2Checkout has forgotten the session.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Who is told whether 2Checkout answers; nobody by default.
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// The client. Nothing is sent yet; [`Client::check`] tries the credentials.
    ///
    /// # Errors
    ///
    /// [`Error::Configuration`] for a base URL that is none, or not https; for an empty merchant code or secret key, or
    /// a merchant code that cannot stand in a header; for a timeout of zero.
    pub fn build(self) -> Result<Client, Error> {
        let refuse = |expected| Err(Error::Configuration { expected });
        let Self { credentials, protocol, algorithm, base_url, timeout, observer } = self;
        let code = credentials.merchant_code();
        if code.trim().is_empty() || code.contains('"') || HeaderValue::from_bytes(code.as_bytes()).is_err() {
            return refuse("a merchant code, as the Control Panel shows it");
        }
        if credentials.secret_key().is_empty() {
            return refuse("a secret key, as the Control Panel shows it");
        }
        if timeout.is_zero() {
            return refuse("a timeout of more than zero");
        }
        let Some(base) = base(&base_url) else {
            return refuse("a base URL with https (http for this machine only), without query or credentials");
        };
        let rest = |list| below(&base, &["rest", "6.0", list, ""]);
        let (Some(rpc_url), Some(leads_url), Some(products_url)) =
            (below(&base, &["rpc", "6.0", ""]), rest("leads"), rest("products"))
        else {
            return refuse("a base URL");
        };
        let http = Http::new(timeout, CONNECT_TIMEOUT.min(timeout), is_loopback(&base), observer)?;
        Ok(Client::of(Inner::new(credentials, protocol, algorithm, http, rpc_url, leads_url, products_url)))
    }
}

fn base(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.host_str().is_some();
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    (plain && safe).then_some(url)
}

fn below(base: &Url, segments: &[&str]) -> Option<Url> {
    let mut url = base.clone();
    url.path_segments_mut().ok()?.pop_if_empty().extend(segments);
    Some(url)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build(url: &str) -> Result<Client, Error> {
        Client::builder(Credentials::new("AVANGATE", "SECRET_KEY")).base_url(url).build()
    }

    #[test]
    fn anything_but_https_is_refused_except_towards_this_machine() {
        const CASES: &[(&str, bool)] = &[
            ("https://api.2checkout.com", true),
            ("https://api.2checkout.com/", true),
            ("http://127.0.0.1:8080/sandbox", true),
            ("http://127.8.9.1", true),
            ("http://localhost:1/sandbox/", true),
            ("http://[::1]:1", true),
            ("http://api.2checkout.com", false),
            ("http://127.0.0.1.example.com", false),
            ("http://localhost.example.com", false),
            ("https://me:secret@api.2checkout.com", false),
            ("https://api.2checkout.com/?a=b", false),
            ("ftp://127.0.0.1", false),
            ("api.2checkout.com", false),
            ("", false),
        ];
        for (url, fits) in CASES {
            assert_eq!(build(url).is_ok(), *fits, "{url}");
        }
    }

    #[test]
    fn both_paths_are_appended_whatever_the_base_ends_with() {
        for base_url in ["http://127.0.0.1:1/sandbox", "http://127.0.0.1:1/sandbox/"] {
            let base = base(base_url).unwrap();
            let rpc = below(&base, &["rpc", "6.0", ""]).unwrap();
            assert_eq!(rpc.as_str(), "http://127.0.0.1:1/sandbox/rpc/6.0/");
        }
    }

    #[test]
    fn credentials_that_cannot_work_are_refused_before_anything_is_sent() {
        for (code, key) in [("", "k"), ("A\"B", "k"), ("A\nB", "k"), ("A", "")] {
            let built = Client::builder(Credentials::new(code, key)).build();
            assert!(matches!(built, Err(Error::Configuration { .. })), "{code:?}");
        }
        assert!(Client::builder(Credentials::new("A", "k")).timeout(Duration::ZERO).build().is_err());
    }

    #[test]
    fn no_debug_output_holds_the_secret() {
        let builder = Client::builder(Credentials::new("AVANGATE", "SECRET_KEY"));
        let shown = format!("{builder:?} {:?}", builder.clone().build().unwrap());
        assert!(shown.contains("AVANGATE") && !shown.contains("SECRET_KEY"), "{shown}");
    }
}
