//! The network between pages and proxies: it delays, loses, repeats and reorders.

use leadkeep::core::retry::RequestOutcome;

use super::{TIMEOUT_MS, Told};
use crate::world::{Event, Request, World};

impl World {
    /// A request of a page sets out.
    pub(crate) fn post(&mut self, request: Request) {
        let (tab, id) = (request.tab, request.id);
        // A page may have patched its `fetch` so that it never settles.
        if !self.chance.percent(self.plan.faults.hangs) {
            self.after(TIMEOUT_MS, Event::Tell(tab, Told::Answered(id, RequestOutcome::NoAnswer)));
        }
        let browser = self.tabs.get(tab).map_or(0, |tab| tab.browser);
        if self.browsers.get(browser).is_some_and(|browser| !browser.online) {
            let ms = self.chance.between(1, 200);
            return self.after(ms, Event::Tell(tab, Told::Answered(id, RequestOutcome::NoAnswer)));
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
    pub(crate) fn answer(&mut self, request: &Request, outcome: RequestOutcome) {
        let (tab, id) = (request.tab, request.id);
        if self.chance.percent(self.plan.faults.answer_lost) {
            self.note(|| format!("    the answer to request {id} of tab {tab} is lost"));
            return self.fail(tab, id);
        }
        self.note(|| format!("    request {id} of tab {tab} is answered: {}", describe(&outcome)));
        let ms = self.chance.delay(80, 15_000);
        self.after(ms, Event::Tell(tab, Told::Answered(id, outcome)));
    }

    /// What a page sees when no answer of the proxy reaches it: at times something else answers.
    fn fail(&mut self, tab: usize, id: u32) {
        let outcome = match self.chance.below(6) {
            0 => RequestOutcome::Status(502, None),
            1 => RequestOutcome::Status(503, Some(2_000)),
            2 => RequestOutcome::Nonsense,
            3 => RequestOutcome::Status(408, None),
            // The page itself gives up after its timeout.
            4 => return,
            _ => RequestOutcome::NoAnswer,
        };
        let ms = self.chance.delay(100, TIMEOUT_MS);
        self.after(ms, Event::Tell(tab, Told::Answered(id, outcome)));
    }
}

fn describe(outcome: &RequestOutcome) -> String {
    match outcome {
        RequestOutcome::Answered(answer) => format!("{answer:?}"),
        other => format!("{other:?}"),
    }
}
