//! A cart and its one lead: what the store keeps. Pure; every change of it is a function of the record and an argument
//! `now`, so that the store may repeat it and a simulation may run it.

mod admission;
mod assemble;
mod close;
mod consent;
mod email;
mod essentials;
mod key;
mod order;
mod read_back;
mod retention;
mod save;
mod stored;

use serde::{Deserialize, Serialize};
use twocheckout::Lead;
use wire::{Detail, LeadState, Missing, Path, is_email};

use crate::country;

pub(crate) use essentials::essentials;

pub use admission::{Admission, Admitted, DAY_MS};
pub use close::close;
pub(crate) use close::without_person;
pub(crate) use email::normalize as normalize_email;
pub use email::{EmailHash, EmailKey};
pub use key::KeyHash;
pub use order::{OrderEnd, close_in_advance, end_by_operator, end_by_order};
pub use read_back::state_of;
pub use retention::{Kept, Retained, Retention, apply_retention, kept};
pub use save::{Saved, save};
pub use wire::request::{Consent, ConsentMode};

/// Milliseconds of the Unix epoch, by the proxy's clock.
pub type Millis = u64;

/// How far a cart has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr, strum::EnumString)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Status {
    /// The shopper may still change it.
    Open,
    /// Bought. Nothing changes it any more.
    Completed,
    /// Consent was taken back. Nothing changes it any more.
    Withdrawn,
}

impl Status {
    /// `open`, `completed` or `withdrawn`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The status of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// An `addLead` that was about to be sent and whose answer is not known.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, derive_more::Debug)]
pub struct Adding {
    /// When it was about to be sent.
    pub since: Millis,
    /// The e-mail address it carried, by which it can be looked for.
    #[debug("***")]
    pub email: String,
}

/// A cart: the merged lead, what 2Checkout has of it, and what is to be done next.
///
/// A store keeps it as this JSON. What a later version adds has a default, so that the carts of before are read as they are.
///
/// `Debug` shows no value and no key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cart {
    /// The browser's random id of it.
    pub id: String,
    /// Whoever holds the key may change and close it.
    #[serde(with = "hex")]
    pub key: KeyHash,
    /// The newest change of each path. Erased when the cart is closed.
    #[serde(default, with = "stored::state")]
    pub state: LeadState,
    /// Open, completed or withdrawn.
    pub status: Status,
    /// What 2Checkout calls its lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_code: Option<String>,
    /// Set, and on disk, before an `addLead` is sent; cleared with its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adding: Option<Adding>,
    /// Counts what 2Checkout has to be told: changes of the lead, and its closing.
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub version: u64,
    /// The `version` that 2Checkout has.
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub delivered: u64,
    /// Whether the lead has the marks at 2Checkout that it is to have, so that no more mails go out. False again after every
    /// update of it: 2Checkout does not say whether an update takes the marks with it.
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub marked: bool,
    /// Whether the mails are to stop although the cart is open: an order waits for its payment.
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub followups_stopped: bool,
    /// Since when the shopper was away, if that was for long: before the next update 2Checkout is asked whether the lead is
    /// used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quiet_since: Option<Millis>,
    /// The merchant's reference of the order to come, by which a report of that order finds the cart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// By which the report of an order finds the cart of its buyer, while it is open.
    #[serde(default, with = "stored::hash", skip_serializing_if = "Option::is_none")]
    pub email_hash: Option<EmailHash>,
    /// What the shopper agreed to. It outlives what was typed, see [`Retention::consent_ms`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// What a browser calls the lead of a cart that was not known here: 2Checkout has to say whether it is this cart's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_lead_code: Option<String>,
    /// Whether 2Checkout has more of the lead than stands here, since that was erased: it is read back before an update.
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub needs_read_back: bool,
    /// When the present address was admitted, see [`Admission`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admitted_at: Option<Millis>,
    /// Whether it was not, so that nothing is delivered while the cart is open.
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub is_withheld: bool,
    /// Whether 2Checkout lost the lead and a new one was made for it, which no update has reached yet: a second loss
    /// in a row makes no third lead.
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub renewed: bool,
    /// Whether what there is to tell was refused: the next change is tried at once, whatever the back-off.
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub parked: bool,
    /// Failed attempts since the last success.
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub attempts: u32,
    /// Not to be delivered before; `None` when nothing is to be delivered. While the cart is held, not to be looked at
    /// before by others than its holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Millis>,
    /// How often a delivery of it was claimed: the fencing token, see [`crate::delivery::Claim`].
    #[serde(default, skip_serializing_if = "stored::is_default")]
    pub claims: u64,
    /// The proxy that makes a call for it at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The merchant's number of the order. Stays with the tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_reference: Option<String>,
    /// When the cart was first heard of.
    pub created_at: Millis,
    /// When the shopper last changed or closed it.
    pub updated_at: Millis,
}

impl Cart {
    /// A cart that was never heard of before.
    pub fn new(id: &str, key: KeyHash, now: Millis) -> Self {
        Self {
            id: id.to_owned(),
            key,
            state: LeadState::default(),
            status: Status::Open,
            lead_code: None,
            adding: None,
            version: 0,
            delivered: 0,
            marked: false,
            followups_stopped: false,
            quiet_since: None,
            external_reference: None,
            email_hash: None,
            consent: None,
            proposed_lead_code: None,
            needs_read_back: false,
            admitted_at: None,
            is_withheld: false,
            renewed: false,
            parked: false,
            attempts: 0,
            next_attempt_at: None,
            claims: 0,
            holder: None,
            order_reference: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// The lead, whole. A fiscal code waits for its company, but not in countries where private persons have
    /// one: 2Checkout checks it as a company's elsewhere.
    pub fn lead(&self) -> Lead {
        let mut lead = assemble::assemble(&self.id, &self.state);
        for address in [&mut lead.billing_details, &mut lead.delivery_details] {
            let has_company = address.company.as_deref().is_some_and(|company| !company.trim().is_empty());
            let is_personal = address.country_code.as_deref().is_some_and(country::persons_have_fiscal_code);
            if !has_company && !is_personal {
                // One that 2Checkout may have already is emptied.
                address.fiscal_code = address.fiscal_code.take().map(|_| String::new());
            }
        }
        lead
    }

    /// Whether the next `addLead` tries the essentials alone: the whole lead was just refused once, and holds more.
    pub(crate) fn is_tried_with_essentials(&self) -> bool {
        let lead = self.lead();
        self.parked && self.attempts == 1 && !self.may_have_lead() && lead != essentials(&lead)
    }

    /// Whether 2Checkout has everything of it.
    pub fn is_delivered(&self) -> bool {
        self.delivered >= self.version && !self.lacks_marks()
    }

    /// Whether the mails of an open cart are to stop and 2Checkout does not know it, or may have forgotten it.
    pub(crate) fn lacks_marks(&self) -> bool {
        self.status == Status::Open && self.followups_stopped && !self.marked && self.lead_code.is_some()
    }

    /// Has the cart found by the reference and the address that it holds now.
    pub fn index(&mut self, key: Option<&EmailKey>) {
        if self.status == Status::Open {
            self.external_reference = self.state.text(Path::ExternalReference).map(str::to_owned);
            let email = self.state.text(Path::billing(Detail::Email));
            let email_hash = key.zip(email).map(|(key, email)| key.hash(email));
            self.readdress(email_hash);
        }
    }

    /// Has 2Checkout asked whether the lead is used, before it is updated, if the shopper was away for longer than
    /// `quiet_ms`: meanwhile it may have been bought through one of the mails.
    pub fn check_after_quiet(&mut self, now: Millis, quiet_ms: Millis) {
        let was_quiet = now.saturating_sub(self.updated_at) > quiet_ms;
        if was_quiet && self.status == Status::Open && self.lead_code.is_some() {
            self.quiet_since.get_or_insert(self.updated_at);
        }
    }

    /// Whether there is something that may be delivered at this moment.
    pub fn is_due(&self, now: Millis) -> bool {
        !self.is_delivered() && self.next_attempt_at.is_some_and(|at| at <= now)
    }

    /// Whether 2Checkout may hold a lead of it.
    pub fn may_have_lead(&self) -> bool {
        self.lead_code.is_some() || self.adding.is_some()
    }

    /// What a lead still needs before it may be added: a valid e-mail, an item and a currency.
    pub fn missing(lead: &Lead) -> Vec<Missing> {
        let has_email = lead.billing_details.get(Detail::Email).is_some_and(is_email);
        let needs = [
            (Missing::Email, has_email),
            (Missing::Items, !lead.items.is_empty()),
            (Missing::Currency, lead.currency.as_ref().is_some_and(|currency| !currency.is_empty())),
        ];
        needs.into_iter().filter(|(_, has)| !has).map(|(need, _)| need).collect()
    }

    /// The address that an `addLead` of this cart would be found by, if the cart may be added: nothing is missing.
    pub fn address_of_add(lead: &Lead) -> Option<&str> {
        lead.billing_details.get(Detail::Email).filter(|_| Self::missing(lead).is_empty())
    }

    /// Whether 2Checkout lacks nothing but the closing.
    pub(crate) fn lacks_only_its_closing(&self) -> bool {
        self.delivered.saturating_add(1) >= self.version
    }

    /// A proxy has started: ends the back-off and the parking at `at`, until when 2Checkout may still be at work on a call whose
    /// answer was lost. A lost `addLead` keeps its time to settle. What somebody holds is left alone, unless the store is of
    /// this proxy `alone`: then its holder is gone.
    pub fn requeue(&mut self, at: Millis, alone: bool) {
        if self.holder.is_some() {
            // One that was claimed since is held by this proxy.
            if alone && self.next_attempt_at.is_none_or(|due| due < at) {
                (self.holder, self.next_attempt_at) = (None, Some(at));
            }
        } else if self.parked || (self.adding.is_none() && self.next_attempt_at.is_some_and(|due| due > at)) {
            (self.next_attempt_at, self.parked, self.attempts) = (Some(at), false, 0);
        }
    }

    /// Has it delivered as soon as may be: now, or when the present back-off ends.
    pub(crate) fn schedule(&mut self, now: Millis) {
        if self.parked {
            self.parked = false;
            self.attempts = 0;
            self.next_attempt_at = None;
        }
        self.next_attempt_at.get_or_insert(now);
    }

    /// Closed, and 2Checkout knows: only the tombstone is left.
    pub(crate) fn bury(&mut self) {
        self.state = LeadState::default();
        self.adding = None;
        self.proposed_lead_code = None;
        self.needs_read_back = false;
        self.erase_address();
        self.quiet_since = None;
        self.delivered = self.version;
        self.attempts = 0;
        self.next_attempt_at = None;
        self.parked = false;
    }
}

#[cfg(test)]
mod tests {
    use wire::Stamped;

    use super::*;

    #[test]
    fn a_fiscal_code_waits_for_its_company_but_not_where_private_persons_have_one() {
        const CASES: &[(&str, &str, bool)] = &[
            ("IT", "", true),
            ("BR", "", true),
            ("DE", "", false),
            ("DE", "Turing GmbH", true),
            ("DE", " ", false),
            ("", "", false),
            ("", "Turing GmbH", true),
        ];
        for (country, company, goes) in CASES {
            let mut cart = Cart::new("c", KeyHash::of("k"), 1);
            for (detail, text) in
                [(Detail::FiscalCode, "TRNDAX85"), (Detail::CountryCode, country), (Detail::Company, company)]
            {
                if !text.is_empty() {
                    cart.state.change(Path::billing(detail), Stamped::text(text, 1));
                }
            }
            let sent = cart.lead().billing_details.get(Detail::FiscalCode) == Some("TRNDAX85");
            assert_eq!(sent, *goes, "{country} {company}");
        }
    }
}
