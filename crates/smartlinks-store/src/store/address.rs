//! Which database to use.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::StoreError;

/// Which database to use.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(PostgresUrl),
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    /// `postgres://…`, `sqlite:///path`, or a path.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return text.parse().map(Self::Postgres);
        }
        let path = text.strip_prefix("sqlite://").unwrap_or(text);
        match path {
            "" => Err(address("it is empty")),
            path if path.contains("://") => Err(address(
                "only postgres:// addresses and file paths are supported",
            )),
            path => Ok(Self::Sqlite(path.into())),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(formatter),
            Self::Postgres(url) => url.fmt(formatter),
        }
    }
}

/// The address of a PostgreSQL database. Shown without its password and parameters.
#[derive(Clone)]
pub struct PostgresUrl {
    whole: SecretString,
    shown: String,
}

impl PostgresUrl {
    pub(crate) fn expose(&self) -> &str {
        self.whole.expose_secret()
    }
}

impl FromStr for PostgresUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let url = Url::parse(text).map_err(|error| address(&error.to_string()))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(address("it does not start with postgres://"));
        }
        let mut shown = url;
        shown.set_query(None);
        shown.set_fragment(None);
        // Fails only for addresses without a host, which have no password either.
        let _ = shown.set_password(None);
        Ok(Self {
            whole: text.into(),
            shown: shown.into(),
        })
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("PostgresUrl")
            .field(&self.shown)
            .finish()
    }
}

fn address(problem: &str) -> StoreError {
    StoreError::Address {
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_never_shown() {
        let url: DatabaseUrl =
            "postgres://me:canary@db.example:5432/links?password=canary&sslmode=require#canary"
                .parse()
                .unwrap();
        assert_eq!(url.to_string(), "postgres://me@db.example:5432/links");
        assert!(!format!("{url:?}").contains("canary"));
        for wrong in [
            "",
            "mysql://me:canary@host/db",
            "postgres://me:canary@host:notaport/db",
        ] {
            let error = wrong.parse::<DatabaseUrl>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }

    #[test]
    fn anything_else_is_a_path() {
        for text in ["/data/smartlinks.db", "sqlite:///data/smartlinks.db"] {
            match text.parse::<DatabaseUrl>().unwrap() {
                DatabaseUrl::Sqlite(path) => assert_eq!(path, PathBuf::from("/data/smartlinks.db")),
                other => panic!("{other:?}"),
            }
        }
    }
}
