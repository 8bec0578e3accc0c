//! From what stands in the fields to what stands in the lead: parts are joined, sums are split, and what may not travel
//! is kept back.

mod departed;
mod shown;

use wire::json;
use wire::{Block, Detail, MAX_FIELD_CHARS, Path, PathMap, Value, contains_card_number, is_email};

use crate::core::field::{Part, Target};

/// A field as the browser side has read it.
#[derive(Clone)]
pub struct Reading {
    /// Where its value goes.
    pub target: Target,
    /// What stands in it. Nothing, where it is out of sight and holds no value for what is in sight.
    pub text: String,
    /// Not disabled, by itself or by a fieldset.
    pub enabled: bool,
    /// In sight: the shopper sees it, or would by scrolling.
    pub visible: bool,
    /// This very element was seen filled before, and in sight.
    pub was_filled: bool,
    /// The numbers of the readings in which it was in sight, the first and the last one. 0: never.
    pub in_sight: (u32, u32),
    /// The largest element around it that has nothing in sight, where it is out of sight. Equal numbers are one element.
    pub container: u32,
    /// It continues the field before it of the same target.
    pub is_part: bool,
    /// How well it says what it is.
    pub claim: u8,
    /// What it holds is shown by something else: a list of the page's own making over a hidden input.
    pub role: Role,
}

/// How a field shows its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// By itself.
    #[default]
    Field,
    /// It is where the shopper searches for the value, which may be held by another.
    Search,
    /// It is out of sight and holds what something else shows.
    Holder,
}

impl Reading {
    /// An ordinary field, in sight, that was filled before.
    pub fn new(target: Target, text: String) -> Self {
        Self {
            target,
            text,
            enabled: true,
            visible: true,
            was_filled: true,
            in_sight: (1, 1),
            container: 0,
            is_part: false,
            claim: 0,
            role: Role::Field,
        }
    }

    /// The shopper sees it, and it is not an empty field in which nothing can be done.
    fn counts(&self) -> bool {
        self.visible && (self.enabled || !self.text.trim().is_empty())
    }

    fn fits(&self) -> bool {
        self.text.chars().nth(MAX_FIELD_CHARS).is_none()
    }
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("target", &self.target).finish_non_exhaustive()
    }
}

/// What the page says of the lead right now: a path with a value, or with `None` where the page has a field for it that
/// was filled and is empty now. A path that is absent is unchanged.
pub type Draft = PathMap<Option<Value>>;

/// Reads the lead out of the fields of a page in a language (BCP 47).
pub fn of(readings: &[Reading], language: &str) -> Draft {
    let mut draft = Draft::default();
    let billing_country = shown::country(readings, Block::Billing);
    for block in [Block::Billing, Block::Delivery] {
        let in_use = if block == Block::Billing { Some(true) } else { delivery_in_use(readings) };
        if in_use == Some(false) {
            for reading in readings.iter().filter(|reading| reading.target.block() == Some(block)) {
                for detail in details(&reading.target) {
                    draft.insert(Path::Detail(block, *detail), None);
                }
            }
        } else if in_use.is_some() {
            let country = shown::country(readings, block).or(billing_country.clone()).unwrap_or_default();
            shown::address(block, readings, (language, &country), &mut draft);
            departed::take_back(readings, block, &mut draft);
        }
    }
    for reading in readings.iter().filter(|reading| reading.enabled && reading.fits()) {
        if let Target::Lead(path) = reading.target
            && reading.target.block().is_none()
        {
            put(&mut draft, path, &reading.text, reading.was_filled);
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
/// `None` where there is no such block, or where it has gone out of sight with all that stood beside it (a step of a
/// wizard) and says nothing.
pub fn delivery_in_use(readings: &[Reading]) -> Option<bool> {
    let is_delivery = |reading: &&Reading| reading.target.block() == Some(Block::Delivery);
    if readings.iter().filter(is_delivery).any(|reading| reading.enabled && reading.visible) {
        return Some(true);
    }
    // Of the billing address, what stands beside it wherever it stands.
    let is_beside = |reading: &&Reading| {
        let contact = [Detail::Email, Detail::Phone].map(|detail| Target::detail(Block::Billing, detail));
        reading.target.block() == Some(Block::Billing) && reading.visible && !contact.contains(&reading.target)
    };
    readings.iter().any(|reading| is_delivery(&reading)).then_some(())?;
    let last = readings.iter().filter(is_delivery).map(|reading| reading.in_sight.1).max().unwrap_or_default();
    let stays = readings.iter().filter(is_beside).any(|reading| last == 0 || reading.in_sight.0 <= last);
    stays.then_some(false)
}

/// The details of its address that a field contributes to.
fn details(target: &Target) -> &[Detail] {
    match target {
        Target::Lead(Path::Detail(_, detail)) => std::slice::from_ref(detail),
        Target::Lead(_) => &[],
        Target::Part(_, part) => match part {
            Part::FullName => &[Detail::FirstName, Detail::LastName],
            Part::HouseNumber => &[Detail::Address1],
            Part::StreetLines => &[Detail::Address1, Detail::Address2],
            Part::AddressLine3 => &[Detail::Address2],
            Part::PhonePrefix | Part::PhoneArea | Part::PhoneLocal => &[Detail::Phone],
        },
    }
}

/// Enters a text, unless it may not travel: a card number counts as an empty field, an unfinished e-mail address or a
/// text that is too long as no change. An empty field clears what stood in it, and says nothing where nothing did.
fn put(draft: &mut Draft, path: Path, text: &str, was_filled: bool) {
    let text = text.trim();
    if text.chars().nth(MAX_FIELD_CHARS).is_some() {
        return;
    }
    if text.is_empty() || contains_card_number(text) {
        if was_filled {
            draft.insert(path, None);
        }
    } else if path == Path::Promotions {
        draft.insert(path, codes(text));
    } else if !matches!(path, Path::Detail(_, Detail::Email)) || is_email(text) {
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
        Reading::new(target, text.into())
    }

    fn shown(readings: &[Reading]) -> Vec<(String, Option<String>)> {
        of(readings, "en")
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
        let no_city = ("DeliveryDetails.City".to_owned(), None);
        let zip = ("DeliveryDetails.Zip".to_owned(), Some("00100".to_owned()));
        assert_eq!(paths(&readings), [no_city, zip], "one of two is taken away");
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
    fn a_disabled_field_says_what_is_seen_in_it_and_nothing_when_it_is_empty() {
        let mut field = reading("BillingDetails.City", "Turin");
        field.enabled = false;
        assert_eq!(of(&[field.clone()], "").len(), 1);
        field.text.clear();
        assert!(of(&[field], "").is_empty());
    }

    #[test]
    fn an_empty_field_that_never_was_filled_says_nothing() {
        let mut field = reading("BillingDetails.City", "");
        assert_eq!(shown(&[field.clone()]), [("BillingDetails.City".to_owned(), None)]);
        field.was_filled = false;
        assert!(of(&[field], "").is_empty());
    }

    fn parts(name: &str, texts: &[&str]) -> Option<String> {
        let mut readings: Vec<Reading> = texts.iter().map(|text| reading(name, text)).collect();
        readings.iter_mut().skip(1).for_each(|reading| reading.is_part = true);
        shown(&readings).into_iter().find_map(|(_, value)| value)
    }

    #[test]
    fn parts_that_stand_side_by_side_are_one_value() {
        let cases: &[(&str, &[&str], &str)] = &[
            ("BillingDetails.Phone", &["212", "555", "0100"], "212 555 0100"),
            ("BillingDetails.Zip", &["100", "0001"], "100-0001"),
            ("BillingDetails.Zip", &["12345", ""], "12345"),
            ("BillingDetails.Email", &["ada", "example.com"], "ada@example.com"),
            ("BillingDetails.FiscalCode", &["12", "345"], "12345"),
        ];
        for (name, texts, whole) in cases {
            assert_eq!(parts(name, texts).as_deref(), Some(*whole), "{texts:?}");
        }
        assert_eq!(parts("BillingDetails.Phone", &["4111", "1111", "1111 1111"]), None, "a card number in boxes");
    }

    #[test]
    fn the_better_claim_to_a_path_wins_and_not_the_first() {
        let mut readings = [reading("BillingDetails.Zip", "12345678"), reading("BillingDetails.Zip", "10117")];
        readings[1].claim = 1;
        assert_eq!(shown(&readings), [("BillingDetails.Zip".to_owned(), Some("10117".to_owned()))]);
        readings[1].visible = false;
        assert_eq!(shown(&readings), [("BillingDetails.Zip".to_owned(), Some("12345678".to_owned()))]);
    }

    #[test]
    fn a_holder_counts_where_no_field_in_sight_has_its_path() {
        let mut holder = reading("BillingDetails.CountryCode", "DE");
        (holder.visible, holder.role) = (false, Role::Holder);
        let mut search = reading("BillingDetails.CountryCode", "");
        search.role = Role::Search;
        let germany = [("BillingDetails.CountryCode".to_owned(), Some("DE".to_owned()))];
        assert_eq!(shown(&[holder.clone()]), germany);
        assert_eq!(shown(&[search.clone(), holder.clone()]), germany);
        search.role = Role::Field;
        search.text = "IT".to_owned();
        assert_eq!(shown(&[search, holder])[0].1.as_deref(), Some("IT"));
    }

    #[test]
    fn a_mask_a_dial_code_and_a_house_number_alone_are_no_values() {
        for (name, text) in [
            ("Phone", "+7 (___) ___-__-__"),
            ("Phone", "(___) ___-____"),
            ("Phone", "+33"),
            ("Phone", "+7 (912) 3__-__-__"),
            ("Zip", "_____-___"),
            ("Zip", "#####"),
            ("FiscalCode", "__.___.___/____-__"),
            ("HouseNumber", "123"),
        ] {
            let mut field = reading(&format!("BillingDetails.{name}"), text);
            field.was_filled = false;
            assert!(of(&[field], "").is_empty(), "{text}");
        }
        let kept = [("Phone", "+7 (912) 345-67-89"), ("Address1", "c/o A_B"), ("Zip", "SW1Y 4JH"), ("Phone", "112")];
        for (name, text) in kept {
            assert_eq!(of(&[reading(&format!("BillingDetails.{name}"), text)], "").len(), 1, "{text}");
        }
    }

    /// Fields seen together once; those of the second list are out of sight now, each in a container.
    fn after(staying: &[&str], gone: &[(&str, u32)]) -> Vec<String> {
        let mut readings: Vec<Reading> = staying.iter().map(|name| reading(name, "x@example.com")).collect();
        readings.iter_mut().for_each(|reading| reading.in_sight.1 = 2);
        for (name, container) in gone {
            let mut field = reading(name, "");
            (field.visible, field.container) = (false, *container);
            readings.push(field);
        }
        shown(&readings).into_iter().filter(|(_, value)| value.is_none()).map(|(path, _)| path).collect()
    }

    #[test]
    fn what_is_taken_away_from_a_block_in_sight_is_taken_back_and_a_step_keeps_what_it_had() {
        let block = ["BillingDetails.Email", "BillingDetails.LastName", "BillingDetails.City"];
        assert_eq!(
            after(&block, &[("BillingDetails.Company", 1), ("BillingDetails.FiscalCode", 2)]),
            ["BillingDetails.Company", "BillingDetails.FiscalCode"]
        );
        assert_eq!(
            after(&block, &[("BillingDetails.Company", 1), ("BillingDetails.FiscalCode", 1)]).len(),
            2,
            "in a container of their own"
        );
        let step = [("BillingDetails.LastName", 1), ("BillingDetails.Address1", 1), ("BillingDetails.City", 1)];
        assert!(after(&["BillingDetails.Email"], &step).is_empty(), "a saved address is used");
        assert!(after(&[], &[("BillingDetails.Company", 1)]).is_empty(), "nothing stays");
        assert!(after(&block, &[("BillingDetails.Email", 1)]).is_empty(), "an e-mail address is there");
        assert!(
            after(&["BillingDetails.City"], &[("BillingDetails.Email", 1)]).is_empty(),
            "a lead lives by its e-mail"
        );
    }

    #[test]
    fn a_step_that_comes_after_another_takes_nothing_back() {
        let mut gone = reading("BillingDetails.Phone", "");
        gone.visible = false;
        let mut next = reading("BillingDetails.City", "Turin");
        next.in_sight = (2, 2);
        assert_eq!(of(&[gone, next], "").len(), 1);
    }

    #[test]
    fn a_name_is_split_as_language_or_country_says() {
        let name = reading("BillingDetails.FullName", "Nagy János");
        let last = |readings: &[Reading], language| {
            of(readings, language).get(Path::billing(Detail::LastName)).cloned().flatten()
        };
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        assert_eq!(last(std::slice::from_ref(&name), "en"), text("János"));
        assert_eq!(last(std::slice::from_ref(&name), "hu"), text("Nagy"));
        assert_eq!(last(&[name, reading("BillingDetails.CountryCode", "HU")], "en"), text("Nagy"));
    }

    #[test]
    fn a_text_of_more_than_500_characters_is_no_change() {
        assert!(of(&[reading("BillingDetails.City", &"a".repeat(501))], "").is_empty());
        assert_eq!(of(&[reading("BillingDetails.City", &"ä".repeat(500))], "").len(), 1);
    }
}
