//! From what a database says to a [`StoreError`] that a person can act on.

use std::io::ErrorKind;

use sqlx::migrate::MigrateError;

use super::{Cause, StoreError};

/// A file operation that failed.
pub(crate) fn io(place: &str, error: std::io::Error) -> StoreError {
    let (place, kind) = (place.to_owned(), error.kind());
    let source: Cause = error.into();
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { place, source },
        ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { place, source },
        ErrorKind::PermissionDenied => StoreError::Denied { place, source },
        _ => StoreError::Unavailable { place, source },
    }
}

/// A refusal for a reason of our own.
pub(crate) fn denied(place: &str, reason: &'static str) -> StoreError {
    StoreError::Denied {
        place: place.to_owned(),
        source: reason.into(),
    }
}

/// A database that does not answer, for a reason of our own finding.
pub(crate) fn unreachable(place: &str, reason: &'static str) -> StoreError {
    StoreError::Unavailable {
        place: place.to_owned(),
        source: reason.into(),
    }
}

/// A schema that is not as it should be.
pub(crate) fn schema(place: &str, problem: String) -> StoreError {
    StoreError::Schema {
        place: place.to_owned(),
        problem,
    }
}

/// Result codes of SQLite, <https://www.sqlite.org/rescode.html>. The low byte is the primary code.
pub(crate) fn sqlite(place: &str, error: rusqlite::Error) -> StoreError {
    let code = error.sqlite_error().map_or(0, |error| error.extended_code);
    // In one sentence: the error below says the same in other words.
    let (place, source): (String, Cause) = match code {
        0 => (place.to_owned(), error.into()),
        code => (
            place.to_owned(),
            format!("{error} (SQLite code {code})").into(),
        ),
    };
    match code & 0xff {
        3 | 23 => StoreError::Denied { place, source },
        5 | 6 => StoreError::Busy { place, source },
        8 => StoreError::ReadOnly { place, source },
        // A full disk shows itself as an input/output error where the shared memory file must grow.
        10 if code == 4874 => StoreError::Full { place, source },
        10 => StoreError::Unavailable { place, source },
        11 | 26 => StoreError::NotADatabase { place, source },
        13 => StoreError::Full { place, source },
        14 => StoreError::Denied { place, source },
        19 => StoreError::Conflict { place, source },
        _ => StoreError::Database { place, source },
    }
}

/// Error codes of PostgreSQL, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
pub(crate) fn postgres(place: &str, error: sqlx::Error) -> StoreError {
    let Some(code) = database_code(&error) else {
        return outside(place, error);
    };
    let (place, source): (String, Cause) = (place.to_owned(), error.into());
    match code.as_str() {
        "53100" => StoreError::Full { place, source },
        "25006" => StoreError::ReadOnly { place, source },
        "42501" | "28000" | "28P01" => StoreError::Denied { place, source },
        "23505" | "23503" => StoreError::Conflict { place, source },
        "40001" | "40P01" | "55P03" | "53300" | "57014" => StoreError::Busy { place, source },
        "3D000" => StoreError::Unavailable { place, source },
        code if code.starts_with("08") || code.starts_with("57P") => {
            StoreError::Unavailable { place, source }
        }
        _ => StoreError::Database { place, source },
    }
}

/// A schema step that failed in PostgreSQL.
pub(crate) fn migration(place: &str, error: MigrateError) -> StoreError {
    match error {
        MigrateError::VersionMissing(version) => StoreError::NewerSchema {
            place: place.to_owned(),
            version,
        },
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            in_a_step(postgres(place, source))
        }
        other => StoreError::Migration {
            place: place.to_owned(),
            source: other.into(),
        },
    }
}

/// An error of the database while a schema step was taken.
pub(crate) fn in_a_step(error: StoreError) -> StoreError {
    match error {
        StoreError::Database { place, source } => StoreError::Migration { place, source },
        named => named,
    }
}

pub(super) fn database_code(error: &sqlx::Error) -> Option<String> {
    error
        .as_database_error()
        .and_then(|error| error.code())
        .map(|code| code.into_owned())
}

/// Errors that do not come from the database but from the way to it.
fn outside(place: &str, error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Io(error) => io(place, error),
        sqlx::Error::PoolClosed => StoreError::Closed {
            place: place.to_owned(),
        },
        sqlx::Error::PoolTimedOut => StoreError::Busy {
            place: place.to_owned(),
            source: error.into(),
        },
        sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            StoreError::Unavailable {
                place: place.to_owned(),
                source: error.into(),
            }
        }
        sqlx::Error::Configuration(_) => StoreError::Address {
            problem: "it cannot be read as a database address".to_owned(),
        },
        other => StoreError::Database {
            place: place.to_owned(),
            source: other.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_errors_keep_their_meaning() {
        let cases = [
            (ErrorKind::StorageFull, "storage_full"),
            (ErrorKind::ReadOnlyFilesystem, "storage_read_only"),
            (ErrorKind::PermissionDenied, "storage_denied"),
            (ErrorKind::Other, "storage_unavailable"),
        ];
        for (kind, code) in cases {
            let error = io("/data/smartlinks.db", kind.into());
            assert_eq!(error.code(), code);
            assert!(error.is_storage_failure());
            assert!(error.to_string().contains("/data/smartlinks.db"));
        }
    }
}
