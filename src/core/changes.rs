//! Between the draft and the pause: what this page has seen, what of it is new, and what the proxy has confirmed.

use wire::{LeadState, Path, PathMap, Stamped, Value};

use crate::core::draft::Draft;

/// The lead as this page knows it.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// The newest change of each path that this page has seen or was left by another page.
    lead: LeadState,
    /// What this page showed last. Kept apart from the lead, which another tab may have changed since: only what changes
    /// here is a change, and only what was filled here can be cleared here.
    shown: PathMap<Value>,
    /// The moment of the newest change that the proxy has confirmed.
    confirmed: PathMap<u64>,
}

impl Changes {
    /// Takes what the page shows now. `stamp` gives the moment of a change; it is asked once for each.
    pub fn observe(&mut self, draft: &Draft, stamp: &mut dyn FnMut() -> u64) {
        for (path, value) in draft.iter() {
            let before = match value {
                Some(value) => self.shown.insert(path, value.clone()),
                None => self.shown.remove(path),
            };
            // The second condition: what another page has left unsent, and this one shows from the first, is no new change.
            if before != *value && (before.is_some() || self.lead.value(path) != value.as_ref()) {
                self.lead.change(path, Stamped { at: stamp(), value: value.clone() });
            }
        }
    }

    /// Takes what another page could not deliver.
    pub fn restore(&mut self, left_over: LeadState) {
        self.lead.merge(left_over);
    }

    /// Takes a change that no single field shows: "same as billing" clears a whole block.
    pub fn set(&mut self, path: Path, change: Stamped) {
        self.lead.change(path, change);
    }

    /// What the proxy has not confirmed.
    pub fn unsent(&self) -> LeadState {
        let mut unsent = self.lead.clone();
        unsent.retain(|path, change| self.is_unsent(path, change));
        unsent
    }

    /// Whether anything is unsent.
    pub fn any_unsent(&self) -> bool {
        self.lead.iter().any(|(path, change)| self.is_unsent(path, change))
    }

    /// Whether the proxy has yet to confirm a change.
    pub fn is_unsent(&self, path: Path, change: &Stamped) -> bool {
        self.confirmed.get(path).is_none_or(|at| *at < change.at)
    }

    /// The proxy has answered for what was sent.
    pub fn confirm(&mut self, sent: &LeadState) {
        for (path, change) in sent.iter() {
            let before = self.confirmed.get(path).copied().unwrap_or_default();
            self.confirmed.insert(path, change.at.max(before));
        }
    }

    /// The lead as this page knows it.
    pub fn lead(&self) -> &LeadState {
        &self.lead
    }

    /// A number that stands for what this page shows, to be compared with the one of the last confirmation: a reload
    /// that shows the same has nothing to send. Salted with the cart's key. FNV-1a, 64 bits.
    pub fn fingerprint(&self, salt: &str) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut eat = |bytes: &[u8]| {
            for byte in bytes.iter().chain(&[0xff]) {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        eat(salt.as_bytes());
        for (path, change) in self.lead.iter().filter(|(path, _)| *path != Path::LocalTime) {
            eat(path.name().as_bytes());
            // What was cleared here has to reach the proxy too: it may know more than this page shows.
            eat(change.value.as_ref().map_or(&[0xfe], |value| value.as_str().as_bytes()));
        }
        hash
    }
}

#[cfg(test)]
mod tests {
    use wire::Detail;

    use super::*;

    const CITY: Path = Path::Detail(wire::Block::Billing, Detail::City);

    fn city(text: &str) -> Draft {
        let mut draft = Draft::default();
        draft.insert(CITY, (!text.is_empty()).then(|| Value::Text(text.into())));
        draft
    }

    #[test]
    fn only_what_changed_is_unsent() {
        let mut changes = Changes::default();
        changes.observe(&city("Turin"), &mut || 1);
        assert_eq!(changes.unsent().text(CITY), Some("Turin"));
        changes.confirm(&changes.unsent());
        assert!(!changes.any_unsent());
        changes.observe(&city("Turin"), &mut || 2);
        assert!(!changes.any_unsent(), "the same again is no change");
        changes.observe(&city("Rome"), &mut || 3);
        assert_eq!(changes.unsent().get(CITY).map(|c| c.at), Some(3));
    }

    #[test]
    fn an_edit_made_while_a_request_is_under_way_stays_unsent() {
        let mut changes = Changes::default();
        changes.observe(&city("Turi"), &mut || 1);
        let sent = changes.unsent();
        changes.observe(&city("Turin"), &mut || 2);
        changes.confirm(&sent);
        assert_eq!(changes.unsent().text(CITY), Some("Turin"));
    }

    #[test]
    fn only_a_field_this_page_has_seen_filled_can_be_cleared() {
        let mut changes = Changes::default();
        changes.observe(&city(""), &mut || 1);
        assert!(!changes.any_unsent(), "a reload shows an empty form");
        changes.restore([(CITY, Stamped::text("Turin", 1))].into_iter().collect());
        changes.observe(&city(""), &mut || 2);
        assert_eq!(changes.unsent().text(CITY), Some("Turin"), "and loses nothing another page has left");
        changes.observe(&city("Rome"), &mut || 3);
        changes.observe(&city(""), &mut || 4);
        assert_eq!(changes.unsent().get(CITY), Some(&Stamped::cleared(4)));
        changes.observe(&city(""), &mut || 5);
        assert_eq!(changes.unsent().get(CITY), Some(&Stamped::cleared(4)), "cleared once");
        changes.observe(&city("Rome"), &mut || 6);
        assert_eq!(changes.unsent().text(CITY), Some("Rome"), "and filled again");
    }

    #[test]
    fn what_another_tab_changed_is_not_changed_back() {
        let mut changes = Changes::default();
        changes.observe(&city("Turin"), &mut || 1);
        changes.restore([(CITY, Stamped::text("Rome", 5))].into_iter().collect());
        changes.observe(&city("Turin"), &mut || 6);
        assert_eq!(changes.lead().text(CITY), Some("Rome"), "this page still shows what it showed");
    }

    #[test]
    fn the_fingerprint_tells_contents_apart_and_not_moments() {
        let (mut a, mut b, mut c) = (Changes::default(), Changes::default(), Changes::default());
        a.observe(&city("Turin"), &mut || 1);
        b.observe(&city("Turin"), &mut || 2);
        c.observe(&city("Rome"), &mut || 1);
        assert_eq!(a.fingerprint("k"), b.fingerprint("k"));
        assert_ne!(a.fingerprint("k"), c.fingerprint("k"));
        assert_ne!(a.fingerprint("k"), a.fingerprint("other"));
    }

    #[test]
    fn what_another_page_left_is_no_change_where_it_is_seen_first_and_one_where_it_is_done_again() {
        let mut changes = Changes::default();
        changes.observe(&city("Turin"), &mut || 1);
        changes.restore([(CITY, Stamped::cleared(2))].into_iter().collect());
        changes.observe(&city(""), &mut || 4);
        assert_eq!(changes.lead().get(CITY), Some(&Stamped::cleared(4)), "a third page may have filled it since");

        let mut first = Changes::default();
        first.restore([(CITY, Stamped::text("Rome", 2))].into_iter().collect());
        first.observe(&city("Rome"), &mut || 4);
        assert_eq!(first.lead().get(CITY).map(|change| change.at), Some(2));
    }
}
