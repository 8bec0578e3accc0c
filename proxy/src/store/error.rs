//! What a store fails with, in words that hold no value of a row.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

/// The store cannot be read or written. What was to be done was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database said so: disk full, locked for too long, input or output, no connection.
    #[error("the store does not work: {0}")]
    Database(String),
    /// It is no store of this program, or a damaged one.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
                Some(error) => of_postgres(error.code(), error.message()),
                None => of_sqlite(&**database),
            },
            sqlx::Error::PoolTimedOut => Self::Database("no connection became free in time".to_owned()),
            sqlx::Error::Io(error) => Self::Database(error.to_string()),
            // Of certificates and handshakes; there is no row yet.
            sqlx::Error::Tls(error) => Self::Database(format!("TLS: {error}")),
            sqlx::Error::ColumnDecode { index, .. } => Self::Damaged(format!("column {index} is of another type")),
            _ => Self::Database("the database driver failed".to_owned()),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Damaged(other.to_string()),
        }
    }
}

/// SQLite's messages name tables and constraints, never values.
fn of_sqlite(error: &dyn DatabaseError) -> StoreError {
    of_sqlite_code(error.code().and_then(|code| code.parse().ok()).unwrap_or(0), error.message())
}

fn of_sqlite_code(code: u32, message: &str) -> StoreError {
    // https://www.sqlite.org/rescode.html; an extended code has the primary one in its lowest byte.
    match code & 0xFF {
        // SQLITE_CORRUPT, SQLITE_NOTADB
        11 | 26 => StoreError::Damaged(message.to_owned()),
        // SQLITE_FULL
        13 => StoreError::Database("disk full".to_owned()),
        _ => StoreError::Database(message.to_owned()),
    }
}

/// PostgreSQL's messages may quote a value where they are about data, so only those about everything else are repeated.
///
/// Source: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_postgres(code: &str, message: &str) -> StoreError {
    // Connection, authorization, transaction, catalog, schema, names and rights, resources, limits, state, operator,
    // system.
    const OF_NO_VALUE: &[&str] = &["08", "25", "28", "3D", "3F", "42", "53", "54", "55", "57", "58"];
    match code.get(..2).unwrap_or_default() {
        // XX001 data_corrupted, XX002 index_corrupted
        "XX" if code != "XX000" => StoreError::Damaged(format!("PostgreSQL says {code}")),
        _ if code == "53100" => StoreError::Database(format!("disk full: {message} ({code})")),
        class if OF_NO_VALUE.contains(&class) => StoreError::Database(format!("{message} ({code})")),
        _ => StoreError::Database(format!("PostgreSQL says {code}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_damaged_file_are_told_apart() {
        for (code, expected) in [
            (13, "the store does not work: disk full"),
            (5, "the store does not work: m"),
            (11, "the store is damaged: m"),
            (267, "the store is damaged: m"), // SQLITE_CORRUPT_VTAB
        ] {
            assert_eq!(of_sqlite_code(code, "m").to_string(), expected, "{code}");
        }
    }

    #[test]
    fn what_postgresql_says_of_data_is_not_repeated() {
        const CASES: &[(&str, &str, &str)] = &[
            (
                "53100",
                "could not extend file: No space left",
                "the store does not work: disk full: could not extend file: No space left (53100)",
            ),
            (
                "28P01",
                "password authentication failed for user \"u\"",
                "the store does not work: password authentication failed for user \"u\" (28P01)",
            ),
            ("22P02", "invalid input syntax: \"ada@example.com\"", "the store does not work: PostgreSQL says 22P02"),
            ("23505", "duplicate key (cart)=(x)", "the store does not work: PostgreSQL says 23505"),
            ("XX001", "invalid page ada", "the store is damaged: PostgreSQL says XX001"),
            ("", "ada", "the store does not work: PostgreSQL says "),
        ];
        for (code, message, expected) in CASES {
            assert_eq!(of_postgres(code, message).to_string(), *expected, "{code}");
        }
    }
}
