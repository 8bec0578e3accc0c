//! How the parts of a cart stand in its JSON.

/// Whether a value says nothing, so that it is left out.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// `{path: {value, at}}`; lists as the JSON text they came in.
pub(super) mod state {
    use std::fmt;

    use serde::de::{MapAccess, Visitor};
    use serde::ser::SerializeMap;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use wire::{LeadState, Path, Stamped, Value};

    #[derive(Serialize)]
    struct Entry<'a> {
        value: Option<&'a str>,
        at: u64,
    }

    #[derive(Deserialize)]
    struct ReadEntry {
        value: Option<String>,
        at: u64,
    }

    pub(in crate::cart) fn serialize<S: Serializer>(state: &LeadState, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for (path, change) in state.iter() {
            let value = change.value.as_ref().map(Value::as_str);
            map.serialize_entry(&path.name(), &Entry { value, at: change.at })?;
        }
        map.end()
    }

    pub(in crate::cart) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<LeadState, D::Error> {
        from.deserialize_map(Changes)
    }

    struct Changes;

    impl<'de> Visitor<'de> for Changes {
        type Value = LeadState;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the changes of a lead")
        }

        /// A path that a later version wrote and this one does not know is left out.
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<LeadState, A::Error> {
            let mut state = LeadState::default();
            while let Some((name, entry)) = map.next_entry::<String, ReadEntry>()? {
                if let Ok(path) = name.parse::<Path>() {
                    let value = entry.value.map(if path.is_json() { Value::Json } else { Value::Text });
                    state.change(path, Stamped { at: entry.at, value });
                }
            }
            Ok(state)
        }
    }
}

/// Bytes as hexadecimal text.
pub(super) mod hash {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::cart::EmailHash;

    pub(in crate::cart) fn serialize<S: Serializer>(hash: &Option<EmailHash>, to: S) -> Result<S::Ok, S::Error> {
        match hash {
            Some(hash) => to.serialize_str(&hex::encode(hash.as_bytes())),
            None => to.serialize_none(),
        }
    }

    /// One that is no hash finds nobody.
    pub(in crate::cart) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<EmailHash>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        Ok(text.and_then(|text| hex::decode(text).ok()).and_then(|bytes| EmailHash::from_bytes(&bytes)))
    }
}
