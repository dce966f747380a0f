//! `db copy`

use std::io::Read as _;
use std::path::Path;

use serde::Serialize;
use smartlinks_core::store::{self, DatabaseCopy, PostgresUrl};

use super::{Place, words};
use crate::assemble::unusable;
use crate::cli::CopyArgs;
use crate::failure::Failure;
use crate::output::{Output, ProgressLine, table};

#[derive(Serialize)]
struct Copied {
    from: String,
    to: String,
    replaced_unfinished_copy: bool,
    tables: Vec<CopiedTable>,
}

#[derive(Serialize)]
struct CopiedTable {
    name: String,
    rows: u64,
    /// SHA-256 over all values, the same on both sides.
    sha256: String,
}

pub(super) async fn run(
    place: &Place,
    arguments: &CopyArgs,
    output: Output,
) -> Result<(), Failure> {
    let from = place.file("copy")?;
    let to = address(arguments)?;
    let line = ProgressLine::new(output);
    let watch = |progress| line.show(&words(&progress));
    let copy = store::copy_database(from, &to, &watch).await;
    drop(line);
    let copied = Copied::from(copy.map_err(unusable)?);
    output.data(&copied, in_words)?;
    output.remark(&format!(
        "next: set DATABASE_URL to that database and start the server with the same key file ({})",
        place.key_file.display()
    ));
    Ok(())
}

fn address(arguments: &CopyArgs) -> Result<PostgresUrl, Failure> {
    let text = match (&arguments.to, &arguments.to_file) {
        (Some(address), _) => address.clone(),
        (None, Some(file)) => read(file)?,
        (None, None) => String::new(),
    };
    text.trim().parse().map_err(|error| Failure {
        exit: crate::failure::Exit::Usage,
        ..unusable(error)
    })
}

fn read(file: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(file).map(|read| text = read)
    };
    read.map_err(|error| {
        Failure::usage("to_file", format!("{} cannot be read", file.display()))
            .because(&error)
            .hint("Name a file that holds one line: postgres://user:password@host:5432/name.")
    })?;
    Ok(text)
}

impl From<DatabaseCopy> for Copied {
    fn from(copy: DatabaseCopy) -> Self {
        let tables = copy.tables.into_iter().map(|table| CopiedTable {
            name: table.name,
            rows: table.rows,
            sha256: table
                .digest
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        });
        Self {
            from: copy.from,
            to: copy.to,
            replaced_unfinished_copy: copy.replaced_unfinished,
            tables: tables.collect(),
        }
    }
}

fn in_words(copied: &Copied) -> String {
    let rows = copied.tables.iter().map(|table| {
        [
            table.name.clone(),
            table.rows.to_string(),
            table.sha256.get(..16).unwrap_or_default().to_owned(),
        ]
    });
    let head = format!(
        "copied {} to {} and compared every row",
        copied.from, copied.to
    );
    format!("{head}\n\n{}", table(["TABLE", "ROWS", "SHA-256"], rows))
}
