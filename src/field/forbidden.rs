//! Fields that are never read, whatever they call themselves and whoever marks them (rule 3).

use super::Field;

/// Words of a `name` or `id` that forbid a field wherever they stand.
const WORDS: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passcode",
    "cvc",
    "cvv",
    "cvv2",
    "cvc2",
    "csc",
    "cid",
    "otp",
    "totp",
    "ccnumber",
    "ccnum",
    "cardnumber",
    "cardnum",
    "creditcard",
    "cardno",
    "ccexp",
    "cccsc",
    "cccvc",
    "cccvv",
    "iban",
    "birthday",
    "birthdate",
    "dob",
    "bday",
    "ssn",
    "securitycode",
    "cardexpiry",
    "dateofbirth",
    "expiry",
    "expdate",
    "expmonth",
    "expyear",
    "ccno",
    "cardexpirymonth",
    "cardexpiryyear",
    "pan",
];

/// Pairs of words that forbid a field when one follows the other.
const PAIRS: &[(&str, &str)] = &[
    ("card", "number"),
    ("card", "no"),
    ("card", "num"),
    ("card", "expiry"),
    ("card", "exp"),
    ("card", "code"),
    ("card", "cvc"),
    ("card", "holder"),
    ("card", "name"),
    ("cc", "number"),
    ("cc", "no"),
    ("cc", "num"),
    ("cc", "name"),
    ("cc", "exp"),
    ("cc", "csc"),
    ("cc", "month"),
    ("cc", "year"),
    ("credit", "card"),
    ("security", "code"),
    ("exp", "month"),
    ("exp", "year"),
    ("exp", "date"),
    ("expiry", "date"),
    ("expiry", "month"),
    ("expiry", "year"),
    ("expiration", "date"),
    ("expiration", "month"),
    ("expiration", "year"),
    ("birth", "date"),
    ("birth", "day"),
    ("of", "birth"),
    ("verification", "code"),
    ("one", "time"),
];

/// Why a field must not be read; `None` when it may be.
pub(super) fn reason(field: &Field) -> Option<&'static str> {
    if field.kind == "password" {
        return Some("it is a password");
    }
    let autocomplete = field.autocomplete.to_ascii_lowercase();
    for token in autocomplete.split_ascii_whitespace() {
        if token.starts_with("cc-") {
            return Some("it belongs to a card");
        }
        if token.starts_with("bday") {
            return Some("it is a birthday");
        }
        match token {
            "current-password" | "new-password" => return Some("it is a password"),
            "one-time-code" => return Some("it is a one-time code"),
            _ => {}
        }
    }
    let named = |text: &str| {
        let words = words(text);
        words.iter().any(|word| WORDS.contains(&word.as_str()))
            || words.iter().zip(words.iter().skip(1)).any(|(a, b)| PAIRS.contains(&(a.as_str(), b.as_str())))
    };
    (named(&field.name) || named(&field.id)).then_some("its name is that of a card, a password, a code or a birthday")
}

/// The words of a name: `billingAddress[zip_code]` is billing, address, zip, code.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    // Names are ASCII nearly always; any other character counts as a letter.
    let is_word = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric();
    for c in name.chars() {
        if is_word(c) {
            if !is_word(last) || (c.is_ascii_uppercase() && last.is_ascii_lowercase()) {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.push(c.to_ascii_lowercase());
            }
        }
        last = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: &str, name: &str, autocomplete: &str) -> Field {
        Field { kind: kind.into(), name: name.into(), autocomplete: autocomplete.into(), ..Field::default() }
    }

    #[test]
    fn what_belongs_to_a_card_a_password_a_code_or_a_birthday_is_forbidden() {
        for (kind, name, autocomplete) in [
            ("password", "company", "organization"),
            ("text", "", "cc-number"),
            ("text", "firstName", "billing cc-given-name"),
            ("text", "", "section-a cc-exp-month"),
            ("text", "", "new-password"),
            ("text", "", "one-time-code"),
            ("text", "", "bday-year"),
            ("text", "cardNumber", ""),
            ("tel", "cc_number", ""),
            ("text", "payment[cvv]", ""),
            ("text", "expiry-date", ""),
            ("text", "dateOfBirth", ""),
            ("text", "date_of_birth", ""),
            ("text", "dateofbirth", ""),
            ("text", "expiry", ""),
            ("text", "cc_no", ""),
            ("text", "cardexpirymonth", ""),
            ("text", "userPassword", ""),
            ("text", "creditCardName", ""),
        ] {
            assert!(reason(&field(kind, name, autocomplete)).is_some(), "{kind} {name} {autocomplete}");
        }
    }

    #[test]
    fn names_are_matched_by_their_words_and_not_by_substrings() {
        for name in
            ["passenger", "expressNote", "company", "discard", "billing_postcode", "cardiff_street", "zipCode", "city"]
        {
            assert!(reason(&field("text", name, "")).is_none(), "{name}");
        }
    }
}
