//! What stands on the command line or in the environment, each option checked by itself.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
#[cfg(feature = "demo")]
use std::path::PathBuf;

use axum::http::HeaderName;
use clap::{Args, Parser, Subcommand, ValueEnum};
use twocheckout::{Algorithm, Protocol};

const EXAMPLES: &str = "\
Secret key (never a flag: flags can be read by everybody on the machine):
  LEADKEEP_SECRET_KEY       the secret key of the Control Panel, Integrations > Webhooks & API
  LEADKEEP_SECRET_KEY_FILE  or a file that holds it

Token of the shop's server (never a flag either), with which it reports orders at /api/orders:
  LEADKEEP_SHOP_TOKEN       a long random text, such as `openssl rand -hex 32` makes
  LEADKEEP_SHOP_TOKEN_FILE  or a file that holds it

Page tokens (optional; see the README):
  LEADKEEP_PAGE_TOKEN_SECRET  or LEADKEEP_PAGE_TOKEN_SECRET_FILE: a cart begins only on a page that carries a token

Examples:
  leadkeep-proxy demo --www ./shop
  LEADKEEP_MERCHANT_CODE=123456 LEADKEEP_SECRET_KEY_FILE=/run/secrets/2checkout leadkeep-proxy check
  leadkeep-proxy check --product BOOK-1 --lead
  leadkeep-proxy serve --listen 127.0.0.1:8787 --store /var/lib/leadkeep/leads.sqlite
  leadkeep-proxy serve --allow-origin https://shop.example --client-ip-header x-real-ip
  leadkeep-proxy leads list --store /var/lib/leadkeep/leads.sqlite --since 7d --refused
  leadkeep-proxy leads withdraw --email ada@example.com";

/// Keeps the lead of a checkout and delivers it to 2Checkout
///
/// Browsers post what a shopper typed; the proxy keeps it in its store, calls addLead once for a cart and updateLead from
/// then on, and repeats what fails until 2Checkout has it.
#[derive(Debug, Parser)]
#[command(name = "leadkeep-proxy", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) options: Options,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve and deliver (the default)
    Serve,
    /// Ask 2Checkout whether it accepts the credentials, and look whether the store could be used; says so in one line and
    /// in the exit code. On demand also whether a product exists, and what becomes of a test lead
    Check(Check),
    /// Look for leads, and do to them what a person or an operator asks for
    Leads {
        #[command(subcommand)]
        command: super::leads::Leads,
    },
    /// Ask the proxy that runs on this machine, at its address for operators, whether it can keep changes: for containers
    Health,
    /// Print the hashes of the widget's files for Subresource Integrity, and a script tag with that of the loader
    Integrity(Integrity),
    /// Try a checkout without an account: serve a folder with the shop's files, the API, a stand-in for 2Checkout and a page
    /// that shows what it holds, on one loopback origin
    #[cfg(feature = "demo")]
    Demo(Demo),
}

/// For the check.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Code of a product: asks whether it is in 2Checkout's catalogue; repeat it, or separate by commas
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    pub(crate) product: Vec<String>,
    /// Make a test lead (of the products of --product), read it, stop its mails and empty it, and say what 2Checkout answered
    /// at each step. The empty lead stays in the account: 2Checkout has no call that deletes one
    #[arg(long)]
    pub(crate) lead: bool,
    /// E-mail address of the test lead
    #[arg(long, value_name = "ADDRESS", default_value = "leadkeep-check@example.com", value_parser = email, requires = "lead")]
    pub(crate) email: String,
}

/// For a script tag.
#[derive(Debug, Args)]
pub(crate) struct Integrity {
    /// Where browsers find the widget's files: a path, or the URL of a folder
    #[arg(long, value_name = "URL", default_value = "/")]
    pub(crate) base: String,
}

/// For the demo.
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Folder of the shop's files, with an index.html; /leadkeep.js is served from inside this program where the folder has none
    #[arg(long, value_name = "DIR")]
    pub(crate) www: PathBuf,
    /// Folder for leads.sqlite and sandbox.json; without it, what the sandbox holds ends with the program
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Address and port to listen on; port 0 chooses a free one
    #[arg(long, global = true, env = "LEADKEEP_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8787",
          value_parser = listen, help_heading = "Listening")]
    pub(crate) listen: SocketAddr,
    /// Address alone, instead of that of --listen
    #[arg(long, global = true, value_name = "ADDRESS", value_parser = host, help_heading = "Listening")]
    pub(crate) host: Option<IpAddr>,
    /// Port alone, instead of that of --listen
    #[arg(long, global = true, value_name = "PORT", value_parser = port, help_heading = "Listening")]
    pub(crate) port: Option<u16>,

    /// Address and port for operators: /dashboard, /healthz, /livez, /metrics (in the demo they are on the demo's own)
    #[arg(long, global = true, env = "LEADKEEP_OPERATOR_LISTEN", value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8788",
          value_parser = listen, help_heading = "Listening")]
    pub(crate) operator_listen: SocketAddr,

    /// Merchant code of the Control Panel
    #[arg(long, global = true, env = "LEADKEEP_MERCHANT_CODE", value_name = "CODE", help_heading = "2Checkout")]
    pub(crate) merchant_code: Option<String>,
    /// Protocol that carries the leads: json-rpc or rest
    #[arg(long, global = true, env = "LEADKEEP_PROTOCOL", value_name = "PROTOCOL", default_value = "json-rpc",
          value_parser = protocol, help_heading = "2Checkout")]
    pub(crate) protocol: Protocol,
    /// Hash that signs: sha256 or sha3-256
    #[arg(long, global = true, env = "LEADKEEP_ALGORITHM", value_name = "HASH", default_value = "sha256",
          value_parser = algorithm, help_heading = "2Checkout")]
    pub(crate) algorithm: Algorithm,
    /// Where 2Checkout is
    #[arg(
        long,
        global = true,
        env = "LEADKEEP_API_URL",
        hide_env_values = true,
        value_name = "URL",
        default_value = "https://api.2checkout.com",
        help_heading = "2Checkout"
    )]
    pub(crate) api_url: String,
    /// Milliseconds after which a call to 2Checkout is given up; a proxy that shares a PostgreSQL is taken for dead after one
    /// and a half times as long and two seconds
    #[arg(long, global = true, env = "LEADKEEP_CALL_TIMEOUT_MS", value_name = "MS", default_value = "20000",
          value_parser = call_timeout_ms, help_heading = "2Checkout")]
    pub(crate) call_timeout_ms: u64,
    /// Calls to 2Checkout at the same time
    #[arg(long, global = true, env = "LEADKEEP_CALLS_AT_ONCE", value_name = "NUMBER", default_value = "32",
          value_parser = calls_at_once, help_heading = "2Checkout")]
    pub(crate) calls_at_once: usize,
    /// Currency of leads whose page names none, by its ISO 4217 code
    #[arg(long, global = true, env = "LEADKEEP_CURRENCY", value_name = "CODE", default_value = "USD",
          value_parser = currency, help_heading = "2Checkout")]
    pub(crate) currency: String,
    /// Deliveries begun in a second when there is something to make up for
    #[arg(long, global = true, env = "LEADKEEP_DELIVERIES_PER_SECOND", value_name = "NUMBER", default_value = "20",
          value_parser = per_second, help_heading = "2Checkout")]
    pub(crate) deliveries_per_second: f64,

    /// Whether 2Checkout's notifications of orders (/api/ipn) may be signed with MD5 alone, which 2Checkout has retired
    #[arg(long, global = true, env = "LEADKEEP_IPN_MD5", value_name = "YES/NO", default_value = "no", value_parser = yes_no,
          help_heading = "Orders")]
    pub(crate) ipn_md5: bool,
    /// Whether a test order ends its lead as a real one does
    #[arg(long, global = true, env = "LEADKEEP_TEST_ORDERS", value_name = "YES/NO", default_value = "no", value_parser = yes_no,
          help_heading = "Orders")]
    pub(crate) test_orders: bool,
    /// Days after which 2Checkout is asked whether a lead was used, before it is updated again
    #[arg(long, global = true, env = "LEADKEEP_QUIET_DAYS", value_name = "DAYS", default_value = "7", value_parser = days,
          help_heading = "Orders")]
    pub(crate) quiet_days: u32,

    /// Where leads are kept: sqlite://FILE or the path of a file for one proxy, or postgres://HOST/DATABASE for several
    #[arg(
        long,
        global = true,
        env = "LEADKEEP_STORE",
        hide_env_values = true,
        value_name = "STORE",
        help_heading = "Store"
    )]
    pub(crate) store: Option<String>,

    /// Days after which what a shopper typed is let go of, counted from its last change
    #[arg(long, global = true, env = "LEADKEEP_RETENTION_DAYS", value_name = "DAYS", default_value = "90",
          value_parser = days, help_heading = "Store")]
    pub(crate) retention_days: u32,
    /// Days for which the proof of a consent is kept: its words and time, and a keyed hash of the address; 0: no longer than
    /// what was typed
    #[arg(long, global = true, env = "LEADKEEP_CONSENT_DAYS", value_name = "DAYS", default_value = "1095",
          value_parser = days_or_none, help_heading = "Store")]
    pub(crate) consent_days: u32,

    /// Foreign origin whose pages may post, such as https://shop.example; repeat it, or separate by commas
    #[arg(
        long,
        global = true,
        env = "LEADKEEP_ALLOW_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        help_heading = "Browsers"
    )]
    pub(crate) allow_origin: Vec<String>,
    /// Milliseconds after which a browser is answered at the latest, 202 if 2Checkout has not answered yet
    #[arg(long, global = true, env = "LEADKEEP_ANSWER_WITHIN_MS", value_name = "MS", default_value = "8000",
          value_parser = answer_within_ms, help_heading = "Browsers")]
    pub(crate) answer_within_ms: u64,
    /// Requests a client address may make in a minute
    #[arg(long, global = true, env = "LEADKEEP_RATE_PER_MINUTE", value_name = "NUMBER", default_value = "120",
          value_parser = count, help_heading = "Browsers")]
    pub(crate) rate_per_minute: NonZeroU32,
    /// Requests a client address may make at once
    #[arg(long, global = true, env = "LEADKEEP_RATE_BURST", value_name = "NUMBER", default_value = "60",
          value_parser = count, help_heading = "Browsers")]
    pub(crate) rate_burst: NonZeroU32,
    /// Header in which a reverse proxy tells the client's address, such as x-real-ip; its last entry counts. Without a
    /// reverse proxy that sets it, a client could choose its address
    #[arg(long, global = true, env = "LEADKEEP_CLIENT_IP_HEADER", value_name = "HEADER", value_parser = header_name,
          help_heading = "Browsers")]
    pub(crate) client_ip_header: Option<HeaderName>,

    /// Carts that one client, an IPv4 address or an IPv6 /64, may begin in ten minutes; 0 for no limit. Edits of known carts
    /// do not count
    #[arg(long, global = true, env = "LEADKEEP_NEW_CARTS_PER_CLIENT", value_name = "NUMBER", default_value = "10",
          value_parser = limit, help_heading = "Strangers")]
    pub(crate) new_carts_per_client: u32,
    /// The same for a network, an IPv4 /24 or an IPv6 /48
    #[arg(long, global = true, env = "LEADKEEP_NEW_CARTS_PER_NETWORK", value_name = "NUMBER", default_value = "40",
          value_parser = limit, help_heading = "Strangers")]
    pub(crate) new_carts_per_network: u32,
    /// Carts that everybody together may begin in an hour: what the store may grow by; 0 for no limit
    #[arg(long, global = true, env = "LEADKEEP_NEW_CARTS_PER_HOUR", value_name = "NUMBER", default_value = "20000",
          value_parser = limit, help_heading = "Strangers")]
    pub(crate) new_carts_per_hour: u32,

    /// Live leads for one e-mail address in a day, in lower case and without what follows a +; what is more is kept and not
    /// delivered; 0 for no limit
    #[arg(long, global = true, env = "LEADKEEP_LEADS_PER_ADDRESS", value_name = "NUMBER", default_value = "3",
          value_parser = limit, help_heading = "Strangers")]
    pub(crate) leads_per_address: u32,
    /// New leads of this proxy in an hour; what is more is delivered later, and at half a warning is logged; 0 for no limit
    /// [default: 2000, in the demo 0]
    #[arg(long, global = true, env = "LEADKEEP_LEADS_PER_HOUR", value_name = "NUMBER", value_parser = limit,
          help_heading = "Strangers")]
    pub(crate) leads_per_hour: Option<u32>,
    /// Domains whose addresses never get a lead, with those below them, by commas
    #[arg(
        long,
        global = true,
        env = "LEADKEEP_BLOCKED_DOMAINS",
        value_name = "DOMAINS",
        value_delimiter = ',',
        default_value = "storebotmail.joonix.net",
        help_heading = "Strangers"
    )]
    pub(crate) blocked_domains: Vec<String>,
    /// Hours for which a page token lasts, where LEADKEEP_PAGE_TOKEN_SECRET asks for one
    #[arg(long, global = true, env = "LEADKEEP_PAGE_TOKEN_HOURS", value_name = "HOURS", default_value = "24",
          value_parser = hours, help_heading = "Strangers")]
    pub(crate) page_token_hours: u32,
    /// Codes of the products that may be led, by commas, or @FILE with one in each line; without it, those the page names
    #[arg(long, global = true, env = "LEADKEEP_CATALOGUE", value_name = "CODES", value_parser = catalogue,
          help_heading = "Strangers")]
    pub(crate) catalogue: Option<Codes>,
    /// With a catalogue: whether price, name and description that the page gives a product are dropped, so that
    /// 2Checkout's own catalogue says them, or kept
    #[arg(long, global = true, env = "LEADKEEP_CATALOGUE_DETAILS", value_name = "HOW", default_value = "drop",
          value_parser = details, help_heading = "Strangers")]
    pub(crate) catalogue_details: Details,
    /// Connections that one client may hold; a reverse proxy on this machine or its network is not refused
    #[arg(long, global = true, env = "LEADKEEP_CONNECTIONS_PER_CLIENT", value_name = "NUMBER", default_value = "256",
          value_parser = count, help_heading = "Strangers")]
    pub(crate) connections_per_client: NonZeroU32,

    /// How much is logged: error, warn, info, debug or trace; no level holds what a shopper typed
    #[arg(long, global = true, env = "LEADKEEP_LOG", value_name = "LEVEL", value_parser = level, help_heading = "Log")]
    pub(crate) log: Option<tracing::Level>,
    /// How it is written to standard error: json or text
    #[arg(long, global = true, env = "LEADKEEP_LOG_FORMAT", value_name = "FORMAT", value_parser = log_format,
          help_heading = "Log")]
    pub(crate) log_format: Option<LogFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    Json,
    Text,
}

/// Codes of products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Codes(pub(crate) std::collections::HashSet<String>);

/// What becomes of the price, name and description that a page gives a product of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Details {
    Drop,
    Keep,
}

type Parsed<T> = Result<T, &'static str>;

fn catalogue(text: &str) -> Parsed<Codes> {
    const EXPECTED: &str = "product codes by commas, or @FILE with one in each line, and at least one";
    let text = match text.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file).map_err(|_| EXPECTED)?,
        None => text.to_owned(),
    };
    let codes: std::collections::HashSet<String> =
        text.split([',', '\n']).map(str::trim).filter(|code| !code.is_empty()).map(str::to_owned).collect();
    if codes.is_empty() { Err(EXPECTED) } else { Ok(Codes(codes)) }
}

fn details(text: &str) -> Parsed<Details> {
    Details::from_str(text, false).map_err(|_| "drop or keep")
}

fn email(text: &str) -> Parsed<String> {
    if wire::is_email(text) { Ok(text.to_owned()) } else { Err("an e-mail address such as me@shop.example") }
}

fn listen(text: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| "an address and a port such as 127.0.0.1:8787")
}

fn host(text: &str) -> Parsed<IpAddr> {
    text.parse().map_err(|_| "an IP address such as 127.0.0.1")
}

fn port(text: &str) -> Parsed<u16> {
    text.parse().map_err(|_| "a port from 0 to 65535")
}

fn protocol(text: &str) -> Parsed<Protocol> {
    text.parse().map_err(|_| "json-rpc or rest")
}

fn algorithm(text: &str) -> Parsed<Algorithm> {
    text.parse().map_err(|_| "sha256 or sha3-256")
}

fn currency(text: &str) -> Parsed<String> {
    let is_code = text.len() == 3 && text.bytes().all(|b| b.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase()).ok_or("an ISO 4217 code such as EUR")
}

fn per_second(text: &str) -> Parsed<f64> {
    text.parse().ok().filter(|n| (0.01..=1_000.0).contains(n)).ok_or("a number from 0.01 to 1000")
}

fn answer_within_ms(text: &str) -> Parsed<u64> {
    text.parse().ok().filter(|n| (100..=60_000).contains(n)).ok_or("milliseconds from 100 to 60000")
}

fn call_timeout_ms(text: &str) -> Parsed<u64> {
    text.parse().ok().filter(|n| (1_000..=120_000).contains(n)).ok_or("milliseconds from 1000 to 120000")
}

fn days(text: &str) -> Parsed<u32> {
    text.parse().ok().filter(|n| (1..=3_650).contains(n)).ok_or("days from 1 to 3650")
}

fn days_or_none(text: &str) -> Parsed<u32> {
    text.parse().ok().filter(|n| *n <= 3_650).ok_or("days from 0 to 3650")
}

fn yes_no(text: &str) -> Parsed<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err("yes or no"),
    }
}

fn calls_at_once(text: &str) -> Parsed<usize> {
    text.parse().ok().filter(|n| (1..=1_024).contains(n)).ok_or("a whole number from 1 to 1024")
}

fn count(text: &str) -> Parsed<NonZeroU32> {
    text.parse().map_err(|_| "a whole number of at least 1")
}

fn hours(text: &str) -> Parsed<u32> {
    text.parse().ok().filter(|n| (1..=720).contains(n)).ok_or("hours from 1 to 720")
}

fn limit(text: &str) -> Parsed<u32> {
    text.parse().map_err(|_| "a whole number, 0 for no limit")
}

fn header_name(text: &str) -> Parsed<HeaderName> {
    text.parse().map_err(|_| "the name of a header such as x-real-ip")
}

fn level(text: &str) -> Parsed<tracing::Level> {
    let known = ["error", "warn", "info", "debug", "trace"].contains(&text);
    text.parse().ok().filter(|_| known).ok_or("error, warn, info, debug or trace")
}

fn log_format(text: &str) -> Parsed<LogFormat> {
    LogFormat::from_str(text, false).map_err(|_| "json or text")
}
