//! `leadkeep-proxy check`

use std::sync::Arc;

use super::environment;
use super::options::Options;
use super::refusal::Refusal;
use super::settings::{client, credentials, location, no_code, unusable};

/// Asks 2Checkout whether it accepts the credentials, and looks whether the store could be used.
pub(crate) async fn run(options: &Options) -> Result<(), Refusal> {
    let credentials = credentials(options, &environment::variable)?.ok_or_else(no_code)?;
    let merchant = credentials.merchant_code().to_owned();
    let client = client(options, credentials, &options.api_url, Arc::default())?;
    client.check().await.map_err(|error| Refusal::Failed(error.to_string()))?;
    let store = location(options, None)?;
    let found = store.check().await.map_err(|error| unusable(&store, error))?;
    let (protocol, algorithm) = (options.protocol, options.algorithm);
    println!(
        "ok: 2Checkout accepts the credentials of {merchant} ({protocol}, {algorithm}); the store {store} {found}"
    );
    Ok(())
}
