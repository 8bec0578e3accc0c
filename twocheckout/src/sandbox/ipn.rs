//! `POST /sandbox/ipn`: the sandbox sends a signed notification of an order, as 2Checkout's servers would.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use reqwest::{Url, redirect};
use serde::Deserialize;
use serde_json::json;

use super::work::random_hex;
use super::{MERCHANT_CODE, SECRET_KEY};
use crate::Credentials;
use crate::ipn::{OutgoingNotification, SignatureAlgorithm};

/// An answer that takes longer is none.
const TIMEOUT: Duration = Duration::from_secs(15);

/// The zone of the account, two hours before UTC: one that is not UTC, so that a reader who forgets it is found out.
const ZONE: (Offset, &str) = (jiff::tz::offset(2), "GMT+02:00");

/// What to send.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The order's `ExternalReference`: `REFNOEXT`.
    external_reference: Option<String>,
    /// `CUSTOMEREMAIL`
    email: Option<String>,
    /// `ORDERSTATUS`; `PAYMENT_AUTHORIZED` by default.
    status: Option<String>,
    /// 2Checkout's number of the order: `REFNO`; another one each time by default.
    refno: Option<String>,
    /// Where to; by default `/api/ipn` of the origin that was asked.
    to: Option<String>,
    /// `sha256` (the default), `sha3-256` or `md5`.
    algorithm: Option<String>,
    /// Any field of a notification: replaces the one of its name, or is added. An element of a list is named with `[]`.
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// Sends one, once, and answers with what came back: `{status, body, receipt}`; `receipt` says whether 2Checkout would
/// take the body for its receipt.
pub(super) async fn send(headers: HeaderMap, body: Bytes) -> Response {
    match try_send(&headers, &body).await {
        Ok(response) => response,
        Err((status, message)) => (status, Json(json!({"message": message}))).into_response(),
    }
}

async fn try_send(headers: &HeaderMap, body: &[u8]) -> Result<Response, (StatusCode, &'static str)> {
    let bad = |message| (StatusCode::BAD_REQUEST, message);
    let body = if body.is_empty() { b"{}" } else { body };
    let wanted: Wanted = serde_json::from_slice(body).map_err(|_| {
        bad("expected a JSON object of texts: external_reference, email, status, refno, to, algorithm, and fields")
    })?;
    let algorithm = match wanted.algorithm.as_deref() {
        None | Some("sha256") => SignatureAlgorithm::Sha256,
        Some("sha3-256") => SignatureAlgorithm::Sha3_256,
        Some("md5") => SignatureAlgorithm::Md5,
        Some(_) => return Err(bad("algorithm: expected sha256, sha3-256 or md5")),
    };
    let to = target(headers, wanted.to.as_deref()).ok_or(bad("to: expected a URL with http on this machine"))?;
    let fields = fields(&wanted, Timestamp::now()).ok_or((StatusCode::INTERNAL_SERVER_ERROR, "no random number"))?;
    let notification = fields.iter().fold(OutgoingNotification::new(), |all, (name, value)| all.field(name, value));
    let body = notification.signed(&Credentials::new(MERCHANT_CODE, SECRET_KEY), algorithm);
    let away = |_| (StatusCode::BAD_GATEWAY, "the notification got no answer");
    let client = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).timeout(TIMEOUT);
    let request = client.build().map_err(away)?.post(to).body(body);
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = request.send().await.map_err(away)?;
    let status = answer.status();
    let text = answer.text().await.map_err(away)?;
    let receipt = status == StatusCode::OK && is_receipt(&text, &fields, algorithm);
    Ok(Json(json!({"status": status.as_u16(), "body": text, "receipt": receipt})).into_response())
}

/// Nothing but this machine: a page of somebody else must not make the sandbox reach farther than itself.
fn target(headers: &HeaderMap, to: Option<&str>) -> Option<Url> {
    let url = match to {
        Some(to) => Url::parse(to).ok()?,
        None => {
            let host = headers.get(header::HOST)?.to_str().ok()?;
            Url::parse(&format!("http://{host}/api/ipn")).ok()?
        }
    };
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
    let is_local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    (url.scheme() == "http" && is_local).then_some(url)
}

/// The fields that a merchant is advised to tick, in the order of 2Checkout's page "IPN parameters".
fn fields(wanted: &Wanted, now: Timestamp) -> Option<Vec<(String, String)>> {
    let local = now.to_zoned(TimeZone::fixed(ZONE.0));
    let refno = match &wanted.refno {
        Some(refno) => refno.clone(),
        None => (u64::from_str_radix(&random_hex(9).ok()?, 16).ok()? % 900_000_000 + 100_000_000).to_string(),
    };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let status = wanted.status.clone().unwrap_or_else(|| "PAYMENT_AUTHORIZED".to_owned());
    let mut fields: Vec<(String, String)> = [
        ("SALEDATE", local.strftime("%Y-%m-%d %H:%M:%S").to_string()),
        ("REFNO", refno),
        ("REFNOEXT", text(&wanted.external_reference)),
        ("ORIGINAL_REFNOEXT[]", String::new()),
        ("ORDERSTATUS", status),
        ("FIRSTNAME", "Zoë".to_owned()),
        ("LASTNAME", "Sandbox".to_owned()),
        ("COMPANY", String::new()),
        ("CUSTOMEREMAIL", text(&wanted.email)),
        ("IPN_PID[]", "1".to_owned()),
        ("IPN_PNAME[]", "Software program".to_owned()),
        ("IPN_PCODE[]", "04C26C50F8".to_owned()),
        ("CURRENCY", "EUR".to_owned()),
        ("TEST_ORDER", "0".to_owned()),
        ("FRAUD_STATUS", "APPROVED".to_owned()),
        ("MESSAGE_ID", random_hex(32).ok()?),
        ("TIMEZONE_OFFSET", ZONE.1.to_owned()),
        ("IPN_DATE", local.strftime("%Y%m%d%H%M%S").to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    for (name, value) in &wanted.fields {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, replaced)) => value.clone_into(replaced),
            None => fields.push((name.clone(), value.clone())),
        }
    }
    Some(fields)
}

/// 2Checkout looks for the receipt anywhere in the answer.
fn is_receipt(body: &str, fields: &[(String, String)], algorithm: SignatureAlgorithm) -> bool {
    let part = |before: &str, after: &str| {
        let (_, rest) = body.split_once(before)?;
        rest.split_once(after).map(|(part, _)| part.to_owned())
    };
    let read = match algorithm {
        SignatureAlgorithm::Md5 => part("<EPAYMENT>", "</EPAYMENT>").and_then(|receipt| {
            let (date, hash) = receipt.split_once('|')?;
            Some((date.to_owned(), hash.to_owned()))
        }),
        SignatureAlgorithm::Sha256 => part("<sig algo=\"sha256\" date=\"", "</sig>").and_then(|receipt| {
            let (date, hash) = receipt.split_once("\">")?;
            Some((date.to_owned(), hash.to_owned()))
        }),
        SignatureAlgorithm::Sha3_256 => part("<sig algo=\"sha3-256\" date=\"", "</sig>").and_then(|receipt| {
            let (date, hash) = receipt.split_once("\">")?;
            Some((date.to_owned(), hash.to_owned()))
        }),
    };
    let Some((date, hash)) = read else { return false };
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
    let signed = [field("IPN_PID[]"), field("IPN_PNAME[]"), field("IPN_DATE"), date.as_str()];
    let values = signed.iter().map(|value| value.as_bytes());
    date.len() == 14 && algorithm.verify(SECRET_KEY.as_bytes(), values, hash.as_bytes())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::ipn::{Meaning, Verifier};

    #[test]
    fn a_notification_goes_to_this_machine_alone() {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("127.0.0.1:8080"))]);
        let cases = [
            (None, Some("http://127.0.0.1:8080/api/ipn")),
            (Some("http://localhost:1/x"), Some("http://localhost:1/x")),
            (Some("http://[::1]:1/x"), Some("http://[::1]:1/x")),
            (Some("http://shop.example/api/ipn"), None),
            (Some("https://127.0.0.1/"), None),
            (Some("file:///etc/passwd"), None),
            (Some(""), None),
        ];
        for (to, expected) in cases {
            assert_eq!(target(&headers, to).map(String::from).as_deref(), expected, "{to:?}");
        }
    }

    #[test]
    fn what_it_sends_is_what_a_merchant_reads_and_its_receipt_is_known() {
        let wanted =
            r#"{"external_reference": "A-1", "email": "ada@example.com", "refno": "7", "fields": {"EXTRA": "x"}}"#;
        let wanted: Wanted = serde_json::from_str(wanted).unwrap();
        let now = Timestamp::now();
        let fields = fields(&wanted, now).unwrap();
        let credentials = Credentials::new(MERCHANT_CODE, SECRET_KEY);
        for algorithm in [SignatureAlgorithm::Sha256, SignatureAlgorithm::Sha3_256, SignatureAlgorithm::Md5] {
            let outgoing = fields.iter().fold(OutgoingNotification::new(), |all, (name, value)| all.field(name, value));
            let verifier = Verifier::new(&credentials).allow_md5(true);
            let read = verifier.verify(outgoing.signed(&credentials, algorithm).as_bytes()).unwrap();
            assert_eq!((read.refno(), read.external_reference()), (Some("7"), Some("A-1")));
            assert_eq!((read.meaning(), read.field("EXTRA")), (Meaning::Ordered, Some("x")));
            let sold = read.sale_date().unwrap();
            assert!(sold.has_zone && now.duration_since(sold.at).as_secs().abs() < 2);
            let receipt = verifier.receipt(&read, now);
            assert!(is_receipt(&format!("ok {receipt}\n"), &fields, algorithm), "{receipt}");
            assert!(!is_receipt(&receipt.replace("20", "21"), &fields, algorithm));
            assert!(!is_receipt("ok", &fields, algorithm));
        }
    }
}
