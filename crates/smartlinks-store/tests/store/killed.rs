//! Killed at the worst moment: what a key ring and its file are worth then.
//!
//! The test starts itself again as the process that is killed. It takes one step for each line it is given, so that the
//! kill falls into the middle of the work and not after it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use smartlinks_store::{DatabaseUrl, KeyRing, OpenOptions, Store, SystemEntropy, Traces};

use crate::support::*;

const ROLE: &str = "SMARTLINKS_TEST_KILLED";
const ROWS: usize = 60;

/// What the process that is killed was told to do: task, database, key file.
#[expect(
    clippy::disallowed_methods,
    reason = "how a test tells the process that it starts what to do"
)]
fn role() -> Option<(String, String, PathBuf)> {
    let text = std::env::var(ROLE).ok()?;
    let mut parts = text.split('\n').map(str::to_owned);
    Some((parts.next()?, parts.next()?, parts.next()?.into()))
}

/// Starts the test `name` again in a role.
fn start(name: &str, task: &str, database: &str, stage: &Stage) -> Child {
    let role = format!("{task}\n{database}\n{}", stage.key_file().display());
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets it take `steps` whole steps, tells it to take one more, and kills it.
fn kill_after(mut child: Child, steps: usize) {
    let mut orders = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for _ in 0..steps {
        writeln!(orders).unwrap();
        let told = lines.find(|line| line.as_ref().unwrap().contains("step done"));
        assert!(told.is_some(), "it ended by itself");
    }
    let _ = writeln!(orders);
    child.kill().unwrap();
    child.wait().unwrap();
}

async fn play(task: &str, database: String, key_file: PathBuf) {
    let url: DatabaseUrl = database.parse().unwrap();
    let keys = KeyRing::load(&key_file).unwrap();
    let store = smartlinks_store::open(OpenOptions::new(url, keys, Arc::new(SystemEntropy)))
        .await
        .unwrap();
    let mut from = None;
    for line in std::io::stdin().lock().lines() {
        line.unwrap();
        match task {
            "reencrypt" => {
                let step = store.keyring().reencrypt(from, 1).await.unwrap();
                from = step.next;
            }
            "keys" => {
                let new = store.keyring().add_key().await.unwrap();
                store
                    .keyring()
                    .activate_key(&new, Traces::none())
                    .await
                    .unwrap();
            }
            other => panic!("{other}"),
        }
        println!("step done");
    }
}

async fn count(store: &Arc<dyn Store>, id: &str) -> u64 {
    let standing = store.keyring().standing().await.unwrap();
    let key = standing.keys.iter().find(|key| key.id == id);
    key.map_or(0, smartlinks_store::KeyStanding::rows)
}

/// R16, F24: rotate, kill in the middle under load, go on, retire the old key, read everything.
async fn survives_a_kill(name: &'static str, stage: Stage, database: String) {
    let stage = stage.with_key_file();
    let store = stage.open().await;
    let mut ids = Vec::new();
    for number in 0..ROWS {
        ids.push(connected(&store, &number.to_string()).await.id);
    }
    let old = stage.keys.active_id().to_owned();
    let new = store.keyring().add_key().await.unwrap();
    store
        .keyring()
        .activate_key(&new, Traces::none())
        .await
        .unwrap();
    let (load, refreshed) = (store.clone(), ids[ROWS - 1].clone());
    let beside = tokio::spawn(async move {
        for generation in 1..=50 {
            let name = format!("g{generation}");
            let stored = load
                .finish_refresh(&refreshed, generation, "me", pair(&name), NOW.into())
                .await;
            stored.unwrap().unwrap();
        }
    });
    for steps in [7, 11] {
        let child = start(name, "reencrypt", &database, &stage);
        tokio::task::spawn_blocking(move || kill_after(child, steps))
            .await
            .unwrap();
    }
    beside.await.unwrap();
    let left = count(&store, &old).await;
    assert!(left > 0 && left <= ROWS as u64 - 17, "{left} left");
    let mut from = None;
    loop {
        let step = store.keyring().reencrypt(from, 10).await.unwrap();
        assert_eq!(step.unreadable, Vec::<String>::new());
        from = step.next;
        if from.is_none() {
            break;
        }
    }
    assert_eq!(count(&store, &old).await, 0);
    assert!(
        store
            .keyring()
            .retire_key(&old, Traces::none())
            .await
            .unwrap()
    );
    let after = Stage {
        keys: KeyRing::load(&stage.key_file()).unwrap(),
        ..stage.clone()
    };
    assert_eq!(after.keys.ids().collect::<Vec<_>>(), [new.as_str()]);
    let after = after.open().await;
    for (number, id) in ids.iter().enumerate() {
        let expected = match number {
            last if last == ROWS - 1 => "access-g50".to_owned(),
            number => format!("access-{number}"),
        };
        assert_eq!(tokens(&after, id).await.0, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn re_encryption_survives_a_kill_on_sqlite() {
    if let Some((task, database, keys)) = role() {
        return play(&task, database, keys).await;
    }
    let stage = Stage::sqlite();
    let database = stage.sqlite_path().display().to_string();
    survives_a_kill(
        "killed::re_encryption_survives_a_kill_on_sqlite",
        stage,
        database,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn re_encryption_survives_a_kill_on_postgres() {
    if let Some((task, database, keys)) = role() {
        return play(&task, database, keys).await;
    }
    on_postgres(async |stage: Stage| {
        let server = PostgresServer::from_environment().unwrap();
        let name = stage.url.to_string().rsplit('/').next().unwrap().to_owned();
        let database = server.database(&name);
        let test = "killed::re_encryption_survives_a_kill_on_postgres";
        survives_a_kill(test, stage, database).await;
    })
    .await;
}

/// R16: killed while it changes the key file again and again, it leaves the old file or the new one, whole and private,
/// with every key that the database needs, and no second copy for good.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_killed_change_leaves_the_old_key_file_or_the_new_one() {
    if let Some((task, database, keys)) = role() {
        return play(&task, database, keys).await;
    }
    let stage = Stage::sqlite().with_key_file();
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    let database = stage.sqlite_path().display().to_string();
    for steps in 0..12 {
        let name = "killed::a_killed_change_leaves_the_old_key_file_or_the_new_one";
        let child = start(name, "keys", &database, &stage);
        tokio::task::spawn_blocking(move || kill_after(child, steps % 4))
            .await
            .unwrap();
        let ring = KeyRing::load(&stage.key_file()).unwrap();
        let needed = store.key_fingerprint().await.unwrap().unwrap();
        assert!(ring.covers(&needed) && ring.covers(&stage.keys.fingerprint()));
        let files = std::fs::read_dir(stage.folder.path()).unwrap();
        let strange: Vec<_> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != "keys" && !name.starts_with("smartlinks.db"))
            .collect();
        assert_eq!(strange, Vec::<String>::new());
        assert_eq!(tokens(&stage.open().await, &id).await.0, "access-1");
    }
}
