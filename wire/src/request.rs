//! What the widget posts.

use serde::{Deserialize, Serialize};

use crate::json::Object;
use crate::{LeadState, Value};

/// Bodies longer than this, in bytes, are refused with 413.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The body of `POST {endpoint}`: what changed in the lead of a cart.
///
/// `C` is the changes as this end of the wire holds them. The widget writes a [`LeadState`]; in the body each change is
/// `{value, at}` under the name of its path, and a list (`Items`, `Promotions`) is JSON like the rest: see
/// [`LeadState::map`]. The proxy reads each change by itself, so that a bad one blocks no other.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, derive_more::Debug)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaveRequest<C = LeadState> {
    /// Random id of the cart; see [`is_cart_id`](crate::is_cart_id).
    #[cfg_attr(feature = "openapi", schema(min_length = 16, max_length = 64, pattern = "^[A-Za-z0-9_-]+$"))]
    pub cart: String,
    /// Random key of the cart; the first request with a cart decides it. See [`is_cart_key`](crate::is_cart_key).
    #[cfg_attr(feature = "openapi", schema(min_length = 22, max_length = 64, pattern = "^[A-Za-z0-9_-]+$"))]
    #[debug("***")]
    pub key: String,
    /// What the browser believes its lead is called. A hint: it proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_code: Option<String>,
    /// What the shop's page carries as `data-token`; needed to begin a cart where the operator asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[debug("***")]
    pub token: Option<String>,
    /// When and to which words the shopper agreed. Travels with the first save of a cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// By path: `BillingDetails.Email`, `DeliveryDetails.City`, `Items`, `Currency`, ... A change that cannot enter the
    /// lead is dropped and named in the answer.
    #[debug("***")]
    pub changes: C,
}

/// The body of `POST {endpoint}/complete` and `/withdraw`: the end of a cart.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, derive_more::Debug)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CloseRequest {
    /// Random id of the cart.
    #[cfg_attr(feature = "openapi", schema(min_length = 16, max_length = 64, pattern = "^[A-Za-z0-9_-]+$"))]
    pub cart: String,
    /// Random key of the cart.
    #[cfg_attr(feature = "openapi", schema(min_length = 22, max_length = 64, pattern = "^[A-Za-z0-9_-]+$"))]
    #[debug("***")]
    pub key: String,
    /// What the browser believes its lead is called. A hint: it proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_code: Option<String>,
    /// The merchant's number of the order, on completion, at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_reference: Option<String>,
}

/// When, how and to which words a shopper agreed. `Debug` shows no text: a request may carry any.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, derive_more::Debug)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consent {
    /// Who asked.
    pub mode: ConsentMode,
    /// When the shopper agreed, in milliseconds of the Unix epoch, by the shopper's clock.
    pub at: u64,
    /// The words the shopper read, where the widget showed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[debug("***")]
    pub text: Option<String>,
    /// Their language: a language tag such as `en` or `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[debug("***")]
    pub language: Option<String>,
}

/// Who asks the shopper for consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ConsentMode {
    /// The widget, with a checkbox.
    #[default]
    Ask,
    /// The page, which tells the widget by `consent(true)`.
    External,
    /// Nobody: the merchant has another legal basis.
    Granted,
}

impl ConsentMode {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ask, Self::External, Self::Granted];

    /// Its name in requests and in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::External => "external",
            Self::Granted => "granted",
        }
    }
}

/// Who is speaking: every request names its cart and proves that it owns it.
#[derive(Clone, PartialEq, Eq, derive_more::Debug)]
pub struct Owner {
    /// Random id of the cart; see [`is_cart_id`](crate::is_cart_id).
    pub cart: String,
    /// Random key of the cart; see [`is_cart_key`](crate::is_cart_key). Whoever does not hold it cannot change, close or
    /// read the cart.
    #[debug("***")]
    pub key: String,
}

fn open(owner: &Owner, lead_code: Option<&str>) -> Object {
    let mut body = Object::default();
    body.text("cart", &owner.cart);
    body.text("key", &owner.key);
    body.maybe("lead_code", lead_code);
    body
}

/// The body of a save as text, for callers that do not serialise a [`SaveRequest`] yet.
pub fn save(owner: &Owner, lead_code: Option<&str>, consent: Option<&Consent>, changes: &LeadState) -> String {
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
    if let Some(Consent { mode, at, text, language }) = consent {
        let mut given = Object::default();
        given.text("mode", mode.name());
        given.number("at", *at);
        given.maybe("text", text.as_deref());
        given.maybe("language", language.as_deref());
        body.json("consent", &given.finish());
    }
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

/// The body of a completion or a withdrawal as text, for callers that do not serialise a [`CloseRequest`] yet.
pub fn close(owner: &Owner, lead_code: Option<&str>, order_reference: Option<&str>) -> String {
    let mut body = open(owner, lead_code);
    body.maybe("order_reference", order_reference);
    body.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{Detail, Path, Stamped};

    type Read = SaveRequest<BTreeMap<String, serde_json::Value>>;

    #[test]
    fn a_save_may_carry_the_token_of_its_page() {
        let owner = Owner { cart: "c".into(), key: "k".into() };
        let changes = [(Path::Currency, Stamped::text("EUR", 1))].into_iter().collect();
        for token in ["1700000000.ab", "odd \"}\\ one}"] {
            let body = with_token(&save(&owner, None, None, &changes), token);
            let read: Read = serde_json::from_str(&body).unwrap();
            assert_eq!((read.token.as_deref(), read.cart.as_str()), (Some(token), "c"), "{body}");
            assert_eq!(read.changes["Currency"]["value"], "EUR");
        }
    }

    /// A list is JSON in the body, whatever this end holds it as.
    fn value(path: Path, value: &Value) -> serde_json::Value {
        if path.is_json() { serde_json::from_str(value.as_str()).unwrap() } else { value.as_str().into() }
    }

    proptest! {
        #[test]
        fn what_one_end_writes_the_other_reads(
            texts in proptest::collection::vec(any::<String>(), 1..4),
            at in 0_u64..1 << 53,
            mode in proptest::sample::select(&ConsentMode::ALL),
        ) {
            let changes: LeadState =
                texts.iter().zip(Detail::ALL).map(|(text, d)| (Path::billing(*d), Stamped::text(text, at))).collect();
            let request = SaveRequest {
                cart: "cart\"\\\n\u{1}".into(),
                key: "key".into(),
                lead_code: Some("L1".into()),
                token: None,
                consent: Some(Consent { mode, at, text: texts.first().cloned(), language: None }),
                changes: changes.map(value),
            };
            let read: Read = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
            prop_assert_eq!((&read.cart, &read.key), (&request.cart, &request.key));
            prop_assert_eq!((&read.lead_code, &read.consent), (&request.lead_code, &request.consent));
            for (path, change) in changes.iter() {
                let raw = read.changes.get(&path.name()).unwrap();
                prop_assert_eq!(raw["value"].as_str(), change.value.as_ref().map(Value::as_str));
                prop_assert_eq!(raw["at"].as_u64(), Some(at));
            }
            let owner = Owner { cart: request.cart, key: request.key };
            let body = save(&owner, Some("L1"), request.consent.as_ref(), &changes);
            let by_hand: Read = serde_json::from_str(&body).unwrap();
            prop_assert_eq!((by_hand.changes, by_hand.consent), (read.changes, read.consent));
        }

        #[test]
        fn a_state_that_was_stored_comes_back(texts in proptest::collection::vec(any::<String>(), 1..4), at in 0_u64..1 << 53) {
            let mut state: LeadState =
                texts.iter().zip(Detail::ALL).map(|(text, d)| (Path::billing(*d), Stamped::text(text, at))).collect();
            state.change(Path::Items, Stamped::json(r#"[{"Code":"A","Price":{"Amount":19.90}}]"#, at));
            state.change(Path::Currency, Stamped::cleared(at));
            let stored = serde_json::to_string(&state).unwrap();
            prop_assert_eq!(serde_json::from_str::<LeadState>(&stored).unwrap(), state);
        }
    }

    #[test]
    fn items_travel_as_a_list_and_amounts_with_the_digits_they_have() {
        let changes: LeadState =
            [(Path::Items, Stamped::json(r#"[{"Code":"A","Price":{"Amount":19.90},"Quantity":1}]"#, 1))]
                .into_iter()
                .collect();
        let text = serde_json::to_string(&changes.map(value)).unwrap();
        assert_eq!(text, r#"{"Items":{"at":1,"value":[{"Code":"A","Price":{"Amount":19.90},"Quantity":1}]}}"#);
        let owner = Owner { cart: "c".into(), key: "k".into() };
        assert!(save(&owner, None, None, &changes).contains("19.90"));
        assert_eq!(close(&owner, None, Some("A-1")), r#"{"cart":"c","key":"k","order_reference":"A-1"}"#);
    }

    #[test]
    fn no_debug_output_holds_a_key_or_a_value() {
        let owner = Owner { cart: "c".into(), key: "topsecret".into() };
        let body = r#"{"cart":"c","key":"topsecret","changes":{"BillingDetails.City":{"value":"Turin","at":1}}}"#;
        let read: Read = serde_json::from_str(body).unwrap();
        let close: CloseRequest = serde_json::from_str(r#"{"cart":"c","key":"topsecret"}"#).unwrap();
        let debug = format!("{owner:?} {read:?} {close:?}");
        assert!(!debug.contains("topsecret") && !debug.contains("Turin"), "{debug}");
    }
}
