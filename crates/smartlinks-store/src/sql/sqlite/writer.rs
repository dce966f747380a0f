//! The one writer: a thread that owns the writing connection.
//!
//! Changes that arrive while a commit is being flushed share the next one. Nobody is answered before the commit
//! that holds the change is on disk, and a caller that goes away does not stop its change. When anything in a
//! group fails, the group is undone and each change runs in a transaction of its own.
//!
//! It is a thread and not a task, so that a statement costs a call and not two changes of thread.

use async_trait::async_trait;
use futures_util::FutureExt as _;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::statement;
use crate::StoreError;
use crate::error;
use crate::sql::{Session, Write};

/// How many changes may wait before callers have to.
const QUEUE: usize = 1024;
/// How many changes share a commit at most.
const GROUP: usize = 128;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// The way to the thread.
pub(super) struct Writer {
    place: String,
    commands: mpsc::Sender<Command>,
}

enum Command {
    Change(Box<dyn Change>),
    Checkpoint(Answer<()>),
    Close(oneshot::Sender<()>),
}

/// A change that waits for its commit.
#[async_trait]
trait Change: Send {
    /// Runs the statements; false when they failed, and the transaction has to be undone.
    async fn run(&mut self, session: &mut Session<'_>) -> bool;
    /// Tells the caller: what `run` gave, or `failure` of the transaction around it.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

struct Pending<W: Write> {
    write: W,
    outcome: Option<Result<W::Output, StoreError>>,
    answer: Answer<W::Output>,
}

#[async_trait]
impl<W: Write> Change for Pending<W> {
    async fn run(&mut self, session: &mut Session<'_>) -> bool {
        let outcome = self.write.run(session).await;
        let good = outcome.is_ok();
        self.outcome = Some(outcome);
        good
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let outcome = match (failure, self.outcome) {
            (Some(failure), _) => Some(Err(failure)),
            (None, outcome) => outcome,
        };
        if let Some(outcome) = outcome {
            // A caller that is gone does not want to know.
            let _ = self.answer.send(outcome);
        }
    }
}

impl Writer {
    /// Starts the thread, which lives until [`close`](Self::close) or until the last `Writer` is gone.
    pub(super) fn start(place: String, connection: Connection) -> Result<Self, StoreError> {
        let (commands, queue) = mpsc::channel(QUEUE);
        let thread = Thread {
            place: place.clone(),
            connection,
        };
        std::thread::Builder::new()
            .name("smartlinks-write".to_owned())
            .spawn(move || thread.serve(queue))
            .map_err(|error| error::io(&place, error))?;
        Ok(Self { place, commands })
    }

    pub(super) async fn write<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        let (answer, answered) = oneshot::channel();
        let outcome = None;
        let change = Command::Change(Box::new(Pending {
            write,
            outcome,
            answer,
        }));
        self.send(change, answered).await
    }

    pub(super) async fn checkpoint(&self) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Command::Checkpoint(answer), answered).await
    }

    async fn send<T>(
        &self,
        command: Command,
        answered: oneshot::Receiver<Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let closed = || StoreError::Closed {
            place: self.place.clone(),
        };
        self.commands.send(command).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    pub(super) async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self.commands.send(Command::Close(answer)).await.is_ok() {
            let _ = answered.await;
        }
    }
}

struct Thread {
    place: String,
    connection: Connection,
}

impl Thread {
    fn serve(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut next = queue.blocking_recv();
        while let Some(command) = next.take() {
            match command {
                Command::Change(first) => {
                    let mut group = vec![first];
                    while group.len() < GROUP && next.is_none() {
                        match queue.try_recv() {
                            Ok(Command::Change(change)) => group.push(change),
                            Ok(other) => next = Some(other),
                            Err(_) => break,
                        }
                    }
                    self.commit(group);
                }
                Command::Checkpoint(answer) => {
                    let _ = answer.send(self.checkpoint());
                }
                Command::Close(answer) => {
                    queue.close();
                    drop(self.connection);
                    let _ = answer.send(());
                    return;
                }
            }
            if next.is_none() {
                next = queue.blocking_recv();
            }
        }
    }

    fn commit(&mut self, mut group: Vec<Box<dyn Change>>) {
        if group.len() > 1 {
            if self.transact(&mut group).is_ok() {
                return group.into_iter().for_each(|change| change.answer(None));
            }
            self.undo();
        }
        for change in group {
            let mut alone = [change];
            let done = self.transact(&mut alone);
            if done.is_err() {
                self.undo();
            }
            let [change] = alone;
            change.answer(done.err().flatten());
        }
    }

    /// Runs a group in one transaction. Fails with the transaction's own error, or with none when a change
    /// failed and keeps its error itself.
    fn transact(&mut self, group: &mut [Box<dyn Change>]) -> Result<(), Option<StoreError>> {
        // Immediate: a transaction that begins by reading could not become a writer beside another process.
        self.raw("begin immediate")?;
        for change in group {
            let mut session = Session::Sqlite(&self.place, &mut self.connection);
            // Nothing in a session of SQLite is waited for, so the first poll is the last.
            let Some(good) = change.run(&mut session).now_or_never() else {
                return Err(Some(error::unreachable(
                    &self.place,
                    "a change waited for something else than its database",
                )));
            };
            if !good {
                return Err(None);
            }
        }
        Ok(self.raw("commit")?)
    }

    /// SQLite may have undone the transaction by itself, then there is nothing to undo.
    fn undo(&mut self) {
        let _ = self.raw("rollback");
    }

    fn checkpoint(&mut self) -> Result<(), StoreError> {
        // Columns: whether a reader was in the way, pages in the log, pages moved.
        let busy: i64 = self
            .connection
            .query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))
            .map_err(|error| error::sqlite(&self.place, error))?;
        if busy == 0 {
            return Ok(());
        }
        Err(StoreError::Busy {
            place: self.place.clone(),
            source: "somebody reads the write-ahead log".into(),
        })
    }

    fn raw(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let done = statement::execute(&self.connection, sql, &[]);
        done.map(|_| ())
            .map_err(|error| error::sqlite(&self.place, error))
    }
}
