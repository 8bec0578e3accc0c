//! How long a cart is kept after the shopper last changed or closed it. Pure; a store finds those whose age it is, and
//! [`apply_retention`] decides.

use wire::{Detail, Path};

use super::{Cart, LeadState, Millis};

const DAY_MS: Millis = 24 * 3_600_000;

/// How long carts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// What a shopper typed, after its last change (default 90 days: so long 2Checkout follows a lead up).
    pub content_ms: Millis,
    /// The cart's tombstone: ids, the hash of its key, how it ended. A browser keeps its record of a cart for 90 days
    /// after the last use, and for 180 at the very most where its clock was wrong; a closed cart must not come back from
    /// one, nor make a second lead (default 200 days, and never shorter than `content_ms`).
    pub tombstone_ms: Millis,
    /// The tombstone of a cart that was ended before anything of it was saved (default 7 days).
    pub in_advance_ms: Millis,
    /// What the shopper agreed to, when, and the keyed hash of whose address: the proof of it, after the last change (default
    /// 3 years; never shorter than `content_ms`).
    pub consent_ms: Millis,
    /// A cart that never had an address to make a lead of (default 2 days).
    pub without_address_ms: Millis,
}

impl Retention {
    /// What a shopper typed is kept for so many days.
    pub fn days(days: u32) -> Self {
        let content_ms = DAY_MS.saturating_mul(Millis::from(days));
        Self {
            content_ms,
            tombstone_ms: content_ms.max(200 * DAY_MS),
            in_advance_ms: 7 * DAY_MS,
            consent_ms: 1_095 * DAY_MS,
            without_address_ms: content_ms.min(2 * DAY_MS),
        }
    }

    /// The proof of a consent is kept for so many days.
    pub fn with_consent_days(self, days: u32) -> Self {
        Self { consent_ms: DAY_MS.saturating_mul(Millis::from(days)), ..self }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self::days(90)
    }
}

/// What is left of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// All of it.
    Whole,
    /// Only what no shopper typed, so that a shopper who comes back still has the same lead.
    Tombstone,
    /// Nothing.
    Nothing,
}

/// What is left of a cart at a moment. What 2Checkout has not been told yet stays whatever its age.
pub fn kept(cart: &Cart, retention: &Retention, now: Millis) -> Kept {
    let age = now.saturating_sub(cart.updated_at);
    if cart.next_attempt_at.is_some() {
        return Kept::Whole;
    }
    let is_in_advance = cart.state.is_empty() && cart.lead_code.is_none() && cart.created_at == cart.updated_at;
    let is_proof_due = age < retention.consent_ms.max(retention.content_ms);
    if cart.consent.is_some() && cart.state.is_empty() && is_proof_due {
        return Kept::Whole;
    }
    // Whose consent it is, the lead or the hash of the address says.
    let is_proof = cart.consent.is_some() && (cart.lead_code.is_some() || cart.email_hash.is_some());
    if !(is_proof && is_proof_due)
        && age >= if is_in_advance { retention.in_advance_ms } else { retention.tombstone_ms }
    {
        return Kept::Nothing;
    }
    let has_address = cart.state.text(Path::billing(Detail::Email)).is_some();
    let is_worthless = !has_address && !cart.may_have_lead();
    let content_ms = if is_worthless { retention.without_address_ms } else { retention.content_ms };
    if cart.state.is_empty() && cart.consent.is_some() {
        return Kept::Tombstone;
    }
    if cart.state.is_empty() || age < content_ms {
        return Kept::Whole;
    }
    // What never became a lead, nor is the proof of a consent, leaves nothing to remember.
    if cart.lead_code.is_some() || is_proof { Kept::Tombstone } else { Kept::Nothing }
}

/// Leaves of a cart what [`kept`] says.
pub fn apply_retention(known: &mut Option<Cart>, retention: &Retention, now: Millis) -> Kept {
    let Some(cart) = known else { return Kept::Whole };
    let left = kept(cart, retention, now);
    match left {
        Kept::Whole => {}
        Kept::Nothing => *known = None,
        Kept::Tombstone => {
            // What was typed went before: now goes the proof of the consent.
            if cart.state.is_empty() {
                cart.consent = None;
            }
            cart.erase_address();
            cart.state = LeadState::default();
            (cart.proposed_lead_code, cart.external_reference, cart.adding) = (None, None, None);
            (cart.needs_read_back, cart.parked, cart.attempts) = (false, false, 0);
            cart.delivered = cart.version;
        }
    }
    left
}

/// Which age of [`Retention`] a cart has to reach before [`kept`] leaves less of it than all. What is to be delivered has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retained {
    /// What a shopper typed.
    Content,
    /// What a shopper typed, without an address to make a lead of.
    WithoutAddress,
    /// The proof of a consent.
    Consent,
    /// The tombstone of a cart that was ended before anything of it was saved.
    InAdvance,
    /// A tombstone.
    Tombstone,
}

impl Retained {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Content, Self::WithoutAddress, Self::Consent, Self::InAdvance, Self::Tombstone];

    /// That of a cart.
    pub fn of(cart: &Cart) -> Option<Self> {
        if cart.next_attempt_at.is_some() {
            return None;
        }
        let has_address = cart.state.text(Path::billing(Detail::Email)).is_some();
        Some(match (cart.state.is_empty(), &cart.consent) {
            (true, Some(_)) => Self::Consent,
            (true, None) if cart.lead_code.is_none() && cart.created_at == cart.updated_at => Self::InAdvance,
            (true, None) => Self::Tombstone,
            (false, _) if !has_address && !cart.may_have_lead() => Self::WithoutAddress,
            (false, _) => Self::Content,
        })
    }

    /// The age.
    pub fn age(self, retention: &Retention) -> Millis {
        match self {
            Self::Content => retention.content_ms,
            Self::WithoutAddress => retention.without_address_ms,
            Self::Consent => retention.consent_ms.max(retention.content_ms),
            Self::InAdvance => retention.in_advance_ms,
            Self::Tombstone => retention.tombstone_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use wire::Stamped;

    use super::*;
    use crate::cart::{Consent, EmailHash, KeyHash, Status, close_in_advance};

    #[test]
    fn what_was_typed_goes_after_the_retention_and_the_tombstone_later() {
        let retention = Retention::days(90);
        let typed = || Cart {
            state: [(Path::Currency, Stamped::text("EUR", 1))].into_iter().collect(),
            ..Cart::new("6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", KeyHash::of("k"), 1_000)
        };
        let addressed = || {
            let mut cart = typed();
            cart.state.change(Path::billing(Detail::Email), Stamped::text("ada@example.com", 1));
            cart
        };
        let lead = || Cart { lead_code: Some("L1".into()), ..typed() };
        let waiting = || Cart { next_attempt_at: Some(5), ..lead() };
        let agreed = |cart: Cart| {
            let email_hash =
                cart.state.text(Path::billing(Detail::Email)).and_then(|_| EmailHash::from_bytes(&[7; 32]));
            let (mode, text, language) = (crate::cart::ConsentMode::Ask, Some("Yes".into()), Some("EN".into()));
            Cart { consent: Some(Consent { mode, at: 1, text, language }), email_hash, ..cart }
        };
        let closed = || Cart {
            status: Status::Completed,
            created_at: 500,
            ..Cart::new("6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", KeyHash::of("k"), 1_000)
        };
        let in_advance = || close_in_advance("6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", None, 1_000);
        let cases = [
            ("a lead, in time", lead(), 90 * DAY_MS - 1, Kept::Whole),
            ("a lead", lead(), 90 * DAY_MS, Kept::Tombstone),
            ("a lead, long ago", lead(), 200 * DAY_MS, Kept::Nothing),
            ("no lead, in time", addressed(), 90 * DAY_MS - 1, Kept::Whole),
            ("no lead", addressed(), 90 * DAY_MS, Kept::Nothing),
            ("no address, in time", typed(), 2 * DAY_MS - 1, Kept::Whole),
            ("no address", typed(), 2 * DAY_MS, Kept::Nothing),
            ("not delivered", waiting(), 1_000 * DAY_MS, Kept::Whole),
            ("a consent of a lead", agreed(lead()), 200 * DAY_MS, Kept::Tombstone),
            ("a consent of a lead, in time", agreed(lead()), 90 * DAY_MS - 1, Kept::Whole),
            ("a consent, of no lead", agreed(addressed()), 90 * DAY_MS, Kept::Tombstone),
            ("a consent without an address", agreed(typed()), 2 * DAY_MS, Kept::Nothing),
            ("a consent, closed", agreed(closed()), 1_095 * DAY_MS - 1, Kept::Whole),
            ("a consent, closed, long ago", agreed(closed()), 1_095 * DAY_MS, Kept::Nothing),
            ("a consent, long ago", agreed(addressed()), 1_095 * DAY_MS, Kept::Nothing),
            ("closed, in time", closed(), 200 * DAY_MS - 1, Kept::Whole),
            ("closed", closed(), 200 * DAY_MS, Kept::Nothing),
            ("closed in advance, in time", in_advance(), 7 * DAY_MS - 1, Kept::Whole),
            ("closed in advance", in_advance(), 7 * DAY_MS, Kept::Nothing),
        ];
        for (name, cart, age, expected) in cases {
            assert_eq!(kept(&cart, &retention, 1_000 + age), expected, "{name}");
            let is_old = Retained::of(&cart).is_some_and(|retained| age >= retained.age(&retention));
            assert_eq!(is_old, expected != Kept::Whole, "{name}: a store has to find it");
        }
    }

    #[test]
    fn a_tombstone_outlives_the_record_in_the_browser_however_short_the_retention() {
        assert_eq!(Retention::days(1).tombstone_ms, 200 * DAY_MS);
        assert_eq!(Retention::days(365).tombstone_ms, 365 * DAY_MS);
    }
}
