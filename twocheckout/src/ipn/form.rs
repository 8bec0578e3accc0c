//! A form POST in the order received.
//!
//! A map would lose that order, and the signature is over the values in their order.

use std::collections::{HashMap, HashSet};

use percent_encoding::percent_decode;

use super::Error;

/// A notification may have this many bytes; a real one has three to six thousand, and more with each product.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

/// A notification may have this many fields; a real one has about a hundred.
pub const MAX_FIELDS: usize = 4_000;

/// The fields of a form, decoded.
#[derive(Clone, Default)]
pub(super) struct Form {
    fields: Vec<Field>,
}

#[derive(Clone)]
struct Field {
    /// As received, such as `IPN_PID[]`.
    name: String,
    /// Not always text: the signature is over bytes.
    value: Vec<u8>,
}

impl Form {
    pub(super) fn parse(body: &[u8]) -> Result<Self, Error> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Error::TooLarge);
        }
        let mut form = Self::default();
        let mut single = HashSet::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if form.fields.len() == MAX_FIELDS {
                return Err(Error::TooManyFields);
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut decoded = || decode(halves.next().unwrap_or_default());
            let (name, value) = (String::from_utf8(decoded()?).map_err(|_| Error::Encoding)?, decoded()?);
            if !name.contains('[') && !single.insert(name.clone()) {
                return Err(Error::DuplicateField);
            }
            form.fields.push(Field { name, value });
        }
        Ok(form)
    }

    /// The values of a field, of all elements where it is a list.
    fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter(move |field| field.base_name() == name).map(|field| field.value.as_slice())
    }

    /// The first value of a field; empty where there is none.
    pub(super) fn first(&self, name: &str) -> &[u8] {
        self.values(name).next().unwrap_or_default()
    }

    /// The first value of a field, without the space around it; `None` where it is empty or not UTF-8.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.first(name)).ok().map(str::trim).filter(|text| !text.is_empty())
    }

    /// Whether a field, or any element of a list, is not empty.
    pub(super) fn has_any(&self, name: &str) -> bool {
        self.values(name).any(|value| !value.trim_ascii().is_empty())
    }

    /// All values that are signed, in the order received.
    pub(super) fn signed_values(&self) -> impl Iterator<Item = &[u8]> {
        self.fields.iter().filter(|field| field.is_signed()).map(|field| field.value.as_slice())
    }

    /// All values that are signed as PHP has them in `$_POST`, which 2Checkout's own samples read: the elements of a list
    /// stand together where its first element stood.
    pub(super) fn signed_values_as_php(&self) -> impl Iterator<Item = &[u8]> {
        let mut place = HashMap::new();
        for field in &self.fields {
            let next = place.len();
            place.entry(field.base_name()).or_insert(next);
        }
        let mut fields: Vec<&Field> = self.fields.iter().filter(|field| field.is_signed()).collect();
        fields.sort_by_key(|field| place.get(field.base_name()));
        fields.into_iter().map(|field| field.value.as_slice())
    }
}

impl Field {
    /// Without the brackets of a list.
    fn base_name(&self) -> &str {
        self.name.split_once('[').map_or(self.name.as_str(), |(base, _)| base)
    }

    fn is_signed(&self) -> bool {
        !["HASH", "SIGNATURE_SHA2_256", "SIGNATURE_SHA3_256"].contains(&self.name.as_str())
    }
}

/// `+` is a space, `%XX` a byte.
fn decode(encoded: &[u8]) -> Result<Vec<u8>, Error> {
    let spaced: Vec<u8> = encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let mut rest = spaced.as_slice();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        let digits = rest.get(at + 1..at + 3).ok_or(Error::Encoding)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(Error::Encoding);
        }
        rest = rest.get(at + 3..).unwrap_or_default();
    }
    Ok(percent_decode(&spaced).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Form {
        Form::parse(body.as_bytes()).unwrap()
    }

    fn signed(form: &Form) -> Vec<&str> {
        form.signed_values().map(|value| std::str::from_utf8(value).unwrap()).collect()
    }

    #[test]
    fn values_are_decoded_and_keep_their_order() {
        const CASES: &[(&str, &[&str])] = &[
            ("", &[]),
            ("&&", &[]),
            ("B=2&A=1", &["2", "1"]),
            ("A=a+b%20c%2B", &["a b c+"]),
            ("A=Zo%C3%AB&B=Zoë", &["Zoë", "Zoë"]),
            ("A=&B&C=x=y", &["", "", "x=y"]),
            ("A=%26%3D", &["&="]),
            ("IPN_PID[]=1&IPN_PID%5B%5D=2", &["1", "2"]),
            ("A=1&HASH=x&SIGNATURE_SHA2_256=y&SIGNATURE_SHA3_256=z&B=2", &["1", "2"]),
            ("HASH_OF=1&hash=2", &["1", "2"]),
        ];
        for (body, values) in CASES {
            assert_eq!(signed(&parse(body)), *values, "{body}");
        }
    }

    #[test]
    fn lists_that_alternate_are_put_together_as_php_does() {
        let form = parse("N=0&PID[]=1&NAME[]=a&PID[]=2&NAME[]=b&Z=9");
        let values: Vec<&[u8]> = form.signed_values_as_php().collect();
        assert_eq!(values, [b"0", b"1", b"2", b"a", b"b", b"9"]);
        assert_eq!(signed(&form), ["0", "1", "a", "2", "b", "9"]);
    }

    #[test]
    fn a_field_is_found_with_and_without_brackets() {
        let form = parse("IPN_PID[]=1&IPN_PID[]=2&REFNO=+7+&EMPTY=&LIST[]=&LIST[]=x&BYTES=%FF&SPACE[]=+");
        assert_eq!((form.first("IPN_PID"), form.text("REFNO")), (b"1".as_slice(), Some("7")));
        for (name, any) in [("EMPTY", false), ("LIST", true), ("SPACE", false), ("NONE", false), ("BYTES", true)] {
            assert_eq!(form.has_any(name), any, "{name}");
        }
        assert_eq!((form.text("EMPTY"), form.text("BYTES"), form.text("IPN")), (None, None, None));
    }

    #[test]
    fn what_cannot_be_read_has_an_error_of_its_own() {
        let many = "A[]=1&".repeat(MAX_FIELDS + 1);
        let huge = format!("A={}", "x".repeat(300 * 1024));
        let cases = [
            ("A=%", Error::Encoding),
            ("A=%4", Error::Encoding),
            ("A=%zz", Error::Encoding),
            ("A=1%2", Error::Encoding),
            ("A%G0=1", Error::Encoding),
            ("%FF=1", Error::Encoding),
            ("REFNO=1&B=2&REFNO=1", Error::DuplicateField),
            ("HASH=1&HASH=2", Error::DuplicateField),
            (many.as_str(), Error::TooManyFields),
            (huge.as_str(), Error::TooLarge),
        ];
        for (body, expected) in cases {
            assert_eq!(Form::parse(body.as_bytes()).err(), Some(expected), "{}", body.get(..12).unwrap_or(body));
        }
    }
}
