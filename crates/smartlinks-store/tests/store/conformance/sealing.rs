use smartlinks_store::{
    KeyError, KeyRing, SealError, StoreError, SystemEntropy, stored_key_fingerprint,
};

use crate::support::*;

/// R14.
pub(crate) async fn a_sealed_value_opens_only_in_its_place(stage: Stage) {
    let store = stage.open().await;
    let (one, two) = (
        connected(&store, "1").await.id,
        connected(&store, "2").await.id,
    );
    let mut raw = stage.raw().await;
    let read = |column: &str, id: &_| format!("select {column} from connections where id = '{id}'");
    let kept = raw.bytes(read("access_token", &one)).await.unwrap();
    for (column, id) in [("access_token", &two), ("refresh_token", &one)] {
        let moved = raw.bytes(read(column, id)).await.unwrap();
        let put = format!("update connections set access_token = $1 where id = '{one}'");
        raw.put_bytes(&put, moved).await;
        match store.token(&one).await {
            Err(error @ StoreError::Seal(SealError::Tampered { .. })) => {
                let message = error.to_string();
                assert!(message.contains("access_token") && message.contains(one.as_str()));
                assert!(error.is_storage_failure());
            }
            other => panic!("{other:?}"),
        }
        raw.put_bytes(&put, kept.clone()).await;
    }
    assert_eq!(tokens(&store, &one).await.0, "access-1");
}

/// R14.
pub(crate) async fn a_flipped_bit_is_noticed(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    let mut raw = stage.raw().await;
    let read = format!("select refresh_token from connections where id = '{id}'");
    let kept = raw.bytes(read).await.unwrap();
    let put = format!("update connections set refresh_token = $1 where id = '{id}'");
    for position in [0, 1, 2, 12, kept.len() / 2, kept.len() - 1] {
        let mut spoilt = kept.clone();
        spoilt[position] ^= 1;
        raw.put_bytes(&put, spoilt).await;
        let error = store.token(&id).await.unwrap_err();
        assert!(matches!(error, StoreError::Seal(_)), "{position}: {error}");
    }
    raw.put_bytes(&put, Vec::new()).await;
    let error = store.token(&id).await.unwrap_err();
    assert!(
        matches!(error, StoreError::Seal(SealError::Malformed { .. })),
        "{error}"
    );
    // What cannot be read is not written over by half a pair, which would need the rest of it…
    let mut half = pair("x");
    half.material.refresh_token = None;
    assert!(
        store
            .finish_refresh(&id, 1, "me", half, NOW.into())
            .await
            .is_err()
    );
    raw.put_bytes(&put, kept).await;
    assert_eq!(tokens(&store, &id).await, texts("access-1", "refresh-1"));
    // …and does not keep a whole new pair from being stored.
    raw.put_bytes(&put, vec![1, 2, 3]).await;
    let stored = store
        .finish_refresh(&id, 1, "me", pair("2"), NOW.into())
        .await
        .unwrap();
    assert_eq!(stored.unwrap().generation, 2);
    assert_eq!(tokens(&store, &id).await, texts("access-2", "refresh-2"));
    assert!(store.previous_token(&id).await.unwrap().is_none());
    // Nor does it keep out the pair of a new sign-in, whole or not.
    for (generation, refresh) in [(3, Some("refresh-3")), (4, None)] {
        raw.put_bytes(&put, vec![1, 2, 3]).await;
        let mut answer = pair("3");
        answer.material.refresh_token = refresh.map(Into::into);
        let again = store
            .reconnect(&id, account("1"), false, None, answer, NOW.into())
            .await
            .unwrap();
        assert_eq!(again.generation, generation);
        let stored = ("access-3".to_owned(), refresh.map(str::to_owned));
        assert_eq!(tokens(&store, &id).await, stored);
        assert!(store.previous_token(&id).await.unwrap().is_none());
    }
}

/// R15, R16: the wrong key is noticed at the start, before anything is sealed with it.
pub(crate) async fn another_key_ring_is_refused(stage: Stage) {
    assert_eq!(stored_key_fingerprint(&stage.url).await.unwrap(), None);
    stage.open().await.close().await;
    let stored = stored_key_fingerprint(&stage.url).await.unwrap().unwrap();
    assert!(stage.keys.covers(&stored));
    let mut other = stage.clone();
    other.keys = KeyRing::ephemeral(&SystemEntropy).unwrap();
    match other.try_open().await.err() {
        Some(error @ StoreError::Keys(KeyError::Wrong { .. })) => {
            assert_eq!(error.code(), "storage_keys");
            assert!(error.to_string().contains(&stored), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(
        stored_key_fingerprint(&stage.url).await.unwrap(),
        Some(stored)
    );
}

/// R14, R15.
pub(crate) async fn nothing_readable_is_stored(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "canary").await.id;
    store
        .finish_refresh(&id, 1, "me", pair("canary2"), NOW.into())
        .await
        .unwrap()
        .unwrap();
    let mut raw = stage.raw().await;
    for column in [
        "access_token",
        "refresh_token",
        "previous_access_token",
        "previous_refresh_token",
    ] {
        let sql = format!("select {column} from connections");
        let stored = raw.bytes(sql).await.unwrap();
        assert!(!stored.windows(6).any(|part| part == b"canary"), "{column}");
    }
}

pub(crate) async fn a_spoilt_row_is_named(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    let mut raw = stage.raw().await;
    raw.execute("update connections set state = 'nonsense'")
        .await;
    match store.connections().find(&id).await {
        Err(error @ StoreError::Corrupt(_)) => {
            let message = error.to_string();
            for named in ["connections", "state", id.as_str()] {
                assert!(message.contains(named), "{message}");
            }
        }
        other => panic!("{other:?}"),
    }
    assert!(store.connections().list(true).await.is_err());
}
