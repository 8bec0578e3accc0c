//! Which carts may become leads, so that no stranger can have 2Checkout mail somebody without end. Pure; the store counts.
//!
//! A cart that is not admitted is kept, and its delivery is withheld until a later save of it is.

use wire::{Detail, Path};

use super::{Cart, EmailHash, Millis, Status};

/// Leads of an address count for so long.
pub const DAY_MS: Millis = 24 * 3_600_000;

/// What a cart must be, to become a lead.
#[derive(Debug, Clone, Copy, Default)]
pub struct Admission<'a> {
    /// Live leads for one address in a day; `None`: no limit.
    pub leads_per_address: Option<u32>,
    /// Domains whose addresses never get a lead, with those below them. In lower case.
    pub blocked_domains: &'a [String],
}

/// What came of a cart that asked for admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// It may be a lead.
    Yes,
    /// There are enough live leads for its address.
    AddressLimit,
    /// Its address is of a domain that never gets a lead.
    BlockedDomain,
}

impl Cart {
    /// Whether the cart is, or could be, a lead whose present address nobody has admitted yet.
    pub fn asks_for_admission(&self) -> bool {
        self.status == Status::Open
            && self.admitted_at.is_none()
            && self.state.text(Path::billing(Detail::Email)).is_some()
            && (self.may_have_lead()
                || self.proposed_lead_code.is_some()
                || Self::address_of_add(&self.lead()).is_some())
    }

    /// Enters the answer: `live_leads` are the other ones of its address.
    pub fn admit(&mut self, rule: &Admission<'_>, live_leads: u32, now: Millis) -> Admitted {
        let admitted = match self.state.text(Path::billing(Detail::Email)) {
            Some(email) if is_blocked(email, rule.blocked_domains) => Admitted::BlockedDomain,
            _ if rule.leads_per_address.is_some_and(|limit| live_leads >= limit) => Admitted::AddressLimit,
            _ => Admitted::Yes,
        };
        let was_withheld = std::mem::replace(&mut self.is_withheld, admitted != Admitted::Yes);
        if admitted == Admitted::Yes {
            self.admitted_at = Some(now);
            if was_withheld && !self.is_delivered() {
                self.schedule(now);
            }
        } else if self.holder.is_none() {
            self.next_attempt_at = None;
        }
        admitted
    }

    /// The address is another one now, or none: nobody has admitted it yet.
    pub(super) fn readdress(&mut self, email_hash: Option<EmailHash>) {
        if self.email_hash != email_hash {
            self.email_hash = email_hash;
            self.admitted_at = None;
            self.is_withheld = false;
        }
    }
}

fn is_blocked(email: &str, domains: &[String]) -> bool {
    let domain = email.rsplit('@').next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    domains
        .iter()
        .any(|blocked| domain.strip_suffix(blocked.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use wire::Stamped;

    use super::*;
    use crate::cart::{EmailKey, KeyHash, save};

    fn key() -> EmailKey {
        EmailKey::of(&twocheckout::Credentials::new("M", "secret"))
    }

    fn cart(email: &str) -> Cart {
        let changes = [
            (Path::Items, Stamped::json(r#"[{"Code":"A","Quantity":1}]"#, 1)),
            (Path::Currency, Stamped::text("EUR", 1)),
            (Path::billing(Detail::Email), Stamped::text(email, 1)),
        ];
        let mut cart = None;
        save(&mut cart, "6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", KeyHash::of("k"), &changes.into_iter().collect(), 5);
        let mut cart = cart.unwrap();
        cart.index(Some(&key()));
        cart
    }

    const THREE: Admission<'static> = Admission { leads_per_address: Some(3), blocked_domains: &[] };

    #[test]
    fn a_cart_is_admitted_while_its_address_has_few_leads_and_else_withheld() {
        let mut admitted = cart("ada@example.com");
        assert!(admitted.asks_for_admission());
        assert_eq!(admitted.admit(&THREE, 2, 6), Admitted::Yes);
        assert!(admitted.is_due(6) && !admitted.asks_for_admission());
        let mut withheld = cart("ada@example.com");
        assert_eq!(withheld.admit(&THREE, 3, 6), Admitted::AddressLimit);
        assert!(withheld.is_withheld && withheld.next_attempt_at.is_none() && withheld.asks_for_admission());
        assert_eq!(withheld.admit(&THREE, 2, 7), Admitted::Yes, "with a later save");
        assert!(withheld.is_due(7));
    }

    #[test]
    fn another_address_asks_anew() {
        let mut cart = Cart { lead_code: Some("L1".into()), ..cart("eve@example.com") };
        cart.admit(&THREE, 0, 6);
        cart.state.change(Path::billing(Detail::Email), Stamped::text("ada@example.com", 2));
        cart.index(Some(&key()));
        assert!(cart.asks_for_admission());
        cart.admit(&THREE, 3, 7);
        assert!(cart.is_withheld);
        cart.state.change(Path::billing(Detail::Email), Stamped::cleared(3));
        cart.index(Some(&key()));
        assert!(!cart.is_withheld && !cart.asks_for_admission());
    }

    #[test]
    fn a_blocked_domain_never_becomes_a_lead() {
        let blocked = ["storebotmail.joonix.net".to_owned()];
        let rule = Admission { leads_per_address: None, blocked_domains: &blocked };
        for (email, expected) in [
            ("johnsmith001@storebotmail.joonix.net", Admitted::BlockedDomain),
            ("a@STOREBOTMAIL.joonix.net", Admitted::BlockedDomain),
            ("a@x.storebotmail.joonix.net", Admitted::BlockedDomain),
            ("a@xstorebotmail.joonix.net", Admitted::Yes),
            ("a@joonix.net", Admitted::Yes),
        ] {
            assert_eq!(cart(email).admit(&rule, 0, 6), expected, "{email}");
        }
    }
}
