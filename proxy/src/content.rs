//! What a stranger may put into a lead, and so into a mail that 2Checkout sends in the merchant's name.
//!
//! What was typed arrives as it was, without characters that no one-line field holds; a name that holds a URL does not. Of
//! the items only what the operator lets the page say.

use std::collections::HashSet;

use serde_json::Value as Json;
use twocheckout::lead::{Amount, Item};
use wire::{Detail, DropReason, LeadState, Path, Stamped};

use crate::changes::Dropped;

/// `Items` longer than this, as JSON, are dropped.
pub const MAX_ITEMS_BYTES: usize = 8 * 1024;
/// More items than this are dropped.
pub const MAX_ITEMS: usize = 100;
/// A text of an item that is longer is dropped: a description is left out, anything else takes `Items` with it.
const MAX_ITEM_TEXT_CHARS: usize = 500;
/// More promotions than this are dropped.
pub const MAX_PROMOTIONS: usize = 20;
/// Longer promotion codes are dropped.
pub const MAX_PROMOTION_CHARS: usize = 100;

/// What may stand in a lead.
#[derive(Debug, Clone, Default)]
pub struct ContentRules {
    /// The products that may be led; `None`: those the page names.
    pub catalogue: Option<Catalogue>,
}

/// The products that may be led.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// Their codes in 2Checkout's catalogue.
    pub codes: HashSet<String>,
    /// Whether price, name and description of the page are taken. If not, 2Checkout's catalogue says them.
    pub takes_details: bool,
}

/// Takes out of every text of a value what no one-line field holds: see `one_line`.
pub fn clean(value: &mut Json) {
    match value {
        Json::String(text) => {
            if let Some(cleaned) = one_line(text) {
                *text = cleaned;
            }
        }
        Json::Array(list) => list.iter_mut().for_each(clean),
        Json::Object(map) => map.values_mut().for_each(clean),
        _ => {}
    }
}

/// The text as a field of one line holds it, if it is another: line breaks and tabs are a space; control characters, those
/// that turn the direction of writing round, and those that cannot be seen are gone.
fn one_line(text: &str) -> Option<String> {
    let is_break = |c: char| matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let is_hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
            || matches!(c, '\u{180E}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
    };
    if !text.chars().any(|c| is_break(c) || is_hidden(c)) {
        return None;
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut in_break = false;
    for c in text.chars() {
        if is_break(c) {
            if !in_break && !cleaned.is_empty() {
                cleaned.push(' ');
            }
            in_break = true;
        } else if !is_hidden(c) {
            in_break = false;
            cleaned.push(c);
        }
    }
    Some(cleaned)
}

impl ContentRules {
    /// Takes out of the changes what may not stand in a lead, and names it: a path, or a part of `Items` such as
    /// `Items[0].Price`.
    pub fn apply(&self, changes: &mut LeadState) -> Vec<Dropped> {
        let mut dropped = Vec::new();
        let mut replaced = Vec::new();
        changes.retain(|path, change| {
            let Some(text) = change.value.as_ref().map(wire::Value::as_str) else { return true };
            let reason = match path {
                Path::Detail(_, Detail::FirstName | Detail::LastName) if holds_url(text) => Some(DropReason::HoldsUrl),
                Path::Promotions => promotions(text).err(),
                Path::Items => match self.items(text, &mut dropped) {
                    Ok(None) => None,
                    Ok(Some(items)) => {
                        replaced.push((path, Stamped::json(items, change.at)));
                        return false;
                    }
                    Err(reason) => Some(reason),
                },
                _ => None,
            };
            dropped.extend(reason.map(|reason| Dropped { path: path.name(), reason }));
            reason.is_none()
        });
        changes.merge(replaced.into_iter().collect());
        dropped
    }

    /// The items as they may be led, if that is something else than what was sent. An error takes all of them.
    fn items(&self, json: &str, dropped: &mut Vec<Dropped>) -> Result<Option<String>, DropReason> {
        if json.len() > MAX_ITEMS_BYTES.saturating_mul(8) {
            return Err(DropReason::TooLong);
        }
        let sent: Vec<Item> = serde_json::from_str(json).map_err(|_| DropReason::TooLong)?;
        if sent.len() > MAX_ITEMS {
            return Err(DropReason::TooLong);
        }
        let mut led = Vec::with_capacity(sent.len());
        let mut last = None;
        for (index, item) in sent.iter().enumerate() {
            let mut item = item.clone();
            let kept = self.item(&mut item, &mut |part, reason| {
                dropped.push(Dropped { path: format!("Items[{index}].{part}"), reason });
            });
            match kept {
                Ok(()) => led.push(item),
                Err(reason) => {
                    dropped.push(Dropped { path: format!("Items[{index}]"), reason });
                    last = Some(reason);
                }
            }
        }
        // A cart that became empty never sends empty Items.
        if let (true, Some(reason)) = (led.is_empty(), last) {
            return Err(reason);
        }
        let json = serde_json::to_string(&led).map_err(|_| DropReason::TooLong)?;
        if json.len() > MAX_ITEMS_BYTES {
            return Err(DropReason::TooLong);
        }
        Ok((led != sent).then_some(json))
    }

    /// Makes of an item what may be led, and names the parts that are left out. An error takes the whole item.
    fn item(&self, item: &mut Item, left_out: &mut dyn FnMut(&str, DropReason)) -> Result<(), DropReason> {
        if item.description.as_deref().is_some_and(is_too_long) {
            item.description = None;
            left_out("Description", DropReason::TooLong);
        }
        if texts(item).into_iter().flatten().any(is_too_long) {
            return Err(DropReason::TooLong);
        }
        if let Some(catalogue) = &self.catalogue {
            if !item.code.as_ref().is_some_and(|code| catalogue.codes.contains(code)) {
                return Err(DropReason::NotInCatalogue);
            }
            item.is_dynamic = None;
            if !catalogue.takes_details {
                // Not named: the operator wants it so, and nothing is missing.
                without_details(item);
                return Ok(());
            }
        }
        // Nothing but the page names a dynamic product and its price.
        let is_dynamic = item.is_dynamic == Some(true) && item.code.is_none();
        if item.name.as_deref().is_some_and(holds_link) {
            if is_dynamic {
                return Err(DropReason::HoldsUrl);
            }
            item.name = None;
            left_out("Name", DropReason::HoldsUrl);
        }
        if self.catalogue.is_none() {
            let had_price = item.price.is_some();
            let bad = drop_bad_prices(item);
            if is_dynamic && had_price && item.price.is_none() {
                return Err(DropReason::BadPrice);
            }
            bad.into_iter().for_each(|part| left_out(part, DropReason::BadPrice));
        }
        Ok(())
    }
}

fn is_too_long(text: &str) -> bool {
    text.chars().count() > MAX_ITEM_TEXT_CHARS
}

fn texts(item: &Item) -> [Option<&str>; 5] {
    [&item.code, &item.sku, &item.name, &item.purchase_type, &item.subscription_start_date].map(Option::as_deref)
}

/// What 2Checkout's own catalogue says better.
fn without_details(item: &mut Item) {
    (item.name, item.description, item.price, item.trial) = (None, None, None, None);
    if let Some(options) = &mut item.recurring_options {
        options.cycle_amount = None;
    }
    for option in item.price_options.iter_mut().flat_map(|group| &mut group.options) {
        option.surcharge = None;
    }
}

/// Drops prices of zero or less, and whatever else would make a product cheaper than the catalogue has it. A free trial is
/// none of those. Returns the names of the parts that went.
fn drop_bad_prices(item: &mut Item) -> Vec<&'static str> {
    let mut dropped = Vec::new();
    let not_positive = |amount: Amount| amount.is_sign_negative() || amount.is_zero();
    if item.price.as_ref().is_some_and(|price| price.amount.is_none_or(not_positive)) {
        item.price = None;
        dropped.push("Price");
    }
    if let Some(options) = &mut item.recurring_options
        && options.cycle_amount.is_some_and(not_positive)
    {
        options.cycle_amount = None;
        dropped.push("RecurringOptions.CycleAmount");
    }
    if let Some(trial) = &mut item.trial
        && trial.price.is_some_and(|amount| amount.is_sign_negative())
    {
        trial.price = None;
        dropped.push("Trial.Price");
    }
    for option in item.price_options.iter_mut().flat_map(|group| &mut group.options) {
        if option.surcharge.is_some_and(|amount| amount.is_sign_negative()) {
            option.surcharge = None;
            dropped.push("PriceOptions");
        }
    }
    dropped
}

fn promotions(json: &str) -> Result<(), DropReason> {
    let codes: Vec<String> = serde_json::from_str(json).map_err(|_| DropReason::TooLong)?;
    let is_short = |code: &String| code.chars().count() <= MAX_PROMOTION_CHARS;
    if codes.len() <= MAX_PROMOTIONS && codes.iter().all(is_short) { Ok(()) } else { Err(DropReason::TooLong) }
}

/// Whether a person's name holds what mail programs make a link of: a URL, or the name of a host.
fn holds_url(text: &str) -> bool {
    holds_link(text) || text.split(|c: char| c.is_whitespace() || "<>()[]\"',;".contains(c)).any(is_host)
}

/// Whether a text holds a URL. A bare host is none: shops sell domains.
fn holds_link(text: &str) -> bool {
    let text = text.to_lowercase();
    let has_path = |word: &str| word.split_once(['/', '?', '#']).is_some_and(|(host, _)| is_host_like(host));
    text.contains("://")
        || text.contains("www.")
        || ["http:", "https:", "mailto:", "javascript:", "data:"].iter().any(|scheme| text.contains(scheme))
        || text.split(|c: char| c.is_whitespace() || "<>()[]\"',;=".contains(c)).any(|word| {
            word.strip_prefix("//").is_some_and(|rest| is_host_like(rest.split('/').next().unwrap_or_default()))
                || has_path(word)
        })
}

/// `evil.example`: labels of letters, digits and hyphens, the last of letters.
fn is_host_like(text: &str) -> bool {
    let host = text.split_once(':').map_or(text, |(host, _)| host);
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && !label.starts_with('-')
    };
    host.rsplit_once('.').is_some_and(|(before, last)| {
        last.chars().count() >= 2 && last.chars().all(char::is_alphabetic) && before.split('.').all(is_label)
    })
}

/// Endings of hosts that end no name of a person.
const GENERIC: &[&str] = &[
    "app", "biz", "blog", "click", "club", "com", "dev", "example", "icu", "info", "io", "link", "live", "net",
    "online", "org", "page", "shop", "site", "space", "store", "top", "vip", "website", "work", "xyz",
];

/// Whether a word of a person's name is a host. Initials and abbreviations ("Dr.No", "J.R.R.", "St.John") are none.
fn is_host(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let word = word.split_once(':').map_or(word.as_str(), |(host, _)| host);
    let Some((before, last)) = word.rsplit_once('.').filter(|_| is_host_like(word)) else { return false };
    let label = before.rsplit('.').next().unwrap_or_default();
    GENERIC.contains(&last) || (last.len() == 2 && last.is_ascii() && label.chars().count() >= 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(list: &[(&str, &str)]) -> LeadState {
        let change = |(path, text): &(&str, &str)| {
            let path: Path = path.parse().unwrap();
            (path, if path.is_json() { Stamped::json(*text, 1) } else { Stamped::text(*text, 1) })
        };
        list.iter().map(change).collect()
    }

    fn items(rules: &ContentRules, json: &str) -> (Option<Json>, Option<DropReason>) {
        let mut changes = state(&[("Items", json)]);
        let dropped = rules.apply(&mut changes);
        let kept = changes.text(Path::Items).map(|text| serde_json::from_str(text).unwrap());
        (kept, dropped.last().map(|one| one.reason))
    }

    fn catalogue(takes_details: bool) -> ContentRules {
        let codes = ["A", "B"].map(str::to_owned).into();
        ContentRules { catalogue: Some(Catalogue { codes, takes_details }) }
    }

    #[test]
    fn a_field_of_one_line_loses_what_nobody_typed_and_keeps_the_rest() {
        const CASES: &[(&str, &str)] = &[
            ("Lovelace\r\nBcc: all@example.com", "Lovelace Bcc: all@example.com"),
            ("\u{202E}moc.live\u{202C}", "moc.live"),
            ("ada\u{200B}@example.com\u{FEFF}", "ada@example.com"),
            ("a\u{0}b\u{7}\tc", "ab c"),
            ("\n\nAda", "Ada"),
            ("Straße 1,  2. OG", "Straße 1,  2. OG"),
            ("O’Brien-Łukasz & <Söhne> \"北京\" 😀", "O’Brien-Łukasz & <Söhne> \"北京\" 😀"),
        ];
        for (text, expected) in CASES {
            assert_eq!(one_line(text).as_deref().unwrap_or(text), *expected, "{text:?}");
        }
        let mut items: Json = serde_json::from_str(r#"[{"Code":"A\n","PriceOptions":[{"Name":"\u202Ex"}]}]"#).unwrap();
        clean(&mut items);
        assert_eq!(items, serde_json::json!([{"Code": "A ", "PriceOptions": [{"Name": "x"}]}]));
    }

    #[test]
    fn a_name_that_holds_a_url_is_dropped() {
        for name in [
            "You won! https://evil.example/x",
            "HTTP://EVIL.EXAMPLE",
            "www.evil.example",
            "evil.com",
            "Claim at evil.shop now",
            "evil.example/x?y",
            "<a href=//evil.example>here</a>",
            "(evil.ru)",
            "evil.com:8080",
            "mailto:eve@evil.example",
        ] {
            for path in ["BillingDetails.FirstName", "DeliveryDetails.LastName"] {
                let mut changes = state(&[(path, name), ("BillingDetails.Address1", name)]);
                assert_eq!(
                    ContentRules::default().apply(&mut changes),
                    [Dropped { path: path.to_owned(), reason: DropReason::HoldsUrl }],
                    "{name}"
                );
                assert_eq!(changes.iter().count(), 1, "an address is no name");
            }
        }
    }

    #[test]
    fn a_name_that_holds_none_arrives() {
        for name in [
            "Ada",
            "J.R.R.",
            "St.John",
            "Dr.No",
            "Ma.Carmen",
            "Jean-Luc",
            "O'Neill",
            "Anna/Maria",
            "Müller, Dr. jur.",
            "M.Sc.",
            "D. J.",
            "Ph.D.",
            "Nguyễn Văn A",
            "王小明",
            "Smith (c/o Jones)",
            "and/or",
            "A.B.",
            "Jan.de Vries",
        ] {
            assert_eq!(ContentRules::default().apply(&mut state(&[("BillingDetails.FirstName", name)])), [], "{name}");
        }
    }

    #[test]
    fn without_a_catalogue_no_price_makes_a_product_free() {
        let rules = ContentRules::default();
        let price = |amount: &str| format!(r#"[{{"Code":"A","Price":{{"Amount":{amount},"Type":"CUSTOM"}}}}]"#);
        for amount in ["-5", "0", "0.00", "-0.01"] {
            let (kept, reason) = items(&rules, &price(amount));
            assert_eq!(reason, Some(DropReason::BadPrice), "{amount}");
            assert_eq!(kept.unwrap()[0].get("Price"), None, "2Checkout's catalogue says it");
        }
        assert_eq!(items(&rules, &price("0.01")).1, None);
        let surcharge = r#"[{"Code":"A","PriceOptions":[{"Name":"P","Options":[{"Name":"x","Surcharge":-9}]}]}]"#;
        assert_eq!(items(&rules, surcharge).1, Some(DropReason::BadPrice));
        let trial = r#"[{"Code":"A","Trial":{"Period":7,"Price":0}}]"#;
        assert_eq!(items(&rules, trial).1, None, "a free trial");
        let dynamic = r#"[{"IsDynamic":true,"Name":"X","Price":{"Amount":-5}},{"Code":"A"}]"#;
        let (kept, reason) = items(&rules, dynamic);
        assert_eq!((kept.unwrap().as_array().unwrap().len(), reason), (1, Some(DropReason::BadPrice)));
        assert_eq!(
            items(&rules, r#"[{"IsDynamic":true,"Name":"X","Price":{"Amount":0}}]"#),
            (None, Some(DropReason::BadPrice))
        );
    }

    #[test]
    fn a_catalogue_says_what_may_be_led() {
        let sent = r#"[{"Code":"A","Name":"Mine","Description":"d","Price":{"Amount":1}},{"Code":"X"},
            {"IsDynamic":true,"Name":"Y","Price":{"Amount":1}}]"#;
        let (kept, reason) = items(&catalogue(false), sent);
        assert_eq!(kept.unwrap(), serde_json::json!([{"Code": "A", "Quantity": 1}]));
        assert_eq!(reason, Some(DropReason::NotInCatalogue));
        let (kept, _) = items(&catalogue(true), sent);
        assert_eq!(kept.unwrap()[0]["Price"]["Amount"], 1);
        assert_eq!(items(&catalogue(true), r#"[{"Code":"X"}]"#), (None, Some(DropReason::NotInCatalogue)));
    }

    #[test]
    fn details_that_the_catalogue_says_better_are_no_reason_to_name_items() {
        let (kept, reason) = items(&catalogue(false), r#"[{"Code":"A","Name":"Mine","Price":{"Amount":0}}]"#);
        assert_eq!((kept.unwrap(), reason), (serde_json::json!([{"Code": "A", "Quantity": 1}]), None));
    }

    #[test]
    fn items_are_of_a_bounded_size() {
        let rules = ContentRules::default();
        let many = |n: usize, item: &str| format!("[{}]", vec![item; n].join(","));
        assert_eq!(items(&rules, &many(MAX_ITEMS, r#"{"Code":"A"}"#)).1, None);
        assert_eq!(items(&rules, &many(MAX_ITEMS + 1, r#"{"Code":"A"}"#)), (None, Some(DropReason::TooLong)));
        let long = format!(r#"{{"Code":"A","SKU":"{}"}}"#, "s".repeat(400));
        assert_eq!(items(&rules, &many(40, &long)), (None, Some(DropReason::TooLong)));
        let description = format!(r#"[{{"Code":"A","Description":"{}"}}]"#, "d".repeat(20_000));
        let (kept, reason) = items(&rules, &description);
        assert_eq!((kept.unwrap()[0].get("Description"), reason), (None, Some(DropReason::TooLong)));
        let name = format!(r#"[{{"Code":"A","Name":"{}"}}]"#, "n".repeat(501));
        assert_eq!(items(&rules, &name), (None, Some(DropReason::TooLong)));
    }

    #[test]
    fn an_item_whose_name_holds_a_url_loses_it() {
        let (kept, reason) = items(&ContentRules::default(), r#"[{"Code":"A","Name":"<img src=//evil.example/x>"}]"#);
        assert_eq!((kept.unwrap()[0].get("Name"), reason), (None, Some(DropReason::HoldsUrl)));
        assert_eq!(items(&ContentRules::default(), r#"[{"Code":"A","Name":"example.com, 1 year"}]"#).1, None);
    }

    #[test]
    fn what_is_left_out_of_an_item_is_named() {
        let sent = r#"[{"Code":"A"},{"Code":"B","Price":{"Amount":0},"Name":"//evil.example"},{"IsDynamic":true,"Name":"X",
            "Price":{"Amount":-1}}]"#;
        let dropped = ContentRules::default().apply(&mut state(&[("Items", sent)]));
        let names: Vec<&str> = dropped.iter().map(|one| one.path.as_str()).collect();
        assert_eq!(names, ["Items[1].Name", "Items[1].Price", "Items[2]"]);
    }

    #[test]
    fn promotions_are_of_a_bounded_number_and_length() {
        let apply = |codes: Vec<String>| {
            let json = serde_json::to_string(&codes).unwrap();
            ContentRules::default().apply(&mut state(&[("Promotions", &json)]))
        };
        assert_eq!(apply(vec!["SPRING".into(); 20]), []);
        let too_long = [Dropped { path: "Promotions".into(), reason: DropReason::TooLong }];
        assert_eq!(apply(vec!["SPRING".into(); 21]), too_long);
        assert_eq!(apply(vec!["x".repeat(101)]), too_long);
    }
}
