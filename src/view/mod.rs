//! What a shopper sees: the Leptos component, the element that carries it on a page that is not a Leptos application, and
//! the class that JavaScript drives.

pub mod component;
#[cfg(target_arch = "wasm32")]
mod consent;
mod handle;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod options;
#[cfg(target_arch = "wasm32")]
mod widget;

pub use handle::LeadHandle;
#[cfg(target_arch = "wasm32")]
pub use widget::Widget;
