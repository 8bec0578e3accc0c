//! What the fields of an address show.

use wire::{Block, Detail, Path, concat, contains_card_number};

use super::{Draft, Reading, Role, put};
use crate::core::field::{Part, Target};
use crate::core::person_name;

/// A text, and whether its field was filled before: an empty one that never was says nothing.
#[derive(Clone, Default)]
struct Shown {
    text: String,
    was_filled: bool,
}

impl Shown {
    fn with(&self, text: String) -> Self {
        Self { text, was_filled: self.was_filled }
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

/// The country an address shows.
pub(super) fn country(readings: &[Reading], block: Block) -> Option<String> {
    text_of(readings, Target::detail(block, Detail::CountryCode))
        .map(|shown| shown.text)
        .filter(|text| !text.is_empty())
}

/// What stands in the fields of one target: `None` where there is no such field in sight, else the first value that is
/// there (a page may ask for the e-mail twice), or nothing.
///
/// Of unrelated fields that claim the target those with the best claim count. A field out of sight counts only where it
/// holds what something in sight shows. A text that is too long is no change, and is not searched for card numbers.
#[inline(never)]
fn text_of(readings: &[Reading], target: Target) -> Option<Shown> {
    let (mut is_seen, mut has_holder) = (false, false);
    for field in readings.iter().filter(|field| field.target == target) {
        is_seen |= field.role == Role::Field && field.counts();
        has_holder |= field.role == Role::Holder;
    }
    let is_held = has_holder && !is_seen;
    let (mut best, mut text, mut was_filled, mut is_done) = (None, String::new(), false, false);
    for field in readings.iter().filter(|field| field.target == target && field.fits()) {
        let counts = if is_held { field.role == Role::Holder } else { field.counts() };
        if !counts || best > Some(field.claim) {
            continue;
        }
        if best < Some(field.claim) {
            (best, was_filled, is_done) = (Some(field.claim), false, false);
            text.clear();
        }
        was_filled |= field.was_filled;
        let part = field.text.trim();
        // Before it is split or joined: a part of a card number looks like nothing.
        let part = if contains_card_number(part) { "" } else { part };
        if !field.is_part {
            is_done = !text.is_empty();
        }
        if !is_done {
            text = join(separator(target), &text, part);
        }
    }
    best?;
    match state(target, &text) {
        State::Whole => Some(Shown { text, was_filled }),
        State::Blank => Some(Shown { text: String::new(), was_filled }),
        State::Unfinished => Some(Shown::default()),
    }
}

/// What stands between the parts of a value.
fn separator(target: Target) -> &'static str {
    match target {
        Target::Lead(Path::Detail(_, Detail::Email)) => "@",
        Target::Lead(Path::Detail(_, Detail::Zip)) => "-",
        Target::Lead(Path::Detail(_, Detail::FiscalCode)) => "",
        _ => " ",
    }
}

/// How far a text has come.
enum State {
    /// It is a value, or an empty field.
    Whole,
    /// It only waits for a value: a mask, `+7 (___) ___-__-__`, a dial code without a number, signs alone.
    Blank,
    /// The shopper has not filled the mask yet: no change.
    Unfinished,
}

fn state(target: Target, text: &str) -> State {
    let is_sign = |c: char| c.is_ascii_punctuation() || c.is_whitespace();
    if !text.is_empty() && text.chars().all(is_sign) {
        return State::Blank;
    }
    let Target::Lead(Path::Detail(_, detail @ (Detail::Phone | Detail::Zip | Detail::FiscalCode))) = target else {
        return State::Whole;
    };
    let is_gap = |c: char| matches!(c, '_' | '#' | '\u{2022}' | '\u{2026}' | '\u{2007}' | '\u{25CB}' | '\u{25CF}');
    let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
    match text.split_once(is_gap) {
        Some((before, after)) if digits(before) <= 3 && !after.chars().any(|c| c.is_ascii_alphanumeric()) => {
            State::Blank
        }
        Some(_) => State::Unfinished,
        None if detail == Detail::Phone && text.starts_with('+') && digits(text) <= 3 => State::Blank,
        None => State::Whole,
    }
}

/// Enters what an address shows; the language of the page and the country of the address say how names are split.
pub(super) fn address(block: Block, readings: &[Reading], (language, country): (&str, &str), draft: &mut Draft) {
    let detail = |detail: Detail| text_of(readings, Target::detail(block, detail));
    let part = |part: Part| text_of(readings, Target::Part(block, part));
    let (mut first, mut last) = (detail(Detail::FirstName), detail(Detail::LastName));
    // Separate fields win over a sum, unless they stand empty beside a filled one.
    let is_blank = |shown: &Option<Shown>| shown.as_ref().is_none_or(Shown::is_empty);
    if let Some(full) = part(Part::FullName)
        && is_blank(&first)
        && is_blank(&last)
    {
        let is_family_first = person_name::is_family_first(language, country);
        let is_japanese = language.starts_with("ja") || country.to_ascii_uppercase().starts_with("JP");
        let (given, family) = person_name::split(&full.text, is_family_first, is_family_first && !is_japanese);
        (first, last) = (Some(full.with(given)), Some(full.with(family.unwrap_or_default())));
    }

    let mut lines = part(Part::StreetLines).map(|shown| {
        let mut lines = shown.text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
        let first = lines.next().unwrap_or_default();
        let rest = lines.reduce(|rest, line| concat(&[&rest, ", ", &line]));
        (shown.with(first), shown.with(rest.unwrap_or_default()))
    });
    let street = detail(Detail::Address1).or_else(|| lines.as_mut().map(|(first, _)| std::mem::take(first)));
    let second = detail(Detail::Address2).or_else(|| lines.map(|(_, rest)| rest));
    let phone = detail(Detail::Phone).or_else(|| joined(" ", [part(Part::PhoneArea), part(Part::PhoneLocal)]));
    // A house number alone is no address.
    let house = part(Part::HouseNumber).filter(|_| !is_blank(&street));

    let sums = [
        (Detail::FirstName, first),
        (Detail::LastName, last),
        (Detail::Address1, joined(" ", [street, house])),
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
    for (name, shown) in sums.into_iter().chain(plain.map(|name| (name, detail(name)))) {
        if let Some(shown) = shown {
            put(draft, Path::Detail(block, name), &shown.text, shown.was_filled);
        }
    }
}

/// What is there of two texts; `None` where there is a field for neither.
fn joined(separator: &str, parts: [Option<Shown>; 2]) -> Option<Shown> {
    match parts {
        [None, None] => None,
        [Some(only), None] | [None, Some(only)] => Some(only),
        [Some(a), Some(b)] => {
            Some(Shown { text: join(separator, &a.text, &b.text), was_filled: a.was_filled || b.was_filled })
        }
    }
}

fn join(separator: &str, a: &str, b: &str) -> String {
    if a.is_empty() || b.is_empty() { concat(&[a, b]) } else { concat(&[a, separator, b]) }
}

/// A telephone number with the country prefix chosen beside it. A prefix alone is no number.
fn with_prefix(prefix: Option<Shown>, number: Shown) -> Shown {
    let digits: String = prefix.unwrap_or_default().text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || number.is_empty() || number.text.starts_with('+') || number.text.starts_with("00") {
        return number;
    }
    number.with(concat(&["+", &digits, " ", &number.text]))
}
