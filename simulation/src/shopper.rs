//! The shoppers: what they do with their pages, and what happens to their browsers.

use leadkeep::core::config::Consent;
use leadkeep::core::session::Event;
use wire::{Block, Detail, Path};

use crate::browser::Life;
use crate::form::{FIELDS, Form};
use crate::oracle::Closing;
use crate::storage::State;
use crate::trace::short;
use crate::world::{self, TabId, World};

#[derive(Debug, Clone, Copy)]
enum Act {
    Type,
    Autofill,
    Clear,
    Items,
    Step,
    Delivery,
    Submit,
    Open,
    Leave,
    Back,
    Reload,
    Hide,
    Freeze,
    Agree,
    Refuse,
    Order,
    NextPurchase,
    Crash,
    ClearStorage,
    BlockStorage,
    ClockJump,
    Offline,
    KillProxy,
    FreezeProxy,
    Pause,
}

impl World {
    /// The shopper of a browser does one thing, and the next after a while.
    pub(crate) fn act(&mut self, browser: usize) {
        let Some(of) = self.browsers.get_mut(browser).filter(|of| of.acts_left > 0) else { return };
        of.acts_left -= 1;
        let act = self.choose();
        self.perform_act(browser, act);
        let pace = self.plan.pace;
        let ms = self.chance.delay(pace, pace.saturating_mul(50));
        self.after(ms, world::Event::Act(browser));
    }

    fn choose(&mut self) -> Act {
        let faults = self.plan.faults;
        let orders = if self.plan.orders { 3 } else { 0 };
        let refusals = if self.plan.withdrawals { 3 } else { 0 };
        self.chance
            .weighted(&[
                (40, Act::Type),
                (4, Act::Autofill),
                (4, Act::Clear),
                (4, Act::Items),
                (3, Act::Step),
                (2, Act::Delivery),
                (4, Act::Submit),
                (5, Act::Open),
                (5, Act::Leave),
                (3, Act::Back),
                (3, Act::Reload),
                (5, Act::Hide),
                (4, Act::Agree),
                (2, Act::Pause),
                (orders, Act::Order),
                (orders, Act::NextPurchase),
                (refusals, Act::Refuse),
                (faults.freeze, Act::Freeze),
                (faults.tab_crash, Act::Crash),
                (faults.storage_cleared, Act::ClearStorage),
                (faults.storage_blocked, Act::BlockStorage),
                (faults.clock_jump, Act::ClockJump),
                (faults.offline, Act::Offline),
                (faults.proxy_crash, Act::KillProxy),
                (faults.proxy_freeze, Act::FreezeProxy),
            ])
            .unwrap_or(Act::Type)
    }

    fn perform_act(&mut self, browser: usize, act: Act) {
        match act {
            Act::Open => {
                let form = self.new_form(browser);
                self.open_page(browser, form);
            }
            Act::Back => {
                if let Some(tab) = self.a_tab(browser, |life| life == Life::Cached) {
                    self.thaw(tab);
                }
            }
            Act::ClearStorage => {
                self.note(|| format!("the storage of browser {browser} is cleared"));
                self.unsound(browser);
                self.write_storage(browser, usize::MAX, None);
                self.settle_custody(browser, true);
            }
            Act::BlockStorage => {
                let state = if self.chance.percent(50) { State::Blocked } else { State::Full };
                self.note(|| format!("the storage of browser {browser} is {state:?}"));
                self.unsound(browser);
                if let Some(of) = self.browsers.get_mut(browser) {
                    of.storage.state = state;
                }
                let ms = self.chance.between(1_000, 120_000);
                self.after(ms, world::Event::StorageHeals(browser));
            }
            Act::ClockJump => self.jump(browser),
            Act::Offline => {
                self.note(|| format!("browser {browser} is offline"));
                if let Some(of) = self.browsers.get_mut(browser) {
                    of.online = false;
                }
                let ms = self.chance.between(1_000, 300_000);
                self.after(ms, world::Event::Online(browser));
            }
            Act::KillProxy => {
                let proxy = self.chance.below(self.proxies.len());
                self.kill_proxy(proxy);
            }
            Act::FreezeProxy => {
                let proxy = self.chance.below(self.proxies.len());
                self.freeze_proxy(proxy);
            }
            Act::Pause => {
                let ms = self.chance.delay(60_000, 30 * 3_600_000);
                self.note(|| format!("nobody does anything for {} s", ms / 1_000));
                // The acts of this shopper wait.
                self.after(ms, world::Event::Act(browser));
            }
            _ => self.act_in_tab(browser, act),
        }
    }

    fn act_in_tab(&mut self, browser: usize, act: Act) {
        let Some(tab) = self.a_tab(browser, |life| matches!(life, Life::Open | Life::Hidden)) else {
            let form = self.new_form(browser);
            self.open_page(browser, form);
            return;
        };
        if self.tabs.get(tab).is_some_and(|of| of.life == Life::Hidden) {
            self.show(tab);
        }
        match act {
            Act::Type => {
                let path = self.chance.pick(&FIELDS).unwrap_or(Path::Items);
                let text = self.new_text(path);
                self.type_text(tab, path, &text);
            }
            Act::Autofill => {
                for path in FIELDS {
                    if self.tabs.get(tab).is_some_and(|of| of.form.can_type(path)) {
                        let text = self.new_text(path);
                        self.set_text(tab, path, &text);
                    }
                }
                self.edited(tab);
            }
            Act::Clear => {
                let path = self.chance.pick(&FIELDS).unwrap_or(Path::Items);
                self.type_text(tab, path, "");
            }
            Act::Items => self.change_items(tab, false),
            Act::NextPurchase => self.change_items(tab, true),
            Act::Step => self.change_step(tab),
            Act::Delivery => {
                if let Some(of) = self.tabs.get_mut(tab) {
                    of.form.delivery = !of.form.delivery;
                }
                self.note(|| format!("tab {tab}: the delivery block comes or goes"));
                self.edited(tab);
            }
            Act::Submit => self.tell(tab, Event::Flush),
            Act::Leave => {
                let cached = self.chance.percent(50);
                self.leave(tab, cached);
            }
            Act::Reload => {
                let form = self.tabs.get(tab).map(|of| of.form.clone());
                self.leave(tab, false);
                let restored = self.chance.percent(30);
                let form = form.filter(|_| restored).unwrap_or_else(|| self.new_form(browser));
                self.open_page(browser, form);
            }
            Act::Hide => self.hide(tab),
            Act::Freeze => {
                self.freeze(tab);
                let ms = self.chance.delay(10_000, 3_600_000);
                self.after(ms, world::Event::Thaw(tab));
            }
            Act::Crash => self.crash(tab),
            Act::Agree => self.agree(tab),
            Act::Refuse => self.refuse(tab),
            Act::Order => self.order(tab),
            _ => {}
        }
    }

    fn a_tab(&mut self, browser: usize, is_one: impl Fn(Life) -> bool) -> Option<TabId> {
        let of_browser: Vec<TabId> = self
            .tabs
            .iter()
            .enumerate()
            .filter(|(_, tab)| tab.browser == browser && is_one(tab.life))
            .map(|(id, _)| id)
            .collect();
        self.chance.pick(&of_browser)
    }

    pub(crate) fn new_form(&mut self, browser: usize) -> Form {
        let known = self.browsers.get(browser).and_then(|of| of.items.clone());
        let items = known.unwrap_or_else(|| self.new_items(browser));
        Form::empty(Some(items))
    }

    fn new_items(&mut self, browser: usize) -> String {
        let items = format!(r#"[{{"Code":"A","Quantity":{}}}]"#, self.unique());
        if let Some(of) = self.browsers.get_mut(browser) {
            of.items = Some(items.clone());
        }
        items
    }

    fn new_text(&mut self, path: Path) -> String {
        let number = self.unique();
        match path {
            Path::Detail(_, Detail::Email) if self.chance.percent(10) => format!("ada{number}@exam"),
            Path::Detail(_, Detail::Email) => format!("ada{number}@example.com"),
            Path::Detail(Block::Delivery, detail) => format!("delivery {} {number}", detail.name()),
            Path::Detail(_, detail) => format!("{} {number}", detail.name()),
            _ => number.to_string(),
        }
    }

    fn set_text(&mut self, tab: TabId, path: Path, text: &str) {
        let Some(of) = self.tabs.get_mut(tab) else { return };
        of.form.texts.insert(path, text.to_owned());
        self.note(|| format!("tab {tab}: {path} is {text:?}"));
    }

    pub(crate) fn type_text(&mut self, tab: TabId, path: Path, text: &str) {
        // Nobody types where there is no field.
        if self.tabs.get(tab).is_some_and(|of| of.form.can_type(path)) {
            self.set_text(tab, path, text);
            self.edited(tab);
        }
    }

    /// The page has other items. By hand (`setItems`) they begin the next purchase.
    fn change_items(&mut self, tab: TabId, by_hand: bool) {
        let Some(browser) = self.tabs.get(tab).map(|of| of.browser) else { return };
        let emptied = !by_hand && self.chance.percent(20);
        let items = (!emptied).then(|| self.new_items(browser));
        let any = by_hand && items.is_some();
        if let Some(of) = self.tabs.get_mut(tab) {
            of.form.items = items.clone();
        }
        self.note(|| format!("tab {tab}: items are {items:?}{}", if by_hand { ", by hand" } else { "" }));
        self.shopper_changed(tab);
        self.tell(tab, Event::Items { any });
    }

    /// A step of the checkout comes or goes with its fields.
    fn change_step(&mut self, tab: TabId) {
        let Some(of) = self.tabs.get_mut(tab) else { return };
        of.form.step = !of.form.step;
        let is_there = of.form.step;
        self.note(|| format!("tab {tab}: a step {}", if is_there { "comes" } else { "goes" }));
        self.shopper_changed(tab);
    }

    fn agree(&mut self, tab: TabId) {
        let Some(of) = self.tabs.get(tab).filter(|of| of.session.is_some()) else { return };
        let browser = of.browser;
        if let Some(of) = self.browsers.get_mut(browser) {
            (of.agreed, of.agreed_once, of.refused) = (true, true, None);
        }
        self.note(|| format!("tab {tab}: the shopper agrees"));
        self.tell(tab, Event::Consent(true));
    }

    fn refuse(&mut self, tab: TabId) {
        // As the browser side does before it tells; what the page knows by then is what the shopper speaks of.
        self.tell(tab, Event::Stored);
        let Some(of) = self.tabs.get(tab).filter(|of| of.session.is_some()) else { return };
        let browser = of.browser;
        let cart = of.cart().map(str::to_owned);
        if let Some(of) = self.browsers.get_mut(browser) {
            of.agreed = false;
            // A page of an earlier purchase speaks of that one alone.
            let is_current = of.storage.read().is_none_or(|record| Some(record.id()) == cart.as_deref());
            if is_current && (cart.is_some() || self.plan.consent == Consent::Granted) {
                of.refused = Some(self.now);
            }
        }
        self.note(|| format!("tab {tab}: the shopper refuses"));
        self.asked_to_close(tab, true);
        self.tell(tab, Event::Consent(false));
    }

    /// The order is placed: on this page, or on the one that follows.
    fn order(&mut self, tab: TabId) {
        let by_server = self.plan.orders_by_server;
        if self.chance.percent(by_server) {
            return self.order_by_server(tab);
        }
        let Some(of) = self.tabs.get(tab) else { return };
        let browser = of.browser;
        let mut thanks = tab;
        if self.chance.percent(60) {
            self.tell(tab, Event::Flush);
            let cached = self.chance.percent(50);
            self.leave(tab, cached);
            let form = self.new_form(browser);
            thanks = self.open_page(browser, form);
        }
        if let Some(of) = self.browsers.get_mut(browser) {
            of.items = None;
        }
        self.note(|| format!("tab {thanks}: the order is placed"));
        if self.tabs.get(thanks).is_none_or(|of| of.session.is_none()) {
            return self.complete_without_module(thanks);
        }
        self.tell(thanks, Event::Stored);
        self.asked_to_close(thanks, false);
        self.tell(thanks, Event::Complete { order_reference: Some("A-1".to_owned()) });
    }

    pub(crate) fn asked_to_close(&mut self, tab: TabId, withdrawn: bool) {
        let Some(of) = self.tabs.get(tab).filter(|of| !of.is_closed()) else { return };
        let Some(cart) = of.cart().map(str::to_owned) else { return };
        self.note(|| format!("tab {tab}: cart {} is to be closed", short(&cart)));
        self.oracle.closings.push(Closing { tab, cart, withdrawn, sure: true, is_in_record_alone: false });
    }

    fn jump(&mut self, browser: usize) {
        let far = self.chance.percent(30);
        let ms = self.chance.between(1_000, if far { 36 * 3_600_000 } else { 600_000 });
        let by = i64::try_from(ms).unwrap_or(0);
        let by = if self.chance.percent(50) { by } else { -by };
        self.note(|| format!("the clock of browser {browser} jumps by {by} ms"));
        if let Some(of) = self.browsers.get_mut(browser) {
            of.offset += by;
            of.turned_back |= by < 0;
            if far && by > 0 {
                of.aged_before = self.now;
            }
        }
        // What waits in storage may be a day old now.
        self.settle_custody(browser, far);
    }

    fn unsound(&mut self, browser: usize) {
        if let Some(of) = self.browsers.get_mut(browser) {
            of.sound = false;
        }
    }

    pub(crate) fn heal_storage(&mut self, browser: usize) {
        let Some(of) = self.browsers.get_mut(browser).filter(|of| of.storage.state != State::Sound) else { return };
        of.storage.state = State::Sound;
        self.note(|| format!("the storage of browser {browser} works again"));
    }

    pub(crate) fn come_online(&mut self, browser: usize) {
        let Some(of) = self.browsers.get_mut(browser).filter(|of| !of.online) else { return };
        of.online = true;
        self.note(|| format!("browser {browser} is online"));
        for id in 0..self.tabs.len() {
            if self.tabs.get(id).is_some_and(|tab| tab.browser == browser && tab.runs()) {
                self.wake(id);
            }
        }
    }
}
