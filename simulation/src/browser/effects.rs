//! Tells the widget what happens and performs what it says, as `src/browser/capture.rs` does.

use leadkeep::core::record::Record;
use leadkeep::core::sync::{Effect, Event, Reading, Route};

use super::Told;
use crate::plan::Protection;
use crate::timeline::Millis;
use crate::trace::short;
use crate::world::{self, Request, TabId, World};

/// Most bytes of the record in storage, without and with something unsent.
const SMALL_BYTES: usize = 1_024;
const FULL_BYTES: usize = 4_096;

impl World {
    /// Tells the widget of a page.
    pub(crate) fn tell(&mut self, id: TabId, event: Event) {
        if event.may_write() {
            self.read_storage(id);
        }
        let Some(tab) = self.tabs.get_mut(id) else { return };
        let clock = self.browsers.get(tab.browser).map_or(0, |browser| browser.offset);
        let clock = self.now.saturating_add_signed(clock);
        let captured = tab.captures();
        let answered = matches!(event, Event::Ended { .. });
        if !matches!(event, Event::Read(_) | Event::Alarm | Event::Stored(_)) {
            tab.causes += 1;
        }
        let Some(sync) = &mut tab.sync else { return };
        let mut effects = sync.handle(event, clock);
        if self.is_without(Protection::DirtyFlag) && !answered {
            effects.retain(|effect| !matches!(effect, Effect::Store(_)));
        }
        self.attribute(id, captured);
        for effect in effects {
            self.perform(id, effect);
        }
    }

    /// The page takes note of what stands in storage.
    pub(crate) fn read_storage(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get(id) else { return };
        let stored = self.browsers.get(tab.browser).and_then(|browser| browser.storage.read());
        self.tell(id, Event::Stored(stored));
    }

    /// After the widget was told something: whose cart is what was typed here.
    fn attribute(&mut self, id: TabId, captured: bool) {
        let Some(tab) = self.tabs.get_mut(id) else { return };
        let captures = tab.captures();
        let cart = tab.cart().map(str::to_owned);
        if tab.is_closed()
            && let Some(cart) = &cart
        {
            tab.closed.insert(cart.clone());
        }
        if captures != captured {
            tab.epoch += 1;
            tab.since = self.now;
            if captures {
                tab.left.get_or_insert(self.now);
            }
            tab.seen.clear();
        }
        let epoch = tab.epoch;
        if captures && !captured {
            self.shopper_changed(id);
        }
        if captures && let Some(cart) = &cart {
            self.oracle.attribute(id, epoch, cart);
        }
    }

    fn perform(&mut self, id: TabId, effect: Effect) {
        match effect {
            Effect::Read => self.read(id),
            Effect::Alarm(at) => self.set_alarm(id, at),
            Effect::Store(record) => self.store_record(id, record.as_ref()),
            Effect::Send { id: flight, route, body, .. } => self.send(id, Request { tab: id, id: flight, route, body }),
        }
    }

    fn read(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(id) else { return };
        let stored = self.browsers.get(tab.browser).and_then(|browser| browser.storage.read());
        let (draft, delivery) = if tab.touched { tab.form.read() } else { Default::default() };
        if tab.touched {
            tab.delivery_read = delivery.unwrap_or(tab.delivery_read);
            // A field that is not on the page is unchanged.
            for (path, value) in tab.form.shows() {
                tab.seen.insert(path, value);
                self.oracle.read(id, tab.epoch, path, self.now);
            }
        }
        let local_time = "2026-11-22 10:00:00".to_owned();
        self.tell(id, Event::Read(Box::new(Reading { draft, delivery, stored, local_time })));
    }

    fn set_alarm(&mut self, id: TabId, at: u64) {
        let Some(tab) = self.tabs.get_mut(id) else { return };
        tab.alarm += 1;
        let (token, browser) = (tab.alarm, tab.browser);
        // A timer counts milliseconds; it knows no clock.
        let ms = at.saturating_sub(self.browser_clock(browser)).min(i32::MAX as u64);
        self.after(ms, world::Event::Tell(id, Told::Alarm(token)));
    }

    fn store_record(&mut self, id: TabId, record: Option<&Record>) {
        let Some(browser) = self.tabs.get(id).map(|tab| tab.browser) else { return };
        let json = |record: &Record| record.to_json_that_fits(|stored| serde_json::to_string(stored).ok());
        let text = record.and_then(json);
        if let (Some(record), Some(text)) = (record, &text) {
            let most = if record.unsent.is_empty() { SMALL_BYTES } else { FULL_BYTES };
            if text.len() > most {
                self.violate("the storage budget", format!("{} bytes of at most {most}", text.len()));
            }
        }
        if !self.may_store(browser) && record.is_some_and(|record| record.closed.is_none()) {
            self.violate("nothing before consent", "a record was stored".to_owned());
        }
        let cart = record.map(|record| (short(&record.owner.cart).to_owned(), record.unsent.iter().count()));
        self.write_storage(browser, id, text);
        self.note(|| match cart {
            Some((cart, 0)) => format!("tab {id} stores {cart}"),
            Some((cart, unsent)) => format!("tab {id} stores {cart}, {unsent} unsent"),
            None => format!("tab {id} stores nothing"),
        });
    }

    fn may_store(&self, browser: usize) -> bool {
        self.plan.consent == leadkeep::core::config::Consent::Granted
            || self.browsers.get(browser).is_some_and(|browser| browser.agreed || browser.agreed_once)
    }

    /// Writes; the other tabs of the browser hear of it.
    pub(crate) fn write_storage(&mut self, browser: usize, by: TabId, text: Option<String>) {
        let changed = self.browsers.get_mut(browser).is_some_and(|browser| browser.storage.write(text));
        if !changed {
            return;
        }
        for other in 0..self.tabs.len() {
            let hears = other != by
                && self.tabs.get(other).is_some_and(|tab| {
                    tab.browser == browser
                        && tab.sync.is_some()
                        && !matches!(tab.life, super::Life::Gone | super::Life::Cached)
                });
            if hears {
                let ms = self.chance.between(0, 50);
                self.after(ms, world::Event::Tell(other, Told::Stored));
            }
        }
    }

    fn send(&mut self, id: TabId, request: Request) {
        let Some(cart) = cart_of(&request.body) else { return };
        self.note(|| {
            let what = changes_of(&request.body);
            format!("tab {id} sends {:?} {} of cart {} {what}", request.route, request.id, short(&cart))
        });
        self.requests += 1;
        let Some(tab) = self.tabs.get_mut(id) else { return };
        tab.requests += 1;
        // One for each cause, and one that trails.
        if tab.requests > 2 * tab.causes + 4 {
            let how = format!("tab {id} has made {} requests for {} causes", tab.requests, tab.causes);
            self.violate("bounded requests", how);
            return;
        }
        if request.route == Route::Save {
            let before = tab.sent.replace(cart.clone()).filter(|before| *before != cart);
            let (browser, knows_closed) = (tab.browser, tab.closed.contains(&cart));
            let left_open = before.filter(|before| !tab.closed.contains(before));
            self.check_save(id, browser, &cart, knows_closed, left_open);
        }
        self.post(request);
    }

    fn check_save(&mut self, id: TabId, browser: usize, cart: &str, knows_closed: bool, left_open: Option<String>) {
        if knows_closed {
            self.violate("nothing after the end", format!("tab {id} sends a save of the closed cart {}", short(cart)));
        }
        if let Some(before) = left_open {
            let how = format!("tab {id} sent {} and now sends {}", short(&before), short(cart));
            self.violate("one cart in the life of a page", how);
        }
        if !self.may_store(browser) {
            self.violate("nothing before consent", format!("tab {id} sends a save"));
        }
        let (sound, refused) = self.browsers.get(browser).map_or((false, None), |of| (of.sound, of.refused));
        // A page that has begun before hears of it only with its cart.
        let heard =
            |at: Millis| self.tabs.get(id).is_some_and(|tab| tab.since > at && tab.left.is_none_or(|left| left > at));
        if sound && refused.is_some_and(heard) && !self.oracle.carts.contains_key(cart) {
            self.violate("a withdrawal lasts", format!("tab {id} begins cart {}", short(cart)));
        }
        if let Some(other) = self.oracle.begun(browser, cart).filter(|_| sound) {
            let how = format!("cart {} begins while {} is open", short(cart), short(&other));
            self.violate("one cart for one purchase", how);
        }
    }
}

pub(crate) fn cart_of(body: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(body).ok()?;
    value.get("cart")?.as_str().map(str::to_owned)
}

/// The changes of a body, for the trace.
fn changes_of(body: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let Some(changes) = value.get("changes").and_then(serde_json::Value::as_object) else { return String::new() };
    let one = |(path, change): (&String, &serde_json::Value)| {
        let part = |name| change.get(name).map(ToString::to_string).unwrap_or_default();
        format!("{path}={}@{}", part("value"), part("at").get(6..).unwrap_or_default())
    };
    changes.iter().filter(|(path, _)| *path != "LocalTime").map(one).collect::<Vec<_>>().join(" ")
}
