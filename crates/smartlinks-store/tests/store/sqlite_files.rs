//! What only a database in a file can be asked: who may read it, what is left in it, what a full disk does.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use crate::support::*;
use smartlinks_store::{Existing, OpenOptions, StoreError, stored_key_fingerprint};

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// The database and the files SQLite keeps beside it.
fn files(stage: &Stage) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(stage.sqlite_path().parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn holds(stage: &Stage, needle: &[u8]) -> bool {
    files(stage).iter().any(|file| {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(needle.len()).any(|part| part == needle)
    })
}

/// R18.
#[cfg(unix)]
#[tokio::test]
async fn files_are_made_for_their_owner_only() {
    let mut stage = Stage::sqlite();
    let folder = stage.folder.path().join("a/b");
    stage.url = smartlinks_store::DatabaseUrl::Sqlite(folder.join("smartlinks.db"));
    let store = stage.open().await;
    connected(&store, "1").await;
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(mode(&stage.folder.path().join("a")), 0o700);
    let files = files(&stage);
    assert_eq!(files.len(), 4, "database, log, index, lock: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
}

/// R18.
#[cfg(unix)]
#[tokio::test]
async fn loose_rights_on_an_existing_file_are_taken_back() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    connected(&store, "1").await;
    for file in files(&stage) {
        set_mode(&file, 0o644);
    }
    let second = stage.open().await;
    for file in files(&stage) {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
    assert_eq!(second.connections().list(false).await.unwrap().len(), 1);
}

/// R18.
#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_others_can_write_is_refused() {
    let stage = Stage::sqlite();
    let folder = stage.folder.path();
    set_mode(folder, 0o777);
    let error = stage.try_open().await.err().unwrap();
    let message = error.to_string();
    assert_eq!(error.code(), "storage_open_folder");
    assert!(
        message.contains("777") && message.contains(&folder.display().to_string()),
        "{message}"
    );
    assert!(files(&stage).is_empty(), "nothing is put there");
    set_mode(folder, 0o755);
    stage.open().await;
    assert_eq!(
        mode(folder),
        0o755,
        "a folder of others' making is not changed"
    );
}

#[tokio::test]
async fn another_file_is_not_taken_for_a_database() {
    let stage = Stage::sqlite();
    let text = "This is a letter, and whoever opens it should not overwrite it. ".repeat(50);
    std::fs::write(stage.sqlite_path(), &text).unwrap();
    for error in [
        stage.try_open().await.err().unwrap(),
        stored_key_fingerprint(&stage.url).await.unwrap_err(),
    ] {
        assert!(
            matches!(error, StoreError::NotADatabase { .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("smartlinks.db"), "{error}");
    }
    assert_eq!(std::fs::read_to_string(stage.sqlite_path()).unwrap(), text);

    let mut folder = stage.clone();
    folder.url = smartlinks_store::DatabaseUrl::Sqlite(stage.folder.path().to_owned());
    assert!(matches!(
        folder.try_open().await.err(),
        Some(StoreError::Denied { .. })
    ));
}

/// R14, R15: neither in the file nor in the log.
#[tokio::test]
async fn the_files_hold_no_plain_token() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let id = connected(&store, "canary").await.id;
    store
        .finish_refresh(&id, 1, "me", pair("canary"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert!(holds(&stage, b"nick of canary"), "the search works");
    for token in ["access-canary", "refresh-canary"] {
        assert!(!holds(&stage, token.as_bytes()), "{token}");
    }
    store.close().await;
    assert!(!holds(&stage, b"access-canary"));
}

/// R33: after disconnecting not even the sealed form is left, nor that of any former pair.
#[tokio::test]
async fn disconnecting_leaves_no_trace_of_a_token_in_the_files() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let (id, other) = (
        connected(&store, "1").await.id,
        connected(&store, "2").await.id,
    );
    let mut sealed = Vec::new();
    let mut raw = stage.raw().await;
    for generation in 1..=6 {
        for column in [
            "access_token",
            "refresh_token",
            "previous_access_token",
            "previous_refresh_token",
        ] {
            let sql = format!("select {column} from connections where id = '{id}'");
            if let Some(blob) = raw.bytes(sql).await {
                // The nonce stands behind layout byte, length and the 9 letters of the key id.
                sealed.push(blob[11..35].to_vec());
                sealed.push(blob[blob.len() - 24..].to_vec());
            }
        }
        // Some pairs are so long that SQLite keeps their ends in pages of their own.
        let length = usize::try_from(generation % 3).unwrap() * 9000;
        let name = format!("generation{generation}{}", "x".repeat(length));
        store
            .finish_refresh(&id, generation, "me", pair(&name), NOW.into())
            .await
            .unwrap()
            .unwrap();
    }
    drop(raw);
    assert!(
        sealed.len() > 40 && sealed.iter().any(|part| holds(&stage, part)),
        "the search works"
    );
    assert!(store.disconnect(&id, NOW.into()).await.unwrap());
    for part in &sealed {
        assert!(!holds(&stage, part));
    }
    assert_eq!(tokens(&store, &other).await.0, "access-2");
}

/// R33, F17: what another account has taken over holds nothing of the former one's tokens.
#[tokio::test]
async fn replacing_an_account_leaves_no_trace_of_the_former_tokens() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    store
        .finish_refresh(&id, 1, "me", pair("2"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    let mut raw = stage.raw().await;
    let mut sealed = Vec::new();
    for column in [
        "access_token",
        "refresh_token",
        "previous_access_token",
        "previous_refresh_token",
    ] {
        let sql = format!("select {column} from connections where id = '{id}'");
        let blob = raw.bytes(sql).await.unwrap();
        sealed.push(blob[blob.len() - 24..].to_vec());
    }
    drop(raw);
    assert!(
        sealed.iter().all(|part| holds(&stage, part)),
        "the search works"
    );
    store
        .reconnect(&id, account("other"), true, None, pair("3"), NOW.into())
        .await
        .unwrap();
    for part in &sealed {
        assert!(!holds(&stage, part));
    }
    assert_eq!(tokens(&store, &id).await, texts("access-3", "refresh-3"));
}

/// R33: whoever reads for long (a check, a backup) neither keeps others from writing nor the log from being emptied.
#[tokio::test(start_paused = true)]
async fn what_is_deleted_while_somebody_reads_leaves_the_files_afterwards() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    let sql = format!("select access_token from connections where id = '{id}'");
    let blob = stage.raw().await.bytes(sql.clone()).await.unwrap();
    let sealed = &blob[blob.len() - 24..];
    let mut reader = stage.raw().await;
    reader.execute("begin").await;
    reader.bytes(sql).await;
    let (stop, stopped) = mpsc::channel();
    let other = writes_often(stage.raw().await, stopped);
    assert!(store.disconnect(&id, NOW.into()).await.unwrap());
    assert!(holds(&stage, sealed), "the reader still sees it");
    connected(&store, "2").await;
    drop(stop);
    other.join().unwrap();
    reader.execute("commit").await;
    while holds(&stage, sealed) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(store.connections().list(true).await.unwrap().len(), 2);
}

/// Another process, which never waits for as long as ours would, until it is stopped.
fn writes_often(raw: Raw, stopped: mpsc::Receiver<()>) -> std::thread::JoinHandle<()> {
    let Raw::Sqlite(other) = raw else {
        panic!("not SQLite")
    };
    other.busy_timeout(Duration::from_secs(3)).unwrap();
    std::thread::spawn(move || {
        let pause = Duration::from_millis(2);
        while stopped.recv_timeout(pause) == Err(mpsc::RecvTimeoutError::Timeout) {
            let change = "update counters set value = value + 1 where name = 'connections'";
            other.execute_batch(change).unwrap();
        }
    })
}

/// A command that only looks must not fail because somebody writes for long.
#[tokio::test]
async fn a_database_opens_while_another_process_writes() {
    let stage = Stage::sqlite();
    let id = connected(&stage.open().await, "1").await.id;
    let mut other = stage.raw().await;
    other.execute("begin immediate").await;
    let store = stage.open().await;
    assert_eq!(tokens(&store, &id).await, texts("access-1", "refresh-1"));
    let Existing::Open(store) = smartlinks_store::open_existing(stage.options())
        .await
        .unwrap()
    else {
        panic!("it is there")
    };
    assert_eq!(find(&store, &id).await.generation, 1);
    other.execute("rollback").await;
}

/// R33: how long each kind of row is kept stands in the documentation, for every table there is.
#[tokio::test]
async fn the_retention_of_every_table_is_documented() {
    let documented = include_str!("../../../../docs/retention.md");
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let sql = "select name from sqlite_master where type = 'table' \
         and name not like '%sqlx%' and name not like 'sqlite_%'";
    let tables = stage.raw().await.lines(sql).await;
    assert!(tables.len() > 5, "{tables:?}");
    for table in tables {
        let row = format!("| `{table}` |");
        assert!(
            documented.contains(&row),
            "docs/retention.md has no row for `{table}`"
        );
    }
    store.close().await;
}

/// F6: the write fails by name, and what was there before still works.
#[tokio::test]
async fn a_full_disk_is_named_and_the_old_pair_stays_readable() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    store.close().await;
    let store = smartlinks_store::open(OpenOptions {
        max_pages: Some(1),
        ..stage.options()
    })
    .await
    .unwrap();
    let mut large = pair("2");
    large.material.access_token = "x".repeat(200_000).into();
    let beside = store.append(
        smartlinks_store::Traces::none().event(smartlinks_store::NewEvent {
            kind: "beside".to_owned(),
            connection: None,
            order: None,
            data_json: "{}".to_owned(),
            at: NOW,
        }),
    );
    // The one that fails does not take the other with it (groups of changes: `src/sql/sqlite/writer/tests.rs`).
    let (failed, beside) = tokio::join!(
        store.finish_refresh(&id, 1, "me", large.clone(), NOW.into()),
        beside
    );
    let error = failed.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert!(error.is_storage_failure());
    assert!(error.to_string().contains("smartlinks.db"), "{error}");
    beside.unwrap();
    assert_eq!(find(&store, &id).await.generation, 1);
    assert_eq!(tokens(&store, &id).await, texts("access-1", "refresh-1"));
    store.close().await;
    // With space again, the same pair that the caller still holds can be stored.
    let store = stage.open().await;
    assert!(
        store
            .finish_refresh(&id, 1, "me", large, NOW.into())
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(find(&store, &id).await.generation, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_open_a_new_database_at_once() {
    let stage = Stage::sqlite();
    let openings: Vec<_> = (0..6)
        .map(|_| {
            let stage = stage.clone();
            tokio::spawn(async move { stage.open().await })
        })
        .collect();
    let mut stores = Vec::new();
    for opening in openings {
        stores.push(opening.await.unwrap());
    }
    // Each of them writes, and each sees at once what the others wrote.
    for (number, store) in stores.iter().enumerate() {
        let id = connected(store, &number.to_string()).await.id;
        for other in &stores {
            assert_eq!(find(other, &id).await.generation, 1);
        }
    }
}

/// A caller that goes away (a closed browser tab) does not undo what it has asked for.
#[tokio::test]
async fn a_dropped_caller_leaves_its_change_whole() {
    let stage = Stage::sqlite();
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    let mut finishing = Box::pin(store.finish_refresh(&id, 1, "me", pair("2"), NOW.into()));
    let polled = std::future::poll_fn(|context| {
        std::task::Poll::Ready(finishing.as_mut().poll(context).is_pending())
    });
    assert!(polled.await, "the change is on its way");
    drop(finishing);
    // Changes are made in their order, so the next one comes after it.
    store
        .set_label(&id, Some("later"), NOW.into())
        .await
        .unwrap();
    assert_eq!(find(&store, &id).await.generation, 2);
    assert_eq!(tokens(&store, &id).await, texts("access-2", "refresh-2"));
}

#[tokio::test]
async fn a_newer_schema_is_not_touched() {
    let stage = Stage::sqlite();
    stage.open().await.close().await;
    let mut raw = stage.raw().await;
    raw.execute(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
         values (99, 'future', true, x'00', 0)",
    )
    .await;
    let error = stage.try_open().await.err().unwrap();
    assert!(
        matches!(error, StoreError::NewerSchema { version: 99, .. }),
        "{error:?}"
    );
    assert!(error.to_string().contains("newer"), "{error}");
}
