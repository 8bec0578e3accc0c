//! The reading of requests, and the judgement of each change.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::scrub::{holds_card, without_cards};
use crate::lead::{Item, lenient};
use crate::{LeadState, MAX_FIELD_CHARS, Path, Stamped, Value, contains_card_number, is_email};

/// A save, read leniently: one bad change does not block the others.
#[derive(Clone, Deserialize)]
pub struct SaveRequest {
    /// See [`Owner::cart`](super::Owner::cart).
    pub cart: String,
    /// See [`Owner::key`](super::Owner::key).
    pub key: String,
    /// What the browser believes its lead is called. A hint: it proves nothing.
    #[serde(default, deserialize_with = "lenient::text_or_nothing")]
    pub lead_code: Option<String>,
    /// The page token, see [`with_token`](super::with_token).
    #[serde(default, deserialize_with = "lenient::text_or_nothing")]
    pub token: Option<String>,
    /// The changes, by the name of their path, not yet judged: see [`SaveRequest::changes`].
    #[serde(rename = "changes")]
    pub raw: BTreeMap<String, serde_json::Value>,
}

/// A completion or a withdrawal.
#[derive(Clone, Deserialize)]
pub struct CloseRequest {
    /// See [`Owner::cart`](super::Owner::cart).
    pub cart: String,
    /// See [`Owner::key`](super::Owner::key).
    pub key: String,
    /// What the browser believes its lead is called. A hint: it proves nothing.
    #[serde(default, deserialize_with = "lenient::text_or_nothing")]
    pub lead_code: Option<String>,
    /// The merchant's number of the order, on completion.
    #[serde(default, deserialize_with = "lenient::text_or_nothing")]
    pub order_reference: Option<String>,
}

impl std::fmt::Debug for SaveRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SaveRequest")
            .field("cart", &self.cart)
            .field("changes", &self.raw.len())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for CloseRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CloseRequest").field("cart", &self.cart).finish_non_exhaustive()
    }
}

impl SaveRequest {
    /// Judges each change: what may enter the lead, and the names of those that may not (unknown path, wrong type,
    /// too long, no e-mail, a card number). A field that held a card number counts as emptied.
    pub fn changes(&self) -> (LeadState, Vec<String>) {
        let mut good = LeadState::default();
        let mut dropped = Vec::new();
        for (name, raw) in &self.raw {
            match judge(name, raw, &mut dropped) {
                Ok((path, change)) => {
                    good.change(path, change);
                }
                Err(emptied) => {
                    good.merge(emptied.into_iter().collect());
                    // The name is the caller's own text, so no more of it comes back than a path is long.
                    dropped.push(name.chars().take(64).collect());
                }
            }
        }
        (good, dropped)
    }
}

/// More coupon codes than this are none that a shopper has typed.
const MAX_PROMOTIONS: usize = 100;

/// Refused: with the clearing that stands in for the change, if it has one.
type Refused = Option<(Path, Stamped)>;

#[derive(Deserialize)]
struct RawChange {
    #[serde(default)]
    value: serde_json::Value,
    at: u64,
}

fn judge(name: &str, raw: &serde_json::Value, dropped: &mut Vec<String>) -> Result<(Path, Stamped), Refused> {
    let path: Path = name.parse().map_err(|_| None)?;
    let RawChange { value, at } = serde_json::from_value(raw.clone()).map_err(|_| None)?;
    // Beyond what a JavaScript number holds exactly, moments can no longer be compared.
    if at > (1 << 53) {
        return Err(None);
    }
    let emptied = || Some((path, Stamped::cleared(at)));
    match (path, value) {
        // A cart that became empty never sends empty Items.
        (Path::Items, value) => {
            let items: Vec<Item> = serde_json::from_value(value).map_err(|_| None)?;
            if !items.iter().all(Item::is_complete) {
                return Err(None);
            }
            let (mut items, fields) = without_cards(items);
            dropped.extend(fields);
            // An item that has lost its code may be none any more; the others stay.
            items.retain(Item::is_complete);
            let json = serde_json::to_string(&items).map_err(|_| None)?;
            if items.is_empty() {
                return Err(None);
            }
            Ok((path, Stamped::json(json, at)))
        }
        (_, serde_json::Value::Null) => Ok((path, Stamped::cleared(at))),
        (Path::Promotions, value) => {
            // What is too long is not searched for card numbers: it is refused in any case.
            let is_too_long = |code: &String| code.chars().nth(MAX_FIELD_CHARS).is_some();
            let codes: Option<Vec<String>> = serde_json::from_value(value.clone()).ok();
            if codes.as_ref().is_some_and(|codes| codes.len() > MAX_PROMOTIONS || codes.iter().any(is_too_long)) {
                return Err(None);
            }
            if holds_card(&value) {
                return Err(emptied());
            }
            let codes = codes.ok_or(None)?;
            Ok((path, Stamped::json(serde_json::to_string(&codes).map_err(|_| None)?, at)))
        }
        (_, serde_json::Value::String(text)) => {
            let text = text.trim();
            if text.chars().nth(MAX_FIELD_CHARS).is_some() {
                return Err(None);
            }
            if contains_card_number(text) {
                return Err(emptied());
            }
            if !is_well_formed(path, text) {
                return Err(None);
            }
            if text.is_empty() {
                return Ok((path, Stamped::cleared(at)));
            }
            Ok((path, Stamped { at, value: Some(Value::Text(text.to_owned())) }))
        }
        _ => Err(None),
    }
}

fn is_well_formed(path: Path, text: &str) -> bool {
    let letters = |n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_alphabetic());
    match path {
        _ if text.is_empty() => true,
        Path::Detail(_, crate::Detail::Email) => is_email(text),
        Path::Currency => letters(3),
        Path::Language => letters(2),
        // The page's own example: date("Y-m-d H:i:s").
        Path::LocalTime => {
            text.len() == 19
                && text.bytes().zip(b"0000-00-00 00:00:00").all(|(b, form)| match form {
                    b'0' => b.is_ascii_digit(),
                    other => b == *other,
                })
                && is_clock(text)
        }
        _ => !text.chars().any(|c| c.is_control() && !c.is_whitespace()),
    }
}

/// Whether `YYYY-MM-DD HH:MM:SS` names a month, a day, an hour, a minute and a second.
fn is_clock(text: &str) -> bool {
    let part = |at: std::ops::Range<usize>| text.get(at).and_then(|digits| digits.parse::<u32>().ok());
    let within = |at, low, high| part(at).is_some_and(|number| (low..=high).contains(&number));
    within(5..7, 1, 12)
        && within(8..10, 1, 31)
        && within(11..13, 0, 23)
        && within(14..16, 0, 59)
        && within(17..19, 0, 59)
}
