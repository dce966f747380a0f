use smartlinks_store::{
    Existing, KeyRing, StoreError, SystemEntropy, migrate_database, open_existing,
};

use crate::support::*;

pub(crate) async fn a_database_belongs_to_one_gateway_and_app(stage: Stage) {
    const LIVE: &str = "https://api-sg.aliexpress.com";
    let store = stage.open().await;
    store.stamp_or_check(LIVE, "500100").await.unwrap();
    store.stamp_or_check(LIVE, "500100").await.unwrap();
    for (origin, app_key) in [("http://127.0.0.1:8090", "500100"), (LIVE, "500200")] {
        let error = store.stamp_or_check(origin, app_key).await.unwrap_err();
        assert_eq!(error.code(), "storage_stamp_mismatch");
        let message = error.to_string();
        for named in [LIVE, "500100", origin, app_key, &stage.url.to_string()] {
            assert!(message.contains(named), "{named}: {message}");
        }
    }
    store.close().await;
    stage
        .open()
        .await
        .stamp_or_check(LIVE, "500100")
        .await
        .unwrap();
}

pub(crate) async fn values_are_set_and_replaced(stage: Stage) {
    let store = stage.open().await;
    assert_eq!(store.get("ship_to").await.unwrap(), None);
    store.set("ship_to", "FR").await.unwrap();
    store.set("ship_to", "CG").await.unwrap();
    assert_eq!(store.get("ship_to").await.unwrap().as_deref(), Some("CG"));
    assert_eq!(
        store.key_fingerprint().await.unwrap(),
        Some(stage.keys.fingerprint())
    );
    store.ping().await.unwrap();
}

pub(crate) async fn a_closed_store_says_so(stage: Stage) {
    let store = stage.open().await;
    let id = connected(&store, "1001").await.id;
    store.close().await;
    store.close().await;
    let errors = [
        store.set("a", "b").await.unwrap_err(),
        store.ping().await.unwrap_err(),
        store.token(&id).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, StoreError::Closed { .. }), "{error:?}");
        assert!(error.is_storage_failure());
    }
    assert_eq!(tokens(&stage.open().await, &id).await.0, "access-1001");
}

/// A look makes nothing: no table, no key check, no stamp, and no step of a newer schema.
pub(crate) async fn a_look_changes_nothing(stage: Stage) {
    let look = async |stage: &Stage| open_existing(stage.options()).await.unwrap();
    assert!(matches!(look(&stage).await, Existing::NotYet));
    if let smartlinks_store::DatabaseUrl::Postgres(_) = &stage.url {
        let tables = "select tablename::text from pg_tables where schemaname = 'public'";
        assert_eq!(stage.raw().await.lines(tables).await.len(), 0);
    } else {
        assert!(!stage.sqlite_path().exists());
    }

    migrate_database(&stage.url).await.unwrap();
    let Existing::Open(store) = look(&stage).await else {
        panic!("not open");
    };
    store
        .check_stamp("https://a.example", "500100")
        .await
        .unwrap();
    assert_eq!(store.key_fingerprint().await.unwrap(), None);
    store.close().await;
    let noted = "select key from meta";
    assert_eq!(stage.raw().await.lines(noted).await.len(), 0);

    let store = stage.open().await;
    store
        .stamp_or_check("https://a.example", "500100")
        .await
        .unwrap();
    store
        .check_stamp("https://a.example", "500100")
        .await
        .unwrap();
    let other = store.check_stamp("https://a.example", "500101").await;
    assert!(
        matches!(other, Err(StoreError::StampMismatch { .. })),
        "{other:?}"
    );
    store.close().await;
    let stranger = Stage {
        keys: KeyRing::ephemeral(&SystemEntropy).unwrap(),
        ..stage.clone()
    };
    let refused = open_existing(stranger.options()).await.err();
    assert!(matches!(refused, Some(StoreError::Keys(_))), "{refused:?}");

    // As an older version has left it.
    let mut raw = stage.raw().await;
    raw.execute(
        "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)",
    )
    .await;
    let steps = raw
        .lines("select cast(version as text) from _sqlx_migrations")
        .await
        .len();
    match look(&stage).await {
        Existing::Behind { step, newest } => assert!(step < newest),
        _ => panic!("not behind"),
    }
    let after = raw
        .lines("select cast(version as text) from _sqlx_migrations")
        .await
        .len();
    assert_eq!(after, steps);
}
