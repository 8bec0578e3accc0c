//! A cart as an operator reads it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::State;
use crate::cart::{Cart, ConsentMode, Millis};

/// A moment as RFC 3339 writes it, to the second.
pub fn date(moment: Millis) -> String {
    let moment = i64::try_from(moment).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    moment.map(|moment| moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

/// A cart without what a shopper typed.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Its id.
    pub cart: String,
    /// What 2Checkout calls its lead.
    pub lead_code: Option<String>,
    /// See [`State`].
    pub state: &'static str,
    /// When the cart began.
    pub created_at: String,
    /// When the shopper last changed it, or when it was closed.
    pub updated_at: String,
    /// The shop's reference of the order to come.
    pub external_reference: Option<String>,
    /// The number of the order.
    pub order_reference: Option<String>,
    /// Whether 2Checkout has all of it.
    pub is_delivered: bool,
    /// Failed attempts since the last success.
    pub attempts: u32,
    /// When it is tried next.
    pub next_attempt_at: Option<String>,
    /// Whether what was typed is erased.
    pub is_erased: bool,
}

impl Summary {
    /// Of a cart.
    pub fn of(cart: &Cart) -> Self {
        Self {
            cart: cart.id.clone(),
            lead_code: cart.lead_code.clone(),
            state: State::of(cart).name(),
            created_at: date(cart.created_at),
            updated_at: date(cart.updated_at),
            external_reference: cart.external_reference.clone(),
            order_reference: cart.order_reference.clone(),
            is_delivered: cart.is_delivered(),
            attempts: cart.attempts,
            next_attempt_at: cart.next_attempt_at.map(date),
            is_erased: cart.state.is_empty(),
        }
    }
}

/// What stands in a field.
#[derive(Clone, Serialize)]
#[allow(missing_debug_implementations, reason = "it holds what a shopper typed, or a request said")]
pub struct Field {
    /// `null`: it was emptied.
    pub value: Value,
    /// When the shopper last changed it, by the browser's clock.
    pub changed_at: String,
}

/// What the shopper agreed to.
#[derive(Clone, Serialize)]
#[allow(missing_debug_implementations, reason = "it holds what a shopper typed, or a request said")]
pub struct ConsentView {
    /// `ask`, `external` or `granted`.
    pub mode: ConsentMode,
    /// When, by the browser's clock.
    pub at: String,
    /// The words.
    pub text: Option<String>,
    /// Their language.
    pub language: Option<String>,
}

/// A cart with all that is kept of it, for the person it is about. There is no `Debug`: it holds what was typed.
#[derive(Clone, Serialize)]
#[allow(missing_debug_implementations, reason = "it holds what a shopper typed")]
pub struct Details {
    /// What is said without it.
    #[serde(flatten)]
    pub summary: Summary,
    /// What the shopper agreed to.
    pub consent: Option<ConsentView>,
    /// What was typed, by path.
    pub fields: BTreeMap<String, Field>,
}

impl Details {
    /// Of a cart.
    pub fn of(cart: &Cart) -> Self {
        let consent = cart.consent.as_ref().map(|consent| ConsentView {
            mode: consent.mode,
            at: date(consent.at),
            text: consent.text.clone(),
            language: consent.language.clone(),
        });
        let field = |(path, change): (wire::Path, &wire::Stamped)| {
            let value = match &change.value {
                None => Value::Null,
                Some(wire::Value::Text(text)) => Value::String(text.clone()),
                Some(wire::Value::Json(json)) => serde_json::from_str(json).unwrap_or(Value::Null),
            };
            (path.name(), Field { value, changed_at: date(change.at) })
        };
        Self { summary: Summary::of(cart), consent, fields: cart.state.iter().map(field).collect() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wire::{Path, Stamped};

    use super::*;
    use crate::cart::{Consent, KeyHash};

    #[test]
    fn a_cart_is_shown_with_everything_but_its_key() {
        let mut cart = Cart::new("6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", KeyHash::of("k"), 1_700_000_000_000);
        cart.state.change(Path::Items, Stamped::json(r#"[{"Code":"A"}]"#, 1_700_000_000_500));
        cart.state.change("BillingDetails.City".parse().unwrap(), Stamped::cleared(1_700_000_001_000));
        let (mode, text, language) = (crate::cart::ConsentMode::Ask, Some("Yes".into()), Some("EN".into()));
        cart.consent = Some(Consent { mode, at: 1_699_999_999_000, text, language });
        let shown = serde_json::to_value(Details::of(&cart)).unwrap();
        assert_eq!(shown["fields"]["Items"], json!({"value": [{"Code": "A"}], "changed_at": "2023-11-14T22:13:20Z"}));
        assert_eq!(shown["fields"]["BillingDetails.City"]["value"], Value::Null);
        assert_eq!(shown["consent"]["at"], "2023-11-14T22:13:19Z");
        assert_eq!((&shown["state"], &shown["created_at"]), (&json!("collecting"), &json!("2023-11-14T22:13:20Z")));
        assert!(shown.get("key").is_none());
    }
}
