//! The command line of `leads`.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use leadkeep_proxy::leads::State;

use super::Since;

/// Looks for leads, and does to them what a person or an operator asks for
#[derive(Debug, Subcommand)]
pub(crate) enum Leads {
    /// List carts, without what shoppers typed
    List(List),
    /// Show all that is kept of a cart
    Show {
        #[command(flatten)]
        selection: Selection,
        /// JSON instead of lines
        #[arg(long)]
        json: bool,
    },
    /// Export all that is kept of a person, here and at 2Checkout, as JSON
    Export {
        /// The person's e-mail address, however it is cased and whatever follows a + in it
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
    /// Say that a cart was bought: its lead is marked used and its mails stop
    Complete {
        #[command(flatten)]
        selection: Selection,
        /// The number of the order
        #[arg(long, value_name = "NUMBER")]
        order_reference: Option<String>,
        #[command(flatten)]
        yes: Yes,
        /// JSON instead of a line
        #[arg(long)]
        json: bool,
    },
    /// Say that a shopper has taken the consent back: mails stop, the lead is emptied, here and at 2Checkout
    Withdraw {
        #[command(flatten)]
        selection: Selection,
        #[command(flatten)]
        yes: Yes,
        /// JSON instead of a line
        #[arg(long)]
        json: bool,
    },
    /// Forget a person: as `withdraw`, and nothing that was typed stays in the store. The proof of a consent stays as long as
    /// LEADKEEP_CONSENT_DAYS says
    Erase {
        #[command(flatten)]
        selection: Selection,
        /// The proof of the consent goes too
        #[arg(long)]
        with_consent: bool,
        #[command(flatten)]
        yes: Yes,
        /// JSON instead of a line
        #[arg(long)]
        json: bool,
    },
    /// Try again at once what 2Checkout has refused or not answered; without a selection all of it
    Retry {
        #[command(flatten)]
        selection: Selection,
        /// JSON instead of a line
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(super) selection: Selection,
    /// Carts that were changed or closed since: 7d, 12h, a date such as 2026-11-25, or a moment as RFC 3339 writes it
    #[arg(long, value_name = "WHEN", value_parser = since)]
    pub(super) since: Option<Since>,
    /// Carts in one of these states: open, collecting, refused, withheld, completed, withdrawn; repeat it, or separate by
    /// commas
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = state)]
    pub(super) state: Vec<State>,
    /// Carts that 2Checkout has refused
    #[arg(long)]
    pub(super) refused: bool,
    /// JSON, an array of objects, instead of a table
    #[arg(long)]
    pub(super) json: bool,
}

/// Which carts are meant.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// The cart of this CartId, or with this LeadCode
    #[arg(value_name = "CART_OR_LEAD_CODE")]
    pub(super) id: Option<String>,
    /// The cart of this CartId
    #[arg(long, value_name = "CART_ID")]
    pub(super) cart: Option<String>,
    /// The cart whose lead 2Checkout calls so
    #[arg(long, value_name = "CODE")]
    pub(super) lead_code: Option<String>,
    /// The carts of this person, however the address is cased and whatever follows a + in it
    #[arg(long, value_name = "ADDRESS")]
    pub(super) email: Option<String>,
    /// The carts with this reference of the shop's order
    #[arg(long, value_name = "REFERENCE")]
    pub(super) external_reference: Option<String>,
}

impl Selection {
    /// The cart's id, however it was named.
    pub(super) fn cart(&self) -> Option<&str> {
        self.cart.as_deref().or_else(|| self.id.as_deref().filter(|id| wire::is_cart_id(id)))
    }

    /// The lead's code, however it was named.
    pub(super) fn lead_code(&self) -> Option<&str> {
        self.lead_code.as_deref().or_else(|| self.id.as_deref().filter(|id| !wire::is_cart_id(id)))
    }

    /// Whether nothing is selected, so that every cart is meant.
    pub(super) fn is_empty(&self) -> bool {
        let Self { id, cart, lead_code, email, external_reference } = self;
        [id, cart, lead_code, email, external_reference].iter().all(|part| part.is_none())
    }
}

#[derive(Debug, Args)]
pub(crate) struct Yes {
    /// Do it without asking
    #[arg(long)]
    pub(super) yes: bool,
}

fn state(text: &str) -> Result<State, &'static str> {
    State::from_name(text).ok_or("open, collecting, refused, withheld, completed or withdrawn")
}

fn since(text: &str) -> Result<Since, &'static str> {
    const EXPECTED: &str = "7d, 12h, 30m, a date such as 2026-11-25, or a moment such as 2026-11-25T09:00:00Z";
    let ago = |unit: char, ms: u64| {
        let number = text.strip_suffix(unit)?.parse::<u64>().ok()?;
        Some(Since::Ago(number.saturating_mul(ms)))
    };
    let at = |moment: Timestamp| u64::try_from(moment.as_millisecond()).ok().map(Since::At);
    let day = || text.parse::<Date>().ok().filter(|_| text.len() == 10)?.to_zoned(TimeZone::UTC).ok();
    ago('d', 86_400_000)
        .or_else(|| ago('h', 3_600_000))
        .or_else(|| ago('m', 60_000))
        .or_else(|| day().and_then(|day| at(day.timestamp())))
        .or_else(|| text.parse().ok().and_then(at))
        .ok_or(EXPECTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_named_in_several_ways() {
        const CASES: &[(&str, Option<Since>)] = &[
            ("7d", Some(Since::Ago(604_800_000))),
            ("12h", Some(Since::Ago(43_200_000))),
            ("30m", Some(Since::Ago(1_800_000))),
            ("2023-11-14", Some(Since::At(1_699_920_000_000))),
            ("2023-11-14T22:13:20Z", Some(Since::At(1_700_000_000_000))),
            ("2023-11-14T22:13:20+01:00", Some(Since::At(1_699_996_400_000))),
            ("yesterday", None),
            ("2023-13-01", None),
            ("-1d", None),
            ("", None),
        ];
        for (text, expected) in CASES {
            assert_eq!(since(text).ok(), *expected, "{text}");
        }
    }
}
