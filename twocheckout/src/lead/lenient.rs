//! Lenient reading. 2Checkout's pages and answers write one thing in several ways: a list as `[..]` or `{"0": ..}`, an
//! object bare or inside `{"Object": ..}` or `{"0": ..}`, a number as `2` or `"2"`, nothing as `null` or as absence.

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Amount;

fn read<T: DeserializeOwned, E: Error>(value: Value) -> Result<T, E> {
    serde_json::from_value(value).map_err(E::custom)
}

/// `[a, b]`, `{"0": a, "1": b}`, `null` or nothing.
pub(super) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(input: D) -> Result<Vec<T>, D::Error> {
    match Value::deserialize(input)? {
        Value::Null => Ok(Vec::new()),
        Value::Object(map) => {
            let mut numbered: Vec<(u32, Value)> = Vec::new();
            for (key, value) in map {
                numbered.push((key.parse().map_err(D::Error::custom)?, value));
            }
            numbered.sort_by_key(|(index, _)| *index);
            numbered.into_iter().map(|(_, value)| read(value)).collect()
        }
        other => read(other),
    }
}

/// An object, bare or wrapped in `{"Object": ..}` or `{"0": ..}`; `null` and the empty list are the default.
pub(super) fn object<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(input: D) -> Result<T, D::Error> {
    Ok(optional_object(input)?.unwrap_or_default())
}

/// As [`object`]; `null` and the empty list (PHP's empty object) are `None`.
pub(super) fn optional_object<'de, D: Deserializer<'de>, T: DeserializeOwned>(input: D) -> Result<Option<T>, D::Error> {
    match Value::deserialize(input)? {
        Value::Null => Ok(None),
        Value::Array(list) => list.into_iter().next().map(read).transpose(),
        Value::Object(mut map) if map.len() == 1 => match map.remove("Object").or_else(|| map.remove("0")) {
            Some(inner) => read(inner).map(Some),
            None => read(Value::Object(map)).map(Some),
        },
        other => read(other).map(Some),
    }
}

/// Text, or a number read as text.
pub(super) fn text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(input)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        _ => Err(D::Error::custom("expected text or a number")),
    }
}

/// `true`, `"true"`, `1`, `"1"`, and their opposites.
pub(super) fn boolean<'de, D: Deserializer<'de>>(input: D) -> Result<Option<bool>, D::Error> {
    match text_of(Value::deserialize(input)?).as_deref() {
        None | Some("") => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(D::Error::custom("expected true or false")),
    }
}

/// A whole number of 1 to 99999, or the same as text; `1.00` is one.
pub(super) fn quantity<'de, D: Deserializer<'de>>(input: D) -> Result<u32, D::Error> {
    text_of(Value::deserialize(input)?)
        .and_then(|text| Amount::from_str_exact(text.trim()).ok()?.normalize().to_string().parse().ok())
        .filter(|quantity| (1..=99_999).contains(quantity))
        .ok_or_else(|| D::Error::custom("expected a quantity of 1 to 99999"))
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// Codes: `["A"]`, `{"0": "A"}` or `[{"0": "A"}]`.
pub(super) fn codes<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    fn gather(value: Value, into: &mut Vec<String>) {
        match value {
            Value::String(code) => into.push(code),
            Value::Array(list) => list.into_iter().for_each(|value| gather(value, into)),
            Value::Object(map) => map.into_iter().for_each(|(_, value)| gather(value, into)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    gather(Value::deserialize(input)?, &mut found);
    Ok(found)
}

/// A decimal: written as a JSON number with the digits it has, read from a number or from text.
pub(super) mod amount {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Amount;

    pub(in super::super) fn serialize<S: Serializer>(amount: &Option<Amount>, output: S) -> Result<S::Ok, S::Error> {
        match amount {
            Some(amount) => {
                let digits = amount.to_string();
                let number: serde_json::Number = digits.parse().map_err(serde::ser::Error::custom)?;
                number.serialize(output)
            }
            None => output.serialize_none(),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Amount>, D::Error> {
        let Some(text) = super::text_of(serde_json::Value::deserialize(input)?) else { return Ok(None) };
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let exact = Amount::from_str_exact(text).or_else(|_| Amount::from_scientific(text));
        exact.map(Some).map_err(|_| D::Error::custom("expected a decimal number"))
    }
}
