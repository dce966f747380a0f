//! The keys that this process works with: read at the start, and again when the database speaks of one it does not
//! know.
//!
//! Which key seals is said by the database, not by the file, so that all instances change over at the same moment.
//! A change that seals reads it inside its own transaction ([`Sealer::sealing`]) and holds it until its end, so that a
//! key cannot be taken out of use between the sealing and the commit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::SecretString;

use super::key_ring::id_of;
use super::{KeyError, KeyRing, LockedKeyFile, Place, SealError, blob};
use crate::meta::KEY_FINGERPRINT;
use crate::sql::{Locking, Session, locking, values};
use crate::{Entropy, StoreError};

const NEEDED: Locking = locking!("for share": "select key, value from meta where key = $1");

/// Seals and opens with the key ring of this process.
pub(crate) struct Sealer {
    ring: RwLock<Arc<KeyRing>>,
    entropy: Arc<dyn Entropy>,
    /// That the active key is missing here has been told.
    told: AtomicBool,
    /// That the key file has lost a needed key has been told.
    told_of_loss: AtomicBool,
}

impl Sealer {
    pub(crate) fn new(ring: KeyRing, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            ring: RwLock::new(Arc::new(ring)),
            entropy,
            told: AtomicBool::new(false),
            told_of_loss: AtomicBool::new(false),
        }
    }

    /// The keys held now.
    pub(crate) fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn entropy(&self) -> &dyn Entropy {
        &*self.entropy
    }

    fn hold(&self, ring: KeyRing) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
    }

    /// Reads the key file again. Keys that it no longer has are kept as long as `needed` (or nobody) says otherwise:
    /// a file that was replaced by a wrong one must not stop what works. Gives whether anything is new.
    pub(crate) fn look_again(&self, needed: Option<&str>) -> Result<bool, KeyError> {
        let held = self.ring();
        if !held.is_in_a_file() {
            return Ok(false);
        }
        let merged = KeyRing::load(&held.file)?.and_those_of(&held, needed);
        let is_new = merged.fingerprints() != held.fingerprints();
        if is_new {
            tracing::info!(keys = ?merged.ids().collect::<Vec<_>>(), "the key file was read again");
            self.hold(merged);
        }
        Ok(is_new)
    }

    /// What stands in the key file at this moment, and nothing that is only in memory.
    pub(crate) fn in_file(&self) -> Result<Arc<KeyRing>, KeyError> {
        let held = self.ring();
        match held.is_in_a_file() {
            true => Ok(Arc::new(KeyRing::load(&held.file)?)),
            false => Ok(held),
        }
    }

    /// Puts keys that the database needs and the file has lost back into it, from memory. `needed` was read while the
    /// file was held, so that nobody is taking one of them out of use.
    pub(crate) fn put_back(&self, file: &LockedKeyFile, needed: &str) -> Result<(), KeyError> {
        let (now, held) = (file.read()?, self.ring());
        let lost = |check: &&str| !now.holds(check) && held.holds(check);
        let lost: Vec<&str> = needed.split_whitespace().filter(lost).map(id_of).collect();
        if lost.is_empty() {
            return Ok(());
        }
        file.write(&now.clone().and_those_of(&held, Some(needed)))?;
        tracing::warn!(
            keys = ?lost,
            file = %held.file.display(),
            "the key file had lost keys that the database needs; they were put back from memory: find out who replaces it"
        );
        Ok(())
    }

    /// That the file has lost keys and cannot be mended from here, or that it is whole; the first is told once.
    pub(crate) fn tell_of_loss(&self, loss: Option<(&[String], &StoreError)>) {
        let Some((missing, error)) = loss else {
            self.told_of_loss.store(false, Ordering::Relaxed);
            return;
        };
        if !self.told_of_loss.swap(true, Ordering::Relaxed) {
            tracing::error!(
                keys = ?missing,
                file = %self.ring().file.display(),
                %error,
                "the key file no longer holds keys that the database needs, and this process may hold their last copy, \
                 in memory: put the former key file back before it ends"
            );
        }
    }

    /// What a change may seal with, for as long as its transaction runs.
    pub(crate) async fn sealing(&self, session: &mut Session<'_>) -> Result<Sealing, StoreError> {
        let row = session
            .first_locked(&NEEDED, values![KEY_FINGERPRINT])
            .await?
            .ok_or_else(|| session.overtaken())?;
        let needed = row.fields("meta", "key")?.text("value")?;
        Ok(self.choose(&needed)?)
    }

    /// The active key. A process that lacks it goes on with another one that the database still needs: what it seals
    /// can be read by all, and is sealed anew later.
    fn choose(&self, needed: &str) -> Result<Sealing, KeyError> {
        let active = needed.split_whitespace().next().unwrap_or_default();
        if !self.ring().holds(active)
            && let Err(error) = self.look_again(None)
        {
            tracing::warn!(%error, "the key file could not be read again");
        }
        let ring = self.ring();
        let chosen = needed
            .split_whitespace()
            .find(|value| ring.holds(value))
            .ok_or_else(|| ring.lacks(needed))?;
        let is_behind = chosen != active;
        if is_behind && !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                key.active = id_of(active),
                key.used = id_of(chosen),
                file = %ring.file.display(),
                "the active key is not in this machine's key file: copy the file here, it is read without a restart"
            );
        } else if !is_behind {
            self.told.store(false, Ordering::Relaxed);
        }
        Ok(Sealing {
            key_id: id_of(chosen).to_owned(),
            ring: Arc::clone(&ring),
            entropy: Arc::clone(&self.entropy),
        })
    }

    /// Opens what was sealed at `place`. A key that is not known is looked for in the file once more.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<SecretString, StoreError> {
        match blob::open(&self.ring(), place, sealed) {
            Err(unknown @ SealError::UnknownKey { .. }) => match self.look_again(None) {
                Ok(true) => Ok(blob::open(&self.ring(), place, sealed)?),
                Ok(false) => Err(unknown.into()),
                Err(error) => {
                    tracing::warn!(%error, "the key file could not be read again");
                    Err(unknown.into())
                }
            },
            other => Ok(other?),
        }
    }
}

/// The right to seal with one key, inside one transaction.
pub(crate) struct Sealing {
    ring: Arc<KeyRing>,
    key_id: String,
    entropy: Arc<dyn Entropy>,
}

impl Sealing {
    /// The key, for the column `sealed_with`.
    pub(crate) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Seals one value.
    pub(crate) fn seal(
        &self,
        place: Place<'_>,
        secret: &SecretString,
    ) -> Result<Vec<u8>, StoreError> {
        let key = self.ring.key(&self.key_id).ok_or(SealError::NoKey)?;
        blob::seal((&self.key_id, key), &*self.entropy, place, secret)
    }
}
