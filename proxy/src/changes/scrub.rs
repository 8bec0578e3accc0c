//! Takes card numbers out of a cart's items: a field that holds one is dropped, the cart is kept.

use serde_json::Value as Json;
use twocheckout::lead::Item;
use wire::{DropReason, contains_card_number, is_gtin};

use super::Dropped;

/// The longest text within an item that is looked at and kept, in characters: a description may be long.
const MAX_ITEM_CHARS: usize = 4_000;

/// The items without the fields that hold a card number or are too long, and the names of those fields.
pub(super) fn without_cards(items: Vec<Item>) -> (Vec<Item>, Vec<Dropped>) {
    let mut dropped = Vec::new();
    let scrubbed = items.into_iter().enumerate().filter_map(|(at, item)| {
        let Ok(Json::Object(mut fields)) = serde_json::to_value(&item) else { return None };
        let count = fields.len();
        fields.retain(|key, value| {
            let is_bar_code = matches!(key.as_str(), "Code" | "SKU") && value.as_str().is_some_and(is_gtin);
            let reason = if is_bar_code { None } else { refused_in_list(value) };
            dropped.extend(reason.map(|reason| Dropped { path: format!("Items[{at}].{key}"), reason }));
            reason.is_none()
        });
        if fields.len() == count { Some(item) } else { serde_json::from_value(Json::Object(fields)).ok() }
    });
    let scrubbed = scrubbed.collect();
    (scrubbed, dropped)
}

/// Why a value inside a list of items or promotions is dropped, if it is: card numbers are refused in texts, numbers and
/// names of keys. A text that is too long is not searched: it is dropped in any case.
pub(super) fn refused_in_list(value: &Json) -> Option<DropReason> {
    match value {
        Json::String(text) => refused_text(text),
        Json::Number(number) => contains_card_number(&number.to_string()).then_some(DropReason::CardNumber),
        Json::Array(list) => list.iter().find_map(refused_in_list),
        Json::Object(map) => map.iter().find_map(|(key, value)| refused_text(key).or_else(|| refused_in_list(value))),
        _ => None,
    }
}

fn refused_text(text: &str) -> Option<DropReason> {
    if text.chars().nth(MAX_ITEM_CHARS).is_some() {
        return Some(DropReason::TooLong);
    }
    contains_card_number(text).then_some(DropReason::CardNumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrub(json: &str) -> (Vec<Option<String>>, Vec<String>) {
        let (items, dropped) = without_cards(serde_json::from_str(json).unwrap());
        let codes = items.into_iter().map(|item| item.code).collect();
        (codes, dropped.into_iter().map(|one| one.path).collect())
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
