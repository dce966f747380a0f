//! Bringing the schema of a SQLite file up to date. Which steps were taken stands in the same table as in PostgreSQL.

use rusqlite::{Connection, TransactionBehavior, params};
use sqlx::migrate::{MigrateError, Migration, Migrator};

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
/// Where none is missing, as mostly, nothing waits for another process that writes.
pub(in crate::sql) fn migrate(place: &str, connection: &mut Connection) -> Result<(), StoreError> {
    let failed = |error| error::sqlite(place, error);
    let known = schema::sqlite();
    if missing(place, connection, &known)?.is_empty() {
        return Ok(());
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)?;
    transaction.execute_batch(TABLE).map_err(failed)?;
    for step in missing(place, &transaction, &known)? {
        let done = take(&transaction, step);
        done.map_err(|error| error::in_a_step(failed(error)))?;
    }
    transaction.commit().map_err(failed)
}

/// The steps that are still to be taken.
fn missing<'k>(
    place: &str,
    connection: &Connection,
    known: &'k Migrator,
) -> Result<Vec<&'k Migration>, StoreError> {
    let taken = taken(connection).map_err(|error| error::sqlite(place, error))?;
    let later = |step: &&Taken| !known.version_exists(step.version);
    if let Some(later) = taken.iter().find(later) {
        return Err(StoreError::NewerSchema {
            place: place.to_owned(),
            version: later.version,
        });
    }
    let mut missing = Vec::new();
    for step in known.iter() {
        match taken.iter().find(|taken| taken.version == step.version) {
            Some(taken) if taken.checksum == *step.checksum => {}
            Some(_) => {
                return Err(StoreError::Migration {
                    place: place.to_owned(),
                    source: MigrateError::VersionMismatch(step.version).into(),
                });
            }
            None => missing.push(step),
        }
    }
    Ok(missing)
}

struct Taken {
    version: i64,
    checksum: Vec<u8>,
}

fn taken(connection: &Connection) -> rusqlite::Result<Vec<Taken>> {
    if !connection.table_exists(None, "_sqlx_migrations")? {
        return Ok(Vec::new());
    }
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
