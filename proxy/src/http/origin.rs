//! Which pages may post: those of the proxy's own origin and those of configured ones. No wildcard, no credentials.
//!
//! Source: <https://fetch.spec.whatwg.org/#http-cors-protocol>, <https://www.rfc-editor.org/rfc/rfc6454#section-7>.

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;
use super::{App, body};
use crate::origin::Origin;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// No browser, or a page of the proxy's own origin.
    Own,
    /// A page of a configured origin.
    Foreign,
    Refused,
}

/// What the browser itself says of the relation between page and request; no page can set it. It arrives intact also behind
/// development servers that replace `Host`.
///
/// Source: <https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header>.
static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

fn judge(headers: &HeaderMap, uri: &Uri, allowed: &[Origin]) -> Verdict {
    let site = headers.get(&SEC_FETCH_SITE).map(HeaderValue::as_bytes);
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) if site == Some(b"cross-site") => return Verdict::Refused,
        (None, _) => return Verdict::Own,
        (Some(one), None) => one.to_str().ok().and_then(|text| text.parse::<Origin>().ok()),
        _ => None,
    };
    let Some(origin) = origin else { return Verdict::Refused };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| uri.authority().map(Authority::as_str));
    if host.is_some_and(|host| origin.is_host(host)) || site == Some(b"same-origin") {
        Verdict::Own
    } else if allowed.contains(&origin) {
        Verdict::Foreign
    } else {
        Verdict::Refused
    }
}

/// Refuses pages of other origins, answers preflights, lets pages of configured origins read the answer.
pub(super) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let verdict = judge(request.headers(), request.uri(), &app.config().allowed_origins);
    let origin = request.headers().get(header::ORIGIN).cloned();
    let preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match verdict {
        Verdict::Refused => {
            body::drain(&app, request).await;
            ApiError::Origin.into_response()
        }
        _ if preflight => StatusCode::NO_CONTENT.into_response(),
        _ => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if let (Verdict::Foreign, Some(origin)) = (verdict, origin) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if preflight {
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type"));
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        } else {
            let exposed = HeaderValue::from_static("retry-after, x-request-id");
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_equal_in_scheme_host_and_port_or_refused() {
        const CASES: &[(&str, &str, Verdict)] = &[
            ("https://shop.example", "shop.example", Verdict::Own),
            ("https://shop.example", "shop.example:443", Verdict::Own),
            ("https://SHOP.example", "shop.example", Verdict::Own),
            ("http://127.0.0.1:8080", "127.0.0.1:8080", Verdict::Own),
            ("http://[::1]:8080", "[::1]:8080", Verdict::Own),
            ("https://www.allowed.example", "api.example", Verdict::Foreign),
            ("https://www.allowed.example:443", "api.example", Verdict::Foreign),
            ("http://www.allowed.example", "api.example", Verdict::Refused),
            ("https://www.allowed.example:444", "api.example", Verdict::Refused),
            ("https://allowed.example", "api.example", Verdict::Refused),
            ("https://www.allowed.example.evil.example", "api.example", Verdict::Refused),
            ("https://shop.example:444", "shop.example", Verdict::Refused),
            ("http://127.0.0.1:8081", "127.0.0.1:8080", Verdict::Refused),
            ("null", "shop.example", Verdict::Refused),
            ("", "shop.example", Verdict::Refused),
            ("https://user@shop.example", "shop.example", Verdict::Refused),
            ("file://", "shop.example", Verdict::Refused),
        ];
        let allowed = ["https://www.allowed.example".parse().unwrap()];
        for (origin, host, expected) in CASES {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            headers.insert(header::HOST, HeaderValue::from_static(host));
            assert_eq!(judge(&headers, &Uri::from_static("/api/lead"), &allowed), *expected, "{origin} at {host}");
        }
    }

    #[test]
    fn two_origins_are_refused_and_none_is_no_browser() {
        let mut headers = HeaderMap::new();
        assert_eq!(judge(&headers, &Uri::from_static("/"), &[]), Verdict::Own);
        headers.insert(header::HOST, HeaderValue::from_static("shop.example"));
        for _ in 0..2 {
            headers.append(header::ORIGIN, HeaderValue::from_static("https://shop.example"));
        }
        assert_eq!(judge(&headers, &Uri::from_static("/"), &[]), Verdict::Refused);
    }

    #[test]
    fn a_browser_says_of_which_site_the_page_is() {
        const CASES: &[(Option<&str>, &str, Verdict)] = &[
            (None, "cross-site", Verdict::Refused),
            (None, "same-origin", Verdict::Own),
            (None, "none", Verdict::Own),
            // Behind a development server that changes Host.
            (Some("http://localhost:5173"), "same-origin", Verdict::Own),
            (Some("http://localhost:5173"), "same-site", Verdict::Refused),
            (Some("https://evil.example"), "cross-site", Verdict::Refused),
            (Some("null"), "same-origin", Verdict::Refused),
        ];
        for (origin, site, expected) in CASES {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8787"));
            headers.insert(&SEC_FETCH_SITE, HeaderValue::from_static(site));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            assert_eq!(judge(&headers, &Uri::from_static("/api/lead"), &[]), *expected, "{origin:?} {site}");
        }
    }
}
