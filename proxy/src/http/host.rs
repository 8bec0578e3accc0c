//! The demo answers to the names of this machine alone: a page of a foreign site whose name is made to resolve to 127.0.0.1
//! (DNS rebinding) would else be of the demo's own origin.

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::{App, body};

/// Refuses a request to any other name than this machine's.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.config().loopback_hosts_only || is_loopback(request.headers(), request.uri()) {
        return next.run(request).await;
    }
    body::drain(&app, request).await;
    ApiError::Host.into_response()
}

/// Whether every name that the request gives its host is one of this machine, and there is one.
fn is_loopback(headers: &HeaderMap, uri: &Uri) -> bool {
    let named = headers.get_all(header::HOST).iter().map(|host| host.to_str().ok().and_then(|host| host.parse().ok()));
    let mut hosts = named.chain(uri.authority().cloned().map(Some)).peekable();
    hosts.peek().is_some()
        && hosts.all(|host: Option<Authority>| host.is_some_and(|host| is_loopback_name(host.host())))
}

fn is_loopback_name(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match bare.parse::<std::net::IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback(),
        // No name below `localhost` ever leaves the machine, RFC 6761.
        Err(_) => {
            let name = bare.trim_end_matches('.').to_ascii_lowercase();
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered_to() {
        const CASES: &[(&[&str], bool)] = &[
            (&["localhost"], true),
            (&["LOCALHOST:8080"], true),
            (&["shop.localhost:8080"], true),
            (&["127.0.0.1:8080"], true),
            (&["127.9.9.9"], true),
            (&["[::1]:8080"], true),
            (&["rebind.evil.example:8080"], false),
            (&["localhost.evil.example"], false),
            (&["127.0.0.1.evil.example"], false),
            (&["192.168.0.1"], false),
            (&["localhost", "evil.example"], false),
            (&[""], false),
            (&[], false),
        ];
        for (hosts, expected) in CASES {
            let mut headers = HeaderMap::new();
            for host in *hosts {
                headers.append(header::HOST, HeaderValue::from_static(host));
            }
            assert_eq!(is_loopback(&headers, &Uri::from_static("/api/lead")), *expected, "{hosts:?}");
        }
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("localhost"))]);
        assert!(!is_loopback(&headers, &Uri::from_static("http://evil.example/api/lead")));
    }
}
