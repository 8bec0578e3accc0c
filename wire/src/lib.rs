//! What travels between widget and proxy, and the Lead in 2Checkout's own field names.
//!
//! A lead is a state, not a log: a map from a [`Path`] to a [`Value`] and the moment that value was last changed.
//! [`LeadState::merge`] keeps the newest change of each path, so requests may be repeated, reordered or come from two
//! tabs, and the outcome is the same.
//!
//! Without the feature `model` this crate has no dependencies; that half is compiled into the widget. With it come the
//! [`Lead`] of API 6.0 and the reading of requests.
#![cfg_attr(
    feature = "model",
    doc = r#"
```
use wire::{LeadState, Path, Stamped, Value};

let mut state = LeadState::default();
state.change("BillingDetails.Email".parse::<Path>()?, Stamped::text("ada@example.com", 2));
state.change("BillingDetails.Email".parse::<Path>()?, Stamped::text("ada@exam", 1)); // late, and older
assert_eq!(state.text("BillingDetails.Email".parse()?), Some("ada@example.com"));
# Ok::<(), wire::UnknownPath>(())
```
"#
)]

pub mod answer;
mod card;
mod email;
mod id;
pub mod json;
#[cfg(feature = "model")]
pub mod lead;
mod map;
mod path;
pub mod request;
mod state;
mod text;
mod value;

pub use card::{contains_card_number, is_gtin};
pub use email::is_email;
pub use id::{is_cart_id, is_cart_key};
#[cfg(feature = "model")]
pub use lead::Lead;
pub use map::PathMap;
pub use path::{Block, Detail, Path, UnknownPath};
pub use state::LeadState;
pub use text::concat;
pub use value::{MAX_FIELD_CHARS, Stamped, Value};
