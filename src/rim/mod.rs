//! The thin rim: each file owns one Web API, none decides anything.

mod api;
mod capture;
mod clock;
mod form;
mod host;
mod inspect;
mod items;
mod listen;
mod random;
mod store;
mod survey;
mod transport;

pub use api::Widget;
pub use capture::{Capture, Given};
pub(crate) use form::HOST_ATTRIBUTE;
