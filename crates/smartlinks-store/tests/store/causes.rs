//! What the log is told of an error: what the database said, and no value.

use smartlinks_store::{AuditFilter, with_causes};

use crate::support::{NOW, connected, on_postgres, on_sqlite};

#[tokio::test]
async fn the_cause_of_postgres_comes_with_its_code() {
    on_postgres(|stage| async move {
        let store = stage.open().await;
        let filter = AuditFilter {
            action: Some("a\0b".to_owned()),
            ..AuditFilter::default()
        };
        let error = store.audit().page(&filter, None, 1).await.unwrap_err();
        let said = with_causes(&error);
        assert!(said.starts_with(&error.to_string()), "{said}");
        assert!(said.contains("invalid byte sequence"), "{said}");
        assert!(said.ends_with("(PostgreSQL code 22021)"), "{said}");
    })
    .await;
}

/// PostgreSQL repeats the whole row in its DETAIL.
#[tokio::test]
async fn no_value_of_a_refused_row_is_said() {
    on_postgres(|stage| async move {
        let store = stage.open().await;
        let connection = connected(&store, "canary").await;
        let check = "alter table connections add constraint made_up check (label is null)";
        stage.raw().await.execute(check).await;
        let connections = store.connections();
        let labelled = connections.set_label(&connection.id, Some("canary label"), NOW.into());
        let said = with_causes(&labelled.await.unwrap_err());
        assert!(said.contains("made_up"), "{said}");
        assert!(said.ends_with("(PostgreSQL code 23514)"), "{said}");
        assert!(!said.contains("canary"), "{said}");
    })
    .await;
}

#[tokio::test]
async fn a_cause_is_said_once() {
    on_sqlite(|stage| async move {
        let store = stage.open().await;
        stage.raw().await.execute("drop table known_orders").await;
        let error = store.orders().list(None, 1).await.unwrap_err();
        let said = with_causes(&error);
        assert_eq!(said.matches("no such table").count(), 1, "{said}");
        // What is no error of the store is said as it is.
        let other = std::io::Error::other("other");
        assert_eq!(with_causes(&other), "other");
    })
    .await;
}
