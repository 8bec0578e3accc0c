//! Reads what 2Checkout answers, leniently: its pages and its answers write one thing in several ways.

use serde_json::{Map, Value};

use crate::{Error, Product, Receipt, StoredLead};

/// What 2Checkout said instead of doing it.
#[derive(Debug, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Refusal {
    /// A code is shown and logged, so only what can be one is let through.
    pub(crate) fn new(code: &str, message: &str) -> Self {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
        let code = if (1..=64).contains(&code.len()) && code.chars().all(fits) { code } else { "unknown" };
        Self { code: code.to_owned(), message: message.chars().take(500).collect() }
    }

    /// `{code, message, data: {error_code}}` of JSON-RPC; the name tells more than the number.
    pub(crate) fn of_rpc(error: &Value) -> Self {
        let name = error.pointer("/data/error_code").and_then(text);
        let code = name.or_else(|| error.get("code").and_then(text)).unwrap_or_default();
        Self::new(&code, &error.get("message").and_then(text).unwrap_or_default())
    }

    /// `{error_code, message}` of REST.
    pub(crate) fn of_rest(body: &Value) -> Option<Self> {
        let code = text(body.get("error_code")?)?;
        Some(Self::new(&code, &body.get("message").and_then(text).unwrap_or_default()))
    }

    /// The first of `Errors`: a list of `{Code, Description}` (the schema), of texts, or a map from code to text (what
    /// orders answer); `null`, nothing and an empty list are none.
    fn of_errors(errors: &Value) -> Option<Self> {
        match errors {
            Value::Null | Value::Bool(_) => None,
            Value::Array(list) => list.first().map(|first| Self::of_errors(first).unwrap_or_else(|| Self::new("", ""))),
            Value::Object(map) if map.contains_key("Code") || map.contains_key("Description") => {
                let part = |key: &str| map.get(key).and_then(text).unwrap_or_default();
                Some(Self::new(&part("Code"), &part("Description")))
            }
            Value::Object(map) => map.iter().next().map(|(key, value)| match value {
                // `{"0": {Code, Description}}` and `{"0": "text"}` are PHP's way of writing a list.
                Value::Object(_) => Self::of_errors(value).unwrap_or_else(|| Self::new(key, "")),
                _ if key.parse::<u32>().is_ok() => Self::of_text(&text(value).unwrap_or_default()),
                _ => Self::new(key, &text(value).unwrap_or_default()),
            }),
            other => text(other).filter(|text| !text.is_empty()).map(|text| Self::of_text(&text)),
        }
    }

    /// A bare text: a code where it has the form of 2Checkout's names (`ORDER_ITEMS_INVALID`), else words.
    fn of_text(text: &str) -> Self {
        let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        let is_name = text.contains('_') && text.bytes().all(fits);
        Self::new(if is_name { text } else { "" }, text)
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A product: `ProductCode`, `ProductName`, `Enabled` of the schema.
pub(crate) fn product(brought: Value) -> Result<Product, Error> {
    let part = |key: &str| brought.get(key).and_then(text).filter(|text| !text.is_empty());
    let enabled = brought.get("Enabled").and_then(Value::as_bool);
    let code = part("ProductCode").ok_or(Error::Malformed { maybe_done: false })?;
    Ok(Product { code, name: part("ProductName"), enabled })
}

/// What an answer brings, bare: `{"LeadResponse": {..}}` is unwrapped, and `Errors` are a refusal although the status is
/// 200 and even where a `LeadCode` stands beside them.
pub(crate) fn accepted(value: Value) -> Result<Value, Refusal> {
    let bare = match value {
        Value::Object(mut map) => match map.remove("LeadResponse") {
            Some(inner) => inner,
            None => Value::Object(map),
        },
        other => other,
    };
    match bare.get("Errors").and_then(Refusal::of_errors) {
        Some(refusal) => Err(refusal),
        None => Ok(bare),
    }
}

pub(crate) fn receipt(value: &Value) -> Result<Receipt, Error> {
    let part = |key: &str| value.get(key).and_then(text).filter(|text| !text.is_empty());
    let lead_code = part("LeadCode").ok_or(Error::Malformed { maybe_done: true })?;
    Ok(Receipt { lead_code, created_at: part("CreatedAt"), updated_at: part("UpdatedAt") })
}

pub(crate) fn stored(value: Value) -> Result<StoredLead, Error> {
    let nonsense = Error::Malformed { maybe_done: false };
    let Some(Value::Object(mut map)) = tidied("", value) else { return Err(nonsense) };
    let mut take = |key: &str| map.remove(key).as_ref().and_then(text);
    let Some(lead_code) = take("LeadCode") else { return Err(nonsense) };
    let generated_from = take("GeneratedFrom");
    place_recurring(&mut map);
    let lead = serde_json::from_value(Value::Object(map)).map_err(|_| nonsense)?;
    Ok(StoredLead { lead_code, lead, generated_from })
}

/// A lead of a search. What of it cannot be read is left out: a lead of somebody else must hide nobody's.
fn stored_in_part(value: Value) -> Result<StoredLead, Error> {
    let Err(error) = stored(value.clone()) else { return stored(value) };
    let Value::Object(mut map) = value else { return Err(error) };
    let is_readable = |key: &String, value: &mut Value| {
        let alone =
            Value::Object([("LeadCode".to_owned(), "x".into()), (key.clone(), value.clone())].into_iter().collect());
        key == "LeadCode" || stored(alone).is_ok()
    };
    map.retain(is_readable);
    stored(Value::Object(map))
}

/// `Items` of a search: a list, PHP's `{"0": ..}`, or (as the schema says) a single lead.
pub(crate) fn found(value: Value) -> Result<Vec<StoredLead>, Error> {
    let nonsense = || Error::Malformed { maybe_done: false };
    let Value::Object(mut map) = value else { return Err(nonsense()) };
    match map.remove("Items").ok_or_else(nonsense)? {
        Value::Null => Ok(Vec::new()),
        Value::Array(list) => list.into_iter().map(stored_in_part).collect(),
        Value::Object(one) if one.contains_key("LeadCode") => Ok(vec![stored_in_part(Value::Object(one))?]),
        Value::Object(many) => many.into_iter().map(|(_, one)| stored_in_part(one)).collect(),
        _ => Err(nonsense()),
    }
}

/// Fields that are text whatever 2Checkout makes of them: PHP turns `"12345"` into `12345` easily.
const TEXTS: &[&str] = &[
    "LeadCode",
    "GeneratedFrom",
    "CartId",
    "Currency",
    "Language",
    "ExternalReference",
    "Source",
    "CustomerReference",
    "LocalTime",
    "FirstName",
    "LastName",
    "Phone",
    "Company",
    "FiscalCode",
    "Email",
    "Address1",
    "Address2",
    "City",
    "Zip",
    "CountryCode",
    "State",
    "Name",
    "Description",
    "PurchaseType",
    "SubscriptionStartDate",
    "CycleUnit",
    "ContractUnit",
    "Code",
];

/// Without the `null`s, which say the same as absence, and with numbers as text where text belongs.
fn tidied(key: &str, value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Number(number) if TEXTS.contains(&key) => Some(Value::String(number.to_string())),
        Value::Object(map) => {
            let tidy = |(key, value): (String, Value)| tidied(&key, value).map(|value| (key, value));
            Some(Value::Object(map.into_iter().filter_map(tidy).collect()))
        }
        Value::Array(list) => Some(Value::Array(list.into_iter().filter_map(|value| tidied("", value)).collect())),
        other => Some(other),
    }
}

/// JSON-RPC has `RecurringEnabled` inside `PaymentMethod`, REST and our Lead beside it.
fn place_recurring(lead: &mut Map<String, Value>) {
    let Some(payment) = lead.get_mut("PaymentDetails") else { return };
    let wrapper = ["Object", "0"].into_iter().find(|wrapper| payment.get(wrapper).is_some());
    let payment = match wrapper {
        Some(wrapper) => payment.get_mut(wrapper),
        None => Some(payment),
    };
    let Some(payment) = payment.and_then(Value::as_object_mut) else { return };
    let inner = payment.get("PaymentMethod").and_then(|method| method.get("RecurringEnabled")).cloned();
    if let Some(inner) = inner {
        payment.entry("RecurringEnabled").or_insert(inner);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(answer: Value) -> Option<String> {
        accepted(answer).err().map(|refusal| refusal.code)
    }

    #[test]
    fn errors_are_read_in_every_shape_and_beat_a_lead_code() {
        let cases = [
            (json!(null), None),
            (json!([]), None),
            (json!({}), None),
            (json!(""), None),
            (json!(false), None),
            (json!([{"Code": "E1", "Description": "x"}]), Some("E1")),
            (json!({"0": {"Code": "E1", "Description": "x"}}), Some("E1")),
            (json!({"Code": "E1", "Description": "x"}), Some("E1")),
            (json!({"E1": "some text"}), Some("E1")),
            (json!({"0": "some text"}), Some("unknown")),
            (json!(["some text"]), Some("unknown")),
            (json!([{}]), Some("unknown")),
            (json!([null]), Some("unknown")),
            (json!([{"Code": 17}]), Some("17")),
            (json!(["ORDER_ITEMS_INVALID"]), Some("ORDER_ITEMS_INVALID")),
            (json!("Lovelace"), Some("unknown")),
        ];
        for (errors, expected) in cases {
            let flat = json!({"LeadCode": "A", "Errors": errors});
            assert_eq!(refused(flat.clone()).as_deref(), expected, "{errors}");
            assert_eq!(refused(json!({"LeadResponse": flat})).as_deref(), expected, "{errors}");
        }
    }

    #[test]
    fn a_code_that_could_be_a_sentence_is_not_shown() {
        assert_eq!(Refusal::new("ada@example.com", "").code, "unknown");
        assert_eq!(Refusal::new(&"A".repeat(65), "").code, "unknown");
        assert_eq!(Refusal::new("leadkeep/incomplete", "").code, "leadkeep/incomplete");
    }

    #[test]
    fn a_receipt_needs_a_code_and_nothing_else() {
        let full = json!({"LeadCode": "60E6C4B574", "CreatedAt": "2019-11-05T16:39:36", "UpdatedAt": null});
        let receipt_of = receipt(&full).unwrap();
        assert_eq!(receipt_of.lead_code, "60E6C4B574");
        assert_eq!(receipt_of.created_at.as_deref(), Some("2019-11-05T16:39:36"));
        assert_eq!(receipt_of.updated_at, None);
        assert_eq!(receipt(&json!({"LeadCode": 123})).unwrap().lead_code, "123");
        for nothing in [json!({}), json!({"LeadCode": ""}), json!([]), json!("60E6C4B574")] {
            assert_eq!(receipt(&nothing), Err(Error::Malformed { maybe_done: true }), "{nothing}");
        }
    }

    #[test]
    fn a_stored_lead_is_read_in_the_shapes_of_both_pages() {
        let item = json!({"Code": "A", "Quantity": "2", "SKU": null, "Price": {"0": {"Amount": "19.99", "Type": null}},
                          "PriceOptions": {"0": {"Name": 1, "Options": {"0": {"Name": "o", "Value": "v", "Surcharge": 1.5}}}}});
        let odd = json!({
            "LeadCode": "L1", "GeneratedFrom": "API", "CartId": null, "Currency": "EUR", "MachineId": 123,
            "Items": {"0": item}, "BillingDetails": {"Object": {"Email": "ada@example.com", "Zip": 12345}},
            "DeliveryDetails": {"0": {"City": "Turin"}}, "DeliveryInformation": [], "Promotions": [{"0": "P1"}],
            "PaymentDetails": {"Type": "CC", "PaymentMethod": {"RecurringEnabled": true}}, "FollowedUp": false,
        });
        let stored_lead = stored(odd).unwrap();
        let lead = &stored_lead.lead;
        assert_eq!((stored_lead.lead_code.as_str(), stored_lead.generated_from.as_deref()), ("L1", Some("API")));
        assert_eq!(lead.machine_id.as_deref(), Some("123"));
        assert_eq!(lead.billing_details.zip.as_deref(), Some("12345"));
        assert_eq!(lead.delivery_details.city.as_deref(), Some("Turin"));
        assert_eq!(lead.promotions, ["P1"]);
        assert_eq!(lead.payment_details.as_ref().unwrap().recurring_enabled, Some(true));
        assert_eq!(lead.items[0].quantity, 2);
        assert_eq!(lead.items[0].price.as_ref().unwrap().amount.unwrap().to_string(), "19.99");
        assert_eq!(lead.items[0].price_options[0].options[0].value.as_deref(), Some("v"));
    }

    #[test]
    fn a_search_finds_lists_maps_and_single_leads() {
        let lead = json!({"LeadCode": "L1", "BillingDetails": {}});
        for (items, count) in [
            (json!([lead, lead]), 2),
            (json!({"0": lead, "1": lead}), 2),
            (lead.clone(), 1),
            (json!([]), 0),
            (json!(null), 0),
        ] {
            assert_eq!(found(json!({"Items": items})).unwrap().len(), count, "{items}");
        }
        assert!(found(json!({})).is_err() && found(json!({"Items": [{}]})).is_err());
    }

    #[test]
    fn a_lead_that_cannot_be_read_whole_hides_no_other_one() {
        let odd = json!({"LeadCode": "A", "CartId": "c1", "Items": {"0": {"Code": "X", "Quantity": "many"}},
            "BillingDetails": {"Email": "eve@example.com"}, "PaymentDetails": 7});
        let found = found(json!({"Items": [odd.clone(), {"LeadCode": "B", "CartId": "c2"}]})).unwrap();
        assert_eq!(found.iter().map(|lead| lead.lead.cart_id.as_deref()).collect::<Vec<_>>(), [Some("c1"), Some("c2")]);
        assert_eq!(found[0].lead.billing_details.email.as_deref(), Some("eve@example.com"));
        assert!(stored(odd).is_err(), "asked for by itself it is read whole, or not at all");
        let whole = json!({"LeadCode": "A", "Items": {"0": {"Code": "X", "Quantity": "1.00"}, "1": {"Code": "Y", "Quantity": 2.0}}});
        assert_eq!(stored(whole).unwrap().lead.items.iter().map(|item| item.quantity).collect::<Vec<_>>(), [1, 2]);
    }
}
