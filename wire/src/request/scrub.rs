//! Takes card numbers out of a cart's items: a field that holds one is dropped, the cart is kept.

use serde_json::Value;

use crate::lead::Item;
use crate::{contains_card_number, is_gtin};

/// The longest text within an item that is looked at and kept, in characters: a description may be long.
const MAX_ITEM_CHARS: usize = 4_000;

/// The items without the fields that hold a card number or are too long, and the names of those fields.
pub(super) fn without_cards(items: Vec<Item>) -> (Vec<Item>, Vec<String>) {
    let mut dropped = Vec::new();
    let scrubbed = items.into_iter().enumerate().filter_map(|(at, item)| {
        let Ok(Value::Object(mut fields)) = serde_json::to_value(&item) else { return None };
        let count = fields.len();
        fields.retain(|key, value| {
            let is_bar_code = matches!(key.as_str(), "Code" | "SKU") && value.as_str().is_some_and(is_gtin);
            let stays = is_bar_code || !holds_card(value);
            if !stays {
                dropped.push(format!("Items[{at}].{key}"));
            }
            stays
        });
        if fields.len() == count { Some(item) } else { serde_json::from_value(Value::Object(fields)).ok() }
    });
    let scrubbed = scrubbed.collect();
    (scrubbed, dropped)
}

/// Rule 3 holds for everything inside a list of items or promotions too: texts, numbers and names of keys. A text that is
/// too long is not searched: it is dropped in any case.
pub(super) fn holds_card(value: &Value) -> bool {
    match value {
        Value::String(text) => is_too_long(text) || contains_card_number(text),
        Value::Number(number) => contains_card_number(&number.to_string()),
        Value::Array(list) => list.iter().any(holds_card),
        Value::Object(map) => {
            map.iter().any(|(key, value)| is_too_long(key) || contains_card_number(key) || holds_card(value))
        }
        _ => false,
    }
}

fn is_too_long(text: &str) -> bool {
    text.chars().nth(MAX_ITEM_CHARS).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrub(json: &str) -> (Vec<Option<String>>, Vec<String>) {
        let (items, dropped) = without_cards(serde_json::from_str(json).unwrap());
        (items.into_iter().map(|item| item.code).collect(), dropped)
    }

    #[test]
    fn a_field_with_a_card_number_is_dropped_and_its_item_kept() {
        let (codes, dropped) = scrub(
            r#"[{"Code":"A","Name":"pay with 4111 1111 1111 1111"},{"Code":"4111111111111111"},
                {"Code":"B","SKU":"4111-1111-1111-1111","AdditionalFields":[{"Code":"x","Text":"x","Value":"4111111111111111"}]}]"#,
        );
        assert_eq!(codes, [Some("A".to_owned()), None, Some("B".to_owned())]);
        assert_eq!(dropped, ["Items[0].Name", "Items[1].Code", "Items[2].AdditionalFields", "Items[2].SKU"]);
    }

    #[test]
    fn a_bar_code_is_no_card_number_where_product_codes_stand() {
        // British, Danish and Portuguese EANs that would pass for the numbers of Maestro cards.
        for gtin in maestro_like_gtins() {
            assert!(contains_card_number(&gtin), "{gtin}");
            let (codes, dropped) = scrub(&format!(r#"[{{"Code":"{gtin}","SKU":"{gtin}","Name":"{gtin}"}}]"#));
            assert_eq!((codes, dropped), (vec![Some(gtin)], vec!["Items[0].Name".to_owned()]));
        }
    }

    fn maestro_like_gtins() -> Vec<String> {
        let passes = |code: &String| is_gtin(code) && contains_card_number(code);
        let found = ["50", "57", "560"].map(|prefix| {
            let rest = 13 - prefix.len();
            (0..100_000_u64).map(|n| format!("{prefix}{n:0rest$}")).find(passes).unwrap()
        });
        found.to_vec()
    }

    #[test]
    fn a_text_that_is_too_long_is_dropped_unread() {
        let long = "4 ".repeat(MAX_ITEM_CHARS);
        let (codes, dropped) = scrub(&format!(r#"[{{"Code":"A","Description":"{long}"}}]"#));
        assert_eq!((codes, dropped), (vec![Some("A".to_owned())], vec!["Items[0].Description".to_owned()]));
    }
}
