//! `Items`.

use serde::{Deserialize, Serialize};

use super::{Amount, lenient};

/// One line of the cart: a catalog product by its `Code`, or a dynamic one (`IsDynamic`) by its `Name` and `Price`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Item {
    /// The product code in 2Checkout's catalog; none for a dynamic product.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub code: Option<String>,
    /// 1 to 99999; 1 where it is absent.
    #[serde(default = "one", deserialize_with = "lenient::quantity")]
    pub quantity: u32,
    /// Stock keeping unit.
    #[serde(rename = "SKU", default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub sku: Option<String>,
    /// Name of the product; required for a dynamic one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Description of the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the product is described here instead of in the catalog.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::boolean")]
    pub is_dynamic: Option<bool>,
    /// Whether it is shipped.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::boolean")]
    pub tangible: Option<bool>,
    /// `PRODUCT`, `SHIPPING`, `TAX` or `COUPON`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_type: Option<String>,
    /// The chosen pricing options, by group.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::list")]
    pub price_options: Vec<PriceOption>,
    /// Subscription terms.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_object")]
    pub recurring_options: Option<RecurringOptions>,
    /// Marketing campaign.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_object")]
    pub marketing_campaigns: Option<MarketingCampaigns>,
    /// A price other than the catalog's.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_object")]
    pub price: Option<Price>,
    /// The merchant's own fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient::list")]
    pub additional_fields: Vec<AdditionalField>,
    /// `YYYY-MM-DD HH:MM:SS`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription_start_date: Option<String>,
    /// Trial period.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "lenient::optional_object")]
    pub trial: Option<Trial>,
}

impl Item {
    /// Whether 2Checkout would take it: a catalog product has a code, a dynamic one a name, and what counts is whole.
    pub fn is_complete(&self) -> bool {
        let named = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let whole = |number: &Option<Amount>| number.is_none_or(|number| number.is_integer());
        let recurring = self.recurring_options.as_ref();
        let campaigns = self.marketing_campaigns.as_ref();
        (named(&self.code) || (self.is_dynamic == Some(true) && named(&self.name)))
            && recurring.is_none_or(|options| whole(&options.cycle_length) && whole(&options.contract_length))
            && campaigns.is_none_or(|campaigns| whole(&campaigns.kind) && whole(&campaigns.campaign_code))
            && self.trial.as_ref().is_none_or(|trial| whole(&trial.period))
    }
}

fn one() -> u32 {
    1
}

/// A group of pricing options.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PriceOption {
    /// Name of the group.
    pub name: String,
    /// Whether one has to be chosen. JSON-RPC only.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::boolean")]
    pub required: Option<bool>,
    /// The chosen options.
    #[serde(deserialize_with = "lenient::list")]
    pub options: Vec<PriceOptionChoice>,
}

/// A pricing option.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PriceOptionChoice {
    /// Name of the option.
    pub name: String,
    /// Its value.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub value: Option<String>,
    /// What it adds to the price.
    #[serde(skip_serializing_if = "Option::is_none", with = "lenient::amount")]
    pub surcharge: Option<Amount>,
}

/// Subscription terms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RecurringOptions {
    /// Length of a billing cycle, in `CycleUnit`.
    #[serde(skip_serializing_if = "Option::is_none", with = "lenient::amount")]
    pub cycle_length: Option<Amount>,
    /// `DAY`, `MONTH`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle_unit: Option<String>,
    /// Price of a billing cycle.
    #[serde(skip_serializing_if = "Option::is_none", with = "lenient::amount")]
    pub cycle_amount: Option<Amount>,
    /// Length of the contract, in `ContractUnit`.
    #[serde(skip_serializing_if = "Option::is_none", with = "lenient::amount")]
    pub contract_length: Option<Amount>,
    /// `DAY`, `MONTH`, `YEAR`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract_unit: Option<String>,
}

/// Marketing campaign. 2Checkout's pages show filler values only; passed through as given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MarketingCampaigns {
    /// Type of the campaign.
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none", with = "lenient::amount")]
    pub kind: Option<Amount>,
    /// Code of the parent product.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub parent_code: Option<String>,
    /// Code of the campaign.
    #[serde(skip_serializing_if = "Option::is_none", with = "lenient::amount")]
    pub campaign_code: Option<Amount>,
}

/// A price other than the catalog's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Price {
    /// In major units of the lead's currency.
    #[serde(skip_serializing_if = "Option::is_none", with = "lenient::amount")]
    pub amount: Option<Amount>,
    /// `CUSTOM`
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// A field of the merchant's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AdditionalField {
    /// Code of the field.
    pub code: String,
    /// What it asks.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub text: Option<String>,
    /// What was answered.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "lenient::text")]
    pub value: Option<String>,
}

/// Trial period. 2Checkout's pages disagree on its shape; this is the schema's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Trial {
    /// Days.
    #[serde(skip_serializing_if = "Option::is_none", with = "lenient::amount")]
    pub period: Option<Amount>,
    /// Price of the trial.
    #[serde(skip_serializing_if = "Option::is_none", with = "lenient::amount")]
    pub price: Option<Amount>,
}
