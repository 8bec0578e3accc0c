//! The Lead of 2Checkout's API 6.0, in its own field names.
//!
//! Sources: the pages "Add leads for catalog products" and "Update a lead" (JSON-RPC 6.0) and the OpenAPI document of
//! "Leads" (REST 6.0). Reading is lenient (numbers as strings, lists as `{"0": ...}`, objects as `{"Object": ...}`),
//! writing is strict; a field that is `None` is left out.

mod address;
mod item;
pub(crate) mod lenient;
mod payment;

use serde::{Deserialize, Serialize};
use wire::Detail;

pub use address::Address;
pub use item::{
    AdditionalField, Item, MarketingCampaigns, Price, PriceOption, PriceOptionChoice, RecurringOptions, Trial,
};
pub use payment::{DeliveryInformation, PaymentDetails, ShippingMethod};

/// An amount of money or a number that must not pass through a binary float; major currency units, as 2Checkout has it.
pub type Amount = rust_decimal::Decimal;

/// A lead, whole: what `addLead` creates and `updateLead` replaces.
///
/// `Debug` shows no personal data.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize, derive_more::Debug)]
#[debug("Lead {{ cart_id: {cart_id:?}, items: {} }}", items.len())]
#[serde(rename_all = "PascalCase", default)]
pub struct Lead {
    /// Id of the merchant's cart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cart_id: Option<String>,
    /// ISO 4217. Required by 2Checkout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// ISO 639-1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The merchant's reference, at most 100 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// The merchant's source. Unknown to REST's update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The merchant's reference of the customer. Unknown to REST's update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_reference: Option<String>,
    /// An id of the shopper's machine. REST's page on adding asks for a number, all others for text.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub machine_id: Option<String>,
    /// The shopper's clock, `YYYY-MM-DD HH:MM:SS`, without a zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_time: Option<String>,
    /// The cart. Required by 2Checkout, at least one.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::list")]
    pub items: Vec<Item>,
    /// Who pays. Required by 2Checkout.
    #[serde(deserialize_with = "lenient::object")]
    pub billing_details: Address,
    /// Where it goes. Required by JSON-RPC; a copy of the billing details where the page has none.
    #[serde(skip_serializing_if = "Address::is_empty", deserialize_with = "lenient::object")]
    pub delivery_details: Address,
    /// How it is shipped.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_object")]
    pub delivery_information: Option<DeliveryInformation>,
    /// How it would be paid, without anything of a card.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_object")]
    pub payment_details: Option<PaymentDetails>,
    /// Promotion codes.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::codes")]
    pub promotions: Vec<String>,
}

impl Lead {
    /// The same lead without anything of the shopper, as far as 2Checkout's required fields allow: every personal field
    /// that was ever filled is sent empty.
    pub fn emptied(&self) -> Self {
        let mut empty = Self {
            cart_id: self.cart_id.clone(),
            currency: self.currency.clone(),
            language: self.language.clone(),
            items: self.items.clone(),
            ..Self::default()
        };
        for detail in Detail::ALL {
            *empty.billing_details.slot(*detail) = Some(String::new());
            *empty.delivery_details.slot(*detail) = Some(String::new());
        }
        // The merchant's own fields on an item may hold what a shopper typed.
        for item in &mut empty.items {
            item.additional_fields.clear();
        }
        empty
    }
}
