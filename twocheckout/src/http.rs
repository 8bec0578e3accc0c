//! One HTTP request and its answer.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, Url, redirect, retry};

use crate::answer::Answer;
use crate::observer::{self, Observation};
use crate::{Cause, Error, Observer};

/// An answer longer than this is none of 2Checkout's.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// A connection that nobody has used for so long may be closed on the other side at any moment.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Http {
    client: reqwest::Client,
    observer: Option<Arc<dyn Observer>>,
}

impl Http {
    pub(crate) fn new(
        timeout: Duration,
        connect_timeout: Duration,
        loopback: bool,
        observer: Option<Arc<dyn Observer>>,
    ) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("leadkeep-twocheckout/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]))
            .redirect(redirect::Policy::none())
            // A request that is repeated out of sight could make a second lead.
            .retry(retry::never())
            .timeout(timeout)
            .connect_timeout(connect_timeout)
            .pool_idle_timeout(IDLE_TIMEOUT);
        // What the network has not taken by then is not handed over later either, when nobody waits for it any more: a
        // request that arrives after its lead was looked for would make a second one.
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        {
            builder = builder.tcp_user_timeout(timeout);
        }
        if loopback {
            // HTTPS_PROXY and its like are for the way out, never for this machine itself.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|_| Error::Configuration {
            expected: "the certificates of this system (package ca-certificates)",
        })?;
        Ok(Self { client, observer })
    }

    pub(crate) fn request(&self, method: Method, url: Url) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends a request, once.
    pub(crate) async fn send(&self, name: &str, request: RequestBuilder) -> Result<Answer, Error> {
        let observation = Observation::begin(self.observer.as_ref());
        let sent = exchange(name, request).await;
        observation.end(match &sent {
            Ok(answer) => observer::of_answer(answer.status, answer.body.is_some()),
            Err(NoAnswer::Broken(error)) => Some(observer::of_error(error)),
            Err(NoAnswer::TooLong) => Some(Cause::NotTheApi),
        });
        sent.map_err(|why| match why {
            NoAnswer::Broken(error) => broken(name, &error),
            NoAnswer::TooLong => Error::Malformed { maybe_done: true },
        })
    }
}

/// Why there is no answer.
enum NoAnswer {
    Broken(reqwest::Error),
    TooLong,
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        Self::Broken(error)
    }
}

async fn exchange(name: &str, request: RequestBuilder) -> Result<Answer, NoAnswer> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| wait(value, SystemTime::now()));
    let body = body(response).await?;
    tracing::debug!(method = name, status, bytes = body.len(), "2Checkout answered");
    Ok(Answer { status, retry_after, body: serde_json::from_slice(&body).ok() })
}

async fn body(mut response: Response) -> Result<Vec<u8>, NoAnswer> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(NoAnswer::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A request without an answer. What never got a connection was not carried out; of all else nobody knows.
fn broken(name: &str, cause: &reqwest::Error) -> Error {
    // The cause's own text may hold the URL, and a search has an e-mail address in it.
    let kind = match cause {
        cause if cause.is_connect() => "no connection",
        cause if cause.is_timeout() => "timeout",
        _ => "broken connection",
    };
    tracing::debug!(method = name, kind, "no answer from 2Checkout");
    Error::Unavailable { retry_after: None, maybe_done: !(cause.is_connect() || cause.is_builder()) }
}

/// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
fn wait(value: &HeaderValue, now: SystemTime) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = httpdate::parse_http_date(text).ok()?;
    Some(then.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        const CASES: &[(&str, Option<u64>)] = &[
            ("2", Some(2)),
            (" 120 ", Some(120)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ];
        for (text, seconds) in CASES {
            let value = HeaderValue::from_static(text);
            assert_eq!(wait(&value, now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
