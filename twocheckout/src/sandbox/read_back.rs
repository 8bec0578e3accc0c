//! A lead as 2Checkout gives it back: not in the shape it was sent.

use serde_json::{Map, Value, json};

use super::state::LeadRecord;

/// The keys of an item in the sample of "Retrieve a lead"; what is not known is `null`.
const ITEM: &[&str] = &[
    "Code",
    "Quantity",
    "SKU",
    "Name",
    "Description",
    "IsDynamic",
    "Tangible",
    "PurchaseType",
    "PriceOptions",
    "RecurringOptions",
    "MarketingCampaigns",
    "Price",
    "AdditionalFields",
    "SubscriptionStartDate",
    "Trial",
];

/// JSON-RPC's `getLead`, as in the sample of "Retrieve a lead": `Items` is an object with numbers for keys, a quantity
/// is text. `Source` and `CustomerReference` do not come back.
pub(super) fn in_rpc(record: &LeadRecord) -> Value {
    let part = |key: &str| record.lead.get(key).cloned().unwrap_or_default();
    json!({
        "LeadCode": record.lead_code,
        "GeneratedFrom": "API",
        "CartId": part("CartId"),
        "Currency": part("Currency"),
        "Language": part("Language"),
        "ExternalReference": part("ExternalReference"),
        "MachineId": text(part("MachineId")),
        "LocalTime": part("LocalTime"),
        "Items": numbered(part("Items"), item),
        "BillingDetails": part("BillingDetails"),
        "DeliveryDetails": part("DeliveryDetails"),
        "DeliveryInformation": part("DeliveryInformation"),
        "PaymentDetails": part("PaymentDetails"),
        "Promotions": part("Promotions"),
    })
}

/// REST's `GetLeadResponse`, with every wrapper of its schema.
pub(super) fn in_rest(record: &LeadRecord) -> Value {
    let mut lead = in_rpc(record);
    for (key, wrapper) in
        [("BillingDetails", "Object"), ("DeliveryDetails", "0"), ("DeliveryInformation", "0"), ("PaymentDetails", "0")]
    {
        replace(&mut lead, key, |value| wrapped(value, wrapper));
    }
    replace(&mut lead, "Promotions", |codes| match codes {
        Value::Array(codes) => codes.into_iter().map(|code| json!({"0": code})).collect(),
        none => none,
    });
    for item in lead.get_mut("Items").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        replace(item, "PriceOptions", |groups| {
            numbered(groups, |mut group| {
                replace(&mut group, "Options", |options| numbered(options, |option| option));
                group
            })
        });
        replace(item, "AdditionalFields", |fields| numbered(fields, |field| field));
        for (key, wrapper) in [("RecurringOptions", "Object"), ("MarketingCampaigns", "Object"), ("Price", "0")] {
            replace(item, key, |value| wrapped(value, wrapper));
        }
    }
    lead
}

fn item(sent: Value) -> Value {
    let read = |key: &&str| {
        let value = sent.get(*key).cloned().unwrap_or_default();
        ((*key).to_owned(), if *key == "Quantity" { text(value) } else { value })
    };
    Value::Object(ITEM.iter().map(read).collect())
}

fn text(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::String(number.to_string()),
        other => other,
    }
}

/// `[a, b]` as `{"0": a, "1": b}`.
fn numbered(list: Value, each: impl Fn(Value) -> Value) -> Value {
    match list {
        Value::Array(list) => {
            Value::Object(list.into_iter().enumerate().map(|(i, value)| (i.to_string(), each(value))).collect())
        }
        none => none,
    }
}

fn wrapped(value: Value, wrapper: &str) -> Value {
    if value.is_null() { value } else { json!({wrapper: value}) }
}

fn replace(object: &mut Value, key: &str, with: impl FnOnce(Value) -> Value) {
    if let Some(value) = object.get_mut(key) {
        *value = with(value.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> LeadRecord {
        let lead = json!({
            "CartId": "c1", "Currency": "EUR", "Source": "shop", "MachineId": 132, "Promotions": ["P1"],
            "Items": [{"Code": "A", "Quantity": 2, "Price": {"Amount": 20}, "PriceOptions": [{"Name": "g", "Options": [{"Name": "o"}]}]}],
            "BillingDetails": {"Email": "ada@example.com"}, "DeliveryDetails": {"Email": "ada@example.com"},
        });
        serde_json::from_value(json!({
            "LeadCode": "60E6C4B574", "lead": lead, "Used": false, "StopFollowups": false,
            "CreatedAt": "2019-11-05T16:39:36", "UpdatedAt": null,
        }))
        .unwrap()
    }

    #[test]
    fn json_rpc_has_numbered_items_with_text_for_quantities() {
        let lead = in_rpc(&record());
        assert_eq!(lead.as_object().unwrap().len(), 14);
        assert_eq!(lead["Items"]["0"].as_object().unwrap().len(), 15);
        assert_eq!(lead["Items"]["0"]["Quantity"], "2");
        assert_eq!(lead["Items"]["0"]["SKU"], Value::Null);
        assert_eq!((&lead["MachineId"], &lead["GeneratedFrom"]), (&json!("132"), &json!("API")));
        assert!(lead.get("Source").is_none());
    }

    #[test]
    fn rest_has_the_wrappers_of_its_schema() {
        let lead = in_rest(&record());
        assert_eq!(lead["BillingDetails"]["Object"]["Email"], "ada@example.com");
        assert_eq!(lead["DeliveryDetails"]["0"]["Email"], "ada@example.com");
        assert_eq!(lead["DeliveryInformation"], Value::Null);
        assert_eq!(lead["Promotions"], json!([{"0": "P1"}]));
        assert_eq!(lead["Items"]["0"]["Price"], json!({"0": {"Amount": 20}}));
        assert_eq!(lead["Items"]["0"]["PriceOptions"]["0"]["Options"]["0"]["Name"], "o");
    }
}
