//! What a storefront that is a Leptos application does with the lead besides showing the component.

use leptos::prelude::*;
use serde::Serialize;

use crate::core::status::Status;

#[cfg(target_arch = "wasm32")]
type Call = Box<dyn FnOnce(&crate::browser::Capture)>;

/// Drives a [`LeadCapture`](crate::LeadCapture). Calls made before it has started are kept for it; on a server they do
/// nothing.
///
/// ```
/// # #[cfg(any(target_arch = "wasm32", feature = "ssr"))] {
/// # use leadkeep::LeadHandle;
/// # use leptos::prelude::*;
/// # Owner::new().with(|| {
/// let lead = LeadHandle::new();
/// lead.complete(Some("ORDER-1"));
/// assert!(lead.status().lead_code.is_none());
/// # });
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct LeadHandle {
    status: RwSignal<Status>,
    #[cfg(target_arch = "wasm32")]
    capture: StoredValue<Option<crate::browser::Capture>, LocalStorage>,
    #[cfg(target_arch = "wasm32")]
    early: StoredValue<Vec<Call>, LocalStorage>,
}

impl LeadHandle {
    /// A handle for one `LeadCapture`, of the current reactive owner.
    #[must_use]
    pub fn new() -> Self {
        Self {
            status: RwSignal::new(Status::OFF),
            #[cfg(target_arch = "wasm32")]
            capture: StoredValue::new_local(None),
            #[cfg(target_arch = "wasm32")]
            early: StoredValue::new_local(Vec::new()),
        }
    }

    /// What the widget is doing. A signal: whoever reads it is told of changes.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status.get()
    }

    /// The shopper has ordered: 2Checkout sends no mail any more.
    pub fn complete(&self, order_reference: Option<&str>) {
        let order_reference = order_reference.map(str::to_owned);
        #[cfg(target_arch = "wasm32")]
        self.call(|capture| capture.handle(crate::core::session::Event::Complete { order_reference }));
        #[cfg(not(target_arch = "wasm32"))]
        drop(order_reference);
    }

    /// The cart has changed: a list of 2Checkout's `Items`.
    pub fn set_items<T: Serialize + ?Sized>(&self, items: &T) {
        #[cfg(target_arch = "wasm32")]
        {
            let items = crate::browser::json::to_js(items);
            self.call(move |capture| capture.set_items(items));
        }
        #[cfg(not(target_arch = "wasm32"))]
        let _ = items;
    }

    /// The shopper's yes or no, where the storefront asks itself (`Consent::External`). A no after a save withdraws the lead.
    pub fn consent(&self, yes: bool) {
        #[cfg(target_arch = "wasm32")]
        self.call(move |capture| capture.handle(crate::core::session::Event::Consent(yes)));
        #[cfg(not(target_arch = "wasm32"))]
        let _ = yes;
    }

    /// The shopper does not want to be remembered.
    pub fn withdraw(&self) {
        self.consent(false);
    }

    #[cfg(target_arch = "wasm32")]
    fn call(&self, call: impl FnOnce(&crate::browser::Capture) + 'static) {
        match self.capture.try_get_value().flatten() {
            Some(capture) => call(&capture),
            None => _ = self.early.try_update_value(|early| early.push(Box::new(call))),
        }
    }

    /// The component has started.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn attach(&self, capture: &crate::browser::Capture) {
        let status = self.status;
        status.set(Status::clone(&capture.status()));
        capture.watch(move |now| _ = status.try_set(now.clone()));
        self.capture.set_value(Some(capture.clone()));
        for call in self.early.try_update_value(std::mem::take).unwrap_or_default() {
            call(capture);
        }
    }
}

impl Default for LeadHandle {
    fn default() -> Self {
        Self::new()
    }
}
