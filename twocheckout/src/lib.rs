#![doc = include_str!("../README.md")]
//!
//! # Flow
//!
//! ```text
//! Client -> write (a Lead as one protocol wants it) -> json_rpc | rest -> http -> 2Checkout
//!        <- read (whatever came, leniently)         <-                 <-
//! ```

mod answer;
mod builder;
mod client;
mod credentials;
mod error;
mod http;
mod inner;
pub mod ipn;
mod json_rpc;
pub mod lead;
mod model;
mod observer;
mod protocol;
mod read;
mod rest;
mod session;
mod signature;
mod write;

#[cfg(feature = "sandbox")]
pub mod sandbox;

pub use builder::ClientBuilder;
pub use client::Client;
pub use credentials::Credentials;
pub use error::{Error, SignIn};
pub use lead::Lead;
pub use model::{Mark, Product, Receipt, Search, StoredLead};
pub use observer::{Cause, Observer};
pub use protocol::{Algorithm, Protocol, UnknownName};
