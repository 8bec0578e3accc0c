//! The component for storefronts that are Leptos applications.

use leptos::prelude::*;

use super::handle::LeadHandle;
use crate::core::config::Config;

/// Captures the lead of a checkout form: watches the form named in `config`, and shows the consent checkbox and a quiet
/// "saved".
///
/// The form may be rendered before or after it. Unmounting sends what is unsent and releases everything. A server renders an
/// empty place, and the component begins once the page is hydrated.
///
/// ```
/// # #[cfg(any(target_arch = "wasm32", feature = "ssr"))] {
/// use leadkeep::{LeadCapture, LeadHandle, config::Config};
/// use leptos::prelude::*;
///
/// #[component]
/// fn Checkout() -> impl IntoView {
///     let lead = LeadHandle::new();
///     view! {
///         <form id="checkout">"…"</form>
///         <LeadCapture config=Config { form: Some("#checkout".into()), ..Config::new("/api/lead") } handle=lead />
///         <button on:click=move |_| lead.complete(Some("ORDER-1"))>"Order"</button>
///     }
/// }
/// # }
/// ```
#[component]
pub fn LeadCapture(
    /// The settings; a wrong one is one line in the console, and nothing is captured.
    config: Config,
    /// Drives it from the storefront.
    #[prop(optional)]
    handle: Option<LeadHandle>,
) -> impl IntoView {
    // What a server has rendered is met as it is: the place is empty until hydration is over.
    let hydrates = Owner::current_shared_context().is_some_and(|context| context.get_is_hydrating());
    let ready = RwSignal::new(!hydrates && cfg!(target_arch = "wasm32"));
    if hydrates {
        Effect::new(move |_| ready.set(true));
    }
    move || ready.get().then(|| capture(config.clone(), handle))
}

#[cfg(not(target_arch = "wasm32"))]
fn capture(_: Config, _: Option<LeadHandle>) -> impl IntoView {}

#[cfg(target_arch = "wasm32")]
fn capture(config: Config, handle: Option<LeadHandle>) -> impl IntoView {
    use super::consent::consent_view;
    use crate::browser::{Capture, Given};

    match Capture::start(with_consent_asked(config), Given::default()) {
        Ok(capture) => {
            StoredValue::new_local(FlushOnUnmount(capture.clone()));
            if let Some(handle) = handle {
                handle.attach(&capture);
            }
            Some(consent_view(capture))
        }
        Err(error) => {
            web_sys::console::error_1(&error.line().into());
            None
        }
    }
}

/// Where the browser sends Global Privacy Control, the shopper has said no to what a page may do without asking: so it asks. For
/// pages that load the module scripts/build/module.mjs does the same.
///
/// Source: <https://w3c.github.io/gpc/>.
#[cfg(target_arch = "wasm32")]
fn with_consent_asked(mut config: Config) -> Config {
    use crate::browser::property;
    use crate::core::config::Consent;

    let says_no =
        web_sys::window().is_some_and(|window| property(&window.navigator(), "globalPrivacyControl").is_truthy());
    if config.consent == Consent::Granted && says_no {
        config.consent = Consent::Ask;
    }
    config
}

/// Unmounting means flush, not drop.
#[cfg(target_arch = "wasm32")]
struct FlushOnUnmount(crate::browser::Capture);

#[cfg(target_arch = "wasm32")]
impl Drop for FlushOnUnmount {
    fn drop(&mut self) {
        self.0.handle(crate::core::session::Event::Hidden);
        self.0.stop();
    }
}
