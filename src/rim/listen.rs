//! Listeners, removed when dropped. All are passive and in the capture phase: nothing the page stops is missed, and
//! nothing of the page is stopped.

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, HtmlFormElement, MutationObserver, MutationObserverInit, Node};

/// Listens to several events of one target.
pub(super) fn on(
    target: &EventTarget,
    names: &[&'static str],
    handler: impl Fn(&Event) + Clone + 'static,
) -> Vec<EventListener> {
    names
        .iter()
        .map(|name| {
            let handler = handler.clone();
            EventListener::new_with_options(
                target,
                *name,
                EventListenerOptions::run_in_capture_phase(),
                handler_of(handler),
            )
        })
        .collect()
}

fn handler_of(handler: impl Fn(&Event) + 'static) -> impl FnMut(&Event) + 'static {
    move |event| handler(event)
}

/// Whether an event happened in a root: inside it, in an open shadow root of it, or in a field that belongs to it by its
/// `form` attribute.
pub(super) fn is_within(event: &Event, root: &Element) -> bool {
    let path: Array = event.composed_path();
    if path.includes(root, 0) {
        return true;
    }
    root.dyn_ref::<HtmlFormElement>().is_some_and(|form| {
        let owner = js_sys::Reflect::get(&path.get(0), &"form".into()).unwrap_or(JsValue::NULL);
        !owner.is_null() && owner.loose_eq(form)
    })
}

/// A mutation observer that is disconnected when dropped.
pub(super) struct Observer {
    observer: MutationObserver,
    _callback: Closure<dyn FnMut()>,
}

impl Observer {
    /// Calls back when something below a node is added, removed or (where `text` says so) written.
    pub(super) fn new(node: &Node, text: bool, callback: impl FnMut() + 'static) -> Option<Self> {
        let callback = Closure::<dyn FnMut()>::new(callback);
        let observer = MutationObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        let options = MutationObserverInit::new();
        options.set_child_list(true);
        options.set_subtree(true);
        options.set_character_data(text);
        observer.observe_with_options(node, &options).ok()?;
        Some(Self { observer, _callback: callback })
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
