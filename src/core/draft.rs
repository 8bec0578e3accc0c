//! From what stands in the fields to what stands in the lead: parts are joined, sums are split, and what may not travel
//! is kept back.

use wire::json;
use wire::{Block, Detail, MAX_FIELD_CHARS, Path, PathMap, Value, concat, contains_card_number, is_email};

use crate::core::field::{Part, Target};
use crate::core::person_name;

/// A field as the browser side has read it.
#[derive(Clone)]
pub struct Reading {
    /// Where its value goes.
    pub target: Target,
    /// What stands in it.
    pub text: String,
    /// Not disabled, by itself or by a fieldset.
    pub enabled: bool,
    /// Rendered, as the shopper could see it by scrolling.
    pub visible: bool,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("target", &self.target).finish_non_exhaustive()
    }
}

/// What the page says of the lead right now: a path with a value, or with `None` where the page has a field for it that
/// is empty. A path that is absent is unchanged.
pub type Draft = PathMap<Option<Value>>;

/// Reads the lead out of the fields.
pub fn of(readings: &[Reading]) -> Draft {
    let mut draft = Draft::default();
    // A text that is too long is no change, and is not searched for card numbers.
    let fits = |reading: &&Reading| reading.text.chars().nth(MAX_FIELD_CHARS).is_none();
    for block in [Block::Billing, Block::Delivery] {
        let is_of_block = |reading: &&Reading| reading.target.block() == Some(block) && fits(reading);
        let of_block: Vec<&Reading> = readings.iter().filter(is_of_block).collect();
        let in_use = if block == Block::Billing { Some(true) } else { delivery_in_use(readings) };
        if in_use == Some(false) {
            for path in of_block.iter().flat_map(|reading| paths(reading.target)) {
                draft.insert(path, None);
            }
        } else if in_use.is_some() {
            let fields: Vec<&Reading> = of_block.into_iter().filter(|reading| reading.enabled).collect();
            address(block, &fields, &mut draft);
        }
    }
    for reading in readings.iter().filter(|reading| reading.enabled && fits(reading)) {
        if let Target::Lead(path) = reading.target
            && reading.target.block().is_none()
        {
            put(&mut draft, path, Some(reading.text.clone()));
        }
    }
    draft
}

/// What a select says: its value where that speaks for itself, else the label the shopper sees.
///
/// Shops number their states and countries (`<option value="81">Germany`), and 2Checkout wants the name or the code.
pub fn choice(target: Target, value: &str, label: &str) -> String {
    let value = value.trim();
    let speaks = match target {
        Target::Lead(Path::Detail(_, Detail::CountryCode)) => {
            value.is_empty() || (matches!(value.len(), 2 | 3) && value.bytes().all(|b| b.is_ascii_alphabetic()))
        }
        // A number or an id of the shop's database says nothing to anybody else: `81`, `0189c1f0b3b9717e`.
        Target::Lead(Path::Detail(..)) => {
            value.is_empty()
                || (value.len() <= 6 && value.bytes().any(|b| !b.is_ascii_digit()))
                || value == label.trim()
        }
        Target::Part(_, Part::PhonePrefix) => value.is_empty() || value.bytes().any(|b| b.is_ascii_digit()),
        _ => true,
    };
    if speaks { value.to_owned() } else { label.trim().to_owned() }
}

/// Whether the delivery block is in use. A block that is disabled or hidden as a whole is not, and means "same as billing";
/// `None` where there is no such block, or where the whole form is out of sight (a step of a wizard) and says nothing.
pub fn delivery_in_use(readings: &[Reading]) -> Option<bool> {
    let is_delivery = |reading: &&Reading| reading.target.block() == Some(Block::Delivery);
    let in_use = |reading: &Reading| reading.enabled && reading.visible;
    // A step that has gone out of sight takes the e-mail field with it, and holds what it held.
    let mut emails =
        readings.iter().filter(|reading| reading.target == Target::detail(Block::Billing, Detail::Email)).peekable();
    let is_step = emails.peek().is_some() && !emails.any(in_use);
    let says = readings.iter().any(in_use) && readings.iter().any(|reading| is_delivery(&reading));
    says.then(|| is_step || readings.iter().filter(is_delivery).any(in_use))
}

/// The lead paths a field contributes to.
fn paths(target: Target) -> Vec<Path> {
    use Detail::{Address1, Address2, FirstName, LastName, Phone};
    match target {
        Target::Lead(path) => vec![path],
        Target::Part(block, part) => match part {
            Part::FullName => vec![FirstName, LastName],
            Part::HouseNumber => vec![Address1],
            Part::StreetLines => vec![Address1, Address2],
            Part::AddressLine3 => vec![Address2],
            Part::PhonePrefix | Part::PhoneArea | Part::PhoneLocal => vec![Phone],
        }
        .into_iter()
        .map(|detail| Path::Detail(block, detail))
        .collect(),
    }
}

/// What stands in the fields of one target: `None` where there is no such field, else the first that is filled (a page
/// may ask for the e-mail twice), or nothing. Where one of them can be seen (a state as a list and as a text, by the
/// country), those that cannot do not count.
fn text_of(fields: &[&Reading], target: Target) -> Option<String> {
    let is_seen = fields.iter().any(|field| field.target == target && field.visible);
    let counts = |field: &&&Reading| field.target == target && (field.visible || !is_seen);
    let mut texts = fields.iter().filter(counts).map(|field| field.text.trim()).peekable();
    texts.peek()?;
    let text = texts.find(|text| !text.is_empty()).unwrap_or_default();
    // Before it is split or joined: a part of a card number looks like nothing.
    Some(if contains_card_number(text) { String::new() } else { text.to_owned() })
}

fn address(block: Block, fields: &[&Reading], draft: &mut Draft) {
    let detail = |detail: Detail| text_of(fields, Target::detail(block, detail));
    let part = |part: Part| text_of(fields, Target::Part(block, part));
    let (mut first, mut last) = (detail(Detail::FirstName), detail(Detail::LastName));
    // Separate fields win over a sum, unless they stand empty beside a filled one.
    let is_blank = |text: &Option<String>| text.as_deref().is_none_or(str::is_empty);
    if let Some(full) = part(Part::FullName)
        && is_blank(&first)
        && is_blank(&last)
    {
        let (given, family) = person_name::split(&full);
        first = Some(given);
        last = Some(family.unwrap_or_default());
    }

    let mut lines = part(Part::StreetLines).map(|text| {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        let first = lines.next().unwrap_or_default();
        let rest = lines.reduce(|rest, line| concat(&[&rest, ", ", &line]));
        (first, rest.unwrap_or_default())
    });
    let street = detail(Detail::Address1).or_else(|| lines.as_mut().map(|(first, _)| std::mem::take(first)));
    let second = detail(Detail::Address2).or_else(|| lines.map(|(_, rest)| rest));
    let phone = detail(Detail::Phone).or_else(|| joined(" ", [part(Part::PhoneArea), part(Part::PhoneLocal)]));

    let sums = [
        (Detail::FirstName, first),
        (Detail::LastName, last),
        (Detail::Address1, joined(" ", [street, part(Part::HouseNumber)])),
        (Detail::Address2, joined(", ", [second, part(Part::AddressLine3)])),
        (Detail::Phone, phone.map(|number| with_prefix(part(Part::PhonePrefix), number))),
    ];
    let plain = [
        Detail::Company,
        Detail::FiscalCode,
        Detail::Email,
        Detail::City,
        Detail::Zip,
        Detail::CountryCode,
        Detail::State,
    ];
    for (name, text) in sums.into_iter().chain(plain.map(|name| (name, detail(name)))) {
        put(draft, Path::Detail(block, name), text);
    }
}

/// What is there of two texts; `None` where there is a field for neither.
fn joined(separator: &str, parts: [Option<String>; 2]) -> Option<String> {
    match parts {
        [None, None] => None,
        [Some(only), None] | [None, Some(only)] => Some(only),
        [Some(a), Some(b)] if a.is_empty() || b.is_empty() => Some(a + &b),
        [Some(a), Some(b)] => Some(concat(&[&a, separator, &b])),
    }
}

/// A telephone number with the country prefix chosen beside it. A prefix alone is no number.
fn with_prefix(prefix: Option<String>, number: String) -> String {
    let digits: String = prefix.unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || number.is_empty() || number.starts_with('+') || number.starts_with("00") {
        return number;
    }
    concat(&["+", &digits, " ", &number])
}

/// Enters a text, unless it may not travel: a card number counts as an empty field, an unfinished e-mail address or a
/// text that is too long as no change.
fn put(draft: &mut Draft, path: Path, text: Option<String>) {
    let Some(text) = text else { return };
    let text = text.trim();
    if text.is_empty() || contains_card_number(text) {
        draft.insert(path, None);
    } else if path == Path::Promotions {
        draft.insert(path, codes(text));
    } else if text.chars().nth(MAX_FIELD_CHARS).is_none()
        && (!matches!(path, Path::Detail(_, Detail::Email)) || is_email(text))
    {
        draft.insert(path, Some(Value::Text(text.to_owned())));
    }
}

/// Coupon codes with commas between them, as the list that 2Checkout wants.
fn codes(text: &str) -> Option<Value> {
    let mut list = String::new();
    for code in text.split(',').map(str::trim).filter(|code| !code.is_empty()) {
        list.push_str(if list.is_empty() { "[" } else { "," });
        list.push_str(&json::string(code));
    }
    list.push(']');
    (list.len() > 1).then_some(Value::Json(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
        let readings: Vec<Reading> = fields.iter().map(|(name, text)| reading(name, text)).collect();
        shown(&readings)
    }

    fn reading(name: &str, text: &str) -> Reading {
        let target = match name {
            "lines" => Target::Part(Block::Billing, Part::StreetLines),
            "line3" => Target::Part(Block::Billing, Part::AddressLine3),
            "area" => Target::Part(Block::Billing, Part::PhoneArea),
            "local" => Target::Part(Block::Billing, Part::PhoneLocal),
            _ => Target::from_name(name).unwrap(),
        };
        Reading { target, text: text.into(), enabled: true, visible: true }
    }

    fn shown(readings: &[Reading]) -> Vec<(String, Option<String>)> {
        of(readings)
            .into_iter()
            .map(|(path, value)| (path.name(), value.map(|value| value.as_str().to_owned())))
            .collect()
    }

    #[test]
    fn parts_are_joined_and_sums_are_split() {
        type Case =
            (&'static str, &'static [(&'static str, &'static str)], &'static [(&'static str, Option<&'static str>)]);
        const CASES: &[Case] = &[
            (
                "full name",
                &[("BillingDetails.FullName", "Ada King Lovelace")],
                &[("BillingDetails.FirstName", Some("Ada King")), ("BillingDetails.LastName", Some("Lovelace"))],
            ),
            (
                "full name beside separate ones",
                &[
                    ("BillingDetails.FullName", "x"),
                    ("BillingDetails.FirstName", "Ada"),
                    ("BillingDetails.LastName", "Lovelace"),
                ],
                &[("BillingDetails.FirstName", Some("Ada")), ("BillingDetails.LastName", Some("Lovelace"))],
            ),
            (
                "street and number",
                &[("BillingDetails.Address1", "Via Po"), ("BillingDetails.HouseNumber", "12")],
                &[("BillingDetails.Address1", Some("Via Po 12"))],
            ),
            (
                "several lines",
                &[("lines", "Via Po 12\r\n\r\nScala B\nPiano 3")],
                &[
                    ("BillingDetails.Address1", Some("Via Po 12")),
                    ("BillingDetails.Address2", Some("Scala B, Piano 3")),
                ],
            ),
            (
                "three lines",
                &[("BillingDetails.Address2", "Scala B"), ("line3", "Piano 3")],
                &[("BillingDetails.Address2", Some("Scala B, Piano 3"))],
            ),
            (
                "phone with prefix",
                &[("BillingDetails.PhonePrefix", "Italy (+39)"), ("BillingDetails.Phone", "011 555")],
                &[("BillingDetails.Phone", Some("+39 011 555"))],
            ),
            (
                "a prefix alone",
                &[("BillingDetails.PhonePrefix", "+39"), ("BillingDetails.Phone", "")],
                &[("BillingDetails.Phone", None)],
            ),
            (
                "area and local",
                &[("area", "212"), ("local", "555-0100")],
                &[("BillingDetails.Phone", Some("212 555-0100"))],
            ),
            (
                "e-mail asked twice",
                &[("BillingDetails.Email", ""), ("BillingDetails.Email", "a@b.it")],
                &[("BillingDetails.Email", Some("a@b.it"))],
            ),
            ("an unfinished e-mail is no change", &[("BillingDetails.Email", "a@b")], &[]),
            (
                "coupon codes",
                &[("Promotions", " SUMMER,, \"TEN\" ")],
                &[("Promotions", Some(r#"["SUMMER","\"TEN\""]"#))],
            ),
            ("an empty field", &[("BillingDetails.City", "  ")], &[("BillingDetails.City", None)]),
            (
                "a card number counts as empty",
                &[("BillingDetails.Company", "4111 1111 1111 1111")],
                &[("BillingDetails.Company", None)],
            ),
            (
                "a card number in two fields",
                &[("BillingDetails.Address1", "4111 1111"), ("BillingDetails.HouseNumber", "1111 1111")],
                &[("BillingDetails.Address1", None)],
            ),
            (
                "a card number in a field that is split",
                &[("BillingDetails.FullName", "4111 1111 1111 1111"), ("lines", "4111 1111\n1111 1111")],
                &[
                    ("BillingDetails.FirstName", None),
                    ("BillingDetails.LastName", None),
                    ("BillingDetails.Address1", None),
                    ("BillingDetails.Address2", None),
                ],
            ),
            (
                "a card number behind a prefix",
                &[("BillingDetails.PhonePrefix", "39"), ("BillingDetails.Phone", "4111 1111 1111 1111")],
                &[("BillingDetails.Phone", None)],
            ),
            ("beyond the address", &[("ExternalReference", "A-1")], &[("ExternalReference", Some("A-1"))]),
        ];
        for (name, fields, expected) in CASES {
            let expected: Vec<_> = expected.iter().map(|(p, v)| ((*p).to_owned(), v.map(str::to_owned))).collect();
            assert_eq!(read(fields), expected, "{name}");
        }
    }

    #[test]
    fn a_delivery_block_out_of_use_as_a_whole_means_same_as_billing() {
        let mut readings = vec![
            reading("BillingDetails.City", "Turin"),
            reading("DeliveryDetails.City", "Rome"),
            reading("DeliveryDetails.Zip", "00100"),
        ];
        readings[1].visible = false;
        let paths =
            |readings: &[Reading]| shown(readings).into_iter().filter(|(p, _)| p.starts_with('D')).collect::<Vec<_>>();
        let rome = ("DeliveryDetails.City".to_owned(), Some("Rome".to_owned()));
        assert!(paths(&readings).contains(&rome), "one of two is hidden");
        readings[2].enabled = false;
        assert_eq!(
            paths(&readings),
            [("DeliveryDetails.City".to_owned(), None), ("DeliveryDetails.Zip".to_owned(), None)]
        );
        readings[0].visible = false;
        assert_eq!(paths(&readings), [], "a step out of sight says nothing");
    }

    #[test]
    fn a_select_says_its_value_or_its_label() {
        const CASES: &[(&str, &str, &str, &str)] = &[
            ("BillingDetails.CountryCode", "DE", "Germany", "DE"),
            ("BillingDetails.CountryCode", "81", "Germany", "Germany"),
            ("BillingDetails.CountryCode", "germany", "Germany", "Germany"),
            ("BillingDetails.CountryCode", "", "Choose …", ""),
            ("BillingDetails.State", "CA", "California", "CA"),
            ("BillingDetails.State", "12", "California", "California"),
            ("BillingDetails.PhonePrefix", "IT", "Italy (+39)", "Italy (+39)"),
            ("BillingDetails.PhonePrefix", "39", "Italy", "39"),
            ("DeliveryInformation.ShippingMethod.Code", "12", "Express", "12"),
        ];
        for (path, value, label, expected) in CASES {
            assert_eq!(choice(Target::from_name(path).unwrap(), value, label), *expected, "{path} {value}");
        }
    }

    #[test]
    fn a_disabled_field_is_unchanged() {
        let mut field = reading("BillingDetails.City", "Turin");
        field.enabled = false;
        assert!(of(&[field]).is_empty());
    }

    #[test]
    fn a_text_of_more_than_500_characters_is_no_change() {
        assert!(of(&[reading("BillingDetails.City", &"a".repeat(501))]).is_empty());
        assert_eq!(of(&[reading("BillingDetails.City", &"ä".repeat(500))]).len(), 1);
    }
}
