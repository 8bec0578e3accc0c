//! What the shoppers did, remembered apart from the product: the measure of what 2Checkout holds in the end.

use std::collections::BTreeMap;

use leadkeep_proxy::cart::Status;
use wire::Path;

use crate::timeline::Millis;
use crate::world::TabId;

/// A change a shopper made.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    pub(crate) tab: TabId,
    pub(crate) epoch: u32,
    /// Known once the page has a cart.
    pub(crate) cart: Option<String>,
    pub(crate) path: Path,
    /// `None`: cleared.
    pub(crate) value: Option<String>,
    pub(crate) at: Millis,
    /// When the widget read it. Until then it has no moment of its own.
    pub(crate) read: Option<Millis>,
    /// There was a record when it was read, which remembers the moment it was given.
    pub(crate) known: bool,
    /// It has to arrive. Not so when a fault took away the only thing that held it.
    pub(crate) sure: bool,
}

/// A completion or a withdrawal that a shopper or a page asked for.
#[derive(Debug, Clone)]
pub(crate) struct Closing {
    pub(crate) tab: TabId,
    pub(crate) cart: String,
    pub(crate) withdrawn: bool,
    pub(crate) sure: bool,
    /// The record alone holds it: no session was there to keep it in mind.
    pub(crate) is_in_record_alone: bool,
}

/// How a cart ended at the proxies.
#[derive(Debug, Clone)]
pub(crate) struct End {
    pub(crate) at: Millis,
    pub(crate) status: Status,
    /// The lead as it stood then.
    pub(crate) lead: twocheckout::Lead,
}

/// What the shoppers did.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    pub(crate) edits: Vec<Edit>,
    pub(crate) closings: Vec<Closing>,
    pub(crate) ends: BTreeMap<String, End>,
    /// When the first save of each cart reached a proxy.
    pub(crate) begun_at: BTreeMap<String, Millis>,
    /// What reached a proxy's store, and when last.
    pub(crate) committed: BTreeMap<(String, Path, Option<String>), Millis>,
    /// The carts that were sent, by the browser they are of.
    pub(crate) carts: BTreeMap<String, usize>,
}

impl Oracle {
    /// A page shows a value that may be new; `seen` is what the widget has read there last.
    pub(crate) fn typed(
        &mut self,
        tab: TabId,
        epoch: u32,
        cart: Option<&str>,
        (path, value): (Path, Option<String>),
        seen: Option<&String>,
        now: Millis,
    ) {
        let unread = |edit: &Edit| edit.tab == tab && edit.epoch == epoch && edit.path == path && edit.read.is_none();
        if value.as_ref() == seen {
            // Typed and taken back before anybody looked.
            self.edits.retain(|edit| !unread(edit));
        } else if let Some(edit) = self.edits.iter_mut().find(|edit| unread(edit)) {
            if edit.value != value {
                (edit.value, edit.at) = (value, now);
            }
        } else {
            // What stands on a page as on another one before may be taken for the same change.
            let is_known = |edit: &Edit| edit.tab != tab && edit.path == path && edit.value == value;
            let sure = value.is_none() || !self.edits.iter().any(is_known);
            let cart = cart.map(str::to_owned);
            self.edits.push(Edit { tab, epoch, cart, path, value, at: now, read: None, known: false, sure });
        }
    }

    /// The widget of a page has read what it shows at a path.
    pub(crate) fn read(&mut self, tab: TabId, epoch: u32, path: Path, now: Millis) {
        let of_page = |edit: &&mut Edit| edit.tab == tab && edit.epoch == epoch && edit.path == path;
        for edit in self.edits.iter_mut().filter(of_page) {
            if edit.read.is_none() {
                (edit.read, edit.known) = (Some(now), edit.cart.is_some());
            }
        }
    }

    /// A page shows these paths. What was typed elsewhere and taken away before it was read nobody can know.
    pub(crate) fn shows(&mut self, tab: TabId, epoch: u32, paths: &BTreeMap<Path, Option<String>>) {
        let unread = |edit: &Edit| edit.tab == tab && edit.epoch == epoch && edit.read.is_none();
        self.edits.retain(|edit| !unread(edit) || paths.contains_key(&edit.path));
    }

    /// What was typed on a page belongs to this cart.
    pub(crate) fn attribute(&mut self, tab: TabId, epoch: u32, cart: &str) {
        for edit in self.edits.iter_mut().filter(|edit| edit.tab == tab && edit.epoch == epoch) {
            if edit.cart.as_deref() != Some(cart) {
                edit.cart = Some(cart.to_owned());
            }
        }
    }

    /// A save of a cart is sent. Another cart of the browser that is still open, if there is one.
    pub(crate) fn begun(&mut self, browser: usize, cart: &str) -> Option<String> {
        if self.carts.contains_key(cart) {
            return None;
        }
        self.carts.insert(cart.to_owned(), browser);
        let is_closed =
            |cart: &String| self.ends.contains_key(cart) || self.closings.iter().any(|closing| closing.cart == *cart);
        self.carts
            .iter()
            .find(|(other, of)| **of == browser && *other != cart && !is_closed(other))
            .map(|(other, _)| other.clone())
    }

    pub(crate) fn closed_at(&self, cart: &str) -> Option<(Millis, Status)> {
        self.ends.get(cart).map(|end| (end.at, end.status))
    }
}
