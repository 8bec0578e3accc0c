//! The demo's own server: what a merchant's server does when an order was placed. The page must not know the token, so it
//! tells this server of the order, and this server tells the proxy.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;

const TIMEOUT: Duration = Duration::from_secs(15);

#[derive(Debug, Clone)]
struct Shop {
    orders_url: String,
    token: String,
    http: reqwest::Client,
}

/// `POST /demo/orders`, JSON: passes an order on to `/api/orders` of the proxy at `address`, with the shop's token.
///
/// # Errors  There is no HTTP client.
pub(super) fn routes(address: SocketAddr, token: String) -> std::io::Result<Router> {
    let http = reqwest::Client::builder().no_proxy().timeout(TIMEOUT).build().map_err(std::io::Error::other)?;
    let shop = Shop { orders_url: format!("http://{address}/api/orders"), token, http };
    Ok(Router::new().route("/demo/orders", post(place)).with_state(shop))
}

/// JSON alone, which a page of another origin cannot post without being asked first.
async fn place(State(shop): State<Shop>, Json(order): Json<Value>) -> Response {
    let request = shop.http.post(&shop.orders_url).bearer_auth(&shop.token).json(&order);
    let answered = async {
        let answer = request.send().await?;
        let status = StatusCode::from_u16(answer.status().as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
        Ok::<_, reqwest::Error>((status, answer.bytes().await?))
    };
    match answered.await {
        Ok((status, body)) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(_) => (StatusCode::BAD_GATEWAY, "the proxy did not answer").into_response(),
    }
}
