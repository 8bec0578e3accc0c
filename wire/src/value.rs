//! What stands at a path, and since when.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// A field holds at most this many characters; what is longer is never sent.
pub const MAX_FIELD_CHARS: usize = 500;

/// What stands at a path of the lead.
///
/// `Debug` tells only the kind and the length: a value is what a shopper typed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Text, as typed, trimmed.
    Text(String),
    /// JSON text (of `Items` or `Promotions`), kept as text so that no amount passes through a binary float.
    Json(String),
}

impl Value {
    /// Its text, or its JSON text.
    pub fn as_str(&self) -> &str {
        match self {
            Value::Text(text) | Value::Json(text) => text,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Value::Text(_) => "Text(***)",
            Value::Json(_) => "Json(***)",
        })
    }
}

/// As text. Which kind it is, its path says: see [`Path::is_json`](crate::Path::is_json).
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.serialize_str(self.as_str())
    }
}

/// A value and the moment it was last changed by the shopper.
///
/// Ordered by that moment first; of two changes of the same moment the greater value wins, so that every order of
/// merging ends the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stamped<V = Value> {
    /// When the shopper made the change, in milliseconds of the Unix epoch, by the shopper's clock.
    #[cfg_attr(feature = "openapi", schema(maximum = 9_007_199_254_740_992_i64))]
    pub at: u64,
    /// The text, or the list for `Items` and `Promotions`; null when the shopper cleared the field.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub value: Option<V>,
}

impl Stamped {
    /// Text that was typed at a moment.
    pub fn text(text: impl Into<String>, at: u64) -> Self {
        Self { at, value: Some(Value::Text(text.into())) }
    }

    /// JSON that was set at a moment.
    pub fn json(json: impl Into<String>, at: u64) -> Self {
        Self { at, value: Some(Value::Json(json.into())) }
    }
}

impl<V> Stamped<V> {
    /// A field that was cleared at a moment.
    pub fn cleared(at: u64) -> Self {
        Self { at, value: None }
    }
}
