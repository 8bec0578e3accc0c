//! From the state of a lead to the Lead that 2Checkout gets: always whole.

use twocheckout::Lead;
use twocheckout::lead::{Address, DeliveryInformation, ShippingMethod};
use wire::{Block, Detail, LeadState, Path};

/// The lead of a cart, whole.
///
/// A cleared field is sent empty, one that was never touched is left out. Where the page has no delivery address the
/// delivery details are a copy of the billing details (2Checkout's own example does `clone($billingDetails)`), and
/// the other way round where it has no billing address, or no e-mail address with it.
pub(super) fn assemble(cart_id: &str, state: &LeadState) -> Lead {
    let text = |path: Path| state.text(path).map(str::to_owned);
    let upper = |path: Path| state.text(path).map(str::to_ascii_uppercase);
    let json = |path: Path| state.text(path).unwrap_or("[]");
    let mut lead = Lead {
        cart_id: Some(cart_id.to_owned()),
        currency: upper(Path::Currency),
        language: upper(Path::Language),
        external_reference: text(Path::ExternalReference),
        source: text(Path::Source),
        customer_reference: text(Path::CustomerReference),
        machine_id: text(Path::MachineId),
        local_time: text(Path::LocalTime),
        // Both were written by the proxy from what it had read.
        items: serde_json::from_str(json(Path::Items)).unwrap_or_default(),
        promotions: serde_json::from_str(json(Path::Promotions)).unwrap_or_default(),
        billing_details: address(state, Block::Billing),
        delivery_details: address(state, Block::Delivery),
        delivery_information: text(Path::ShippingMethod)
            .map(|code| DeliveryInformation { shipping_method: Some(ShippingMethod { code }) }),
        payment_details: None,
    };
    // 2Checkout writes to the billing address; some pages ask for the only e-mail address with the delivery.
    let missing = if is_place(&lead.billing_details) { &[Detail::Email][..] } else { Detail::ALL };
    complete_from(&mut lead.billing_details, &lead.delivery_details, missing);
    if lead.delivery_details.is_empty() {
        lead.delivery_details = lead.billing_details.clone();
    }
    lead
}

fn address(state: &LeadState, block: Block) -> Address {
    let mut address = Address::default();
    for detail in Detail::ALL {
        if let Some(change) = state.get(Path::Detail(block, *detail)) {
            *address.slot(*detail) =
                Some(change.value.as_ref().map_or_else(String::new, |value| value.as_str().to_owned()));
        }
    }
    address
}

/// Whether it says who or where, not only how to reach them.
fn is_place(address: &Address) -> bool {
    use Detail::{Address1, City, FirstName, LastName, Zip};
    [FirstName, LastName, Address1, City, Zip].into_iter().any(|detail| address.get(detail).is_some())
}

/// Fills which of these details are missing from another address.
fn complete_from(address: &mut Address, other: &Address, details: &[Detail]) {
    for detail in details {
        // One that was cleared stays empty.
        if let (None, Some(text)) = (address.slot(*detail), other.get(*detail)) {
            *address.slot(*detail) = Some(text.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::Stamped;

    use super::*;

    fn state(changes: &[(&str, &str)]) -> LeadState {
        changes
            .iter()
            .map(|(path, text)| {
                let path: Path = path.parse().unwrap();
                (path, if path.is_json() { Stamped::json(*text, 1) } else { Stamped::text(*text, 1) })
            })
            .collect()
    }

    #[test]
    fn delivery_is_a_copy_of_billing_where_the_page_has_none() {
        let lead = assemble("c", &state(&[("BillingDetails.City", "Turin"), ("BillingDetails.Email", "a@b.it")]));
        assert_eq!(lead.delivery_details, lead.billing_details);
    }

    #[test]
    fn delivery_that_was_cleared_is_a_copy_again() {
        let mut changes = state(&[("BillingDetails.City", "Turin"), ("DeliveryDetails.City", "Rome")]);
        assert_eq!(assemble("c", &changes).delivery_details.get(Detail::City), Some("Rome"));
        changes.change(Path::delivery(Detail::City), Stamped::cleared(2));
        assert_eq!(assemble("c", &changes).delivery_details.get(Detail::City), Some("Turin"));
    }

    #[test]
    fn a_page_with_a_delivery_address_alone_bills_it_too() {
        let lead = assemble("c", &state(&[("BillingDetails.Email", "a@b.it"), ("DeliveryDetails.LastName", "Neri")]));
        assert_eq!(lead.billing_details.get(Detail::LastName), Some("Neri"));
        assert_eq!(lead.billing_details.get(Detail::Email), Some("a@b.it"));
    }

    #[test]
    fn the_only_email_address_is_the_one_to_write_to() {
        let mut changes = state(&[("BillingDetails.LastName", "Verdi"), ("DeliveryDetails.Email", "a@b.it")]);
        assert_eq!(assemble("c", &changes).billing_details.get(Detail::Email), Some("a@b.it"));
        assert_eq!(assemble("c", &changes).billing_details.get(Detail::LastName), Some("Verdi"));
        changes.change(Path::billing(Detail::Email), Stamped::cleared(2));
        assert_eq!(assemble("c", &changes).billing_details.get(Detail::Email), None, "it was taken back");
    }

    #[test]
    fn a_cleared_field_is_sent_empty_and_an_untouched_one_not_at_all() {
        let mut changes = state(&[("BillingDetails.City", "Turin")]);
        changes.change(Path::billing(Detail::Company), Stamped::cleared(2));
        let json = serde_json::to_value(assemble("c", &changes)).unwrap();
        assert_eq!(json["BillingDetails"]["Company"], "");
        assert!(json["BillingDetails"].get("Zip").is_none());
    }

    #[test]
    fn an_emptied_lead_holds_nothing_of_the_shopper() {
        let items =
            r#"[{"Code":"A","Quantity":1,"AdditionalFields":[{"Code":"x","Text":"Engraving","Value":"For Ada"}]}]"#;
        let lead = assemble(
            "c",
            &state(&[
                ("Items", items),
                ("BillingDetails.Email", "ada@b.it"),
                ("CustomerReference", "ada"),
                ("Currency", "eur"),
            ]),
        );
        let json = serde_json::to_string(&lead.emptied()).unwrap().to_lowercase();
        assert!(!json.contains("ada"), "{json}");
        assert!(json.contains("eur") && json.contains("\"code\":\"a\""), "{json}");
    }
}
