//! What must be true when the faults have stopped and time has passed.

use std::collections::{BTreeMap, BTreeSet};

use leadkeep_proxy::cart::{Cart, Status};
use wire::{Block, Detail, Path};

use crate::oracle::{Closing, Edit};
use crate::trace::{START, short};
use crate::twocheckout::Held;
use crate::world::{World, values};

impl World {
    /// Checks everything that is promised of the end.
    pub(crate) fn check_end(&mut self) {
        let mut carts: BTreeSet<String> = self.oracle.edits.iter().filter_map(|edit| edit.cart.clone()).collect();
        carts.extend(self.store.keys().cloned());
        carts.extend(self.oracle.carts.keys().cloned());
        for cart in carts {
            if let Err((promise, how)) = self.check_cart(&cart) {
                return self.violate(promise, format!("cart {}: {how}", short(&cart)));
            }
        }
        self.check_closings();
    }

    fn check_cart(&self, cart: &str) -> Result<(), (&'static str, String)> {
        let edits: Vec<&Edit> = self.oracle.edits.iter().filter(|edit| edit.cart.as_deref() == Some(cart)).collect();
        let held = self.upstream.of_cart(cart).next().map(|(_, held)| held);
        if let Some(end) = self.oracle.ends.get(cart) {
            return check_closed(end.status, &end.lead, held, self.row(cart));
        }
        let Some(row) = self.row(cart) else {
            return match edits.iter().find(|edit| edit.sure) {
                Some(edit) => {
                    Err(("the last edit arrives", format!("{} {:?} of tab {}", edit.path, edit.value, edit.tab)))
                }
                None => Ok(()),
            };
        };
        let ordered = |edit: &Edit| {
            let browser = self.tabs.get(edit.tab).and_then(|tab| self.browsers.get(tab.browser));
            browser.is_none_or(|browser| !browser.turned_back || (browser.sound && edit.known))
        };
        check_values(row, &edits, ordered)?;
        check_delivered(row, held)
    }

    fn check_closings(&mut self) {
        let other = self.oracle.ends.iter().find(|(cart, end)| {
            let asked =
                |closing: &&Closing| closing.cart == **cart && closing.withdrawn == (end.status == Status::Withdrawn);
            !self.oracle.closings.iter().any(|closing| asked(&closing))
        });
        if let Some((cart, end)) = other {
            let how = format!("cart {} is {}, and nobody asked for it", short(cart), end.status.name());
            return self.violate("the end is the one that was asked for", how);
        }
        let lost =
            self.oracle.closings.iter().find(|closing| closing.sure && !self.oracle.ends.contains_key(&closing.cart));
        if let Some(closing) = lost {
            let how = format!(
                "cart {} was {} in tab {}, and no proxy knows",
                short(&closing.cart),
                if closing.withdrawn { "withdrawn" } else { "completed" },
                closing.tab
            );
            self.violate("the end arrives", how);
        }
    }
}

/// The row has the newest value of every field, and nothing else.
fn check_values(row: &Cart, edits: &[&Edit], ordered: impl Fn(&Edit) -> bool) -> Result<(), (&'static str, String)> {
    let has: BTreeMap<Path, Option<String>> = values(&row.state).collect();
    let paths: BTreeSet<Path> = edits.iter().map(|edit| edit.path).chain(has.keys().copied()).collect();
    for path in paths {
        if matches!(path, Path::Currency | Path::LocalTime) {
            continue;
        }
        let of_path: Vec<&Edit> = edits.iter().filter(|edit| edit.path == path).copied().collect();
        let value = has.get(&path);
        let acceptable = |edit: &Edit| !of_path.iter().any(|other| other.sure && is_newer(other, edit, ordered(edit)));
        let right = match value {
            // Absent: nobody's change has to be there. Cleared without ever being filled is the same.
            None => !of_path.iter().any(|edit| edit.sure && edit.value.is_some() && acceptable(edit)),
            Some(None) if of_path.is_empty() => matches!(path, Path::Detail(Block::Delivery, _)),
            Some(value) => of_path.iter().any(|edit| edit.value == *value && acceptable(edit)),
        };
        if !right {
            let ms = |at: u64| at.saturating_sub(START);
            let tell = |edit: &&Edit| {
                let mark = match (edit.sure, acceptable(edit)) {
                    (true, true) => ": this one",
                    (false, true) => ": or this one, if it was not lost",
                    (_, false) => "",
                };
                format!(
                    "{:?} typed in tab {} at {}, read {:?}{mark}",
                    edit.value,
                    edit.tab,
                    ms(edit.at),
                    edit.read.map(ms)
                )
            };
            let expected: Vec<String> = of_path.iter().map(tell).collect();
            return Err(("the newest value of every field", format!("{path} is {value:?}, known are {expected:#?}")));
        }
    }
    Ok(())
}

/// Whether one change is newer than the other, whatever the moment between typing and reading that it was given.
fn is_newer(one: &Edit, other: &Edit, ordered: bool) -> bool {
    if one.tab == other.tab && one.epoch == other.epoch {
        return (one.read.unwrap_or(u64::MAX), one.at) > (other.read.unwrap_or(u64::MAX), other.at);
    }
    ordered && other.read.is_some_and(|read| one.at > read)
}

fn check_delivered(row: &Cart, held: Option<&Held>) -> Result<(), (&'static str, String)> {
    let lead = row.lead();
    let delivery = "what the proxy has reaches 2Checkout";
    match held {
        None if Cart::address_of_add(&lead).is_some() => Err((delivery, "there is no lead".to_owned())),
        None => Ok(()),
        Some(held) if held.lead != lead => Err((delivery, "the lead is another".to_owned())),
        Some(held) if held.used || held.stopped != row.followups_stopped => {
            let how = format!("used {}, stopped {}", held.used, held.stopped);
            Err(("only an end, or an order that waits for its payment, stops the mails", how))
        }
        Some(_) => Ok(()),
    }
}

fn check_closed(
    status: Status,
    last: &twocheckout::Lead,
    held: Option<&Held>,
    row: Option<&Cart>,
) -> Result<(), (&'static str, String)> {
    let end = "the end reaches 2Checkout";
    if row.is_some_and(|row| !row.is_delivered() || !row.state.is_empty()) {
        return Err((end, "the row is not a tombstone".to_owned()));
    }
    let Some(held) = held else { return Ok(()) };
    if !held.stopped || held.used != (status == Status::Completed) {
        return Err((end, format!("used {}, stopped {}", held.used, held.stopped)));
    }
    if status == Status::Completed {
        return if held.lead == *last { Ok(()) } else { Err((end, "the last edit is missing".to_owned())) };
    }
    let details = [&held.lead.billing_details, &held.lead.delivery_details];
    let left = Detail::ALL.iter().find(|detail| details.iter().any(|address| address.get(**detail).is_some()));
    match left {
        Some(detail) => Err((end, format!("{} is still there after the withdrawal", detail.name()))),
        None => Ok(()),
    }
}
