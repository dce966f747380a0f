//! Bringing the schema of a SQLite file up to date. Which steps were taken stands in the same table as in PostgreSQL.

use rusqlite::{Connection, TransactionBehavior, params};
use sqlx::migrate::{MigrateError, Migration};

use crate::StoreError;
use crate::error;
use crate::sql::schema;

const TABLE: &str = "create table if not exists _sqlx_migrations (
    version bigint primary key,
    description text not null,
    installed_on timestamp not null default current_timestamp,
    success boolean not null,
    checksum blob not null,
    execution_time bigint not null
)";

/// Takes the steps that are missing, all in one transaction that begins as a writer: two processes may start at once.
pub(in crate::sql) fn migrate(place: &str, connection: &mut Connection) -> Result<(), StoreError> {
    let failed = |error| error::sqlite(place, error);
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    transaction.execute_batch(TABLE).map_err(failed)?;
    let taken = taken(&transaction).map_err(failed)?;
    let known = schema::sqlite();
    if let Some(later) = taken
        .iter()
        .find(|step| !known.version_exists(step.version))
    {
        return Err(StoreError::NewerSchema {
            place: place.to_owned(),
            version: later.version,
        });
    }
    for step in known.iter() {
        match taken.iter().find(|taken| taken.version == step.version) {
            Some(taken) if taken.checksum == *step.checksum => {}
            Some(_) => {
                return Err(StoreError::Migration {
                    place: place.to_owned(),
                    source: MigrateError::VersionMismatch(step.version).into(),
                });
            }
            None => {
                let done = take(&transaction, step);
                done.map_err(|error| error::in_a_step(failed(error)))?;
            }
        }
    }
    transaction.commit().map_err(failed)
}

struct Taken {
    version: i64,
    checksum: Vec<u8>,
}

fn taken(connection: &Connection) -> rusqlite::Result<Vec<Taken>> {
    const TAKEN: &str = "select version, checksum from _sqlx_migrations order by version";
    let mut statement = connection.prepare(TAKEN)?;
    let taken = statement.query_map([], |row| {
        Ok(Taken {
            version: row.get(0)?,
            checksum: row.get(1)?,
        })
    })?;
    taken.collect()
}

fn take(connection: &Connection, step: &Migration) -> rusqlite::Result<()> {
    const NOTE: &str = "insert into _sqlx_migrations \
         (version, description, success, checksum, execution_time) values (?1, ?2, true, ?3, 0)";
    connection.execute_batch(step.sql.as_str())?;
    let note = params![step.version, step.description, step.checksum];
    connection.execute(NOTE, note).map(|_| ())
}
