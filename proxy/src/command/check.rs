//! `leadkeep-proxy check`

use std::sync::Arc;

use twocheckout::{Client, Error};

use super::check_lead;
use super::environment;
use super::options::{Check, Options};
use super::refusal::Refusal;
use super::settings::{client, credentials, location, no_code, unusable};

/// Asks 2Checkout whether it accepts the credentials, and looks whether the store could be used; then whether the catalogue
/// has the products, and what becomes of a test lead. Stops at the first thing that is wrong.
pub(crate) async fn run(options: &Options, check: &Check) -> Result<(), Refusal> {
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
    products(&client, &check.product).await?;
    if check.lead {
        check_lead::run(&client, options, check).await?;
    }
    Ok(())
}

/// All of them, also past one that is unknown: one run tells everything.
async fn products(client: &Client, codes: &[String]) -> Result<(), Refusal> {
    let mut unknown = Vec::new();
    for code in codes {
        match client.get_product(code).await {
            Ok(product) => {
                let name = product.name.filter(|name| name != code).map(|name| format!(", {name}")).unwrap_or_default();
                let disabled =
                    if product.enabled == Some(false) { "; it is disabled, so nobody can buy it" } else { "" };
                println!("ok: 2Checkout knows the product {code}{name}{disabled}");
            }
            Err(Error::UnknownProduct) => {
                println!("wrong: 2Checkout does not know a product with the code {code}");
                unknown.push(code.as_str());
            }
            Err(error) => return Err(Refusal::Failed(format!("getProductByCode of {code}: {}", said(&error)))),
        }
    }
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Refusal::Failed(format!(
        "unknown products: {}. A code stands in the Control Panel under Setup > Products, as \"Product code\"; the mail that \
         follows a lead leads to a cart of these products",
        unknown.join(", ")
    )))
}

/// What 2Checkout said, with its own words: here they can repeat nothing but what this command has sent.
pub(super) fn said(error: &Error) -> String {
    match error {
        Error::Rejected { message, .. } if !message.is_empty() => {
            let words: String = message.chars().filter(|c| !c.is_control()).take(300).collect();
            format!("{error}: {words}")
        }
        error => error.to_string(),
    }
}
