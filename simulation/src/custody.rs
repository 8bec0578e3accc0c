//! Who holds what a shopper did, and what a fault takes away for good.
//!
//! An edit is in the memory of its page, in the record of its browser, or with a proxy. Where a fault destroys the last
//! of these (a crash before anything was written, a storage that is blocked or cleared), the product cannot deliver it,
//! and the oracle no longer asks for it.

use leadkeep::core::config::Consent;
use leadkeep::core::record::Record;

use crate::browser::Life;
use crate::oracle::Edit;
use crate::storage::State;
use crate::timeline::Millis;
use crate::world::{TabId, World};

const DAY_MS: Millis = 24 * 3_600_000;

impl World {
    /// After something is gone. `violent`: a fault that excuses a loss. Otherwise only a storage that could not take
    /// what was to be kept excuses one.
    pub(crate) fn settle_custody(&mut self, browser: usize, violent: bool) {
        let Some(of) = self.browsers.get(browser) else { return };
        let stored = of.storage.read().and_then(|record| record.current(self.browser_clock(browser)));
        let raw = of.storage.read();
        // What waited for a day is dropped by design.
        let expired = raw.is_some_and(|raw| stored.as_ref().is_none_or(|stored| raw.cart.unsent != stored.cart.unsent));
        let unwritable = of.storage.state != State::Sound;
        // Where the page asks elsewhere and the answer was no, no next page sends what is kept.
        let silent = self.plan.consent == Consent::External && !of.agreed;
        let (sound, aged_before) = (of.sound, of.aged_before);
        let mut lost = Vec::new();
        for (index, edit) in self.oracle.edits.iter().enumerate().filter(|(_, edit)| edit.sure) {
            if !self.is_of(edit.tab, browser) || self.is_alive(edit.tab) {
                continue;
            }
            let Some(cart) = &edit.cart else {
                lost.push(index);
                continue;
            };
            // The record of another cart stands there, and is left alone.
            let foreign = stored.as_ref().is_some_and(|record| record.id() != cart);
            // By its browser's clock a change is a day old, and is kept no longer.
            let is_old = edit.at <= aged_before || edit.at + DAY_MS <= self.now;
            if !(violent || expired || unwritable || foreign || silent || is_old) {
                continue;
            }
            let kept =
                |record: &Record| {
                    record.id() == cart
                        && record.cart.unsent.get(edit.path).is_some_and(|change| {
                            change.value.as_ref().map(wire::Value::as_str) == edit.value.as_deref()
                        })
                };
            // What was never read is nowhere; of a value that was there before, nobody can tell of which moment it is.
            let again = |other: &Edit| {
                (&other.cart, other.path, &other.value) == (&edit.cart, edit.path, &edit.value) && other.at < edit.at
            };
            let doubtful = edit.read.is_none() || self.oracle.edits.iter().any(again);
            let arrived = self.oracle.committed.get(&(cart.clone(), edit.path, edit.value.clone()));
            let committed = arrived.is_some_and(|at| *at >= edit.at);
            if doubtful || !committed && (silent || !stored.as_ref().is_some_and(kept)) {
                lost.push(index);
            }
        }
        for index in lost {
            if let Some(edit) = self.oracle.edits.get_mut(index) {
                edit.sure = false;
            }
        }
        // Storage that was lost once may hold the cart of another page, which is left alone.
        if violent || unwritable || !sound {
            self.settle_closings(browser, stored.as_ref());
        }
    }

    fn settle_closings(&mut self, browser: usize, stored: Option<&Record>) {
        let lost: Vec<usize> = self
            .oracle
            .closings
            .iter()
            .enumerate()
            .filter(|(_, closing)| {
                let is_held = self.is_alive(closing.tab) && !closing.is_in_record_alone;
                closing.sure && self.is_of(closing.tab, browser) && !is_held
            })
            .filter(|(_, closing)| {
                let kept = stored.is_some_and(|record| record.id() == closing.cart && record.closed.is_some());
                !kept && !self.oracle.ends.contains_key(&closing.cart)
            })
            .map(|(index, _)| index)
            .collect();
        for index in lost {
            if let Some(closing) = self.oracle.closings.get_mut(index) {
                closing.sure = false;
            }
        }
    }

    fn is_of(&self, tab: TabId, browser: usize) -> bool {
        self.tabs.get(tab).is_some_and(|tab| tab.browser == browser)
    }

    fn is_alive(&self, tab: TabId) -> bool {
        self.tabs.get(tab).is_some_and(|tab| tab.runs() || tab.life == Life::Frozen)
    }
}
