//! Writes what 2Checkout gets, strictly, and each protocol as its page has it.
//!
//! The pages disagree on what a lead must have; what is sent always has the union: `Currency`, one of `Items`,
//! `BillingDetails`, `DeliveryDetails`.

use std::net::Ipv4Addr;

use serde_json::{Map, Value, json};

use crate::lead::Address;
use crate::{Error, Lead, Mark, Search};

type Fields = Map<String, Value>;

/// `addLead` and `updateLead` of JSON-RPC.
pub(crate) fn rpc_lead(lead: &Lead) -> Result<Value, Error> {
    let mut fields = whole(lead)?;
    // The sample has RecurringEnabled inside PaymentMethod, REST's beside it.
    if let Some(payment) = payment(&mut fields)
        && let Some(recurring) = payment.remove("RecurringEnabled")
    {
        payment.insert("PaymentMethod".into(), json!({"RecurringEnabled": recurring}));
    }
    Ok(Value::Object(fields))
}

/// `POST /leads/`
pub(crate) fn rest_new_lead(lead: &Lead) -> Result<Value, Error> {
    let mut fields = rest_lead(lead)?;
    // A number here, text everywhere else: what is no number is left out.
    if let Some(Value::String(id)) = fields.remove("MachineId")
        && let Ok(number) = id.parse::<u32>()
        && number.to_string() == id
    {
        fields.insert("MachineId".into(), number.into());
    }
    Ok(Value::Object(fields))
}

/// `PUT /leads/{LeadCode}`
pub(crate) fn rest_changed_lead(lead: &Lead) -> Result<Value, Error> {
    let mut fields = rest_lead(lead)?;
    for unknown in ["Source", "CustomerReference"] {
        fields.remove(unknown);
    }
    Ok(Value::Object(fields))
}

fn rest_lead(lead: &Lead) -> Result<Fields, Error> {
    let mut fields = whole(lead)?;
    let items = fields.get_mut("Items").and_then(Value::as_array_mut).into_iter().flatten();
    let groups = items.filter_map(|item| item.get_mut("PriceOptions")?.as_array_mut()).flatten();
    for group in groups.filter_map(Value::as_object_mut) {
        group.remove("Required");
    }
    Ok(fields)
}

/// The lead with all that any page requires, or which of it is missing.
fn whole(lead: &Lead) -> Result<Fields, Error> {
    let is_silent = |address: &Address| *address == Address::default();
    let mut missing = Vec::new();
    if lead.currency.as_deref().is_none_or(str::is_empty) {
        missing.push("Currency");
    }
    if lead.items.is_empty() {
        missing.push("Items");
    }
    if is_silent(&lead.billing_details) {
        missing.push("BillingDetails");
    }
    let incomplete = |message: String| Error::Rejected { code: "leadkeep/incomplete".into(), message };
    if !missing.is_empty() {
        return Err(incomplete(format!("missing: {}", missing.join(", "))));
    }
    let Ok(Value::Object(mut fields)) = serde_json::to_value(lead) else {
        return Err(incomplete("a lead that is no JSON".into()));
    };
    if lead.delivery_details.is_empty()
        && let Some(billing) = fields.get("BillingDetails").cloned()
    {
        // As 2Checkout's own example does: `clone($billingDetails)`.
        fields.insert("DeliveryDetails".into(), billing);
    }
    // Every sample is dotted IPv4, and 2Checkout's own WooCommerce plugin drops the others.
    if let Some(payment) = payment(&mut fields)
        && payment.get("CustomerIP").and_then(Value::as_str).is_some_and(|ip| ip.parse::<Ipv4Addr>().is_err())
    {
        payment.remove("CustomerIP");
    }
    Ok(fields)
}

fn payment(fields: &mut Fields) -> Option<&mut Fields> {
    fields.get_mut("PaymentDetails")?.as_object_mut()
}

/// `markLeads`: all three keys are required.
pub(crate) fn marks(marks: &[Mark]) -> Value {
    let mark =
        |mark: &Mark| json!({"LeadCode": mark.lead_code, "Used": mark.used, "StopFollowups": mark.stop_followups});
    marks.iter().map(mark).collect()
}

/// `GET /leads/`
pub(crate) fn query(search: &Search) -> Vec<(&'static str, String)> {
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    [
        ("LeadCode", search.lead_code.clone()),
        ("Email", search.email.clone()),
        ("Type", search.kind.clone()),
        ("StartDate", search.start_date.clone()),
        ("EndDate", search.end_date.clone()),
        ("ProductCode", search.product_code.clone()),
        ("Language", search.language.clone()),
        ("Country", search.country.clone()),
        ("GeneratedFrom", search.generated_from.clone()),
        ("Page", number(search.page)),
        ("Limit", number(search.limit)),
    ]
    .into_iter()
    .filter_map(|(name, value)| value.map(|value| (name, value)))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead() -> Lead {
        serde_json::from_value(json!({
            "Currency": "EUR", "Source": "shop", "CustomerReference": "c1", "MachineId": "132",
            "Items": [{"Code": "A", "Quantity": 1, "PriceOptions": [{"Name": "g", "Required": true, "Options": []}]}],
            "BillingDetails": {"Email": "ada@example.com"},
            "PaymentDetails": {"Type": "CC", "RecurringEnabled": true, "CustomerIP": "1.2.3.4"},
        }))
        .unwrap()
    }

    #[test]
    fn each_protocol_has_its_own_places() {
        let rpc = rpc_lead(&lead()).unwrap();
        assert_eq!(rpc["PaymentDetails"]["PaymentMethod"], json!({"RecurringEnabled": true}));
        assert!(rpc["PaymentDetails"].get("RecurringEnabled").is_none());
        assert_eq!(rpc["Items"][0]["PriceOptions"][0]["Required"], true);
        assert_eq!((&rpc["MachineId"], &rpc["Source"]), (&json!("132"), &json!("shop")));

        let post = rest_new_lead(&lead()).unwrap();
        assert_eq!(post["PaymentDetails"]["RecurringEnabled"], true);
        assert!(post["PaymentDetails"].get("PaymentMethod").is_none());
        assert!(post["Items"][0]["PriceOptions"][0].get("Required").is_none());
        assert_eq!((&post["MachineId"], &post["Source"]), (&json!(132), &json!("shop")));

        let put = rest_changed_lead(&lead()).unwrap();
        assert_eq!(put["MachineId"], "132");
        assert!(put.get("Source").is_none() && put.get("CustomerReference").is_none());
    }

    #[test]
    fn delivery_is_a_copy_of_billing_where_there_is_none() {
        let emptied = Lead { currency: Some("EUR".into()), ..lead().emptied() };
        for lead in [lead(), emptied] {
            for fields in [rpc_lead(&lead), rest_new_lead(&lead), rest_changed_lead(&lead)] {
                let fields = fields.unwrap();
                assert_eq!(fields["DeliveryDetails"], fields["BillingDetails"]);
            }
        }
    }

    #[test]
    fn a_lead_without_what_is_required_is_not_sent_and_the_error_names_it() {
        let cases = [
            (Lead::default(), "missing: Currency, Items, BillingDetails"),
            (Lead { currency: Some(String::new()), ..lead() }, "missing: Currency"),
            (Lead { items: vec![], ..lead() }, "missing: Items"),
            (Lead { billing_details: Address::default(), ..lead() }, "missing: BillingDetails"),
        ];
        for (lead, expected) in cases {
            let Err(Error::Rejected { code, message }) = rpc_lead(&lead) else { panic!("{expected}") };
            assert_eq!((code.as_str(), message.as_str()), ("leadkeep/incomplete", expected));
        }
    }

    #[test]
    fn what_the_protocol_has_no_form_for_is_left_out() {
        let mut odd = Lead { machine_id: Some("123asd".into()), ..lead() };
        odd.payment_details.as_mut().unwrap().customer_ip = Some("2001:db8::1".into());
        assert!(rest_new_lead(&odd).unwrap().get("MachineId").is_none());
        assert_eq!(rpc_lead(&odd).unwrap()["MachineId"], "123asd");
        assert!(rpc_lead(&odd).unwrap()["PaymentDetails"].get("CustomerIP").is_none());
    }

    #[test]
    fn amounts_keep_their_digits() {
        let mut dear = lead();
        dear.items[0].price = serde_json::from_str(r#"{"Amount": 19.90, "Type": "CUSTOM"}"#).unwrap();
        assert!(rpc_lead(&dear).unwrap().to_string().contains(r#""Amount":19.90"#));
    }
}
