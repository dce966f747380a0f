//! The one writer: a thread that owns the writing connection.
//!
//! Changes that arrive while a commit is being flushed share the next one. Nobody is answered before the commit
//! that holds the change is on disk, and a caller that goes away does not stop its change. When anything in a
//! group fails, the group is undone and each change runs in a transaction of its own; but when another process keeps
//! the file, the whole group hears so, because each would only wait for the same lock again.
//!
//! It is a thread and not a task, so that a statement costs a call and not two changes of thread.

mod log;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::FutureExt as _;
use rusqlite::Connection;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};
use tracing::{Instrument as _, Span};

use self::log::Emptying;
use super::statement;
use crate::StoreError;
use crate::error;
use crate::sql::{Session, Write};

/// How many changes may wait before callers have to.
const QUEUE: usize = 1024;
/// How many changes share a commit at most.
const GROUP: usize = 128;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;
type Answered<T> = oneshot::Receiver<Result<T, StoreError>>;

/// The way to the thread.
pub(super) struct Writer {
    place: String,
    commands: mpsc::Sender<Command>,
    emptying: Arc<Emptying>,
}

enum Command {
    Change(Box<dyn Change>),
    /// Answered with whether the log is empty now.
    EmptyLog(Answer<bool>),
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
    /// What the caller is doing, for the lines that a change writes to the log.
    span: Span,
    outcome: Option<Result<W::Output, StoreError>>,
    answer: Answer<W::Output>,
}

#[async_trait]
impl<W: Write> Change for Pending<W> {
    async fn run(&mut self, session: &mut Session<'_>) -> bool {
        let run = self.write.run(session).instrument(self.span.clone());
        let outcome = run.await;
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
        Ok(Self {
            place,
            commands,
            emptying: Arc::default(),
        })
    }

    pub(super) async fn write<W: Write>(&self, write: W) -> Result<W::Output, StoreError> {
        self.answered(self.queue(write)?).await
    }

    /// Puts a change into the queue, which only the end of the process takes it out of unmade.
    fn queue<W: Write>(&self, write: W) -> Result<Answered<W::Output>, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Command::Change(Box::new(Pending {
            write,
            span: Span::current(),
            outcome: None,
            answer,
        })))?;
        Ok(answered)
    }

    fn send(&self, command: Command) -> Result<(), StoreError> {
        match self.commands.try_send(command) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(command)) => {
                // On a task of its own: a caller that goes away must not stop its change.
                let commands = self.commands.clone();
                tokio::spawn(async move { commands.send(command).await });
                Ok(())
            }
            Err(TrySendError::Closed(_)) => Err(self.closed()),
        }
    }

    async fn answered<T>(&self, answered: Answered<T>) -> Result<T, StoreError> {
        answered.await.map_err(|_| self.closed())?
    }

    fn closed(&self) -> StoreError {
        StoreError::Closed {
            place: self.place.clone(),
        }
    }

    /// Whether there is anybody to make changes.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match self.commands.is_closed() {
            true => Err(self.closed()),
            false => Ok(()),
        }
    }

    pub(super) async fn close(&self) {
        self.empty_log_if_planned().await;
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
                Command::EmptyLog(answer) => {
                    let _ = answer.send(self.empty_log());
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
            match self.transact(&mut group) {
                Ok(()) => return group.into_iter().for_each(|change| change.answer(None)),
                Err(Failed::Locked(why)) => return self.all_wait_for_others(group, &why),
                Err(Failed::Change | Failed::Transaction(_)) => self.undo(),
            }
        }
        let mut group = group.into_iter();
        while let Some(change) = group.next() {
            let mut alone = [change];
            let done = self.transact(&mut alone);
            let [change] = alone;
            let failure = match done {
                Ok(()) => None,
                Err(Failed::Locked(why)) => {
                    return self.all_wait_for_others(std::iter::once(change).chain(group), &why);
                }
                Err(Failed::Change) => {
                    self.undo();
                    None
                }
                Err(Failed::Transaction(failure)) => {
                    self.undo();
                    Some(failure)
                }
            };
            change.answer(failure);
        }
    }

    fn all_wait_for_others(
        &self,
        changes: impl IntoIterator<Item = Box<dyn Change>>,
        why: &error::Cause,
    ) {
        for change in changes {
            change.answer(Some(StoreError::Busy {
                place: self.place.clone(),
                source: why.to_string().into(),
            }));
        }
    }

    /// Runs a group in one transaction.
    fn transact(&mut self, group: &mut [Box<dyn Change>]) -> Result<(), Failed> {
        // Immediate: a transaction that begins by reading could not become a writer beside another process.
        self.raw("begin immediate")
            .map_err(|failure| match failure {
                StoreError::Busy { source, .. } => Failed::Locked(source),
                other => Failed::Transaction(other),
            })?;
        for change in group {
            if !self.run(change.as_mut())? {
                return Err(Failed::Change);
            }
        }
        self.raw("commit").map_err(Failed::Transaction)
    }

    /// A panic is the failure of the change it happens in. Were it let through, it would end this thread, and with it
    /// all changes for the life of the process.
    fn run(&mut self, change: &mut dyn Change) -> Result<bool, Failed> {
        let failed = |why| Err(Failed::Transaction(error::unreachable(&self.place, why)));
        let mut session = Session::Sqlite(&self.place, &mut self.connection);
        // Nothing in a session of SQLite is waited for, so the first poll is the last.
        let run = AssertUnwindSafe(|| change.run(&mut session).now_or_never());
        match catch_unwind(run) {
            Ok(Some(good)) => Ok(good),
            Ok(None) => failed("a change waited for something else than its database"),
            Err(_) => {
                tracing::error!("a change of the database panicked; it is undone");
                failed("a change panicked")
            }
        }
    }

    /// SQLite may have undone the transaction by itself, then there is nothing to undo.
    fn undo(&mut self) {
        let _ = self.raw("rollback");
    }

    fn raw(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let done = statement::execute(&self.connection, sql, &[]);
        done.map(|_| ())
            .map_err(|error| error::sqlite(&self.place, error))
    }
}

/// Why a group was not committed.
enum Failed {
    /// Another process writes; nothing was begun.
    Locked(error::Cause),
    /// A change failed, and keeps its error itself.
    Change,
    Transaction(StoreError),
}
