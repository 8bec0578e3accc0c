//! What goes in beside a Lead, and what comes out.

/// 2Checkout's receipt for a lead that was added or updated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The code of the lead, opaque, of no fixed length.
    pub lead_code: String,
    /// `YYYY-MM-DDTHH:MM:SS`; 2Checkout does not say in which zone.
    pub created_at: Option<String>,
    /// As `created_at`; on updates only.
    pub updated_at: Option<String>,
}

/// A lead as 2Checkout holds it. `Source` and `CustomerReference` do not come back.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredLead {
    /// The code of the lead.
    pub lead_code: String,
    /// The lead.
    pub lead: crate::Lead,
    /// `API`, `shopping cart`, `ConvertPlus`.
    pub generated_from: Option<String>,
}

/// A product of the merchant's catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The code that the merchant has given it.
    pub code: String,
    /// Its name.
    pub name: Option<String>,
    /// Whether it is sold; `None` where 2Checkout does not say.
    pub enabled: Option<bool>,
}

/// How a lead is to be marked; see [`Client::mark_leads`](crate::Client::mark_leads).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The code of the lead.
    pub lead_code: String,
    /// Whether the shopper has bought.
    pub used: bool,
    /// Whether the follow-up mails stop.
    pub stop_followups: bool,
}

/// A filter for [`Client::search_leads`](crate::Client::search_leads); what is `None` filters nothing.
///
/// `Debug` shows neither the e-mail address nor the country.
#[derive(Clone, Default, PartialEq, Eq, derive_more::Debug)]
pub struct Search {
    /// The shopper's e-mail address.
    #[debug("***")]
    pub email: Option<String>,
    /// First day, `YYYY-MM-DD`.
    pub start_date: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    pub end_date: Option<String>,
    /// The code of a lead.
    pub lead_code: Option<String>,
    /// `New`, `Used`, `UsedSuccess`, `Stopped` or `NotStopped`.
    pub kind: Option<String>,
    /// The code of a product in the cart.
    pub product_code: Option<String>,
    /// ISO 639-1.
    pub language: Option<String>,
    /// Of the billing address, ISO 3166-1 alpha-2.
    #[debug("***")]
    pub country: Option<String>,
    /// `API`, `shopping cart` or `ConvertPlus`.
    pub generated_from: Option<String>,
    /// The page, counted from 1.
    pub page: Option<u32>,
    /// Leads on a page.
    pub limit: Option<u32>,
}
