//! The consent checkbox with what belongs to it, and the quiet "saved".

use leptos::html;
use leptos::html::ElementType;
use leptos::prelude::*;
use leptos::tachys::html::node_ref::NodeRefContainer;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::browser::listen::{Listener, on};
use crate::browser::{Capture, HOST_ATTRIBUTE, form};
use crate::core::config::Consent;
use crate::core::session::Event;
use crate::core::status::State;

/// The id of the note below the checkbox; unique within its shadow root, and one view stands on a page.
const NOTE_ID: &str = "leadkeep-note";

/// The checkbox and the status of a capture.
///
/// Built by Leptos once; what changes is written into its elements as the capture changes ([`BoundElement`]), and events are
/// heard as those of the form are. Signals, effects and Leptos' own listeners would do the same for 8 KB brotli more.
pub(crate) fn consent_view(capture: Capture) -> impl IntoView {
    let asks = capture.config().consent == Consent::Ask;
    let bind = |show| BoundElement { capture: SendWrapper::new(capture.clone()), show };
    // Removed with the view.
    let listeners = StoredValue::new_local(Vec::<Listener>::new());
    let tick = TickedElement { bound: bind(show_consent), listeners };
    let checkbox = html::input()
        .attr("type", "checkbox")
        .attr("part", "checkbox")
        .attr("aria-describedby", NOTE_ID)
        // In a Leptos application it may stand inside the form: it is no field of it.
        .attr(HOST_ATTRIBUTE, "")
        .node_ref(tick);
    let label = html::label()
        .attr("part", "consent")
        .child((checkbox, html::span().attr("part", "label").child(capture.texts().consent.clone())));
    let note = html::span().attr("part", "note").attr("id", NOTE_ID).node_ref(bind(show_note));
    html::span()
        .node_ref(bind(show_language))
        // Not the label itself: a storefront's own `label { display: block }` would show it.
        .child((
            html::span().attr("hidden", !asks).child((label, note)),
            html::span().attr("part", "status").attr("role", "status").node_ref(bind(show_status)),
        ))
}

/// The language of the words, whatever the page around them is in.
fn show_language(view: &Element, capture: &Capture) {
    let texts = capture.texts();
    _ = view.set_attribute("lang", &texts.language);
    _ = view.set_attribute("dir", texts.direction());
}

/// That consent can be withdrawn, and the link to the shop's privacy page. Neither changes.
fn show_note(note: &Element, capture: &Capture) {
    if note.has_child_nodes() {
        return;
    }
    let texts = capture.texts();
    note.set_text_content(Some(&texts.withdraw));
    let link = form::document().and_then(|document| document.create_element("a").ok());
    if let (Some(url), Some(link)) = (&capture.config().privacy_url, link) {
        for (name, value) in [("part", "privacy"), ("href", url.as_str()), ("target", "_blank"), ("rel", "noopener")] {
            _ = link.set_attribute(name, value);
        }
        link.set_text_content(Some(&texts.privacy));
        _ = note.append_with_str_1(" ");
        _ = note.append_child(&link);
    }
}

fn show_consent(checkbox: &Element, capture: &Capture) {
    if let Some(checkbox) = checkbox.dyn_ref::<HtmlInputElement>() {
        checkbox.set_checked(capture.has_consent());
    }
}

/// Shows "saved" and announces it once: a live region that speaks after each pause talks over the form. It is told again
/// after a withdrawal, when it is news again.
fn show_status(place: &Element, capture: &Capture) {
    let state = capture.status().state;
    let text = if state == State::Saved { &*capture.texts().saved } else { "" };
    if place.text_content().as_deref() == Some(text) {
        return;
    }
    match state {
        State::Closed | State::Waiting => _ = place.remove_attribute("aria-live"),
        // Said before; from now on it is only shown.
        _ if text.is_empty() => _ = place.set_attribute("aria-live", "off"),
        _ => {}
    }
    place.set_text_content(Some(text));
}

/// An element that shows the state of a capture, now and after each change.
#[derive(Clone)]
struct BoundElement {
    capture: SendWrapper<Capture>,
    show: fn(&Element, &Capture),
}

impl<E: ElementType> NodeRefContainer<E> for BoundElement {
    fn load(self, element: &Element) {
        let (capture, show, element) = (self.capture.take(), self.show, element.clone());
        show(&element, &capture);
        let of = std::rc::Rc::downgrade(capture.inner());
        capture.watch(move |_| {
            if let Some(capture) = Capture::upgrade(&of) {
                show(&element, &capture);
            }
        });
    }
}

/// The checkbox: as [`BoundElement`], and its ticks reach the capture.
#[derive(Clone)]
struct TickedElement {
    bound: BoundElement,
    listeners: StoredValue<Vec<Listener>, LocalStorage>,
}

impl<E: ElementType> NodeRefContainer<E> for TickedElement {
    fn load(self, element: &Element) {
        let capture = (*self.bound.capture).clone();
        NodeRefContainer::<E>::load(self.bound, element);
        let listening = on(element, &["input", "change"], move |event| {
            // The page's own listeners on its form need not hear of a field that is not theirs.
            event.stop_propagation();
            if event.type_() == "change"
                && let Some(checkbox) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            {
                capture.handle(Event::Consent(checkbox.checked()));
            }
        });
        self.listeners.set_value(listening);
    }
}
