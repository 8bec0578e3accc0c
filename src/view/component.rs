//! The Leptos component: where the pure core and the browser side meet what a shopper sees.

use leptos::prelude::*;
use web_sys::console;

use super::consent::consent_view;
use crate::browser::{Capture, Given};
use crate::core::config::Config;
use crate::core::sync::Event;

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
            StoredValue::new_local(FlushOnUnmount(capture.clone()));
            Some(consent_view(capture))
        }
        Err(error) => {
            console::error_1(&wire::concat(&["leadkeep: ", error.message()]).into());
            None
        }
    }
}

/// Unmounting means flush, not drop.
struct FlushOnUnmount(Capture);

impl Drop for FlushOnUnmount {
    fn drop(&mut self) {
        self.0.handle(Event::Hidden);
        self.0.stop();
    }
}
