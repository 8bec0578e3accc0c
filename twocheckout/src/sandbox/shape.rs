//! Says what is wrong with a piece of JSON, by the names of its fields and never by its values.

use serde_json::{Map, Value};

/// What a value has to be.
pub(super) enum Shape {
    /// Text.
    Text,
    /// Text or `null`.
    TextOrNull,
    /// So many letters: an ISO code.
    Letters(usize),
    /// `YYYY-MM-DD HH:MM:SS`
    Moment,
    /// Dotted IPv4.
    Ip,
    /// A whole number.
    Whole,
    /// A quantity, 1 to 99999.
    Quantity,
    /// A quantity, or its digits as text.
    QuantityOrText,
    /// A number, not as text.
    Number,
    /// `true` or `false`.
    Flag,
    /// A list of at least so many.
    List(usize, &'static Shape),
    /// An object with these keys and no others.
    Object(&'static [Field]),
}

/// A key of an object.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: &'static Shape,
}

pub(super) const fn must(name: &'static str, shape: &'static Shape) -> Field {
    Field { name, required: true, shape }
}

pub(super) const fn may(name: &'static str, shape: &'static Shape) -> Field {
    Field { name, required: false, shape }
}

impl Shape {
    /// Everything that is wrong with a value that stands at `place`.
    pub(super) fn problems(&self, place: &str, value: &Value, problems: &mut Vec<String>) {
        let expected = match (self, value) {
            (Self::List(least, of), Value::Array(list)) if list.len() >= *least => {
                for (i, value) in list.iter().enumerate() {
                    of.problems(&format!("{place}[{i}]"), value, problems);
                }
                return;
            }
            (Self::Object(fields), Value::Object(map)) => return of_object(place, fields, map, problems),
            (Self::TextOrNull, Value::Null) => return,
            (Self::Text | Self::TextOrNull, Value::String(_)) => return,
            (Self::Letters(count), Value::String(text)) if is_letters(text, *count) => return,
            (Self::Moment, Value::String(text)) if is_moment(text) => return,
            (Self::Ip, Value::String(text)) if text.parse::<std::net::Ipv4Addr>().is_ok() => return,
            (Self::Whole, Value::Number(number)) if number.is_i64() => return,
            (Self::Quantity | Self::QuantityOrText, Value::Number(number)) if is_quantity(number.as_u64()) => return,
            (Self::QuantityOrText, Value::String(text)) if is_quantity(text.parse().ok()) => return,
            (Self::Number, Value::Number(_)) | (Self::Flag, Value::Bool(_)) => return,
            (Self::Text, _) => "text",
            (Self::TextOrNull, _) => "text or null",
            (Self::Letters(2), _) => "a code of two letters",
            (Self::Letters(_), _) => "a code of three letters",
            (Self::Moment, _) => "YYYY-MM-DD HH:MM:SS",
            (Self::Ip, _) => "a dotted IPv4 address",
            (Self::Whole, _) => "a whole number",
            (Self::Quantity | Self::QuantityOrText, _) => "a whole number of 1 to 99999",
            (Self::Number, _) => "a number",
            (Self::Flag, _) => "true or false",
            (Self::List(0, _), _) => "a list",
            (Self::List(..), _) => "a list that is not empty",
            (Self::Object(_), _) => "an object",
        };
        problems.push(format!("{place}: expected {expected}"));
    }
}

fn of_object(place: &str, fields: &[Field], map: &Map<String, Value>, problems: &mut Vec<String>) {
    for field in fields {
        let place = format!("{place}.{}", field.name);
        match map.get(field.name) {
            Some(value) => field.shape.problems(&place, value, problems),
            None if field.required => problems.push(format!("{place}: required")),
            None => {}
        }
    }
    // Of an unknown key only so much is repeated as a name is long.
    let unknown = map.keys().filter(|key| !fields.iter().any(|field| field.name == key.as_str()));
    problems.extend(unknown.map(|key| format!("{place}.{}: unknown", key.chars().take(40).collect::<String>())));
}

fn is_letters(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|b| b.is_ascii_alphabetic())
}

fn is_quantity(number: Option<u64>) -> bool {
    number.is_some_and(|number| (1..=99_999).contains(&number))
}

fn is_moment(text: &str) -> bool {
    let format = "%Y-%m-%d %H:%M:%S";
    jiff::civil::DateTime::strptime(format, text).is_ok_and(|read| read.strftime(format).to_string() == text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(shape: &Shape, value: Value) -> bool {
        let mut problems = Vec::new();
        shape.problems("x", &value, &mut problems);
        problems.is_empty()
    }

    #[test]
    fn each_shape_knows_its_own() {
        let cases: &[(Shape, Value, &[Value])] = &[
            (Shape::Text, json!("a"), &[json!(1), json!(null)]),
            (Shape::TextOrNull, json!(null), &[json!(1), json!([])]),
            (Shape::Letters(3), json!("EUR"), &[json!("EU"), json!("€"), json!(978)]),
            (Shape::Moment, json!("2019-01-08 11:46:12"), &[json!("2019-01-08T11:46:12Z"), json!("2019-1-8 1:4:1")]),
            (Shape::Ip, json!("1.2.3.4"), &[json!("::1"), json!("1.2.3")]),
            (Shape::Whole, json!(2), &[json!(2.5), json!("2")]),
            (Shape::Quantity, json!(99999), &[json!(0), json!(100_000), json!("1"), json!(1.5)]),
            (Shape::QuantityOrText, json!("1"), &[json!("0"), json!("one")]),
            (Shape::Number, json!(19.99), &[json!("19.99")]),
            (Shape::Flag, json!(false), &[json!("false"), json!(0)]),
            (Shape::List(1, &Shape::Text), json!(["a"]), &[json!([]), json!([1]), json!({"0": "a"})]),
        ];
        for (shape, good, bad) in cases {
            assert!(fits(shape, good.clone()), "{good}");
            assert!(bad.iter().all(|bad| !fits(shape, bad.clone())), "{bad:?}");
        }
    }

    #[test]
    fn problems_name_fields_and_never_values() {
        const FIELDS: &[Field] = &[must("Email", &Shape::Text), must("City", &Shape::Text), may("Zip", &Shape::Text)];
        let mut problems = Vec::new();
        Shape::Object(FIELDS).problems("Lead", &json!({"Emial": "ada", "City": 10117}), &mut problems);
        assert_eq!(problems, ["Lead.Email: required", "Lead.City: expected text", "Lead.Emial: unknown"]);
    }
}
