//! What a page writes into its fields and its cart without an event: noticed soon after the shopper's own acts.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;

use super::{Capture, with};
use crate::browser::{clock, form};
use crate::core::pace::Pace;

/// When the page is looked at again.
#[derive(Default)]
pub(super) struct Rereading {
    pace: RefCell<Pace>,
    timer: Cell<Option<Timeout>>,
}

impl Rereading {
    pub(super) fn stop(&self) {
        self.timer.take();
    }
}

impl Capture {
    /// The shopper has done something on the page. What it writes in answer, it may write without an event.
    pub(super) fn act(&self) {
        self.0.put_back.set(0);
        if self.0.touched.get() {
            self.arm(self.0.rereading.pace.borrow_mut().act(clock::now()));
        }
    }

    fn arm(&self, wait: Option<u64>) {
        if let Some(ms) = wait.filter(|_| !self.0.stopped.get()) {
            let weak = Rc::downgrade(&self.0);
            let timer = Timeout::new(ms as u32, move || with(&weak, Self::look_at_fields));
            self.0.rereading.timer.set(Some(timer));
        }
    }

    /// Compares what the page shows with what was read last. Nothing is recognised anew before it differs.
    fn look_at_fields(&self) {
        let began = clock::now();
        let is_hidden = form::document().is_some_and(|document| document.hidden());
        let differs = !is_hidden && self.differs();
        let wait = self.0.rereading.pace.borrow_mut().read(began, clock::now());
        if differs {
            self.cart_changed();
        }
        self.arm(wait);
    }

    fn differs(&self) -> bool {
        let is_another = self.0.reader.borrow().differs();
        // A script with the cart that the page has replaced is observed from now on.
        let is_another_cart = self.0.items.differs();
        if is_another_cart {
            self.watch_cart();
        }
        is_another || is_another_cart
    }
}
