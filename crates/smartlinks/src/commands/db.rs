//! `db …`: the database as a whole. None of these opens it as a store, so they work where a server would refuse.

mod check;
mod copy;

use std::path::PathBuf;

use serde::Serialize;
use smartlinks_core::store::{self, DatabaseUrl, Progress, SchemaChange, Stage};

use crate::assemble::unusable;
use crate::cli::DbCommand;
use crate::config::{Config, Mode};
use crate::failure::Failure;
use crate::output::Output;

/// The database of this configuration, and the file with its keys.
struct Place {
    url: DatabaseUrl,
    key_file: PathBuf,
}

impl Place {
    fn of(mode: Mode) -> Result<Self, Failure> {
        match mode {
            Mode::Live(live) => Ok(Self {
                url: live.database.url().map_err(unusable)?,
                key_file: live.key_file,
            }),
            Mode::Demo(demo) => Ok(Self {
                url: DatabaseUrl::Sqlite(demo.dir.join("smartlinks.db")),
                key_file: demo.dir.join("keys"),
            }),
        }
    }

    /// The file of a SQLite database.
    fn file(&self, what: &str) -> Result<&PathBuf, Failure> {
        match &self.url {
            DatabaseUrl::Sqlite(path) => Ok(path),
            DatabaseUrl::Postgres(url) => Err(Failure::usage(
                "not_sqlite",
                format!("`db {what}` begins with a SQLite database, and DATABASE_URL names {url}"),
            )
            .hint("Unset DATABASE_URL: then the SQLite file in the data directory is meant.")),
        }
    }
}

pub(crate) async fn run(
    command: DbCommand,
    mode: Mode,
    config: &Config,
    output: Output,
) -> Result<(), Failure> {
    for warning in &config.warnings {
        output.warn(warning);
    }
    let place = Place::of(mode)?;
    match command {
        DbCommand::Migrate => migrate(&place, output).await,
        DbCommand::Check { sample } => check::run(&place, sample, output).await,
        DbCommand::Copy(arguments) => copy::run(&place, &arguments, output).await,
        DbCommand::Reopen { yes } => reopen(&place, yes, output).await,
    }
}

#[derive(Serialize)]
struct Migrated {
    database: String,
    from: Option<i64>,
    to: i64,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    number: i64,
    name: String,
}

async fn migrate(place: &Place, output: Output) -> Result<(), Failure> {
    let change = store::migrate_database(&place.url)
        .await
        .map_err(unusable)?;
    let SchemaChange {
        place,
        from,
        to,
        steps,
    } = change;
    let steps = steps
        .into_iter()
        .map(|(number, name)| Step { number, name });
    let migrated = Migrated {
        database: place,
        from,
        to,
        steps: steps.collect(),
    };
    output.data(&migrated, |migrated| {
        let database = &migrated.database;
        if migrated.steps.is_empty() {
            return format!(
                "{database}: the schema is up to date (step {})",
                migrated.to
            );
        }
        let from = migrated
            .from
            .map_or_else(|| "nothing".to_owned(), |from| format!("step {from}"));
        let mut text = format!("{database}: from {from} to step {}", migrated.to);
        for step in &migrated.steps {
            text.push_str(&format!("\n  {} {}", step.number, step.name));
        }
        text
    })
}

async fn reopen(place: &Place, yes: bool, output: Output) -> Result<(), Failure> {
    let path = place.file("reopen")?;
    let moved_to = store::moved_to(path).await.map_err(unusable)?;
    let database = path.display().to_string();
    if !yes {
        output.confirm(
            &format!(
                "{database} was copied to {moved_to}. Two servers on the two would spend each other's refresh tokens, and \
                 accounts would have to sign in again: does nothing use {moved_to} any more?"
            ),
            "two servers on two copies spend each other's refresh tokens, and there is no terminal to ask at",
        )?;
    }
    store::reopen_database(path).await.map_err(unusable)?;
    let done = serde_json::json!({ "database": database, "moved_to": moved_to });
    output.data(&done, |_| {
        format!("{database} is used again; make sure that no server works on {moved_to}")
    })
}

/// How far something has come, in words.
fn words(progress: &Progress) -> String {
    let what = match progress.stage {
        Stage::Copying => "copying",
        Stage::Comparing => "comparing",
        _ => "checking",
    };
    let Progress {
        table, done, of, ..
    } = progress;
    format!("{what} {table}: {done} of {of}")
}
