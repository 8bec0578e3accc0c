//! What the widget is doing, as `status()` tells it.

use serde::{Serialize, Serializer};

use crate::core::error::Error;
use crate::core::loose::Loose;

/// What the widget is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

impl State {
    /// The name in `status()`.
    pub fn name(self) -> &'static str {
        match self {
            State::Off => "off",
            State::Waiting => "waiting",
            State::Idle => "idle",
            State::Pending => "pending",
            State::Saving => "saving",
            State::Saved => "saved",
            State::Retrying => "retrying",
            State::Closed => "closed",
        }
    }
}

/// `status()`: the state, the cart and the code of its lead if there are any, what is missing, and what went wrong last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// What the widget is doing.
    pub state: State,
    /// The code 2Checkout gave the lead.
    pub lead_code: Option<String>,
    /// The CartId, once there is a cart.
    pub cart: Option<String>,
    /// What a lead still needs: `Email`, `Items`, and, once the proxy has said so, `Currency`.
    pub missing: Vec<String>,
    /// The paths that the proxy has dropped, and why: the name of a `wire::DropReason`.
    pub dropped: Vec<(String, String)>,
    /// What went wrong last; gone with the next success.
    pub last_error: Option<Error>,
}

impl Status {
    /// Nothing is watched.
    pub const OFF: Self = Self {
        state: State::Off,
        lead_code: None,
        cart: None,
        missing: Vec::new(),
        dropped: Vec::new(),
        last_error: None,
    };
}

/// `{ state, leadCode, cart, missing, dropped: [{ path, reason }], lastError: { code, message } }`; what is not there is `null`.
impl Serialize for Status {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        let mut status = Loose::object();
        status.set("state", self.state.name().into());
        status.set("leadCode", self.lead_code.as_deref().into());
        status.set("cart", self.cart.as_deref().into());
        status.set("missing", Loose::List(self.missing.iter().map(|name| name.as_str().into()).collect()));
        let dropped = self.dropped.iter().map(|(path, reason)| {
            let mut one = Loose::object();
            one.set("path", path.as_str().into());
            one.set("reason", reason.as_str().into());
            one
        });
        status.set("dropped", Loose::List(dropped.collect()));
        let mut last_error = Loose::Nothing;
        if let Some(error) = &self.last_error {
            last_error = Loose::object();
            last_error.set("code", error.code().into());
            last_error.set("message", error.message().into());
        }
        status.set("lastError", last_error);
        status.serialize(output)
    }
}
