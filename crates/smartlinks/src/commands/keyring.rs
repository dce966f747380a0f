//! `keyring …`: changing the keys that seal tokens, while everything runs.

mod reencrypt;

use std::time::Duration;

use serde_json::json;
use smartlinks_core::store::{KeyReport, KeyStanding, Keyring};
use smartlinks_core::{Error, Laggards};

use super::Session;
use crate::assemble::unusable;
use crate::cli::KeyringCommand;
use crate::failure::{Exit, Failure};
use crate::output::table;

/// How often and how long `rotate` looks whether the running instances have read the new key.
const LOOK_EVERY: Duration = Duration::from_millis(250);
const LOOKS: u32 = 40;

const MOVE_ON: &str =
    "Move what is stored with `smartlinks keyring reencrypt --retire`, at any time.";

pub(crate) async fn run(command: KeyringCommand, session: &Session) -> Result<(), Failure> {
    match command {
        KeyringCommand::List => list(session).await,
        KeyringCommand::Rotate { dry_run } => rotate(dry_run, session).await,
        KeyringCommand::Activate { key, even_without } => {
            activate(&key, laggards(even_without), session).await
        }
        KeyringCommand::Reencrypt(arguments) => reencrypt::run(&arguments, session).await,
        KeyringCommand::Retire {
            key, dry_run: true, ..
        } => would_retire(&key, session).await,
        KeyringCommand::Retire {
            key, even_without, ..
        } => retire(&key, laggards(even_without), session).await,
    }
}

/// `--even-without`
const fn laggards(even_without: bool) -> Laggards {
    match even_without {
        true => Laggards::LeaveBehind,
        false => Laggards::Refuse,
    }
}

async fn list(session: &Session) -> Result<(), Failure> {
    let keyring = session.core.keyring().await.map_err(told)?;
    let instances = session.core.key_reports().await.map_err(told)?;
    let data = json!({
        "file": keyring.file,
        "keys": keyring.keys.iter().map(as_json).collect::<Vec<_>>(),
        "instances": instances.iter().map(|instance| json!({
            "name": instance.name,
            "keys": instance.keys,
        })).collect::<Vec<_>>(),
    });
    session
        .output
        .data(&data, |_| in_words(&keyring, &instances))
}

fn as_json(key: &KeyStanding) -> serde_json::Value {
    json!({
        "id": key.id,
        "check": key.check,
        "active": key.active,
        "in_key_file": key.held,
        "needed": key.needed,
        "rows": key.rows(),
        "sealed": key.sealed,
    })
}

fn in_words(keyring: &Keyring, instances: &[KeyReport]) -> String {
    let state = |key: &KeyStanding| match (key.active, key.needed, key.held) {
        (true, _, true) => "seals",
        (true, _, false) => "seals elsewhere; NOT in this key file",
        (false, true, true) => "opens",
        (false, _, false) => "NOT in this key file",
        (false, false, true) => "not used yet, or no longer",
    };
    let rows = keyring.keys.iter().map(|key| {
        [
            key.id.clone(),
            state(key).to_owned(),
            key.rows().to_string(),
            key.check.clone().unwrap_or_default(),
        ]
    });
    let mut text = format!("key file: {}\n", keyring.file.display());
    text.push_str(&table(["KEY", "STATE", "ROWS", "CHECK VALUE"], rows));
    for instance in instances {
        let ids: Vec<&str> = instance.keys.iter().map(|key| id_of(key)).collect();
        text.push_str(&format!(
            "\nrunning: {} has {}",
            instance.name,
            ids.join(", ")
        ));
    }
    text
}

fn id_of(check: &str) -> &str {
    check.split(':').next().unwrap_or_default()
}

/// Adds a key, waits for the running instances to read it, and lets it seal. Where one of them has a key file of its
/// own, the second half is left to a person, since nobody else can copy the file there.
async fn rotate(dry_run: bool, session: &Session) -> Result<(), Failure> {
    let keyring = session.core.keyring().await.map_err(told)?;
    let running = session.core.key_reports().await.map_err(told)?;
    if dry_run {
        let plan = json!({
            "dry_run": true,
            "file": keyring.file,
            "instances": running.iter().map(|instance| &instance.name).collect::<Vec<_>>(),
        });
        return session.output.data(&plan, |_| {
            format!(
                "would add a fresh key to {} and let it seal once it is held by {} running instance(s)",
                keyring.file.display(),
                running.len()
            )
        });
    }
    let id = session.core.add_key().await.map_err(told)?;
    let waiting = waiting_for(&id, session).await?;
    if waiting.is_empty() {
        let activated = session.core.activate_key(&id, Laggards::Refuse);
        activated.await.map_err(told)?;
    }
    let done = json!({ "key": id, "active": waiting.is_empty(), "file": keyring.file, "waiting_for": waiting });
    session.output.data(&done, |_| match waiting.as_slice() {
        [] => format!("key {id} seals from now on"),
        names => format!(
            "key {id} is in the key file and seals nothing yet: {} cannot read it",
            names.join(", ")
        ),
    })?;
    let file = keyring.file.display();
    if !waiting.is_empty() {
        return Err(Failure::new(
            Exit::Failure,
            "key_not_everywhere",
            format!("key {id} is not held by: {}", waiting.join(", ")),
        )
        .hint(format!(
            "Copy {file} there (mode 600); it is read without a restart. Then `smartlinks keyring activate {id}`."
        )));
    }
    session.output.remark(&format!(
            "keep a new copy of {file}, and copy it to every machine that shares this database\n{MOVE_ON}"
        ));
    Ok(())
}

/// The running instances that still lack a key after they have had time to read their file again.
async fn waiting_for(id: &str, session: &Session) -> Result<Vec<String>, Failure> {
    let check = check_of(id, session).await?;
    for _ in 0..LOOKS {
        let lacking = session.core.instances_without(&check).await.map_err(told)?;
        if lacking.is_empty() {
            return Ok(lacking);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    session.core.instances_without(&check).await.map_err(told)
}

async fn check_of(id: &str, session: &Session) -> Result<String, Failure> {
    let keyring = session.core.keyring().await.map_err(told)?;
    let key = keyring
        .keys
        .into_iter()
        .find(|key| key.id == id && key.held);
    key.and_then(|key| key.check).ok_or_else(|| {
        Failure::usage(
            "unknown_key",
            format!(
                "the key file {} holds no key `{id}`",
                keyring.file.display()
            ),
        )
        .hint("`smartlinks keyring list` names those that it holds.")
    })
}

async fn activate(id: &str, laggards: Laggards, session: &Session) -> Result<(), Failure> {
    check_of(id, session).await?;
    let changed = session.core.activate_key(id, laggards);
    let changed = changed.await.map_err(told)?;
    let done = json!({ "key": id, "active": true, "changed": changed });
    session.output.data(&done, |_| match changed {
        true => format!("key {id} seals from now on"),
        false => format!("key {id} seals already"),
    })?;
    if changed {
        session.output.remark(MOVE_ON);
    }
    Ok(())
}

async fn would_retire(id: &str, session: &Session) -> Result<(), Failure> {
    let keyring = session.core.keyring().await.map_err(told)?;
    let key = keyring.keys.iter().find(|key| key.id == id);
    let (rows, active) = key.map_or((0, false), |key| (key.rows(), key.active));
    let possible = key.is_some() && rows == 0 && !active;
    let plan =
        json!({ "dry_run": true, "key": id, "possible": possible, "rows": rows, "active": active });
    session.output.data(&plan, |_| match (key, active) {
        (None, _) => format!("there is no key {id}"),
        (_, true) => format!("key {id} seals and stays"),
        (_, false) if rows > 0 => {
            format!("key {id} is still needed: {rows} rows are sealed with it")
        }
        _ => format!("would take key {id} out of {}", keyring.file.display()),
    })
}

async fn retire(id: &str, laggards: Laggards, session: &Session) -> Result<(), Failure> {
    let keyring = session.core.keyring().await.map_err(told)?;
    let retired = session.core.retire_key(id, laggards);
    let retired = retired.await.map_err(told)?;
    let done = json!({ "key": id, "retired": retired });
    session.output.data(&done, |_| match retired {
        true => format!(
            "key {id} is out of use and out of {}",
            keyring.file.display()
        ),
        false => format!("there is no key {id}"),
    })?;
    if retired {
        session.output.remark("backups of the database from before need it: keep the former copy of the key file with them");
    }
    Ok(())
}

/// Errors about keys and database have their own codes, as at a start.
fn told(error: Error) -> Failure {
    match error {
        Error::Storage(error) => unusable(error),
        other => Failure::from(other),
    }
}
