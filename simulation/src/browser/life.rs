//! The life of a page: it is loaded, its module arrives, it is hidden, frozen, left, comes back.

use leadkeep::core::session::{Event, Session, Settings};
use wire::{Block, Path};

use super::{Life, Tab, Told, loader};
use crate::form::Form;
use crate::world::{self, TabId, World};

impl World {
    /// A page of the site is loaded in a browser.
    pub(crate) fn open_page(&mut self, browser: usize, form: Form) -> TabId {
        let id = self.tabs.len();
        let loaded_at = self.browser_clock(browser);
        self.tabs.push(Tab::new(browser, form, loaded_at));
        self.note(|| format!("tab {id} is loaded in browser {browser}"));
        self.settle_custody(browser, false);
        self.run_loader(id);
        id
    }

    pub(crate) fn load_module(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(id).filter(|tab| !tab.loading && tab.session.is_none()) else { return };
        tab.loading = true;
        let ms = self.chance.delay(100, 5_000);
        self.after(ms, world::Event::Loaded(id));
    }

    pub(crate) fn module_arrives(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get(id).filter(|tab| tab.session.is_none()) else { return };
        let (browser, page_loaded) = (tab.browser, tab.loaded_at);
        match tab.life {
            Life::Gone => return,
            // It goes on loading when it is thawed.
            Life::Frozen | Life::Cached => return self.after(1_000, world::Event::Loaded(id)),
            Life::Open | Life::Hidden => {}
        }
        let mut chance = self.chance.fork();
        let clock = self.browser_clock(browser);
        let settings = Settings {
            consent: self.plan.consent,
            quiet_ms: 800,
            max_wait_ms: 5_000,
            page_loaded,
            consent_text: None,
            constants: vec![(Path::Currency, "EUR".to_owned())],
        };
        let found = self.browsers.get(browser).and_then(|browser| browser.storage.read());
        let session = Session::new(settings, found, clock, Box::new(move || chance.bits()));
        let Some(tab) = self.tabs.get_mut(id) else { return };
        tab.session = Some(session);
        let (touched, edited) = (std::mem::take(&mut tab.touched), tab.edited);
        self.note(|| format!("tab {id} has its module"));
        self.attribute(id);
        // As `Capture::start`.
        if touched {
            self.touch(id);
        }
        if edited {
            self.tell(id, Event::Edited);
        }
        self.tell(id, Event::Awake { restored: false });
        if self.tabs.get(id).is_some_and(|tab| tab.ordered) {
            self.asked_to_close(id, false);
            self.tell(id, Event::Complete { order_reference: Some("A-1".to_owned()) });
        }
        // A page that has asked its shopper elsewhere says so on each page.
        let agreed = self.browsers.get(browser).is_some_and(|browser| browser.agreed);
        if agreed && self.plan.consent == leadkeep::core::config::Consent::External {
            self.tell(id, Event::Consent(true));
        }
    }

    /// The first touch of the form.
    pub(crate) fn touch(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(id).filter(|tab| !tab.touched) else { return };
        tab.touched = true;
        if tab.session.is_some() {
            self.shopper_changed(id);
            self.tell(id, Event::Touched);
        } else {
            self.load_module(id);
        }
    }

    /// Something in the form has changed.
    pub(crate) fn edited(&mut self, id: TabId) {
        self.touch(id);
        self.shopper_changed(id);
        match self.tabs.get_mut(id) {
            Some(tab) if tab.session.is_none() => tab.edited = true,
            _ => self.tell(id, Event::Edited),
        }
    }

    /// Enters with the oracle what the page shows and the widget has not read yet.
    pub(crate) fn shopper_changed(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get(id).filter(|tab| tab.touched && tab.captures) else { return };
        let cart = tab.cart().map(str::to_owned);
        // "Same as billing" clears what other pages have filled as well.
        let same = tab.delivery_read && !tab.form.delivery;
        let shows = tab.form.shows();
        self.oracle.shows(id, tab.epoch, &shows);
        for (path, value) in shows {
            let seen = tab.seen.get(&path).cloned().flatten();
            let is_cleared = same && matches!(path, Path::Detail(Block::Delivery, _));
            let seen = seen.or_else(|| is_cleared.then(String::new));
            self.oracle.typed(id, tab.epoch, cart.as_deref(), (path, value), seen.as_ref(), self.now);
        }
    }

    /// A page hears of something, unless nothing runs in it.
    pub(crate) fn hear(&mut self, id: TabId, told: Told) {
        let Some(tab) = self.tabs.get_mut(id) else { return };
        match (tab.life, &told) {
            (Life::Gone, _) => return,
            // Pages in the bfcache miss what other pages write.
            (Life::Cached, Told::Stored) => return,
            (Life::Frozen | Life::Cached, _) => return tab.held.push(told),
            (Life::Open | Life::Hidden, _) => {}
        }
        match told {
            Told::Alarm(token) if tab.alarm == token => self.tell(id, Event::Alarm),
            Told::Alarm(_) => {}
            Told::Stored => self.tell(id, Event::Stored),
            Told::TellEnd => self.tell_end(id, None),
            Told::Answered(request, outcome) if loader::is_loaders(request) => self.loader_is_answered(id, &outcome),
            Told::Answered(request, outcome) => {
                if let Some(tab) = self.tabs.get_mut(id) {
                    tab.leaving.remove(&request);
                }
                self.tell(id, Event::Answered { id: request, outcome });
            }
        }
    }

    pub(crate) fn hide(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(id).filter(|tab| tab.life == Life::Open) else { return };
        tab.life = Life::Hidden;
        self.note(|| format!("tab {id} is hidden"));
        self.tell(id, Event::Hidden);
    }

    pub(crate) fn show(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(id).filter(|tab| tab.runs()) else { return };
        tab.life = Life::Open;
        self.note(|| format!("tab {id} is seen"));
        self.wake(id);
    }

    pub(crate) fn wake(&mut self, id: TabId) {
        self.tell(id, Event::Awake { restored: false });
    }

    pub(crate) fn freeze(&mut self, id: TabId) {
        self.hide(id);
        let Some(tab) = self.tabs.get_mut(id).filter(|tab| tab.life == Life::Hidden) else { return };
        tab.life = Life::Frozen;
        self.note(|| format!("tab {id} is frozen"));
    }

    /// Out of the freezer, or out of the bfcache.
    pub(crate) fn thaw(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(id).filter(|tab| matches!(tab.life, Life::Frozen | Life::Cached)) else {
            return;
        };
        let restored = tab.life == Life::Cached;
        tab.life = Life::Open;
        let held = std::mem::take(&mut tab.held);
        self.note(|| format!("tab {id} goes on"));
        for told in held {
            // Firefox loses what the promises of a page in the bfcache say.
            if !(restored && matches!(told, Told::Answered(..)) && self.chance.percent(50)) {
                self.hear(id, told);
            }
        }
        self.tell(id, Event::Awake { restored });
    }

    /// The page goes: by a link, a submit, a closed tab. `cached`: into the bfcache.
    pub(crate) fn leave(&mut self, id: TabId, cached: bool) {
        let Some(tab) = self.tabs.get(id).filter(|tab| tab.runs()) else { return };
        let browser = tab.browser;
        self.note(|| format!("tab {id} is left"));
        // pagehide, and then visibilitychange.
        self.tell(id, Event::Hidden);
        self.tell(id, Event::Hidden);
        self.check_leaving(id);
        if let Some(tab) = self.tabs.get_mut(id) {
            tab.life = if cached { Life::Cached } else { Life::Gone };
        }
        self.settle_custody(browser, false);
    }

    /// Nobody is told.
    pub(crate) fn crash(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(id).filter(|tab| tab.life != Life::Gone) else { return };
        tab.life = Life::Gone;
        let browser = tab.browser;
        self.note(|| format!("tab {id} crashes"));
        self.settle_custody(browser, true);
    }
}
