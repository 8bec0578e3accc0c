//! `leadkeep-proxy health`: for containers, which have no other program to ask with.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::Empty;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::options::Options;
use super::refusal::Refusal;

const WITHIN: Duration = Duration::from_secs(4);

/// Asks the proxy that runs on this machine whether it can keep changes: what an orchestrator has to know. That 2Checkout refuses
/// the credentials is no reason to start it anew.
pub(crate) async fn run(options: &Options) -> Result<(), Refusal> {
    let address = reachable(options.operator_listen);
    let status = match tokio::time::timeout(WITHIN, ask(address)).await {
        Ok(asked) => asked.map_err(|error| Refusal::Failed(format!("no proxy answers at {address}: {error}")))?,
        Err(_) => return Err(Refusal::Failed(format!("the proxy at {address} did not answer within {WITHIN:?}"))),
    };
    if status != StatusCode::OK {
        return Err(Refusal::Failed(format!("the proxy at {address} cannot keep changes: /livez answers {status}")));
    }
    println!("ok: the proxy at {address} keeps changes");
    Ok(())
}

async fn ask(address: SocketAddr) -> Result<StatusCode, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let request = Request::get("/livez").header(header::HOST, address.to_string()).body(Empty::<Bytes>::new())?;
    let status = sender.send_request(request).await?.status();
    connection.abort();
    Ok(status)
}

/// Who listens on every address is reached on loopback.
fn reachable(listens: SocketAddr) -> SocketAddr {
    let ip = match listens.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listens.port())
}
