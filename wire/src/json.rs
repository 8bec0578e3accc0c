//! Writes JSON without a library: the widget writes two small shapes, and Items have to pass through as the text they
//! came in. A serialiser would cost the widget 3 KB brotli.

/// A JSON object that is being written.
#[derive(Clone)]
pub struct Object(String);

impl std::fmt::Debug for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Object(***)")
    }
}

impl Default for Object {
    fn default() -> Self {
        Self(String::from("{"))
    }
}

impl Object {
    /// Adds a member whose value is JSON already.
    pub fn json(&mut self, name: &str, json: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        push_string(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(json);
    }

    /// Adds a text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.json(name, &string(text));
    }

    /// Adds a text, if there is one.
    pub fn maybe(&mut self, name: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// Adds a whole number.
    pub fn number(&mut self, name: &str, number: u64) {
        self.json(name, &digits(number));
    }

    /// Adds `true`, if it is; absent means false.
    pub fn flag(&mut self, name: &str, set: bool) {
        if set {
            self.json(name, "true");
        }
    }

    /// The object as JSON.
    pub fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A text as a JSON string.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_string(&mut out, text);
    out
}

/// RFC 8259, section 7.
fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c < ' ' => {
                out.push_str("\\u00");
                for nibble in [c as u8 >> 4, c as u8 & 15] {
                    out.push(char::from(if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A whole number in decimal digits.
pub fn digits(mut number: u64) -> String {
    let mut digits = [b'0'; 20];
    let mut len = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        len += 1;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.iter().skip(20 - len).map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_written_member_by_member() {
        let mut object = Object::default();
        object.text("a\"b", "\u{1}\n\\ü");
        object.maybe("absent", None);
        object.flag("no", false);
        object.flag("yes", true);
        object.number("n", 1_795_315_114_300);
        object.json("list", "[1.90]");
        assert_eq!(object.finish(), r#"{"a\"b":"\u0001\u000a\\ü","yes":true,"n":1795315114300,"list":[1.90]}"#);
        assert_eq!((digits(0), digits(u64::MAX)), ("0".to_owned(), u64::MAX.to_string()));
    }
}
