//! The Leptos component: where the pure core and the browser side meet what a shopper sees.

use leptos::ev;
use leptos::html;
use leptos::html::ElementType;
use leptos::prelude::*;
use leptos::tachys::html::node_ref::NodeRefContainer;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, console};

use crate::browser::{Capture, Given, HOST_ATTRIBUTE};
use crate::core::config::{Config, Consent};
use crate::core::status::State;
use crate::core::sync::Event;

/// What the checkbox says when the merchant says nothing.
const CONSENT_TEXT: &str = "Save my details and remind me by e-mail if I do not finish my order.";
/// What is shown when everything is saved.
const SAVED_TEXT: &str = "Saved";

/// Captures the lead of a checkout form: watches the form named in `config`, and shows the consent checkbox
/// ([`Consent::Ask`]) and a quiet "saved".
///
/// For a storefront that is a Leptos application itself. The form may be rendered before or after it. Unmounting sends
/// what is unsent and lets go of everything.
///
/// ```ignore
/// view! {
///     <form id="checkout"> … </form>
///     <LeadCapture config=Config { form: Some("#checkout".into()), ..Config::new("/api/lead") } />
/// }
/// ```
#[component]
pub fn LeadCapture(
    /// The settings; a wrong one is one line in the console, and nothing is captured.
    config: Config,
) -> impl IntoView {
    match Capture::start(config, Given::default()) {
        Ok(capture) => {
            StoredValue::new_local(Parting(capture.clone()));
            Some(notice(capture))
        }
        Err(error) => {
            console::error_1(&wire::concat(&["leadkeep: ", error.message()]).into());
            None
        }
    }
}

/// Unmounting means flush, not drop.
struct Parting(Capture);

impl Drop for Parting {
    fn drop(&mut self) {
        self.0.handle(Event::Hidden);
        self.0.stop();
    }
}

/// The checkbox and the status of a capture.
///
/// Built by Leptos once; what changes is written into its elements as the capture changes ([`Follow`]). Signals and effects
/// would do the same for 6 KB brotli more.
pub(crate) fn notice(capture: Capture) -> impl IntoView {
    let config = capture.config();
    let consent_text = config.consent_text.clone().unwrap_or_else(|| CONSENT_TEXT.to_owned());
    let asks = config.consent == Consent::Ask;
    let follow = |show| Follow { capture: SendWrapper::new(capture.clone()), show };
    let (ticked, told) = (follow(show_consent), follow(show_status));

    // The page's own listeners on its form need not hear of a field that is not theirs.
    let quiet = |event: ev::Event| event.stop_propagation();
    let checkbox = html::input()
        .attr("type", "checkbox")
        .attr("part", "checkbox")
        // In a Leptos application it may stand inside the form: it is no field of it.
        .attr(HOST_ATTRIBUTE, "")
        .node_ref(ticked)
        .on(ev::input, quiet)
        .on(ev::change, move |event| {
            quiet(event.clone());
            capture.handle(Event::Consent(event_target_checked(&event)));
        });
    let label = html::span().attr("part", "label").child(consent_text);
    (
        // Not the label itself: a storefront's own `label { display: block }` would show it.
        html::span().attr("hidden", !asks).child(html::label().attr("part", "consent").child((checkbox, label))),
        html::span().attr("part", "status").attr("role", "status").node_ref(told),
    )
}

fn show_consent(checkbox: &Element, capture: &Capture) {
    if let Some(checkbox) = checkbox.dyn_ref::<HtmlInputElement>() {
        checkbox.set_checked(capture.has_consent());
    }
}

fn show_status(place: &Element, capture: &Capture) {
    let saved = capture.config().saved_text.as_deref().unwrap_or(SAVED_TEXT);
    let text = if capture.status().state == State::Saved { saved } else { "" };
    // Written only when it changes: each writing is read out to those who cannot see it.
    if place.text_content().as_deref() != Some(text) {
        place.set_text_content(Some(text));
    }
}

/// Shows the state of a capture in an element, now and after each change.
#[derive(Clone)]
struct Follow {
    capture: SendWrapper<Capture>,
    show: fn(&Element, &Capture),
}

impl<E: ElementType> NodeRefContainer<E> for Follow {
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
