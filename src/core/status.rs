//! What the widget is doing, as `status()` tells it.

use serde::Serialize;

use crate::core::error::Error;

/// What the widget is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nothing is watched: no form, a wrong option, or stopped.
    Off,
    /// For the shopper's consent.
    Waiting,
    /// Nothing to send.
    Idle,
    /// An edit waits for its pause.
    Pending,
    /// A request is under way.
    Saving,
    /// The proxy has everything.
    Saved,
    /// The last request failed; the change is kept and will be sent again.
    Retrying,
    /// The cart is completed or withdrawn.
    Closed,
}

/// `status()`: the state, the cart and the code of its lead if there are any, what is missing, and what went wrong last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// What the widget is doing.
    pub state: State,
    /// The code 2Checkout gave the lead.
    pub lead_code: Option<String>,
    /// The CartId, once there is a cart.
    pub cart: Option<String>,
    /// What a lead still needs, before there is a cart: `Email`, `Items`.
    pub missing: Vec<&'static str>,
    /// What went wrong last; gone with the next success.
    pub last_error: Option<Error>,
}

impl Status {
    /// Nothing is watched.
    pub const OFF: Self =
        Self { state: State::Off, lead_code: None, cart: None, missing: Vec::new(), last_error: None };
}
