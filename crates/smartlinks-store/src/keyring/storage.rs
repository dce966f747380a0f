//! The repository over a database and a key file.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use super::records::StoredReport;
use super::reencrypt::Step;
use super::sealed_tables::SEALED;
use super::settle::{Activate, Retire};
use super::{
    KeyReport, KeyStanding, Keyring, KeyringRepository, Position, Reencrypted, SealedRows, reports,
};
use crate::meta::MetaRepository as _;
use crate::seal::{KeyError, KeyRing, LockedKeyFile, id_of};
use crate::sql::values;
use crate::store::DatabaseStore;
use crate::{Millis, StoreError, Traces};

#[async_trait]
impl KeyringRepository for DatabaseStore {
    async fn standing(&self) -> Result<Keyring, StoreError> {
        self.sealer.look_again(None)?;
        let needed = self.key_fingerprint().await?.unwrap_or_default();
        let ring = self.sealer.ring();
        let in_file = self.sealer.in_file()?;
        let mut keys = BTreeMap::new();
        let unheld = |id: &str| -> KeyStanding {
            KeyStanding {
                id: id.to_owned(),
                check: ring.check_of(id),
                active: false,
                held: false,
                needed: false,
                sealed: Vec::new(),
            }
        };
        for id in ring.ids() {
            let held = KeyStanding {
                held: in_file.ids().any(|held| held == id),
                ..unheld(id)
            };
            keys.insert(id.to_owned(), held);
        }
        for (place, check) in needed.split_whitespace().enumerate() {
            let id = id_of(check);
            let key = keys.entry(id.to_owned()).or_insert_with(|| unheld(id));
            key.needed = true;
            key.active = place == 0;
            key.held = in_file.holds(check);
            key.check = Some(check.to_owned());
        }
        for table in SEALED {
            for row in self.database.all(table.count, values![]).await? {
                let fields = row.fields(table.name, "sealed_with")?;
                let rows = u64::try_from(fields.int("sealed_rows")?).unwrap_or_default();
                let id = fields.id();
                let key = keys.entry(id.to_owned()).or_insert_with(|| unheld(id));
                key.sealed.push(SealedRows {
                    table: table.name,
                    rows,
                });
            }
        }
        let mut keys: Vec<KeyStanding> = keys.into_values().collect();
        keys.sort_by_key(|key| !key.active);
        Ok(Keyring {
            file: ring.file().to_owned(),
            keys,
        })
    }

    async fn add_key(&self) -> Result<String, StoreError> {
        let file = LockedKeyFile::of(self.sealer.ring().file()).await?;
        let mut ring = file.read()?;
        let added = ring
            .add_key(self.sealer.entropy())
            .map_err(KeyError::from)?;
        file.write(&ring)?;
        self.sealer.look_again(None)?;
        Ok(added)
    }

    async fn activate_key(&self, id: &str, traces: Traces) -> Result<bool, StoreError> {
        let file = LockedKeyFile::of(self.sealer.ring().file()).await?;
        // Of the file only: a key that this process merely remembers would be lost with it.
        let ring = file.read()?;
        let check = ring.check_of(id).ok_or_else(|| KeyError::Unknown {
            path: ring.file().to_owned(),
            id: id.to_owned(),
        })?;
        let activate = Activate {
            check: check.clone(),
            traces,
        };
        let changed = self.database.write(activate).await?;
        follow(&file, &ring, &check)?;
        self.sealer.look_again(None)?;
        Ok(changed)
    }

    async fn reencrypt(
        &self,
        from: Option<Position>,
        limit: u32,
    ) -> Result<Reencrypted, StoreError> {
        let from = from.unwrap_or(Position {
            table: 0,
            after: String::new(),
        });
        let sealer = Arc::clone(&self.sealer);
        self.database
            .write(Step {
                sealer,
                from,
                limit,
            })
            .await
    }

    async fn retire_key(&self, id: &str, traces: Traces) -> Result<bool, StoreError> {
        let file = LockedKeyFile::of(self.sealer.ring().file()).await?;
        let retire = Retire {
            id: id.to_owned(),
            traces,
        };
        let was_needed = self.database.write(retire).await?;
        let needed = self.key_fingerprint().await?.unwrap_or_default();
        // Another machine, with a key file of its own, may have activated it again in between.
        if needed.split_whitespace().any(|check| id_of(check) == id) {
            return Err(StoreError::KeyActive { key: id.to_owned() });
        }
        let mut ring = file.read()?;
        // The first of the file can be the one that goes, where the file has not followed an activation elsewhere.
        if let Some(active) = needed.split_whitespace().next().map(id_of)
            && ring.active_id() == id
        {
            ring.put_first(active);
        }
        let was_held = ring.remove(id);
        if was_held {
            file.write(&ring)?;
        }
        self.sealer.look_again(Some(&needed))?;
        Ok(was_needed || was_held)
    }

    async fn missing_keys(&self) -> Result<Vec<String>, StoreError> {
        let needed = self.key_fingerprint().await?.unwrap_or_default();
        let in_file = self.sealer.in_file()?;
        let missing = needed
            .split_whitespace()
            .filter(|check| !in_file.holds(check));
        Ok(missing.map(|check| id_of(check).to_owned()).collect())
    }

    fn read_keys_again(&self) -> Result<bool, StoreError> {
        Ok(self.sealer.look_again(None)?)
    }

    async fn report_keys(&self, instance: &str, name: &str, now: Millis) -> Result<(), StoreError> {
        let needed = self.key_fingerprint().await?;
        if let Err(error) = self.sealer.look_again(needed.as_deref()) {
            tracing::warn!(%error, "the key file could not be read again; the keys in memory go on");
        } else {
            self.mend_key_file().await?;
        }
        let fingerprints = self.sealer.ring().fingerprints();
        let report = StoredReport {
            name: name.to_owned(),
            keys: fingerprints.split_whitespace().map(str::to_owned).collect(),
            at: now.0,
        };
        reports::put(&self.database, instance, &report).await
    }

    async fn withdraw_key_report(&self, instance: &str) -> Result<(), StoreError> {
        reports::withdraw(&self.database, instance).await
    }

    async fn key_reports(&self, since: Millis) -> Result<Vec<KeyReport>, StoreError> {
        reports::since(&self.database, since).await
    }
}

impl DatabaseStore {
    /// A key file that was replaced by one without a key that the database needs stops nothing yet, and everything once
    /// the last process ends that remembers the key. So it is put back, or told loudly.
    async fn mend_key_file(&self) -> Result<(), StoreError> {
        let missing = self.missing_keys().await?;
        let ring = self.sealer.ring();
        if !missing.iter().any(|id| ring.ids().any(|held| held == id)) {
            self.sealer.tell_of_loss(None);
            return Ok(());
        }
        if let Err(error) = self.put_keys_back().await {
            self.sealer.tell_of_loss(Some((&missing, &error)));
        }
        Ok(())
    }

    async fn put_keys_back(&self) -> Result<(), StoreError> {
        let file = LockedKeyFile::of(self.sealer.ring().file()).await?;
        let needed = self.key_fingerprint().await?.unwrap_or_default();
        Ok(self.sealer.put_back(&file, &needed)?)
    }
}

/// The key file names the active key first: that is what a new database begins with. Whoever replaces the file without
/// asking for its lock may have taken the key out since it was read; then it is put back.
fn follow(file: &LockedKeyFile, read: &KeyRing, check: &str) -> Result<(), KeyError> {
    let id = id_of(check);
    let now = file.read();
    let (is_kept, is_first) = match &now {
        Ok(now) => (now.holds(check), now.active_id() == id),
        Err(_) => (false, false),
    };
    if is_kept && is_first {
        return Ok(());
    }
    let followed = now.and_then(|now| {
        let mut whole = now.and_those_of(read, Some(check));
        whole.put_first(id);
        file.write(&whole)
    });
    match followed {
        Err(error) if is_kept => {
            tracing::warn!(%error, "the key is active, but the key file still names another as the first");
            Ok(())
        }
        Err(error) => {
            tracing::error!(key = id, %error, "the key is active, and the key file no longer holds it");
            Err(error)
        }
        Ok(()) => Ok(()),
    }
}
