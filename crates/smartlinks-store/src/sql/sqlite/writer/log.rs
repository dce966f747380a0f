//! Emptying the write-ahead log, so that what was deleted is not left in it.
//!
//! It needs a moment in which nobody reads the log, and while it waits for one nobody writes, in no process. So it is
//! tried for a blink only, and again later when somebody reads for long.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::super::BUSY_TIMEOUT;
use super::{Command, Thread, Writer};
use crate::StoreError;
use crate::error;

/// How long a try may stop others from writing. Our own reads are over by then.
const BLINK: Duration = Duration::from_millis(50);
/// How long a try waits for the next one.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// Whether another try lies ahead. It will find everything that was deleted until then.
#[derive(Default)]
pub(super) struct Emptying {
    planned: AtomicBool,
}

impl Writer {
    /// Empties the log. False when somebody reads it; then it is tried again until it is done.
    pub(in crate::sql) async fn empty_log(&self) -> Result<bool, StoreError> {
        if self.emptying.planned.load(Ordering::Acquire) {
            return Ok(false);
        }
        let emptied = self.try_to_empty_log().await;
        if !matches!(emptied, Ok(true)) && !self.emptying.planned.swap(true, Ordering::AcqRel) {
            let (commands, emptying) = (self.commands.downgrade(), Arc::clone(&self.emptying));
            tokio::spawn(until_empty(commands, emptying));
        }
        emptied
    }

    async fn try_to_empty_log(&self) -> Result<bool, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.send(Command::EmptyLog(answer))?;
        self.answered(answered).await
    }

    /// The last try: after it only whoever closes the file last can do it.
    pub(super) async fn empty_log_if_planned(&self) {
        if self.emptying.planned.load(Ordering::Acquire) {
            let _ = self.try_to_empty_log().await;
        }
    }
}

/// Tries again until the log is empty or the store is closed.
async fn until_empty(commands: mpsc::WeakSender<Command>, emptying: Arc<Emptying>) {
    loop {
        tokio::time::sleep(PAUSE).await;
        // Before the try: what is deleted from here on may come too late for it.
        emptying.planned.store(false, Ordering::Release);
        let Some(queue) = commands.upgrade() else {
            return;
        };
        let (answer, answered) = oneshot::channel();
        if queue.send(Command::EmptyLog(answer)).await.is_err() {
            return;
        }
        drop(queue);
        // That it could not be done was said after the first try, and is not said each second.
        if matches!(answered.await, Ok(Ok(true)) | Err(_)) {
            return;
        }
        if emptying.planned.swap(true, Ordering::AcqRel) {
            // Somebody else has come in between, and goes on.
            return;
        }
    }
}

impl Thread {
    /// Empties the log; false when somebody reads it.
    pub(super) fn empty_log(&self) -> Result<bool, StoreError> {
        let emptied = self.try_to_empty_log();
        emptied.map_err(|error| error::sqlite(&self.place, error))
    }

    fn try_to_empty_log(&self) -> rusqlite::Result<bool> {
        const EMPTY: &str = "pragma wal_checkpoint(truncate)";
        self.connection.busy_timeout(BLINK)?;
        // Columns: whether somebody was in the way, pages in the log, pages moved.
        let in_the_way = self
            .connection
            .query_row(EMPTY, [], |row| row.get::<_, i64>(0));
        self.connection.busy_timeout(BUSY_TIMEOUT)?;
        Ok(in_the_way? == 0)
    }
}
