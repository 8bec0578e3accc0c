//! `leadkeep-proxy check`

use super::options::Options;
use super::refusal::Refusal;
use super::settings::{client, credentials, environment, no_code};

/// Asks 2Checkout whether it accepts the credentials.
pub(crate) async fn run(options: &Options) -> Result<(), Refusal> {
    let credentials = credentials(options, &environment)?.ok_or_else(no_code)?;
    let merchant = credentials.merchant_code().to_owned();
    let client = client(options, credentials, &options.api_url)?;
    client.check().await.map_err(|error| Refusal::Failed(error.to_string()))?;
    println!("ok: 2Checkout accepts the credentials of {merchant} ({}, {})", options.protocol, options.algorithm);
    Ok(())
}
