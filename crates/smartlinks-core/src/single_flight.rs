//! One task at a time for each key; others wait and then look again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OwnedMutexGuard;

/// A lock for each key that is in use, and none for those that are not.
///
/// Whoever gets the lock has to look at the state *again* before acting: the one before may have
/// done the work already. That second look is what keeps fifty waiters from making fifty calls.
#[derive(Debug)]
pub(crate) struct Flights<K> {
    locks: Mutex<HashMap<K, Arc<tokio::sync::Mutex<()>>>>,
}

impl<K: Eq + Hash + Clone> Flights<K> {
    pub(crate) fn new() -> Self {
        Self {
            locks: Mutex::new(HashMap::new()),
        }
    }

    /// Waits for the turn of this task. A caller that goes away while waiting leaves nothing behind.
    pub(crate) async fn turn(&self, key: &K) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            if locks.len() > 1024 {
                // Only the map holds these, so nobody is inside or waiting.
                locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            }
            Arc::clone(locks.entry(key.clone()).or_default())
        };
        lock.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn one_at_a_time_for_a_key() {
        let flights = Arc::new(Flights::new());
        let inside = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (flights, inside) = (Arc::clone(&flights), Arc::clone(&inside));
                tokio::spawn(async move {
                    let _turn = flights.turn(&"a").await;
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    tokio::task::yield_now().await;
                    inside.fetch_sub(1, Ordering::SeqCst);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_waiter_that_goes_away_blocks_nobody() {
        let flights = Flights::new();
        let first = flights.turn(&1).await;
        {
            let mut waiting = Box::pin(flights.turn(&1));
            assert!(futures_poll_once(waiting.as_mut()).await.is_none());
        }
        drop(first);
        let _second = flights.turn(&1).await;
    }

    async fn futures_poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match future.as_mut().poll(context) {
                std::task::Poll::Ready(output) => Some(output),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
