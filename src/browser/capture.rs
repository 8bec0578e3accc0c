//! Drives a session on the page: tells it what happens, and does what it asks for. The only place that holds both.

mod page;
mod rereading;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, console};
use wire::request::with_token;
use wire::{Path, concat};

use super::listen::{Listener, Observer};
use super::reader::Reader;
use super::survey::Survey;
use super::{clock, form, items, random, store, transport};
use crate::core::config::{Config, Consent};
use crate::core::error::Error;
use crate::core::record::{Record, StoredRecord};
use crate::core::session::{Event, FormSnapshot, Host, Request, Route, Session, Settings, drive};
use crate::core::status::{State, Status};
use crate::core::texts::Texts;

/// How often the component is put back on a page where the shopper does nothing.
const MOST_PUT_BACK: u8 = 20;

/// One capture: a form, its cart, and everything that listens. Dropping the last clone lets go of all of it.
#[derive(Clone)]
pub struct Capture(Rc<Inner>);

type Watcher = Rc<dyn Fn(&Status)>;

pub(crate) struct Inner {
    config: Config,
    /// What the shopper reads.
    texts: Texts,
    given_root: Option<Element>,
    items: items::Items,
    /// Borrowed while it is driven.
    session: RefCell<Session>,
    /// What happened and is not driven yet.
    events: RefCell<Vec<Event>>,
    root: RefCell<Option<Element>>,
    touched: Cell<bool>,
    stopped: Cell<bool>,
    timer: RefCell<Option<Timeout>>,
    listeners: RefCell<Vec<Listener>>,
    /// What the fields mean, until the page changes.
    survey: RefCell<Option<Rc<Survey>>>,
    /// Reads the fields, and knows which were seen filled.
    reader: RefCell<Reader>,
    rereading: rereading::Rereading,
    /// Listens where events do not leave: in shadow roots and frames.
    scope_listeners: RefCell<Vec<Listener>>,
    /// Hears that fields, or their names, have changed.
    field_observer: RefCell<Option<Observer>>,
    /// Hears that something of the page was added or removed.
    observer: RefCell<Option<Observer>>,
    /// Hears that the script with the cart was written.
    cart_observer: RefCell<Option<Observer>>,
    shown: RefCell<Rc<Status>>,
    watchers: RefCell<Vec<Watcher>>,
    /// Puts the component where it belongs; called when it may have been lost.
    placer: RefCell<Option<Rc<dyn Fn() -> bool>>>,
    /// How often the component was put back since the shopper has done something.
    put_back: Cell<u8>,
    /// Called once everything asked for has happened.
    waiting: RefCell<Vec<Function>>,
    reported: RefCell<Vec<&'static str>>,
}

/// What a page gives besides texts and numbers.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The form or container, as an element.
    pub root: Option<Element>,
    /// The items: an array, or a function that returns one.
    pub items: JsValue,
    /// Coupon codes: a text with commas, an array, or a function that returns one of them.
    pub promotions: JsValue,
    /// The shopper has touched the form before the module was there.
    pub touched: bool,
    /// The shopper has edited it as well: after a completed order that begins the next purchase.
    pub edited: bool,
}

impl std::fmt::Debug for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Capture").field(&self.0.session.try_borrow()).finish()
    }
}

impl Capture {
    /// Begins to watch.
    ///
    /// # Errors
    /// `config/option` for a setting that is none.
    pub fn start(config: Config, given: Given) -> Result<Self, Error> {
        let mut config = config.checked(form::is_selector)?;
        let page = form::document().and_then(|document| document.document_element()?.get_attribute("lang"));
        if config.language.is_none() {
            config.language = page.as_deref().and_then(language_code);
        }
        let texts = config.shown_texts();
        let has_box = config.consent == Consent::Ask;
        let settings = Settings {
            consent: config.consent,
            consent_text: has_box.then(|| (texts.consent.to_string(), texts.language.to_string())),
            quiet_ms: config.quiet_ms,
            max_wait_ms: config.max_wait_ms,
            page_loaded: clock::page_loaded(),
            constants: constants(&config),
        };
        let session = Session::new(settings, store::read(), clock::now(), Box::new(random::bits));
        let capture = Self(Rc::new(Inner {
            items: items::Items::new(&config, given.items, given.promotions),
            texts,
            config,
            given_root: given.root,
            session: RefCell::new(session),
            events: RefCell::default(),
            root: RefCell::default(),
            touched: Cell::new(false),
            stopped: Cell::new(false),
            timer: RefCell::default(),
            listeners: RefCell::default(),
            survey: RefCell::default(),
            reader: RefCell::default(),
            rereading: Default::default(),
            scope_listeners: RefCell::default(),
            field_observer: RefCell::default(),
            observer: RefCell::default(),
            cart_observer: RefCell::default(),
            shown: RefCell::new(Rc::new(Status::OFF)),
            watchers: RefCell::default(),
            placer: RefCell::default(),
            put_back: Cell::new(0),
            waiting: RefCell::default(),
            // What an answer was is told with its reason by who has read it.
            reported: RefCell::new(vec![Error::REFUSED.code(), Error::UNAVAILABLE.code()]),
        }));
        capture.listen();
        capture.find_root();
        if given.touched {
            capture.touch();
        }
        if given.edited {
            capture.handle(Event::Edited);
        }
        // Work from before is due at once.
        capture.handle(Event::Awake { restored: false });
        capture.take_order();
        Ok(capture)
    }

    /// Whether a hidden input holds something else than at first.
    pub(crate) fn has_changed(&self, element: &Element) -> bool {
        self.0.reader.borrow().has_changed(element)
    }

    pub(crate) fn inner(&self) -> &Rc<Inner> {
        &self.0
    }

    pub(crate) fn upgrade(weak: &Weak<Inner>) -> Option<Self> {
        weak.upgrade().map(Self)
    }

    /// What the shopper reads.
    pub(crate) fn texts(&self) -> &Texts {
        &self.0.texts
    }

    /// Settings, checked.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The root that is watched, if it is on the page.
    pub fn root(&self) -> Option<Element> {
        self.0.root.borrow().clone()
    }

    /// What it is doing.
    pub fn status(&self) -> Rc<Status> {
        // While the session is driven, the page's own code may ask.
        let Ok(session) = self.0.session.try_borrow() else { return self.0.shown.borrow().clone() };
        let mut status = session.status();
        // Without a form only a completed or withdrawn cart is worth telling.
        if self.0.stopped.get() || (self.0.root.borrow().is_none() && status.state != State::Closed) {
            status.state = State::Off;
            if !self.0.stopped.get() {
                status.last_error = status.last_error.or(Some(Error::NO_FORM));
            }
        }
        Rc::new(status)
    }

    /// Whether the shopper or the merchant has consented.
    pub fn has_consent(&self) -> bool {
        self.0.session.try_borrow().is_ok_and(|session| session.has_consent())
    }

    /// Whether everything asked for has happened or is safely kept.
    pub fn is_settled(&self) -> bool {
        let Ok(session) = self.0.session.try_borrow() else { return false };
        if self.0.stopped.get() { !session.is_sending() } else { session.is_settled() }
    }

    /// Calls back after each change of the status.
    pub fn watch(&self, watcher: impl Fn(&Status) + 'static) {
        self.0.watchers.borrow_mut().push(Rc::new(watcher));
    }

    /// The page gives its items by hand. They count until the script or `dataLayer` shows something new.
    pub fn set_items(&self, given: JsValue) {
        let any = items::json(&given).is_some();
        self.0.items.set(given);
        self.handle(Event::Items { any });
    }

    /// Tells the session. What the page's own code causes while the session is driven is driven after it.
    pub fn handle(&self, event: Event) {
        self.0.events.borrow_mut().push(event);
        let Ok(mut session) = self.0.session.try_borrow_mut() else { return };
        while let Some(event) = self.next_event() {
            // After `stop` an answer is remembered, unless another cart is kept by now, and nothing begins.
            if !self.0.stopped.get() || matches!(event, Event::Answered { .. } | Event::Stored) {
                drive(&mut session, &mut Page(self), event, clock::now());
            }
        }
        drop(session);
        self.show();
        self.settle();
    }

    fn next_event(&self) -> Option<Event> {
        let mut events = self.0.events.borrow_mut();
        (!events.is_empty()).then(|| events.remove(0))
    }

    /// Tells those who watch, when the status has changed.
    fn show(&self) {
        let status = self.status();
        if *self.0.shown.borrow() == status {
            return;
        }
        self.0.shown.replace(status.clone());
        if let Some(error) = status.last_error.as_ref().filter(|error| **error != Error::NO_FORM) {
            self.report(error);
        }
        // A watcher may be the page's own code and call back into this capture, so nothing stays borrowed.
        let watchers = self.0.watchers.borrow().clone();
        for watcher in watchers {
            watcher(&status);
            // A watcher has caused the next status, and all have been told of it.
            if *self.0.shown.borrow() != status {
                return;
            }
        }
    }

    /// Sets what puts the component where it belongs, and says whether it had been lost; and calls it.
    pub fn place(&self, placer: impl Fn() -> bool + 'static) {
        self.0.placer.replace(Some(Rc::new(placer)));
        self.replace_component();
    }

    fn replace_component(&self) {
        // A page that takes it away each time has the last word.
        let placer = self.0.placer.borrow().clone().filter(|_| self.0.put_back.get() < MOST_PUT_BACK);
        if placer.is_some_and(|placer| placer()) {
            self.0.put_back.update(|count| count + 1);
        }
    }

    /// A promise that settles when everything asked for has happened or is safely kept.
    pub fn settled(&self) -> Promise {
        let promise = Promise::new(&mut |resolve, _| self.0.waiting.borrow_mut().push(resolve));
        self.settle();
        promise
    }

    fn settle(&self) {
        if self.is_settled() {
            for resolve in self.0.waiting.take() {
                _ = resolve.call0(&JsValue::NULL);
            }
        }
    }

    /// One line in the console for each kind of error, and never again.
    fn report(&self, error: &Error) {
        let known = self.0.reported.borrow().contains(&error.code());
        if !known {
            self.0.reported.borrow_mut().push(error.code());
            console::error_1(&error.line().into());
        }
    }

    /// Lets go of every listener, timer and observer; of a request under way when it ends, see [`settled`](Self::settled).
    pub fn stop(&self) {
        self.0.stopped.set(true);
        self.0.timer.replace(None);
        self.0.rereading.stop();
        self.0.listeners.borrow_mut().clear();
        self.0.scope_listeners.borrow_mut().clear();
        self.0.field_observer.take();
        self.0.observer.take();
        self.0.cart_observer.take();
        self.show();
        self.settle();
        self.0.watchers.take();
        self.0.placer.take();
    }
}

/// What the session asks of the page.
struct Page<'c>(&'c Capture);

impl Host for Page<'_> {
    fn read_form(&mut self) -> Option<FormSnapshot> {
        (!self.0.0.stopped.get()).then(|| self.0.read())
    }

    fn stored_record(&mut self) -> Option<Record> {
        store::read()
    }

    fn store_record(&mut self, record: StoredRecord<'_>) -> bool {
        store::write(record)
    }

    fn send(&mut self, request: Request) {
        if !self.0.0.stopped.get() {
            self.0.send(request);
        }
    }

    fn set_alarm(&mut self, at: Option<u64>) {
        let at = at.filter(|_| !self.0.0.stopped.get());
        let timer = at.map(|at| {
            let weak = Rc::downgrade(&self.0.0);
            let ms = at.saturating_sub(clock::now()).min(i32::MAX as u64) as u32;
            Timeout::new(ms, move || with(&weak, |capture| capture.handle(Event::Alarm)))
        });
        self.0.0.timer.replace(timer);
    }

    fn report(&mut self, error: &Error) {
        self.0.report(error);
    }
}

impl Capture {
    fn send(&self, request: Request) {
        let (config, keepalive) = (&self.0.config, request.outlives_page());
        let Request { id, route, body, unloading, .. } = request;
        let body = match &config.token {
            Some(token) if route == Route::Save => with_token(&body, token),
            _ => body,
        };
        let path = match route {
            Route::Save => "",
            Route::Complete => "/complete",
            Route::Withdraw => "/withdraw",
        };
        let url = concat(&[&config.endpoint, path]);
        let weak = Rc::downgrade(&self.0);
        // A component that was unmounted still learns what became of its last edit.
        let held = unloading.then(|| self.clone());
        spawn_local(async move {
            let outcome = transport::post(&url, &body, keepalive, unloading).await;
            with(&weak, |capture| capture.handle(Event::Answered { id, outcome }));
            drop(held);
        });
    }
}

/// Nothing happens after the last clone is gone.
fn with(weak: &Weak<Inner>, then: impl FnOnce(&Capture)) {
    if let Some(inner) = weak.upgrade() {
        then(&Capture(inner));
    }
}

/// ISO 639-1, as 2Checkout wants it.
fn language_code(tag: &str) -> Option<String> {
    let code = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_uppercase();
    (code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())).then_some(code)
}

fn constants(config: &Config) -> Vec<(Path, String)> {
    [
        (Path::Currency, &config.currency),
        (Path::Language, &config.language),
        (Path::ExternalReference, &config.external_reference),
        (Path::Source, &config.source),
        (Path::CustomerReference, &config.customer_reference),
    ]
    .into_iter()
    .filter_map(|(path, text)| Some((path, text.clone()?)))
    .collect()
}
