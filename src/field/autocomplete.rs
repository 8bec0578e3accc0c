//! The autocomplete grammar of WHATWG HTML, section 4.10.18.7.2 "Processing model", parsed from the end.

use wire::{Block, Detail};

use super::{Part, Target};

/// What an autofill field name means for a lead.
enum Meaning {
    Detail(Detail),
    Part(Part),
    /// A known name that is no part of a lead.
    Nothing,
}

/// Autofill field names without a kind of contact. Not listed: those that [`super::forbidden`] keeps out before.
fn plain(name: &str) -> Option<Meaning> {
    use Meaning::{Detail as D, Nothing, Part as P};
    Some(match name {
        "name" => P(Part::FullName),
        "given-name" => D(Detail::FirstName),
        "family-name" => D(Detail::LastName),
        "organization" => D(Detail::Company),
        "street-address" => P(Part::StreetLines),
        "address-line1" => D(Detail::Address1),
        "address-line2" => D(Detail::Address2),
        "address-line3" => P(Part::AddressLine3),
        "address-level2" => D(Detail::City),
        "address-level1" => D(Detail::State),
        "country" | "country-name" => D(Detail::CountryCode),
        "postal-code" => D(Detail::Zip),
        "honorific-prefix"
        | "additional-name"
        | "honorific-suffix"
        | "nickname"
        | "username"
        | "organization-title"
        | "address-level4"
        | "address-level3"
        | "transaction-currency"
        | "transaction-amount"
        | "language"
        | "sex"
        | "url"
        | "photo" => Nothing,
        _ => return None,
    })
}

/// Autofill field names that may follow `home`, `work`, `mobile`, `fax` or `pager`.
fn contact(name: &str) -> Option<Meaning> {
    use Meaning::{Detail as D, Nothing, Part as P};
    Some(match name {
        "email" => D(Detail::Email),
        "tel" | "tel-national" => D(Detail::Phone),
        "tel-country-code" => P(Part::PhonePrefix),
        "tel-area-code" => P(Part::PhoneArea),
        "tel-local" => P(Part::PhoneLocal),
        "tel-local-prefix" | "tel-local-suffix" | "tel-extension" | "impp" => Nothing,
        _ => return None,
    })
}

/// What an `autocomplete` attribute says of a lead; `None` when it breaks the grammar, or names nothing of a lead.
pub(super) fn target(attribute: &str) -> Option<Target> {
    let lower = attribute.to_ascii_lowercase();
    let mut tokens = lower.split_ascii_whitespace().rev().peekable();
    tokens.next_if_eq(&"webauthn");
    let name = tokens.next()?;
    let (meaning, is_contact) = match plain(name) {
        Some(meaning) => (meaning, false),
        None => (contact(name)?, true),
    };
    if is_contact {
        if tokens.next_if(|token| matches!(*token, "fax" | "pager")).is_some() {
            return None;
        }
        tokens.next_if(|token| matches!(*token, "home" | "work" | "mobile"));
    }
    let block = match tokens.next_if(|token| matches!(*token, "shipping" | "billing")) {
        Some("shipping") => Block::Delivery,
        _ => Block::Billing,
    };
    tokens.next_if(|token| token.len() > "section-".len() && token.starts_with("section-"));
    if tokens.next().is_some() {
        return None;
    }
    match meaning {
        Meaning::Detail(detail) => Some(Target::detail(block, detail)),
        Meaning::Part(part) => Some(Target::Part(block, part)),
        Meaning::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
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
            assert_eq!(target(attribute).map(Target::name).as_deref(), *path, "{attribute}");
        }
    }
}
