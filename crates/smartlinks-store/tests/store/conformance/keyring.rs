//! Changing keys while everything runs, with one machine and with several.

use std::collections::BTreeSet;

use smartlinks_store::{
    ConnectionId, KeyError, KeyRing, Keyring, Position, SealError, Store, StoreError, Traces,
};

use crate::support::*;

/// All that is left, in steps of three; gives how many rows were moved.
async fn reencrypt(store: &std::sync::Arc<dyn Store>) -> u32 {
    let (mut from, mut rows): (Option<Position>, u32) = (None, 0);
    loop {
        let step = store.keyring().reencrypt(from, 3).await.unwrap();
        assert_eq!(step.unreadable, Vec::<String>::new());
        rows += step.rows;
        from = step.next;
        if from.is_none() {
            return rows;
        }
    }
}

fn rows_of(keyring: &Keyring, id: &str) -> u64 {
    keyring.keys.iter().find(|key| key.id == id).unwrap().rows()
}

async fn connect_many(store: &std::sync::Arc<dyn Store>, count: usize) -> Vec<ConnectionId> {
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(connected(store, &number.to_string()).await.id);
    }
    ids
}

/// R16, F24.
pub(crate) async fn keys_are_rotated_while_everything_runs(stage: Stage) {
    let stage = stage.with_key_file();
    let store = stage.open().await;
    let old = stage.keys.active_id().to_owned();
    let ids = connect_many(&store, 10).await;
    let stored = store
        .finish_refresh(&ids[0], 1, "me", pair("b"), NOW.into())
        .await;
    stored.unwrap().unwrap();

    let new = store.keyring().add_key().await.unwrap();
    // Known, and used for nothing yet.
    connected(&store, "early").await;
    assert_eq!(
        rows_of(&store.keyring().standing().await.unwrap(), &old),
        11
    );
    assert!(
        store
            .keyring()
            .activate_key(&new, Traces::none())
            .await
            .unwrap()
    );
    assert!(
        !store
            .keyring()
            .activate_key(&new, Traces::none())
            .await
            .unwrap()
    );
    let (other, refreshed) = (stage.open().await, ids[5].clone());
    let beside = tokio::spawn(async move {
        for generation in 1..=40 {
            let name = format!("g{generation}");
            other
                .finish_refresh(&refreshed, generation, "me", pair(&name), NOW.into())
                .await
                .unwrap()
                .unwrap();
        }
    });
    while rows_of(&store.keyring().standing().await.unwrap(), &old) > 0 {
        reencrypt(&store).await;
    }
    beside.await.unwrap();
    assert!(
        store
            .keyring()
            .retire_key(&old, Traces::none())
            .await
            .unwrap()
    );
    assert!(
        !store
            .keyring()
            .retire_key(&old, Traces::none())
            .await
            .unwrap()
    );

    let file = KeyRing::load(&stage.key_file()).unwrap();
    assert_eq!(file.ids().collect::<Vec<_>>(), [new.as_str()]);
    let needed = store.key_fingerprint().await.unwrap();
    assert_eq!(needed, Some(file.fingerprint()));
    assert_eq!(tokens(&store, &ids[5]).await.0, "access-g40");
    let previous = store.previous_token(&ids[0]).await.unwrap().unwrap();
    assert_eq!(shown(&previous.material), texts("access-0", "refresh-0"));
    // A start with what is left reads everything.
    let again = Stage {
        keys: file,
        ..stage.clone()
    };
    let again = again.open().await;
    for (number, id) in ids.iter().enumerate().skip(1).filter(|(n, _)| *n != 5) {
        assert_eq!(tokens(&again, id).await.0, format!("access-{number}"));
    }
}

/// R16.
pub(crate) async fn all_instances_change_over_at_the_same_moment(stage: Stage) {
    let stage = stage.with_key_file();
    let (one, two) = (stage.open().await, stage.open().await);
    let new = one.keyring().add_key().await.unwrap();
    one.keyring()
        .activate_key(&new, Traces::none())
        .await
        .unwrap();
    // The second has not looked at its file since the start, and seals with the new key all the same.
    connected(&two, "1").await;
    let standing = one.keyring().standing().await.unwrap();
    assert_eq!(rows_of(&standing, &new), 1);
    assert!(standing.keys[0].active && standing.keys[0].id == new && standing.keys[0].held);
    // A later start goes by the database, whatever its file names first.
    let by_hand = std::fs::read_to_string(stage.key_file()).unwrap();
    let old = stage.keys.active_id();
    let by_hand = by_hand.replace(&format!("active = {new}"), &format!("active = {old}"));
    std::fs::write(stage.key_file(), by_hand).unwrap();
    let third = Stage {
        keys: KeyRing::load(&stage.key_file()).unwrap(),
        ..stage.clone()
    };
    assert_eq!(third.keys.active_id(), old);
    connected(&third.open().await, "2").await;
    assert_eq!(rows_of(&one.keyring().standing().await.unwrap(), &new), 2);
}

/// R16.
pub(crate) async fn a_key_is_retired_only_when_no_row_needs_it(stage: Stage) {
    let stage = stage.with_key_file();
    let store = stage.open().await;
    let old = stage.keys.active_id().to_owned();
    connect_many(&store, 4).await;
    match store.keyring().retire_key(&old, Traces::none()).await {
        Err(error @ StoreError::KeyActive { .. }) => {
            assert_eq!(error.code(), "key_active");
            assert!(!error.is_storage_failure());
        }
        other => panic!("{other:?}"),
    }
    let new = store.keyring().add_key().await.unwrap();
    store
        .keyring()
        .activate_key(&new, Traces::none())
        .await
        .unwrap();
    let step = store.keyring().reencrypt(None, 3).await.unwrap();
    assert_eq!(step.rows, 3);
    match store.keyring().retire_key(&old, Traces::none()).await {
        Err(error @ StoreError::KeyInUse { rows: 1, .. }) => {
            assert!(error.to_string().contains("connections"), "{error}");
        }
        other => panic!("{other:?}"),
    }
    let file = KeyRing::load(&stage.key_file()).unwrap();
    assert!(file.covers(&stage.keys.fingerprint()), "still in the file");
    assert_eq!(reencrypt(&store).await, 1);
    assert!(
        store
            .keyring()
            .retire_key(&old, Traces::none())
            .await
            .unwrap()
    );
    assert!(
        !store
            .keyring()
            .retire_key("never", Traces::none())
            .await
            .unwrap()
    );
    match store.keyring().activate_key(&old, Traces::none()).await {
        Err(StoreError::Keys(KeyError::Unknown { id, .. })) => assert_eq!(id, old),
        other => panic!("{other:?}"),
    }
}

/// R16: of a change that seals and a retirement at the same time, one waits for the other.
pub(crate) async fn nobody_seals_with_a_key_that_is_being_retired(stage: Stage) {
    let stage = stage.with_key_file();
    let store = stage.open().await;
    let ids = connect_many(&store, 3).await;
    let mut generation = 1;
    for _ in 0..5 {
        let former = active(&store).await;
        let new = store.keyring().add_key().await.unwrap();
        let writers: Vec<_> = ids
            .iter()
            .map(|id| {
                let (store, id) = (store.clone(), id.clone());
                tokio::spawn(async move {
                    for next in generation..generation + 6 {
                        let stored = store
                            .finish_refresh(&id, next, "me", pair(&next.to_string()), NOW.into())
                            .await;
                        stored.unwrap().unwrap();
                    }
                })
            })
            .collect();
        store
            .keyring()
            .activate_key(&new, Traces::none())
            .await
            .unwrap();
        loop {
            reencrypt(&store).await;
            match store.keyring().retire_key(&former, Traces::none()).await {
                Ok(true) => break,
                Err(StoreError::KeyInUse { .. }) => {}
                other => panic!("{other:?}"),
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
        generation += 6;
    }
    let file = KeyRing::load(&stage.key_file()).unwrap();
    assert_eq!(file.ids().count(), 1);
    let fresh = Stage {
        keys: file,
        ..stage.clone()
    };
    let fresh = fresh.open().await;
    for id in &ids {
        assert_eq!(
            tokens(&fresh, id).await.0,
            format!("access-{}", generation - 1)
        );
    }
}

async fn active(store: &std::sync::Arc<dyn Store>) -> String {
    let standing = store.keyring().standing().await.unwrap();
    standing.keys[0].id.clone()
}

/// R16: two machines with key files of their own.
pub(crate) async fn an_instance_without_the_new_key_goes_on_and_learns_it_from_its_file(
    stage: Stage,
) {
    let stage = stage.with_key_file();
    let here = stage.open().await;
    let other_machine = stage.other_machine();
    let there = other_machine.open().await;
    let old = stage.keys.active_id().to_owned();
    let ids = connect_many(&here, 2).await;

    let new = here.keyring().add_key().await.unwrap();
    here.keyring()
        .activate_key(&new, Traces::none())
        .await
        .unwrap();
    // Without the new key the other one seals with what it has, and nothing is lost.
    let third = connected(&there, "third").await.id;
    let standing = here.keyring().standing().await.unwrap();
    assert_eq!((rows_of(&standing, &old), rows_of(&standing, &new)), (3, 0));
    assert_eq!(tokens(&here, &third).await.0, "access-third");

    // What the first one moves, the other one cannot read until it has the file; it says which key is missing.
    reencrypt(&here).await;
    match there.token(&ids[0]).await {
        Err(error @ StoreError::Seal(SealError::UnknownKey { .. })) => {
            assert!(error.to_string().contains(&new), "{error}");
        }
        other => panic!("{other:?}"),
    }
    here.keyring()
        .retire_key(&old, Traces::none())
        .await
        .unwrap();
    let refused = there
        .finish_refresh(&ids[0], 1, "me", pair("x"), NOW.into())
        .await;
    assert!(refused.is_err(), "what cannot be read is not written over");
    let new_one = smartlinks_store::NewConnection {
        id: new_id(),
        label: None,
        account: account("fourth"),
        pair: pair("fourth"),
    };
    match there.connect(new_one, NOW.into()).await {
        Err(StoreError::Keys(error @ KeyError::Wrong { .. })) => {
            assert!(error.to_string().contains(&new), "{error}");
        }
        other => panic!("{other:?}"),
    }
    match other_machine.try_open().await.err() {
        Some(StoreError::Keys(KeyError::Wrong { .. })) => {}
        other => panic!("a start without the key: {other:?}"),
    }

    // The file arrives; nothing is restarted.
    copy_keys(&stage.key_file(), &other_machine.key_file());
    assert_eq!(tokens(&there, &ids[0]).await.0, "access-0");
    there
        .finish_refresh(&ids[0], 1, "me", pair("late"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(tokens(&here, &ids[0]).await.0, "access-late");
}

pub(crate) async fn what_cannot_be_read_is_passed_over_and_named(stage: Stage) {
    let stage = stage.with_key_file();
    let store = stage.open().await;
    let ids = connect_many(&store, 5).await;
    let spoilt = &ids[2];
    let put = format!("update connections set refresh_token = $1 where id = '{spoilt}'");
    stage
        .raw()
        .await
        .put_bytes(&put, b"nonsense".to_vec())
        .await;
    let new = store.keyring().add_key().await.unwrap();
    store
        .keyring()
        .activate_key(&new, Traces::none())
        .await
        .unwrap();
    let (mut from, mut rows, mut unreadable) = (None, 0, Vec::new());
    loop {
        let step = store.keyring().reencrypt(from, 2).await.unwrap();
        rows += step.rows;
        unreadable.extend(step.unreadable);
        from = step.next;
        if from.is_none() {
            break;
        }
    }
    assert_eq!(rows, 4);
    assert_eq!(unreadable.len(), 1, "{unreadable:?}");
    for part in [
        spoilt.as_str(),
        "refresh_token",
        "connect that account again",
    ] {
        assert!(unreadable[0].contains(part), "{unreadable:?}");
    }
    // It keeps the old key in use until somebody decides.
    let old = stage.keys.active_id();
    assert!(
        store
            .keyring()
            .retire_key(old, Traces::none())
            .await
            .is_err()
    );
    assert!(store.disconnect(spoilt, NOW.into()).await.unwrap());
    assert!(
        store
            .keyring()
            .retire_key(old, Traces::none())
            .await
            .unwrap()
    );
}

pub(crate) async fn instances_say_which_keys_they_hold(stage: Stage) {
    let stage = stage.with_key_file();
    let here = stage.open().await;
    let other_machine = stage.other_machine();
    let there = other_machine.open().await;
    let new = here.keyring().add_key().await.unwrap();
    here.keyring().report_keys("a", "here", NOW).await.unwrap();
    there
        .keyring()
        .report_keys("b", "there", NOW.plus(HOUR))
        .await
        .unwrap();
    let reports = here.keyring().key_reports(NOW).await.unwrap();
    assert_eq!(reports.len(), 2);
    let holds = |name: &str| {
        let report = reports.iter().find(|report| report.name == name).unwrap();
        report
            .keys
            .iter()
            .any(|key| key.starts_with(&format!("{new}:")))
    };
    assert!(holds("here") && !holds("there"));
    // Who has not been heard of for long is gone; who ends says so.
    let late = here.keyring().key_reports(NOW.plus(1)).await.unwrap();
    assert_eq!(late.len(), 1);
    there.keyring().withdraw_key_report("b").await.unwrap();
    assert_eq!(here.keyring().key_reports(NOW).await.unwrap(), []);
    // A report reads the file again.
    copy_keys(&stage.key_file(), &other_machine.key_file());
    there
        .keyring()
        .report_keys("b", "there", NOW)
        .await
        .unwrap();
    let reports = here.keyring().key_reports(NOW).await.unwrap();
    assert_eq!(reports[0].keys.len(), 2);
}

/// A table with `sealed_with` that the list forgets would keep the old key in use unseen, and lose its rows with it.
pub(crate) async fn every_sealed_column_is_on_the_list(stage: Stage) {
    let sql = match &stage.url {
        smartlinks_store::DatabaseUrl::Sqlite(_) => {
            "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c \
             where m.type = 'table' and c.type = 'BLOB'"
        }
        smartlinks_store::DatabaseUrl::Postgres(_) => {
            "select table_name::text, column_name::text from information_schema.columns \
             where table_schema = 'public' and data_type = 'bytea'"
        }
    };
    let store = stage.open().await;
    let stored: BTreeSet<String> = stage
        .raw()
        .await
        .lines(sql)
        .await
        .into_iter()
        .filter(|line| !line.contains("_sqlx_"))
        .collect();
    let listed: BTreeSet<String> = smartlinks_store::sealed_columns()
        .map(|(table, column)| format!("{table} {column}"))
        .collect();
    assert_eq!(stored, listed, "see `keyring/sealed_tables.rs`");
    store.close().await;
}
