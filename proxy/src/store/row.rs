//! A cart as a row, and back. Written once for every database: plain texts and 64-bit integers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wire::{LeadState, Path, Stamped, Value};

use super::StoreError;
use crate::cart::{Adding, Cart, Consent, EmailHash, KeyHash, Status};

/// The row of a cart.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) cart: String,
    pub(super) key_hash: Vec<u8>,
    pub(super) status: String,
    pub(super) state: String,
    pub(super) lead_code: Option<String>,
    pub(super) adding_since: Option<i64>,
    pub(super) adding_email: Option<String>,
    pub(super) version: i64,
    pub(super) delivered: i64,
    pub(super) marked: bool,
    pub(super) followups_stopped: bool,
    pub(super) quiet_since: Option<i64>,
    pub(super) external_reference: Option<String>,
    pub(super) email_hash: Option<Vec<u8>>,
    pub(super) consent: Option<String>,
    pub(super) proposed_lead_code: Option<String>,
    pub(super) needs_read_back: bool,
    pub(super) admitted_at: Option<i64>,
    pub(super) is_withheld: bool,
    pub(super) renewed: bool,
    pub(super) parked: bool,
    pub(super) attempts: i64,
    pub(super) next_attempt_at: Option<i64>,
    pub(super) claims: i64,
    pub(super) holder: Option<String>,
    pub(super) order_reference: Option<String>,
    pub(super) created_at: i64,
    pub(super) updated_at: i64,
}

/// What stands at a path, with lists as the JSON text they came in.
#[derive(Serialize, Deserialize)]
struct Entry {
    value: Option<String>,
    at: u64,
}

/// Moments and counters never come near the bounds of either type.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

impl Row {
    pub(super) fn of(cart: &Cart) -> Result<Self, StoreError> {
        let state: BTreeMap<String, Entry> = cart
            .state
            .iter()
            .map(|(path, change)| {
                let value = change.value.as_ref().map(|value| value.as_str().to_owned());
                (path.name(), Entry { value, at: change.at })
            })
            .collect();
        Ok(Self {
            cart: cart.id.clone(),
            key_hash: cart.key.as_bytes().to_vec(),
            status: cart.status.name().to_owned(),
            state: serde_json::to_string(&state).map_err(|_| StoreError::Database("a state is no JSON".to_owned()))?,
            lead_code: cart.lead_code.clone(),
            adding_since: cart.adding.as_ref().map(|adding| signed(adding.since)),
            adding_email: cart.adding.as_ref().map(|adding| adding.email.clone()),
            version: signed(cart.version),
            delivered: signed(cart.delivered),
            marked: cart.marked,
            followups_stopped: cart.followups_stopped,
            quiet_since: cart.quiet_since.map(signed),
            external_reference: cart.external_reference.clone(),
            email_hash: cart.email_hash.map(|hash| hash.as_bytes().to_vec()),
            consent: cart.consent.as_ref().and_then(|consent| serde_json::to_string(consent).ok()),
            proposed_lead_code: cart.proposed_lead_code.clone(),
            needs_read_back: cart.needs_read_back,
            admitted_at: cart.admitted_at.map(signed),
            is_withheld: cart.is_withheld,
            renewed: cart.renewed,
            parked: cart.parked,
            attempts: i64::from(cart.attempts),
            next_attempt_at: cart.next_attempt_at.map(signed),
            claims: signed(cart.claims),
            holder: cart.holder.clone(),
            order_reference: cart.order_reference.clone(),
            created_at: signed(cart.created_at),
            updated_at: signed(cart.updated_at),
        })
    }

    /// The errors name the column, never what stands in it.
    pub(super) fn into_cart(self) -> Result<Cart, StoreError> {
        let damaged = |column: &str| StoreError::Damaged(format!("a row has no readable {column}"));
        let adding = self
            .adding_since
            .map(|since| Adding { since: unsigned(since), email: self.adding_email.unwrap_or_default() });
        Ok(Cart {
            id: self.cart,
            key: KeyHash::from_bytes(&self.key_hash).ok_or_else(|| damaged("key_hash"))?,
            state: read_state(&self.state).ok_or_else(|| damaged("state"))?,
            status: Status::from_name(&self.status).ok_or_else(|| damaged("status"))?,
            lead_code: self.lead_code,
            adding,
            version: unsigned(self.version),
            delivered: unsigned(self.delivered),
            marked: self.marked,
            followups_stopped: self.followups_stopped,
            quiet_since: self.quiet_since.map(unsigned),
            external_reference: self.external_reference,
            email_hash: self.email_hash.as_deref().and_then(EmailHash::from_bytes),
            consent: match self.consent {
                Some(json) => Some(serde_json::from_str::<Consent>(&json).map_err(|_| damaged("consent"))?),
                None => None,
            },
            proposed_lead_code: self.proposed_lead_code,
            needs_read_back: self.needs_read_back,
            admitted_at: self.admitted_at.map(unsigned),
            is_withheld: self.is_withheld,
            renewed: self.renewed,
            parked: self.parked,
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            next_attempt_at: self.next_attempt_at.map(unsigned),
            claims: unsigned(self.claims),
            holder: self.holder,
            order_reference: self.order_reference,
            created_at: unsigned(self.created_at),
            updated_at: unsigned(self.updated_at),
        })
    }
}

/// A path that a later version wrote and this one does not know is left out.
fn read_state(json: &str) -> Option<LeadState> {
    let entries: BTreeMap<String, Entry> = serde_json::from_str(json).ok()?;
    let change = |(name, entry): (String, Entry)| {
        let path: Path = name.parse().ok()?;
        let value = entry.value.map(if path.is_json() { Value::Json } else { Value::Text });
        Some((path, Stamped { at: entry.at, value }))
    };
    Some(entries.into_iter().filter_map(change).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cart_comes_back_as_it_went() {
        let mut cart = Cart::new("6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", KeyHash::of("k"), 5);
        cart.state = [
            ("BillingDetails.City".parse().unwrap(), Stamped::text("Zürich \"A\"", 3)),
            ("BillingDetails.Company".parse().unwrap(), Stamped::cleared(4)),
            (Path::Items, Stamped::json(r#"[{"Quantity":1,"Code":"A","Price":{"Amount":19.90}}]"#, 5)),
        ]
        .into_iter()
        .collect();
        cart.adding = Some(Adding { since: 9, email: "ada@example.com".into() });
        (cart.version, cart.delivered, cart.attempts, cart.next_attempt_at) = (7, 6, 5, Some(1 << 41));
        (cart.marked, cart.renewed, cart.parked, cart.status) = (true, true, true, Status::Withdrawn);
        (cart.followups_stopped, cart.quiet_since) = (true, Some(4));
        (cart.admitted_at, cart.is_withheld) = (Some(8), true);
        (cart.proposed_lead_code, cart.needs_read_back) = (Some("L2".into()), true);
        let (mode, text, language) = ("ask".into(), "Zürich may \"write\" to me".into(), "DE".into());
        cart.consent = Some(Consent { mode, at: 3, text, language });
        (cart.external_reference, cart.email_hash) = (Some("A-7".into()), EmailHash::from_bytes(&[7; 32]));
        (cart.claims, cart.holder) = (3, Some("a".into()));
        (cart.lead_code, cart.order_reference) = (Some("L1".into()), Some("A-1".into()));
        assert_eq!(Row::of(&cart).unwrap().into_cart().unwrap(), cart);
    }

    #[test]
    fn a_row_that_makes_no_sense_is_reported_without_its_values() {
        let cart = Cart::new("6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", KeyHash::of("k"), 5);
        let row = Row { state: "ada@example.com".into(), ..Row::of(&cart).unwrap() };
        let error = row.into_cart().unwrap_err().to_string();
        assert_eq!(error, "the store is damaged: a row has no readable state");
    }
}
