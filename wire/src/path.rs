//! Where a value stands in the lead: `BillingDetails.Email`, `Items`, `Currency`, ...

use std::fmt;
use std::str::FromStr;

/// One of the two address blocks of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Block {
    /// `BillingDetails`
    Billing,
    /// `DeliveryDetails`
    Delivery,
}

impl Block {
    /// The name of the block in 2Checkout's Lead.
    pub fn name(self) -> &'static str {
        match self {
            Block::Billing => "BillingDetails",
            Block::Delivery => "DeliveryDetails",
        }
    }
}

macro_rules! details {
    ($($variant:ident)*) => {
        /// One of the twelve fields of an address block, in the order of 2Checkout's page "Add leads".
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Detail { $(#[doc = concat!("`", stringify!($variant), "`")] $variant,)* }

        impl Detail {
            /// All twelve.
            pub const ALL: &'static [Detail] = &[$(Detail::$variant,)*];

            /// The name of the field in 2Checkout's Lead.
            pub fn name(self) -> &'static str {
                match self { $(Detail::$variant => stringify!($variant),)* }
            }
        }
    };
}
details! { FirstName LastName Phone Company FiscalCode Email Address1 Address2 City Zip CountryCode State }

/// Where a value stands in the lead. Written as 2Checkout names it: `BillingDetails.Email`, `Items`,
/// `DeliveryInformation.ShippingMethod.Code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Path {
    /// A field of an address block.
    Detail(Block, Detail),
    /// The cart's items, as a whole.
    Items,
    /// ISO 4217, upper case.
    Currency,
    /// ISO 639-1, upper case.
    Language,
    /// The merchant's reference.
    ExternalReference,
    /// The merchant's source.
    Source,
    /// The merchant's reference of the customer.
    CustomerReference,
    /// An id of the shopper's machine, if the merchant has one.
    MachineId,
    /// The shopper's clock, `YYYY-MM-DD HH:MM:SS`.
    LocalTime,
    /// `DeliveryInformation.ShippingMethod.Code`
    ShippingMethod,
    /// Promotion codes, as a whole.
    Promotions,
}

const PLAIN: &[(Path, &str)] = &[
    (Path::Items, "Items"),
    (Path::Currency, "Currency"),
    (Path::Language, "Language"),
    (Path::ExternalReference, "ExternalReference"),
    (Path::Source, "Source"),
    (Path::CustomerReference, "CustomerReference"),
    (Path::MachineId, "MachineId"),
    (Path::LocalTime, "LocalTime"),
    (Path::ShippingMethod, "DeliveryInformation.ShippingMethod.Code"),
    (Path::Promotions, "Promotions"),
];

impl Path {
    /// Shorthand for a field of `BillingDetails`.
    pub fn billing(detail: Detail) -> Self {
        Path::Detail(Block::Billing, detail)
    }

    /// Shorthand for a field of `DeliveryDetails`.
    pub fn delivery(detail: Detail) -> Self {
        Path::Detail(Block::Delivery, detail)
    }

    /// Whether its value is JSON (a list) instead of text.
    pub fn is_json(self) -> bool {
        matches!(self, Path::Items | Path::Promotions)
    }

    /// Whether its value tells who the shopper is.
    pub fn is_personal(self) -> bool {
        matches!(self, Path::Detail(..) | Path::CustomerReference | Path::MachineId)
    }

    /// The name of a path, as in its `Display`, in an owned string.
    pub fn name(self) -> String {
        match self {
            Path::Detail(block, detail) => crate::concat(&[block.name(), ".", detail.name()]),
            plain => PLAIN.iter().find(|(path, _)| *path == plain).map_or("", |(_, name)| name).to_owned(),
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// The text names no path of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPath;

impl fmt::Display for UnknownPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a path of a lead")
    }
}

impl std::error::Error for UnknownPath {}

impl FromStr for Path {
    type Err = UnknownPath;

    fn from_str(text: &str) -> Result<Self, UnknownPath> {
        let of_block = |block: Block| {
            let name = text.strip_prefix(block.name())?.strip_prefix('.')?;
            Detail::ALL.iter().find(|d| d.name() == name).map(|d| Path::Detail(block, *d))
        };
        of_block(Block::Billing)
            .or_else(|| of_block(Block::Delivery))
            .or_else(|| PLAIN.iter().find(|(_, name)| *name == text).map(|(path, _)| *path))
            .ok_or(UnknownPath)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_reads_back_what_it_writes() {
        let details = [Block::Billing, Block::Delivery]
            .into_iter()
            .flat_map(|block| Detail::ALL.iter().map(move |detail| Path::Detail(block, *detail)));
        for path in details.chain(PLAIN.iter().map(|(path, _)| *path)) {
            assert!(!path.name().is_empty());
            assert_eq!(path.to_string().parse(), Ok(path));
        }
    }

    #[test]
    fn a_name_that_is_nearly_a_path_is_none() {
        for text in
            ["", "Email", "billingdetails.Email", "BillingDetails", "BillingDetails.", "BillingDetails.CVC", "CartId"]
        {
            assert_eq!(text.parse::<Path>(), Err(UnknownPath), "{text}");
        }
    }
}
