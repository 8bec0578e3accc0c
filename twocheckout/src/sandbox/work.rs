//! The work itself, the same for both protocols.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::call::Done;
use super::lead_shape::{self, MARKS};
use super::refusal::Refusal;
use super::shape::Shape;
use super::state::{LeadRecord, State};

/// So many random hexadecimal digits, upper case.
pub(super) fn random_hex(digits: usize) -> Result<String, Refusal> {
    let mut bytes = vec![0; digits.div_ceil(2)];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::Broken)?;
    Ok(hex::encode_upper(bytes).chars().take(digits).collect())
}

/// `YYYY-MM-DDTHH:MM:SS`, without a zone, as in the samples.
fn stamp(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Makes a lead, another one with every call.
pub(super) fn add(state: &mut State, now: Timestamp, shape: &Shape, lead: Value) -> Result<Done, Refusal> {
    lead_shape::check(shape, "Lead", &lead)?;
    let record = LeadRecord {
        lead_code: random_hex(10)?,
        lead,
        used: false,
        stop_followups: false,
        created_at: stamp(now),
        updated_at: None,
    };
    let value = json!({"LeadCode": record.lead_code, "CreatedAt": record.created_at, "Errors": []});
    let done = Done::on(&record.lead_code, value);
    state.add(record);
    Ok(done)
}

/// Replaces a lead, all of it: "all the existing data for that lead will be overwritten". Whether that includes its marks
/// 2Checkout does not say.
pub(super) fn update(
    state: &mut State,
    now: Timestamp,
    shape: &Shape,
    lead: Value,
    code: &str,
) -> Result<Done, Refusal> {
    lead_shape::check(shape, "Lead", &lead)?;
    let clears_marks = state.settings.update_clears_marks;
    let record = state.lead_mut(code).ok_or(Refusal::UnknownLead)?;
    let updated_at = stamp(now);
    record.lead = lead;
    if clears_marks {
        (record.used, record.stop_followups) = (false, false);
    }
    record.updated_at = Some(updated_at.clone());
    let value = json!({"LeadCode": code, "CreatedAt": record.created_at, "UpdatedAt": updated_at, "Errors": []});
    Ok(Done::on(code, value))
}

/// Reads a lead, in one of the shapes of `read_back`.
pub(super) fn get(state: &State, code: &str, shown: fn(&LeadRecord) -> Value) -> Result<Done, Refusal> {
    let record = state.lead(code).ok_or(Refusal::UnknownLead)?;
    Ok(Done::on(code, shown(record)))
}

/// Reads a product, of which the catalogue here knows no more than the code.
pub(super) fn product(state: &State, code: &str) -> Result<Done, Refusal> {
    if !state.settings.products.iter().any(|known| known == code) {
        return Err(Refusal::UnknownProduct);
    }
    Ok(Done::of(json!({"ProductCode": code, "ProductName": code, "Enabled": true})))
}

/// Marks leads; those that are not known stand in `Errors`, the others are marked nevertheless.
pub(super) fn mark(state: &mut State, marks: &Value) -> Result<Done, Refusal> {
    lead_shape::check(&MARKS, "marks", marks)?;
    let (mut marked, mut errors, mut codes) = (0, Vec::new(), Vec::new());
    for mark in marks.as_array().into_iter().flatten() {
        let flag = |key: &str| mark.get(key).and_then(Value::as_bool).unwrap_or_default();
        let code = mark.get("LeadCode").and_then(Value::as_str).unwrap_or_default();
        codes.push(code);
        match state.lead_mut(code) {
            Some(record) => {
                record.used = flag("Used");
                record.stop_followups = flag("StopFollowups");
                marked += 1;
            }
            None => errors.push(json!({"Code": "LEAD_NOT_FOUND", "Description": "Lead not found"})),
        }
    }
    let lead_code = match codes.as_slice() {
        [only] if errors.is_empty() => Some((*only).to_owned()),
        _ => None,
    };
    let whole = errors.is_empty();
    let value = json!({"Response": format!("{marked} leads have been marked successfully"), "Errors": errors});
    Ok(Done { value, lead_code, whole })
}
