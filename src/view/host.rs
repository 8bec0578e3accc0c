//! The element the component renders into on a page that is not a Leptos application: a `div` with an open shadow root.

use std::any::Any;

use leptos::mount::mount_to;
use wasm_bindgen::JsCast;
use web_sys::{CssStyleSheet, Element, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

use crate::browser::{Capture, form};
use crate::view::component::notice;

/// Adopted instead of a `<style>` element, which a page's Content-Security-Policy may forbid.
const STYLE: &str = "\
:host{display:block;grid-column:1/-1;flex:1 0 100%;margin:var(--leadkeep-margin,.5em 0);\
font:var(--leadkeep-font,inherit);color:var(--leadkeep-color,inherit)}\
label{display:flex;align-items:flex-start;gap:var(--leadkeep-gap,.5em);cursor:pointer}\
input{flex:none;width:1.15em;height:1.15em;margin:.15em 0 0;accent-color:var(--leadkeep-accent,auto)}\
[part=status]{display:block;min-height:1.3em;font-size:.85em;opacity:.8}";

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Host")
    }
}

/// Keeps the component on the page; dropping it takes it away.
pub(super) struct Host {
    element: Element,
    /// Leptos' handle, which unmounts when dropped; its type is that of the view.
    _mounted: Box<dyn Any>,
}

impl Host {
    /// Renders the component, and puts it where it belongs whenever it has been lost.
    pub(super) fn new(capture: &Capture) -> Option<Self> {
        let element = form::document()?.create_element("div").ok()?;
        element.set_attribute(form::HOST_ATTRIBUTE, "").ok()?;
        let shadow = element.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).ok()?;
        style(&shadow);
        let shown = capture.clone();
        let mounted = mount_to(shadow.unchecked_into::<HtmlElement>(), move || notice(shown));
        let (place, of) = (element.clone(), std::rc::Rc::downgrade(capture.inner()));
        capture.place(move || {
            if let Some(capture) = Capture::upgrade(&of)
                && !place.is_connected()
            {
                put(&place, &capture);
            }
        });
        Some(Self { element, _mounted: Box::new(mounted) })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.element.remove();
    }
}

fn style(shadow: &ShadowRoot) {
    if let Ok(sheet) = CssStyleSheet::new()
        && sheet.replace_sync(STYLE).is_ok()
    {
        let sheets = js_sys::Array::of1(&sheet);
        // Safari before 16.4 has no such property; there the component keeps the browser's own look.
        _ = js_sys::Reflect::set(shadow, &"adoptedStyleSheets".into(), &sheets);
    }
}

fn put(element: &Element, capture: &Capture) {
    let config = capture.config();
    let slot = config.slot.as_ref().and_then(|selector| form::document()?.query_selector(selector).ok().flatten());
    if let Some(slot) = slot {
        _ = slot.append_child(element);
    } else if let Some(row) = capture.root().and_then(|root| form::email_row(&capture.survey(&root), &root)) {
        _ = row.after_with_node_1(element);
    }
}
