//! The lead as a state: the newest change of each path.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{Path, PathMap, Stamped, Value};

/// The newest change of each path. A path that is absent was never touched; one that is there without a value was
/// cleared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeadState<V = Value>(PathMap<Stamped<V>>);

impl<V> Default for LeadState<V> {
    fn default() -> Self {
        Self(PathMap::default())
    }
}

impl<V: Ord> LeadState<V> {
    /// Takes one change, unless a newer one stands at its path. Returns whether it was taken.
    pub fn change(&mut self, path: Path, change: Stamped<V>) -> bool {
        match self.0.get(path) {
            Some(known) if *known >= change => false,
            _ => {
                self.0.insert(path, change);
                true
            }
        }
    }

    /// Takes every change that is newer than what stands here. Returns whether any was. Commutative, associative and
    /// idempotent: the order and the repetition of merges make no difference.
    pub fn merge(&mut self, other: Self) -> bool {
        other.0.into_iter().fold(false, |any, (path, change)| self.change(path, change) || any)
    }
}

impl<V> LeadState<V> {
    /// What stands at a path.
    pub fn get(&self, path: Path) -> Option<&Stamped<V>> {
        self.0.get(path)
    }

    /// The value at a path; `None` where it was cleared or never touched.
    pub fn value(&self, path: Path) -> Option<&V> {
        self.0.get(path)?.value.as_ref()
    }

    /// Whether no path was ever touched.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every path with its newest change, in the order of paths.
    pub fn iter(&self) -> impl Iterator<Item = (Path, &Stamped<V>)> {
        self.0.iter()
    }

    /// Keeps only the paths for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(Path, &Stamped<V>) -> bool) {
        self.0.retain(&mut keep);
    }

    /// The same changes with their values in another form: the widget hands a list to JavaScript as a list, a test as
    /// `serde_json` has it.
    pub fn map<W>(&self, mut form: impl FnMut(Path, &V) -> W) -> LeadState<W> {
        let mut mapped = PathMap::default();
        for (path, change) in self.iter() {
            mapped.insert(path, Stamped { at: change.at, value: change.value.as_ref().map(|value| form(path, value)) });
        }
        LeadState(mapped)
    }
}

impl LeadState {
    /// The value at a path as text.
    pub fn text(&self, path: Path) -> Option<&str> {
        self.value(path).map(Value::as_str)
    }
}

/// As it was written by [`Serialize`]: lists as JSON text.
impl<'de> Deserialize<'de> for LeadState {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let texts = LeadState(PathMap::<Stamped<String>>::deserialize(input)?);
        Ok(texts.map(|path, text| if path.is_json() { Value::Json(text.clone()) } else { Value::Text(text.clone()) }))
    }
}

impl<V: Ord> FromIterator<(Path, Stamped<V>)> for LeadState<V> {
    fn from_iter<T: IntoIterator<Item = (Path, Stamped<V>)>>(changes: T) -> Self {
        let mut state = Self::default();
        for (path, change) in changes {
            state.change(path, change);
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Detail;

    fn change() -> impl Strategy<Value = (Path, Stamped)> {
        let path = prop_oneof![
            Just(Path::billing(Detail::Email)),
            Just(Path::delivery(Detail::City)),
            Just(Path::Currency),
            Just(Path::Items)
        ];
        let value = proptest::option::of("[a-c]{0,2}".prop_map(Value::Text));
        (path, value, 0_u64..4).prop_map(|(path, value, at)| (path, Stamped { at, value }))
    }

    proptest! {
        #[test]
        fn any_order_and_any_repetition_ends_the_same(
            changes in proptest::collection::vec(change(), 0..12),
            seed in any::<u64>(),
        ) {
            let straight: LeadState = changes.iter().cloned().collect();
            let mut shuffled = changes.clone();
            shuffled.extend(changes.iter().filter(|(_, c)| c.at % 2 == seed % 2).cloned());
            let len = shuffled.len().max(1) as u64;
            for i in 0..shuffled.len() {
                let j = (seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(i as u64 * 7_919) % len) as usize;
                shuffled.swap(i, j);
            }
            let mut merged = LeadState::default();
            for part in shuffled.chunks(3) {
                merged.merge(part.iter().cloned().collect());
            }
            prop_assert_eq!(merged, straight);
        }
    }

    #[test]
    fn cleared_differs_from_absent() {
        let path = Path::billing(Detail::Company);
        let mut state = LeadState::default();
        assert!(state.get(path).is_none());
        state.change(path, Stamped::text("Acme", 1));
        state.change(path, Stamped::cleared(2));
        assert_eq!(state.value(path), None);
        assert!(state.get(path).is_some_and(|change| change.at == 2));
    }

    #[test]
    fn a_merge_says_whether_anything_was_new() {
        let path = Path::Currency;
        let mut state: LeadState = [(path, Stamped::text("EUR", 5))].into_iter().collect();
        assert!(!state.merge([(path, Stamped::text("EUR", 5))].into_iter().collect()));
        assert!(!state.merge([(path, Stamped::text("USD", 4))].into_iter().collect()));
        assert!(state.merge([(path, Stamped::text("USD", 6))].into_iter().collect()));
    }

    #[test]
    fn no_debug_output_holds_a_value() {
        let state: LeadState =
            [(Path::billing(Detail::Email), Stamped::text("ada@example.com", 1))].into_iter().collect();
        assert!(!format!("{state:?}").contains("ada"));
    }
}
