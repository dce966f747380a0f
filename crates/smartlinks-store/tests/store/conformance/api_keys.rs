use smartlinks_store::{
    API_KEYS_AT_ONCE, ApiKeyId, Change, CreatedBy, NewApiKey, NewEvent, StoreError, SystemEntropy,
    Traces,
};

use crate::support::*;

fn new_key(prefix: &str) -> NewApiKey {
    NewApiKey {
        id: ApiKeyId::generate(NOW, &SystemEntropy).unwrap(),
        prefix: prefix.to_owned(),
        secret_hash: [7; 32],
        name: format!("shop {prefix}"),
        scopes: vec!["read".to_owned(), "token".to_owned()],
        created_by: CreatedBy {
            kind: "operator".to_owned(),
            name: Some("Ada".to_owned()),
        },
        created_at: NOW,
        expires_at: Some(NOW.plus(24 * HOUR)),
    }
}

pub(crate) async fn a_key_comes_back_as_it_was_stored(stage: Stage) {
    let store = stage.open().await;
    let keys = store.api_keys();
    let new = new_key("aaaa");
    assert!(keys.create_key(new.clone(), Traces::none()).await.unwrap());
    let stored = keys.find_key(&new.id).await.unwrap().unwrap();
    assert_eq!(stored.id, new.id);
    assert_eq!(stored.prefix, new.prefix);
    assert_eq!(stored.secret_hash, new.secret_hash);
    assert_eq!(stored.name, new.name);
    assert_eq!(stored.scopes, new.scopes);
    assert_eq!(stored.created_by, new.created_by);
    assert_eq!(stored.created_at, new.created_at);
    assert_eq!(stored.expires_at, new.expires_at);
    assert_eq!((stored.revoked_at, stored.last_used_at), (None, None));

    let unnamed = NewApiKey {
        created_by: CreatedBy {
            kind: "command_line".to_owned(),
            name: None,
        },
        created_at: NOW.plus(1),
        expires_at: None,
        scopes: Vec::new(),
        ..new_key("bbbb")
    };
    assert!(
        keys.create_key(unnamed.clone(), Traces::none())
            .await
            .unwrap()
    );
    let both = keys.list_keys().await.unwrap();
    assert_eq!(both[0], stored);
    assert_eq!(both[1].id, unnamed.id);
    assert_eq!(both[1].created_by, unnamed.created_by);
    assert_eq!(both[1].expires_at, None);
    assert!(both[1].scopes.is_empty());
    assert_eq!(both.len(), 2);
}

pub(crate) async fn a_prefix_belongs_to_one_key(stage: Stage) {
    let store = stage.open().await;
    assert!(
        store
            .api_keys()
            .create_key(new_key("aaaa"), Traces::none())
            .await
            .unwrap()
    );
    let again = store
        .api_keys()
        .create_key(new_key("aaaa"), Traces::none())
        .await;
    assert!(
        matches!(again, Err(StoreError::Conflict { .. })),
        "{again:?}"
    );
    assert_eq!(store.api_keys().list_keys().await.unwrap().len(), 1);
}

pub(crate) async fn a_key_is_revoked_once(stage: Stage) {
    let store = stage.open().await;
    let keys = store.api_keys();
    let new = new_key("aaaa");
    keys.create_key(new.clone(), Traces::none()).await.unwrap();
    assert!(keys.revoke_key(&new.id, NOW.plus(5).into()).await.unwrap());
    assert!(!keys.revoke_key(&new.id, NOW.plus(9).into()).await.unwrap());
    let stored = keys.find_key(&new.id).await.unwrap().unwrap();
    assert_eq!(stored.revoked_at, Some(NOW.plus(5)));
    let event = |at| NewEvent {
        kind: "api_key.revoked".to_owned(),
        connection: None,
        order: None,
        data_json: "{}".to_owned(),
        at,
    };
    // What changes nothing leaves no trace, and what is refused neither.
    let again = Change {
        now: NOW,
        traces: Traces::none().event(event(NOW)),
    };
    assert!(!keys.revoke_key(&new.id, again.clone()).await.unwrap());
    let taken = keys.create_key(new.clone(), again.traces.clone()).await;
    assert!(taken.is_err());
    assert!(store.events().latest(5).await.unwrap().is_empty());
    let second = new_key("cccc");
    assert!(
        keys.create_key(second.clone(), again.traces.clone())
            .await
            .unwrap()
    );
    assert!(keys.revoke_key(&second.id, again).await.unwrap());
    assert_eq!(store.events().latest(5).await.unwrap().len(), 2);

    let unknown = new_key("bbbb").id;
    assert!(!keys.revoke_key(&unknown, NOW.into()).await.unwrap());
    assert_eq!(keys.find_key(&unknown).await.unwrap(), None);
}

pub(crate) async fn the_last_use_only_moves_forward(stage: Stage) {
    let store = stage.open().await;
    let keys = store.api_keys();
    let (one, two) = (new_key("aaaa"), new_key("bbbb"));
    for new in [&one, &two] {
        keys.create_key(new.clone(), Traces::none()).await.unwrap();
    }
    let last = async |id| keys.find_key(id).await.unwrap().unwrap().last_used_at;
    let uses = vec![(two.id.clone(), NOW.plus(3)), (one.id.clone(), NOW.plus(2))];
    keys.note_uses(uses).await.unwrap();
    // Another instance that flushes later what happened earlier.
    keys.note_uses(vec![(one.id.clone(), NOW.plus(1))])
        .await
        .unwrap();
    assert_eq!(last(&one.id).await, Some(NOW.plus(2)));
    assert_eq!(last(&two.id).await, Some(NOW.plus(3)));
    keys.note_uses(vec![(one.id.clone(), NOW.plus(4))])
        .await
        .unwrap();
    assert_eq!(last(&one.id).await, Some(NOW.plus(4)));
    keys.note_uses(Vec::new()).await.unwrap();
}

pub(crate) async fn ended_keys_are_pruned(stage: Stage) {
    let store = stage.open().await;
    let keys = store.api_keys();
    let (expires, revoked, lives) = (new_key("aaaa"), new_key("bbbb"), new_key("cccc"));
    let lives = NewApiKey {
        expires_at: None,
        ..lives
    };
    for new in [&expires, &revoked, &lives] {
        keys.create_key(new.clone(), Traces::none()).await.unwrap();
    }
    keys.revoke_key(&revoked.id, NOW.plus(HOUR).into())
        .await
        .unwrap();
    assert_eq!(keys.prune_keys(NOW.plus(HOUR)).await.unwrap(), 0);
    assert_eq!(keys.prune_keys(NOW.plus(2 * HOUR)).await.unwrap(), 1);
    assert_eq!(keys.prune_keys(NOW.plus(25 * HOUR)).await.unwrap(), 1);
    assert_eq!(keys.prune_keys(NOW.plus(9000 * HOUR)).await.unwrap(), 0);
    let left = keys.list_keys().await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, lives.id);
}

pub(crate) async fn only_so_many_keys_are_valid_at_once(stage: Stage) {
    let store = stage.open().await;
    let keys = store.api_keys();
    let mut first = None;
    for number in 0..API_KEYS_AT_ONCE {
        let new = new_key(&format!("p{number}"));
        first.get_or_insert_with(|| new.id.clone());
        assert!(keys.create_key(new, Traces::none()).await.unwrap());
    }
    assert!(
        !keys
            .create_key(new_key("more"), Traces::none())
            .await
            .unwrap()
    );
    // One that has ended makes room, and so does time.
    keys.revoke_key(&first.unwrap(), NOW.into()).await.unwrap();
    assert!(
        keys.create_key(new_key("more"), Traces::none())
            .await
            .unwrap()
    );
    assert!(
        !keys
            .create_key(new_key("still more"), Traces::none())
            .await
            .unwrap()
    );
    let later = NewApiKey {
        created_at: NOW.plus(24 * HOUR),
        expires_at: None,
        ..new_key("later")
    };
    assert!(keys.create_key(later, Traces::none()).await.unwrap());
}
