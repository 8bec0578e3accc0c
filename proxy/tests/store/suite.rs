//! What every store does.

use std::sync::Arc;

use leadkeep_proxy::cart::{
    Admission, Admitted, Cart, Consent, EmailHash, EmailKey, Kept, KeyHash, Retention, Status, close, close_in_advance,
    kept, save,
};
use leadkeep_proxy::delivery::{Call, Claimant, Outcome, Step, Timing, begin, finish};
use leadkeep_proxy::store::{CartQuery, HourCount, Location, Store};
use tempfile::TempDir;
use wire::{LeadState, Path, Stamped};

use super::CLUSTER;

/// Where a store is. It can be opened again after it was closed; a PostgreSQL also before.
pub struct Place {
    pub url: String,
    pub shared: bool,
    _folder: TempDir,
}

impl Place {
    pub async fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite://{}", folder.path().join("leads.sqlite").display());
        Self { url, shared: false, _folder: folder }
    }

    pub async fn postgres() -> Self {
        Self { url: CLUSTER.database().await, shared: true, _folder: TempDir::new().unwrap() }
    }

    pub async fn open(&self) -> Arc<dyn Store> {
        self.url.parse::<Location>().unwrap().open().await.unwrap()
    }

    /// Two proxies that share it, or, where it is of one alone, twice the same.
    async fn open_twice(&self) -> [Arc<dyn Store>; 2] {
        let one = self.open().await;
        let two = if self.shared { self.open().await } else { Arc::clone(&one) };
        [one, two]
    }
}

macro_rules! suite {
    ($($name:ident),+ $(,)?) => {
        mod over_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::$name(super::Place::sqlite().await).await })+
        }
        mod over_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::$name(super::Place::postgres().await).await })+
        }
    };
}

suite!(
    what_an_edit_left_is_there_after_the_store_was_opened_again,
    edits_of_one_cart_at_once_are_all_kept,
    a_cart_that_is_born_in_many_places_at_once_loses_no_edit,
    an_edit_that_changes_nothing_writes_nothing,
    of_many_who_would_deliver_a_cart_at_once_one_does,
    due_are_those_whose_time_has_come_closed_ones_first_and_refused_ones_apart,
    a_start_ends_back_offs_and_parking_but_not_what_settles,
    the_backlog_counts_what_waits_and_what_is_parked,
    of_many_carts_of_one_address_at_once_three_are_admitted,
    a_purge_does_to_every_cart_what_the_rule_says,
    a_shopper_who_comes_back_after_the_purge_has_the_same_lead,
    all_carts_can_be_looked_through_page_by_page,
    what_happened_in_an_hour_is_counted_together_and_kept_for_a_year,
    the_carts_of_an_order_are_found_by_reference_lead_and_buyer,
    an_order_is_reported_first_once,
);

pub fn key() -> KeyHash {
    KeyHash::of("00112233445566778899aabbccddeeff")
}

pub fn changes(list: &[(&str, &str)], at: u64) -> LeadState {
    let change = |(path, text): &(&str, &str)| {
        let path: Path = path.parse().unwrap();
        let value = if path.is_json() { Stamped::json(*text, at) } else { Stamped::text(*text, at) };
        (path, value)
    };
    list.iter().map(change).collect()
}

pub fn ready() -> LeadState {
    let items = r#"[{"Code":"A","Quantity":1}]"#;
    changes(&[("BillingDetails.Email", "ada@example.com"), ("Items", items), ("Currency", "EUR")], 1)
}

pub async fn keep(store: &dyn Store, id: &str, changes: &LeadState, now: u64) {
    store.edit(id, &mut |cart| _ = save(cart, id, key(), changes, now)).await.unwrap();
}

pub async fn set(store: &dyn Store, id: &str, set: impl Fn(&mut Cart) + Send + Sync) {
    store.edit(id, &mut |cart| set(cart.as_mut().unwrap())).await.unwrap();
}

pub async fn step(store: &dyn Store, claimant: &mut Claimant, id: &str, own: u64, now: u64) -> Option<Step> {
    let mut step = None;
    let timing = Timing::default();
    store.edit(id, &mut |cart| step = begin(cart.as_mut().unwrap(), claimant, own, now, &timing)).await.unwrap();
    step
}

async fn what_an_edit_left_is_there_after_the_store_was_opened_again(place: Place) {
    let store = place.open().await;
    keep(&*store, "cart-1", &ready(), 5).await;
    step(&*store, &mut Claimant::new("a"), "cart-1", 0, 5).await.unwrap();
    let before = store.load("cart-1").await.unwrap();
    assert!(before.as_ref().unwrap().adding.is_some() && before.as_ref().unwrap().holder.is_some());
    store.close().await;
    let store = place.open().await;
    assert_eq!(store.load("cart-1").await.unwrap(), before);
    assert_eq!(store.load("cart-2").await.unwrap(), None);
}

async fn edits_of_one_cart_at_once_are_all_kept(place: Place) {
    let stores = place.open_twice().await;
    keep(&*stores[0], "cart-1", &ready(), 5).await;
    let edits: Vec<_> = (0..60)
        .map(|n| {
            let store = Arc::clone(&stores[n % 2]);
            tokio::spawn(async move { set(&*store, "cart-1", |cart| cart.attempts += 1).await })
        })
        .collect();
    for edit in edits {
        edit.await.unwrap();
    }
    assert_eq!(stores[0].load("cart-1").await.unwrap().unwrap().attempts, 60);
}

async fn a_cart_that_is_born_in_many_places_at_once_loses_no_edit(place: Place) {
    const PATHS: [&str; 8] = ["Email", "FirstName", "LastName", "City", "Zip", "Phone", "Company", "Address1"];
    let stores = place.open_twice().await;
    for round in 0..10 {
        let edits: Vec<_> = (0..PATHS.len())
            .map(|n| {
                let store = Arc::clone(&stores[n % 2]);
                tokio::spawn(async move {
                    let path = format!("BillingDetails.{}", PATHS[n]);
                    keep(&*store, &format!("cart-{round}"), &changes(&[(&path, "x@example.com")], 1), 5).await;
                })
            })
            .collect();
        for edit in edits {
            edit.await.unwrap();
        }
        let cart = stores[0].load(&format!("cart-{round}")).await.unwrap().unwrap();
        assert_eq!((cart.state.iter().count(), cart.version), (PATHS.len(), PATHS.len() as u64), "{round}");
    }
}

async fn an_edit_that_changes_nothing_writes_nothing(place: Place) {
    let store = place.open().await;
    store.edit("cart-1", &mut |cart| assert_eq!(*cart, None)).await.unwrap();
    assert_eq!(store.load("cart-1").await.unwrap(), None);
    keep(&*store, "cart-1", &ready(), 5).await;
    let before = store.load("cart-1").await.unwrap();
    set(&*store, "cart-1", |_| {}).await;
    assert_eq!(store.load("cart-1").await.unwrap(), before);
}

async fn of_many_who_would_deliver_a_cart_at_once_one_does(place: Place) {
    let stores = place.open_twice().await;
    for round in 0..10 {
        let id = format!("cart-{round}");
        keep(&*stores[0], &id, &ready(), 5).await;
        let claims: Vec<_> = (0..12)
            .map(|n| {
                let (store, id) = (Arc::clone(&stores[n % 2]), id.clone());
                tokio::spawn(async move { step(&*store, &mut Claimant::new(n.to_string()), &id, 0, 5).await })
            })
            .collect();
        let mut steps = Vec::new();
        for claim in claims {
            steps.extend(claim.await.unwrap());
        }
        assert_eq!(steps.len(), 1, "{round}");
        assert!(steps[0].claim.is_of(&stores[1].load(&id).await.unwrap().unwrap()));
    }
}

async fn due_are_those_whose_time_has_come_closed_ones_first_and_refused_ones_apart(place: Place) {
    let store = place.open().await;
    for (id, now) in [("second", 20), ("first", 10), ("third", 30), ("later", 5)] {
        keep(&*store, id, &ready(), now).await;
    }
    set(&*store, "later", |cart| cart.next_attempt_at = Some(1_001)).await;
    keep(&*store, "no lead yet", &changes(&[("Currency", "EUR")], 1), 1).await;
    assert_eq!(store.due(1_000, 10).await.unwrap(), ["first", "second", "third"]);
    assert_eq!(store.due(1_001, 10).await.unwrap(), ["first", "second", "third", "later"]);
    assert_eq!(store.due(1_001, 2).await.unwrap(), ["first", "second"]);
    assert_eq!(store.due(15, 10).await.unwrap(), ["first"]);
    // One that is held is looked at by others when 2Checkout could have answered.
    let mut a = Claimant::new("a");
    let step = step(&*store, &mut a, "first", 0, 1_000).await.unwrap();
    assert_eq!(store.due(1_000, 10).await.unwrap(), ["second", "third"]);
    let settled = 1_000 + Timing::default().settle_ms;
    assert_eq!(store.due(settled, 10).await.unwrap(), ["second", "third", "later", "first"]);
    let done = Outcome::Done(Some("L1".into()));
    set(&*store, "first", |cart| _ = finish(cart, &step, &done, 1_001, 1.0, &Timing::default())).await;
    assert_eq!(store.due(settled, 10).await.unwrap(), ["second", "third", "later"]);
    // A buyer's mails stop before anything else, and what was refused is not in the way.
    set(&*store, "third", |cart| {
        cart.lead_code = Some("L3".into());
        let mut known = Some(cart.clone());
        assert!(close(&mut known, "third", key(), Status::Completed, None, 2_000));
        *cart = Cart { next_attempt_at: Some(2_500), ..known.unwrap() };
    })
    .await;
    set(&*store, "second", |cart| cart.parked = true).await;
    assert_eq!(store.due(settled, 10).await.unwrap(), ["third", "later"]);
    assert_eq!(store.due(settled, 1).await.unwrap(), ["third"]);
    assert_eq!(store.due_refused(settled, 10).await.unwrap(), ["second"]);
}

async fn a_start_ends_back_offs_and_parking_but_not_what_settles(place: Place) {
    let store = place.open().await;
    for id in ["backing off", "parked", "settling", "held"] {
        keep(&*store, id, &ready(), 5).await;
    }
    set(&*store, "backing off", |cart| (cart.next_attempt_at, cart.attempts) = (Some(9_000), 7)).await;
    set(&*store, "parked", |cart| (cart.next_attempt_at, cart.parked) = (None, true)).await;
    let mut a = Claimant::new("a");
    let lost = Outcome::Transient { retry_after_ms: None, maybe_done: true };
    let add = step(&*store, &mut a, "settling", 0, 1_000).await.unwrap();
    set(&*store, "settling", |cart| _ = finish(cart, &add, &lost, 1_000, 0.0, &Timing::default())).await;
    step(&*store, &mut a, "held", 0, 1_000).await.unwrap();
    assert_eq!(store.release(1_500, 2_000).await.unwrap(), 4);
    assert_eq!(store.due(1_500, 10).await.unwrap().len(), 0, "2Checkout may still be at work on a lost updateLead");
    assert_eq!(store.due(3_500, 10).await.unwrap().len(), 4);
    let held = store.load("held").await.unwrap().unwrap();
    if place.shared {
        assert_eq!((held.holder.as_deref(), held.next_attempt_at), (Some("a"), Some(3_000)));
    } else {
        assert_eq!((held.holder, held.next_attempt_at), (None, Some(3_500)));
    }
    let released = store.load("backing off").await.unwrap().unwrap();
    assert_eq!((released.attempts, released.next_attempt_at), (0, Some(3_500)));
}

async fn of_many_carts_of_one_address_at_once_three_are_admitted(place: Place) {
    let stores = place.open_twice().await;
    let email_key = EmailKey::of(&twocheckout::Credentials::new("M", "secret"));
    for round in 0..5 {
        let carts: Vec<_> = (0..12)
            .map(|n| {
                let (store, email_key) = (Arc::clone(&stores[n % 2]), email_key.clone());
                tokio::spawn(async move {
                    let rule = Admission { leads_per_address: Some(3), blocked_domains: &[] };
                    let id = format!("cart-{round}-{n}");
                    let mut values = ready();
                    let email = format!("ada{round}+{n}@example.com");
                    values.change("BillingDetails.Email".parse().unwrap(), Stamped::text(email, 2));
                    let mut edit = |cart: &mut Option<Cart>| {
                        save(cart, &id, key(), &values, 5);
                        cart.as_mut().unwrap().index(Some(&email_key));
                    };
                    (id.clone(), store.edit_admitting(&id, &rule, &mut edit).await.unwrap())
                })
            })
            .collect();
        let mut admitted = 0;
        for cart in carts {
            let (id, came) = cart.await.unwrap();
            let cart = stores[0].load(&id).await.unwrap().unwrap();
            assert_eq!(cart.is_withheld, came == Some(Admitted::AddressLimit));
            assert_eq!(cart.next_attempt_at.is_some(), came == Some(Admitted::Yes));
            admitted += usize::from(came == Some(Admitted::Yes));
        }
        assert_eq!(admitted, 3, "{round}");
    }
}

async fn the_backlog_counts_what_waits_and_what_is_parked(place: Place) {
    let store = place.open().await;
    for id in ["a", "b", "c"] {
        keep(&*store, id, &ready(), 5).await;
    }
    set(&*store, "b", |cart| cart.parked = true).await;
    store.edit("c", &mut |cart| assert!(close(cart, "c", key(), Status::Completed, None, 6))).await.unwrap();
    let backlog = store.backlog().await.unwrap();
    assert_eq!((backlog.waiting, backlog.parked), (2, 1));
}

const DAY: u64 = 24 * 3_600_000;

async fn a_purge_does_to_every_cart_what_the_rule_says(place: Place) {
    let stores = place.open_twice().await;
    let now = 2_000 * DAY;
    let mut before = Vec::new();
    for age in [0, 1, 2, 6, 7, 89, 90, 91, 199, 200, 201, 900, 1_094, 1_096] {
        for (kind, name) in [
            "a lead",
            "no lead",
            "waiting",
            "parked",
            "completed",
            "withdrawn",
            "in advance",
            "no address",
            "a consent of a lead",
            "a consent, no lead",
            "a consent, withdrawn",
        ]
        .into_iter()
        .enumerate()
        {
            let id = format!("{name}, {age} days");
            if kind == 6 {
                let closed = close_in_advance(&id, Some("A-1"), now - age * DAY);
                stores[0].edit(&id, &mut |cart| *cart = Some(closed.clone())).await.unwrap();
                before.push(closed);
                continue;
            }
            if kind == 7 {
                let cleared = [("BillingDetails.Email".parse().unwrap(), Stamped::cleared(2))].into_iter().collect();
                keep(&*stores[0], &id, &ready(), now - age * DAY).await;
                keep(&*stores[0], &id, &cleared, now - age * DAY).await;
                set(&*stores[0], &id, |cart| cart.next_attempt_at = None).await;
                before.push(stores[0].load(&id).await.unwrap().unwrap());
                continue;
            }
            keep(&*stores[0], &id, &ready(), now - age * DAY).await;
            set(&*stores[0], &id, |cart| {
                if kind > 7 {
                    let (mode, text, language) =
                        (leadkeep_proxy::cart::ConsentMode::Ask, Some("Yes".into()), Some("EN".into()));
                    cart.agree(Some(Consent { mode, at: 1, text, language }));
                    cart.email_hash = EmailHash::from_bytes(&[7; 32]);
                }
                let mut known = Some(cart.clone());
                cart.lead_code = (kind != 1 && kind != 9).then(|| "L1".into());
                cart.next_attempt_at = (kind == 2).then_some(5);
                cart.parked = kind == 3;
                if [4, 5, 10].contains(&kind) {
                    let end = if kind == 4 { Status::Completed } else { Status::Withdrawn };
                    assert!(close(&mut known, &id, key(), end, Some("A-1"), now - age * DAY));
                    *cart = known.clone().unwrap();
                }
            })
            .await;
            before.push(stores[0].load(&id).await.unwrap().unwrap());
        }
    }
    let retention = Retention::default();
    // Two at once, a few at a time: what one has at hand the other leaves alone.
    let purges: Vec<_> = stores
        .iter()
        .map(|store| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for _ in 0..60 {
                    store.purge(now, &retention, 3).await.unwrap();
                }
            })
        })
        .collect();
    for purge in purges {
        purge.await.unwrap();
    }
    for cart in before {
        let after = stores[1].load(&cart.id).await.unwrap();
        match kept(&cart, &retention, now) {
            Kept::Whole => assert_eq!(after.as_ref(), Some(&cart), "{}", cart.id),
            Kept::Nothing => assert_eq!(after, None, "{}", cart.id),
            Kept::Tombstone => {
                let after = after.unwrap();
                assert!(after.state.is_empty() && after.is_delivered() && !after.parked, "{}", cart.id);
                assert_eq!((&after.consent, after.email_hash.is_some()), (&cart.consent, cart.consent.is_some()));
                assert_eq!((&after.lead_code, after.updated_at), (&cart.lead_code, cart.updated_at), "{}", cart.id);
            }
        }
    }
    assert_eq!(stores[0].purge(now, &retention, 100).await.unwrap(), Default::default());
}

async fn a_shopper_who_comes_back_after_the_purge_has_the_same_lead(place: Place) {
    let store = place.open().await;
    keep(&*store, "cart-1", &ready(), 5).await;
    let mut claimant = Claimant::new("a");
    let add = step(&*store, &mut claimant, "cart-1", 0, 5).await.unwrap();
    let done = Outcome::Done(Some("L1".into()));
    set(&*store, "cart-1", |cart| _ = finish(cart, &add, &done, 6, 1.0, &Timing::default())).await;
    assert_eq!(store.purge(5 + DAY, &Retention::days(1), 10).await.unwrap().erased, 1);
    keep(&*store, "cart-1", &ready(), 5 + 2 * DAY).await;
    let step = step(&*store, &mut claimant, "cart-1", 0, 5 + 2 * DAY).await.unwrap();
    // 2Checkout has more of it than is left here.
    assert_eq!(step.call, Call::Read { lead_code: "L1".into() });
}

async fn all_carts_can_be_looked_through_page_by_page(place: Place) {
    let store = place.open().await;
    for id in ["c", "a", "e", "b", "d"] {
        keep(&*store, id, &ready(), 5).await;
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    while let Some(last) = {
        let page = store.page(&after, 2).await.unwrap();
        seen.extend(page.iter().map(|cart| cart.id.clone()));
        page.last().map(|cart| cart.id.clone())
    } {
        after = last;
    }
    assert_eq!(seen, ["a", "b", "c", "d", "e"]);
}

async fn what_happened_in_an_hour_is_counted_together_and_kept_for_a_year(place: Place) {
    let [one, two] = place.open_twice().await;
    let made = |hour, count| HourCount { hour, event: "made".to_owned(), count };
    let withdrawn = || HourCount { hour: 20_000, event: "withdrawn".to_owned(), count: 1 };
    one.count(&[made(10_000, 2), withdrawn()]).await.unwrap();
    two.count(&[made(10_000, 3), made(20_000, 7)]).await.unwrap();
    assert_eq!(two.counted_since(10_000).await.unwrap(), [made(10_000, 5), made(20_000, 7), withdrawn()]);
    assert_eq!(one.counted_since(10_001).await.unwrap(), [made(20_000, 7), withdrawn()]);
    one.purge(20_000 * 3_600_000, &Retention::default(), 10).await.unwrap();
    assert_eq!(one.counted_since(0).await.unwrap(), [made(20_000, 7), withdrawn()]);
}

async fn the_carts_of_an_order_are_found_by_reference_lead_and_buyer(place: Place) {
    let store = place.open().await;
    let hash = |byte| EmailHash::from_bytes(&[byte; 32]).unwrap();
    // Name, begun at, reference, buyer, open.
    let carts =
        [("a", 5, "A-1", 1, true), ("b", 6, "A-2", 1, true), ("c", 7, "A-1", 2, true), ("d", 8, "A-1", 1, false)];
    for (id, at, reference, buyer, open) in carts {
        keep(&*store, id, &ready(), at).await;
        set(&*store, id, |cart| {
            cart.lead_code = Some(format!("L-{id}"));
            cart.external_reference = Some(reference.to_owned());
            cart.email_hash = Some(hash(buyer));
            if !open {
                cart.status = Status::Completed;
            }
        })
        .await;
    }
    let cases = [
        (CartQuery::ExternalReference { reference: "A-1", begun_by: 9 }, vec!["a", "c", "d"]),
        (CartQuery::ExternalReference { reference: "A-1", begun_by: 7 }, vec!["a", "c"]),
        (CartQuery::ExternalReference { reference: "a-1", begun_by: 9 }, vec![]),
        (CartQuery::Email { hash: hash(1), begun_by: u64::MAX }, vec!["a", "b"]),
        (CartQuery::Email { hash: hash(1), begun_by: 5 }, vec!["a"]),
        (CartQuery::Email { hash: hash(3), begun_by: 9 }, vec![]),
        (CartQuery::LeadCode("L-d"), vec!["d"]),
        (CartQuery::LeadCode("L-x"), vec![]),
    ];
    for (query, expected) in cases {
        assert_eq!(store.find(&query).await.unwrap(), expected, "{query:?}");
    }
}

async fn an_order_is_reported_first_once(place: Place) {
    let [one, two] = place.open_twice().await;
    let first = one.first_report("2checkout:7", 5).await.unwrap();
    let again = two.first_report("2checkout:7", 9).await.unwrap();
    assert_eq!(((first.at, first.is_this), (again.at, again.is_this)), ((5, true), (5, false)));
    assert!(one.first_report("shop:7", 9).await.unwrap().is_this);
    let retention = Retention::default();
    one.purge(6 + retention.tombstone_ms, &retention, 10).await.unwrap();
    assert!(two.first_report("2checkout:7", 10).await.unwrap().is_this, "it is forgotten with the tombstones");
}
