//! Everything there is in a run, and the passing of time.

use std::collections::BTreeMap;

use leadkeep::core::session::Route;
use leadkeep_proxy::cart::{Cart, EmailKey};
use leadkeep_proxy::delivery::Timing;
use wire::LeadState;

use crate::browser::{Browser, Tab, Told};
use crate::chance::Chance;
use crate::oracle::Oracle;
use crate::plan::{Plan, Protection};
use crate::proxy::{Proxy, Work};
use crate::timeline::{Millis, Timeline};
use crate::trace::{START, Trace};
use crate::twocheckout::TwoCheckout;

/// The number of a tab; each page that is loaded is a new one.
pub(crate) type TabId = usize;

/// What will happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// The shopper of a browser does something.
    Act(usize),
    /// The module of a page has arrived.
    Loaded(TabId),
    /// A page is told something.
    Tell(TabId, Told),
    /// A browser is online again, its storage works again.
    Online(usize),
    StorageHeals(usize),
    Thaw(TabId),
    /// A request reaches a proxy.
    Arrives {
        proxy: usize,
        request: Request,
    },
    /// A proxy goes on with something.
    Work {
        proxy: usize,
        epoch: u32,
        work: Work,
    },
    ProxyStarts(usize),
    ProxyThaws(usize),
    /// A call reaches 2Checkout.
    CarryOut(Box<crate::upstream::Call>),
    /// The shop's server or 2Checkout reports an order.
    Reported(Box<crate::orders::Reported>),
}

/// A request of a page.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) tab: TabId,
    pub(crate) id: u32,
    pub(crate) route: Route,
    pub(crate) body: String,
    /// It went with `keepalive`.
    pub(crate) outlives_page: bool,
}

/// What went wrong in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The promise that was broken.
    pub promise: &'static str,
    /// How.
    pub how: String,
}

/// A run.
pub(crate) struct World {
    pub(crate) now: Millis,
    pub(crate) timeline: Timeline<Event>,
    pub(crate) chance: Chance,
    pub(crate) plan: Plan,
    pub(crate) without: Option<Protection>,
    pub(crate) timing: Timing,
    pub(crate) browsers: Vec<Browser>,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) proxies: Vec<Proxy>,
    /// The store that the proxies share. What was committed survives them.
    pub(crate) store: BTreeMap<String, Cart>,
    /// How wrong the clock of the store is.
    pub(crate) store_offset: i64,
    /// When which run of which proxy was killed.
    pub(crate) deaths: BTreeMap<(usize, u32), Millis>,
    /// When each order was reported first; a table of the store.
    pub(crate) reported: BTreeMap<String, Millis>,
    /// By which carts are found by their buyer.
    pub(crate) email_key: EmailKey,
    pub(crate) upstream: TwoCheckout,
    pub(crate) oracle: Oracle,
    pub(crate) trace: Trace,
    pub(crate) violation: Option<Violation>,
    /// Counts what is unique: values that are typed, arrivals.
    pub(crate) serial: u64,
    /// Requests of pages, and calls to 2Checkout, so far.
    pub(crate) requests: u64,
    /// Events so far.
    happened: u64,
}

/// No honest run has so many events.
const MOST_EVENTS: u64 = 200_000;

impl World {
    pub(crate) fn new(seed: u64, plan: Plan, without: Option<Protection>, traced: bool) -> Self {
        let mut chance = Chance::new(seed);
        let (skew, update_clears_marks) = (plan.skew, plan.update_clears_marks);
        let mut offset = || {
            let by = i64::try_from(chance.between(0, skew)).unwrap_or(0);
            if chance.percent(50) { by } else { -by }
        };
        let browsers = (0..plan.browsers).map(|_| Browser::new(offset())).collect();
        let store_offset = offset();
        let proxies = (0..plan.proxies).map(|number| Proxy::new(number, 0)).collect();
        Self {
            now: START,
            timeline: Timeline::default(),
            chance,
            plan,
            without,
            timing: Timing::default(),
            browsers,
            tabs: Vec::new(),
            proxies,
            store: BTreeMap::new(),
            store_offset,
            deaths: BTreeMap::new(),
            reported: BTreeMap::new(),
            email_key: EmailKey::of(&twocheckout::Credentials::new("M", "secret")),
            upstream: TwoCheckout { update_clears_marks, ..TwoCheckout::default() },
            oracle: Oracle::default(),
            trace: Trace::new(traced),
            violation: None,
            serial: 0,
            requests: 0,
            happened: 0,
        }
    }

    pub(crate) fn is_without(&self, protection: Protection) -> bool {
        self.without == Some(protection)
    }

    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        self.trace.note(self.now, line);
    }

    /// Keeps the first violation.
    pub(crate) fn violate(&mut self, promise: &'static str, how: String) {
        self.note(|| format!("VIOLATION {promise}: {how}"));
        self.violation.get_or_insert(Violation { promise, how });
    }

    pub(crate) fn after(&mut self, ms: Millis, event: Event) {
        self.timeline.enter(self.now.saturating_add(ms), event);
    }

    pub(crate) fn unique(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// Lets time pass.
    pub(crate) fn pass(&mut self, ms: Millis) {
        let until = self.now.saturating_add(ms);
        while let Some((at, event)) = self.timeline.next(until) {
            self.now = at;
            self.happened += 1;
            if self.happened > MOST_EVENTS {
                return self.violate("nothing runs in circles", format!("{MOST_EVENTS} events, the last: {event:?}"));
            }
            self.happen(event);
            if self.violation.is_some() {
                return;
            }
        }
        self.now = until;
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Act(browser) => self.act(browser),
            Event::Loaded(tab) => self.module_arrives(tab),
            Event::Tell(tab, told) => self.hear(tab, told),
            Event::Online(browser) => self.come_online(browser),
            Event::StorageHeals(browser) => self.heal_storage(browser),
            Event::Thaw(tab) => self.thaw(tab),
            Event::Arrives { proxy, request } => self.receive(proxy, request),
            Event::Work { proxy, epoch, work } => self.work(proxy, epoch, work),
            Event::ProxyStarts(proxy) => self.start_proxy(proxy),
            Event::ProxyThaws(proxy) => self.thaw_proxy(proxy),
            Event::CarryOut(call) => self.carry_out(*call),
            Event::Reported(reported) => self.report(*reported),
        }
    }

    /// The moment by the clock of a browser.
    pub(crate) fn browser_clock(&self, browser: usize) -> Millis {
        let offset = self.browsers.get(browser).map_or(0, |browser| browser.offset);
        self.now.saturating_add_signed(offset)
    }

    /// The lead as a cart's row has it.
    pub(crate) fn row(&self, cart: &str) -> Option<&Cart> {
        self.store.get(cart)
    }
}

/// The values of a state, as the oracle names them.
pub(crate) fn values(state: &LeadState) -> impl Iterator<Item = (wire::Path, Option<String>)> {
    state.iter().map(|(path, change)| (path, change.value.as_ref().map(|value| value.as_str().to_owned())))
}
