//! Pairs that the gateway gave and the database would not take: kept in memory, and tried again until it does.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use smartlinks_store::{ConnectionId, NewPair, with_causes};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::clock::to_millis;
use crate::error::Result;
use crate::service::Core;

/// The rest between two tries.
const REST: Duration = Duration::from_millis(500);
/// How long the tries go on when the process is about to end.
const LAST_TRIES: Duration = Duration::from_secs(8);
/// The rest between the last tries.
const SHORT_REST: Duration = Duration::from_millis(250);

/// The pairs that only this process knows.
#[derive(Debug, Default)]
pub(crate) struct Unsaved {
    pairs: Mutex<HashMap<ConnectionId, UnsavedPair>>,
    /// Rung when one comes in.
    arrived: Notify,
}

#[derive(Debug)]
struct UnsavedPair {
    /// The generation that was renewed.
    generation: i64,
    pair: NewPair,
}

impl Unsaved {
    fn pairs(&self) -> MutexGuard<'_, HashMap<ConnectionId, UnsavedPair>> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds the pair that comes after `generation`. False when it was held already.
    pub(super) fn hold(&self, id: &ConnectionId, generation: i64, pair: NewPair) -> bool {
        let held = UnsavedPair { generation, pair };
        let before = self.pairs().insert(id.clone(), held);
        self.arrived.notify_one();
        before.is_none_or(|before| before.generation != generation)
    }

    /// The pair that comes after `generation`. One of another generation has been overtaken, and is dropped.
    pub(super) fn of(&self, id: &ConnectionId, generation: i64) -> Option<NewPair> {
        let mut pairs = self.pairs();
        let held = pairs.get(id)?;
        if held.generation == generation {
            return Some(held.pair.clone());
        }
        pairs.remove(id);
        None
    }

    /// Lets go of a pair: it is stored, or its connection is over.
    pub(crate) fn forget(&self, id: &ConnectionId) {
        self.pairs().remove(id);
    }

    fn held(&self) -> Vec<ConnectionId> {
        self.pairs().keys().cloned().collect()
    }
}

impl Core {
    /// How many renewed pairs the database has not taken yet.
    #[must_use]
    pub fn unsaved_pairs(&self) -> usize {
        self.inner.unsaved.pairs().len()
    }

    /// Stores what the database would not take as soon as it does, until it is told to stop. [`Core::drain`] does the
    /// rest. It runs whoever renews: a pair must not wait behind other refreshes, nor for somebody to ask for it.
    pub async fn run_keeper(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.inner.unsaved.arrived.notified() => {}
            }
            while self.unsaved_pairs() > 0 {
                self.store_unsaved().await;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = sleep(REST) => {}
                }
            }
        }
    }

    /// Tries once more to store what the database would not take, if it answers at all. All at once: a database that
    /// makes them wait makes them wait together.
    async fn store_unsaved(&self) {
        if self.store().ping().await.is_err() {
            return;
        }
        let tries = self.inner.unsaved.held().into_iter();
        let mut tries: JoinSet<()> = tries
            .map(|id| {
                let core = self.clone();
                async move { core.try_to_store(&id).await }.in_current_span()
            })
            .collect();
        while let Some(tried) = tries.join_next().await {
            if let Err(error) = tried {
                tracing::error!(%error, "a try to store a renewed pair ended early");
            }
        }
    }

    async fn try_to_store(&self, id: &ConnectionId) {
        if let Err(error) = self.store_held(id).await {
            tracing::debug!(connection.id = %id, error = %with_causes(&error), "a renewed pair could not be stored yet");
            // Nobody else is to spend the former refresh token meanwhile.
            let until = self.lease_until(to_millis(self.now()));
            let connections = self.store().connections();
            let _ = connections.renew_lease(id, self.owner(), until).await;
        }
    }

    async fn store_held(&self, id: &ConnectionId) -> Result<()> {
        let turn = self.inner.refreshes.turn(id).await;
        let record = self.existing(id).await?;
        let Some(pair) = self.inner.unsaved.of(id, record.generation) else {
            return Ok(());
        };
        let core = self.clone();
        self.to_the_end(async move {
            let kept = core.keep(&record, pair).await.map(drop);
            drop(turn);
            kept
        })
        .await
    }

    /// The last tries, for the way out: until what is under way has ended and the database has taken its pairs.
    pub(crate) async fn store_the_last(&self) {
        let tries = async {
            loop {
                // Asked first: what ends after this is seen by the next try.
                let under_way = self.is_busy();
                if self.unsaved_pairs() > 0 {
                    self.store_unsaved().await;
                }
                if !under_way && self.unsaved_pairs() == 0 {
                    return;
                }
                sleep(SHORT_REST).await;
            }
        };
        if timeout(LAST_TRIES, tries).await.is_err() {
            for id in self.inner.unsaved.held() {
                tracing::error!(connection.id = %id, "a renewed pair could not be stored before the end; unless the database still takes it now, it is lost");
            }
        }
    }
}
