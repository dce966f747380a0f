//! The keys in memory, and recognising one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use jiff::Timestamp;
use smartlinks_store::{ApiKey, ApiKeyId, Hash, Millis};
use subtle::ConstantTimeEq;

use super::text::{self, NotAKey, Parts};
use crate::clock::{from_millis, to_millis};
use crate::error::Result;
use crate::scope::Scopes;
use crate::service::Core;

/// Who sent a key that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyHolder {
    /// `key_…`
    pub id: Arc<str>,
    /// What a person calls it.
    pub name: Arc<str>,
    /// What it may do.
    pub scopes: Scopes,
    /// When it ends by itself; never when `None`.
    pub expires_at: Option<Timestamp>,
}

/// Why a text is not a key that holds. The last two are only said to whoever knows the whole key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRefusal {
    /// It has not the form of a key.
    NotAKey,
    /// It has the form, but a character is wrong: it was mistyped or cut. The key itself says so.
    Mistyped,
    /// There is no such key.
    Unknown,
    /// Its time is over.
    Expired,
    /// Somebody has ended it.
    Revoked,
}

/// All keys, as long as no change was heard of.
#[derive(Debug, Default)]
pub(crate) struct KnownKeys {
    /// Grows with each change that was heard of.
    epoch: AtomicU64,
    ring: ArcSwapOption<Ring>,
    /// When each key was last used here, in milliseconds since the epoch, and what of it is not written down yet.
    uses: Mutex<HashMap<ApiKeyId, Arc<Use>>>,
}

#[derive(Debug, Default)]
struct Use {
    last: AtomicI64,
    written: AtomicI64,
}

#[derive(Debug)]
struct Ring {
    epoch: u64,
    by_prefix: HashMap<String, Known>,
}

#[derive(Debug)]
struct Known {
    holder: ApiKeyHolder,
    secret_hash: Hash,
    expires_at: Option<Millis>,
    revoked: bool,
    used: Arc<Use>,
}

impl KnownKeys {
    /// Drops what a change has made old.
    pub(crate) fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
        self.ring.store(None);
    }

    pub(super) fn last_used(&self, id: &ApiKeyId) -> Option<Millis> {
        let uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        let last = uses.get(id)?.last.load(Ordering::Relaxed);
        (last > 0).then_some(Millis(last))
    }

    /// What was used and is not written down yet.
    fn unwritten(&self) -> Vec<(ApiKeyId, Millis)> {
        let uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        uses.iter()
            .map(|(id, used)| (id, used.last.load(Ordering::Relaxed), &used.written))
            .filter(|(_, last, written)| *last > written.load(Ordering::Relaxed))
            .map(|(id, last, _)| (id.clone(), Millis(last)))
            .collect()
    }

    fn written(&self, done: &[(ApiKeyId, Millis)]) {
        let uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, at) in done {
            if let Some(used) = uses.get(id) {
                used.written.fetch_max(at.0, Ordering::Relaxed);
            }
        }
    }

    fn ring_of(&self, keys: Vec<ApiKey>, epoch: u64) -> Ring {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        uses.retain(|id, _| keys.iter().any(|key| key.id == *id));
        let known = |key: ApiKey| {
            let used = Arc::clone(uses.entry(key.id.clone()).or_default());
            let known = Known {
                holder: ApiKeyHolder {
                    id: key.id.as_str().into(),
                    name: key.name.into(),
                    scopes: key
                        .scopes
                        .iter()
                        .filter_map(|word| word.parse().ok())
                        .collect(),
                    expires_at: key.expires_at.and_then(from_millis),
                },
                secret_hash: key.secret_hash,
                expires_at: key.expires_at,
                revoked: key.revoked_at.is_some(),
                used,
            };
            (key.prefix, known)
        };
        Ring {
            epoch,
            by_prefix: keys.into_iter().map(known).collect(),
        }
    }
}

impl Ring {
    fn recognise(&self, parts: &Parts<'_>, now: Millis) -> Result<ApiKeyHolder, KeyRefusal> {
        let known = self.by_prefix.get(parts.prefix);
        let known = known
            .filter(|known| known.secret_hash.ct_eq(&parts.secret_hash).into())
            .ok_or(KeyRefusal::Unknown)?;
        if known.revoked {
            return Err(KeyRefusal::Revoked);
        }
        if known.expires_at.is_some_and(|end| end <= now) {
            return Err(KeyRefusal::Expired);
        }
        known.used.last.fetch_max(now.0, Ordering::Relaxed);
        Ok(known.holder.clone())
    }
}

impl Core {
    /// Who sent a key, as far as it is known here: beside a follower that costs no query, whatever is sent.
    ///
    /// # Errors
    /// [`crate::Error::Storage`] when it cannot be known whether the key still holds. The refusal of a key is no
    /// error, but an answer.
    pub async fn recognise(&self, key: &str) -> Result<Result<ApiKeyHolder, KeyRefusal>> {
        let parts = match text::parse(key) {
            Ok(parts) => parts,
            Err(NotAKey::Form) => return Ok(Err(KeyRefusal::NotAKey)),
            Err(NotAKey::Check) => return Ok(Err(KeyRefusal::Mistyped)),
        };
        let ring = self.ring().await?;
        Ok(ring.recognise(&parts, to_millis(self.now())))
    }

    /// The same; of a key that is not known here it asks the database whether it was made elsewhere a moment ago.
    ///
    /// # Errors
    /// Like [`Core::recognise`].
    pub async fn authenticate(&self, key: &str) -> Result<Result<ApiKeyHolder, KeyRefusal>> {
        match self.recognise(key).await? {
            Err(KeyRefusal::Unknown) => {}
            known => return Ok(known),
        }
        self.catch_up().await?;
        self.recognise(key).await
    }

    async fn ring(&self) -> Result<Arc<Ring>> {
        self.be_fresh().await?;
        let keys = &self.inner.api_keys;
        let epoch = keys.epoch.load(Ordering::SeqCst);
        if let Some(ring) = keys.ring.load_full()
            && ring.epoch == epoch
        {
            return Ok(ring);
        }
        let stored = self.store().api_keys().list_keys().await?;
        let ring = Arc::new(keys.ring_of(stored, epoch));
        // A change heard of meanwhile has another epoch, so this is not taken for its state.
        keys.ring.store(Some(Arc::clone(&ring)));
        Ok(ring)
    }

    /// Writes down when keys were last used.
    pub(super) async fn flush_key_uses(&self) -> Result<()> {
        let unwritten = self.inner.api_keys.unwritten();
        if unwritten.is_empty() {
            return Ok(());
        }
        self.store().api_keys().note_uses(unwritten.clone()).await?;
        self.inner.api_keys.written(&unwritten);
        Ok(())
    }
}
