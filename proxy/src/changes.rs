//! The changes of a request as they may enter the lead: what `wire` judged, and what takes a server to know.

use wire::request::SaveRequest;
use wire::{Detail, LeadState, Path, Stamped, Value};

use crate::country;

/// The changes that may enter the lead, and the names of those that may not, in order.
///
/// Countries become ISO 3166-1 alpha-2, an unknown one is dropped. A currency cannot be cleared: `updateLead` refuses a
/// lead without one. So where the page names none, `currency` stands in, older than anything a page may say.
pub fn judged(request: &SaveRequest, currency: &str) -> (LeadState, Vec<String>) {
    let (good, mut dropped) = request.changes();
    let mut kept: LeadState = good
        .iter()
        .filter_map(|(path, change)| match normal(path, change) {
            Some(change) => Some((path, change)),
            None => {
                dropped.push(path.name());
                None
            }
        })
        .collect();
    dropped.sort_unstable();
    dropped.dedup();
    if !kept.is_empty() && kept.get(Path::Currency).is_none() {
        kept.change(Path::Currency, Stamped::text(currency, 0));
    }
    (kept, dropped)
}

fn normal(path: Path, change: &Stamped) -> Option<Stamped> {
    let mut change = change.clone();
    match (path, &change.value) {
        (Path::Detail(_, Detail::CountryCode), Some(text)) => {
            change.value = Some(Value::Text(country::alpha2(text.as_str())?.to_owned()));
        }
        (Path::Currency, None) => return None,
        _ => {}
    }
    Some(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(changes: &str) -> (LeadState, Vec<String>) {
        judged(&serde_json::from_str(&format!(r#"{{"cart":"c","key":"k","changes":{changes}}}"#)).unwrap(), "USD")
    }

    #[test]
    fn countries_become_codes_and_unknown_ones_are_named() {
        let (kept, dropped) = judge(
            r#"{"BillingDetails.CountryCode":{"value":"united kingdom","at":1},
                "DeliveryDetails.CountryCode":{"value":"Narnia","at":1},
                "BillingDetails.CVC":{"value":"1","at":1},
                "BillingDetails.CVC":{"value":"2","at":2}}"#,
        );
        assert_eq!(kept.text(Path::billing(Detail::CountryCode)), Some("GB"));
        assert_eq!(kept.iter().count(), 2, "with the currency that stands in");
        assert_eq!(dropped, ["BillingDetails.CVC", "DeliveryDetails.CountryCode"]);
    }

    #[test]
    fn a_country_can_be_cleared_and_a_currency_cannot() {
        let (kept, dropped) =
            judge(r#"{"BillingDetails.CountryCode":{"value":null,"at":1},"Currency":{"value":null,"at":1}}"#);
        assert_eq!(kept.get(Path::billing(Detail::CountryCode)), Some(&Stamped::cleared(1)));
        assert_eq!(dropped, ["Currency"]);
        assert_eq!(kept.get(Path::Currency), Some(&Stamped::text("USD", 0)), "any page's own is newer");
        assert!(judge("{}").0.is_empty());
    }
}
