//! A table in a few bytes: the same rows give the same digest in both databases.

use sha2::{Digest, Sha256};

use super::Stage;
use super::reader::{Rows, count};
use super::tables::Table;
use super::{Progress, Watch};
use crate::StoreError;
use crate::sql::{Upkeep, Value};

/// How often progress is told, in rows.
pub(super) const TELL_EVERY: u64 = 1000;

/// Number of rows and SHA-256 over all values in the order of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableDigest {
    pub(super) rows: u64,
    pub(super) hash: [u8; 32],
}

/// A digest that grows row by row.
#[derive(Default)]
pub(super) struct Digesting {
    rows: u64,
    hash: Sha256,
}

impl Digesting {
    /// Each value with its kind and length in front, so that nothing can slide from one into the next.
    pub(super) fn add(&mut self, row: &[Value]) {
        self.rows += 1;
        for value in row {
            match value {
                Value::Text(Some(text)) => self.value(1, text.as_bytes()),
                Value::Int(Some(number)) => self.value(2, &number.to_be_bytes()),
                Value::Blob(Some(bytes)) => self.value(3, bytes),
                Value::Text(None) | Value::Int(None) | Value::Blob(None) => self.value(0, &[]),
            }
        }
    }

    fn value(&mut self, kind: u8, bytes: &[u8]) {
        self.hash.update([kind]);
        self.hash.update((bytes.len() as u64).to_be_bytes());
        self.hash.update(bytes);
    }

    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    pub(super) fn finish(self) -> TableDigest {
        TableDigest {
            rows: self.rows,
            hash: self.hash.finalize().into(),
        }
    }
}

/// The digest of a whole table.
pub(super) async fn digest(
    database: &mut Upkeep,
    table: &Table,
    watch: Watch<'_>,
) -> Result<TableDigest, StoreError> {
    let of = count(database, table).await?;
    let mut digest = Digesting::default();
    let mut rows = Rows::all(database, table);
    while let Some(row) = rows.next().await? {
        digest.add(&row);
        if digest.rows().is_multiple_of(TELL_EVERY) {
            watch(Progress {
                stage: Stage::Comparing,
                table: table.name.clone(),
                done: digest.rows(),
                of,
            });
        }
    }
    Ok(digest.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::values;

    fn of(rows: &[Vec<Value>]) -> TableDigest {
        let mut digest = Digesting::default();
        for row in rows {
            digest.add(row);
        }
        digest.finish()
    }

    #[test]
    fn nothing_slides_from_one_value_into_the_next() {
        let rows = [
            of(&[values!["ab", "c"]]),
            of(&[values!["a", "bc"]]),
            of(&[values!["ab"], values!["c"]]),
            of(&[values!["ab".as_bytes().to_vec(), "c"]]),
            of(&[values![None::<String>, "c"]]),
            of(&[values!["", "c"]]),
            of(&[values![1_i64]]),
            of(&[values![1_i64.to_be_bytes().to_vec()]]),
        ];
        for (at, one) in rows.iter().enumerate() {
            for other in &rows[at + 1..] {
                assert_ne!(one, other);
            }
        }
    }
}
