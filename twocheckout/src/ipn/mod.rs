//! 2Checkout's Instant Payment Notification: its servers report an order.
//!
//! ```
//! use twocheckout::Credentials;
//! use twocheckout::ipn::{Meaning, OutgoingNotification, SignatureAlgorithm, Verifier};
//!
//! let credentials = Credentials::new("MERCHANT", "SECRET_KEY");
//! // What 2Checkout posts:
//! let body = OutgoingNotification::new()
//!     .field("REFNO", "1000037")
//!     .field("ORDERSTATUS", "COMPLETE")
//!     .field("IPN_PID[]", "1")
//!     .signed(&credentials, SignatureAlgorithm::Sha256);
//!
//! // What a merchant does with it:
//! let verifier = Verifier::new(&credentials);
//! let notification = verifier.verify(body.as_bytes())?;
//! if notification.meaning() == Meaning::Ordered {
//!     assert_eq!(notification.refno(), Some("1000037"));
//! }
//! // Answer 200 with this, or 2Checkout repeats the notification for two days.
//! let receipt = verifier.receipt(&notification, jiff::Timestamp::now());
//! assert!(receipt.starts_with(r#"<sig algo="sha256" date=""#));
//! # Ok::<(), twocheckout::ipn::Error>(())
//! ```
//!
//! Before the first notification 2Checkout tries the URL with a `GET` and expects 200.
//!
//! Source: 2Checkout's pages "Instant Payment Notification (IPN)", "Calculate the IPN HASH signature", "IPN read receipt
//! response for 2Checkout", "IPN parameters".

mod error;
mod form;
mod notification;
mod outgoing;
mod sale_date;
mod signature;
mod status;
mod verifier;

pub use error::Error;
pub use form::{MAX_BODY_BYTES, MAX_FIELDS};
pub use notification::Notification;
pub use outgoing::OutgoingNotification;
pub use sale_date::{GRACE_WITHOUT_ZONE, SaleDate};
pub use signature::SignatureAlgorithm;
pub use status::{Meaning, OrderStatus, Unchanged};
pub use verifier::Verifier;
