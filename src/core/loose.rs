//! A value whose type nobody has promised: an attribute holds numbers as texts, a tag manager's snippet texts as numbers.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Lists and objects inside one another are read to this depth: what a page gives may hold itself.
const DEPTH: u8 = 6;

/// What JavaScript or JSON gave in one place. Whatever it is, it is read without an error: one bad value does not cost the
/// others.
#[derive(Default)]
#[cfg_attr(test, derive(PartialEq))]
pub enum Loose {
    /// `null`, `undefined`, or not there.
    #[default]
    Nothing,
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A list.
    List(Vec<Loose>),
    /// The members of an object.
    Object(Vec<(String, Loose)>),
    /// True or false.
    Flag(bool),
    /// Anything else.
    Other,
}

static NOTHING: Loose = Loose::Nothing;

impl Loose {
    /// An object without members.
    pub fn object() -> Self {
        Loose::Object(Vec::new())
    }

    /// Adds a member to an object.
    pub fn set(&mut self, name: &str, value: Loose) {
        if let Loose::Object(members) = self {
            members.push((name.to_owned(), value));
        }
    }

    /// Adds a member to an object, unless there is nothing to add.
    pub fn put(&mut self, name: &str, value: Loose) {
        if !matches!(value, Loose::Nothing) {
            self.set(name, value);
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Loose::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A member of an object; nothing where there is none.
    pub fn get(&self, name: &str) -> &Loose {
        let Loose::Object(members) = self else { return &NOTHING };
        members.iter().find(|(known, _)| known == name).map_or(&NOTHING, |(_, value)| value)
    }

    /// What stands in a list; nothing for anything else.
    pub fn list(&self) -> &[Loose] {
        match self {
            Loose::List(values) => values,
            _ => &[],
        }
    }

    /// What stands at a place of a list; nothing where there is none.
    pub fn at(&self, index: usize) -> &Loose {
        self.list().get(index).unwrap_or(&NOTHING)
    }

    /// Whether it is `true`.
    pub fn is_set(&self) -> bool {
        matches!(self, Loose::Flag(true))
    }

    /// A whole number that JavaScript holds exactly, or the text of one.
    pub fn whole(&self) -> Option<u64> {
        match self {
            // 2^53: beyond it two whole numbers are one.
            Loose::Number(number) if *number >= 0.0 && *number <= 9_007_199_254_740_992.0 => {
                let whole = *number as u64;
                (whole as f64 == *number).then_some(whole)
            }
            Loose::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// The text or the number, if it is one.
    pub fn scalar(&self) -> Loose {
        match self {
            Loose::Number(number) if number.is_finite() => Loose::Number(*number),
            other => other.text().into(),
        }
    }

    /// The text, or that of a whole number: the number of an order, a product or a customer.
    pub fn label(&self) -> Option<String> {
        match self {
            Loose::Text(text) => Some(text.clone()),
            _ => self.whole().map(wire::json::digits),
        }
    }
}

impl From<&str> for Loose {
    fn from(text: &str) -> Self {
        Loose::Text(text.to_owned())
    }
}

impl From<Option<&str>> for Loose {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Loose::Nothing, Loose::from)
    }
}

impl From<u64> for Loose {
    fn from(number: u64) -> Self {
        Loose::Number(number as f64)
    }
}

/// A flag that is not set is not there.
impl From<bool> for Loose {
    fn from(flag: bool) -> Self {
        if flag { Loose::Flag(true) } else { Loose::Nothing }
    }
}

impl Serialize for Loose {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        match self {
            Loose::Nothing | Loose::Other => output.serialize_unit(),
            Loose::Text(text) => output.serialize_str(text),
            Loose::Number(number) => match self.whole() {
                Some(whole) => output.serialize_u64(whole),
                None => output.serialize_f64(*number),
            },
            Loose::List(values) => output.collect_seq(values),
            Loose::Object(members) => output.collect_map(members.iter().map(|(name, value)| (name, value))),
            Loose::Flag(flag) => output.serialize_bool(*flag),
        }
    }
}

/// Tells the kind alone: the value may be a shopper's.
impl fmt::Debug for Loose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Loose::Nothing => "Nothing",
            Loose::Text(_) => "Text(***)",
            Loose::Number(_) => "Number(***)",
            Loose::List(_) => "List(***)",
            Loose::Object(_) => "Object(***)",
            Loose::Flag(_) => "Flag(***)",
            Loose::Other => "Other",
        })
    }
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Reader(DEPTH).deserialize(deserializer)
    }
}

/// Reads what is no deeper than this.
struct Reader(u8);

impl<'de> DeserializeSeed<'de> for Reader {
    type Value = Loose;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Loose, D::Error> {
        if self.0 == 0 {
            return IgnoredAny::deserialize(deserializer).map(|_| Loose::Other);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Nothing)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Loose, E> {
        Ok(Loose::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose, E> {
        Ok(Loose::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose, E> {
        Ok(Loose::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Loose, E> {
        Ok(Loose::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
        Ok(Loose::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Loose, E> {
        Ok(Loose::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Loose, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(Reader(self.0 - 1))? {
            values.push(value);
        }
        Ok(Loose::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = map.next_key()? {
            members.push((name, map.next_value_seed(Reader(self.0 - 1))?));
        }
        Ok(Loose::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error, F64Deserializer};

    use super::*;

    #[test]
    fn whatever_stands_there_is_read_without_an_error() {
        let cases = [
            ("null", Loose::Nothing, None, None),
            (r#""a""#, Loose::Text("a".into()), None, Some("a")),
            (r#"" 3 ""#, Loose::Text(" 3 ".into()), Some(3), Some(" 3 ")),
            ("3", Loose::Number(3.0), Some(3), Some("3")),
            ("-3", Loose::Number(-3.0), None, None),
            ("true", Loose::Flag(true), None, None),
            (r#"["a", []]"#, Loose::List(vec![Loose::Text("a".into()), Loose::List(vec![])]), None, None),
            (r#"{"a": [1]}"#, Loose::Object(vec![("a".into(), Loose::List(vec![Loose::Number(1.0)]))]), None, None),
        ];
        for (json, scalar, whole, label) in cases {
            let read: Loose = serde_json::from_str(json).unwrap();
            assert_eq!(read, scalar, "{json}");
            assert_eq!((read.whole(), read.label().as_deref()), (whole, label), "{json}");
        }
    }

    #[test]
    fn a_number_that_is_not_whole_or_not_exact_is_no_count() {
        for number in [3.5, 1e300, -1.0, f64::NAN, f64::INFINITY] {
            let read = Loose::deserialize(number.into_deserializer() as F64Deserializer<Error>).unwrap();
            assert_eq!((read.whole(), read.label()), (None, None), "{number}");
        }
    }

    #[test]
    fn what_lies_too_deep_is_not_read() {
        let read: Loose = serde_json::from_str(r#"{"a": [[[[["deep"]]]]]}"#).unwrap();
        let inner = read.get("a").at(0).at(0).at(0).at(0);
        assert_eq!((inner, read.get("b").at(3)), (&Loose::List(vec![Loose::Other]), &Loose::Nothing));
    }

    #[test]
    fn no_debug_output_holds_a_value() {
        assert!(!format!("{:?}", Loose::Text("ada@example.com".into())).contains("ada"));
    }
}
