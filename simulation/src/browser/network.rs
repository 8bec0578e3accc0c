//! The network between pages and proxies: it delays, loses, repeats and reorders.

use leadkeep::core::retry::Outcome;

use super::{TIMEOUT_MS, Told};
use crate::world::{Event, Request, World};

impl World {
    /// A request of a page sets out.
    pub(crate) fn post(&mut self, request: Request) {
        let (tab, id) = (request.tab, request.id);
        self.after(TIMEOUT_MS, Event::Tell(tab, Told::Ended(id, Outcome::NoAnswer)));
        let browser = self.tabs.get(tab).map_or(0, |tab| tab.browser);
        if self.browsers.get(browser).is_some_and(|browser| !browser.online) {
            let ms = self.chance.between(1, 200);
            return self.after(ms, Event::Tell(tab, Told::Ended(id, Outcome::NoAnswer)));
        }
        let faults = self.plan.faults;
        if self.chance.percent(faults.request_lost) {
            self.note(|| format!("    request {id} of tab {tab} is lost"));
            return self.fail(tab, id);
        }
        let copies = 1 + u64::from(self.chance.percent(faults.repeated));
        for _ in 0..copies {
            let late = self.chance.percent(faults.late);
            let ms = if late { self.chance.between(1_000, 600_000) } else { self.chance.delay(80, 15_000) };
            let proxy = self.chance.below(self.proxies.len());
            self.after(ms, Event::Arrives { proxy, request: request.clone() });
        }
    }

    /// The answer of a proxy sets out.
    pub(crate) fn answer(&mut self, request: &Request, outcome: Outcome) {
        let (tab, id) = (request.tab, request.id);
        if self.chance.percent(self.plan.faults.answer_lost) {
            self.note(|| format!("    the answer to request {id} of tab {tab} is lost"));
            return self.fail(tab, id);
        }
        self.note(|| format!("    request {id} of tab {tab} is answered: {}", describe(&outcome)));
        let ms = self.chance.delay(80, 15_000);
        self.after(ms, Event::Tell(tab, Told::Ended(id, outcome)));
    }

    /// What a page sees when no answer of the proxy reaches it: at times something else answers.
    fn fail(&mut self, tab: usize, id: u32) {
        let outcome = match self.chance.below(6) {
            0 => Outcome::Status(502, None),
            1 => Outcome::Status(503, Some(2_000)),
            2 => Outcome::Nonsense,
            3 => Outcome::Status(408, None),
            // The page itself gives up after its timeout.
            4 => return,
            _ => Outcome::NoAnswer,
        };
        let ms = self.chance.delay(100, TIMEOUT_MS);
        self.after(ms, Event::Tell(tab, Told::Ended(id, outcome)));
    }
}

fn describe(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Answered(answer) => format!("{answer:?}"),
        other => format!("{other:?}"),
    }
}
