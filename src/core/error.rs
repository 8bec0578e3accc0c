//! What went wrong, in a form that is safe to show: never with anything a shopper typed.

use std::borrow::Cow;
use std::fmt;

/// An error of the widget: a stable code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: &'static str,
    message: Cow<'static, str>,
}

impl Error {
    /// No form that matches stands on the page.
    pub const NO_FORM: Self = Self::fixed("form/missing", "no form to watch on this page");
    /// The proxy could not be reached.
    pub const OFFLINE: Self = Self::fixed("transport/offline", "the endpoint could not be reached");
    /// The proxy, or what stands before it, is out of order for now.
    pub const UNAVAILABLE: Self = Self::fixed("transport/unavailable", "the endpoint is not available at the moment");
    /// What answered is no leadkeep proxy.
    pub const NOT_A_PROXY: Self =
        Self::fixed("transport/malformed", "the endpoint did not answer as a leadkeep proxy does");
    /// The proxy refuses what this page sends.
    pub const REFUSED: Self = Self::fixed("transport/refused", "the endpoint refused the request");

    /// `localStorage` is blocked or full.
    pub const STORAGE: Self =
        Self::fixed("storage/blocked", "localStorage is not available, so the lead ends with this page");

    const fn fixed(code: &'static str, message: &'static str) -> Self {
        Self { code, message: Cow::Borrowed(message) }
    }

    /// An option that is not what it should be: `expected …, received …`. `received` is the merchant's own setting.
    pub fn option(expected: &str, received: &str) -> Self {
        Self::naming("config/option", &["expected ", expected, ", received ", received])
    }

    /// One whose sentence names what it is about: never a value.
    pub(super) fn naming(code: &'static str, parts: &[&str]) -> Self {
        Self { code, message: wire::concat(parts).into() }
    }

    /// A sentence for people, in lower case.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Its line in the console: what happened, and where to read on.
    pub fn line(&self) -> String {
        wire::concat(&["leadkeep: ", &self.message, " https://github.com/leadkeep/leadkeep#", self.code])
    }

    /// A stable name such as `transport/offline`.
    pub fn code(&self) -> &'static str {
        self.code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
