//! A small map: a sorted list. A lead has some thirty paths, and in the widget every kind of `BTreeMap` costs 3 KB brotli.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Path;

/// A map from paths to values, in the order of paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathMap<V>(Vec<(Path, V)>);

impl<V> Default for PathMap<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<V> PathMap<V> {
    fn position(&self, path: Path) -> Result<usize, usize> {
        self.0.binary_search_by_key(&path, |(known, _)| *known)
    }

    /// What stands at a path.
    pub fn get(&self, path: Path) -> Option<&V> {
        self.position(path).ok().and_then(|at| self.0.get(at)).map(|(_, value)| value)
    }

    /// Puts a value at a path; returns what stood there.
    pub fn insert(&mut self, path: Path, value: V) -> Option<V> {
        match self.position(path) {
            Ok(at) => self.0.get_mut(at).map(|(_, known)| std::mem::replace(known, value)),
            Err(at) => {
                self.0.insert(at, (path, value));
                None
            }
        }
    }

    /// Takes away what stands at a path.
    pub fn remove(&mut self, path: Path) -> Option<V> {
        self.position(path).ok().map(|at| self.0.remove(at).1)
    }

    /// Whether nothing stands at any path.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Every path with its value, in the order of paths.
    pub fn iter(&self) -> impl Iterator<Item = (Path, &V)> {
        self.0.iter().map(|(path, value)| (*path, value))
    }

    /// Keeps only the paths for which `keep` says so. One function for every `keep`: in the widget each costs 0.1 KB.
    pub fn retain(&mut self, keep: &mut dyn FnMut(Path, &V) -> bool) {
        self.0.retain(|(path, value)| keep(*path, value));
    }
}

impl<V> IntoIterator for PathMap<V> {
    type Item = (Path, V);
    type IntoIter = std::vec::IntoIter<(Path, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// An object whose members have the names of the paths.
impl<V: Serialize> Serialize for PathMap<V> {
    fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
        output.collect_map(self.iter().map(|(path, value)| (path.name(), value)))
    }
}

/// A member that a later version wrote, and whose name is no path to this one, is left out.
impl<'de, V: Deserialize<'de>> Deserialize<'de> for PathMap<V> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Members<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Members<V> {
            type Value = PathMap<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with paths as names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<PathMap<V>, A::Error> {
                let mut map = PathMap::default();
                while let Some(name) = members.next_key::<String>()? {
                    if let Ok(path) = name.parse() {
                        map.insert(path, members.next_value()?);
                    } else {
                        members.next_value::<IgnoredAny>()?;
                    }
                }
                Ok(map)
            }
        }

        input.deserialize_map(Members(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Detail;

    #[test]
    fn it_keeps_one_value_a_path_in_the_order_of_paths() {
        let (city, zip) = (Path::billing(Detail::City), Path::billing(Detail::Zip));
        let mut map = PathMap::default();
        assert_eq!((map.insert(zip, 1), map.insert(Path::Items, 2), map.insert(city, 3)), (None, None, None));
        assert_eq!(map.insert(zip, 4), Some(1));
        assert_eq!(map.iter().collect::<Vec<_>>(), [(city, &3), (zip, &4), (Path::Items, &2)]);
        assert_eq!((map.remove(city), map.remove(city), map.len()), (Some(3), None, 2));
        map.retain(&mut |path, _| path != zip);
        assert_eq!((map.get(zip), map.get(Path::Items)), (None, Some(&2)));
    }

    #[test]
    fn it_is_written_by_the_names_of_paths_and_read_without_those_it_does_not_know() {
        let map: PathMap<u8> = serde_json::from_str(r#"{"Items":2,"Loyalty":{"Points":[1]},"Currency":3}"#).unwrap();
        assert_eq!(serde_json::to_string(&map).unwrap(), r#"{"Items":2,"Currency":3}"#);
        assert!(serde_json::from_str::<PathMap<u8>>(r#"{"Items":"x"}"#).is_err());
    }
}
