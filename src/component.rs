//! The Leptos component: where the pure core and the rim meet what a shopper sees.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::console;

use crate::config::{Config, Consent};
use crate::rim::{Capture, Given, HOST_ATTRIBUTE};
use crate::status::State;
use crate::sync::Event;

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
/// What changes is set through properties of one type: every other kind of dynamic view costs a kilobyte of its own.
pub(crate) fn notice(capture: Capture) -> impl IntoView {
    let config = capture.config();
    let text = |text: &Option<String>, default: &str| text.clone().unwrap_or_else(|| default.to_owned());
    let (consent_text, saved_text) = (text(&config.consent_text, CONSENT_TEXT), text(&config.saved_text, SAVED_TEXT));
    let asks = config.consent == Consent::Ask;

    // Reference-counted, because the status may change after the page has taken the component away.
    let shown = ArcRwSignal::new((capture.has_consent(), false));
    capture.watch({
        let (shown, of) = (shown.clone(), std::rc::Rc::downgrade(capture.inner()));
        move |status| {
            let ticked = Capture::upgrade(&of).is_some_and(|capture| capture.has_consent());
            shown.set((ticked, status.state == State::Saved));
        }
    });
    let ticked = {
        let shown = shown.clone();
        move || JsValue::from_bool(shown.get().0)
    };
    let saved = move || JsValue::from_str(if shown.get().1 { &saved_text } else { "" });

    // The page's own listeners on its form need not hear of a field that is not theirs.
    let quiet = |event: ev::Event| event.stop_propagation();
    let checkbox = html::input()
        .attr("type", "checkbox")
        .attr("part", "checkbox")
        // In a Leptos application it may stand inside the form: it is no field of it.
        .attr(HOST_ATTRIBUTE, "")
        .prop("checked", ticked)
        .on(ev::input, quiet)
        .on(ev::change, move |event| {
            quiet(event.clone());
            capture.handle(Event::Consent(event_target_checked(&event)));
        });
    let label = html::span().attr("part", "label").child(consent_text);
    (
        // Not the label itself: a storefront's own `label { display: block }` would show it.
        html::span().attr("hidden", !asks).child(html::label().attr("part", "consent").child((checkbox, label))),
        html::span().attr("part", "status").attr("role", "status").prop("textContent", saved),
    )
}
