//! `DeliveryInformation` and `PaymentDetails`.

use serde::{Deserialize, Serialize};

use super::lenient;

/// `DeliveryInformation`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeliveryInformation {
    /// `ShippingMethod`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shipping_method: Option<ShippingMethod>,
}

/// `ShippingMethod`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ShippingMethod {
    /// The code of the method in the merchant's account.
    pub code: String,
}

/// `PaymentDetails`, without anything of a card: `CardPayment` is neither written nor read.
///
/// The two protocols disagree on the place of `RecurringEnabled`: REST has it here, JSON-RPC inside `PaymentMethod`.
/// The client moves it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, derive_more::Debug)]
#[serde(rename_all = "PascalCase", default)]
pub struct PaymentDetails {
    /// `CC`, `PAYPAL`, `TEST`, ...
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// ISO 4217.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Whether the payment would recur.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::boolean")]
    pub recurring_enabled: Option<bool>,
    /// The shopper's IPv4 address, dotted.
    #[serde(rename = "CustomerIP", skip_serializing_if = "Option::is_none")]
    #[debug("***")]
    pub customer_ip: Option<String>,
}
