//! A JSON object whose members are not read yet, so that a bad one spoils no other.

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A JSON object whose members are not read yet. Of two members of one name the last counts. `Debug` shows none of it.
#[derive(Clone, Default)]
pub struct RawObject(BTreeMap<String, Box<RawValue>>);

impl RawObject {
    /// Takes a member out.
    pub fn take(&mut self, name: &str) -> Option<Box<RawValue>> {
        self.0.remove(name)
    }

    /// A member, if it can be read as what is wanted.
    pub fn read<'a, T: Deserialize<'a>>(&'a self, name: &str) -> Option<T> {
        self.0.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok())
    }

    /// Puts a member in.
    pub fn insert(&mut self, name: &str, value: Box<RawValue>) {
        self.0.insert(name.to_owned(), value);
    }

    /// All members, in the order of their names.
    pub fn iter(&self) -> btree_map::Iter<'_, String, Box<RawValue>> {
        self.0.iter()
    }
}

impl fmt::Debug for RawObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawObject({} members)", self.0.len())
    }
}

impl<'de> Deserialize<'de> for RawObject {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = RawObject;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<RawObject, A::Error> {
                let mut object = RawObject::default();
                while let Some(Name(name)) = members.next_key()? {
                    object.0.insert(name, members.next_value()?);
                }
                Ok(object)
            }
        }

        input.deserialize_map(Members)
    }
}

/// The name of a member. As bytes it may hold half of a character, which no `String` can: that becomes U+FFFD.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_str<E>(self, name: &str) -> Result<Name, E> {
                Ok(Name(name.to_owned()))
            }

            fn visit_bytes<E>(self, name: &[u8]) -> Result<Name, E> {
                Ok(Name(String::from_utf8_lossy(name).into_owned()))
            }
        }

        input.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_character_spoils_neither_the_member_beside_it_nor_its_own_name() {
        let text = r#"{"bad":"\ud83d","\ud83d":1,"list":["\udc00",2],"good":"ü\u00e9"}"#;
        let object: RawObject = serde_json::from_str(text).unwrap();
        assert_eq!(object.read::<String>("good").as_deref(), Some("üé"));
        assert_eq!((object.read::<String>("bad"), object.read::<String>("list")), (None, None));
        let names: Vec<&str> = object.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((names.len(), names[3]), (4, "\u{FFFD}\u{FFFD}\u{FFFD}"));
    }

    #[test]
    fn what_is_no_json_object_is_none() {
        for text in ["[]", "null", "7", "", "{", r#"{"a":}"#, r#"{"a":1}x"#, r#"{"a":"\x"}"#] {
            assert!(serde_json::from_str::<RawObject>(text).is_err(), "{text}");
        }
    }
}
