#![doc = include_str!("../README.md")]

#[cfg(target_arch = "wasm32")]
pub mod browser;
pub mod core;
#[cfg(any(target_arch = "wasm32", feature = "ssr"))]
pub mod view;

pub use crate::core::config;
#[cfg(any(target_arch = "wasm32", feature = "ssr"))]
pub use crate::view::{LeadHandle, component::LeadCapture};
