//! The key file beside the database: what the one says and what the other holds never part.

use std::sync::Arc;

use smartlinks_store::{KeyError, KeyRing, KeyStanding, Store, StoreError, SystemEntropy, Traces};

use crate::support::*;

async fn activate(store: &Arc<dyn Store>, id: &str) -> Result<bool, StoreError> {
    store.keyring().activate_key(id, Traces::none()).await
}

async fn retire(store: &Arc<dyn Store>, id: &str) -> Result<bool, StoreError> {
    store.keyring().retire_key(id, Traces::none()).await
}

/// The file holds every key that the database needs, so that a start with it works.
async fn assert_covered(stage: &Stage, store: &Arc<dyn Store>) {
    let needed = store.key_fingerprint().await.unwrap().unwrap();
    let file = KeyRing::load(&stage.key_file()).unwrap();
    assert!(file.covers(&needed), "{needed}: {:?}", file.fingerprints());
}

/// R16: a key that only this process remembers would be lost with it.
pub(crate) async fn a_key_that_has_left_the_file_is_not_activated(stage: Stage) {
    let stage = stage.with_key_file();
    let former = std::fs::read_to_string(stage.key_file()).unwrap();
    let store = stage.open().await;
    let needed = store.key_fingerprint().await.unwrap();
    let new = store.keyring().add_key().await.unwrap();
    // Something that manages files puts back what it knows.
    std::fs::write(stage.key_file(), former).unwrap();
    match activate(&store, &new).await {
        Err(StoreError::Keys(KeyError::Unknown { id, .. })) => assert_eq!(id, new),
        other => panic!("{other:?}"),
    }
    assert_eq!(store.key_fingerprint().await.unwrap(), needed);
    assert_covered(&stage, &store).await;
}

/// R16: of an activation and a retirement of one key at the same moment, one comes first, whole.
pub(crate) async fn a_key_is_not_activated_while_it_leaves_the_file(stage: Stage) {
    let stage = stage.with_key_file();
    let (one, two) = (stage.open().await, stage.open().await);
    let (mut activated, mut refused) = (0, 0);
    for round in 0..24 {
        let standing = one.keyring().standing().await.unwrap();
        let key = match round % 2 {
            // A fresh one, or one that is needed and seals nothing.
            0 => one.keyring().add_key().await.unwrap(),
            _ => match standing.keys.iter().find(|key| !key.active) {
                Some(key) => key.id.clone(),
                None => one.keyring().add_key().await.unwrap(),
            },
        };
        let (here, there) = (key.clone(), key.clone());
        let (first, second) = (one.clone(), two.clone());
        let activating = tokio::spawn(async move { activate(&first, &here).await });
        let retiring = tokio::spawn(async move { retire(&second, &there).await });
        match activating.await.unwrap() {
            Ok(_) => activated += 1,
            Err(StoreError::Keys(KeyError::Unknown { .. })) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
        match retiring.await.unwrap() {
            Ok(_) | Err(StoreError::KeyActive { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
        assert_covered(&stage, &one).await;
    }
    assert_eq!(activated + refused, 24);
}

/// R16: a key file that was replaced by a wrong one is made whole from memory, before the last memory of it ends.
pub(crate) async fn a_needed_key_that_left_the_file_is_put_back(stage: Stage) {
    let stage = stage.with_key_file();
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    let key = stage.keys.active_id();
    let other = stage.folder.path().join("other");
    let other = KeyRing::generate(&other, &SystemEntropy).unwrap();
    std::fs::copy(other.file(), stage.key_file()).unwrap();

    let held = |keys: &[KeyStanding]| {
        let found = keys.iter().find(|standing| standing.id == key).unwrap();
        (found.needed, found.held)
    };
    let standing = store.keyring().standing().await.unwrap();
    assert_eq!(held(&standing.keys), (true, false), "it is in memory only");
    assert_eq!(store.keyring().missing_keys().await.unwrap(), [key]);
    // Where the file cannot be written, everything goes on from memory.
    let blocked = stage.folder.path().join(".keys.new");
    std::fs::create_dir_all(blocked.join("in the way")).unwrap();
    store.keyring().report_keys("a", "here", NOW).await.unwrap();
    assert_eq!(store.keyring().missing_keys().await.unwrap(), [key]);
    assert_eq!(tokens(&store, &id).await.0, "access-1");

    std::fs::remove_dir_all(blocked).unwrap();
    store.keyring().report_keys("a", "here", NOW).await.unwrap();
    assert_eq!(store.keyring().missing_keys().await.unwrap().len(), 0);
    let standing = store.keyring().standing().await.unwrap();
    assert_eq!(held(&standing.keys), (true, true));
    assert_covered(&stage, &store).await;
    // Nothing that the file had is gone.
    let file = KeyRing::load(&stage.key_file()).unwrap();
    assert!(file.covers(&other.fingerprint()));
    let again = Stage {
        keys: file,
        ..stage.clone()
    };
    assert_eq!(tokens(&again.open().await, &id).await.0, "access-1");
}
