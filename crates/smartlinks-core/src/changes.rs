//! Following the changes of the database, whoever makes them.
//!
//! Every change that status or vending shows leaves an event in its own transaction, with a number that grows in
//! the order of commits. So one query, "what came after the last number I saw", says all that has changed since:
//! in this process, in another instance, or in a command. What changed is dropped from the snapshot and told to
//! those who follow events.
//!
//! A server runs [`Core::run_follower`], which looks four times a second; between two good looks the snapshot
//! counts as fresh, and reading it costs no query. Without a follower, or when its last look failed or took too
//! long, every read looks for itself first. Either way nothing older than a second is ever served.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::events::event_view;
use crate::service::Core;

/// How many events are read at a time.
const AT_ONCE: u32 = 500;
/// The rest between two looks of the follower.
const REST: Duration = Duration::from_millis(250);
/// A look that takes longer leaves the snapshot stale. Together with the rest it stays below a second.
const PATIENCE: Duration = Duration::from_millis(500);

/// How far this process has followed.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Calls that want to see everything committed before them.
    asked: AtomicU64,
    /// The follower's last look was good, and the next is near.
    fresh: AtomicBool,
    turn: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    /// The number of the last event that was applied; none before the first look.
    seen: Option<i64>,
    /// The last of the calls whose wish has been met.
    met: u64,
}

impl Changes {
    /// A change is known to have been missed: the next read looks for itself.
    pub(crate) fn doubt(&self) {
        self.fresh.store(false, Ordering::Release);
    }
}

impl Core {
    /// Applies everything that was committed before this call. Calls that come together share a look.
    pub(crate) async fn catch_up(&self) -> Result<()> {
        let changes = &self.inner.changes;
        let wish = changes.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut progress = changes.turn.lock().await;
        if progress.met >= wish {
            return Ok(());
        }
        let met = changes.asked.load(Ordering::SeqCst);
        let mut seen = match progress.seen {
            Some(seen) => seen,
            None => self.store().events().latest_number().await?,
        };
        loop {
            let events = self.store().events().after(seen, AT_ONCE).await?;
            let more = events.len() == AT_ONCE as usize;
            for event in events {
                seen = event.id;
                self.inner.snapshot.forget(event.connection.as_ref());
                // Nobody listening is fine.
                let _ = self.event_sender().send(event_view(event));
            }
            progress.seen = Some(seen);
            if !more {
                break;
            }
        }
        progress.met = met;
        Ok(())
    }

    /// Makes sure that the snapshot may be served: either the follower keeps it fresh, or we look now.
    pub(crate) async fn be_fresh(&self) -> Result<()> {
        if self.inner.changes.fresh.load(Ordering::Acquire) {
            return Ok(());
        }
        self.catch_up().await
    }

    /// Keeps the snapshot fresh until it is told to stop. Without it every read asks the database first.
    pub async fn run_follower(&self, stop: CancellationToken) {
        let fresh = &self.inner.changes.fresh;
        let mut failing = false;
        loop {
            let look = tokio::time::timeout(PATIENCE, self.catch_up()).await;
            let problem = match look {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => Some("the database takes too long to answer".to_owned()),
            };
            fresh.store(problem.is_none(), Ordering::Release);
            match problem {
                Some(problem) if !failing => {
                    tracing::warn!(error = %problem, "changes cannot be followed; every read asks the database");
                    failing = true;
                }
                Some(_) => {}
                None => failing = false,
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(REST) => {}
            }
        }
        fresh.store(false, Ordering::Release);
    }
}
