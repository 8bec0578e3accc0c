//! The Lead of each call, from 2Checkout's pages: "Add leads for catalog products" and "Update a lead" (JSON-RPC 6.0),
//! and the OpenAPI document and the examples of "Leads" (REST 6.0).

use serde_json::Value;

use super::refusal::Refusal;
use super::shape::Shape::{
    Flag, Ip, Letters, List, Moment, Number, Object, Quantity, QuantityOrText, Text, TextOrNull, Whole,
};
use super::shape::{Field, Shape, may, must};

/// `addLead` and `updateLead` over JSON-RPC. `Currency` is required by the page on updating. `Promotions` stands in no
/// sample of this protocol; it is let through because the lead behind both protocols is one.
pub(super) const RPC: Shape = Object(&[
    may("CartId", &Text),
    must("Currency", &Letters(3)),
    may("Language", &Letters(2)),
    may("ExternalReference", &Text),
    may("Source", &Text),
    may("CustomerReference", &Text),
    may("MachineId", &Text),
    must("Items", &List(1, &RPC_ITEM)),
    must("BillingDetails", &RPC_ADDRESS),
    must("DeliveryDetails", &RPC_ADDRESS),
    may("DeliveryInformation", &DELIVERY_INFORMATION),
    may("PaymentDetails", &RPC_PAYMENT),
    may("LocalTime", &Moment),
    may("Promotions", &List(0, &Text)),
]);

/// `POST /leads/`
pub(super) const REST_NEW: Shape = Object(&[
    may("LeadCode", &Text),
    may("CartId", &Text),
    must("Currency", &Letters(3)),
    may("Language", &Letters(2)),
    may("ExternalReference", &Text),
    may("Source", &Text),
    may("CustomerReference", &Text),
    may("MachineId", &Whole),
    may("LocalTime", &Moment),
    must("Items", &List(1, &REST_ITEM)),
    must("BillingDetails", &REST_ADDRESS),
    may("DeliveryDetails", &REST_ADDRESS),
    may("DeliveryInformation", &DELIVERY_INFORMATION),
    may("PaymentDetails", &REST_PAYMENT),
    may("Promotions", &List(0, &Text)),
]);

/// `PUT /leads/{LeadCode}`
pub(super) const REST_CHANGED: Shape = Object(&[
    may("CartId", &Text),
    may("GeneratedFrom", &Text),
    must("Currency", &Letters(3)),
    may("Language", &Letters(2)),
    may("ExternalReference", &Text),
    may("MachineId", &Text),
    may("FollowedUp", &Flag),
    may("LocalTime", &Moment),
    must("Items", &List(1, &REST_ITEM)),
    must("BillingDetails", &REST_ADDRESS),
    may("DeliveryDetails", &REST_ADDRESS),
    may("DeliveryInformation", &DELIVERY_INFORMATION),
    may("PaymentDetails", &REST_PAYMENT),
    may("Promotions", &List(0, &Text)),
]);

/// `markLeads` and `PUT /leads/`: all three are required.
pub(super) const MARKS: Shape =
    List(1, &Object(&[must("LeadCode", &Text), must("Used", &Flag), must("StopFollowups", &Flag)]));

macro_rules! address {
    ($text:expr) => {
        Object(&[
            may("FirstName", $text),
            may("LastName", $text),
            may("Phone", $text),
            may("Company", $text),
            may("FiscalCode", $text),
            may("Email", $text),
            may("Address1", $text),
            may("Address2", $text),
            may("City", $text),
            may("Zip", $text),
            may("CountryCode", $text),
            may("State", $text),
        ])
    };
}
// The JSON-RPC sample has null for what is not known; REST's leaves it out.
const RPC_ADDRESS: Shape = address!(&TextOrNull);
const REST_ADDRESS: Shape = address!(&Text);

macro_rules! item {
    ($quantity:expr, $group:expr) => {
        Object(&[
            may("Code", &TextOrNull),
            must("Quantity", $quantity),
            may("SKU", &TextOrNull),
            may("Name", &Text),
            may("Description", &Text),
            may("IsDynamic", &Flag),
            may("Tangible", &Flag),
            may("PurchaseType", &Text),
            may("PriceOptions", &List(0, $group)),
            may("RecurringOptions", &RECURRING),
            may("MarketingCampaigns", &CAMPAIGNS),
            may("Price", &PRICE),
            may("AdditionalFields", &List(0, &ADDITIONAL_FIELD)),
            may("SubscriptionStartDate", &Text),
            may("Trial", &TRIAL),
        ])
    };
}
// The REST examples have the quantity as text, its schema as a whole number; `Required` is JSON-RPC's.
const RPC_ITEM: Shape =
    item!(&Quantity, &Object(&[must("Name", &Text), may("Required", &Flag), must("Options", &List(0, &OPTION))]));
const REST_ITEM: Shape = item!(&QuantityOrText, &Object(&[must("Name", &Text), must("Options", &List(0, &OPTION))]));

const OPTION: Shape = Object(&[must("Name", &Text), may("Value", &Text), may("Surcharge", &Number)]);

const RECURRING: Shape = Object(&[
    may("CycleLength", &Whole),
    may("CycleUnit", &Text),
    may("CycleAmount", &Number),
    may("ContractLength", &Whole),
    may("ContractUnit", &Text),
]);

const CAMPAIGNS: Shape = Object(&[may("Type", &Whole), may("ParentCode", &Text), may("CampaignCode", &Whole)]);

const PRICE: Shape = Object(&[may("Amount", &Number), may("Type", &Text)]);

const ADDITIONAL_FIELD: Shape = Object(&[must("Code", &Text), may("Text", &Text), may("Value", &Text)]);

/// The schema has `Price`, the example the other three.
const TRIAL: Shape = Object(&[
    may("Period", &Whole),
    may("Price", &Number),
    may("GrossPrice", &Number),
    may("VAT", &Number),
    may("NetPrice", &Number),
]);

const DELIVERY_INFORMATION: Shape = Object(&[must("ShippingMethod", &Object(&[must("Code", &Text)]))]);

const INSTALLMENTS: Field = may("CardPayment", &Object(&[may("InstallmentsNumber", &Whole)]));

const RPC_PAYMENT: Shape = Object(&[
    may("Type", &Text),
    may("Currency", &Letters(3)),
    may("PaymentMethod", &Object(&[may("RecurringEnabled", &Flag), INSTALLMENTS])),
    may("CustomerIP", &Ip),
]);

const REST_PAYMENT: Shape = Object(&[
    may("Type", &Text),
    may("Currency", &Letters(3)),
    may("RecurringEnabled", &Flag),
    may("PaymentMethod", &Object(&[INSTALLMENTS])),
    may("CustomerIP", &Ip),
]);

/// Whether a lead (or a list of marks) is what a call takes.
pub(super) fn check(shape: &Shape, place: &str, value: &Value) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    shape.problems(place, value, &mut problems);
    for (i, item) in value.get("Items").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let filled = |key: &str| item.get(key).and_then(Value::as_str).is_some_and(|text| !text.is_empty());
        let dynamic = item.get("IsDynamic") == Some(&Value::Bool(true));
        // A catalog product is found by its code; the page on dynamic products requires the name of one.
        if !(filled("Code") || dynamic && filled("Name")) {
            problems.push(format!("{place}.Items[{i}]: expected a Code, or IsDynamic and a Name"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Refusal::Input(problems.join("; "))) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The example of REST's page, with the e-mail address it hides.
    fn rest_example() -> Value {
        let address = json!({"FirstName": "Customer", "LastName": "Avangate", "FiscalCode": "32423423",
            "Email": "customer@example.com", "Address1": "Test Address", "City": "LA", "Zip": "12345",
            "CountryCode": "us", "State": "CA"});
        json!({
            "CartId": "du8945jgd", "Currency": "EUR", "Language": "EN", "ExternalReference": "REST_API_AVANGTE",
            "LocalTime": "2019-01-08 11:46:12",
            "Items": [{"Code": "my_subscription_1", "Quantity": "1", "SKU": "df1", "IsDynamic": false, "Tangible": false,
                "PurchaseType": "", "Name": "asd", "Description": "asd",
                "PriceOptions": [{"Name": "sdfsd", "Options": [{"Name": "fsdfsdf", "Value": "fsdfsdf", "Surcharge": 10.36}]}],
                "RecurringOptions": {"CycleLength": 23, "CycleUnit": "m", "CycleAmount": 23, "ContractLength": 23, "ContractUnit": "m"},
                "MarketingCampaigns": {"Type": 23, "ParentCode": "m", "CampaignCode": 23}, "Price": {"Amount": 23, "Type": "m"},
                "AdditionalFields": [{"Code": "f", "Text": "m", "Value": "m"}], "SubscriptionStartDate": "e",
                "Trial": {"Period": 2, "GrossPrice": 5, "VAT": 0.83, "NetPrice": 4.17}}],
            "BillingDetails": address, "DeliveryDetails": address,
            "DeliveryInformation": {"ShippingMethod": {"Code": "sdfsd"}},
            "PaymentDetails": {"Type": "CC", "Currency": "EUR", "RecurringEnabled": true,
                "PaymentMethod": {"CardPayment": {"InstallmentsNumber": 32}}, "CustomerIP": "1.2.3.4"},
            "Promotions": ["FJ34JK9", "OIU546KH0"],
        })
    }

    fn problems(shape: &Shape, lead: &Value) -> String {
        match check(shape, "Lead", lead) {
            Err(Refusal::Input(text)) => text,
            _ => String::new(),
        }
    }

    fn with(mut lead: Value, pointer: &str, value: Value) -> Value {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        lead.pointer_mut(parent).unwrap()[key] = value;
        lead
    }

    #[test]
    fn the_examples_of_the_rest_page_pass() {
        assert_eq!(problems(&REST_NEW, &with(rest_example(), "/MachineId", json!(132))), "");
        assert_eq!(problems(&REST_CHANGED, &with(rest_example(), "/MachineId", json!("7df4s"))), "");
    }

    #[test]
    fn what_one_protocol_has_the_other_refuses() {
        assert!(problems(&RPC, &rest_example()).contains("Lead.PaymentDetails.RecurringEnabled: unknown"));
        assert!(problems(&RPC, &rest_example()).contains("Lead.Items[0].Quantity: expected"));
        let sourced = with(rest_example(), "/Source", json!("shop"));
        assert_eq!(problems(&REST_NEW, &sourced), "");
        assert_eq!(problems(&REST_CHANGED, &sourced), "Lead.Source: unknown");
        let nulled = with(rest_example(), "/BillingDetails/Phone", json!(null));
        assert_eq!(problems(&REST_NEW, &nulled), "Lead.BillingDetails.Phone: expected text");
    }

    #[test]
    fn a_misspelt_field_a_wrong_type_and_a_missing_field_are_named() {
        let cases = [
            ("/Billingdetails", json!({}), "Lead.Billingdetails: unknown"),
            ("/BillingDetails/FirstNme", json!("Ada"), "Lead.BillingDetails.FirstNme: unknown"),
            ("/Items", json!([]), "Lead.Items: expected a list that is not empty"),
            ("/Items/0", json!({"Quantity": 1}), "Lead.Items[0]: expected a Code, or IsDynamic and a Name"),
            ("/Items/0", json!({"Code": "A"}), "Lead.Items[0].Quantity: required"),
            ("/Currency", json!("euro"), "Lead.Currency: expected a code of three letters"),
            ("/LocalTime", json!("2019-01-08T11:46:12"), "Lead.LocalTime: expected YYYY-MM-DD HH:MM:SS"),
        ];
        for (pointer, value, expected) in cases {
            let wrong = match pointer.strip_prefix("/Items/0") {
                Some(_) => with(rest_example(), "/Items", json!([value])),
                None => with(rest_example(), pointer, value),
            };
            assert_eq!(problems(&REST_NEW, &wrong), expected);
        }
        let mut bare = rest_example();
        bare.as_object_mut().unwrap().retain(|key, _| key != "Currency" && key != "DeliveryDetails");
        assert_eq!(problems(&REST_NEW, &bare), "Lead.Currency: required");
    }
}
