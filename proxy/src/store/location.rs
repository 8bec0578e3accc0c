//! `LEADKEEP_STORE`: where the carts are kept.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;

use super::{Postgres, Sqlite, Store, StoreError};

/// Where the carts are kept. `Debug` and `Display` show no name and no password.
#[derive(Clone)]
pub enum Location {
    /// A SQLite file, for one proxy: `sqlite://leadkeep.sqlite`, `sqlite:///var/lib/leadkeep/leads.sqlite`, or a plain
    /// path.
    Sqlite(PathBuf),
    /// A PostgreSQL database, for any number of proxies: `postgres://NAME:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full`,
    /// or `postgres:///DATABASE?host=/run/postgresql`. What it leaves out, `PGHOST`, `PGUSER`, `PGPASSWORD` and their like
    /// say.
    Postgres(Box<PgConnectOptions>),
}

/// The text names no store. `Display` says what was expected; what was received may hold a password and is not repeated
/// beyond its scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownLocation {
    /// A scheme this version does not have.
    #[error("expected sqlite://FILE, the path of a file, or postgres://HOST/DATABASE, received {0}://***")]
    Scheme(String),
    /// No file.
    #[error("expected sqlite://FILE or the path of a file, received no file name")]
    Empty,
    /// No PostgreSQL URL.
    #[error("expected postgres://NAME:PASSWORD@HOST:PORT/DATABASE?sslmode=MODE, received postgres://***")]
    Postgres,
    /// A parameter that would be ignored.
    #[error(
        "expected of the parameters host, port, dbname, user, password, sslmode, sslrootcert, sslcert and sslkey, received \
         another one"
    )]
    Parameter,
}

const PARAMETERS: &[&str] =
    &["host", "port", "dbname", "user", "password", "sslmode", "sslrootcert", "sslcert", "sslkey"];

impl Location {
    /// Opens it, and makes what is missing.
    ///
    /// # Errors
    ///
    /// Those of [`Sqlite::open`] and [`Postgres::open`].
    pub async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(match self {
            Self::Sqlite(file) => Arc::new(Sqlite::open(file).await?),
            Self::Postgres(options) => Arc::new(Postgres::open(options).await?),
        })
    }

    /// Opens it beside proxies that may have it open, without making or changing anything of it.
    ///
    /// # Errors
    ///
    /// As those of [`Location::open`]; [`StoreError::Database`] where it is not there, or is not of this version.
    pub async fn open_beside(&self) -> Result<Arc<dyn Store>, StoreError> {
        Ok(match self {
            Self::Sqlite(file) => Arc::new(Sqlite::open_beside(file).await?),
            Self::Postgres(options) => Arc::new(Postgres::open_beside(options).await?),
        })
    }
}

impl FromStr for Location {
    type Err = UnknownLocation;

    fn from_str(text: &str) -> Result<Self, UnknownLocation> {
        let path = match text.split_once("://") {
            Some(("sqlite", path)) => path,
            Some(("postgres" | "postgresql", rest)) => return postgres(text, rest),
            Some((scheme, _)) => return Err(UnknownLocation::Scheme(scheme.to_owned())),
            None => text.strip_prefix("sqlite:").unwrap_or(text),
        };
        if path.is_empty() || path.ends_with('/') || path == ":memory:" {
            return Err(UnknownLocation::Empty);
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

fn postgres(url: &str, rest: &str) -> Result<Location, UnknownLocation> {
    let parameters = rest.split_once('?').map(|(_, query)| query).unwrap_or_default();
    for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
        let name = parameter.split('=').next().unwrap_or_default();
        // The driver would write what it does not know into the log, value and all.
        if !PARAMETERS.contains(&name) {
            return Err(UnknownLocation::Parameter);
        }
    }
    url.parse().map(|options| Location::Postgres(Box::new(options))).map_err(|_: sqlx::Error| UnknownLocation::Postgres)
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(file) => file.display().fmt(f),
            Self::Postgres(options) => {
                let database = options.get_database().unwrap_or_default();
                match options.get_socket() {
                    Some(folder) => write!(f, "postgres:///{database} in {}", folder.display()),
                    None => write!(f, "postgres://***@{}:{}/{database}", options.get_host(), options.get_port()),
                }
            }
        }
    }
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> UnknownLocation {
        text.parse::<Location>().unwrap_err()
    }

    #[test]
    fn a_file_is_named_in_three_ways() {
        for text in ["sqlite://data/leads.sqlite", "sqlite:data/leads.sqlite", "data/leads.sqlite"] {
            assert!(matches!(text.parse(), Ok(Location::Sqlite(file)) if file.ends_with("data/leads.sqlite")));
        }
        assert!(matches!("sqlite:///var/leads".parse(), Ok(Location::Sqlite(file)) if file.ends_with("/var/leads")));
    }

    #[test]
    fn a_database_is_shown_without_name_and_password() {
        for (text, shown) in [
            ("postgres://leadkeep:hunter2@db:5433/leads?sslmode=require", "postgres://***@db:5433/leads"),
            ("postgresql://leadkeep:hunter2@db:5432/leads", "postgres://***@db:5432/leads"),
            ("postgres://hunter2@x/leads?host=/run/postgresql", "postgres:///leads in /run/postgresql"),
        ] {
            let location: Location = text.parse().unwrap();
            assert_eq!(location.to_string(), shown);
            assert_eq!(format!("{location:?}"), shown);
        }
    }

    #[test]
    fn what_is_no_store_is_refused_without_its_password() {
        let scheme = refused("mysql://leadkeep:hunter2@db/leads");
        assert_eq!(
            scheme.to_string(),
            "expected sqlite://FILE, the path of a file, or postgres://HOST/DATABASE, received mysql://***"
        );
        for text in ["", "sqlite://", "data/", ":memory:", "sqlite::memory:"] {
            assert_eq!(refused(text), UnknownLocation::Empty, "{text}");
        }
        assert_eq!(refused("postgres://u:hunter2@db:port/leads"), UnknownLocation::Postgres);
        assert_eq!(refused("postgres://u:hunter2@db/leads?sslmode=often"), UnknownLocation::Postgres);
        assert_eq!(refused("postgres://u@db/leads?sslmode=require&pasword=hunter2"), UnknownLocation::Parameter);
    }
}
