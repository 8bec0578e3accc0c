//! A page's session and its host: the product's own driver, on simulated storage, timers and network.

use leadkeep::core::error::Error;
use leadkeep::core::record::{Record, StoredRecord};
use leadkeep::core::session::{self, Event, FormSnapshot, Host, Route, drive};
use wire::LeadState;

use super::Told;
use crate::plan::Protection;
use crate::storage::State;
use crate::timeline::Millis;
use crate::trace::short;
use crate::world::{self, Request, TabId, World};

/// Most bytes of the record in storage, without and with something unsent.
const SMALL_BYTES: usize = 1_024;
const FULL_BYTES: usize = 4_096;

/// The page that a session runs on.
struct Page<'w> {
    world: &'w mut World,
    id: TabId,
    /// The session is told of an answer.
    answered: bool,
}

impl Host for Page<'_> {
    fn read_form(&mut self) -> Option<FormSnapshot> {
        Some(self.world.read(self.id))
    }

    fn stored_record(&mut self) -> Option<Record> {
        self.world.stored_record(self.id)
    }

    fn store_record(&mut self, record: StoredRecord<'_>) -> bool {
        if self.answered || !self.world.is_without(Protection::DirtyFlag) {
            self.world.store_record(self.id, record);
        }
        let browser = self.world.tabs.get(self.id).and_then(|tab| self.world.browsers.get(tab.browser));
        browser.is_some_and(|browser| browser.storage.state == State::Sound)
    }

    fn send(&mut self, request: session::Request) {
        self.world.send(self.id, request);
    }

    fn set_alarm(&mut self, at: Option<u64>) {
        self.world.set_alarm(self.id, at);
    }

    fn report(&mut self, _: &Error) {}
}

impl World {
    /// Tells the session of a page.
    pub(crate) fn tell(&mut self, id: TabId, event: Event) {
        let Some(tab) = self.tabs.get_mut(id) else { return };
        let Some(mut session) = tab.session.take() else { return };
        if !matches!(event, Event::Alarm | Event::Stored) {
            tab.causes += 1;
        }
        let clock = self.browser_clock(self.tabs.get(id).map_or(0, |tab| tab.browser));
        let answered = matches!(event, Event::Answered { .. });
        drive(&mut session, &mut Page { world: self, id, answered }, event, clock);
        if let Some(tab) = self.tabs.get_mut(id) {
            tab.session = Some(session);
        }
        self.attribute(id);
    }

    fn stored_record(&self, id: TabId) -> Option<Record> {
        let tab = self.tabs.get(id)?;
        self.browsers.get(tab.browser)?.storage.read()
    }

    /// After the session was told something: whose cart is what was typed here.
    pub(crate) fn attribute(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get_mut(id) else { return };
        let Some(session) = &tab.session else { return };
        let (captures, cart) = (super::captures(session), session.cart().map(str::to_owned));
        let is_closed = super::is_closed(session);
        if let Some(cart) = cart.as_ref().filter(|_| is_closed) {
            tab.closed.insert(cart.clone());
        }
        // It may have left one cart and begun the next in one go.
        let has_left = tab.cart.is_some() && tab.cart != cart && !tab.joins(cart.as_deref());
        tab.cart.clone_from(&cart);
        if captures != tab.captures || (captures && has_left) {
            self.begin_epoch(id, captures);
        }
        let Some(tab) = self.tabs.get(id) else { return };
        if let (true, Some(cart)) = (captures, &cart) {
            self.oracle.attribute(id, tab.epoch, cart);
        }
    }

    /// From now on what is typed here counts, or counts no more.
    fn begin_epoch(&mut self, id: TabId, captures: bool) {
        let Some(tab) = self.tabs.get_mut(id) else { return };
        tab.captures = captures;
        tab.epoch += 1;
        tab.since = self.now;
        if captures {
            tab.left.get_or_insert(self.now);
        }
        tab.seen.clear();
        self.shopper_changed(id);
    }

    fn read(&mut self, id: TabId) -> FormSnapshot {
        let local_time = "2026-11-22 10:00:00".to_owned();
        // A form is read only while the session captures.
        if let Some(tab) = self.tabs.get_mut(id).filter(|tab| !tab.captures) {
            // It has left a closed cart for a next one.
            tab.cart = tab.cart.take().filter(|cart| !tab.closed.contains(cart));
            self.begin_epoch(id, true);
        }
        let Some(tab) = self.tabs.get_mut(id).filter(|tab| tab.touched) else {
            return FormSnapshot { local_time, ..FormSnapshot::default() };
        };
        let (draft, delivery) = tab.form.read();
        tab.delivery_read = delivery.unwrap_or(tab.delivery_read);
        // A field that is not on the page is unchanged.
        for (path, value) in tab.form.shows() {
            tab.seen.insert(path, value);
            self.oracle.read(id, tab.epoch, path, self.now);
        }
        FormSnapshot { draft, delivery, local_time }
    }

    fn set_alarm(&mut self, id: TabId, at: Option<u64>) {
        let Some(tab) = self.tabs.get_mut(id) else { return };
        // The one that was set before is cancelled.
        tab.alarm += 1;
        let (token, browser) = (tab.alarm, tab.browser);
        let Some(at) = at else { return };
        // A timer counts milliseconds; it knows no clock.
        let ms = at.saturating_sub(self.browser_clock(browser)).min(i32::MAX as u64);
        self.after(ms, world::Event::Tell(id, Told::Alarm(token)));
    }

    fn store_record(&mut self, id: TabId, record: StoredRecord<'_>) {
        let Some(tab) = self.tabs.get_mut(id) else { return };
        let browser = tab.browser;
        if record.is_closed() {
            tab.closed.insert(record.id().to_owned());
        }
        if !self.may_store(browser) && !record.is_closed() {
            self.violate("nothing before consent", "a record was stored".to_owned());
        }
        self.note(|| format!("tab {id} stores {}, {} unsent", short(record.id()), record.unsent()));
        self.write_record(browser, id, record);
    }

    pub(super) fn write_record(&mut self, browser: usize, by: TabId, record: StoredRecord<'_>) {
        let most = if record.unsent() == 0 { SMALL_BYTES } else { FULL_BYTES };
        let json = record.to_json(|stored| serde_json::to_string(stored).ok());
        let Some(text) = json else { return };
        if text.len() > most {
            self.violate("the storage budget", format!("{} bytes of at most {most}", text.len()));
        }
        self.write_storage(browser, by, Some(text));
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
                        && tab.session.is_some()
                        && !matches!(tab.life, super::Life::Gone | super::Life::Cached)
                });
            if hears {
                let ms = self.chance.between(0, 50);
                self.after(ms, world::Event::Tell(other, Told::Stored));
            }
        }
    }

    fn send(&mut self, id: TabId, request: session::Request) {
        let outlives_page = request.outlives_page() && !(request.unloading && self.is_without(Protection::Keepalive));
        let session::Request { id: number, route, body, .. } = request;
        let request = Request { tab: id, id: number, route, body, outlives_page };
        let Some(cart) = cart_of(&request.body) else { return };
        self.note(|| {
            let what = changes_of(&request.body);
            let how = if outlives_page { "" } else { " without keepalive" };
            format!("tab {id} sends {:?} {} of cart {}{how} {what}", request.route, request.id, short(&cart))
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
            if outlives_page {
                tab.leaving.insert(number, carried(&request.body));
            }
            let before = tab.sent.replace(cart.clone()).filter(|before| *before != cart);
            let (browser, knows_closed) = (tab.browser, tab.closed.contains(&cart));
            let left_open = before.filter(|before| !tab.closed.contains(before));
            self.check_save(id, browser, &cart, knows_closed, left_open);
        }
        self.post(request);
    }

    /// The page goes: what it has not delivered is in a request that outlives it.
    pub(crate) fn check_leaving(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get(id) else { return };
        let Some(unsent) = tab.session.as_ref().map(session::Session::unsent) else { return };
        let is_on_its_way =
            |path, at| tab.leaving.values().any(|changes| changes.get(path).is_some_and(|change| change.at >= at));
        let left = unsent.iter().find(|(path, change)| !is_on_its_way(*path, change.at)).map(|(path, _)| path);
        // Three at once is what a page leaves to the others of its origin.
        if let Some(path) = left.filter(|_| tab.leaving.len() < 3) {
            self.violate("the last edit leaves with its page", format!("tab {id} is left with {path} unsent"));
        }
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

/// When each change of a body was made.
fn carried(body: &str) -> LeadState {
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let changes = value.get("changes").and_then(serde_json::Value::as_object);
    let one = |(path, change): (&String, &serde_json::Value)| {
        Some((path.parse().ok()?, wire::Stamped::cleared(change.get("at")?.as_u64()?)))
    };
    changes.into_iter().flatten().filter_map(one).collect()
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
