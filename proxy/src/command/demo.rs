//! `leadkeep-proxy demo`: a shop, the API and a stand-in for 2Checkout on one loopback origin.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, header};
use leadkeep_proxy::Proxy;
use leadkeep_proxy::widget::{LOADER, WidgetFiles};
use tempfile::TempDir;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::Level;
use twocheckout::Credentials;
use twocheckout::sandbox::{MERCHANT_CODE, SECRET_KEY, Sandbox};

use super::demo_shop;
use super::environment;
use super::logging;
use super::options::{Demo, LogFormat, Options};
use super::panel;
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
    let www = shop(&demo.www)?;
    let data = Data::of(demo.data.as_deref())?;
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
    let store = store(options, Some(&data.path().join("leads.sqlite"))).await?;
    let stop = StopSignal::catch()?;
    let listener = bind("--listen (LEADKEEP_LISTEN)", address).await?;
    let address = listener.local_addr().map_err(failed)?;
    let shop = demo_shop::routes(address, token).map_err(failed)?;
    let has_sandbox = credentials.is_none();
    let (client, others) = match credentials {
        Some(credentials) => (client(options, credentials, &options.api_url, Arc::default())?, files(&www, shop)),
        None => {
            let sandbox = Sandbox::new(Some(data.path().join("sandbox.json")));
            let client = client(
                options,
                Credentials::new(MERCHANT_CODE, SECRET_KEY),
                &format!("http://{address}/sandbox"),
                Arc::default(),
            )?;
            (client, files(&www, shop.merge(sandbox.router()).merge(panel::routes())))
        }
    };
    let proxy = Proxy::start(listener, None, config, store, Arc::new(client), Some(others)).map_err(failed)?;
    announce(proxy.address(), has_sandbox);
    stop.received().await;
    proxy.stop(STOP_WITHIN).await;
    Ok(())
}

/// Says where everything is. Whoever reads the first line alone and goes away is no error.
fn announce(address: SocketAddr, has_sandbox: bool) {
    let panel =
        if has_sandbox { format!("what 2Checkout would hold: http://{address}/sandbox/\n") } else { String::new() };
    let tag = "<script async src=\"/leadkeep.js\" data-endpoint=\"/api/lead\" data-currency=\"EUR\"></script>";
    let text = format!("ready: http://{address}/\n{panel}the tag for your page, with your currency: {tag}\n");
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// The folder of a shop.
///
/// # Errors  It is not there, is a file, or has no page to begin with.
fn shop(www: &Path) -> Result<PathBuf, Refusal> {
    let wrong = |expected: &str| Refusal::setting("--www", expected, &www.display().to_string());
    let folder = www.canonicalize().map_err(|error| wrong(&format!("a folder with the shop's files ({error})")))?;
    if !folder.is_dir() {
        return Err(wrong("a folder with the shop's files, not a file"));
    }
    if !folder.join("index.html").is_file() {
        return Err(wrong("a folder with an index.html, the page that / shows"));
    }
    Ok(folder)
}

/// Where the demo keeps what it is told: a folder of the person's, or one that ends with the program.
enum Data {
    Kept(PathBuf),
    Passing(TempDir),
}

impl Data {
    fn of(folder: Option<&Path>) -> Result<Self, Refusal> {
        let Some(folder) = folder else {
            return Ok(Self::Passing(TempDir::with_prefix("leadkeep-demo-").map_err(failed)?));
        };
        std::fs::create_dir_all(folder)
            .map_err(|error| Refusal::Failed(format!("--data: {} cannot be used: {error}", folder.display())))?;
        Ok(Self::Kept(folder.to_owned()))
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(folder) => folder,
            Self::Passing(folder) => folder.path(),
        }
    }
}

/// The shop's files beside `routes`, and the widget's where the shop has none of its own; where a `.br` lies beside a file,
/// browsers that can read it get that.
fn files(www: &Path, routes: Router) -> Router {
    let widget = WidgetFiles::embedded();
    if widget.is_empty() && !www.join(LOADER).is_file() {
        tracing::warn!(
            "this program holds no widget, and {} has no {LOADER}: take a released program, or run `npm run build` before `cargo build`",
            www.display()
        );
    }
    let no_cache = SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let shop = ServeDir::new(www).precompressed_br().fallback(widget.routes::<()>());
    routes.fallback_service(shop).layer(no_cache)
}
