//! What can go wrong, by what a caller can do about it.

use std::fmt;
use std::time::Duration;

/// Why a sign-in was refused. `Display` says what to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// "Time offset mismatch".
    Clock,
    /// "Hash signature could not be authenticated".
    Key,
    /// 2Checkout does not say.
    Unknown,
}

impl SignIn {
    /// By 2Checkout's own words, which its SDKs show; with which code they come is not documented.
    pub(crate) fn of_words(words: &str) -> Option<Self> {
        let words = words.to_ascii_lowercase();
        match () {
            () if words.contains("time offset mismatch") => Some(Self::Clock),
            () if words.contains("hash signature could not be authenticated") => Some(Self::Key),
            () => None,
        }
    }
}

impl fmt::Display for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Clock => "the clock of this machine is wrong (\"Time offset mismatch\"); set it by NTP",
            Self::Key => {
                "merchant code or secret key is wrong (\"Hash signature could not be authenticated\"); compare them with the Control \
                 Panel, Integrations > Webhooks & API"
            }
            Self::Unknown => "merchant code or secret key is wrong, or the clock of this machine",
        })
    }
}

/// Why a call failed.
///
/// Neither `Display` nor `Debug` holds anything of an answer's text, which may repeat what a shopper typed.
#[derive(Clone, PartialEq, Eq, thiserror::Error, derive_more::Debug)]
#[non_exhaustive]
pub enum Error {
    /// 2Checkout understood and said no: a JSON-RPC error, a REST `error_code`, `Errors` in an answer of HTTP 200, or a
    /// 4xx. Sending the same again brings the same answer.
    ///
    /// The code `leadkeep/incomplete` is this client's own: a field that 2Checkout requires is missing, and nothing was
    /// sent; the message names it.
    #[error("2Checkout rejected the request ({code})")]
    Rejected {
        /// 2Checkout's code, of letters, digits and `_ - . /`; `unknown` where it gave none.
        code: String,
        /// 2Checkout's own words. They may repeat what a shopper typed: never log them.
        #[debug("***")]
        message: String,
    },
    /// 2Checkout does not know (or no longer knows) the lead code. `addLead` makes a new one.
    #[error("2Checkout does not know this lead code")]
    UnknownLead,
    /// The merchant's catalogue has no product of this code.
    #[error("2Checkout does not know this product code")]
    UnknownProduct,
    /// The merchant code or the secret key is wrong, or this machine's clock is: a login was refused, or over REST a
    /// signature, also when made anew.
    #[error("2Checkout does not accept the credentials: {0}")]
    Unauthorised(SignIn),
    /// 2Checkout could not be reached, did not answer in time, answered 408, 429 or 5xx, or did not know the session it
    /// had just opened. Later it may work.
    #[error("2Checkout is not available")]
    Unavailable {
        /// How long 2Checkout asked to wait (`Retry-After`).
        retry_after: Option<Duration>,
        /// See [`Error::maybe_done`].
        maybe_done: bool,
    },
    /// The answer is none of 2Checkout's API: HTML, a redirect (never followed), 204, more than 1 MiB.
    #[error("the answer is not one of 2Checkout's API")]
    Malformed {
        /// See [`Error::maybe_done`].
        maybe_done: bool,
    },
    /// [`ClientBuilder::build`](crate::ClientBuilder::build) was given something it cannot use.
    #[error("expected {expected}")]
    Configuration {
        /// What was expected.
        expected: &'static str,
    },
}

impl Error {
    /// Whether the same call may succeed later without anybody changing anything: [`Error::Unavailable`] and
    /// [`Error::Malformed`] (an HTML page is what maintenance and gateways answer).
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable { .. } | Self::Malformed { .. })
    }

    /// Whether the request may have been carried out although no usable answer came: a timeout or a broken connection
    /// after sending, 500, 502, 504, a body that makes no sense. Before repeating an `add_lead` that failed so, look for
    /// the lead with [`Client::search_leads`](crate::Client::search_leads), or there may be two.
    ///
    /// Never true of what changes nothing: login, get, search.
    pub fn maybe_done(&self) -> bool {
        matches!(self, Self::Unavailable { maybe_done: true, .. } | Self::Malformed { maybe_done: true })
    }

    /// How long 2Checkout asked to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// The same error of a question for a product. How 2Checkout says that there is none is not documented: over REST with
    /// 404, else by a code of which its tables have several (`PRODUCT_NOT_FOUND`, `INVALID_PRODUCT`).
    pub(crate) fn of_a_product(self) -> Self {
        match self {
            Self::UnknownLead => Self::UnknownProduct,
            Self::Rejected { code, .. } if code.contains("PRODUCT") || code.contains("NOT_FOUND") => {
                Self::UnknownProduct
            }
            other => other,
        }
    }

    /// The same error of a request that had nothing to carry out.
    pub(crate) fn of_a_read(self) -> Self {
        match self {
            Self::Unavailable { retry_after, .. } => Self::Unavailable { retry_after, maybe_done: false },
            Self::Malformed { .. } => Self::Malformed { maybe_done: false },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_output_holds_what_2checkout_said() {
        let error = Error::Rejected { code: "INPUT_ERROR".into(), message: "ada@example.com is wrong".into() };
        let shown = format!("{error} {error:?}");
        assert!(shown.contains("INPUT_ERROR") && !shown.contains("ada"), "{shown}");
    }

    #[test]
    fn a_read_is_never_maybe_done() {
        let retry_after = Some(Duration::from_secs(2));
        let error = Error::Unavailable { retry_after, maybe_done: true };
        assert!(error.is_transient() && error.maybe_done());
        assert!(!error.clone().of_a_read().maybe_done());
        assert_eq!(error.of_a_read().retry_after(), retry_after);
        assert!(!Error::Malformed { maybe_done: true }.of_a_read().maybe_done());
        assert!(!Error::UnknownLead.is_transient());
    }
}
