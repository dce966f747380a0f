use smartlinks_store::StoreError;

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
