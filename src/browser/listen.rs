//! Listeners, removed when dropped. All are in the capture phase: nothing the page stops is missed. None of them stops or
//! prevents anything.

use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Event, EventTarget, HtmlFormElement, MutationObserver, MutationObserverInit, Node};

use super::form::HOST_ATTRIBUTE;
use super::property;

/// A listener for one event of one target, removed when dropped. `Fn`: a page's listener may cause the next event while
/// this one is being handled.
pub(crate) struct Listener {
    target: EventTarget,
    name: &'static str,
    handler: Rc<Closure<dyn Fn(Event)>>,
}

impl Listener {
    fn function(&self) -> &Function {
        self.handler.as_ref().as_ref().unchecked_ref()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        _ = self.target.remove_event_listener_with_callback_and_bool(self.name, self.function(), true);
    }
}

/// Listens to several events of one target.
pub(crate) fn on(target: &EventTarget, names: &[&'static str], handler: impl Fn(&Event) + 'static) -> Vec<Listener> {
    let handler = Rc::new(Closure::<dyn Fn(Event)>::new(move |event| handler(&event)));
    let listen = |name: &&'static str| {
        let listener = Listener { target: target.clone(), name, handler: handler.clone() };
        _ = target.add_event_listener_with_callback_and_bool(name, listener.function(), true);
        listener
    };
    names.iter().map(listen).collect()
}

/// Whether an event happened in a root, and not in leadkeep's own component: inside it, in an open shadow root of it, or in a field that belongs to it by its
/// `form` attribute.
pub(super) fn is_within(event: &Event, root: &Element) -> bool {
    // What happens inside the component shows as having happened to its host, or to the checkbox.
    let own = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if own.is_some_and(|element| element.has_attribute(HOST_ATTRIBUTE)) {
        return false;
    }
    let path: Array = event.composed_path();
    if path.includes(root, 0) {
        return true;
    }
    root.dyn_ref::<HtmlFormElement>().is_some_and(|form| {
        let owner = property(&path.get(0), "form");
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
        let observer = Self::calling(callback)?;
        let options = below();
        options.set_character_data(text);
        observer.observer.observe_with_options(node, &options).ok()?;
        Some(observer)
    }

    /// Hears from now on when a field below one of the nodes is added or removed, or says something else of itself; what it
    /// heard before no more.
    pub(super) fn hear_fields<'n>(&self, nodes: impl Iterator<Item = &'n Node>) {
        self.observer.disconnect();
        let options = below();
        let names = "name,id,type,autocomplete,data-lead,placeholder,aria-label,aria-labelledby,for,form,maxlength";
        options.set_attribute_filter(&names.split(',').map(JsValue::from_str).collect::<Array>());
        for node in nodes {
            _ = self.observer.observe_with_options(node, &options);
        }
    }

    /// One that hears nothing yet. It is kept as long as the page is: Chromium tells an observer of the mutation under way
    /// even after it was disconnected, and nobody may be called who is gone.
    pub(super) fn calling(callback: impl FnMut() + 'static) -> Option<Self> {
        let callback = Closure::<dyn FnMut()>::new(callback);
        let observer = MutationObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        Some(Self { observer, _callback: callback })
    }
}

fn below() -> MutationObserverInit {
    let options = MutationObserverInit::new();
    options.set_child_list(true);
    options.set_subtree(true);
    options
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
