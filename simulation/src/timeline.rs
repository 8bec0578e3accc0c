//! What will happen, in the order in which it will.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Milliseconds of simulated, true time.
pub(crate) type Millis = u64;

#[derive(Debug)]
struct Entry<E> {
    /// When, and what was entered first of the same moment.
    at: (Millis, u64),
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}

/// Events to come.
#[derive(Debug)]
pub(crate) struct Timeline<E> {
    entries: BinaryHeap<Reverse<Entry<E>>>,
    entered: u64,
}

impl<E> Default for Timeline<E> {
    fn default() -> Self {
        Self { entries: BinaryHeap::new(), entered: 0 }
    }
}

impl<E> Timeline<E> {
    pub(crate) fn enter(&mut self, at: Millis, event: E) {
        self.entered += 1;
        self.entries.push(Reverse(Entry { at: (at, self.entered), event }));
    }

    /// The next event, unless it comes after `until`.
    pub(crate) fn next(&mut self, until: Millis) -> Option<(Millis, E)> {
        if self.entries.peek().is_none_or(|Reverse(entry)| entry.at.0 > until) {
            return None;
        }
        self.entries.pop().map(|Reverse(entry)| (entry.at.0, entry.event))
    }
}
