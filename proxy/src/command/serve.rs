//! `leadkeep-proxy serve`

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use leadkeep_proxy::config::Config;
use leadkeep_proxy::delivery::Courier;
use leadkeep_proxy::widget::WidgetFiles;
use leadkeep_proxy::{Absence, Proxy};
use tokio::net::TcpListener;
use tracing::Level;
use twocheckout::{Client, Error};

use super::environment;
use super::logging;
use super::options::{LogFormat, Options};
use super::refusal::Refusal;
use super::settings::{client, config, credentials, listen, no_code, orders, page_token, shop_token, store};

/// A stop waits for the deliveries under way, but not longer.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// Serves until SIGTERM or SIGINT.
pub(crate) async fn run(options: &Options) -> Result<(), Refusal> {
    logging::start(options, Level::INFO, LogFormat::Json);
    environment::warn_of_unknown();
    let credentials = credentials(options, &environment::variable)?.ok_or_else(no_code)?;
    let orders = orders(options, &credentials, shop_token(&environment::variable)?.as_deref());
    let absence = Arc::new(Absence::default());
    let client = client(options, credentials, &options.api_url, Arc::clone(&absence))?;
    let page_token = page_token(options, &environment::variable)?;
    let widget = WidgetFiles::embedded();
    let config = Config { orders, page_token, widget: widget.clone(), ..config(options)? };
    let store = store(options, None).await?;
    let stop = StopSignal::catch()?;
    let listener = bind("--listen (LEADKEEP_LISTEN)", listen(options)).await?;
    let operators = bind("--operator-listen (LEADKEEP_OPERATOR_LISTEN)", options.operator_listen).await?;
    let for_operators = operators.local_addr().map_err(failed)?;
    let proxy =
        Proxy::start(listener, Some(operators), config, store, Arc::new(client.clone()), None).map_err(failed)?;
    tokio::spawn(try_credentials(client, proxy.courier()));
    tokio::spawn(async move { absence.watch().await });
    tell(&widget);
    tracing::info!(address = %proxy.address(), operators = %for_operators, version = env!("CARGO_PKG_VERSION"), "ready");
    stop.received().await;
    tracing::info!("stopping");
    proxy.stop(STOP_WITHIN).await;
    Ok(())
}

/// What becomes of `/leadkeep.js`.
fn tell(widget: &WidgetFiles) {
    if widget.is_empty() {
        tracing::warn!(
            "this program holds no widget: /leadkeep.js is not served; take a released program, or run `npm run build` before `cargo build`"
        );
    } else {
        tracing::info!(widget = widget.version(), "/leadkeep.js and what it loads are served");
    }
}

/// Tells the operator at once what would otherwise show with the first shopper.
async fn try_credentials(client: Client, courier: Courier) {
    let checked = client.check().await;
    match &checked {
        Ok(()) => tracing::info!("2Checkout accepts the credentials"),
        Err(error @ Error::Unauthorised(_)) => {
            courier.credentials(false);
            tracing::error!("{error}; changes are kept until it does");
        }
        // Its absence is told of by itself.
        Err(error) => tracing::debug!(%error, "the credentials could not be tried"),
    }
}

/// Listens on an address.
///
/// # Errors  It is taken, or not this machine's.
pub(crate) async fn bind(setting: &str, address: SocketAddr) -> Result<TcpListener, Refusal> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Refusal::Failed(format!("{setting}: {address} cannot be used: {error}")))
}

pub(crate) fn failed(error: std::io::Error) -> Refusal {
    Refusal::Failed(error.to_string())
}

/// SIGTERM and SIGINT, caught from the moment this is made: before anybody is told that the program is ready.
#[cfg(unix)]
pub(crate) struct StopSignal {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl StopSignal {
    pub(crate) fn catch() -> Result<Self, Refusal> {
        use tokio::signal::unix::{SignalKind, signal};
        let catch = |kind| signal(kind).map_err(failed);
        Ok(Self { terminate: catch(SignalKind::terminate())?, interrupt: catch(SignalKind::interrupt())? })
    }

    pub(crate) async fn received(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) struct StopSignal;

#[cfg(not(unix))]
impl StopSignal {
    pub(crate) fn catch() -> Result<Self, Refusal> {
        Ok(Self)
    }

    pub(crate) async fn received(self) {
        // It fails only where there is nothing to catch; then the program runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
