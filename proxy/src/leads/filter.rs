//! Which carts are meant.

use std::collections::BTreeSet;

use wire::{Detail, Path};

use super::State;
use crate::cart::{Cart, EmailHash, EmailKey, Millis, normalize_email};
use crate::store::{CartQuery, Store, StoreError};

/// A person, by the e-mail address, however it is cased and whatever follows a `+` in it. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Person {
    email: String,
    normal: String,
    hash: Option<EmailHash>,
}

impl Person {
    /// Whose address this is. With the key of the account, carts are found whose address is erased and whose hash stays, too.
    pub fn new(email: &str, key: Option<&EmailKey>) -> Self {
        let email = email.trim().to_owned();
        Self { normal: normalize_email(&email), hash: key.map(|key| key.hash(&email)), email }
    }

    /// The address, as it was given.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Whether this address is of the person.
    pub fn has(&self, email: &str) -> bool {
        normalize_email(email) == self.normal
    }

    fn is_of(&self, cart: &Cart) -> bool {
        addresses(cart).any(|email| self.has(email)) || (self.hash.is_some() && cart.email_hash == self.hash)
    }

    /// The address in every way in which the person has typed it into these carts, and as it was given: 2Checkout compares
    /// them letter by letter.
    pub fn spellings<'a>(&'a self, carts: &'a [Cart]) -> BTreeSet<&'a str> {
        let typed = carts.iter().flat_map(addresses).filter(|email| self.has(email));
        typed.chain([self.email.as_str(), self.normal.as_str()]).collect()
    }
}

fn addresses(cart: &Cart) -> impl Iterator<Item = &str> {
    let paths = [Path::billing(Detail::Email), Path::Detail(wire::Block::Delivery, Detail::Email)];
    let added = cart.adding.as_ref().map(|adding| adding.email.as_str());
    paths.into_iter().filter_map(|path| cart.state.text(path)).chain(added)
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Which carts are meant: those for which everything that is set here is true.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// The cart of this id.
    pub cart: Option<String>,
    /// The cart whose lead 2Checkout calls so.
    pub lead_code: Option<String>,
    /// Carts of this person.
    pub person: Option<Person>,
    /// Carts with this reference of the shop's order.
    pub external_reference: Option<String>,
    /// Carts in one of these states; none: in any.
    pub states: Vec<State>,
    /// Carts that were changed or closed at this moment or later.
    pub since: Option<Millis>,
}

impl Filter {
    /// Whether a cart is among those meant.
    pub fn takes(&self, cart: &Cart) -> bool {
        let is = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        is(&self.cart, Some(&cart.id))
            && is(&self.lead_code, cart.lead_code.as_deref())
            && is(&self.external_reference, cart.external_reference.as_deref())
            && self.person.as_ref().is_none_or(|person| person.is_of(cart))
            && (self.states.is_empty() || self.states.contains(&State::of(cart)))
            && self.since.is_none_or(|since| cart.updated_at >= since)
    }
}

/// So many carts are in memory at once while the store is looked through.
const PAGE: u32 = 500;

/// The carts that are meant, those changed last first. Without a cart or a lead code the whole store is looked through,
/// page by page.
///
/// # Errors
///
/// [`StoreError`]
pub async fn scan(store: &dyn Store, filter: &Filter) -> Result<Vec<Cart>, StoreError> {
    let ids = match filter {
        Filter { cart: Some(id), .. } => Some(vec![id.clone()]),
        Filter { lead_code: Some(code), .. } => Some(store.find(&CartQuery::LeadCode(code)).await?),
        _ => None,
    };
    let mut found = Vec::new();
    if let Some(ids) = ids {
        for id in ids {
            found.extend(store.load(&id).await?.filter(|cart| filter.takes(cart)));
        }
    } else {
        let mut after = String::new();
        loop {
            let page = store.page(&after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.id);
            found.extend(page.into_iter().filter(|cart| filter.takes(cart)));
        }
    }
    found.sort_by_key(|cart| std::cmp::Reverse(cart.updated_at));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use twocheckout::Credentials;
    use wire::Stamped;

    use super::*;
    use crate::cart::{Adding, KeyHash, Status};

    fn cart() -> Cart {
        let mut cart = Cart::new("6f1c0a4e-8f43-4b0e-9d59-2f1f1c9f7a10", KeyHash::of("k"), 10);
        cart.state.change(Path::billing(Detail::Email), Stamped::text("Ada+shop@Example.com", 1));
        (cart.lead_code, cart.external_reference) = (Some("L1".into()), Some("A-1".into()));
        cart
    }

    #[test]
    fn everything_that_is_asked_for_must_be_so() {
        let by = |change: fn(&mut Filter)| {
            let mut filter = Filter::default();
            change(&mut filter);
            filter.takes(&cart())
        };
        assert!(by(|_| {}));
        assert!(by(|f| f.lead_code = Some("L1".into())) && !by(|f| f.lead_code = Some("L2".into())));
        assert!(by(|f| f.external_reference = Some("A-1".into())));
        assert!(!by(|f| f.external_reference = Some("A-2".into())));
        assert!(by(|f| f.states = vec![State::Open, State::Refused]) && !by(|f| f.states = vec![State::Collecting]));
        assert!(by(|f| f.since = Some(10)) && !by(|f| f.since = Some(11)));
        assert!(by(|f| f.person = Some(Person::new("ada@example.com", None))));
        assert!(!by(|f| f.person = Some(Person::new("eve@example.com", None))));
        assert!(!by(|f| (f.since, f.lead_code) = (Some(11), Some("L1".into()))));
    }

    #[test]
    fn a_person_is_found_by_what_was_typed_by_a_lost_call_and_by_what_stays_after_the_erasure() {
        let key = EmailKey::of(&Credentials::new("M", "secret"));
        let takes = |cart: &Cart, person| Filter { person: Some(person), ..Filter::default() }.takes(cart);
        let erased = Cart { state: Default::default(), email_hash: Some(key.hash("ada@example.com")), ..cart() };
        assert!(takes(&erased, Person::new("ADA@example.com", Some(&key))));
        assert!(!takes(&erased, Person::new("ADA@example.com", None)), "without the key of the account");
        let nobody = Cart { state: Default::default(), status: Status::Withdrawn, ..cart() };
        assert!(!takes(&nobody, Person::new("ada@example.com", Some(&key))));
        let lost = Cart { adding: Some(Adding { since: 1, email: "ada@example.com".into() }), ..nobody };
        assert!(takes(&lost, Person::new("ada+x@example.com", None)));
        assert_eq!(format!("{:?}", Person::new("ada@example.com", Some(&key))), "***");
    }
}
