//! Connections that only read: several, each used by one query at a time, on threads that may block.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{BUSY_TIMEOUT, open};
use crate::StoreError;
use crate::error;

/// The connections. Each is opened when it is first needed.
pub(super) struct Readers {
    place: String,
    number: u32,
    free: Arc<Semaphore>,
    pool: Arc<Pool>,
}

struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Up to so many, the first of them open.
    pub(super) fn new(path: PathBuf, number: u32) -> Result<Self, StoreError> {
        let place = path.display().to_string();
        let number = number.max(1);
        let first = open::reading(&path).map_err(|error| error::sqlite(&place, error))?;
        Ok(Self {
            place,
            number,
            free: Arc::new(Semaphore::new(number as usize)),
            pool: Arc::new(Pool {
                path,
                idle: Mutex::new(vec![first]),
            }),
        })
    }

    /// Runs a query. It goes on to its end even if the caller goes away, and gives its connection back.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permit = self.permit().await?;
        let pool = Arc::clone(&self.pool);
        let read = tokio::task::spawn_blocking(move || {
            let connection = pool.take()?;
            let found = query(&connection);
            pool.give_back(connection);
            drop(permit);
            found
        });
        match read.await {
            Ok(found) => found.map_err(|error| error::sqlite(&self.place, error)),
            Err(ended) => Err(StoreError::Unavailable {
                place: self.place.clone(),
                source: ended.into(),
            }),
        }
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let free = Arc::clone(&self.free).acquire_owned();
        match tokio::time::timeout(BUSY_TIMEOUT, free).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(StoreError::Closed {
                place: self.place.clone(),
            }),
            Err(_) => Err(StoreError::Busy {
                place: self.place.clone(),
                source: "every connection that reads is in use".into(),
            }),
        }
    }

    /// Waits for what is being read, then ends the connections.
    pub(super) async fn close(&self) {
        let all = self.free.acquire_many(self.number).await;
        self.free.close();
        drop(all);
        self.pool.idle().clear();
    }
}

impl Pool {
    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> rusqlite::Result<Connection> {
        let idle = self.idle().pop();
        idle.map_or_else(|| open::reading(&self.path), Ok)
    }

    fn give_back(&self, connection: Connection) {
        self.idle().push(connection);
    }
}
