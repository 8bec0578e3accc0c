//! A run: faults for a while, then none, then the measure is taken.

use crate::browser::Life;
use crate::chance::Chance;
use crate::plan::{Faults, Plan, Protection};
use crate::storage::State;
use crate::timeline::Millis;
use crate::world::{Event, Violation, World};

/// What came of a seed.
#[derive(Debug, Clone)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// The first promise that was broken, if one was.
    pub violation: Option<Violation>,
    /// Requests of pages.
    pub requests: u64,
    /// Calls to 2Checkout.
    pub calls: u64,
    /// Leads in 2Checkout at the end.
    pub leads: usize,
    /// What happened, if it was asked for.
    pub trace: Vec<String>,
}

/// Runs a seed. `without`: a protection that the harness takes away.
pub fn run(seed: u64, without: Option<Protection>, traced: bool) -> Report {
    let plan = Plan::of(&mut Chance::new(seed));
    let mut world = World::new(seed, plan, without, traced);
    world.trouble();
    if world.violation.is_none() {
        world.calm_down();
    }
    if world.violation.is_none() {
        world.check_end();
    }
    Report {
        seed,
        violation: world.violation,
        requests: world.requests,
        calls: world.upstream.calls,
        leads: world.upstream.leads.len(),
        trace: world.trace.lines().to_vec(),
    }
}

const HOUR_MS: Millis = 3_600_000;

impl World {
    /// Shoppers act, and everything the plan names goes wrong.
    fn trouble(&mut self) {
        let plan = self.plan.clone();
        self.note(|| format!("{plan:?}"));
        for browser in 0..self.browsers.len() {
            if let Some(of) = self.browsers.get_mut(browser) {
                of.acts_left = plan.acts;
            }
            let form = self.new_form(browser);
            self.open_page(browser, form);
            self.after(1, Event::Act(browser));
        }
        while self.browsers.iter().any(|browser| browser.acts_left > 0) && self.violation.is_none() {
            self.pass(10_000);
        }
    }

    /// Faults stop, a page of the site is opened in each browser, and time passes.
    pub(crate) fn calm_down(&mut self) {
        self.note(|| "the faults stop".to_owned());
        self.plan.faults = Faults::default();
        for proxy in 0..self.proxies.len() {
            self.thaw_proxy(proxy);
            self.start_proxy(proxy);
        }
        for browser in 0..self.browsers.len() {
            self.heal_storage(browser);
            self.come_online(browser);
        }
        for tab in 0..self.tabs.len() {
            match self.tabs.get(tab).map(|tab| tab.life) {
                Some(Life::Frozen) => self.thaw(tab),
                Some(Life::Open | Life::Hidden) => self.show(tab),
                Some(Life::Cached | Life::Gone) | None => {}
            }
        }
        for browser in 0..self.browsers.len() {
            let form = self.new_form(browser);
            self.open_page(browser, form);
        }
        self.pass(HOUR_MS);
        for tab in 0..self.tabs.len() {
            self.show(tab);
        }
        self.pass(HOUR_MS);
        debug_assert!(self.browsers.iter().all(|browser| browser.storage.state == State::Sound));
    }
}

/// What came of an outage that ended for many tabs at once.
#[derive(Debug, Clone, Copy)]
pub struct Recovery {
    /// Requests after it.
    pub requests: u64,
    /// Most of them in any tenth of a second.
    pub most_in_100_ms: u64,
    /// Calls to 2Checkout after it.
    pub calls: u64,
    /// Leads in 2Checkout.
    pub leads: usize,
}

/// So many tabs of one browser are typed into while it is offline, and it comes back.
pub fn recovery(tabs: usize, seed: u64) -> Recovery {
    let mut world = World::new(seed, Plan::calm(), None, false);
    let path = wire::Path::billing(wire::Detail::Email);
    for tab in 0..tabs {
        let form = world.new_form(0);
        world.open_page(0, form);
        if tab == 0 {
            world.type_text(0, path, "ada@example.com");
            world.pass(10_000);
        }
    }
    if let Some(browser) = world.browsers.first_mut() {
        browser.online = false;
    }
    for tab in 0..tabs {
        world.type_text(tab, path, &format!("ada{tab}@example.com"));
    }
    world.pass(HOUR_MS);
    let (requests, calls) = (world.requests, world.upstream.calls);
    world.come_online(0);
    let mut most_in_100_ms = 0;
    for _ in 0..600 {
        let before = world.requests;
        world.pass(100);
        most_in_100_ms = most_in_100_ms.max(world.requests - before);
    }
    world.pass(HOUR_MS);
    Recovery {
        requests: world.requests - requests,
        most_in_100_ms,
        calls: world.upstream.calls - calls,
        leads: world.upstream.leads.len(),
    }
}
