//! The element the component renders into on a page that is not a Leptos application: a `div` with an open shadow root.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use leptos::mount::mount_to;
use wasm_bindgen::JsCast;
use web_sys::{CssStyleSheet, Element, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

use super::consent::consent_view;
use crate::browser::{Capture, form, sight};

/// Adopted instead of a `<style>` element, which a page's Content-Security-Policy may forbid.
const STYLE: &str = "\
:host{display:block;grid-column:1/-1;flex:1 0 100%;margin:var(--leadkeep-margin,.5em 0);\
font:var(--leadkeep-font,inherit);color:var(--leadkeep-color,inherit)}\
label{display:flex;align-items:center;gap:var(--leadkeep-gap,.5em);min-height:24px;cursor:pointer}\
input{flex:none;width:24px;height:24px;margin:0;accent-color:var(--leadkeep-accent,auto)}\
[part=note],[part=status]{display:block;font-size:.85em}[part=status]{min-height:1.5em}\
[part=privacy]{color:inherit;display:inline-block;min-height:24px}";

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Host")
    }
}

/// Keeps the component on the page; dropping it takes it away.
pub(super) struct Host {
    /// What stands on the page: the host element, or the row of a table or a list around it.
    outermost: Rc<RefCell<Element>>,
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
        let mounted = mount_to(shadow.unchecked_into::<HtmlElement>(), move || consent_view(shown));
        let (place, of) = (element.clone(), Rc::downgrade(capture.inner()));
        let outermost = Rc::new(RefCell::new(element));
        let placed = Rc::clone(&outermost);
        capture.place(move || {
            let Some(capture) = Capture::upgrade(&of).filter(|_| !sight::is_connected(&place)) else { return false };
            // A row of a table that the page has thrown away with the host in it.
            placed.borrow().remove();
            let Some(outermost) = put(&place, &capture) else { return false };
            placed.replace(outermost);
            true
        });
        Some(Self { outermost, _mounted: Box::new(mounted) })
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.outermost.borrow().remove();
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

/// Puts the host where it belongs, and gives what was put there: the host, or what wraps it where the row is one of a table
/// or of a list, which may hold nothing but rows.
fn put(host: &Element, capture: &Capture) -> Option<Element> {
    let config = capture.config();
    let slot = config.slot.as_ref().and_then(|selector| form::document()?.query_selector(selector).ok().flatten());
    if let Some(slot) = slot {
        slot.append_child(host).ok()?;
        return Some(host.clone());
    }
    let row = capture.root().and_then(|root| form::email_row(&capture.survey(&root), &root))?;
    match row.local_name().as_str() {
        "td" | "th" | "dd" | "dt" => {
            row.append_child(host).ok()?;
            Some(host.clone())
        }
        "tr" => {
            let cell = form::document()?.create_element("td").ok()?;
            // A cell may span more columns than there are (HTML, 4.9.12); it then takes those that there are.
            cell.set_attribute("colspan", "1000").ok()?;
            wrap(&row, "tr", &cell, host)
        }
        "li" => wrap(&row, "li", host, host),
        _ => {
            row.after_with_node_1(host).ok()?;
            Some(host.clone())
        }
    }
}

/// A new row of the same kind after `row`, with `child` in it, which is or gets the host.
fn wrap(row: &Element, name: &str, child: &Element, host: &Element) -> Option<Element> {
    let wrapper = form::document()?.create_element(name).ok()?;
    wrapper.append_child(child).ok()?;
    if child != host {
        child.append_child(host).ok()?;
    }
    row.after_with_node_1(&wrapper).ok()?;
    Some(wrapper)
}
