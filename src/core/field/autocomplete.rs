//! The autocomplete grammar of WHATWG HTML, section 4.10.18.7.2 "Processing model", parsed from the end.

use wire::{Block, Detail};

use super::target::{FieldMeaning, Part};

/// What an `autocomplete` attribute says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    /// The part of a lead; `None` for a known name that sounds like one and is none.
    pub(super) what: Option<FieldMeaning>,
    /// The block, where `billing` or `shipping` says so.
    pub(super) block: Option<Block>,
}

/// Autofill field names, and what each means for a lead: `None` for one that is no part of it. Not listed: those that
/// [`super::forbidden`] keeps out before.
const PLAIN: &[(&str, Option<FieldMeaning>)] = &[
    ("name", Some(FieldMeaning::Part(Part::FullName))),
    ("given-name", Some(FieldMeaning::Detail(Detail::FirstName))),
    ("family-name", Some(FieldMeaning::Detail(Detail::LastName))),
    ("organization", Some(FieldMeaning::Detail(Detail::Company))),
    ("street-address", Some(FieldMeaning::Part(Part::StreetLines))),
    ("address-line1", Some(FieldMeaning::Detail(Detail::Address1))),
    ("address-line2", Some(FieldMeaning::Detail(Detail::Address2))),
    ("address-line3", Some(FieldMeaning::Part(Part::AddressLine3))),
    ("address-level2", Some(FieldMeaning::Detail(Detail::City))),
    ("address-level1", Some(FieldMeaning::Detail(Detail::State))),
    ("country", Some(FieldMeaning::Detail(Detail::CountryCode))),
    ("country-name", Some(FieldMeaning::Detail(Detail::CountryCode))),
    ("postal-code", Some(FieldMeaning::Detail(Detail::Zip))),
];

/// Autofill field names that may follow `home`, `work`, `mobile`, `fax` or `pager`.
const CONTACT: &[(&str, Option<FieldMeaning>)] = &[
    ("email", Some(FieldMeaning::Detail(Detail::Email))),
    ("tel", Some(FieldMeaning::Detail(Detail::Phone))),
    ("tel-national", Some(FieldMeaning::Detail(Detail::Phone))),
    ("tel-country-code", Some(FieldMeaning::Part(Part::PhonePrefix))),
    ("tel-area-code", Some(FieldMeaning::Part(Part::PhoneArea))),
    ("tel-local", Some(FieldMeaning::Part(Part::PhoneLocal))),
    ("tel-extension", None),
];

fn look_up(table: &[(&str, Option<FieldMeaning>)], name: &str) -> Option<Option<FieldMeaning>> {
    table.iter().find(|(known, _)| *known == name).map(|(_, what)| *what)
}

/// What an `autocomplete` attribute says; `None` when it breaks the grammar.
pub(super) fn token(attribute: &str) -> Option<Token> {
    let lower = attribute.to_ascii_lowercase();
    let mut tokens = lower.split_ascii_whitespace().rev().peekable();
    tokens.next_if_eq(&"webauthn");
    let name = tokens.next()?;
    let (what, is_contact) = match look_up(PLAIN, name) {
        Some(what) => (what, false),
        None => (look_up(CONTACT, name)?, true),
    };
    if is_contact {
        if tokens.next_if(|token| matches!(*token, "fax" | "pager")).is_some() {
            return Some(Token { what: None, block: None });
        }
        tokens.next_if(|token| matches!(*token, "home" | "work" | "mobile"));
    }
    let block = tokens.next_if(|token| matches!(*token, "shipping" | "billing"));
    let block = block.map(|token| if token == "shipping" { Block::Delivery } else { Block::Billing });
    tokens.next_if(|token| token.len() > "section-".len() && token.starts_with("section-"));
    tokens.next().is_none().then_some(Token { what, block })
}

#[cfg(test)]
mod tests {
    use super::super::Target;
    use super::*;

    #[test]
    fn the_grammar_is_read_from_its_end() {
        const CASES: &[(&str, Option<&str>)] = &[
            ("email", Some("BillingDetails.Email")),
            (" EMAIL ", Some("BillingDetails.Email")),
            ("billing email", Some("BillingDetails.Email")),
            ("shipping work email", Some("DeliveryDetails.Email")),
            ("section-blue shipping home tel", Some("DeliveryDetails.Phone")),
            ("section-blue shipping street-address", Some("DeliveryDetails.Address1")),
            ("section-blue given-name", Some("BillingDetails.FirstName")),
            ("shipping family-name webauthn", Some("DeliveryDetails.LastName")),
            ("name", Some("BillingDetails.FullName")),
            ("tel-country-code", Some("BillingDetails.PhonePrefix")),
            ("tel-national", Some("BillingDetails.Phone")),
            ("tel-area-code", Some("BillingDetails.Phone")),
            ("address-line3", Some("BillingDetails.Address2")),
            ("country-name", Some("BillingDetails.CountryCode")),
            ("billing postal-code", Some("BillingDetails.Zip")),
            ("billing address-level1", Some("BillingDetails.State")),
            ("billing address-level2", Some("BillingDetails.City")),
            ("organization", Some("BillingDetails.Company")),
            ("fax tel", None),
            ("home given-name", None),
            ("email billing", None),
            ("billing shipping email", None),
            ("section- email", None),
            ("nonsense email", None),
            ("off", None),
            ("on", None),
            ("", None),
            ("webauthn", None),
            ("username", None),
            ("firstname", None),
        ];
        for (attribute, path) in CASES {
            let named = token(attribute)
                .and_then(|token| Some(Target::of(token.block.unwrap_or(Block::Billing), token.what?).name()));
            assert_eq!(named.as_deref(), *path, "{attribute}");
        }
    }
}
