//! Changing the keys that seal tokens, with one instance or many; see the store's `keyring` for why nothing is lost.

use std::time::Duration;

use serde_json::json;
use smartlinks_store::{KeyReport, Keyring, Millis, Position, Reencrypted, Traces, with_causes};
use tokio_util::sync::CancellationToken;

use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::service::Core;
use crate::traces::OK;

/// How often a running instance looks at its key file.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After so many looks it says again which keys it holds, changed or not.
const REPORT_EVERY: u32 = 10;
/// Who has not said anything for so long counts as gone. Milliseconds.
const SILENCE_MS: i64 = 60_000;

/// What becomes of running instances that lack the active key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Laggards {
    /// Nothing is done while there is one: it could not read what others seal.
    Refuse,
    /// They are left behind, on the word of a person who knows them.
    LeaveBehind,
}

impl Core {
    /// The keys, and what each of them seals. Never a key.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn keyring(&self) -> Result<Keyring> {
        Ok(self.store().keyring().standing().await?)
    }

    /// Which keys the running instances hold.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn key_reports(&self) -> Result<Vec<KeyReport>> {
        let since = Millis(to_millis(self.now()).0 - SILENCE_MS);
        Ok(self.store().keyring().key_reports(since).await?)
    }

    /// The names of the running instances that do not hold a key, given by its check value. While there are some, the
    /// key must not be used.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn instances_without(&self, check: &str) -> Result<Vec<String>> {
        let reports = self.key_reports().await?;
        let lacking = reports
            .into_iter()
            .filter(|report| !report.keys.iter().any(|key| key == check));
        Ok(lacking.map(|report| report.name).collect())
    }

    /// Adds a fresh key to the key file; gives its id. It seals nothing yet.
    ///
    /// # Errors
    /// [`Error::Storage`] when the file cannot be changed.
    pub async fn add_key(&self) -> Result<String> {
        let id = self.store().keyring().add_key().await?;
        self.audit("keyring.key_added", None, Some(&id), OK, &json!({}))
            .await?;
        Ok(id)
    }

    /// Makes a key the one that seals from now on, in all instances. False when it is already.
    ///
    /// # Errors
    /// [`Error::KeyNotEverywhere`], and [`Error::Storage`] when the key file has no such key.
    pub async fn activate_key(&self, id: &str, laggards: Laggards) -> Result<bool> {
        if laggards == Laggards::Refuse {
            let keys = self.keyring().await?.keys;
            let held = keys.into_iter().find(|key| key.id == id);
            // One that is not there is refused below.
            if let Some(check) = held.and_then(|key| key.check) {
                self.refuse_laggards(&check).await?;
            }
        }
        let traces = self.key_traces("keyring.key_activated", id);
        Ok(self.store().keyring().activate_key(id, traces).await?)
    }

    /// Refuses to go on while a running instance lacks the key that seals. What is moved to that key, it cannot read;
    /// and once the former key is out of use, it cannot seal what it has just been given either, and the account would
    /// have to sign in again.
    ///
    /// # Errors
    /// [`Error::KeyNotEverywhere`].
    pub async fn refuse_without_active_key(&self) -> Result<()> {
        let needed = self.store().key_fingerprint().await?.unwrap_or_default();
        match needed.split_whitespace().next() {
            Some(active) => self.refuse_laggards(active).await,
            None => Ok(()),
        }
    }

    async fn refuse_laggards(&self, check: &str) -> Result<()> {
        let instances = self.instances_without(check).await?;
        if instances.is_empty() {
            return Ok(());
        }
        let key = check.split(':').next().unwrap_or_default().to_owned();
        Err(Error::KeyNotEverywhere { key, instances })
    }

    /// Seals up to `limit` rows anew that are not sealed with the active key, from `from` on.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn reencrypt(&self, from: Option<Position>, limit: u32) -> Result<Reencrypted> {
        Ok(self.store().keyring().reencrypt(from, limit).await?)
    }

    /// Takes a key out of use and out of the key file. False when it was in neither.
    ///
    /// # Errors
    /// [`Error::KeyNotEverywhere`], and [`Error::Storage`] while it is the active one, or a row needs it.
    pub async fn retire_key(&self, id: &str, laggards: Laggards) -> Result<bool> {
        if laggards == Laggards::Refuse {
            self.refuse_without_active_key().await?;
        }
        let traces = self.key_traces("keyring.key_retired", id);
        Ok(self.store().keyring().retire_key(id, traces).await?)
    }

    fn key_traces(&self, action: &str, id: &str) -> Traces {
        Traces::none().audit(self.audit_entry(action, None, Some(id), OK, &json!({})))
    }

    /// Follows the key file, and says which keys this instance holds, until it is told to stop. `name` is for people.
    pub async fn run_key_watch(&self, name: &str, stop: CancellationToken) {
        let (mut looks, mut told) = (0_u32, false);
        while !stop.is_cancelled() {
            let is_new = match self.store().keyring().read_keys_again() {
                Ok(is_new) => is_new,
                Err(error) => {
                    if !told {
                        tracing::warn!(error = %with_causes(&error), "the key file could not be read again; the keys in memory go on");
                    }
                    told = true;
                    false
                }
            };
            if is_new || looks % REPORT_EVERY == 0 {
                let now = to_millis(self.now());
                let reported = self.store().keyring().report_keys(self.owner(), name, now);
                if let Err(error) = reported.await {
                    tracing::debug!(error = %with_causes(&error), "which keys are held could not be noted");
                }
            }
            looks = looks.wrapping_add(1);
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        if let Err(error) = self
            .store()
            .keyring()
            .withdraw_key_report(self.owner())
            .await
        {
            tracing::debug!(error = %with_causes(&error), "that this instance ends could not be noted");
        }
    }
}
