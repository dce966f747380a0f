//! A database for one lane.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// Which database is tortured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file for each lane.
    Sqlite,
    /// A database for each lane, on this server; the address ends in the name of a database from which others can be
    /// created.
    Postgres(String),
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
        })
    }
}

impl FromStr for Kind {
    type Err = anyhow::Error;

    /// `sqlite`, or the address of a PostgreSQL server.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            address if address.starts_with("postgres") && address.contains("://") => {
                Ok(Self::Postgres(address.to_owned()))
            }
            other => bail!("{other} is neither `sqlite` nor the address of a PostgreSQL server"),
        }
    }
}

/// A database of its own.
pub(super) struct Place {
    /// What a store is opened with.
    pub(super) url: String,
    /// For PostgreSQL: the server and the name of the database to drop.
    made: Option<(String, String)>,
}

impl Place {
    pub(super) async fn make(kind: &Kind, folder: &Path, name: &str) -> Result<Self> {
        match kind {
            Kind::Sqlite => Ok(Self {
                url: folder.join("smartlinks.db").display().to_string(),
                made: None,
            }),
            Kind::Postgres(server) => {
                let (base, _) = server
                    .rsplit_once('/')
                    .context("the server's address ends in /DATABASE")?;
                administer(server, format!("create database {name}")).await?;
                Ok(Self {
                    url: format!("{base}/{name}"),
                    made: Some((server.clone(), name.to_owned())),
                })
            }
        }
    }

    pub(super) async fn remove(self) -> Result<()> {
        match self.made {
            Some((server, name)) => {
                administer(&server, format!("drop database {name} with (force)")).await
            }
            None => Ok(()),
        }
    }
}

async fn administer(server: &str, sql: String) -> Result<()> {
    let mut connection = PgConnection::connect(server)
        .await
        .context("the PostgreSQL server is not there")?;
    connection.execute(AssertSqlSafe(sql)).await?;
    connection.close().await?;
    Ok(())
}
