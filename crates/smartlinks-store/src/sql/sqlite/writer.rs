//! The one writer: a task that owns the writing connection.
//!
//! Changes that arrive while a commit is being flushed share the next one. Nobody is answered before the commit
//! that holds the change is on disk, and a caller that goes away does not stop its change. When anything in a
//! group fails, the group is undone and each change runs in a transaction of its own.

use async_trait::async_trait;
use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::StoreError;
use crate::error;
use crate::sql::{Session, Write};

/// How many changes may wait before callers have to.
const QUEUE: usize = 1024;
/// How many changes share a commit at most.
const GROUP: usize = 128;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// The way to the task.
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
    /// Starts the task, which lives until [`close`](Self::close) or until the last `Writer` is gone.
    pub(super) fn start(place: String, connection: SqliteConnection) -> Self {
        let (commands, queue) = mpsc::channel(QUEUE);
        let task = Task {
            place: place.clone(),
            connection,
        };
        tokio::spawn(task.serve(queue));
        Self { place, commands }
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

struct Task {
    place: String,
    connection: SqliteConnection,
}

impl Task {
    async fn serve(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut next = queue.recv().await;
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
                    self.commit(group).await;
                }
                Command::Checkpoint(answer) => {
                    let _ = answer.send(self.checkpoint().await);
                }
                Command::Close(answer) => {
                    queue.close();
                    let _ = self.connection.close().await;
                    let _ = answer.send(());
                    return;
                }
            }
            if next.is_none() {
                next = queue.recv().await;
            }
        }
    }

    async fn commit(&mut self, mut group: Vec<Box<dyn Change>>) {
        if group.len() > 1 {
            if self.transact(&mut group).await.is_ok() {
                return group.into_iter().for_each(|change| change.answer(None));
            }
            self.undo().await;
        }
        for change in group {
            let mut alone = [change];
            let done = self.transact(&mut alone).await;
            if done.is_err() {
                self.undo().await;
            }
            let [change] = alone;
            change.answer(done.err().flatten());
        }
    }

    /// Runs a group in one transaction. Fails with the transaction's own error, or with none when a change
    /// failed and keeps its error itself.
    async fn transact(&mut self, group: &mut [Box<dyn Change>]) -> Result<(), Option<StoreError>> {
        // Immediate: a transaction that begins by reading could not become a writer beside another process.
        self.raw("begin immediate").await?;
        for change in group {
            if !change
                .run(&mut Session::Sqlite(&self.place, &mut self.connection))
                .await
            {
                return Err(None);
            }
        }
        Ok(self.raw("commit").await?)
    }

    /// SQLite may have undone the transaction by itself, then there is nothing to undo.
    async fn undo(&mut self) {
        let _ = self.raw("rollback").await;
    }

    async fn checkpoint(&mut self) -> Result<(), StoreError> {
        // Columns: whether a reader was in the way, pages in the log, pages moved.
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("pragma wal_checkpoint(truncate)")
            .fetch_one(&mut self.connection)
            .await
            .map_err(|error| error::sqlite(&self.place, error))?;
        if busy == 0 {
            return Ok(());
        }
        Err(StoreError::Busy {
            place: self.place.clone(),
            source: "somebody reads the write-ahead log".into(),
        })
    }

    async fn raw(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let done = self.connection.execute(sql).await;
        done.map(|_| ())
            .map_err(|error| error::sqlite(&self.place, error))
    }
}
