//! `keyring reencrypt`: batch by batch, with others at work, until nothing is left that can be moved.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use smartlinks_core::Laggards;
use smartlinks_core::store::{KeyStanding, Keyring, Position};

use super::told;
use crate::cli::ReencryptArgs;
use crate::commands::Session;
use crate::failure::{Exit, Failure};
use crate::output::{ProgressLine, bar};

/// Rows that others were changing are tried again in the next round; so many rounds without any progress end it.
const ROUNDS_IN_VAIN: u32 = 50;

pub(super) async fn run(arguments: &ReencryptArgs, session: &Session) -> Result<(), Failure> {
    let before = session.core.keyring().await.map_err(told)?;
    let to_do = left(&before);
    if arguments.dry_run {
        let plan = json!({ "dry_run": true, "rows": to_do, "keys": idle_ids(&before, true) });
        return session.output.data(&plan, |_| {
            format!(
                "{to_do} rows are sealed with another than the active key and would be sealed anew"
            )
        });
    }
    let laggards = super::laggards(arguments.even_without);
    if laggards == Laggards::Refuse {
        let refused = session.core.refuse_without_active_key();
        refused.await.map_err(told)?;
    }
    let moved = Work::new(arguments, to_do, session).all().await?;
    let after = session.core.keyring().await.map_err(told)?;
    let left = left(&after);
    let mut retired = Vec::new();
    if arguments.retire {
        for id in idle_ids(&after, false) {
            if session.core.retire_key(&id, laggards).await.map_err(told)? {
                retired.push(id);
            }
        }
    }
    let done = json!({ "moved": moved.rows, "left": left, "unreadable": moved.unreadable, "retired": retired });
    session.output.data(&done, |_| {
        let mut text = format!("{} rows were sealed anew, {left} are left", moved.rows);
        if !retired.is_empty() {
            text.push_str(&format!("\nout of the key file: {}", retired.join(", ")));
        }
        text
    })?;
    if !retired.is_empty() {
        session
            .output
            .remark("backups of the database from before need the former copy of the key file: keep it with them");
    }
    whole(moved.unreadable, left)
}

/// What was left is no success: the former keys stay in use.
fn whole(unreadable: Vec<String>, left: u64) -> Result<(), Failure> {
    if !unreadable.is_empty() {
        return Err(Failure {
            causes: unreadable,
            ..Failure::new(
                Exit::Failure,
                "rows_unreadable",
                "some rows could not be read and stay as they are; their key stays in use",
            )
            .hint("Mend each as its line says, then run the command again.")
        });
    }
    if left > 0 {
        return Err(Failure::new(
            Exit::Failure,
            "rows_left",
            format!("{left} rows are still sealed with another than the active key, which stays in use"),
        )
        .hint(
            "Somebody goes on sealing with it, or kept those rows busy. `smartlinks keyring list` names the servers that \
             lack the active key; then run the command again.",
        ));
    }
    Ok(())
}

/// How many rows are sealed with another than the active key.
fn left(keyring: &Keyring) -> u64 {
    let others = keyring.keys.iter().filter(|key| !key.active);
    others.map(KeyStanding::rows).sum()
}

/// The keys that are needed and not active: with rows, or without.
fn idle_ids(keyring: &Keyring, with_rows: bool) -> Vec<String> {
    let idle = keyring
        .keys
        .iter()
        .filter(|key| !key.active && key.needed && (key.rows() > 0) == with_rows);
    idle.map(|key| key.id.clone()).collect()
}

/// What was done.
#[derive(Default)]
struct Moved {
    rows: u64,
    unreadable: Vec<String>,
}

struct Work<'a> {
    arguments: &'a ReencryptArgs,
    session: &'a Session,
    line: ProgressLine,
    to_do: u64,
    began: Timestamp,
    moved: Moved,
}

impl<'a> Work<'a> {
    fn new(arguments: &'a ReencryptArgs, to_do: u64, session: &'a Session) -> Self {
        Self {
            arguments,
            session,
            line: ProgressLine::new(session.output),
            to_do,
            began: session.core.now(),
            moved: Moved::default(),
        }
    }

    /// Round after round, since others go on sealing and hold some rows at the moment they are looked at.
    async fn all(mut self) -> Result<Moved, Failure> {
        let mut in_vain = 0;
        while in_vain < ROUNDS_IN_VAIN {
            let before = self.moved.rows;
            self.moved.unreadable.clear();
            self.round().await?;
            let keyring = self.session.core.keyring().await.map_err(told)?;
            if left(&keyring) <= self.moved.unreadable.len() as u64 {
                break;
            }
            in_vain = if self.moved.rows > before {
                0
            } else {
                in_vain + 1
            };
            self.rest().await;
        }
        Ok(self.moved)
    }

    async fn round(&mut self) -> Result<(), Failure> {
        let mut from: Option<Position> = None;
        loop {
            let step = self.session.core.reencrypt(from, self.arguments.batch);
            let step = step.await.map_err(told)?;
            self.moved.rows += u64::from(step.rows);
            self.moved.unreadable.extend(step.unreadable);
            let took = self.session.core.now().duration_since(self.began);
            self.line.show(&bar(self.moved.rows, self.to_do, took));
            from = step.next;
            if from.is_none() {
                return Ok(());
            }
            self.rest().await;
        }
    }

    async fn rest(&self) {
        tokio::time::sleep(Duration::from_millis(self.arguments.pause)).await;
    }
}
