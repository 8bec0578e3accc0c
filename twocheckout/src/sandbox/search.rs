//! `GET /leads/`: which leads, and which page of them.

use serde_json::{Map, Value, json};

use super::refusal::Refusal;
use super::state::{LeadRecord, State};

const LIMIT: usize = 25;

/// A filter; what is empty filters nothing. A list of codes may be written `LeadCode=a&LeadCode=b` or with `[]`.
#[derive(Default)]
pub(super) struct Filter {
    lead_codes: Vec<String>,
    product_codes: Vec<String>,
    email: Option<String>,
    kind: Option<String>,
    start_date: Option<String>,
    end_date: Option<String>,
    language: Option<String>,
    country: Option<String>,
    generated_from: Option<String>,
    page: usize,
    limit: usize,
}

impl Filter {
    pub(super) fn read(query: &[(String, String)]) -> Result<Self, Refusal> {
        let mut filter = Self { page: 1, limit: LIMIT, ..Self::default() };
        for (key, value) in query {
            let text = Some(value.clone());
            match key.trim_end_matches("[]") {
                "LeadCode" => filter.lead_codes.push(value.clone()),
                "ProductCode" => filter.product_codes.push(value.clone()),
                "Email" => filter.email = text,
                "Type" if !["New", "Used", "UsedSuccess", "Stopped", "NotStopped"].contains(&value.as_str()) => {
                    return Err(expected("Type", "New, Used, UsedSuccess, Stopped or NotStopped"));
                }
                "Type" => filter.kind = text,
                "StartDate" | "EndDate" if value.parse::<jiff::civil::Date>().is_err() || value.len() != 10 => {
                    return Err(expected(key, "YYYY-MM-DD"));
                }
                "StartDate" => filter.start_date = text,
                "EndDate" => filter.end_date = text,
                "Language" => filter.language = text,
                "Country" => filter.country = text,
                "GeneratedFrom" => filter.generated_from = text,
                "Page" => filter.page = number(key, value)?,
                "Limit" => filter.limit = number(key, value)?,
                unknown => {
                    return Err(Refusal::Input(format!("{}: unknown", unknown.chars().take(40).collect::<String>())));
                }
            }
        }
        Ok(filter)
    }

    /// The page it asks for, newest first: `{Items, Pagination: {Page, Limit, Count}}`.
    pub(super) fn run(&self, state: &State, shown: fn(&LeadRecord) -> Value) -> Value {
        let found: Vec<&LeadRecord> = state.leads().iter().rev().filter(|record| self.fits(record)).collect();
        let first = (self.page - 1).saturating_mul(self.limit);
        let items: Vec<Value> = found.iter().skip(first).take(self.limit).map(|record| shown(record)).collect();
        json!({"Items": items, "Pagination": {"Page": self.page, "Limit": self.limit, "Count": found.len()}})
    }

    fn fits(&self, record: &LeadRecord) -> bool {
        let part = |pointer: &str| record.lead.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let same =
            |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(is));
        let one_of = |wanted: &[String], is: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == is);
        let mut products = record.lead.get("Items").and_then(Value::as_array).into_iter().flatten();
        let day = record.created_at.get(..10).unwrap_or_default();
        one_of(&self.lead_codes, &record.lead_code)
            && (self.product_codes.is_empty()
                || products.any(|item| item.get("Code").and_then(Value::as_str).is_some_and(|code| one_of(&self.product_codes, code))))
            && same(&self.email, part("/BillingDetails/Email"))
            && same(&self.language, part("/Language"))
            && same(&self.country, part("/BillingDetails/CountryCode"))
            && same(&self.generated_from, "API")
            && self.start_date.as_deref().is_none_or(|start| day >= start)
            && self.end_date.as_deref().is_none_or(|end| day <= end)
            // What the names say; 2Checkout's page explains none of them.
            && match self.kind.as_deref() {
                Some("New") => !record.used && !record.stop_followups,
                Some("Used" | "UsedSuccess") => record.used,
                Some("Stopped") => record.stop_followups,
                Some("NotStopped") => !record.stop_followups,
                _ => true,
            }
    }
}

fn number(key: &str, value: &str) -> Result<usize, Refusal> {
    value.parse().ok().filter(|number| *number > 0).ok_or_else(|| expected(key, "a whole number of 1 or more"))
}

fn expected(key: &str, what: &str) -> Refusal {
    Refusal::Input(format!("{key}: expected {what}"))
}

/// The query as the log shows it: a key that stands there twice has a list.
pub(super) fn for_the_log(query: &[(String, String)]) -> Value {
    let mut shown = Map::new();
    for (key, value) in query {
        let value = Value::String(value.clone());
        match shown.get_mut(key) {
            None => {
                shown.insert(key.clone(), value);
            }
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = json!([first, value]),
        }
    }
    Value::Object(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let mut state = State::default();
        for (code, email, day, used, stopped) in [
            ("L1", "ada@example.com", "2024-01-01", false, false),
            ("L2", "Ada@Example.com", "2024-01-02", true, true),
            ("L3", "bob@example.com", "2024-01-03", false, true),
        ] {
            state.add(LeadRecord {
                lead_code: code.into(),
                lead: json!({"Language": "EN", "BillingDetails": {"Email": email, "CountryCode": "IT"}, "Items": [{"Code": format!("P-{code}")}]}),
                used,
                stop_followups: stopped,
                created_at: format!("{day}T10:00:00"),
                updated_at: None,
            });
        }
        state
    }

    fn found(query: &[(&str, &str)]) -> Vec<String> {
        let query: Vec<_> = query.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let Ok(filter) = Filter::read(&query) else { panic!("{query:?}") };
        let page = filter.run(&state(), |record| json!(record.lead_code));
        page["Items"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn each_filter_finds_what_it_says() {
        type Case = (&'static [(&'static str, &'static str)], &'static [&'static str]);
        const CASES: &[Case] = &[
            (&[], &["L3", "L2", "L1"]),
            (&[("Email", "ada@example.com")], &["L2", "L1"]),
            (&[("Email", "ada@example.com"), ("StartDate", "2024-01-02"), ("EndDate", "2024-01-02")], &["L2"]),
            (&[("EndDate", "2023-12-31")], &[]),
            (&[("LeadCode", "L1"), ("LeadCode", "L3")], &["L3", "L1"]),
            (&[("LeadCode[]", "L1")], &["L1"]),
            (&[("ProductCode", "P-L2")], &["L2"]),
            (&[("Type", "New")], &["L1"]),
            (&[("Type", "Used")], &["L2"]),
            (&[("Type", "Stopped")], &["L3", "L2"]),
            (&[("Type", "NotStopped")], &["L1"]),
            (&[("Language", "en"), ("Country", "it"), ("GeneratedFrom", "API")], &["L3", "L2", "L1"]),
            (&[("Language", "FR")], &[]),
            (&[("Page", "2"), ("Limit", "2")], &["L1"]),
            (&[("Page", "3"), ("Limit", "2")], &[]),
        ];
        for (query, expected) in CASES {
            assert_eq!(found(query), *expected, "{query:?}");
        }
    }

    #[test]
    fn a_wrong_query_is_refused() {
        for (key, value) in [
            ("Mail", "a"),
            ("Type", "used"),
            ("StartDate", "01.01.2024"),
            ("EndDate", ""),
            ("Page", "0"),
            ("Limit", "x"),
        ] {
            assert!(Filter::read(&[(key.to_owned(), value.to_owned())]).is_err(), "{key}={value}");
        }
    }

    #[test]
    fn the_log_shows_a_repeated_key_as_a_list() {
        let query = [("a", "1"), ("b", "2"), ("a", "3"), ("a", "4")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        assert_eq!(for_the_log(&query), json!({"a": ["1", "3", "4"], "b": "2"}));
    }
}
