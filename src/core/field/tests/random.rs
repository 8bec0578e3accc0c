//! Descriptions at random: nothing makes the recogniser panic, nothing makes it read what is forbidden, and what stands
//! around a form does not change it.

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use super::*;

/// Fields for each page, pages: 100,000 descriptions.
const FIELDS: usize = 8;
const PAGES: u32 = 12_500;

const WORDS: &[&str] = &[
    "",
    "name",
    "first name",
    "e-mail",
    "email",
    "address",
    "street",
    "city",
    "zip",
    "postal code",
    "phone",
    "country",
    "state",
    "company",
    "vat id",
    "card",
    "code",
    "pin",
    "newsletter",
    "gift",
    "billing",
    "shipping",
    "optional",
    "your",
    "nom",
    "vorname",
    "plz",
    "имя",
    "город",
    "氏名",
    "住所",
    "姓",
    "이름",
    "ชื่อ",
    "עיר",
    "(",
    ")",
    "[0]",
    "*",
    "ß",
    "\u{1f600}",
    "address line 2",
    "user name",
    "date",
    "house number",
    "region",
    "+49",
];

/// Words that forbid a field wherever they stand.
const FORBIDDEN: &[&str] = &[
    "password",
    "card number",
    "cvv",
    "cvc",
    "security code",
    "iban",
    "date of birth",
    "birthday",
    "one-time code",
    "otp",
    "social security number",
    "expiry date",
    "name on card",
    "cardholder name",
    "passwort",
    "mot de passe",
    "geburtsdatum",
    "kartennummer",
    "contraseña",
    "пароль",
    "дата рождения",
    "カード番号",
    "生年月日",
    "密码",
    "비밀번호",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::collection::vec(select(WORDS), 0..3).prop_map(|words| words.join(" ")),
        1 => "\\PC{0,12}",
    ]
}

/// The parts of a description, as `src/browser/survey.js` writes them.
fn description() -> impl Strategy<Value = Vec<String>> {
    let kinds = select(vec!["text", "email", "tel", "number", "hidden", "checkbox", "password", ""]);
    let tokens =
        select(vec!["", "", "", "off", "name", "email", "shipping city", "cc-name", "new-password", "username"]);
    let texts = prop::collection::vec(text(), 7);
    (select(vec!["input", "select", "textarea"]), kinds, tokens, texts, select(vec!["", "1", "30"]), 0..3_u8).prop_map(
        |(tag, kind, token, texts, length, form)| {
            let [name, id, label, aria, placeholder, nearby, section] = texts.try_into().unwrap_or_default();
            let kind = if tag == "input" { kind } else { "" };
            let mark = String::new();
            let fixed = |text: &str| text.to_owned();
            vec![
                fixed(tag),
                fixed(kind),
                name,
                id,
                fixed(token),
                mark,
                label,
                aria,
                placeholder,
                nearby,
                section,
                "one\nafghanistan (+93)".to_owned(),
                fixed(length),
                form.to_string(),
            ]
        },
    )
}

fn run(test: impl Fn(Vec<Vec<String>>) -> Result<(), TestCaseError>) {
    let mut runner = TestRunner::new(Config { cases: PAGES, failure_persistence: None, ..Config::default() });
    runner.run(&prop::collection::vec(description(), FIELDS), test).unwrap();
}

fn read(lines: &[String]) -> Vec<Field<'_>> {
    lines.iter().map(|line| Field::read(line)).collect()
}

#[test]
fn whatever_fields_say_nothing_forbidden_is_read() {
    let lexicon = Lexicon::new("", "");
    run(|mut page| {
        for (at, parts) in page.iter_mut().enumerate() {
            // Every other field is forbidden by one of its texts, and marked by the merchant all the same.
            if at % 2 == 0 {
                let place = [6, 7, 8][at / 2 % 3];
                parts[place] = fold(FORBIDDEN[(at * 7 + parts[2].len()) % FORBIDDEN.len()]);
                parts[5] = "BillingDetails.Company".to_owned();
            }
        }
        let lines: Vec<String> = page.iter().map(|parts| parts.join("\u{1f}")).collect();
        let fields = read(&lines);
        for ((at, field), found) in fields.iter().enumerate().zip(decide(&lexicon, &fields)) {
            let secret = field.kind == "password" || field.autocomplete.contains("cc-");
            if at % 2 == 0 || secret {
                prop_assert_eq!(found.target, None, "{:?}", field);
                prop_assert_eq!(found.source, Source::Forbidden, "{:?}", field);
            }
        }
        Ok(())
    });
}

#[test]
fn unrelated_fields_around_a_form_change_nothing_inside_it() {
    let lexicon = Lexicon::new("", "");
    let inside = ["e-mail", "first name", "last name", "street", "city", "postal code", "phone", "card number"];
    let form: Vec<Field> = inside
        .iter()
        .map(|label| Field { tag: "input", kind: "text", label, form: "9", sections: "checkout", ..Field::default() })
        .collect();
    let alone = decide(&lexicon, &form);
    let unrelated = [
        ("search", "search"),
        ("text", "newsletter e-mail"),
        ("text", "coupon code"),
        ("password", "password"),
        ("text", "user name"),
        ("checkbox", "remember me"),
        ("text", "favourite colour"),
        ("text", "comment"),
    ];
    for seed in 0..1_000_usize {
        let stranger = |i: usize| {
            let (kind, label) = unrelated[(seed / (i + 1) + i * 3) % unrelated.len()];
            Field { tag: "input", kind, label, form: "2", sections: "other", ..Field::default() }
        };
        let (before, after) = (seed % 5, seed / 5 % 5);
        let mut page: Vec<Field> = (0..before).map(stranger).collect();
        page.extend(&form);
        page.extend((0..after).map(|i| stranger(i + 5)));
        let found = decide(&lexicon, &page);
        assert_eq!(&found[before..before + form.len()], &alone[..], "seed {seed}");
    }
}

fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.to_lowercase().nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).nfc().collect()
}
