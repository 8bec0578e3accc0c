//! From options to settings that fit together.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use leadkeep_proxy::Absence;
use leadkeep_proxy::cart::Retention;
use leadkeep_proxy::config::{Config, Connections, Limits, Rate};
use leadkeep_proxy::content::{Catalogue, ContentRules};
use leadkeep_proxy::delivery::Timing;
use leadkeep_proxy::delivery::worker::Pace;
use leadkeep_proxy::orders::{Orders, ShopToken};
use leadkeep_proxy::origin::{NoOrigin, Origin};
use leadkeep_proxy::page_token::PageToken;
use leadkeep_proxy::store::{Location, Store, StoreError, UnknownLocation};
use twocheckout::ipn::Verifier;
use twocheckout::{Client, Credentials, Error};

use super::descriptors;
use super::environment::Environment;
use super::options::{Codes, Details, Options};
use super::refusal::Refusal;

/// Where leads are kept unless told otherwise.
const DEFAULT_STORE: &str = "sqlite://leadkeep.sqlite";

/// Merchant code and secret key, or neither.
///
/// # Errors  One without the other; a key file that cannot be read.
pub(crate) fn credentials(options: &Options, environment: Environment<'_>) -> Result<Option<Credentials>, Refusal> {
    let code = options.merchant_code.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let key = match (environment("LEADKEEP_SECRET_KEY"), environment("LEADKEEP_SECRET_KEY_FILE")) {
        (Some(_), Some(_)) => {
            return Err(Refusal::secret("LEADKEEP_SECRET_KEY", "it or LEADKEEP_SECRET_KEY_FILE, received both"));
        }
        (Some(key), None) => Some(key),
        (None, Some(file)) => {
            let read = std::fs::read_to_string(&file).ok().map(|text| text.trim().to_owned());
            let key = read.filter(|key| !key.is_empty());
            // Its value is not shown: a key is easily put where the name of its file belongs.
            let expected = "a file that can be read and holds the secret key";
            Some(key.ok_or_else(|| Refusal::secret("LEADKEEP_SECRET_KEY_FILE", expected))?)
        }
        (None, None) => None,
    };
    match (code, key) {
        (Some(code), Some(key)) => Ok(Some(Credentials::new(code, key))),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(no_code()),
        (Some(_), None) => Err(Refusal::secret(
            "LEADKEEP_SECRET_KEY (or LEADKEEP_SECRET_KEY_FILE)",
            "the secret key of the Control Panel, Integrations > Webhooks & API, received nothing",
        )),
    }
}

/// What the shop's server proves itself by, if it is to report orders.
///
/// # Errors  Two tokens; a token file that cannot be read.
pub(crate) fn shop_token(environment: Environment<'_>) -> Result<Option<String>, Refusal> {
    let token = match (environment("LEADKEEP_SHOP_TOKEN"), environment("LEADKEEP_SHOP_TOKEN_FILE")) {
        (Some(_), Some(_)) => {
            return Err(Refusal::secret("LEADKEEP_SHOP_TOKEN", "it or LEADKEEP_SHOP_TOKEN_FILE, received both"));
        }
        (Some(token), None) => Some(token.trim().to_owned()),
        (None, Some(file)) => {
            let read = std::fs::read_to_string(&file).ok().map(|text| text.trim().to_owned());
            let expected = "a file that can be read and holds the token";
            Some(read.ok_or_else(|| Refusal::secret("LEADKEEP_SHOP_TOKEN_FILE", expected))?)
        }
        (None, None) => None,
    };
    if token.as_ref().is_some_and(String::is_empty) {
        return Err(Refusal::secret("LEADKEEP_SHOP_TOKEN", "a long random text, received nothing"));
    }
    if token.as_ref().is_some_and(|token| token.len() < 16) {
        tracing::warn!("LEADKEEP_SHOP_TOKEN is short: whoever guesses it can end every lead; use 32 random characters");
    }
    Ok(token)
}

/// What page tokens are checked with, if the operator wants pages to carry one.
///
/// # Errors  Two secrets; a file that cannot be read; one that is too short.
pub(crate) fn page_token(options: &Options, environment: Environment<'_>) -> Result<Option<PageToken>, Refusal> {
    const NAME: &str = "LEADKEEP_PAGE_TOKEN_SECRET";
    const EXPECTED: &str = "at least 16 characters that nobody can guess, or LEADKEEP_PAGE_TOKEN_SECRET_FILE with them";
    let secret = match (environment(NAME), environment("LEADKEEP_PAGE_TOKEN_SECRET_FILE")) {
        (None, None) => return Ok(None),
        (Some(secret), None) => Some(secret),
        (None, Some(file)) => std::fs::read_to_string(file).ok(),
        (Some(_), Some(_)) => None,
    };
    let secret = secret.map(|secret| secret.trim().to_owned()).filter(|secret| secret.len() >= 16);
    let secret = secret.ok_or_else(|| Refusal::secret(NAME, EXPECTED))?;
    Ok(Some(PageToken::new(&secret, options.page_token_hours)))
}

/// Who may report an order.
pub(crate) fn orders(options: &Options, credentials: &Credentials, shop_token: Option<&str>) -> Orders {
    let verifier = Verifier::new(credentials).allow_md5(options.ipn_md5).count_test_orders(options.test_orders);
    Orders {
        verifier: Some(verifier),
        shop_token: shop_token.map(ShopToken::new),
        quiet: Duration::from_secs(u64::from(options.quiet_days) * 24 * 3_600),
        ..Orders::of(credentials)
    }
}

/// There is no merchant code where one is needed.
pub(crate) fn no_code() -> Refusal {
    let expected = "the merchant code of the Control Panel, Integrations > Webhooks & API";
    Refusal::setting("--merchant-code (LEADKEEP_MERCHANT_CODE)", expected, "")
}

/// A client for 2Checkout at `url`, which tells of its absence.
///
/// # Errors  What the client cannot use.
pub(crate) fn client(
    options: &Options,
    credentials: Credentials,
    url: &str,
    absence: Arc<Absence>,
) -> Result<Client, Refusal> {
    let builder = Client::builder(credentials).protocol(options.protocol).algorithm(options.algorithm).base_url(url);
    let builder = builder.timeout(Duration::from_millis(options.call_timeout_ms)).observer(absence);
    builder.build().map_err(|error| match error {
        Error::Configuration { expected } if expected.contains("URL") => {
            // The URL is not shown: it may hold a password.
            Refusal::secret("--api-url (LEADKEEP_API_URL)", expected)
        }
        Error::Configuration { expected } => Refusal::secret("the credentials of 2Checkout", expected),
        other => Refusal::Failed(other.to_string()),
    })
}

/// Where to listen.
pub(crate) fn listen(options: &Options) -> SocketAddr {
    SocketAddr::new(
        options.host.unwrap_or_else(|| options.listen.ip()),
        options.port.unwrap_or_else(|| options.listen.port()),
    )
}

fn domains(listed: &[String]) -> Vec<String> {
    let clean = |domain: &String| domain.trim().trim_matches(['.', '@']).to_lowercase();
    listed.iter().map(clean).filter(|domain| !domain.is_empty()).collect()
}

/// The settings of the application.
///
/// # Errors  An origin that is none.
pub(crate) fn config(options: &Options) -> Result<Config, Refusal> {
    let origins = options.allow_origin.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    let parse = |text: &str| {
        text.parse::<Origin>().map_err(|NoOrigin| {
            let expected = "an origin such as https://shop.example, without a path";
            Refusal::setting("--allow-origin (LEADKEEP_ALLOW_ORIGIN)", expected, text)
        })
    };
    let defaults = Config::default();
    Ok(Config {
        allowed_origins: origins.map(parse).collect::<Result<_, _>>()?,
        currency: options.currency.clone(),
        answer_within: Duration::from_millis(options.answer_within_ms),
        rate: Some(Rate { per_minute: options.rate_per_minute, burst: options.rate_burst, ..Rate::default() }),
        limits: Limits {
            new_carts_per_client: NonZeroU32::new(options.new_carts_per_client),
            new_carts_per_network: NonZeroU32::new(options.new_carts_per_network),
            new_carts_per_hour: NonZeroU32::new(options.new_carts_per_hour),
            leads_per_address: NonZeroU32::new(options.leads_per_address),
            leads_per_hour: match options.leads_per_hour {
                Some(limit) => NonZeroU32::new(limit),
                None => defaults.limits.leads_per_hour,
            },
            blocked_domains: domains(&options.blocked_domains),
        },
        content: ContentRules {
            catalogue: options
                .catalogue
                .clone()
                .map(|Codes(codes)| Catalogue { codes, takes_details: options.catalogue_details == Details::Keep }),
        },
        connections: Connections {
            at_once: descriptors::for_connections(defaults.connections.at_once),
            per_client: usize::try_from(options.connections_per_client.get()).unwrap_or(usize::MAX),
            ..defaults.connections
        },
        client_ip_header: options.client_ip_header.clone(),
        calls_at_once: options.calls_at_once,
        timing: Timing { call_ms: options.call_timeout_ms, ..defaults.timing },
        pace: Pace { deliveries_per_second: options.deliveries_per_second, ..defaults.pace },
        retention: Retention::days(options.retention_days).with_consent_days(options.consent_days),
        ..defaults
    })
}

const STORE: &str = "--store (LEADKEEP_STORE)";

/// Where the store is, `default` where none is named.
///
/// # Errors  No store is named so.
pub(crate) fn location(options: &Options, default: Option<&Path>) -> Result<Location, Refusal> {
    let named = options.store.as_deref().filter(|text| !text.is_empty());
    match (named, default) {
        (None, Some(file)) => Ok(Location::Sqlite(file.to_owned())),
        (named, _) => named.unwrap_or(DEFAULT_STORE).parse().map_err(|error: UnknownLocation| {
            Refusal::secret(STORE, error.to_string().trim_start_matches("expected "))
        }),
    }
}

/// Opens the store, `default` where none is named.
///
/// # Errors  No store is named so, or it is damaged, or it cannot be opened.
pub(crate) async fn store(options: &Options, default: Option<&Path>) -> Result<Arc<dyn Store>, Refusal> {
    let location = location(options, default)?;
    location.open().await.map_err(|error| unusable(&location, error))
}

/// Why a store cannot be used.
pub(crate) fn unusable(location: &Location, error: StoreError) -> Refusal {
    Refusal::Failed(match error {
        StoreError::Damaged(cause) => format!(
            "{STORE}: expected a sound store of leadkeep, received {location} ({cause}); move it away to begin a new one"
        ),
        StoreError::Database(cause) => format!("{STORE}: {location} cannot be used: {cause}"),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::options::Cli;
    use super::*;

    fn options(arguments: &[&str]) -> Options {
        Cli::try_parse_from(["leadkeep-proxy"].iter().chain(arguments)).unwrap().options
    }

    #[test]
    fn a_secret_is_never_shown() {
        let key = |name: &str| (name == "LEADKEEP_SECRET_KEY").then(|| "hunter2".to_owned());
        let alone = credentials(&options(&[]), &key).unwrap_err().to_string();
        assert!(alone.starts_with("--merchant-code (LEADKEEP_MERCHANT_CODE): expected the merchant code"), "{alone}");
        let both = credentials(&options(&[]), &|_| Some("hunter2".to_owned())).unwrap_err().to_string();
        let shown = format!("{alone}{both}{:?}", credentials(&options(&["--merchant-code", "M"]), &key).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn a_code_without_a_key_is_refused_and_neither_is_no_credentials() {
        let refused = credentials(&options(&["--merchant-code", "M"]), &|_| None).unwrap_err().to_string();
        assert!(refused.starts_with("LEADKEEP_SECRET_KEY (or LEADKEEP_SECRET_KEY_FILE): expected the secret key"));
        assert!(credentials(&options(&[]), &|_| None).unwrap().is_none());
    }

    #[test]
    fn a_token_is_read_from_one_place_and_never_shown() {
        let token = shop_token(&|name| (name == "LEADKEEP_SHOP_TOKEN").then(|| " hunter2\n".to_owned())).unwrap();
        assert_eq!(token.as_deref(), Some("hunter2"));
        let orders = orders(&options(&[]), &Credentials::new("M", "k"), token.as_deref());
        assert!(orders.shop_token.is_some() && !format!("{orders:?}").contains("hunter2"));
        assert_eq!(shop_token(&|_| None).unwrap(), None);
        let both = shop_token(&|_| Some("hunter2".to_owned())).unwrap_err().to_string();
        let file = shop_token(&|name| (name == "LEADKEEP_SHOP_TOKEN_FILE").then(|| "hunter2".to_owned())).unwrap_err();
        assert!(
            both.starts_with("LEADKEEP_SHOP_TOKEN: ") && file.to_string().starts_with("LEADKEEP_SHOP_TOKEN_FILE: ")
        );
        assert!(!format!("{both}{file}").contains("hunter2"));
    }

    #[test]
    fn a_secret_of_page_tokens_is_long_and_never_shown() {
        let of = |name: &'static str, value: &'static str| {
            page_token(&options(&[]), &move |asked| (asked == name).then(|| value.to_owned()))
        };
        assert!(of("LEADKEEP_PAGE_TOKEN_SECRET", "hunter2-hunter2-hunter2").unwrap().is_some());
        assert!(of("OTHER", "x").unwrap().is_none());
        for (name, value) in
            [("LEADKEEP_PAGE_TOKEN_SECRET", "hunter2"), ("LEADKEEP_PAGE_TOKEN_SECRET_FILE", "/no/hunter2")]
        {
            let refused = of(name, value).unwrap_err().to_string();
            assert!(refused.starts_with("LEADKEEP_PAGE_TOKEN_SECRET: ") && !refused.contains("hunter2"), "{refused}");
        }
    }

    #[test]
    fn origins_are_checked_one_by_one() {
        let config = config(&options(&["--allow-origin", "https://a.example,https://b.example:8443"])).unwrap();
        assert_eq!(config.allowed_origins.len(), 2);
        let refused = super::config(&options(&["--allow-origin", "https://a.example/cart"])).unwrap_err().to_string();
        assert_eq!(
            refused,
            "--allow-origin (LEADKEEP_ALLOW_ORIGIN): expected an origin such as https://shop.example, without a path, \
             received https://a.example/cart"
        );
    }

    #[test]
    fn a_catalogue_is_a_list_or_a_file() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("codes.txt");
        std::fs::write(&file, "A\nB 1\n\n").unwrap();
        let at = format!("@{}", file.display());
        for (text, expected) in [("A, B 1,", ["A", "B 1"]), (at.as_str(), ["A", "B 1"])] {
            let catalogue = config(&options(&["--catalogue", text])).unwrap().content.catalogue.unwrap();
            assert_eq!(catalogue.codes, expected.map(str::to_owned).into());
            assert!(!catalogue.takes_details);
        }
        assert!(config(&options(&[])).unwrap().content.catalogue.is_none());
        for text in [",", "@/no/such/file"] {
            assert!(Cli::try_parse_from(["leadkeep-proxy", "--catalogue", text]).is_err(), "{text}");
        }
    }

    #[test]
    fn host_and_port_replace_their_half_of_listen() {
        assert_eq!(listen(&options(&["--port", "0"])).to_string(), "127.0.0.1:0");
        assert_eq!(listen(&options(&["--listen", "[::1]:80", "--host", "0.0.0.0"])).to_string(), "0.0.0.0:80");
    }

    #[test]
    fn a_base_url_without_tls_is_refused() {
        let refused =
            client(&options(&[]), Credentials::new("M", "hunter2"), "http://api.example", Arc::default()).unwrap_err();
        assert!(refused.to_string().starts_with("--api-url (LEADKEEP_API_URL): expected a base URL with https"));
    }

    #[test]
    fn neither_a_password_in_the_url_nor_a_key_in_place_of_its_file_is_shown() {
        let url = "https://me:hunter2@api.2checkout.com";
        let shown = client(&options(&[]), Credentials::new("M", "k"), url, Arc::default()).unwrap_err().to_string();
        assert!(shown.starts_with("--api-url") && !shown.contains("hunter2"), "{shown}");
        let file = |name: &str| (name == "LEADKEEP_SECRET_KEY_FILE").then(|| "hunter2".to_owned());
        let shown = credentials(&options(&["--merchant-code", "M"]), &file).unwrap_err().to_string();
        assert!(
            shown.starts_with("LEADKEEP_SECRET_KEY_FILE: expected a file") && !shown.contains("hunter2"),
            "{shown}"
        );
    }

    #[tokio::test]
    async fn a_store_that_is_none_or_cannot_be_reached_is_refused_without_its_password() {
        let refused = async |url| store(&options(&["--store", url]), None).await.unwrap_err().to_string();
        assert_eq!(
            refused("mysql://u:hunter2@db/leads").await,
            "--store (LEADKEEP_STORE): expected sqlite://FILE, the path of a file, or postgres://HOST/DATABASE, received \
             mysql://***"
        );
        // Nobody listens on port 1.
        let shown = refused("postgres://u:hunter2@127.0.0.1:1/leads").await;
        let expected = "--store (LEADKEEP_STORE): postgres://***@127.0.0.1:1/leads cannot be used: ";
        assert!(shown.starts_with(expected) && !shown.contains("hunter2"), "{shown}");
    }
}
