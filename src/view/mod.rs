//! What a shopper sees: the Leptos component, the element that carries it on a page that is not a Leptos application, and
//! the class that JavaScript drives.

pub mod component;
mod consent;
mod host;
mod options;
mod widget;

pub use widget::Widget;
