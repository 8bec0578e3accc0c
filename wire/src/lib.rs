//! The contract between widget and proxy: requests, answers, paths, values, and the checks that both ends share.
//!
//! A lead is a state, not a log: a map from a [`Path`] to a [`Value`] and the timestamp of its last change.
//! [`LeadState::merge`] keeps the newest change of each path, so requests may be repeated, reordered or come from two
//! tabs, and the outcome is the same.
//!
//! ```
//! use wire::{LeadState, Path, Stamped, Value};
//!
//! let mut state = LeadState::default();
//! state.change("BillingDetails.Email".parse::<Path>()?, Stamped::text("ada@example.com", 2));
//! state.change("BillingDetails.Email".parse::<Path>()?, Stamped::text("ada@exam", 1)); // late, and older
//! assert_eq!(state.text("BillingDetails.Email".parse()?), Some("ada@example.com"));
//! # Ok::<(), wire::UnknownPath>(())
//! ```
//!
//! The feature `openapi` describes requests and answers with `utoipa`, for servers.

pub mod answer;
mod card;
mod email;
mod id;
pub mod json;
mod map;
mod path;
pub mod request;
pub mod route;
mod state;
mod text;
mod value;

pub use answer::{
    CloseAnswer, CloseReason, CloseState, DropReason, ErrorCode, Missing, Problem, SaveAnswer, SaveState,
};
pub use card::{contains_card_number, is_gtin};
pub use email::is_email;
pub use id::{is_cart_id, is_cart_key};
pub use map::PathMap;
pub use path::{Block, Detail, Path, UnknownPath};
pub use request::{CloseRequest, Consent, ConsentMode, SaveRequest};
pub use state::LeadState;
pub use text::concat;
pub use value::{MAX_FIELD_CHARS, Stamped, Value};
