//! A notification whose signature is right.

use std::fmt;

use super::form::Form;
use super::status::{Facts, Meaning, OrderStatus};
use super::{SaleDate, SignatureAlgorithm};

/// A notification of this account; made by [`Verifier::verify`](super::Verifier::verify).
///
/// The merchant ticks the fields in the Control Panel, so each of them may be missing. `Debug` shows none of a buyer's.
#[derive(Clone)]
pub struct Notification {
    form: Form,
    algorithm: SignatureAlgorithm,
    counts_test_orders: bool,
}

impl Notification {
    pub(super) fn new(form: Form, algorithm: SignatureAlgorithm, counts_test_orders: bool) -> Self {
        Self { form, algorithm, counts_test_orders }
    }

    /// The hash that has signed it, and signs its receipt.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// What it means for the leads of its buyer.
    pub fn meaning(&self) -> Meaning {
        let is_test_order = self.is_test_order() && !self.counts_test_orders;
        let is_denied = self.form.text("FRAUD_STATUS").is_some_and(|status| status.eq_ignore_ascii_case("DENIED"));
        Facts { status: self.order_status(), is_denied, is_renewal: self.is_renewal(), is_test_order }.meaning()
    }

    /// `ORDERSTATUS`.
    pub fn order_status(&self) -> OrderStatus {
        self.form.text("ORDERSTATUS").map_or(OrderStatus::Other, OrderStatus::from_name)
    }

    /// `ORIGINAL_REFNOEXT[]` is not empty: a subscription was renewed.
    pub fn is_renewal(&self) -> bool {
        self.form.has_any("ORIGINAL_REFNOEXT")
    }

    /// `TEST_ORDER=1`.
    pub fn is_test_order(&self) -> bool {
        self.form.text("TEST_ORDER").is_some_and(|flag| !["0", "false"].contains(&flag.to_ascii_lowercase().as_str()))
    }

    /// `REFNO`: 2Checkout's number of the order.
    pub fn refno(&self) -> Option<&str> {
        self.form.text("REFNO")
    }

    /// `REFNOEXT`: the order's `ExternalReference`, which the shop has given it.
    pub fn external_reference(&self) -> Option<&str> {
        self.form.text("REFNOEXT")
    }

    /// `CUSTOMEREMAIL`.
    pub fn customer_email(&self) -> Option<&str> {
        self.form.text("CUSTOMEREMAIL")
    }

    /// `MESSAGE_ID`: the same whenever this notification is repeated.
    pub fn message_id(&self) -> Option<&str> {
        self.form.text("MESSAGE_ID")
    }

    /// `SALEDATE` and `TIMEZONE_OFFSET`; `None` where there is no date that can be read.
    pub fn sale_date(&self) -> Option<SaleDate> {
        SaleDate::read(self.form.text("SALEDATE")?, self.form.text("TIMEZONE_OFFSET"))
    }

    /// The first value of any field, `[]` left out of its name; `None` where it is empty, missing or not UTF-8.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.form.text(name)
    }

    pub(super) fn form(&self) -> &Form {
        &self.form
    }
}

impl fmt::Debug for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notification")
            .field("algorithm", &self.algorithm)
            .field("meaning", &self.meaning())
            .finish_non_exhaustive()
    }
}
