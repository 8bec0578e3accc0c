//! What the widget posts: written here, and (feature `model`) read here.

use crate::json::Object;
use crate::{LeadState, Value};

/// Bodies longer than this, in bytes, are refused with 413.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// Who is speaking: every request names its cart and proves that it owns it.
#[derive(Clone, PartialEq, Eq)]
pub struct Owner {
    /// Random id of the cart; see [`is_cart_id`](crate::is_cart_id).
    pub cart: String,
    /// Random key of the cart; see [`is_cart_key`](crate::is_cart_key). Whoever does not hold it cannot change, close or
    /// read the cart.
    pub key: String,
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Owner").field("cart", &self.cart).field("key", &"***").finish()
    }
}

fn open(owner: &Owner, lead_code: Option<&str>) -> Object {
    let mut body = Object::default();
    body.text("cart", &owner.cart);
    body.text("key", &owner.key);
    body.maybe("lead_code", lead_code);
    body
}

/// The body of `POST {endpoint}`: `{cart, key, lead_code?, changes: {path: {value, at}}}`.
pub fn save(owner: &Owner, lead_code: Option<&str>, changes: &LeadState) -> String {
    let mut paths = Object::default();
    for (path, change) in changes.iter() {
        let mut one = Object::default();
        match &change.value {
            None => one.json("value", "null"),
            Some(Value::Text(text)) => one.text("value", text),
            Some(Value::Json(json)) => one.json("value", json),
        }
        one.number("at", change.at);
        paths.json(&path.name(), &one.finish());
    }
    let mut body = open(owner, lead_code);
    body.json("changes", &paths.finish());
    body.finish()
}

/// A save that carries the token of its page, which the shop's server has rendered: with it a cart may begin.
pub fn with_token(body: &str, token: &str) -> String {
    let mut first = Object::default();
    first.text("token", token);
    let (first, rest) = (first.finish(), body.strip_prefix('{').unwrap_or_default());
    crate::concat(&[first.strip_suffix('}').unwrap_or_default(), ",", rest])
}

/// The body of `POST {endpoint}/complete` and `/withdraw`: `{cart, key, lead_code?, order_reference?}`.
pub fn close(owner: &Owner, lead_code: Option<&str>, order_reference: Option<&str>) -> String {
    let mut body = open(owner, lead_code);
    body.maybe("order_reference", order_reference);
    body.finish()
}

#[cfg(feature = "model")]
mod read;
#[cfg(feature = "model")]
mod scrub;

#[cfg(feature = "model")]
pub use read::{CloseRequest, SaveRequest};

#[cfg(test)]
#[cfg(feature = "model")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Detail, Path, Stamped};

    fn read(changes: &str) -> (LeadState, Vec<String>) {
        let body = format!(r#"{{"cart":"c","key":"k","changes":{changes}}}"#);
        serde_json::from_str::<SaveRequest>(&body).unwrap().changes()
    }

    #[test]
    fn a_save_may_carry_the_token_of_its_page() {
        let owner = Owner { cart: "c".into(), key: "k".into() };
        let changes = [(Path::Currency, Stamped::text("EUR", 1))].into_iter().collect();
        for token in ["1700000000.ab", "odd \"}\\ one}"] {
            let body = with_token(&save(&owner, None, &changes), token);
            let read: SaveRequest = serde_json::from_str(&body).unwrap();
            assert_eq!((read.token.as_deref(), read.cart.as_str()), (Some(token), "c"), "{body}");
            assert_eq!(read.changes().0.text(Path::Currency), Some("EUR"));
        }
    }

    #[test]
    fn one_bad_change_is_named_and_the_others_are_kept() {
        let (good, dropped) = read(
            r#"{"BillingDetails.City":{"value":"Turin","at":3},
                "BillingDetails.Email":{"value":"ada@exam","at":3},
                "BillingDetails.CVC":{"value":"123","at":3},
                "BillingDetails.Zip":{"value":10117,"at":3},
                "BillingDetails.State":{"value":"TO","at":"3"},
                "BillingDetails.Phone":{"value":null,"at":3},
                "Currency":{"value":"Euro","at":3},
                "LocalTime":{"value":"2026-11-22T10:00:00Z","at":3},
                "Items":{"value":[],"at":3}}"#,
        );
        assert_eq!(good.text(Path::billing(Detail::City)), Some("Turin"));
        assert_eq!(good.get(Path::billing(Detail::Phone)), Some(&Stamped::cleared(3)));
        assert_eq!(good.iter().count(), 2);
        let names = [
            "BillingDetails.CVC",
            "BillingDetails.Email",
            "BillingDetails.State",
            "BillingDetails.Zip",
            "Currency",
            "Items",
            "LocalTime",
        ];
        assert_eq!(dropped, names);
    }

    #[test]
    fn a_card_number_is_dropped_from_any_field_and_empties_it() {
        let (good, dropped) = read(
            r#"{"BillingDetails.Company":{"value":"4111 1111 1111 1111","at":3},
                "Items":{"value":[{"Code":"A","Quantity":1,"Name":"4111111111111111"}],"at":3}}"#,
        );
        assert_eq!(dropped, ["BillingDetails.Company", "Items[0].Name"]);
        assert_eq!(good.get(Path::billing(Detail::Company)), Some(&Stamped::cleared(3)));
        assert_eq!(good.text(Path::Items), Some(r#"[{"Code":"A","Quantity":1}]"#));
    }

    #[test]
    fn what_is_too_long_is_refused_unread() {
        let long = "4 ".repeat(30_000);
        let (good, dropped) = read(&format!(
            r#"{{"BillingDetails.Company":{{"value":"{long}","at":3}},"Promotions":{{"value":["{long}"],"at":3}},
                "Items":{{"value":[{{"Code":"A"}},{{"Code":"{long}"}}],"at":3}}}}"#,
        ));
        assert_eq!(dropped, ["BillingDetails.Company", "Items[1].Code", "Promotions"]);
        assert_eq!(good.text(Path::Items), Some(r#"[{"Code":"A","Quantity":1}]"#));
        assert_eq!(good.iter().count(), 1);
    }

    #[test]
    fn amounts_arrive_as_they_were_written() {
        let (good, dropped) = read(
            r#"{"Items":{"value":[{"Code":"A","Quantity":"2","Price":{"Amount":19.99,"Type":"CUSTOM"}}],"at":1}}"#,
        );
        assert_eq!(dropped, Vec::<String>::new());
        assert_eq!(
            good.text(Path::Items),
            Some(r#"[{"Code":"A","Quantity":2,"Price":{"Amount":19.99,"Type":"CUSTOM"}}]"#)
        );
    }

    #[test]
    fn what_2checkout_would_refuse_is_dropped_and_blocks_nothing_else() {
        for changes in [
            r#"{"LocalTime":{"value":"2026-13-45 25:61:61","at":1}}"#,
            r#"{"Items":{"value":[{"Quantity":1}],"at":1}}"#,
            r#"{"Items":{"value":[{"Code":"A","RecurringOptions":{"CycleLength":1.5}}],"at":1}}"#,
        ] {
            let (good, dropped) = read(changes);
            assert_eq!((good.is_empty(), dropped.len()), (true, 1), "{changes}");
        }
        let dynamic = r#"{"Items":{"value":[{"IsDynamic":true,"Name":"Engraving","Price":{"Amount":5}}],"at":1}}"#;
        assert!(read(dynamic).1.is_empty());
    }

    #[test]
    fn an_order_number_may_be_a_number() {
        let read = |body: &str| serde_json::from_str::<CloseRequest>(body).unwrap();
        let close = read(r#"{"cart":"c","key":"k","order_reference":12345,"lead_code":{}}"#);
        assert_eq!((close.order_reference.as_deref(), close.lead_code), (Some("12345"), None));
    }

    #[test]
    fn a_field_of_more_than_500_characters_is_dropped() {
        let long = "ä".repeat(501);
        let (good, dropped) = read(&format!(r#"{{"BillingDetails.City":{{"value":"{long}","at":1}}}}"#));
        assert!(good.is_empty());
        assert_eq!(dropped, ["BillingDetails.City"]);
    }

    proptest! {
        #[test]
        fn what_the_widget_writes_the_proxy_reads(texts in proptest::collection::vec(any::<String>(), 1..4), at in 0_u64..1 << 53) {
            let owner = Owner { cart: "cart\"\\\n\u{1}".into(), key: "key".into() };
            let changes: LeadState =
                texts.iter().zip(Detail::ALL).map(|(text, d)| (Path::billing(*d), Stamped::text(text, at))).collect();
            let body = save(&owner, Some("L1"), &changes);
            let read: SaveRequest = serde_json::from_str(&body).unwrap();
            prop_assert_eq!(&read.cart, &owner.cart);
            prop_assert_eq!(read.lead_code.as_deref(), Some("L1"));
            for (path, change) in changes.iter() {
                let raw = read.raw.get(&path.name()).unwrap();
                prop_assert_eq!(raw["value"].as_str(), change.value.as_ref().map(Value::as_str));
                prop_assert_eq!(raw["at"].as_u64(), Some(at));
            }
        }
    }

    #[test]
    fn items_travel_as_the_text_they_came_in() {
        let owner = Owner { cart: "c".into(), key: "k".into() };
        let changes = [(Path::Items, Stamped::json(r#"[{"Code":"A","Quantity":1,"Price":{"Amount":19.90}}]"#, 1))];
        assert!(save(&owner, None, &changes.into_iter().collect()).contains("19.90"));
        assert_eq!(close(&owner, None, Some("A-1")), r#"{"cart":"c","key":"k","order_reference":"A-1"}"#);
    }

    #[test]
    fn no_debug_output_holds_a_key_or_a_value() {
        let owner = Owner { cart: "c".into(), key: "topsecret".into() };
        let body = r#"{"cart":"c","key":"topsecret","changes":{"BillingDetails.City":{"value":"Turin","at":1}}}"#;
        let read: SaveRequest = serde_json::from_str(body).unwrap();
        let debug = format!("{owner:?} {read:?}");
        assert!(!debug.contains("topsecret") && !debug.contains("Turin"), "{debug}");
    }
}
