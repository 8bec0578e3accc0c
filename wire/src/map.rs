//! A small map: a sorted list. A lead has some thirty paths, and in the widget every kind of `BTreeMap` costs 3 KB brotli.

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

    /// Keeps only the paths for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(Path, &V) -> bool) {
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
        map.retain(|path, _| path != zip);
        assert_eq!((map.get(zip), map.get(Path::Items)), (None, Some(&2)));
    }
}
