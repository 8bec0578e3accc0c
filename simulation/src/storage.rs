//! `localStorage` of a browser: one text, shared by its tabs, that a page may find blocked, cleared or full.

use leadkeep::core::record::Record;

/// What a page may find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It works.
    Sound,
    /// Reading and writing throws.
    Blocked,
    /// Reading works, writing throws: the quota is used up.
    Full,
}

/// `localStorage`, as far as leadkeep uses it.
#[derive(Debug)]
pub(crate) struct Storage {
    pub(crate) text: Option<String>,
    pub(crate) state: State,
}

impl Storage {
    pub(crate) fn read(&self) -> Option<Record> {
        let text = self.text.as_deref().filter(|_| self.state != State::Blocked)?;
        Record::read(&serde_json::from_str(text).ok()?)
    }

    /// Returns whether the text changed.
    pub(crate) fn write(&mut self, text: Option<String>) -> bool {
        let changed = self.state == State::Sound && self.text != text;
        if changed {
            self.text = text;
        }
        changed
    }
}
