use std::collections::HashSet;
use std::sync::Arc;

use smartlinks_store::{
    CatalogueId, Change, ImportJob, ImportJobId, ImportJobState, ImportLine, ImportLineEnd,
    ImportLineState, Millis, NewEvent, Store, SystemEntropy, Traces,
};

use crate::support::*;

const LEASE: i64 = 60_000;

fn told() -> Change {
    Change {
        now: NOW,
        traces: Traces::none().event(NewEvent {
            kind: "import.finished".to_owned(),
            connection: None,
            order: None,
            data_json: "{}".to_owned(),
            at: NOW,
        }),
    }
}

/// An import of so many lines, stored.
async fn started(store: &Arc<dyn Store>, lines: i64) -> ImportJob {
    let job = ImportJob {
        id: ImportJobId::generate(NOW, &SystemEntropy).unwrap(),
        state: ImportJobState::Running,
        request_json: "{}".to_owned(),
        lines,
        imported: 0,
        failed: 0,
        problem_json: None,
        next_at: Some(NOW),
        created_at: NOW,
        updated_at: NOW,
        finished_at: None,
    };
    let all = (1..=lines).map(|number| ImportLine {
        number,
        product_id: format!("10050060000000{number}"),
        wish_json: "{}".to_owned(),
        state: ImportLineState::Waiting,
        attempts: 0,
        product: None,
        problem_json: None,
        at: None,
    });
    let add = store.add_import_job(job.clone(), all.collect(), Traces::none());
    add.await.unwrap();
    job
}

async fn claim(store: &Arc<dyn Store>, owner: &str, now: Millis) -> Option<ImportJobId> {
    let claimed = store.claim_import_job(owner, now.plus(LEASE), now);
    claimed.await.unwrap().map(|job| job.id)
}

async fn end(store: &Arc<dyn Store>, id: &ImportJobId, number: i64, end: ImportLineEnd) -> bool {
    let ended = store.end_import_line(id, number, end, "me", NOW.plus(LEASE), told());
    ended.await.unwrap()
}

fn imported() -> ImportLineEnd {
    ImportLineEnd::Imported(CatalogueId::generate(NOW, &SystemEntropy).unwrap())
}

fn failed() -> ImportLineEnd {
    ImportLineEnd::Failed("{\"code\":\"product_not_found\"}".to_owned())
}

async fn job(store: &Arc<dyn Store>, id: &ImportJobId) -> ImportJob {
    store.import_job(id).await.unwrap().unwrap()
}

async fn waiting(store: &Arc<dyn Store>, id: &ImportJobId) -> Vec<i64> {
    let waiting = store.import_lines(id, Some(ImportLineState::Waiting), 0, 99);
    let waiting = waiting.await.unwrap().into_iter();
    waiting.map(|line| line.number).collect()
}

pub(crate) async fn an_import_is_held_by_one_and_passes_on(stage: Stage) {
    let stores = [stage.open().await, stage.open().await];
    let ids: HashSet<_> = [
        started(&stores[0], 1).await.id,
        started(&stores[0], 1).await.id,
    ]
    .into();
    let claims: Vec<_> = (0..8)
        .map(|number| {
            let store = stores[number % 2].clone();
            tokio::spawn(async move { claim(&store, &number.to_string(), NOW).await })
        })
        .collect();
    let mut claimed = Vec::new();
    for one in claims {
        claimed.extend(one.await.unwrap());
    }
    // Of those who looked at the same row one got it; the other row is there for whoever comes next.
    while let Some(id) = claim(&stores[0], "late", NOW).await {
        claimed.push(id);
    }
    assert_eq!(claimed.len(), 2, "{claimed:?}");
    assert_eq!(claimed.iter().cloned().collect::<HashSet<_>>(), ids);
    assert_eq!(stores[0].next_import_due(NOW).await.unwrap(), None);
    let later = NOW.plus(LEASE);
    assert_eq!(stores[0].next_import_due(later).await.unwrap(), Some(NOW));
    let next = claim(&stores[1], "next", later).await.unwrap();
    let release = stores[1].release_import_job(&next, "somebody else");
    release.await.unwrap();
    let other = claim(&stores[1], "next", later).await.unwrap();
    assert_ne!(next, other);
    assert_eq!(claim(&stores[1], "third", later).await, None);
    stores[1].release_import_job(&next, "next").await.unwrap();
    assert_eq!(claim(&stores[1], "third", later).await, Some(next.clone()));

    // While calls last it is held on, by its owner alone.
    let held = |owner| stores[0].hold_import_job(&next, owner, later.plus(2 * LEASE));
    assert!(held("third").await.unwrap());
    assert!(!held("next").await.unwrap());
    stores[1].release_import_job(&other, "next").await.unwrap();
    let due = later.plus(LEASE);
    assert_eq!(claim(&stores[1], "fourth", due).await, Some(other));
    assert_eq!(claim(&stores[1], "fourth", due).await, None);
}

pub(crate) async fn lines_end_once_and_the_last_one_ends_the_import(stage: Stage) {
    let store = stage.open().await;
    let id = started(&store, 3).await.id;
    claim(&store, "me", NOW).await.unwrap();
    assert!(end(&store, &id, 1, imported()).await);
    assert!(
        end(&store, &id, 1, failed()).await,
        "it has ended: nothing is counted twice"
    );
    assert_eq!(
        (
            job(&store, &id).await.imported,
            job(&store, &id).await.failed
        ),
        (1, 0)
    );
    assert!(end(&store, &id, 2, failed()).await);
    assert_eq!(store.latest_number().await.unwrap(), 0);
    assert!(!end(&store, &id, 3, imported()).await);
    let done = job(&store, &id).await;
    assert_eq!(
        (done.state, done.imported, done.failed),
        (ImportJobState::Done, 2, 1)
    );
    assert_eq!((done.next_at, done.finished_at), (None, Some(NOW)));
    assert_eq!(
        store.latest_number().await.unwrap(),
        1,
        "its end is told once"
    );
    let lines = store.import_lines(&id, None, 1, 1).await.unwrap();
    assert_eq!(
        (lines[0].number, lines[0].state),
        (2, ImportLineState::Failed)
    );

    // What has failed is tried again, and what is imported is not.
    assert!(store.resume_import_job(&id, told()).await.unwrap());
    assert_eq!(waiting(&store, &id).await, [2]);
    claim(&store, "me", NOW).await.unwrap();
    assert!(!end(&store, &id, 2, imported()).await);
    assert!(!store.resume_import_job(&id, told()).await.unwrap());
    let page = store.import_job_page(None, 5).await.unwrap();
    assert_eq!((page.len(), page[0].imported), (1, 3));
    assert_eq!(store.prune_import_jobs(NOW).await.unwrap(), 0);
    assert_eq!(store.prune_import_jobs(NOW.plus(1)).await.unwrap(), 1);
    assert_eq!(store.import_lines(&id, None, 0, 9).await.unwrap(), []);
}

pub(crate) async fn an_import_rests_and_is_stopped(stage: Stage) {
    let store = stage.open().await;
    let id = started(&store, 3).await.id;
    claim(&store, "me", NOW).await.unwrap();
    let again = ImportLineEnd::Again(
        NOW.plus(5_000),
        "{\"code\":\"gateway_busy\"}".to_owned(),
        true,
    );
    assert!(!end(&store, &id, 1, again).await);
    let resting = job(&store, &id).await;
    assert!(resting.problem_json.is_some_and(|why| why.contains("busy")));
    assert_eq!(resting.next_at, Some(NOW.plus(5_000)));
    assert_eq!(claim(&store, "me", NOW).await, None);
    let lines = store.import_lines(&id, None, 0, 1).await.unwrap();
    assert_eq!(
        (lines[0].attempts, lines[0].state),
        (1, ImportLineState::Waiting)
    );

    claim(&store, "me", NOW.plus(5_000)).await.unwrap();
    assert!(end(&store, &id, 1, imported()).await);
    assert_eq!(job(&store, &id).await.problem_json, None);
    assert!(store.cancel_import_job(&id, told()).await.unwrap());
    assert!(!store.cancel_import_job(&id, told()).await.unwrap());
    // What was under way then is noted, and nobody goes on.
    assert!(!end(&store, &id, 2, imported()).await);
    let stopped = job(&store, &id).await;
    assert_eq!(
        (stopped.state, stopped.imported),
        (ImportJobState::Cancelled, 2)
    );
    assert_eq!(claim(&store, "me", NOW.plus(LEASE * 2)).await, None);
    assert!(store.resume_import_job(&id, told()).await.unwrap());
    assert_eq!(waiting(&store, &id).await, [3]);

    // Whoever has lost the lease is told so.
    claim(&store, "another", NOW).await.unwrap();
    assert!(!end(&store, &id, 3, imported()).await);
    assert_eq!(job(&store, &id).await.imported, 3);
}

/// The last lines are under way while a person stops the import and lets it go on: their former owner ends it.
pub(crate) async fn the_last_line_ends_the_import_whoever_holds_it(stage: Stage) {
    let store = stage.open().await;
    let id = started(&store, 2).await.id;
    claim(&store, "me", NOW).await.unwrap();
    assert!(store.cancel_import_job(&id, told()).await.unwrap());
    assert!(store.resume_import_job(&id, told()).await.unwrap());
    let told_before = store.latest_number().await.unwrap();
    assert!(
        !end(&store, &id, 1, imported()).await,
        "it is theirs no more"
    );
    assert_eq!(job(&store, &id).await.state, ImportJobState::Running);
    let early = store.finish_import_job(&id, told()).await.unwrap();
    assert!(!early, "a line waits");
    claim(&store, "another", NOW).await.unwrap();
    assert!(!end(&store, &id, 2, imported()).await);
    let done = job(&store, &id).await;
    assert_eq!((done.state, done.imported), (ImportJobState::Done, 2));
    assert_eq!((done.next_at, done.finished_at), (None, Some(NOW)));
    let again = store.finish_import_job(&id, told()).await.unwrap();
    assert!(!again, "it has ended");
    assert_eq!(
        store.next_import_due(NOW.plus(LEASE * 2)).await.unwrap(),
        None
    );
    assert_eq!(store.latest_number().await.unwrap(), told_before + 1);
}

/// Counts and lines that do not agree keep nobody busy.
pub(crate) async fn an_import_of_which_no_line_waits_is_ended(stage: Stage) {
    let store = stage.open().await;
    let id = started(&store, 0).await.id;
    claim(&store, "me", NOW).await.unwrap();
    assert!(store.finish_import_job(&id, told()).await.unwrap());
    assert_eq!(job(&store, &id).await.state, ImportJobState::Done);
    assert_eq!(store.latest_number().await.unwrap(), 1);
}

pub(crate) async fn an_import_grows_while_it_is_held(stage: Stage) {
    let store = stage.open().await;
    let id = started(&store, 2).await.id;
    let line = |product: &str| ImportLine {
        number: 0,
        product_id: product.to_owned(),
        wish_json: "{}".to_owned(),
        state: ImportLineState::Waiting,
        attempts: 0,
        product: None,
        problem_json: None,
        at: None,
    };
    let grow = async |owner: &str, lines: Vec<ImportLine>, rest: &str| {
        let until = NOW.plus(LEASE);
        let grown = store.grow_import_job(&id, lines, rest.to_owned(), owner, until, NOW);
        grown.await.unwrap()
    };
    // Nobody holds it yet, so nobody adds to it.
    assert!(!grow("me", vec![line("7")], "{}").await);
    claim(&store, "me", NOW).await.unwrap();
    assert!(!grow("another", vec![line("7")], "{}").await);
    assert_eq!(waiting(&store, &id).await, [1, 2]);
    // What is named already is left out, also when it stands twice in what is new.
    let known = line("100500600000001");
    let lines = vec![known, line("7"), line("7"), line("8")];
    assert!(grow("me", lines, "{\"rest\":1}").await);
    assert_eq!(waiting(&store, &id).await, [1, 2, 3, 4]);
    let grown = job(&store, &id).await;
    assert_eq!(
        (grown.lines, grown.request_json.as_str()),
        (4, "{\"rest\":1}")
    );
    // It ends with its last line, however many there were at first.
    for number in 1..=3 {
        assert!(end(&store, &id, number, imported()).await);
    }
    assert!(!end(&store, &id, 4, failed()).await);
    assert_eq!(job(&store, &id).await.state, ImportJobState::Done);
    assert!(!grow("me", vec![line("9")], "{}").await);
}
