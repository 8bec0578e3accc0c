//! `LEADKEEP_STORE`: where the carts are kept.

use std::path::PathBuf;
use std::str::FromStr;

/// Where the carts are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A SQLite file: `sqlite://leadkeep.sqlite`, `sqlite:///var/lib/leadkeep/leads.sqlite`, or a plain path.
    Sqlite(PathBuf),
}

/// The text names no store. `Display` says what was expected; what was received may hold a password and is not repeated
/// beyond its scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownLocation {
    /// A scheme this version does not have.
    #[error("expected sqlite://FILE or the path of a file, received {0}://***")]
    Scheme(String),
    /// No file.
    #[error("expected sqlite://FILE or the path of a file, received no file name")]
    Empty,
}

impl FromStr for Location {
    type Err = UnknownLocation;

    fn from_str(text: &str) -> Result<Self, UnknownLocation> {
        let path = match text.split_once("://") {
            Some(("sqlite", path)) => path,
            Some((scheme, _)) => return Err(UnknownLocation::Scheme(scheme.to_owned())),
            None => text.strip_prefix("sqlite:").unwrap_or(text),
        };
        if path.is_empty() || path.ends_with('/') || path == ":memory:" {
            return Err(UnknownLocation::Empty);
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_in_three_ways() {
        for text in ["sqlite://data/leads.sqlite", "sqlite:data/leads.sqlite", "data/leads.sqlite"] {
            assert_eq!(text.parse(), Ok(Location::Sqlite("data/leads.sqlite".into())), "{text}");
        }
        assert_eq!("sqlite:///var/leads".parse(), Ok(Location::Sqlite("/var/leads".into())));
    }

    #[test]
    fn another_store_is_refused_without_its_password() {
        let refused = "postgres://leadkeep:hunter2@db/leads".parse::<Location>().unwrap_err();
        assert_eq!(refused.to_string(), "expected sqlite://FILE or the path of a file, received postgres://***");
        for text in ["", "sqlite://", "data/", ":memory:", "sqlite::memory:"] {
            assert_eq!(text.parse::<Location>(), Err(UnknownLocation::Empty), "{text}");
        }
    }
}
