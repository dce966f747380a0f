//! Whether a database is sound.

use smartlinks_store::{
    CheckOptions, CheckedTable, DatabaseCheck, KeyFit, KeyRing, SystemEntropy, check_database,
    migrate_database,
};

use super::*;

async fn check(stage: &Stage, keys: Option<KeyRing>) -> DatabaseCheck {
    let options = CheckOptions {
        url: stage.url.clone(),
        keys,
        sample: None,
    };
    check_database(options, &|_| ()).await.unwrap()
}

fn table<'c>(check: &'c DatabaseCheck, name: &str) -> &'c CheckedTable {
    check
        .tables
        .iter()
        .find(|table| table.name == name)
        .unwrap()
}

fn codes(check: &DatabaseCheck) -> Vec<&'static str> {
    check.findings.iter().map(|finding| finding.code).collect()
}

async fn finds_what_is_wrong(stage: Stage) {
    let store = stage.open().await;
    let ids = lived_in(&store).await;
    let sound = check(&stage, Some(stage.keys.clone())).await;
    assert_eq!(codes(&sound), Vec::<&str>::new(), "{sound:#?}");
    assert_eq!(
        (sound.step, sound.keys),
        (Some(sound.newest_step), KeyFit::Fit)
    );
    assert_eq!(
        sound.gateway_origin.as_deref(),
        Some("https://gateway.example")
    );
    assert_eq!(sound.app_key.as_deref(), Some("500100"));
    // Two connections with a pair each, one of them with its former pair too.
    let connections = table(&sound, "connections");
    assert_eq!((connections.rows, connections.looked_into), (3, 3));
    assert_eq!((connections.sealed, connections.unreadable), (6, 0));
    assert_eq!(table(&sound, "events").looked_into, 0);
    let options = CheckOptions {
        url: stage.url.clone(),
        keys: Some(stage.keys.clone()),
        sample: Some(2),
    };
    let sampled = check_database(options, &|_| ()).await.unwrap();
    assert_eq!(table(&sampled, "connections").looked_into, 2);

    let none = check(&stage, None).await;
    assert_eq!(
        (none.keys, codes(&none)),
        (KeyFit::Missing, vec!["storage_keys"])
    );
    let stranger = KeyRing::ephemeral(&SystemEntropy).unwrap();
    let wrong = check(&stage, Some(stranger)).await;
    assert_eq!(wrong.keys, KeyFit::Wrong);
    assert!(codes(&wrong).contains(&"storage_seal"), "{wrong:#?}");
    assert_eq!(table(&wrong, "connections").unreadable, 6);

    let mut raw = stage.raw().await;
    let (one, other) = (&ids[0], &ids[1]);
    // A key is retired when no row says that it needs it, so what a row says has to be true.
    let key = stage.keys.active_id();
    let mark = format!("update connections set sealed_with = 'k0' where id = '{other}'");
    raw.execute(mark).await;
    let marked = check(&stage, Some(stage.keys.clone())).await;
    assert_eq!(codes(&marked), ["storage_seal_mark"; 2], "{marked:#?}");
    assert!(marked.findings[0].detail.contains(other.as_str()));
    assert_eq!(table(&marked, "connections").unreadable, 0);
    raw.execute(format!(
        "update connections set sealed_with = '{key}' where id = '{other}'"
    ))
    .await;
    raw.execute(format!(
        "update connections set access_token = \
         (select access_token from connections where id = '{one}') where id = '{other}'"
    ))
    .await;
    let cut = format!("update connections set refresh_token = $1 where id = '{one}'");
    raw.put_bytes(&cut, vec![1, 2, 3]).await;
    let spoilt = check(&stage, Some(stage.keys.clone())).await;
    assert_eq!(codes(&spoilt), ["storage_seal"; 2], "{spoilt:#?}");
    assert_eq!(table(&spoilt, "connections").unreadable, 2);
    let said: Vec<&str> = spoilt
        .findings
        .iter()
        .map(|finding| &*finding.detail)
        .collect();
    assert!(
        said.iter()
            .any(|words| words.contains(other.as_str()) && words.contains("access_token")),
        "{said:?}"
    );
    assert!(
        said.iter()
            .any(|words| words.contains(one.as_str()) && words.contains("cut")),
        "{said:?}"
    );
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_does_not_open_is_found_on_sqlite() {
    on_sqlite(finds_what_is_wrong).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_does_not_open_is_found_on_postgresql() {
    on_postgres(finds_what_is_wrong).await;
}

async fn says_how_far_the_schema_is(stage: Stage) {
    migrate_database(&stage.url).await.unwrap();
    let fresh = check(&stage, None).await;
    assert_eq!((fresh.keys, codes(&fresh)), (KeyFit::NotNeeded, vec![]));
    let mut raw = stage.raw().await;
    raw.execute("update _sqlx_migrations set version = 9999 where version = 1")
        .await;
    let newer = check(&stage, None).await;
    assert_eq!(codes(&newer), ["storage_newer_schema"]);
    assert_eq!(newer.step, Some(9999));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_schema_is_looked_at_on_sqlite() {
    on_sqlite(says_how_far_the_schema_is).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_schema_is_looked_at_on_postgresql() {
    on_postgres(says_how_far_the_schema_is).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_empty_database_has_no_tables_yet() {
    on_postgres(async |stage: Stage| {
        let empty = check(&stage, None).await;
        assert_eq!(codes(&empty), ["empty"]);
        assert_eq!((empty.kind, empty.step), ("postgresql", None));
    })
    .await;
    let missing = Stage::sqlite();
    let options = CheckOptions {
        url: missing.url.clone(),
        keys: None,
        sample: None,
    };
    let refused = check_database(options, &|_| ()).await.unwrap_err();
    assert_eq!(refused.code(), "storage_unavailable");
    assert!(!missing.sqlite_path().exists(), "a look has made a file");
}

/// Bytes that a failing disk has changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_damaged_file_is_found() {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let stage = Stage::sqlite();
    let store = stage.open().await;
    lived_in(&store).await;
    store.close().await;
    let length = std::fs::metadata(stage.sqlite_path()).unwrap().len();
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .open(stage.sqlite_path())
        .unwrap();
    // Every page but the first few, which hold the schema: whichever is hit, it belongs to something.
    for page in (length / 2 / 4096)..(length / 4096) {
        file.seek(SeekFrom::Start(page * 4096 + 8)).unwrap();
        file.write_all(&[0xff; 64]).unwrap();
    }
    drop(file);
    let options = CheckOptions {
        url: stage.url.clone(),
        keys: Some(stage.keys.clone()),
        sample: None,
    };
    match check_database(options, &|_| ()).await {
        Ok(check) => assert!(codes(&check).contains(&"storage_corrupt"), "{check:#?}"),
        Err(error) => assert_eq!(error.code(), "storage_not_a_database", "{error}"),
    }
}
