//! `BillingDetails` and `DeliveryDetails`.

use serde::{Deserialize, Serialize};

use wire::Detail;

/// The twelve fields of an address block. `None` is unknown; `Some("")` was cleared by the shopper and is sent as such.
///
/// `Debug` shows no personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[allow(missing_docs, reason = "the names are 2Checkout's and say it all")]
pub struct Address {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// VAT or tax number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address1: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zip: Option<String>,
    /// ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
}

impl Address {
    /// The slot of a field.
    pub fn slot(&mut self, detail: Detail) -> &mut Option<String> {
        match detail {
            Detail::FirstName => &mut self.first_name,
            Detail::LastName => &mut self.last_name,
            Detail::Phone => &mut self.phone,
            Detail::Company => &mut self.company,
            Detail::FiscalCode => &mut self.fiscal_code,
            Detail::Email => &mut self.email,
            Detail::Address1 => &mut self.address1,
            Detail::Address2 => &mut self.address2,
            Detail::City => &mut self.city,
            Detail::Zip => &mut self.zip,
            Detail::CountryCode => &mut self.country_code,
            Detail::State => &mut self.state,
        }
    }

    /// What stands in a field; a cleared field counts as `None`.
    pub fn get(&self, detail: Detail) -> Option<&str> {
        let text = match detail {
            Detail::FirstName => &self.first_name,
            Detail::LastName => &self.last_name,
            Detail::Phone => &self.phone,
            Detail::Company => &self.company,
            Detail::FiscalCode => &self.fiscal_code,
            Detail::Email => &self.email,
            Detail::Address1 => &self.address1,
            Detail::Address2 => &self.address2,
            Detail::City => &self.city,
            Detail::Zip => &self.zip,
            Detail::CountryCode => &self.country_code,
            Detail::State => &self.state,
        };
        text.as_deref().filter(|text| !text.is_empty())
    }

    /// Whether nothing stands in any field.
    pub fn is_empty(&self) -> bool {
        Detail::ALL.iter().all(|detail| self.get(*detail).is_none())
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let filled: Vec<&str> = Detail::ALL.iter().filter(|d| self.get(**d).is_some()).map(|d| d.name()).collect();
        f.debug_tuple("Address").field(&filled).finish()
    }
}
