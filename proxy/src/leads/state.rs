//! The states of a cart, as operators see them.

use crate::cart::{Cart, Status};

/// The state of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Open, and no lead yet.
    Collecting,
    /// Open, and a lead.
    Open,
    /// Open, and refused by 2Checkout.
    Refused,
    /// Open, and not delivered because of a limit for the address, or its domain.
    Withheld,
    /// Bought.
    Completed,
    /// Withdrawn.
    Withdrawn,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Collecting, Self::Refused, Self::Withheld, Self::Completed, Self::Withdrawn];

    /// The state of a cart.
    pub fn of(cart: &Cart) -> Self {
        Self::from_parts(cart.status, cart.lead_code.is_some(), cart.is_withheld, cart.parked)
    }

    /// The state of a cart of which this is known.
    pub fn from_parts(status: Status, is_lead: bool, is_withheld: bool, is_refused: bool) -> Self {
        match status {
            Status::Completed => Self::Completed,
            Status::Withdrawn => Self::Withdrawn,
            Status::Open if is_withheld => Self::Withheld,
            Status::Open if is_refused => Self::Refused,
            Status::Open if is_lead => Self::Open,
            Status::Open => Self::Collecting,
        }
    }

    /// The name in `/metrics` and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Collecting => "collecting",
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Withheld => "withheld",
            Self::Completed => "completed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}
