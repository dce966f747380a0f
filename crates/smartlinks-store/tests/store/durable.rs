//! Answered means on disk, also where a PostgreSQL server was set up to be faster. What SQLite does is asked beside its
//! writer, in `src/sql/sqlite.rs`.

use crate::support::*;

/// How a new session commits by itself, and how one of ours has committed.
async fn commits(stage: &Stage, setting: &str) -> Vec<String> {
    let mut raw = stage.raw().await;
    raw.execute(format!(
        "do $$ begin execute format('alter database %I set synchronous_commit = {setting}', current_database()); \
         end $$; truncate table seen"
    ))
    .await;
    let store = stage.open().await;
    store.meta().set("asked", setting).await.unwrap();
    store.close().await;
    let mut raw = stage.raw().await;
    raw.lines("select current_setting('synchronous_commit') union all select setting from seen")
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_commit_in_postgresql_is_on_disk_when_it_is_answered() {
    on_postgres(async |stage: Stage| {
        stage.open().await.close().await;
        stage
            .raw()
            .await
            .execute(
                "create table seen (setting text); \
                 create function look() returns trigger language plpgsql as $$ begin \
                 insert into seen values (current_setting('synchronous_commit')); return null; end $$; \
                 create trigger look after insert or update on meta \
                 for each row when (new.key = 'asked') execute function look()",
            )
            .await;
        for (setting, ours) in [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")] {
            assert_eq!(commits(&stage, setting).await, [setting, ours]);
        }
    })
    .await;
}
