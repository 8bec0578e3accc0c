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
        match cart.status {
            Status::Completed => Self::Completed,
            Status::Withdrawn => Self::Withdrawn,
            Status::Open if cart.is_withheld => Self::Withheld,
            Status::Open if cart.parked => Self::Refused,
            Status::Open if cart.lead_code.is_some() => Self::Open,
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
