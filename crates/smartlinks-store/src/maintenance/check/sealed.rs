//! Looking into every column that holds sealed values. Which columns do is seen from their values: a column of bytes in
//! which at least one value has the form of a sealed one. What has no such form in such a column was cut or overwritten.

use super::super::digest::TELL_EVERY;
use super::super::reader::Rows;
use super::super::tables::{Column, Kind, Table};
use super::{CheckOptions, Finding};
use crate::StoreError;
use crate::seal::{Probe, key_id_in, probe};
use crate::sql::{Upkeep, Value};

/// The column that names the key of all sealed values of its row. A key is retired when it names no row, so it has to be
/// right.
const MARK: &str = "sealed_with";
/// The code of values that do not open.
const UNREADABLE: &str = "storage_seal";
/// How many rows of one column are named in a finding.
const NAMED: usize = 3;

/// What looking into one table has found.
#[derive(Default)]
pub(super) struct Looked {
    pub(super) rows: u64,
    pub(super) sealed: u64,
    pub(super) unreadable: u64,
    pub(super) findings: Vec<Finding>,
}

/// What is in one column.
#[derive(Default)]
struct Found {
    opens: u64,
    unknown_key: Bad,
    tampered: Bad,
    not_sealed: Bad,
    other_key: Bad,
}

/// Values that are not as they should be, some of them named by their rows.
#[derive(Default)]
struct Bad {
    number: u64,
    rows: Vec<String>,
}

impl Bad {
    fn add(&mut self, row: &str) {
        self.number += 1;
        if self.rows.len() < NAMED {
            self.rows.push(row.to_owned());
        }
    }
}

/// Opens what is sealed in a table. Only tables with a single text as their key can hold sealed values, since each is
/// bound to its row's id.
pub(super) async fn look_into(
    database: &mut Upkeep,
    table: &Table,
    options: &CheckOptions,
    tell: impl Fn(u64),
) -> Result<Looked, StoreError> {
    let bytes: Vec<&Column> = of_kind(table, Kind::Bytes);
    let key = table.key();
    let ([key], false) = (&key[..], bytes.is_empty()) else {
        return Ok(Looked::default());
    };
    if key.kind != Kind::Text {
        return Ok(Looked::default());
    }
    let mark = table.columns.iter().find(|column| column.name == MARK);
    let mut columns = vec![*key];
    columns.extend(&bytes);
    columns.extend(mark);
    let mut found: Vec<Found> = bytes.iter().map(|_| Found::default()).collect();
    let mut looked = Looked::default();
    let mut rows = Rows::some(database, table, &columns, options.sample);
    while let Some(row) = rows.next().await? {
        looked.rows += 1;
        note(table, &bytes, mark.is_some(), &row, options, &mut found);
        if looked.rows.is_multiple_of(TELL_EVERY) {
            tell(looked.rows);
        }
    }
    tell(looked.rows);
    for (column, found) in bytes.into_iter().zip(found) {
        conclude(table, column, found, options.keys.is_some(), &mut looked);
    }
    Ok(looked)
}

fn of_kind(table: &Table, kind: Kind) -> Vec<&Column> {
    let columns = table.columns.iter();
    columns.filter(|column| column.kind == kind).collect()
}

/// The key of the row, its columns of bytes, and the mark where the table has one.
fn note(
    table: &Table,
    columns: &[&Column],
    has_mark: bool,
    row: &[Value],
    options: &CheckOptions,
    found: &mut [Found],
) {
    let Some((Value::Text(Some(id)), values)) = row.split_first() else {
        return;
    };
    let mark = match values.last() {
        Some(Value::Text(Some(mark))) if has_mark => mark.as_str(),
        _ => "",
    };
    for ((column, value), found) in columns.iter().zip(values).zip(found) {
        let Value::Blob(Some(bytes)) = value else {
            continue;
        };
        if has_mark && key_id_in(bytes).is_some_and(|key| key != mark) {
            found.other_key.add(id);
        }
        match probe(options.keys.as_ref(), &table.name, &column.name, id, bytes) {
            Probe::Opens => found.opens += 1,
            Probe::UnknownKey => found.unknown_key.add(id),
            Probe::Tampered => found.tampered.add(id),
            Probe::NotSealed => found.not_sealed.add(id),
        }
    }
}

fn conclude(table: &Table, column: &Column, found: Found, has_keys: bool, looked: &mut Looked) {
    let sealed = found.opens + found.unknown_key.number + found.tampered.number;
    if sealed == 0 {
        // A column of hashes, or an empty one.
        return;
    }
    looked.sealed += sealed + found.not_sealed.number;
    let mut report = |code: &'static str, bad: Bad, what: &str, fix: &str| {
        if bad.number == 0 {
            return;
        }
        looked.unreadable += match code {
            UNREADABLE => bad.number,
            _ => 0,
        };
        looked.findings.push(Finding {
            code,
            detail: format!(
                "table {}, column {}: {} sealed values {what}, among them that of {}",
                table.name,
                column.name,
                bad.number,
                bad.rows.join(", ")
            ),
            fix: fix.to_owned(),
        });
    };
    let restore = "Restore those rows from a backup, or connect these accounts again.";
    report(UNREADABLE, found.tampered, "were changed or moved", restore);
    report(
        UNREADABLE,
        found.not_sealed,
        "are cut or overwritten",
        restore,
    );
    report(
        "storage_seal_mark",
        found.other_key,
        "name another key than `sealed_with` in their row",
        "Somebody changed that column by hand. Retire no key before it is restored from a backup.",
    );
    if has_keys {
        let copy = "Copy the key's line from the former key file or its backup.";
        report(
            UNREADABLE,
            found.unknown_key,
            "need a key that the key file lacks",
            copy,
        );
    }
}
