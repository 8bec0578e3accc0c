//! `leadkeep-proxy demo`: a shop, the API and a stand-in for 2Checkout on one loopback origin.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, header};
use leadkeep_proxy::Proxy;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::Level;
use twocheckout::Credentials;
use twocheckout::sandbox::{MERCHANT_CODE, SECRET_KEY, Sandbox};

use super::demo_shop;
use super::environment;
use super::logging;
use super::options::{Demo, LogFormat, Options};
use super::refusal::Refusal;
use super::serve::{StopSignal, bind, failed};
use super::settings::{client, config, credentials, listen, orders, page_token, shop_token, store};

/// The sandbox of the demo ends with it, so there is little to wait for.
const STOP_WITHIN: Duration = Duration::from_secs(2);

/// Serves until SIGTERM or SIGINT. With credentials it talks to 2Checkout and has no sandbox.
pub(crate) async fn run(options: &Options, demo: &Demo) -> Result<(), Refusal> {
    logging::start(options, Level::WARN, LogFormat::Text);
    environment::warn_of_unknown();
    let address = listen(options);
    if !address.ip().is_loopback() {
        let received = address.ip().to_string();
        return Err(Refusal::setting("--host", "a loopback address for the demo, such as 127.0.0.1", &received));
    }
    if !demo.www.is_dir() {
        return Err(Refusal::setting("--www", "a folder with the shop's files", &demo.www.display().to_string()));
    }
    std::fs::create_dir_all(&demo.data)
        .map_err(|error| Refusal::Failed(format!("--data: {} cannot be used: {error}", demo.data.display())))?;
    let credentials = credentials(options, &environment::variable)?;
    let mut config = config(options)?;
    let account = credentials.clone().unwrap_or_else(|| Credentials::new(MERCHANT_CODE, SECRET_KEY));
    let token = shop_token(&environment::variable)?.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    config.orders = orders(options, &account, Some(&token));
    config.page_token = page_token(options, &environment::variable)?;
    config.exempt_loopback = true;
    if options.leads_per_hour.is_none() {
        config.limits.leads_per_hour = None;
    }
    config.loopback_hosts_only = true;
    let store = store(options, Some(&demo.data.join("leads.sqlite"))).await?;
    let stop = StopSignal::catch()?;
    let listener = bind("--listen (LEADKEEP_LISTEN)", address).await?;
    let address = listener.local_addr().map_err(failed)?;
    let shop = demo_shop::routes(address, token).map_err(failed)?;
    let (client, others) = match credentials {
        Some(credentials) => (client(options, credentials, &options.api_url, Arc::default())?, files(&demo.www, shop)),
        None => {
            let sandbox = Sandbox::new(Some(demo.data.join("sandbox.json")));
            let client = client(
                options,
                Credentials::new(MERCHANT_CODE, SECRET_KEY),
                &format!("http://{address}/sandbox"),
                Arc::default(),
            )?;
            (client, files(&demo.www, shop.merge(sandbox.router())))
        }
    };
    let proxy = Proxy::start(listener, None, config, store, Arc::new(client), Some(others)).map_err(failed)?;
    println!("ready: http://{}/", proxy.address());
    stop.received().await;
    proxy.stop(STOP_WITHIN).await;
    Ok(())
}

/// The shop's files beside `routes`; where a `.br` lies beside a file, browsers that can read it get that.
fn files(www: &Path, routes: Router) -> Router {
    let no_cache = SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    routes.fallback_service(ServeDir::new(www).precompressed_br()).layer(no_cache)
}
