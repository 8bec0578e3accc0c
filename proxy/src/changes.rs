//! The changes of a request as they may enter the lead: each is validated by itself, so that a bad one blocks no other.

mod raw;
mod scrub;

use serde::Deserialize;
use serde_json::Value as Json;
use serde_json::value::RawValue;
use twocheckout::lead::Item;
use wire::{
    Detail, DropReason, LeadState, MAX_FIELD_CHARS, Path, SaveRequest, Stamped, Value, contains_card_number, is_email,
};

use self::scrub::{refused_in_list, without_cards};
use crate::content::{self, ContentRules};
use crate::country;

pub use self::raw::RawObject;

/// A save whose changes are not read yet.
pub type RawSave = SaveRequest<RawObject>;

/// A change that could not enter the lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The name it came by.
    pub path: String,
    /// Why.
    pub reason: DropReason,
}

/// More coupon codes than this are none that a shopper has typed.
const MAX_PROMOTIONS: usize = 100;

/// More of a name than the longest path has is not repeated: it is the caller's own text.
const LONGEST_NAME: usize = 64;

/// The changes that may enter the lead, and those that may not, in the order of their names. A field that held a card
/// number counts as emptied.
///
/// A currency cannot be cleared: `updateLead` refuses a lead without one. So where the page names none, `currency` stands
/// in, older than anything a page may say.
pub fn validated(changes: &RawObject, rules: &ContentRules, currency: &str) -> (LeadState, Vec<Dropped>) {
    let mut kept = LeadState::default();
    let mut dropped: Vec<Dropped> = Vec::new();
    for (name, raw) in changes.iter() {
        match validate_change(name, raw, &mut dropped) {
            Ok((path, change)) => {
                kept.change(path, change);
            }
            Err((reason, emptied)) => {
                kept.merge(emptied.into_iter().collect());
                dropped.push(Dropped { path: name.chars().take(LONGEST_NAME).collect(), reason });
            }
        }
    }
    if !kept.is_empty() && kept.get(Path::Currency).is_none() {
        kept.change(Path::Currency, Stamped::text(currency, 0));
    }
    dropped.extend(rules.apply(&mut kept));
    dropped.sort_by(|a, b| a.path.cmp(&b.path));
    dropped.dedup_by(|a, b| a.path == b.path);
    (kept, dropped)
}

/// Why a change is dropped, and the clearing that stands in for it, if there is one.
type Refused = (DropReason, Option<(Path, Stamped)>);

#[derive(Deserialize)]
struct RawChange<'a> {
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
    #[serde(borrow)]
    at: &'a RawValue,
}

/// Parts of a list that are dropped by themselves are added to `dropped`.
fn validate_change(name: &str, raw: &RawValue, dropped: &mut Vec<Dropped>) -> Result<(Path, Stamped), Refused> {
    let no = |reason: DropReason| (reason, None);
    let path: Path = name.parse().map_err(|_| no(DropReason::UnknownPath))?;
    let RawChange { value, at } = serde_json::from_str(raw.get()).map_err(|_| no(DropReason::WrongType))?;
    // Beyond what a JavaScript number holds exactly, timestamps can no longer be compared.
    let at = at.get().parse::<u64>().ok().filter(|at| *at <= 1 << 53).ok_or(no(DropReason::BadTimestamp))?;
    let mut value: Json =
        serde_json::from_str(value.map_or("null", RawValue::get)).map_err(|_| no(DropReason::Unreadable))?;
    content::clean(&mut value);
    let card = || (DropReason::CardNumber, Some((path, Stamped::cleared(at))));
    match (path, value) {
        (Path::Items, value) => items(value, dropped).map(|json| (path, Stamped::json(json, at))).map_err(no),
        (Path::Currency, Json::Null) => Err(no(DropReason::CannotBeCleared)),
        (_, Json::Null) => Ok((path, Stamped::cleared(at))),
        (Path::Promotions, value) => {
            // What is too long is not searched for card numbers: it is refused in any case.
            let codes: Option<Vec<String>> = serde_json::from_value(value.clone()).ok();
            if codes
                .as_ref()
                .is_some_and(|codes| codes.len() > MAX_PROMOTIONS || codes.iter().any(|code| is_too_long(code)))
            {
                return Err(no(DropReason::TooLong));
            }
            if refused_in_list(&value).is_some() {
                return Err(card());
            }
            let codes = codes.ok_or(no(DropReason::WrongType))?;
            let json = serde_json::to_string(&codes).map_err(|_| no(DropReason::WrongType))?;
            Ok((path, Stamped::json(json, at)))
        }
        (_, Json::String(text)) => {
            let text = text.trim();
            if is_too_long(text) {
                return Err(no(DropReason::TooLong));
            }
            if contains_card_number(text) {
                return Err(card());
            }
            if text.is_empty() {
                return Ok((path, Stamped::cleared(at)));
            }
            let text = normal_text(path, text).map_err(no)?;
            Ok((path, Stamped { at, value: Some(Value::Text(text)) }))
        }
        _ => Err(no(DropReason::WrongType)),
    }
}

fn is_too_long(text: &str) -> bool {
    text.chars().nth(MAX_FIELD_CHARS).is_some()
}

/// A cart that became empty never sends empty Items, so there always is at least one.
fn items(value: Json, dropped: &mut Vec<Dropped>) -> Result<String, DropReason> {
    if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
        return Err(DropReason::CannotBeCleared);
    }
    let items: Vec<Item> = serde_json::from_value(value).map_err(|_| DropReason::IncompleteItem)?;
    if items.is_empty() || !items.iter().all(Item::is_complete) {
        return Err(DropReason::IncompleteItem);
    }
    let (mut items, fields) = without_cards(items);
    let reason = fields.first().map_or(DropReason::IncompleteItem, |one| one.reason);
    dropped.extend(fields);
    // An item that has lost its code may be none any more; the others stay.
    items.retain(Item::is_complete);
    if items.is_empty() {
        return Err(reason);
    }
    serde_json::to_string(&items).map_err(|_| DropReason::IncompleteItem)
}

/// A text as it enters the lead. Countries become ISO 3166-1 alpha-2.
fn normal_text(path: Path, text: &str) -> Result<String, DropReason> {
    let letters = |n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_alphabetic());
    let is_right = |right: bool, otherwise: DropReason| if right { Ok(text.to_owned()) } else { Err(otherwise) };
    match path {
        Path::Detail(_, Detail::Email) => is_right(is_email(text), DropReason::NotAnEmail),
        Path::Detail(_, Detail::CountryCode) => {
            country::alpha2(text).map(str::to_owned).ok_or(DropReason::UnknownCountry)
        }
        Path::Currency => is_right(letters(3), DropReason::NotACurrency),
        Path::Language => is_right(letters(2), DropReason::NotALanguage),
        Path::LocalTime => is_right(is_date_and_time(text), DropReason::NotATime),
        _ => Ok(text.to_owned()),
    }
}

/// Whether a text is `YYYY-MM-DD HH:MM:SS`; 2Checkout's page has `date("Y-m-d H:i:s")`.
fn is_date_and_time(text: &str) -> bool {
    text.len() == 19 && jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validate(changes: &str) -> (LeadState, Vec<(String, DropReason)>) {
        let (mut kept, dropped) = validated(&serde_json::from_str(changes).unwrap(), &ContentRules::default(), "USD");
        kept.retain(|path, change| path != Path::Currency || change.at > 0);
        (kept, dropped.into_iter().map(|one| (one.path, one.reason)).collect())
    }

    #[test]
    fn one_bad_change_is_named_with_its_reason_and_the_others_are_kept() {
        let long = "ä".repeat(501);
        let (kept, dropped) = validate(&format!(
            r#"{{"BillingDetails.City":{{"value":"Turin","at":3}},
                "BillingDetails.Phone":{{"value":null,"at":3}},
                "BillingDetails.State":{{"value":" ","at":3}},
                "BillingDetails.Address1":{{"value":"{long}","at":3}},
                "BillingDetails.CVC":{{"value":"123","at":3}},
                "BillingDetails.Company":{{"value":"x\ud83d","at":3}},
                "BillingDetails.CountryCode":{{"value":"Narnia","at":3}},
                "BillingDetails.Email":{{"value":"ada@exam","at":3}},
                "BillingDetails.FirstName":{{"value":"Ada","at":9007199254740993}},
                "BillingDetails.LastName":{{"value":"Lovelace","at":"3"}},
                "BillingDetails.Zip":{{"value":10117,"at":3}},
                "Currency":{{"value":"Euro","at":3}},
                "DeliveryDetails.City":"Rome",
                "Items":{{"value":[],"at":3}},
                "Language":{{"value":"english","at":3}},
                "LocalTime":{{"value":"2026-11-22T10:00:00Z","at":3}},
                "Promotions":{{"value":[1],"at":3}}}}"#
        ));
        assert_eq!(kept.text(Path::billing(Detail::City)), Some("Turin"));
        assert_eq!(kept.get(Path::billing(Detail::Phone)), Some(&Stamped::cleared(3)));
        assert_eq!(kept.get(Path::billing(Detail::State)), Some(&Stamped::cleared(3)));
        assert_eq!(kept.iter().count(), 3);
        let expected = [
            ("BillingDetails.Address1", DropReason::TooLong),
            ("BillingDetails.CVC", DropReason::UnknownPath),
            ("BillingDetails.Company", DropReason::Unreadable),
            ("BillingDetails.CountryCode", DropReason::UnknownCountry),
            ("BillingDetails.Email", DropReason::NotAnEmail),
            ("BillingDetails.FirstName", DropReason::BadTimestamp),
            ("BillingDetails.LastName", DropReason::BadTimestamp),
            ("BillingDetails.Zip", DropReason::WrongType),
            ("Currency", DropReason::NotACurrency),
            ("DeliveryDetails.City", DropReason::WrongType),
            ("Items", DropReason::CannotBeCleared),
            ("Language", DropReason::NotALanguage),
            ("LocalTime", DropReason::NotATime),
            ("Promotions", DropReason::WrongType),
        ];
        assert_eq!(dropped, expected.map(|(path, reason)| (path.to_owned(), reason)));
    }

    #[test]
    fn a_card_number_is_dropped_from_any_field_and_empties_it() {
        let (kept, dropped) = validate(
            r#"{"BillingDetails.Company":{"value":"4111 1111 1111 1111","at":3},
                "Items":{"value":[{"Code":"A","Quantity":1,"Name":"4111111111111111"}],"at":3},
                "Promotions":{"value":["4111111111111111"],"at":3}}"#,
        );
        let names = ["BillingDetails.Company", "Items[0].Name", "Promotions"];
        assert_eq!(dropped, names.map(|name| (name.to_owned(), DropReason::CardNumber)));
        assert_eq!(kept.get(Path::billing(Detail::Company)), Some(&Stamped::cleared(3)));
        assert_eq!(kept.get(Path::Promotions), Some(&Stamped::cleared(3)));
        assert_eq!(kept.text(Path::Items), Some(r#"[{"Code":"A","Quantity":1}]"#));
    }

    #[test]
    fn what_is_too_long_is_refused_unread() {
        let long = "4 ".repeat(30_000);
        let many = format!("[{}]", vec![r#""4111111111111111""#; MAX_PROMOTIONS + 1].join(","));
        let (kept, dropped) = validate(&format!(
            r#"{{"BillingDetails.Company":{{"value":"{long}","at":3}},"Promotions":{{"value":{many},"at":3}},
                "Items":{{"value":[{{"Code":"A"}},{{"Code":"{long}"}}],"at":3}}}}"#,
        ));
        let names = ["BillingDetails.Company", "Items[1].Code", "Promotions"];
        assert_eq!(dropped, names.map(|name| (name.to_owned(), DropReason::TooLong)));
        assert_eq!(kept.text(Path::Items), Some(r#"[{"Code":"A","Quantity":1}]"#));
        assert_eq!(kept.iter().count(), 1);
    }

    #[test]
    fn half_a_character_or_a_pit_drops_its_own_change_alone() {
        let pit = "[".repeat(5_000) + &"]".repeat(5_000);
        for bad in [r#""x\ud83d""#, r#""\udc00""#, r#"["\ud83d"]"#, r#"{"\ud83d":1}"#, pit.as_str()] {
            for path in ["BillingDetails.Company", "Items", "Promotions"] {
                let (kept, dropped) = validate(&format!(
                    r#"{{"BillingDetails.City":{{"value":"Turin","at":1}},"{path}":{{"value":{bad},"at":1}},"\ud83d":1}}"#
                ));
                assert_eq!(kept.text(Path::billing(Detail::City)), Some("Turin"), "{path} {bad}");
                assert_eq!(dropped.first(), Some(&(path.to_owned(), DropReason::Unreadable)), "{path}");
                assert_eq!((dropped.len(), dropped[1].1), (2, DropReason::UnknownPath));
            }
        }
    }

    #[test]
    fn amounts_arrive_as_they_were_written() {
        let (kept, dropped) = validate(
            r#"{"Items":{"value":[{"Code":"A","Quantity":"2","Price":{"Amount":19.99,"Type":"CUSTOM"}}],"at":1}}"#,
        );
        assert_eq!(dropped, []);
        let items: Json = serde_json::from_str(kept.text(Path::Items).unwrap()).unwrap();
        assert_eq!(items[0]["Price"]["Amount"].to_string(), "19.99");
        assert_eq!(items[0]["Quantity"], 2);
    }

    #[test]
    fn what_2checkout_would_refuse_is_dropped_and_blocks_nothing_else() {
        for changes in [
            r#"{"LocalTime":{"value":"2026-13-45 25:61:61","at":1}}"#,
            r#"{"Items":{"value":[{"Quantity":1}],"at":1}}"#,
            r#"{"Items":{"value":[{"Code":"A","RecurringOptions":{"CycleLength":1.5}}],"at":1}}"#,
        ] {
            let (kept, dropped) = validate(changes);
            assert_eq!((kept.is_empty(), dropped.len()), (true, 1), "{changes}");
        }
        let dynamic = r#"{"Items":{"value":[{"IsDynamic":true,"Name":"Engraving","Price":{"Amount":5}}],"at":1}}"#;
        assert_eq!(validate(dynamic).1, []);
        assert_eq!(validate(r#"{"LocalTime":{"value":"2026-11-22 10:00:00","at":1}}"#).1, []);
    }

    #[test]
    fn countries_become_codes() {
        let (kept, dropped) = validate(
            r#"{"BillingDetails.CountryCode":{"value":"united kingdom","at":1},
                "DeliveryDetails.CountryCode":{"value":null,"at":1}}"#,
        );
        assert_eq!(dropped, []);
        assert_eq!(kept.text(Path::billing(Detail::CountryCode)), Some("GB"));
        assert_eq!(kept.get(Path::delivery(Detail::CountryCode)), Some(&Stamped::cleared(1)));
    }

    #[test]
    fn a_currency_that_the_page_does_not_name_is_older_than_any_that_it_does() {
        let change = |json: &str| validated(&serde_json::from_str(json).unwrap(), &ContentRules::default(), "USD");
        let (kept, dropped) =
            change(r#"{"BillingDetails.City":{"value":null,"at":1},"Currency":{"value":null,"at":1}}"#);
        assert_eq!(kept.get(Path::Currency), Some(&Stamped::text("USD", 0)));
        assert_eq!(dropped, [Dropped { path: "Currency".into(), reason: DropReason::CannotBeCleared }]);
        assert!(change("{}").0.is_empty());
    }

    #[test]
    fn no_more_of_a_name_comes_back_than_a_path_is_long() {
        let (_, dropped) = validate(&format!(r#"{{"{}":{{"value":"x","at":1}}}}"#, "x".repeat(9_000)));
        assert_eq!(dropped[0].0.len(), LONGEST_NAME);
    }
}
