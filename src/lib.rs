//! leadkeep keeps the lead of a checkout: a widget that watches a merchant's own cart form and sends what changed to the
//! merchant's proxy, which calls 2Checkout's `addLead` once and `updateLead` from then on.
//!
//! | module | what |
//! |---|---|
//! | [`core`] | everything that is decided: pure, tested on the host |
//! | `browser` | adapters, one file for one Web API |
//! | `view` | what a shopper sees, and what puts it on the page |

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod core;
#[cfg(target_arch = "wasm32")]
pub mod view;

pub use crate::core::config;
#[cfg(target_arch = "wasm32")]
pub use crate::view::component::LeadCapture;
