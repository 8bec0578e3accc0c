//! What the recogniser promises, as tables and as walks at random.

mod pages;
mod random;
mod terms;

use super::*;

fn field<'a>(kind: &'a str, autocomplete: &'a str, mark: &'a str) -> Field<'a> {
    Field { tag: "input", kind, autocomplete, mark, ..Field::default() }
}

#[test]
fn the_merchants_mark_beats_the_page_and_nothing_beats_forbidden() {
    let cases = [
        (field("text", "email", ""), Some("BillingDetails.Email"), Source::Autocomplete),
        (field("text", "email", "DeliveryDetails.City"), Some("DeliveryDetails.City"), Source::Attribute),
        (field("email", "email", "ignore"), None, Source::Attribute),
        (field("email", "email", "Email"), None, Source::Attribute),
        (field("hidden", "", "ExternalReference"), Some("ExternalReference"), Source::Attribute),
        (field("hidden", "email", ""), None, Source::None),
        (field("password", "email", "BillingDetails.Email"), None, Source::Forbidden),
        (field("text", "cc-number", "BillingDetails.Company"), None, Source::Forbidden),
        (field("text", "", ""), None, Source::None),
    ];
    for (field, path, source) in cases {
        let finding = recognise(&[field]).remove(0);
        assert_eq!(finding.target.map(|t| t.name()).as_deref(), path, "{field:?}");
        assert_eq!(finding.source, source, "{field:?}");
        assert!(!finding.reason.is_empty());
    }
}

#[test]
fn the_option_stands_between_mark_and_autocomplete() {
    let mut field = field("text", "email", "");
    field.option = "BillingDetails.City";
    assert_eq!(recognise(&[field]).remove(0).source, Source::Option);
    field.mark = "BillingDetails.Zip";
    assert_eq!(recognise(&[field]).remove(0).source, Source::Attribute);
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
        ("text", "iban", ""),
        ("text", "twoFactorLoginCodeEmail", ""),
        ("text", "email_verification[code_given]", ""),
    ] {
        let field = Field { name, ..field(kind, autocomplete, "BillingDetails.Company") };
        assert_eq!(recognise(&[field]).remove(0).source, Source::Forbidden, "{kind} {name} {autocomplete}");
    }
}

#[test]
fn names_are_matched_by_their_words_and_not_by_substrings() {
    for name in
        ["passenger", "expressNote", "company", "discard", "billing_postcode", "cardiff_street", "zipCode", "city"]
    {
        let field = Field { name, ..field("text", "", "") };
        assert_ne!(recognise(&[field]).remove(0).source, Source::Forbidden, "{name}");
    }
}

#[test]
fn a_description_is_read_part_by_part() {
    let parts = ["input", "text", "n", "i", "off", "m", "l", "a", "p", "b", "h\ns", "o\nq", "1", "2", "de"];
    let description = parts.join("\u{1f}");
    let field = Field::read(&description);
    assert_eq!((field.tag, field.kind, field.name, field.id), ("input", "text", "n", "i"));
    assert_eq!((field.autocomplete, field.mark, field.label, field.aria), ("off", "m", "l", "a"));
    assert_eq!((field.placeholder, field.nearby, field.heading()), ("p", "b", "h"));
    assert_eq!((field.options, field.max_length, field.form, field.language), ("o\nq", "1", "2", "de"));
}
