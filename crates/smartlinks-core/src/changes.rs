//! Following the changes of the database, whoever makes them.
//!
//! Every change that status or vending shows leaves an event in its own transaction, with a number that grows in
//! the order of commits. So one query, "what came after the last number I saw", says all that has changed since:
//! in this process, in another instance, or in a command. What changed is dropped from the snapshot and told to
//! those who follow events.
//!
//! A server runs [`Core::run_follower`], which looks four times a second; for a while after a good look, counted from
//! its beginning, the snapshot counts as fresh, and reading it costs no query. Without a follower, or when its last look
//! is too long ago (it failed, took too long, or the whole process stood still), every read looks for itself first.
//! Either way nothing older than a second is ever served.
//!
//! A database may also go back: a standby without the last commits takes over, or a backup is restored while servers
//! run. Then numbers come a second time. So each look reads the last event that was seen once more, and where it is not
//! the same any more, everything held in memory is forgotten.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use smartlinks_store::{Event, with_causes};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::clock::to_millis;
use crate::error::Result;
use crate::events::{ABOUT_API_KEYS, event_view};
use crate::service::Core;

/// How many events are read at a time.
const AT_ONCE: u32 = 500;
/// The rest between two looks of the follower.
const REST: Duration = Duration::from_millis(250);
/// A look of the follower that takes longer has failed.
const PATIENCE: Duration = Duration::from_millis(400);
/// How long after the beginning of a good look the snapshot is served: the next look has begun long before.
const FRESH_MS: i64 = 900;

/// How far this process has followed.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Calls that want to see everything committed before them.
    asked: AtomicU64,
    /// The moment, on the service's clock, until which the snapshot is served without a look.
    fresh_until: AtomicI64,
    /// Grows when a change is known to have been missed.
    doubts: AtomicU64,
    /// The doubts that a look of the follower has removed.
    removed: AtomicU64,
    turn: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    /// How far was read; not at all before the first look.
    seen: Option<Seen>,
    /// The last of the calls whose wish has been met.
    met: u64,
}

/// The last event that was applied.
#[derive(Debug, Clone)]
struct Seen {
    number: i64,
    /// As it was read; none when it has been forgotten, or there never was one.
    event: Option<Event>,
}

impl Changes {
    /// A change is known to have been missed: the next read looks for itself.
    pub(crate) fn doubt(&self) {
        self.doubts.fetch_add(1, Ordering::SeqCst);
    }

    fn doubts(&self) -> u64 {
        self.doubts.load(Ordering::SeqCst)
    }

    fn is_fresh_at(&self, now: i64) -> bool {
        now < self.fresh_until.load(Ordering::SeqCst)
            && self.removed.load(Ordering::SeqCst) == self.doubts()
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
        let mut seen = match progress.seen.clone() {
            Some(seen) => seen,
            None => self.begin_to_follow().await?,
        };
        loop {
            let events = self.store().events();
            let mut events = events.after(seen.number - 1, AT_ONCE).await?;
            let more = events.len() == AT_ONCE as usize;
            let again = events.first().filter(|event| event.id == seen.number);
            if again != seen.event.as_ref() {
                seen = self.begin_to_follow().await?;
                progress.seen = Some(seen.clone());
                continue;
            }
            events.drain(..usize::from(again.is_some()));
            if let Some(last) = events.last() {
                let (number, event) = (last.id, Some(last.clone()));
                seen = Seen { number, event };
            }
            for event in events {
                self.apply(event);
            }
            progress.seen = Some(seen.clone());
            if !more {
                break;
            }
        }
        progress.met = met;
        Ok(())
    }

    /// Takes the database as it is now. What is held in memory may be of before, or of another history, and goes.
    async fn begin_to_follow(&self) -> Result<Seen> {
        let events = self.store().events();
        let number = events.latest_number().await?;
        let event = events.after(number - 1, 1).await?.into_iter().next();
        self.inner.snapshot.forget_all();
        self.inner.api_keys.forget();
        self.served().clear();
        Ok(Seen {
            number,
            event: event.filter(|event| event.id == number),
        })
    }

    fn apply(&self, event: Event) {
        if let Some(connection) = &event.connection {
            self.inner.snapshot.forget(connection);
            self.inner.connections_changed.notify_one();
        }
        if event.kind.starts_with(ABOUT_API_KEYS) {
            self.inner.api_keys.forget();
        }
        // Nobody listening is fine.
        let _ = self.event_sender().send(event_view(event));
    }

    /// Makes sure that the snapshot may be served: either the follower keeps it fresh, or we look now.
    pub(crate) async fn be_fresh(&self) -> Result<()> {
        if self.inner.changes.is_fresh_at(to_millis(self.now()).0) {
            return Ok(());
        }
        self.catch_up().await
    }

    /// Keeps the snapshot fresh until it is told to stop. Without it every read asks the database first.
    pub async fn run_follower(&self, stop: CancellationToken) {
        let changes = &self.inner.changes;
        let mut failing = false;
        loop {
            let (begun, doubts) = (to_millis(self.now()).0, changes.doubts());
            let look = tokio::time::timeout(PATIENCE, self.catch_up()).await;
            let problem = match look {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(with_causes(&error)),
                Err(_) => Some("the database takes too long to answer".to_owned()),
            };
            match problem {
                Some(problem) => {
                    changes.fresh_until.store(0, Ordering::SeqCst);
                    if !failing {
                        tracing::warn!(error = %problem, "changes cannot be followed; every read asks the database");
                    }
                    failing = true;
                }
                None => {
                    changes.removed.store(doubts, Ordering::SeqCst);
                    changes
                        .fresh_until
                        .store(begun + FRESH_MS, Ordering::SeqCst);
                    failing = false;
                }
            }
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(REST) => {}
            }
        }
        changes.fresh_until.store(0, Ordering::SeqCst);
    }
}
