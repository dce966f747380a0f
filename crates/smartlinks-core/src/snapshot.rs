//! What status and vending are served from: memory, as long as it is known to be fresh.
//!
//! Only what was asked for is held. A change of a connection drops it, and the next who asks reads it anew; what is
//! being read while a change arrives is not kept, since it may be the state before.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use aliexpress::AccessToken;
use arc_swap::ArcSwapOption;
use bytes::Bytes;
use secrecy::ExposeSecret;
use smartlinks_store::{Connection, ConnectionId, Millis, TokenMaterial};

use crate::error::Result;
use crate::service::Core;

/// How many connections are held at most: beyond it all are dropped, and those in use come back. About 1 KB each.
const HELD: usize = 50_000;
/// How many connections status lists. A platform with more pages through the list of connections.
pub(crate) const LISTED: u32 = 500;

/// A connection with its access token, as it was when it was read.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) connection: Connection,
    pub(crate) token: AccessToken,
}

impl Held {
    pub(crate) fn new(connection: Connection, material: &TokenMaterial) -> Arc<Self> {
        Arc::new(Self {
            token: AccessToken::new(material.access_token.expose_secret()),
            connection,
        })
    }
}

/// The connections that status shows.
#[derive(Debug)]
pub(crate) struct Listed {
    /// The default one first, then in the order in which they were made.
    pub(crate) connections: Vec<Connection>,
    /// There are more than are listed.
    pub(crate) more: bool,
    /// The state of the snapshot that this was read in.
    epoch: u64,
    /// Status as JSON, with the time in which it stays true.
    status: ArcSwapOption<KeptStatus>,
}

#[derive(Debug)]
struct KeptStatus {
    json: Bytes,
    from: Millis,
    until: Option<Millis>,
}

impl Listed {
    /// Status as it was made before, if it is true at `now`.
    pub(crate) fn status_at(&self, now: Millis) -> Option<Bytes> {
        let kept = self.status.load();
        let kept = kept.as_ref()?;
        let holds = kept.from <= now && kept.until.is_none_or(|until| now < until);
        holds.then(|| kept.json.clone())
    }

    /// Keeps status as it is at `from` and stays before `until`.
    pub(crate) fn keep_status(&self, json: Bytes, from: Millis, until: Option<Millis>) {
        let kept = KeptStatus { json, from, until };
        self.status.store(Some(Arc::new(kept)));
    }
}

#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    /// Grows with each change that was heard of.
    epoch: AtomicU64,
    held: RwLock<Connections>,
    listed: ArcSwapOption<Listed>,
}

#[derive(Debug, Default)]
struct Connections {
    by_id: HashMap<ConnectionId, Arc<Held>>,
    default: Option<Arc<Held>>,
}

impl Connections {
    /// The one named, else the default.
    fn get(&self, id: Option<&ConnectionId>) -> Option<Arc<Held>> {
        match id {
            Some(id) => self.by_id.get(id).cloned(),
            None => self.default.clone(),
        }
    }
}

impl Snapshot {
    /// Drops what a change of a connection has made old.
    pub(crate) fn forget(&self, connection: &ConnectionId) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.listed.store(None);
        let mut held = self.write();
        held.by_id.remove(connection);
        // The change may have been about which one is the default.
        held.default = None;
    }

    /// Drops everything.
    pub(crate) fn forget_all(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.listed.store(None);
        *self.write() = Connections::default();
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    fn read(&self) -> RwLockReadGuard<'_, Connections> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Connections> {
        self.held.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what was read under an id, or as the default, unless a change was heard of since the reading began.
    fn keep(&self, id: Option<ConnectionId>, value: &Arc<Held>, begun_in: u64) {
        let mut held = self.write();
        if self.epoch() != begun_in {
            return;
        }
        let Some(id) = id else {
            held.default = Some(Arc::clone(value));
            return;
        };
        if held.by_id.len() >= HELD {
            held.by_id.clear();
        }
        held.by_id.insert(id, Arc::clone(value));
    }
}

impl Core {
    /// A connection with its access token; the default one when no id is given. None when there is no such
    /// connection or no token to hand out.
    pub(crate) async fn held(&self, id: Option<&str>) -> Result<Option<Arc<Held>>> {
        let Ok(asked) = id.map(str::parse::<ConnectionId>).transpose() else {
            return Ok(None);
        };
        self.be_fresh().await?;
        let snapshot = &self.inner.snapshot;
        if let Some(held) = snapshot.read().get(asked.as_ref()) {
            return Ok(Some(held));
        }
        let epoch = snapshot.epoch();
        let connections = self.store().connections();
        let id = match &asked {
            Some(id) => id.clone(),
            None => match connections.default_connection().await? {
                Some(record) => record.id,
                None => return Ok(None),
            },
        };
        let Some((connection, material)) = connections.token(&id).await? else {
            return Ok(None);
        };
        let held = Held::new(connection, &material);
        snapshot.keep(asked, &held, epoch);
        Ok(Some(held))
    }

    /// The connections that status shows.
    pub(crate) async fn listed(&self) -> Result<Arc<Listed>> {
        self.be_fresh().await?;
        let snapshot = &self.inner.snapshot;
        let epoch = snapshot.epoch();
        if let Some(listed) = snapshot.listed.load_full()
            && listed.epoch == epoch
        {
            return Ok(listed);
        }
        let repository = self.store().connections();
        let mut connections = repository.page(None, LISTED + 1).await?;
        let more = connections.len() > LISTED as usize;
        connections.truncate(LISTED as usize);
        if let Some(default) = repository.default_connection().await? {
            connections.retain(|record| record.id != default.id);
            connections.insert(0, default);
        }
        let listed = Arc::new(Listed {
            connections,
            more,
            epoch,
            status: ArcSwapOption::empty(),
        });
        // A change heard of meanwhile has another epoch, so this is not taken for its state.
        snapshot.listed.store(Some(Arc::clone(&listed)));
        Ok(listed)
    }
}
