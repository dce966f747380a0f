//! Every column that holds sealed values. Re-encryption, the count of what a key still seals, and the refusal to retire
//! one that is needed go by this list, and a test holds it against the schema.
//!
//! A table with sealed columns has a text `id`, to which values are bound, and a column `sealed_with`: the key of all
//! its sealed values, null where there are none. Its writers take both from
//! [`Sealer::sealing`](crate::seal::Sealer::sealing). Another table is one line here.

use crate::sql::{Locking, locking};

/// A table with sealed columns.
pub(super) struct SealedTable {
    pub(super) name: &'static str,
    pub(super) columns: &'static [SealedColumn],
    /// `$1` active key, `$2` id to begin after, `$3` how many. Rows that somebody else is changing are passed over:
    /// waiting for them, with rows in hand, could end in a deadlock.
    pub(super) others: Locking,
    /// `$1` id, `$2` key.
    pub(super) mark: &'static str,
    /// How many rows each key seals.
    pub(super) count: &'static str,
    /// `$1` key: any row that it seals.
    pub(super) count_of: &'static str,
}

/// A column that holds sealed values or null.
pub(super) struct SealedColumn {
    pub(super) name: &'static str,
    /// `$1` id, `$2` sealed value.
    pub(super) put: &'static str,
}

macro_rules! sealed {
    ($table:literal, [$($column:literal),+ $(,)?]) => {
        SealedTable {
            name: $table,
            columns: &[$(SealedColumn {
                name: $column,
                put: concat!("update ", $table, " set ", $column, " = $2 where id = $1"),
            }),+],
            others: locking!("for update skip locked": "select id", $(", ", $column,)+ " from ", $table,
                " where sealed_with <> $1 and id > $2 order by id limit $3"),
            mark: concat!("update ", $table, " set sealed_with = $2 where id = $1"),
            count: concat!("select sealed_with, count(*) as sealed_rows from ", $table,
                " where sealed_with is not null group by sealed_with"),
            count_of: concat!("select sealed_with, count(*) as sealed_rows from ", $table,
                " where sealed_with = $1 group by sealed_with"),
        }
    };
}

/// Table and name of every column that holds sealed values.
pub fn sealed_columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    SEALED.iter().flat_map(|table| {
        let columns = table.columns.iter();
        columns.map(move |column| (table.name, column.name))
    })
}

/// All of them.
pub(super) const SEALED: &[SealedTable] = &[
    sealed!(
        "connections",
        [
            "access_token",
            "refresh_token",
            "previous_access_token",
            "previous_refresh_token"
        ]
    ),
    sealed!("order_intents", ["request"]),
    sealed!("pushes", ["body"]),
    sealed!("webhook_endpoints", ["secret", "former_secret"]),
];
