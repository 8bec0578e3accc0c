//! The page of a capture: where its form is, what is heard of it, and how it is read.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, window};
use wire::{Path, Value};

use super::{Capture, with};
use crate::browser::listen::{Observer, is_within, on};
use crate::browser::survey::Survey;
use crate::browser::{clock, form, json, property, sight};
use crate::core::changes::Changes;
use crate::core::draft::{self, Draft};
use crate::core::session::{Event, FormSnapshot};

impl Capture {
    /// What the form shows.
    pub(super) fn read(&self) -> FormSnapshot {
        // No work before the shopper comes near the form; what another page has left is delivered all the same.
        let (draft, delivery) = if self.0.touched.get() { self.draft() } else { Default::default() };
        self.0.items.captured(draft.get(Path::Items));
        FormSnapshot { draft, delivery, local_time: clock::local_time() }
    }

    /// What form and cart show at this moment, and whether the delivery block is in use.
    fn draft(&self) -> (Draft, Option<bool>) {
        let (mut draft, mut delivery) = (Draft::default(), None);
        self.watch_what_is_seen();
        if let Some(root) = self.current_root() {
            let survey = self.survey(&root);
            let fields = self.0.reader.borrow_mut().read(&survey);
            draft = draft::of(&fields, &survey.language);
            delivery = draft::delivery_in_use(&fields);
        }
        let cart = self.0.items.read();
        if let Some(items) = cart.items {
            draft.insert(Path::Items, Some(Value::Json(items)));
        }
        // A field of the form that holds a code beats what the page says beside it.
        if let Some(codes) = cart.promotions
            && !matches!(draft.get(Path::Promotions), Some(Some(_)))
        {
            let codes = if codes.is_empty() { None } else { json::write(&codes) };
            draft.insert(Path::Promotions, codes.map(Value::Json));
        }
        // The merchant's own setting comes first.
        if let Some(currency) = cart.currency
            && self.0.config.currency.is_none()
        {
            draft.insert(Path::Currency, Some(Value::Text(currency)));
        }
        (draft, delivery)
    }

    /// What the lead would hold if the form were read now, touched or not.
    pub(crate) fn preview(&self) -> Changes {
        let (draft, _) = self.draft();
        self.0.session.try_borrow().map(|session| session.preview(draft)).unwrap_or_default()
    }

    /// The root; found again where a framework has replaced it. One that was taken away with nothing in its place still
    /// holds what was typed last.
    pub(crate) fn current_root(&self) -> Option<Element> {
        let known = self.0.root.borrow().clone();
        if known.as_ref().is_some_and(sight::is_connected) {
            return known;
        }
        self.find_root();
        self.0.root.borrow().clone().or(known)
    }

    /// Watches another of the page's forms, where that is seen and the one watched is not.
    fn watch_what_is_seen(&self) {
        let known = self.0.root.borrow().clone();
        if self.0.given_root.is_none() && known.is_some_and(|root| sight::is_connected(&root) && !sight::is_seen(&root))
        {
            let found = form::root(&self.0.config, None).filter(sight::is_seen);
            if found.is_some() {
                self.take_root(found);
            }
        }
    }

    pub(super) fn find_root(&self) {
        self.take_root(form::root(&self.0.config, self.0.given_root.as_ref()));
    }

    /// Watches a root, or for one to appear.
    fn take_root(&self, found: Option<Element>) {
        self.watch_cart();
        self.0.survey.take();
        self.0.root.replace(found);
        if let Some(root) = self.root() {
            // So that shadow roots and frames are listened to.
            _ = self.survey(&root);
            self.replace_component();
        }
        self.show();
    }

    /// Observes the script with the cart, whichever stands there now, and the data layer.
    pub(super) fn watch_cart(&self) {
        let weak = Rc::downgrade(&self.0);
        self.0.cart_observer.replace(self.0.items.watch(move || with(&weak, Self::cart_changed)));
    }

    /// Something of the page was added or removed: a patch of the server takes away the component, or the root.
    fn look_again(&self) {
        if self.root().as_ref().is_some_and(sight::is_connected) {
            self.replace_component();
            return;
        }
        let found = form::root(&self.0.config, self.0.given_root.as_ref());
        if found.as_ref().is_some_and(sight::is_connected) {
            self.take_root(found);
        }
    }

    /// The page says something else of its cart: the page's doing and not the shopper's, so the same cart begins no next
    /// purchase.
    pub(super) fn cart_changed(&self) {
        if !self.take_order() {
            self.handle(Event::Items { any: self.0.items.is_another() });
        }
    }

    /// Completes the cart where the page has told its data layer of the order. Returns whether it has.
    pub(super) fn take_order(&self) -> bool {
        let order = self.0.items.new_order();
        let is_new = order.is_some();
        if let Some(order) = order {
            self.handle(Event::Complete { order_reference: order.transaction_id });
        }
        is_new
    }

    /// What the fields of a root mean. Made anew only after something of the page has changed.
    pub(crate) fn survey(&self, root: &Element) -> Rc<Survey> {
        let known = self.0.survey.borrow().clone();
        if let Some(known) = known.filter(|known| known.is_of(root)) {
            return known;
        }
        let survey = Rc::new(Survey::of(root, &self.0.config));
        if self.0.stopped.get() {
            return survey;
        }
        let mut observer = self.0.field_observer.borrow_mut();
        if observer.is_none() {
            let weak = Rc::downgrade(&self.0);
            *observer = Observer::calling(move || with(&weak, |capture| _ = capture.0.survey.take()));
        }
        if let Some(observer) = &*observer {
            observer.hear_fields(std::iter::once(root.as_ref() as &web_sys::Node).chain(&survey.scopes));
        }
        drop(observer);
        let mut listeners = Vec::new();
        for scope in &survey.scopes {
            let weak = Rc::downgrade(&self.0);
            listeners.extend(on(scope, &["input", "change", "focusin", "focusout", "click"], move |event| {
                with(&weak, |capture| {
                    capture.touch();
                    match event.type_().as_str() {
                        "input" | "change" => capture.handle(Event::Edited),
                        _ => capture.act(),
                    }
                });
            }));
        }
        self.0.scope_listeners.replace(listeners);
        self.0.survey.replace(Some(survey.clone()));
        survey
    }

    /// The first touch of the form.
    pub(super) fn touch(&self) {
        if !self.0.touched.replace(true) {
            self.handle(Event::Touched);
        }
    }

    pub(super) fn listen(&self) {
        let (Some(window), Some(document)) = (window(), form::document()) else { return };
        let weak = Rc::downgrade(&self.0);
        self.0.observer.replace(Observer::new(&document, false, move || with(&weak, Self::look_again)));
        let mut listeners = self.0.listeners.borrow_mut();
        let mut listen = |target: &EventTarget, names: &[&'static str], handler: fn(&Self, &web_sys::Event)| {
            let weak = Rc::downgrade(&self.0);
            listeners.extend(on(target, names, move |event| with(&weak, |capture| handler(capture, event))));
        };
        listen(&document, &["input", "change", "reset"], |capture, event| {
            if capture.is_mine(event) {
                capture.replace_component();
                capture.touch();
                capture.handle(Event::Edited);
            }
        });
        // The shopper is done with a field. It is read now, not after the pause: a click on "Next" may take it away.
        listen(&document, &["change"], |capture, event| {
            if capture.is_mine(event) {
                capture.handle(Event::Touched);
            }
        });
        // What an input method has not committed is no value yet. Its last `input` comes before the commit.
        listen(&document, &["compositionstart", "compositionend"], |capture, event| {
            let begins = event.type_() == "compositionstart";
            let field = event.composed_path().get(0).dyn_into().ok();
            capture.0.reader.borrow().compose(field.filter(|_| begins));
            if !begins && capture.is_mine(event) {
                capture.handle(Event::Edited);
            }
        });
        listen(&document, &["pointerdown", "focusin"], |capture, event| {
            if !capture.is_mine(event) {
                capture.watch_what_is_seen();
            }
            if !capture.0.touched.get() && capture.is_mine(event) {
                capture.touch();
            }
        });
        // On the window, before any of the page's own listeners stops them.
        listen(&window, &["focusout", "click", "keyup"], |capture, _| capture.act());
        listen(&document, &["submit"], |capture, event| {
            if capture.is_mine(event) {
                capture.handle(Event::Flush);
            }
        });
        listen(&document, &["visibilitychange"], |capture, event| {
            let hidden = form::document().is_some_and(|document| document.hidden());
            if hidden { capture.handle(Event::Hidden) } else { capture.wake(event) }
        });
        listen(&window, &["pagehide"], |capture, _| capture.handle(Event::Hidden));
        listen(&window, &["pageshow", "online"], Self::wake);
        // Whatever key it names, and `clear()` names none: reading ours costs less than looking.
        listen(&window, &["storage"], |capture, _| capture.handle(Event::Stored));
    }

    fn wake(&self, event: &web_sys::Event) {
        // Only a `pageshow` has it.
        let restored = property(event, "persisted").is_truthy();
        self.handle(Event::Awake { restored });
    }

    fn is_mine(&self, event: &web_sys::Event) -> bool {
        self.current_root().is_some_and(|root| is_within(event, &root))
    }
}
