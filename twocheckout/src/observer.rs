//! Tells whoever wants to know whether 2Checkout can be reached, and if not, why.

use std::fmt;
use std::io::ErrorKind;
use std::sync::Arc;

/// Why no answer of 2Checkout's API came. `Display` is in words for operators, and holds nothing of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// Its name could not be resolved.
    Dns,
    /// Nobody listens there.
    Refused,
    /// There is no way to it.
    Unreachable,
    /// No TLS connection came about: a certificate that is not trusted, or no TLS at the other end.
    Tls,
    /// The answer did not come in time.
    Timeout,
    /// The connection broke.
    Broken,
    /// It answered with this status, of a server or a gateway that cannot do more.
    Status(u16),
    /// The answer is none of its API: HTML, a redirect, nothing.
    NotTheApi,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns => f.write_str("DNS: its name cannot be resolved"),
            Self::Refused => f.write_str("connection refused"),
            Self::Unreachable => f.write_str("network unreachable"),
            Self::Tls => f.write_str("TLS: no trusted connection"),
            Self::Timeout => f.write_str("timeout"),
            Self::Broken => f.write_str("broken connection"),
            Self::Status(status) => write!(f, "HTTP {status}"),
            Self::NotTheApi => f.write_str("an answer that is not of its API"),
        }
    }
}

/// Is told of every request; see [`ClientBuilder::observer`](crate::ClientBuilder::observer).
pub trait Observer: fmt::Debug + Send + Sync {
    /// 2Checkout's API has answered, whatever it said.
    fn answered(&self);
    /// It has not.
    fn unavailable(&self, cause: Cause);
}

/// The observation of one request. One that is given up before it has ended timed out.
pub(crate) struct Observation<'a>(Option<&'a Arc<dyn Observer>>);

impl<'a> Observation<'a> {
    pub(crate) fn begin(observer: Option<&'a Arc<dyn Observer>>) -> Self {
        Self(observer)
    }

    pub(crate) fn end(mut self, cause: Option<Cause>) {
        match (self.0.take(), cause) {
            (Some(observer), Some(cause)) => observer.unavailable(cause),
            (Some(observer), None) => observer.answered(),
            (None, _) => {}
        }
    }
}

impl Drop for Observation<'_> {
    fn drop(&mut self) {
        if let Some(observer) = self.0.take() {
            observer.unavailable(Cause::Timeout);
        }
    }
}

/// What the answer says of the server: a status that only a server or gateway in trouble gives, or no JSON.
pub(crate) fn of_answer(status: u16, is_json: bool) -> Option<Cause> {
    match status {
        408 | 429 | 500..=599 => Some(Cause::Status(status)),
        _ if is_json => None,
        // 401 and 404 may come without a body.
        400..=499 => None,
        _ => Some(Cause::NotTheApi),
    }
}

/// Why a request got no answer. The texts of the errors are looked at and never shown: they may hold the URL.
pub(crate) fn of_error(error: &reqwest::Error) -> Cause {
    if error.is_timeout() {
        return Cause::Timeout;
    }
    if !error.is_connect() {
        return Cause::Broken;
    }
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        let text = error.to_string().to_lowercase();
        if text.contains("dns error") {
            return Cause::Dns;
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            match error.kind() {
                ErrorKind::ConnectionRefused => return Cause::Refused,
                ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => return Cause::Unreachable,
                ErrorKind::TimedOut => return Cause::Timeout,
                ErrorKind::InvalidData => return Cause::Tls,
                _ => {}
            }
        }
        if ["certificate", "handshake", "corrupt message", "tls"].iter().any(|word| text.contains(word)) {
            return Cause::Tls;
        }
        source = error.source();
    }
    Cause::Broken
}
