//! Orders that a server reports: the shop's own, or 2Checkout's with its notifications. Reports are lost, repeated and
//! reordered; whoever reports comes again until it was answered.

mod store;

use leadkeep_proxy::cart::{Cart, OrderEnd, Status};
use leadkeep_proxy::orders::{Report, end};
use wire::{Detail, Path};

use crate::oracle::{Closing, End};
use crate::plan::Protection;
use crate::timeline::Millis;
use crate::trace::short;
use crate::world::{Event, TabId, World};
use store::ReportedStore;

/// A report that is under way.
#[derive(Debug, Clone)]
pub(crate) struct Reported {
    report: Report,
    /// When the order was placed.
    placed: Millis,
    /// Whoever reports comes again after so long.
    again: Millis,
}

impl World {
    /// The order is placed, and the shopper's browser says nothing of it: he pays elsewhere, or closes the page.
    pub(crate) fn order_by_server(&mut self, tab: TabId) {
        let Some(of) = self.tabs.get(tab) else { return };
        let browser = of.browser;
        let cart = of.cart().map(str::to_owned).filter(|_| !of.is_closed());
        let email = of.form.texts.get(&Path::billing(Detail::Email)).cloned();
        if let Some(of) = self.browsers.get_mut(browser) {
            of.items = None;
        }
        let number = self.unique();
        // The order names its cart where the shop has taken over its id, else there is only the buyer's address.
        let cart = cart.filter(|_| self.chance.percent(60));
        if let Some(cart) = &cart {
            self.oracle.closings.push(Closing {
                tab,
                cart: cart.clone(),
                withdrawn: false,
                sure: true,
                is_in_record_alone: false,
            });
        }
        self.note(|| format!("tab {tab}: order {number} is placed, of {:?}", cart.as_deref().map(short)));
        // By the clock of 2Checkout and of the store: a proxy whose clock is wrong cannot sign its calls either.
        let report = |end| Report {
            end,
            cart: cart.clone(),
            is_cart_for_certain: true,
            external_reference: None,
            lead_code: None,
            email: email.clone(),
            order_reference: Some(number.to_string()),
            identity: Some(format!("order:{number}")),
            placed_by: None,
        };
        let mut reports = vec![OrderEnd::Completed];
        if self.chance.percent(50) {
            reports.push(OrderEnd::FollowupsStopped);
        }
        for of in reports {
            let report = Report { placed_by: Some(self.store_clock()), ..report(of) };
            let again = self.chance.between(1_000, 300_000);
            let ms = self.chance.delay(1_000, 600_000);
            self.after(ms, Event::Reported(Box::new(Reported { report, placed: self.now, again })));
        }
        if self.chance.percent(50) {
            self.leave(tab, false);
        }
    }

    /// A report is on its way to a proxy.
    pub(crate) fn report(&mut self, reported: Reported) {
        let faults = self.plan.faults;
        let lost = self.chance.percent(faults.request_lost);
        let answer_lost = self.chance.percent(faults.answer_lost);
        let up: Vec<usize> = (0..self.proxies.len())
            .filter(|id| self.proxies.get(*id).is_some_and(|proxy| proxy.up && !proxy.frozen))
            .collect();
        let proxy = self.chance.pick(&up).filter(|_| !lost);
        if let Some(id) = proxy {
            self.take_report(id, &reported);
        }
        let repeated = self.chance.percent(faults.repeated);
        if proxy.is_none() || answer_lost || repeated {
            self.after(reported.again, Event::Reported(Box::new(reported)));
        }
    }

    /// A proxy takes a report, as `http::ipn` and `http::orders` do.
    fn take_report(&mut self, id: usize, reported: &Reported) {
        let mut report = reported.report.clone();
        if self.is_without(Protection::OrderTime) {
            (report.placed_by, report.identity) = (None, None);
        }
        let before = self.store.clone();
        let store = ReportedStore::new(std::mem::take(&mut self.store), &self.reported, self.store_clock());
        let ended = store::now_or_never(end(&store, Some(&self.email_key), &report));
        (self.store, self.reported) = store.into_parts();
        let Some(Ok(ended)) = ended else {
            return self.violate("a report is taken", "the store did not answer at once".to_owned());
        };
        self.note(|| format!("  proxy {id} takes {:?}: {} carts", report.end, ended.carts.len()));
        let named = report.cart.as_ref().and_then(|cart| self.store.get(cart)).cloned();
        for cart in ended.carts.iter().chain(named.as_ref()) {
            self.has_ended(cart, &before, reported);
            if ended.carts.contains(cart) {
                self.deliver(id, &cart.id);
            }
        }
    }

    fn has_ended(&mut self, cart: &Cart, before: &std::collections::BTreeMap<String, Cart>, reported: &Reported) {
        let was = before.get(&cart.id);
        let is_named = reported.report.cart.as_ref() == Some(&cart.id);
        let begun = self.oracle.begun_at.get(&cart.id).copied();
        if !is_named && begun.is_some_and(|begun| begun > reported.placed) {
            let how = format!("cart {} began after the order that ended it", short(&cart.id));
            return self.violate("an order ends no cart that began after it", how);
        }
        if cart.status == Status::Open || self.oracle.ends.contains_key(&cart.id) {
            return;
        }
        let lead = was.map(Cart::lead).unwrap_or_default();
        self.note(|| format!("  cart {} is ended by an order", short(&cart.id)));
        self.oracle.ends.insert(cart.id.clone(), End { at: self.now, status: cart.status, lead });
        let closing = Closing {
            tab: usize::MAX,
            cart: cart.id.clone(),
            withdrawn: false,
            sure: false,
            is_in_record_alone: false,
        };
        self.oracle.closings.push(closing);
    }
}
