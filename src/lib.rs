//! leadkeep keeps the lead of a checkout: a widget that watches a merchant's own cart form and sends what changed to the
//! merchant's proxy, which calls 2Checkout's `addLead` once and `updateLead` from then on.
//!
//! The flow, and the module of each step:
//!
//! ```text
//! form -> draft -> changes -> pause -> sync -> transport -> proxy -> 2Checkout
//! field   draft    changes    pause    sync    rim
//! ```
//!
//! Everything but `rim` and the component is a pure core: it builds without any browser crate, takes time as an argument and is
//! tested on the host.

pub mod changes;
#[cfg(target_arch = "wasm32")]
pub mod component;
pub mod config;
pub mod draft;
pub mod error;
pub mod field;
pub mod pause;
pub mod person_name;
pub mod record;
pub mod retry;
#[cfg(target_arch = "wasm32")]
pub mod rim;
pub mod status;
pub mod sync;

#[cfg(target_arch = "wasm32")]
pub use component::LeadCapture;
