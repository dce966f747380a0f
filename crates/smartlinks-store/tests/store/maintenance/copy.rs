//! Moving from SQLite to PostgreSQL.

use std::path::PathBuf;
use std::sync::Mutex;

use smartlinks_store::{
    DatabaseCopy, DatabaseUrl, PostgresUrl, Progress, Stage as Step, StoreError, Traces,
    copy_database, migrate_database, moved_to, reopen_database,
};
use tokio::sync::Notify;

use super::*;

/// A filled SQLite database, closed, and what it is to be copied to.
struct Move {
    source: Stage,
    target: Stage,
    ids: Vec<ConnectionId>,
}

impl Move {
    async fn to(target: Stage) -> Self {
        let source = Stage::sqlite();
        let store = source.open().await;
        let ids = lived_in(&store).await;
        store.close().await;
        drop(store);
        let target = Stage {
            keys: source.keys.clone(),
            ..target
        };
        Self {
            source,
            target,
            ids,
        }
    }

    fn path(&self) -> PathBuf {
        self.source.sqlite_path()
    }

    fn url(&self) -> PostgresUrl {
        match &self.target.url {
            DatabaseUrl::Postgres(url) => url.clone(),
            DatabaseUrl::Sqlite(_) => panic!("not PostgreSQL"),
        }
    }

    async fn copy(&self) -> Result<DatabaseCopy, StoreError> {
        copy_database(&self.path(), &self.url(), &|_| ()).await
    }
}

async fn everything_is_there_and_opens(stage: Stage) {
    let this = Move::to(stage).await;
    let told: Mutex<Vec<Progress>> = Mutex::default();
    let watch = |progress| told.lock().unwrap().push(progress);
    let copy = copy_database(&this.path(), &this.url(), &watch)
        .await
        .unwrap();
    let rows = |name: &str| {
        let found = copy.tables.iter().find(|table| table.name == name);
        found.unwrap_or_else(|| panic!("{name} is missing")).rows
    };
    assert_eq!((rows("connections"), rows("login_attempts")), (3, 1));
    assert!(rows("events") >= 1300 && rows("counters") >= 3);
    assert!(!copy.replaced_unfinished);
    let told = told.into_inner().unwrap();
    let last = |stage, table: &str| {
        let of_it = |one: &&Progress| one.stage == stage && one.table == table;
        told.iter().rfind(of_it).map(|one| (one.done, one.of))
    };
    assert_eq!(
        last(Step::Copying, "events"),
        Some((rows("events"), rows("events")))
    );
    assert_eq!(
        last(Step::Comparing, "events"),
        Some((1000, rows("events")))
    );

    let store = this.target.open().await;
    assert_eq!(
        tokens(&store, &this.ids[0]).await,
        texts("access-1 again", "refresh-1 again")
    );
    assert_eq!(
        tokens(&store, &this.ids[1]).await,
        texts("access-2", "refresh-2")
    );
    let previous = store.previous_token(&this.ids[0]).await.unwrap().unwrap();
    assert_eq!(shown(&previous.material), texts("access-1", "refresh-1"));
    // Numbering goes on where it was.
    let before = store.events().latest(1).await.unwrap()[0].id;
    let traces = Traces {
        events: vec![event(-1)],
        ..Traces::none()
    };
    store.events().append(traces).await.unwrap();
    assert_eq!(store.events().latest(1).await.unwrap()[0].id, before + 1);
    store
        .stamp_or_check("https://gateway.example", "500100")
        .await
        .unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_is_whole_and_what_is_sealed_opens_in_it() {
    on_postgres(everything_is_there_and_opens).await;
}

async fn the_source_is_put_aside(stage: Stage) {
    let this = Move::to(stage).await;
    this.copy().await.unwrap();
    let refused = this.source.try_open().await.err().unwrap();
    assert!(
        matches!(&refused, StoreError::Moved { to, .. } if *to == this.url().to_string()),
        "{refused}"
    );
    let again = this.copy().await.unwrap_err();
    assert!(matches!(again, StoreError::Moved { .. }), "{again}");
    let to = moved_to(&this.path()).await.unwrap();
    assert_eq!(to, this.url().to_string());
    reopen_database(&this.path()).await.unwrap();
    this.source.open().await.close().await;
    let full = this.copy().await.unwrap_err();
    assert!(matches!(full, StoreError::NotEmpty { .. }), "{full}");
    let never = moved_to(&this.path()).await.unwrap_err();
    assert!(matches!(never, StoreError::NotFound { .. }), "{never}");
    let twice = reopen_database(&this.path()).await.unwrap_err();
    assert!(matches!(twice, StoreError::NotFound { .. }), "{twice}");
}

/// Two servers on two copies would spend each other's refresh tokens.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_moved_is_not_used_by_mistake() {
    on_postgres(the_source_is_put_aside).await;
}

/// A copy to a second place would make two databases of one: nothing is written there.
async fn a_second_target_is_left_as_it_was(stage: Stage) {
    let this = Move::to(stage).await;
    this.copy().await.unwrap();
    on_postgres(async move |other: Stage| {
        let second = this.with_target(&other);
        let refused = second.copy().await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::Moved { to, .. } if *to == this.url().to_string()),
            "{refused}"
        );
        // A server may begin there, and a copy too: it is empty, and has what the migrations put there.
        let counters = "select name from counters order by name";
        assert!(second.target.raw().await.lines(counters).await.len() >= 4);
        reopen_database(&this.path()).await.unwrap();
        second.copy().await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_moved_is_not_moved_to_a_second_place() {
    on_postgres(a_second_target_is_left_as_it_was).await;
}

/// A copy that was cut off may not be finished once another one was.
async fn an_older_unfinished_copy_stays_unusable(stage: Stage) {
    let this = Move::to(stage).await;
    on_postgres(async move |other: Stage| {
        let second = this.with_target(&other);
        second.cut_off().await;
        this.copy_when_free().await;
        let refused = second.copy_when_settled().await.unwrap_err();
        assert!(matches!(refused, StoreError::Moved { .. }), "{refused}");
        let kept_out = second.target.try_open().await.err().unwrap();
        assert!(
            matches!(kept_out, StoreError::UnfinishedCopy { .. }),
            "{kept_out}"
        );
        this.target.open().await.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_copy_that_was_overtaken_by_another_is_not_finished() {
    on_postgres(an_older_unfinished_copy_stays_unusable).await;
}

async fn begins_anew(stage: Stage) {
    let this = Move::to(stage).await;
    this.cut_off().await;
    let refused = this.target.try_open().await.err().unwrap();
    let words = refused.to_string();
    assert!(
        matches!(refused, StoreError::UnfinishedCopy { .. }),
        "{words}"
    );
    assert!(
        words.contains("smartlinks.db") && words.contains("db copy"),
        "{words}"
    );
    // The source was only read.
    this.source.open().await.close().await;

    let copy = this.copy_when_free().await;
    assert!(copy.replaced_unfinished);
    let store = this.target.open().await;
    assert_eq!(store.connections().list(true).await.unwrap().len(), 3);
    store.close().await;
}

impl Move {
    /// The same source and another target.
    fn with_target(&self, other: &Stage) -> Self {
        Self {
            source: self.source.clone(),
            target: Stage {
                keys: self.source.keys.clone(),
                ..other.clone()
            },
            ids: self.ids.clone(),
        }
    }

    /// A copy that ends while it writes events.
    async fn cut_off(&self) {
        let begun = Notify::new();
        let (path, url) = (self.path(), self.url());
        let watch = |progress: Progress| {
            if progress.table == "events" && progress.done == 1000 {
                begun.notify_one();
            }
        };
        let copy = copy_database(&path, &url, &watch);
        // The first who is ready is asked first, so the copy goes no further than it was told.
        let cut = tokio::select! { biased; () = begun.notified() => true, _ = copy => false };
        assert!(cut);
    }

    async fn copy_when_free(&self) -> DatabaseCopy {
        self.copy_when_settled().await.unwrap()
    }

    /// The server notices a moment later that the connection of the former copy is gone.
    async fn copy_when_settled(&self) -> Result<DatabaseCopy, StoreError> {
        for _ in 0..1000 {
            match self.copy().await {
                Err(StoreError::InUse { .. }) => tokio::task::yield_now().await,
                other => return other,
            }
        }
        panic!("the former copy never ended");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_interrupted_copy_keeps_servers_out_and_begins_anew() {
    on_postgres(begins_anew).await;
}

async fn refuses_what_is_not_empty(stage: Stage) {
    let this = Move::to(stage).await;
    let mut raw = this.target.raw().await;
    raw.execute("create table accounts_of_somebody (id text)")
        .await;
    let refused = this.copy().await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::NotEmpty { table, .. } if table == "accounts_of_somebody"),
        "{refused}"
    );
    raw.execute("drop table accounts_of_somebody").await;

    // Brought up to date and never used: that is empty.
    migrate_database(&this.target.url).await.unwrap();
    // Used once, by a server with other keys.
    let other = Stage::with_url(this.target.url.clone());
    other.open().await.close().await;
    let refused = this.copy().await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::NotEmpty { table, .. } if table == "meta"),
        "{refused}"
    );
    other.open().await.close().await;
    raw.execute("delete from meta").await;
    this.copy().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_target_that_holds_anything_is_refused_and_left_alone() {
    on_postgres(refuses_what_is_not_empty).await;
}

async fn refuses_a_source_in_use(stage: Stage) {
    let this = Move::to(stage).await;
    let store = this.source.open().await;
    let refused = this.copy().await.unwrap_err();
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    store.close().await;
    drop(store);
    this.copy().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_source_that_a_server_uses_is_refused() {
    on_postgres(refuses_a_source_in_use).await;
}

async fn notices_what_reads_back_otherwise(stage: Stage) {
    let this = Move::to(stage).await;
    migrate_database(&this.target.url).await.unwrap();
    let mut raw = this.target.raw().await;
    raw.execute(
        "create function spoil() returns trigger language plpgsql as \
         $$ begin new.label := 'spoilt'; return new; end $$",
    )
    .await;
    raw.execute(
        "create trigger spoil before insert on connections for each row execute function spoil()",
    )
    .await;
    let refused = this.copy().await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::CopyDiffers { table, .. } if table == "connections"),
        "{refused}"
    );
    let kept_out = this.target.try_open().await.err().unwrap();
    assert!(
        matches!(kept_out, StoreError::UnfinishedCopy { .. }),
        "{kept_out}"
    );
    raw.execute("drop trigger spoil on connections").await;
    assert!(this.copy_when_free().await.replaced_unfinished);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_does_not_read_back_as_written_is_no_copy() {
    on_postgres(notices_what_reads_back_otherwise).await;
}

/// A table of tomorrow, in the schema of both databases and in no line of ours.
async fn moves_tables_it_has_never_heard_of(stage: Stage) {
    const SQLITE: &str = "create table \"tomorrow's\" (\"order\" text not null, part integer not null, \
         connection text references connections (id), body blob, primary key (part, \"order\")) strict";
    const POSTGRES: &str = "create table \"tomorrow's\" (\"order\" text not null, part bigint not null, \
         connection text references connections (id), body bytea, primary key (part, \"order\"))";
    let this = Move::to(stage).await;
    migrate_database(&this.target.url).await.unwrap();
    let (mut one, mut other) = (this.source.raw().await, this.target.raw().await);
    one.execute(SQLITE).await;
    one.execute(format!(
        "insert into \"tomorrow's\" values ('ö', 2, '{0}', x'00ff01'), ('Z', 2, null, null), ('', -1, '{0}', x'')",
        this.ids[1]
    ))
    .await;
    drop(one);
    let missing = this.copy().await.unwrap_err();
    assert!(matches!(missing, StoreError::Schema { .. }), "{missing}");
    other.execute(POSTGRES).await;
    let copy = this.copy_when_free().await;
    let table = copy.tables.iter().find(|table| table.name == "tomorrow's");
    assert_eq!(table.unwrap().rows, 3);
    let rows = other.rows("select \"order\", encode(body, 'hex') from \"tomorrow's\" where body is not null order by part").await;
    assert_eq!(rows, [["", ""], ["ö", "00ff01"]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tables_of_later_migrations_are_moved_too() {
    on_postgres(moves_tables_it_has_never_heard_of).await;
}

/// The rows of a table and what an index says of it, where they differ: then what is read is not all there is.
async fn a_source_that_loses_rows_is_not_put_aside(stage: Stage) {
    let this = Move::to(stage).await;
    let mut raw = this.source.raw().await;
    let entry = raw
        .rows("select type, name, tbl_name, cast(rootpage as text), sql from sqlite_schema where name = 'events_old'")
        .await
        .remove(0);
    raw.execute(
        "pragma writable_schema = on; delete from sqlite_schema where name = 'events_old'; \
         pragma writable_schema = reset; delete from events where id = 700",
    )
    .await;
    raw.execute(format!(
        "pragma writable_schema = on; insert into sqlite_schema (type, name, tbl_name, rootpage, sql) \
         values ('{}', '{}', '{}', {}, '{}'); pragma writable_schema = reset",
        entry[0], entry[1], entry[2], entry[3], entry[4]
    ))
    .await;
    drop(raw);
    match this.copy().await {
        Err(StoreError::CopyDiffers { place, table }) => {
            assert!(place.contains("smartlinks.db"), "{place}");
            assert_eq!(table, "events");
        }
        other => panic!("{other:?}"),
    }
    this.source.open().await.close().await;
    let refused = this.target.try_open().await.err().unwrap();
    assert_eq!(refused.code(), "storage_unfinished_copy");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_table_that_ends_too_soon_is_not_copied() {
    on_postgres(a_source_that_loses_rows_is_not_put_aside).await;
}
