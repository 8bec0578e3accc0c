//! What 2Checkout has of a lead, as the state that it was made from. Pure.

use twocheckout::Lead;
use wire::{Block, Detail, LeadState, Path, Stamped};

use super::{Cart, Status};

/// Older than anything a page may say, and newer than what stands in where a page says nothing.
const LONG_AGO: u64 = 1;

/// The state of a lead that 2Checkout gave back. What it does not give back, `Source` and `CustomerReference`, is not in it.
pub fn state_of(lead: &Lead) -> LeadState {
    let mut state = LeadState::default();
    let mut text = |path: Path, text: Option<&str>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            state.change(path, Stamped::text(text, LONG_AGO));
        }
    };
    for detail in Detail::ALL {
        text(Path::billing(*detail), lead.billing_details.get(*detail));
        // A copy of the other block is no delivery address of its own.
        if lead.delivery_details != lead.billing_details {
            text(Path::Detail(Block::Delivery, *detail), lead.delivery_details.get(*detail));
        }
    }
    text(Path::Currency, lead.currency.as_deref());
    text(Path::Language, lead.language.as_deref());
    text(Path::ExternalReference, lead.external_reference.as_deref());
    text(Path::MachineId, lead.machine_id.as_deref());
    text(Path::LocalTime, lead.local_time.as_deref());
    let method = lead.delivery_information.as_ref().and_then(|delivery| delivery.shipping_method.as_ref());
    text(Path::ShippingMethod, method.map(|method| method.code.as_str()));
    let mut json = |path: Path, is_empty: bool, json: serde_json::Result<String>| {
        if let (false, Ok(json)) = (is_empty, json) {
            state.change(path, Stamped::json(json, LONG_AGO));
        }
    };
    json(Path::Items, lead.items.is_empty(), serde_json::to_string(&lead.items));
    json(Path::Promotions, lead.promotions.is_empty(), serde_json::to_string(&lead.promotions));
    state
}

impl Cart {
    /// A browser calls the lead of this cart so. That proves nothing: where the store knows of no lead, as after a backup was
    /// restored, 2Checkout is asked whether it is this cart's.
    pub fn propose(&mut self, lead_code: &str) {
        if !self.may_have_lead() && self.status == Status::Open {
            self.proposed_lead_code = Some(lead_code.to_owned());
        }
    }

    /// Whether 2Checkout has more of the lead than stands here: what was typed is erased, and the lead is not.
    pub(super) fn is_erased(&self) -> bool {
        self.state.is_empty() && self.lead_code.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cart::assemble::assemble;
    use crate::cart::without_person;

    #[test]
    fn a_lead_that_is_read_back_makes_the_same_lead_again() {
        let changes: LeadState = [
            (Path::Items, Stamped::json(r#"[{"Code":"A","Quantity":2,"Price":{"Amount":19.90}}]"#, 5)),
            (Path::Promotions, Stamped::json(r#"["SPRING"]"#, 5)),
            (Path::Currency, Stamped::text("EUR", 5)),
            (Path::Language, Stamped::text("EN", 5)),
            (Path::ExternalReference, Stamped::text("A-1", 5)),
            (Path::ShippingMethod, Stamped::text("DHL", 5)),
            (Path::billing(Detail::Email), Stamped::text("ada@example.com", 5)),
            (Path::billing(Detail::City), Stamped::text("Turin", 5)),
            (Path::billing(Detail::Company), Stamped::cleared(5)),
        ]
        .into_iter()
        .collect();
        let lead = assemble("c", &changes);
        let mut read = state_of(&lead);
        assert!(read.iter().all(|(path, _)| !path.name().starts_with("DeliveryDetails")), "a copy");
        let again = assemble("c", &read);
        assert_eq!((&again.items, &again.promotions, &again.currency), (&lead.items, &lead.promotions, &lead.currency));
        assert_eq!(again.delivery_information, lead.delivery_information);
        // What was typed since is newer, and the currency that stands in is older.
        read.merge(
            [(Path::Currency, Stamped::text("USD", 0)), (Path::billing(Detail::City), Stamped::text("Rome", 9))]
                .into_iter()
                .collect(),
        );
        let now = assemble("c", &read);
        assert_eq!((now.currency.as_deref(), now.billing_details.get(Detail::City)), (Some("EUR"), Some("Rome")));
        assert_eq!(now.billing_details.get(Detail::Email), Some("ada@example.com"));
        assert_eq!(now.delivery_details, now.billing_details);
        let emptied = without_person(&read);
        assert_eq!(emptied.iter().count(), 3, "items, currency, language");
    }
}
