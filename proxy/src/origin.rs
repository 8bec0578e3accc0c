//! The origin of a page, as a setting and as a browser name it.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc6454#section-7>.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use axum::http::uri::Authority;

/// Scheme, host and port of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    https: bool,
    host: String,
    port: u16,
}

/// The text is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an origin such as https://shop.example, without a path")]
pub struct NoOrigin;

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.https { ("https", 443) } else { ("http", 80) };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == usual { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let uri: Uri = text.parse().map_err(|_| NoOrigin)?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(NoOrigin),
        };
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or(NoOrigin)?;
        // `Uri` gives an empty path as `/`.
        if uri.path() != "/" || uri.query().is_some() || text.ends_with('/') || authority.host().is_empty() {
            return Err(NoOrigin);
        }
        Self::of(https, authority).ok_or(NoOrigin)
    }
}

impl Origin {
    fn of(https: bool, authority: &Authority) -> Option<Self> {
        let port = match authority.port() {
            Some(port) => port.as_str().parse().ok()?,
            None if https => 443,
            None => 80,
        };
        Some(Self { https, host: authority.host().to_ascii_lowercase(), port })
    }

    /// Whether a request with this `Host` went to the origin itself. What ends TLS before the proxy hides the scheme, so
    /// it is the origin's own that says which port is meant by none.
    pub(crate) fn is_host(&self, host: &str) -> bool {
        let authority = host.parse::<Authority>().ok();
        authority.and_then(|authority| Self::of(self.https, &authority)).as_ref() == Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_a_browser_writes_it() {
        for text in ["https://shop.example", "http://127.0.0.1:5173", "http://[::1]:8080", "https://shop.example:8443"]
        {
            assert_eq!(text.parse::<Origin>().unwrap().to_string(), text);
        }
        assert_eq!("https://SHOP.example:443".parse::<Origin>().unwrap().to_string(), "https://shop.example");
    }

    #[test]
    fn a_setting_with_a_path_is_no_origin() {
        for text in
            ["https://shop.example/", "https://shop.example/cart", "shop.example", "*", "ftp://shop.example", ""]
        {
            assert_eq!(text.parse::<Origin>(), Err(NoOrigin), "{text}");
        }
    }
}
