//! The consent checkbox with what belongs to it, and the quiet "saved".

use leptos::ev;
use leptos::html;
use leptos::html::ElementType;
use leptos::prelude::*;
use leptos::tachys::html::node_ref::NodeRefContainer;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

use crate::browser::{Capture, HOST_ATTRIBUTE};
use crate::core::config::Consent;
use crate::core::status::State;
use crate::core::sync::Event;
use crate::core::texts;

/// The id of the note below the checkbox; unique within its shadow root, and one view stands on a page.
const NOTE_ID: &str = "leadkeep-note";

/// The checkbox and the status of a capture.
///
/// Built by Leptos once; what changes is written into its elements as the capture changes ([`BoundElement`]). Signals and
/// effects would do the same for 6 KB brotli more.
pub(crate) fn consent_view(capture: Capture) -> impl IntoView {
    let config = capture.config();
    let words = config.texts();
    let asks = config.consent == Consent::Ask;
    let bind = |show| BoundElement { capture: SendWrapper::new(capture.clone()), show };
    let privacy = html::a().attr("part", "privacy").node_ref(bind(show_privacy)).child(words.privacy);

    let ticking = capture.clone();
    // The page's own listeners on its form need not hear of a field that is not theirs.
    let quiet = |event: ev::Event| event.stop_propagation();
    let checkbox = html::input()
        .attr("type", "checkbox")
        .attr("part", "checkbox")
        .attr("aria-describedby", NOTE_ID)
        // In a Leptos application it may stand inside the form: it is no field of it.
        .attr(HOST_ATTRIBUTE, "")
        .node_ref(bind(show_consent))
        .on(ev::input, quiet)
        .on(ev::change, move |event| {
            quiet(event.clone());
            ticking.handle(Event::Consent(event_target_checked(&event)));
        });
    let label = html::label()
        .attr("part", "consent")
        .child((checkbox, html::span().attr("part", "label").child(words.consent)));
    let note = html::span().attr("part", "note").attr("id", NOTE_ID).child((words.withdraw, " ", privacy));
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
    let language = capture.config().texts().language;
    _ = view.set_attribute("lang", &language);
    _ = view.set_attribute("dir", texts::direction(&language));
}

fn show_privacy(link: &Element, capture: &Capture) {
    let url = capture.config().privacy_url.as_deref();
    let attributes = url.map_or([("hidden", ""); 3], |url| [("href", url), ("target", "_blank"), ("rel", "noopener")]);
    for (name, value) in attributes {
        _ = link.set_attribute(name, value);
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
    let text = if state == State::Saved { capture.config().texts().saved } else { Default::default() };
    if place.text_content().as_deref() == Some(&*text) {
        return;
    }
    match state {
        State::Closed | State::Waiting => _ = place.remove_attribute("aria-live"),
        // Said before; from now on it is only shown.
        _ if text.is_empty() => _ = place.set_attribute("aria-live", "off"),
        _ => {}
    }
    place.set_text_content(Some(&text));
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
