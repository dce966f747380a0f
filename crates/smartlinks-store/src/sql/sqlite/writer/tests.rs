//! Groups of changes, put together for certain: a change waits at a gate on the thread while others queue behind it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, mpsc as blocking};

use tempfile::TempDir;

use super::*;
use crate::sql::values;

/// What a change does.
enum Task {
    Insert(i64),
    /// The second of its statements fails.
    InsertTwice(i64),
    /// Needs more room than there is.
    InsertLarge(i64),
    Panic,
    /// Says that it runs, and waits until the other end is gone.
    Wait(blocking::Sender<()>, Mutex<blocking::Receiver<()>>),
}

/// A task that counts how often it runs.
struct Counted {
    task: Task,
    runs: Arc<AtomicUsize>,
}

#[async_trait]
impl Write for Counted {
    type Output = u64;

    async fn run(&self, session: &mut Session<'_>) -> Result<u64, StoreError> {
        const INSERT: &str = "insert into rows (number, filling) values ($1, zeroblob($2))";
        self.runs.fetch_add(1, Ordering::Relaxed);
        match &self.task {
            Task::Insert(number) => session.execute(INSERT, values![*number, 1_i64]).await,
            Task::InsertTwice(number) => {
                session.execute(INSERT, values![*number, 1_i64]).await?;
                session.execute(INSERT, values![*number, 1_i64]).await
            }
            Task::InsertLarge(number) => {
                let values = values![*number, 1_000_000_i64];
                session.execute(INSERT, values).await
            }
            Task::Panic => panic!("on purpose"),
            Task::Wait(running, gate) => {
                running.send(()).unwrap();
                let _ = gate.lock().unwrap().recv();
                Ok(0)
            }
        }
    }
}

/// A writer on a file with one table.
struct Bench {
    writer: Writer,
    path: PathBuf,
    _folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self::with(|_| ())
    }

    fn with(set_up: impl FnOnce(&Connection)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("smartlinks.db");
        let (connection, _) = super::super::open_to_change(&path).unwrap();
        let table = "create table rows (number integer primary key, filling blob) strict";
        connection.execute_batch(table).unwrap();
        set_up(&connection);
        Self {
            writer: Writer::start("here".to_owned(), connection).unwrap(),
            path,
            _folder: folder,
        }
    }

    fn queue(&self, task: Task) -> Queued {
        let runs = Arc::default();
        let counted = Counted {
            task,
            runs: Arc::clone(&runs),
        };
        Queued {
            answered: self.writer.queue(counted).unwrap(),
            runs,
        }
    }

    /// Holds the thread until this is dropped.
    fn gate(&self) -> blocking::Sender<()> {
        let (running, runs) = blocking::channel();
        let (gate, waits) = blocking::channel();
        self.queue(Task::Wait(running, Mutex::new(waits)));
        runs.recv().unwrap();
        gate
    }

    /// What is stored, as any other process sees it.
    fn numbers(&self) -> Vec<i64> {
        let connection = Connection::open(&self.path).unwrap();
        let sql = "select number from rows order by number";
        let mut statement = connection.prepare(sql).unwrap();
        let numbers = statement.query_map([], |row| row.get(0)).unwrap();
        numbers.collect::<rusqlite::Result<_>>().unwrap()
    }
}

/// A change on its way.
struct Queued {
    answered: Answered<u64>,
    runs: Arc<AtomicUsize>,
}

impl Queued {
    /// What the caller hears, as a word, and how often the change ran.
    fn end(self) -> (&'static str, usize) {
        let word = match self.answered.blocking_recv() {
            Ok(Ok(_)) => "ok",
            Ok(Err(error)) => error.code(),
            Err(_) => "no answer",
        };
        (word, self.runs.load(Ordering::Relaxed))
    }
}

fn ends<const N: usize>(queued: [Queued; N]) -> [(&'static str, usize); N] {
    queued.map(Queued::end)
}

#[test]
fn what_queues_up_shares_a_commit() {
    let bench = Bench::new();
    let gate = bench.gate();
    let queued = [1, 2, 3].map(|number| bench.queue(Task::Insert(number)));
    drop(gate);
    assert_eq!(ends(queued), [("ok", 1); 3]);
    assert_eq!(bench.numbers(), [1, 2, 3]);
}

/// The one that fails leaves nothing, not even its first statement; the others are made as if it had not been there.
#[test]
fn one_that_fails_takes_none_of_its_group_with_it() {
    let bench = Bench::new();
    let gate = bench.gate();
    let queued = [
        bench.queue(Task::Insert(1)),
        bench.queue(Task::InsertTwice(2)),
        bench.queue(Task::Insert(3)),
    ];
    drop(gate);
    // In the group none came after the one that failed.
    assert_eq!(ends(queued), [("ok", 2), ("conflict", 2), ("ok", 1)]);
    assert_eq!(bench.numbers(), [1, 3]);
}

#[test]
fn one_that_finds_no_room_takes_none_of_its_group_with_it() {
    let bench = Bench::with(|connection| {
        let limit = "pragma max_page_count = 20";
        connection.execute_batch(limit).unwrap();
    });
    let gate = bench.gate();
    let queued = [
        bench.queue(Task::Insert(1)),
        bench.queue(Task::InsertLarge(2)),
        bench.queue(Task::Insert(3)),
    ];
    drop(gate);
    assert_eq!(ends(queued), [("ok", 2), ("storage_full", 2), ("ok", 1)]);
    assert_eq!(bench.numbers(), [1, 3]);
}

/// Were the thread to end, a pair that is refreshed at that moment could be stored nowhere.
#[test]
fn a_panic_costs_its_own_change_only() {
    let bench = Bench::new();
    let gate = bench.gate();
    let queued = [
        bench.queue(Task::Insert(1)),
        bench.queue(Task::Panic),
        bench.queue(Task::Insert(3)),
    ];
    drop(gate);
    assert_eq!(
        ends(queued),
        [("ok", 2), ("storage_unavailable", 2), ("ok", 1)]
    );
    bench.writer.check().unwrap();
    assert_eq!(bench.queue(Task::Panic).end(), ("storage_unavailable", 1));
    assert_eq!(bench.queue(Task::Insert(4)).end(), ("ok", 1));
    assert_eq!(bench.numbers(), [1, 3, 4]);
}

#[test]
fn a_change_whose_caller_has_gone_is_made() {
    let bench = Bench::new();
    let gate = bench.gate();
    drop(bench.queue(Task::Insert(1)).answered);
    let beside = bench.queue(Task::Insert(2));
    drop(gate);
    assert_eq!(beside.end(), ("ok", 1));
    assert_eq!(bench.numbers(), [1, 2]);
}

/// Also one that finds the queue full.
#[tokio::test]
async fn a_change_is_queued_whoever_waits() {
    let bench = Bench::new();
    let gate = bench.gate();
    let number = i64::try_from(QUEUE).unwrap() + 10;
    for number in 0..number {
        drop(bench.queue(Task::Insert(number)));
    }
    drop(gate);
    // The last one needs a place as they did, and comes behind them.
    let last = Counted {
        task: Task::Insert(number),
        runs: Arc::default(),
    };
    bench.writer.write(last).await.unwrap();
    assert_eq!(bench.numbers(), (0..=number).collect::<Vec<_>>());
}

#[test]
fn what_comes_after_the_end_hears_so() {
    let bench = Bench::new();
    let gate = bench.gate();
    let before = bench.queue(Task::Insert(1));
    let (answer, closed) = oneshot::channel();
    bench.writer.send(Command::Close(answer)).unwrap();
    let behind = bench.queue(Task::Insert(2));
    drop(gate);
    closed.blocking_recv().unwrap();
    assert_eq!(before.end(), ("ok", 1));
    assert_eq!(behind.end(), ("no answer", 0));
    assert_eq!(bench.writer.check().unwrap_err().code(), "storage_closed");
    assert_eq!(bench.numbers(), [1]);
}

/// Each would wait for the same lock again, one after the other.
#[test]
fn a_group_waits_for_another_process_once() {
    static QUEUED: OnceLock<()> = OnceLock::new();
    static WAITS: AtomicUsize = AtomicUsize::new(0);
    fn wait(_: i32) -> bool {
        QUEUED.wait();
        WAITS.fetch_add(1, Ordering::Relaxed);
        false
    }
    let bench = Bench::with(|connection| connection.busy_handler(Some(wait)).unwrap());
    let other = Connection::open(&bench.path).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let first = bench.queue(Task::Insert(0));
    // Only now does the first one begin to wait, or goes on waiting.
    let queued: Vec<_> = (1..=20)
        .map(|number| bench.queue(Task::Insert(number)))
        .collect();
    QUEUED.set(()).unwrap();
    assert_eq!(first.end(), ("storage_busy", 0));
    for queued in queued {
        assert_eq!(queued.end(), ("storage_busy", 0));
    }
    assert!(
        WAITS.load(Ordering::Relaxed) <= 2,
        "once for the first, once for those behind it"
    );
    other.execute_batch("rollback").unwrap();
    assert_eq!(bench.queue(Task::Insert(21)).end(), ("ok", 1));
    assert_eq!(bench.numbers(), [21]);
}

/// A change that brings the thread down.
struct Deadly;

#[async_trait]
impl Change for Deadly {
    async fn run(&mut self, _: &mut Session<'_>) -> bool {
        true
    }

    fn answer(self: Box<Self>, _: Option<StoreError>) {
        panic!("on purpose")
    }
}

/// Whoever asks how we are must not hear that all is well.
#[test]
fn a_thread_that_has_ended_is_noticed() {
    let bench = Bench::new();
    bench.writer.check().unwrap();
    let gate = bench.gate();
    let change = Command::Change(Box::new(Deadly));
    bench.writer.send(change).unwrap();
    let behind = bench.queue(Task::Insert(1));
    drop(gate);
    assert_eq!(behind.end().0, "no answer");
    // The queue ends with the thread, right after what was in it.
    while bench.writer.check().is_ok() {
        std::thread::yield_now();
    }
}

/// On which threads spans are entered.
struct Entered(blocking::Sender<Option<String>>);

impl<S: tracing::Subscriber> tracing_subscriber::Layer<S> for Entered {
    fn on_enter(&self, _: &tracing::span::Id, _: tracing_subscriber::layer::Context<'_, S>) {
        let thread = std::thread::current();
        let _ = self.0.send(thread.name().map(str::to_owned));
    }
}

/// What a change says in the log belongs to the request that made it.
#[test]
fn a_change_runs_in_the_span_of_its_caller() {
    use tracing_subscriber::layer::SubscriberExt as _;
    let bench = Bench::new();
    let (told, entered) = blocking::channel();
    let subscriber = tracing_subscriber::registry().with(Entered(told));
    let queued = tracing::subscriber::with_default(subscriber, || {
        tracing::info_span!("request").in_scope(|| bench.queue(Task::Insert(1)))
    });
    assert_eq!(queued.end(), ("ok", 1));
    let there = Some("smartlinks-write".to_owned());
    assert!(entered.try_iter().any(|thread| thread == there));
}

/// Somebody reads for long; what is deleted meanwhile leaves the log afterwards, and nobody waits for that.
#[tokio::test(start_paused = true)]
async fn the_log_is_emptied_as_soon_as_nobody_reads_it() {
    let bench = Bench::new();
    let log = super::super::file::beside(&bench.path, "-wal");
    let length = || std::fs::metadata(&log).unwrap().len();
    let insert = |number| {
        let runs = Arc::default();
        let task = Task::Insert(number);
        bench.writer.write(Counted { task, runs })
    };
    insert(1).await.unwrap();
    assert!(bench.writer.empty_log().await.unwrap());
    assert_eq!(length(), 0);

    insert(2).await.unwrap();
    let reader = Connection::open(&bench.path).unwrap();
    let read = "begin; select number from rows";
    reader.execute_batch(read).unwrap();
    insert(3).await.unwrap();
    assert!(!bench.writer.empty_log().await.unwrap());
    assert!(!bench.writer.empty_log().await.unwrap(), "a try lies ahead");
    insert(4).await.unwrap();
    for _ in 0..3 {
        // Tries again, in vain.
        tokio::time::sleep(log::PAUSE).await;
    }
    insert(5).await.unwrap();
    assert!(length() > 0);
    reader.execute_batch("commit").unwrap();
    while length() > 0 {
        tokio::time::sleep(log::PAUSE).await;
    }
    insert(6).await.unwrap();
    assert!(bench.writer.empty_log().await.unwrap());
    assert_eq!(bench.numbers(), [1, 2, 3, 4, 5, 6]);
}
