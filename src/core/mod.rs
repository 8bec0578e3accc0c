//! The pure core: everything leadkeep decides. It builds without any browser crate, takes time and chance as arguments and
//! is tested on the host.

pub mod cart;
pub mod changes;
pub mod config;
pub mod data_layer;
pub mod debounce;
pub mod draft;
pub mod error;
pub mod field;
pub mod loose;
pub mod outbox;
pub mod pace;
pub mod person_name;
pub mod record;
pub mod retry;
pub mod session;
pub mod shortfall;
pub mod status;
pub mod texts;
